// One ioctl a command. The kernel builds a request from our CDB and buffer, the host adapter carries it, and four fields come
// back: status, host status, driver status, residual. All four are judged (sg_answer.h); whoever looks at the first alone takes a
// transport time-out for a clean read of zeros.
#include "drivers/linux_sg/linux_sg.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <grp.h>
#include <limits>
#include <linux/cdrom.h>
#include <linux/major.h>
#include <optional>
#include <scsi/scsi_ioctl.h>
#include <scsi/sg.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "drivers/linux_sg/sg_answer.h"

namespace pressmark {
namespace {

namespace fs = std::filesystem;
using linux_sg::Failure;
using linux_sg::SgAnswer;

constexpr std::uint32_t kDefaultTransferBytes = 64 * 1024;
constexpr std::uint32_t kMostTransferBytes = 16 * 1024 * 1024;  // enough for any reader; keeps sums far from 32 bits
constexpr int kScsiTypeOptical = 5;                             // SPC-4 6.4.2: peripheral device type CD/DVD

std::string system_message(int code) { return std::generic_category().message(code); }

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&&) = delete;
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

/// On /dev/sgN a signal ends the wait early: the command goes on without an owner, or is sent twice. So signals wait.
class SignalsHeldBack {
 public:
  SignalsHeldBack() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  ~SignalsHeldBack() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsHeldBack(const SignalsHeldBack&) = delete;
  SignalsHeldBack& operator=(const SignalsHeldBack&) = delete;

 private:
  sigset_t before_{};
};

std::optional<std::uint64_t> read_number(const fs::path& path) {
  std::ifstream file(path);
  std::uint64_t value = 0;
  if (!(file >> value)) return std::nullopt;
  return value;
}

/// The kernel's folder for this device: /sys/dev/block/11:0 or /sys/dev/char/21:3.
fs::path sysfs_folder(const struct stat& node) {
  return fmt::format("/sys/dev/{}/{}:{}", S_ISBLK(node.st_mode) ? "block" : "char", major(node.st_rdev),
                     minor(node.st_rdev));
}

/// The request queue belongs to the block device; an sg node finds it through the SCSI device they share.
std::optional<fs::path> queue_folder(const struct stat& node) {
  const fs::path own = sysfs_folder(node);
  std::error_code ignored;
  if (fs::exists(own / "queue", ignored)) return own / "queue";
  for (const auto& entry : fs::directory_iterator(own / "device" / "block", ignored)) return entry.path() / "queue";
  return std::nullopt;
}

std::uint32_t transfer_limit(const struct stat& node) {
  const auto queue = queue_folder(node);
  if (!queue) return kDefaultTransferBytes;
  std::uint64_t limit = kMostTransferBytes;
  if (const auto kib = read_number(*queue / "max_hw_sectors_kb")) limit = std::min(limit, *kib * 1024);
  // One page a segment is the worst a buffer can be scattered; an unaligned one touches a page more.
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  if (const auto segments = read_number(*queue / "max_segments"); segments && *segments > 1) {
    limit = std::min(limit, (*segments - 1) * page);
  }
  return static_cast<std::uint32_t>(std::max<std::uint64_t>(limit, page));
}

class LinuxSg final : public Transport {
 public:
  LinuxSg(FileDescriptor fd, TransportInfo info, fs::path sysfs, bool writable)
      : fd_(std::move(fd)), info_(std::move(info)), sysfs_(std::move(sysfs)), writable_(writable) {}

  Result<Reply> execute(const Command& command) override;
  [[nodiscard]] const TransportInfo& info() const override { return info_; }
  [[nodiscard]] Clock& clock() override { return system_clock(); }

 private:
  [[nodiscard]] Error error_of(const Command& command, Failure failure, Duration elapsed) const;
  [[nodiscard]] bool unplugged() const;

  FileDescriptor fd_;
  TransportInfo info_;
  fs::path sysfs_;
  bool writable_;
};

std::string name_of(const Command& command) {
  return fmt::format("send command {:02x}", static_cast<unsigned>(command.cdb[0]));
}

bool is_cdb_length(std::uint8_t length) { return length == 6 || length == 10 || length == 12 || length == 16; }

int sg_direction(const Command& command) {
  if (command.data.empty()) return SG_DXFER_NONE;
  switch (command.direction) {
    case Direction::none: return SG_DXFER_NONE;
    case Direction::in: return SG_DXFER_FROM_DEV;
    case Direction::out: return SG_DXFER_TO_DEV;
  }
  std::unreachable();
}

Result<Reply> LinuxSg::execute(const Command& command) {
  if (!is_cdb_length(command.cdb_length) || command.data.size() > info_.max_transfer_bytes) {
    return fail({.kind = ErrorKind::usage,
                 .tried = name_of(command),
                 .where = info_.path,
                 .got = fmt::format("a CDB of {} bytes and a transfer of {} bytes, where {} is the most",
                                    command.cdb_length, command.data.size(), info_.max_transfer_bytes)});
  }
  Reply reply;
  std::array<std::byte, 16> cdb = command.cdb;
  sg_io_hdr_t header{};
  header.interface_id = 'S';
  header.dxfer_direction = sg_direction(command);
  header.cmd_len = command.cdb_length;
  header.cmdp = reinterpret_cast<unsigned char*>(cdb.data());
  header.dxfer_len = header.dxfer_direction == SG_DXFER_NONE ? 0 : static_cast<unsigned>(command.data.size());
  header.dxferp = header.dxfer_len == 0 ? nullptr : command.data.data();
  header.mx_sb_len = static_cast<unsigned char>(reply.sense.size());
  header.sbp = reinterpret_cast<unsigned char*>(reply.sense.data());
  // 0 would mean "the kernel's default", not "no time".
  header.timeout =
      static_cast<unsigned>(std::clamp<std::int64_t>(command.timeout.count(), 1, std::numeric_limits<int>::max()));

  const Duration start = clock().now();
  int ioctl_errno = 0;
  {
    const SignalsHeldBack held;
    if (::ioctl(fd_.get(), SG_IO, &header) < 0) ioctl_errno = errno;
  }
  reply.elapsed = std::max(clock().now() - start, Duration{1});

  if (auto failure = linux_sg::failure_of({.ioctl_errno = ioctl_errno,
                                           .status = header.status,
                                           .host_status = header.host_status,
                                           .driver_status = header.driver_status})) {
    return fail(error_of(command, std::move(*failure), reply.elapsed));
  }
  reply.status = static_cast<Status>(header.status);
  const auto residual = static_cast<unsigned>(std::clamp(header.resid, 0, static_cast<int>(header.dxfer_len)));
  reply.transferred = header.dxfer_len - residual;
  // /dev/sgN copies its whole kernel buffer, with what an earlier command left in it.
  if (header.dxfer_direction == SG_DXFER_FROM_DEV)
    std::ranges::fill(command.data.subspan(reply.transferred), std::byte{0});
  reply.sense_length = std::min<std::uint8_t>(header.sb_len_wr, reply.sense.size());
  return reply;
}

/// A pulled cable shows as different host codes on different adapters; what the kernel thinks of the device does not differ.
bool LinuxSg::unplugged() const {
  std::error_code ignored;
  if (!fs::exists("/sys/dev", ignored)) return false;
  std::string state;
  std::ifstream(sysfs_ / "device" / "state") >> state;
  return state != "running" && state != "quiesce" && state != "blocked";
}

Error LinuxSg::error_of(const Command& command, Failure failure, Duration elapsed) const {
  if (failure.kind == ErrorKind::bus && unplugged()) failure.kind = ErrorKind::device_gone;
  std::string next;
  if (failure.kind == ErrorKind::no_permission) {
    next = writable_ ? "the kernel lets this command through for root only"
                     : "the drive is open read-only: ask for write access to it (group cdrom, or the udev rule)";
  } else if (failure.kind == ErrorKind::timeout) {
    next = "the kernel has reset the drive; try again, or switch it off and on";
  } else if (failure.kind == ErrorKind::device_gone) {
    next = "plug the drive in again";
  }
  return {.kind = failure.kind,
          .tried = name_of(command),
          .where = info_.path,
          .got = fmt::format("{} after {:.1f} s", failure.words, seconds(elapsed)),
          .next = std::move(next)};
}

// --- opening ---------------------------------------------------------------------------------------------------------------

Error open_error(const fs::path& path, ErrorKind kind, std::string got, std::string next = {}) {
  return {
      .kind = kind, .tried = "open the drive", .where = path.string(), .got = std::move(got), .next = std::move(next)};
}

std::string group_name(gid_t gid) {
  const struct group* found = ::getgrgid(gid);
  return found != nullptr ? found->gr_name : fmt::format("{}", gid);
}

Error error_of_open(const fs::path& path, const struct stat& node, int code) {
  switch (code) {
    case EACCES:
    case EPERM: {
      const std::string group = group_name(node.st_gid);
      return open_error(
          path, ErrorKind::no_permission, system_message(code),
          fmt::format("add yourself to the group that may use it: sudo usermod -aG {} $USER, then log in again; or "
                      "install pressmark's udev rule",
                      group));
    }
    case ENXIO:
    case ENODEV:
      return open_error(path, ErrorKind::device_gone, "the node is there, but no drive behind it", "plug the drive in");
    case EBUSY: return open_error(path, ErrorKind::busy, "another program holds it", "end that program");
    default: return open_error(path, ErrorKind::io, system_message(code));
  }
}

/// What a path is that cannot be a drive at all.
std::optional<Error> refuse_by_type(const fs::path& path, const struct stat& node) {
  if (S_ISBLK(node.st_mode) || S_ISCHR(node.st_mode)) return std::nullopt;
  if (S_ISREG(node.st_mode)) {
    return open_error(path, ErrorKind::usage, "a file: an image, not a drive",
                      "give it as an image, or name a drive such as /dev/sr0");
  }
  return open_error(path, ErrorKind::usage,
                    S_ISDIR(node.st_mode) ? "a directory, not a drive" : "neither a drive nor a file",
                    "name a drive such as /dev/sr0");
}

/// What an open device is that is no optical drive: asked of the kernel, no command is sent.
std::optional<Error> refuse_by_kernel(const fs::path& path, const struct stat& node, int fd) {
  if (S_ISBLK(node.st_mode)) {
    if (major(node.st_rdev) == SCSI_CDROM_MAJOR || ::ioctl(fd, CDROM_GET_CAPABILITY, 0) >= 0) return std::nullopt;
    return open_error(path, ErrorKind::usage, "a disk, not an optical drive", "name a drive such as /dev/sr0");
  }
  struct sg_scsi_id id{};
  if (::ioctl(fd, SG_GET_SCSI_ID, &id) < 0) {
    return open_error(path, ErrorKind::usage, "a character device that takes no SCSI commands",
                      "name a drive such as /dev/sr0");
  }
  if (id.scsi_type == kScsiTypeOptical) return std::nullopt;
  return open_error(path, ErrorKind::usage, fmt::format("a SCSI device of type {}, not an optical drive", id.scsi_type),
                    "name a drive such as /dev/sr0");
}

}  // namespace

Result<std::unique_ptr<Transport>> open_linux_sg(const fs::path& path) {
  struct stat node{};
  if (::stat(path.c_str(), &node) < 0) {
    const int code = errno;
    if (code == ENOENT || code == ENOTDIR) {
      return fail(
          open_error(path, ErrorKind::not_found, system_message(code), "`pressmark drives` lists what is there"));
    }
    return fail(error_of_open(path, node, code));
  }
  if (auto refused = refuse_by_type(path, node)) return fail(std::move(*refused));

  // O_NONBLOCK: an empty or unready drive can be opened too, and its tray is left alone.
  bool writable = true;
  int fd = ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0 && (errno == EACCES || errno == EPERM || errno == EROFS)) {
    writable = false;
    fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  }
  if (fd < 0) return fail(error_of_open(path, node, errno));
  FileDescriptor owned{fd};
  if (auto refused = refuse_by_kernel(path, node, fd)) return fail(std::move(*refused));

  TransportInfo info{.driver = "linux_sg", .path = path.string(), .max_transfer_bytes = transfer_limit(node)};
  return std::make_unique<LinuxSg>(std::move(owned), std::move(info), sysfs_folder(node), writable);
}

}  // namespace pressmark
