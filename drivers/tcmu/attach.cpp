// Two threads: the server's answers commands and never waits for anything else; the caller's does what waits for commands
// to end (plugging and unplugging) and what people ask for.
#include "pressmark/attach.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "pressmark/simulated.h"

#include "drivers/tcmu/kernel_target.h"
#include "drivers/tcmu/server.h"

namespace pressmark {
namespace {

namespace fs = std::filesystem;
using tcmu::Incident;

constexpr std::chrono::milliseconds kBusDown{100};
constexpr std::chrono::milliseconds kAskAgain{200};  // how often a drive that went away is asked whether it is back

Error failure(ErrorKind kind, std::string tried, std::string where, std::string got, std::string next = {}) {
  return {.kind = kind,
          .tried = std::move(tried),
          .where = std::move(where),
          .got = std::move(got),
          .next = std::move(next)};
}

/// The FIFO through which a person or a test asks for things.
class ControlPipe {
 public:
  static Result<ControlPipe> make(const fs::path& path) {
    if (::mkfifo(path.c_str(), 0600) < 0) {
      const int code = errno;
      return fail(failure(code == EEXIST ? ErrorKind::usage : ErrorKind::io, "make the control pipe", path.string(),
                          std::generic_category().message(code),
                          code == EEXIST ? "choose another name, or remove it" : ""));
    }
    // Open for writing as well, so that it does not end when a writer goes.
    const int fd = ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
      return fail(
          failure(ErrorKind::io, "open the control pipe", path.string(), std::generic_category().message(errno)));
    return ControlPipe{path, fd};
  }
  ControlPipe(ControlPipe&& other) noexcept : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}
  ControlPipe& operator=(ControlPipe&&) = delete;
  ~ControlPipe() {
    if (fd_ < 0) return;
    ::close(fd_);
    ::unlink(path_.c_str());
  }

  [[nodiscard]] int descriptor() const { return fd_; }

  /// The next whole line, or nothing yet.
  std::optional<std::string> next_line() {
    std::array<char, 4096> chunk;
    for (;;) {
      if (const auto end = pending_.find('\n'); end != std::string::npos) {
        std::string line = pending_.substr(0, end);
        pending_.erase(0, end + 1);
        return line;
      }
      const ssize_t n = ::read(fd_, chunk.data(), chunk.size());
      if (n <= 0 || pending_.size() > chunk.size()) return std::nullopt;
      pending_.append(chunk.data(), static_cast<std::size_t>(n));
    }
  }

 private:
  ControlPipe(fs::path path, int fd) : path_(std::move(path)), fd_(fd) {}
  fs::path path_;
  int fd_;
  std::string pending_;
};

/// INQUIRY: answered by every drive that is there, and it disturbs nothing.
bool is_there(Transport& drive) {
  std::array<std::byte, 36> data{};
  Command inquiry{.cdb_length = 6, .direction = Direction::in, .data = data};
  inquiry.cdb[0] = std::byte{0x12};
  inquiry.cdb[4] = std::byte{36};
  const auto reply = drive.execute(inquiry);
  return reply || reply.error().kind != ErrorKind::device_gone;
}

std::string status_of(Transport& drive) {
  const auto* simulated = dynamic_cast<SimulatedDrive*>(&drive);
  if (simulated == nullptr) return fmt::format("seconds={:.3f}", seconds(drive.clock().now()));
  const SimulatedLog log = simulated->log();
  return fmt::format("seconds={:.3f} commands={} reads={} failing_reads={} seeks={}", log.virtual_seconds, log.commands,
                     log.reads, log.failing_reads, log.seeks);
}

/// START STOP UNIT with LoEj (MMC-6 6.44): a drive whose tray is locked refuses.
Result<void> open_tray(Transport& drive) {
  Command command{.cdb_length = 6};
  command.cdb[0] = std::byte{0x1B};
  command.cdb[4] = std::byte{0x02};
  const auto reply = drive.execute(command);
  if (!reply) return fail(reply.error());
  if (reply->status == Status::good) return {};
  const auto sense = decode_sense(reply->sense_bytes());
  return fail(failure(ErrorKind::sense, "open the tray", drive.info().path,
                      sense ? fmt::format("{} {}", to_string(*sense), meaning(*sense)) : "refused without sense"));
}

}  // namespace

struct Attachment::Impl {
  AttachOptions options;
  std::unique_ptr<tcmu::KernelTarget> target;
  std::optional<tcmu::Server> server;
  std::optional<ControlPipe> control;
  DevicePaths paths;
  bool drive_gone = false;  ///< by the drive's own doing, not by `unplug`
  std::optional<Duration> bus_up_at;

  void say(std::string_view line) const {
    if (options.say) options.say(line);
  }

  Result<void> plug() {
    server->refuse(false);
    auto plugged = target->plug();
    if (!plugged) return fail(std::move(plugged).error());
    paths = std::move(*plugged);
    say(fmt::format("plugged in: {} {}", paths.block, paths.generic));
    return {};
  }

  Result<void> unplug() {
    server->refuse(true);
    auto unplugged = target->unplug();
    if (unplugged) say("unplugged");
    return unplugged;
  }

  Result<void> load(const std::string& source) {
    if (!options.open_source)
      return fail(failure(ErrorKind::unsupported, "load a disc", source, "no way to open it was given"));
    auto drive = options.open_source(source);
    if (!drive) return fail(std::move(drive).error());
    server->replace(std::move(*drive));
    say("loaded " + source);
    return {};
  }

  Result<void> obey(const std::string& line) {
    if (line == "unplug") return unplug();
    if (line == "replug") return plug();
    if (line.starts_with("load ")) return load(line.substr(5));
    if (line == "eject") {
      auto opened = server->with_drive(open_tray);
      if (opened) say("ejected");
      return opened;
    }
    if (line == "status") {
      say("status: " + server->with_drive(status_of));
      return {};
    }
    return fail(failure(ErrorKind::usage, "do what the control pipe asks", line, "unknown",
                        "unplug, replug, eject, load SOURCE, status"));
  }

  Result<bool> handle_incidents() {
    for (const std::string& line : server->take_remarks()) say("drive: " + line);
    for (;;) {
      switch (server->take_incident()) {
        case Incident::none: return true;
        case Incident::bus_failed:
          say("bus down");
          bus_up_at = system_clock().now() + kBusDown;
          break;
        case Incident::drive_gone:
          drive_gone = true;
          if (auto done = unplug(); !done) return fail(std::move(done).error());
          break;
        case Incident::broken:
          return fail(failure(ErrorKind::io, "serve the drive", paths.block, "the kernel's command ring broke"));
      }
    }
  }

  /// What time brings: the bus comes up again, a drive that went away is asked whether it is back.
  Result<void> handle_time() {
    if (bus_up_at && system_clock().now() >= *bus_up_at) {
      bus_up_at.reset();
      if (auto done = target->set_bus_down(false); !done) return done;
      say("bus up");
    }
    if (!drive_gone) return {};
    const bool back = server->with_drive([](Transport& drive) {
      if (&drive.clock() != &system_clock()) drive.clock().sleep_for(kAskAgain);
      return is_there(drive);
    });
    if (!back) return {};
    drive_gone = false;
    return plug();
  }

  [[nodiscard]] int patience_ms() const {
    if (bus_up_at) return static_cast<int>(kBusDown.count()) / 4;
    return drive_gone ? static_cast<int>(kAskAgain.count()) : -1;
  }
};

Attachment::Attachment(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Attachment::~Attachment() { (void)detach(); }

Result<std::unique_ptr<Attachment>> Attachment::attach(std::unique_ptr<Transport> drive, AttachOptions options) {
  auto impl = std::make_unique<Impl>();
  impl->options = std::move(options);
  if (impl->options.control) {
    auto control = ControlPipe::make(*impl->options.control);
    if (!control) return fail(std::move(control).error());
    impl->control.emplace(std::move(*control));
  }
  auto target = tcmu::KernelTarget::create();
  if (!target) return fail(std::move(target).error());
  impl->target = std::move(*target);
  auto ring = tcmu::Ring::map(impl->target->uio_path(), impl->target->ring_bytes());
  if (!ring) return fail(std::move(ring).error());
  impl->server.emplace(std::move(*ring), std::move(drive),
                       [kernel = impl->target.get()] { (void)kernel->set_bus_down(true); });

  std::unique_ptr<Attachment> attachment{new Attachment(std::move(impl))};
  if (auto plugged = attachment->impl_->plug(); !plugged) return fail(std::move(plugged).error());
  return attachment;
}

DevicePaths Attachment::paths() const { return impl_->paths; }

std::string Attachment::status() { return impl_->server ? impl_->server->with_drive(status_of) : ""; }

Result<void> Attachment::serve_until(int stop) {
  Impl& me = *impl_;
  for (;;) {
    std::array<pollfd, 3> waiting{
        pollfd{.fd = stop, .events = POLLIN, .revents = 0},
        pollfd{.fd = me.server->descriptor(), .events = POLLIN, .revents = 0},
        pollfd{.fd = me.control ? me.control->descriptor() : -1, .events = POLLIN, .revents = 0}};
    if (::poll(waiting.data(), waiting.size(), me.patience_ms()) < 0 && errno != EINTR) {
      return fail(
          failure(ErrorKind::io, "wait for something to do", me.paths.block, std::generic_category().message(errno)));
    }
    if (waiting[0].revents != 0) return {};
    if (auto done = me.handle_incidents(); !done) return fail(std::move(done).error());
    if (auto done = me.handle_time(); !done) return done;
    if (!me.control) continue;
    while (const auto line = me.control->next_line()) {
      if (auto done = me.obey(*line); !done) me.say(describe(done.error()));
    }
  }
}

Result<void> Attachment::detach() {
  Impl& me = *impl_;
  if (!me.target) return {};
  Result<void> outcome;
  if (me.server) {
    if (me.bus_up_at) (void)me.target->set_bus_down(false);
    if (me.target->plugged()) outcome = me.unplug();
    me.server.reset();
  }
  auto removed = me.target->remove();
  me.target.reset();
  me.control.reset();
  return outcome ? removed : outcome;
}

}  // namespace pressmark
