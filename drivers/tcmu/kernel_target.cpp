// What is made, in order (the kernel's Documentation/target/tcmu-design.rst):
//   core/user_0/pressmark-PID              a backstore; `control` says how large, `enable` makes a uio device of it
//   loopback/naa.X/tpgt_1                  a SCSI host that is not there; `nexus` names who talks to it
//   loopback/naa.X/tpgt_1/lun/lun_0        a slot; the link `drive` in it, to the backstore, is the plugged cable
// The process id is in the names, so that what a dead process left can be told from what a living one uses.
#include "drivers/tcmu/kernel_target.h"

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <optional>
#include <signal.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "pressmark/clock.h"

namespace pressmark::tcmu {
namespace {

namespace fs = std::filesystem;

const fs::path kConfigfs = "/sys/kernel/config";
const fs::path kTarget = kConfigfs / "target";
const fs::path kBackstores = kTarget / "core" / "user_0";
constexpr std::string_view kName = "pressmark-";
constexpr std::string_view kLink = "drive";

// How long a command may stay unanswered before the target itself gives up. Longer than any reader's time-out, so that
// the reader's comes first.
constexpr int kTargetPatienceSeconds = 600;
constexpr std::chrono::seconds kDeviceWait{30};
constexpr std::chrono::milliseconds kDevicePoll{10};

Error failure(ErrorKind kind, std::string tried, const fs::path& where, std::string got, std::string next = {}) {
  return {
      .kind = kind, .tried = std::move(tried), .where = where.string(), .got = std::move(got), .next = std::move(next)};
}

std::string system_message(int code) { return std::generic_category().message(code); }

/// Folders that other programs use too: they may be there before us and stay after us.
bool is_shared(const fs::path& folder) { return folder == kBackstores || folder == kTarget / "loopback"; }

/// configfs wants each value in one write.
Result<void> write_value(const fs::path& file, std::string_view value) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return fail(failure(ErrorKind::io, "attach the drive", file, system_message(errno)));
  const ssize_t n = ::write(fd, value.data(), value.size());
  const int code = errno;
  ::close(fd);
  if (n < 0)
    return fail(
        failure(ErrorKind::io, fmt::format("attach the drive: write \"{}\"", value), file, system_message(code)));
  return {};
}

std::string read_value(const fs::path& file) {
  std::string line;
  std::ifstream stream(file);
  std::getline(stream, line);
  return line;
}

Result<void> check_system() {
  const auto refuse = [](ErrorKind kind, std::string got, std::string next) {
    return fail(failure(kind, "attach a drive to the system", kTarget, std::move(got), std::move(next)));
  };
  if (::geteuid() != 0)
    return refuse(ErrorKind::no_permission, "only root may do this", "run the same command with sudo");
  std::error_code ignored;
  if (fs::exists(kTarget / "core", ignored)) return {};
  constexpr auto kModules = "sudo modprobe -a target_core_user tcm_loop sr_mod sg";
  if (!fs::exists(kConfigfs, ignored))
    return refuse(ErrorKind::unsupported, "the target framework is not loaded", kModules);
  if (fs::is_empty(kConfigfs, ignored)) {
    return refuse(ErrorKind::unsupported, "configfs is not mounted, or the target framework is not loaded",
                  fmt::format("sudo mount -t configfs none /sys/kernel/config; {}", kModules));
  }
  return refuse(ErrorKind::unsupported, "the target framework is not loaded", kModules);
}

/// An NAA identifier of the target framework's own range, one for each process and role.
std::string naa(long pid, char role) {
  return fmt::format("naa.5001405{:08x}{}", static_cast<unsigned long>(pid), role);
}

/// Takes away the target of process `pid`, as far as it is there. The order is the reverse of making.
void clear_away(long pid) {
  const fs::path backstore = kBackstores / fmt::format("{}{}", kName, pid);
  const fs::path host = kTarget / "loopback" / naa(pid, '0');
  std::error_code ignored;
  // Commands that nobody will answer would keep the removal waiting.
  (void)write_value(backstore / "action" / "block_dev", "1");
  (void)write_value(backstore / "action" / "reset_ring", "1");
  fs::remove(host / "tpgt_1" / "lun" / "lun_0" / kLink, ignored);
  for (const fs::path& folder : {host / "tpgt_1" / "lun" / "lun_0", host / "tpgt_1", host, backstore})
    ::rmdir(folder.c_str());
}

void clear_away_the_dead() {
  std::error_code ignored;
  std::vector<long> dead;
  for (const auto& entry : fs::directory_iterator(kBackstores, ignored)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with(kName)) continue;
    const long pid = std::strtol(name.c_str() + kName.size(), nullptr, 10);
    if (pid > 0 && ::kill(static_cast<pid_t>(pid), 0) < 0 && errno == ESRCH) dead.push_back(pid);
  }
  for (const long pid : dead) clear_away(pid);
}

/// Asks until `ready` gives something, for a few seconds: the kernel makes devices in its own time.
template <class Ready>
auto wait_for(Ready ready) -> decltype(ready()) {
  const Duration end = system_clock().now() + kDeviceWait;
  for (;;) {
    if (auto found = ready()) return found;
    if (system_clock().now() > end) return {};
    system_clock().sleep_for(kDevicePoll);
  }
}

std::optional<fs::path> only_entry(const fs::path& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) return entry.path();
  return std::nullopt;
}

}  // namespace

Result<std::unique_ptr<KernelTarget>> KernelTarget::create() {
  if (auto able = check_system(); !able) return fail(std::move(able).error());
  clear_away_the_dead();
  std::unique_ptr<KernelTarget> target{new KernelTarget};
  if (auto made = target->make_backstore(); !made) return fail(std::move(made).error());
  if (auto made = target->make_host(); !made) return fail(std::move(made).error());
  return target;
}

KernelTarget::~KernelTarget() { (void)remove(); }

void KernelTarget::make_folder(const fs::path& path, Result<void>& so_far) {
  if (!so_far) return;
  if (::mkdir(path.c_str(), 0755) == 0) {
    made_.push_back(path);
  } else if (errno == EEXIST && !is_shared(path)) {
    so_far = fail(failure(ErrorKind::busy, "attach the drive", path, "this process has a drive attached already",
                          "detach it first"));
  } else if (errno != EEXIST) {
    so_far = fail(failure(ErrorKind::unsupported, "attach the drive: make a folder", path, system_message(errno),
                          "sudo modprobe -a target_core_user tcm_loop sr_mod sg"));
  }
}

Result<void> KernelTarget::make_backstore() {
  const std::string name = fmt::format("{}{}", kName, ::getpid());
  backstore_ = kBackstores / name;
  Result<void> so_far;
  make_folder(kBackstores, so_far);
  make_folder(backstore_, so_far);
  if (!so_far) return so_far;
  // The size is only the target's own opinion; READ CAPACITY is ours to answer.
  for (const auto& [file, value] :
       {std::pair<const char*, std::string>{"control", "dev_config=pressmark,dev_size=2048,hw_block_size=2048"},
        {"enable", "1"},
        {"attrib/cmd_time_out", std::to_string(kTargetPatienceSeconds)},
        {"attrib/tmr_notification", "1"}}) {
    if (auto written = write_value(backstore_ / file, value); !written) return written;
  }
  const auto uio = wait_for([&]() -> std::optional<fs::path> {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator("/sys/class/uio", ignored)) {
      const bool ours = read_value(entry.path() / "name").find("/" + name + "/") != std::string::npos;
      if (ours && fs::exists("/dev" / entry.path().filename(), ignored)) return entry.path();
    }
    return std::nullopt;
  });
  if (!uio)
    return fail(
        failure(ErrorKind::timeout, "attach the drive: find its uio device", "/sys/class/uio", "the kernel made none"));
  uio_path_ = ("/dev" / uio->filename()).string();
  ring_bytes_ = std::strtoull(read_value(*uio / "maps" / "map0" / "size").c_str(), nullptr, 16);
  return {};
}

Result<void> KernelTarget::make_host() {
  const long pid = ::getpid();
  wwn_ = kTarget / "loopback" / naa(pid, '0');
  Result<void> so_far;
  make_folder(kTarget / "loopback", so_far);
  make_folder(wwn_, so_far);
  make_folder(wwn_ / "tpgt_1", so_far);
  if (!so_far) return so_far;
  if (auto written = write_value(wwn_ / "tpgt_1" / "nexus", naa(pid, '1')); !written) return written;
  make_folder(wwn_ / "tpgt_1" / "lun" / "lun_0", so_far);
  return so_far;
}

/// The host says "HOST:CHANNEL:TARGET"; our slot is number 0.
Result<fs::path> KernelTarget::scsi_device() const {
  const std::string address = read_value(wwn_ / "tpgt_1" / "address");
  if (address.empty())
    return fail(
        failure(ErrorKind::io, "find the attached drive", wwn_ / "tpgt_1" / "address", "the kernel tells no address"));
  return fs::path("/sys/class/scsi_device") / (address + ":0") / "device";
}

Result<DevicePaths> KernelTarget::plug() {
  const fs::path link = wwn_ / "tpgt_1" / "lun" / "lun_0" / kLink;
  if (!plugged_ && ::symlink(backstore_.c_str(), link.c_str()) < 0) {
    return fail(failure(ErrorKind::io, "plug the drive in", link, system_message(errno)));
  }
  plugged_ = true;
  const auto device = scsi_device();
  if (!device) return fail(device.error());
  std::error_code ignored;
  const auto node = [&](const char* kind) -> std::optional<fs::path> {
    const auto entry = only_entry(*device / kind);
    if (!entry || !fs::exists("/dev" / entry->filename(), ignored)) return std::nullopt;
    return "/dev" / entry->filename();
  };
  const auto block = wait_for([&] { return node("block"); });
  if (!block) {
    return fail(failure(ErrorKind::timeout, "plug the drive in", *device, "the kernel made no block device",
                        "sudo modprobe sr_mod"));
  }
  const bool has_sg = fs::exists("/sys/module/sg", ignored);
  const auto generic = has_sg ? wait_for([&] { return node("scsi_generic"); }) : std::nullopt;
  return DevicePaths{.block = block->string(), .generic = generic ? generic->string() : ""};
}

Result<void> KernelTarget::unplug() {
  if (!plugged_) return {};
  // Offline first: what is in flight then fails as on a pulled cable, instead of waiting for its time-out.
  if (const auto device = scsi_device()) (void)write_value(*device / "state", "offline");
  const fs::path link = wwn_ / "tpgt_1" / "lun" / "lun_0" / kLink;
  if (::unlink(link.c_str()) < 0) return fail(failure(ErrorKind::io, "unplug the drive", link, system_message(errno)));
  plugged_ = false;
  return {};
}

Result<void> KernelTarget::set_bus_down(bool down) {
  return write_value(wwn_ / "tpgt_1" / "transport_status", down ? "offline" : "online");
}

Result<void> KernelTarget::remove() {
  Result<void> outcome = unplug();
  while (!made_.empty()) {
    const fs::path folder = made_.back();
    made_.pop_back();
    if (::rmdir(folder.c_str()) < 0 && !is_shared(folder) && outcome) {
      outcome = fail(failure(ErrorKind::io, "take the drive away: remove a folder", folder, system_message(errno),
                             "the next `pressmark serve --attach` clears it away"));
    }
  }
  return outcome;
}

}  // namespace pressmark::tcmu
