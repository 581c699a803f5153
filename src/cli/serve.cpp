// pressmark serve: a source as a real drive of the running Linux, until Ctrl-C.
#include <csignal>
#include <fmt/format.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "pressmark/attach.h"
#include "pressmark/report.h"

#include "cli/common.h"
#include "core/try.h"

namespace pressmark::cli {
namespace {

struct ServeArgs : DriveArgs {
  bool attach = false;
  std::optional<std::string> control;
};

std::vector<OptionRow<ServeArgs>> serve_rows() {
  return joined(
      drive_rows<ServeArgs>(),
      {{{.names = "--attach", .help = "show it as /dev/srN and /dev/sgN of this machine (root)"}, &ServeArgs::attach},
       {{.names = "--control",
         .value = "FIFO",
         .help = "take lines from a pipe made here: unplug, replug, eject, load SOURCE, status",
         .completes = Completes::file},
        &ServeArgs::control}});
}

/// Signals as a file descriptor that becomes readable: the way to wait for them and for commands at once.
class SignalDescriptor {
 public:
  SignalDescriptor() {
    sigset_t wanted;
    sigemptyset(&wanted);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&wanted, signal);
    sigprocmask(SIG_BLOCK, &wanted, nullptr);
    fd_ = ::signalfd(-1, &wanted, SFD_CLOEXEC);
  }
  ~SignalDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  SignalDescriptor(const SignalDescriptor&) = delete;
  SignalDescriptor& operator=(const SignalDescriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_ = -1;
};

Result<void> serve(const ServeArgs& args) {
  if (!args.attach)
    return fail({.kind = ErrorKind::usage,
                 .tried = "serve a disc",
                 .got = "nothing says how",
                 .next = "add --attach to show it as a drive of this machine"});
  TRY(Source source, open(args));
  const SignalDescriptor stop;  // before the attachment makes its threads, which inherit the mask
  AttachOptions options;
  if (args.control) options.control = *args.control;
  options.say = [](std::string_view line) { print(fmt::format("{}\n", line)); };
  options.open_source = [](const std::string& name) -> Result<std::unique_ptr<Transport>> {
    TRY(Source other, open_source(name));
    return std::move(other.transport);
  };
  TRY(const auto attached, Attachment::attach(std::move(source.transport), std::move(options)));
  const DevicePaths paths = attached->paths();
  print(fmt::format("{} is {}{}; Ctrl-C takes it away\n", source.name, paths.block,
                    paths.generic.empty() ? "" : " and " + paths.generic));
  const auto served = attached->serve_until(stop.get());
  print(fmt::format("{}\n", attached->status()));
  CHECK(attached->detach());
  return served;
}

int run(const ServeArgs& args) {
  const auto served = serve(args);
  return served ? kAllGood : report(served.error());
}

}  // namespace

CommandSpec serve_command() {
  return command<ServeArgs>("serve", "show a disc as a drive of this machine",
                            "With --attach, SOURCE (an image, a scenario) becomes a real /dev/srN and /dev/sgN of the "
                            "running Linux until Ctrl-C, so that any program can be put on "
                            "it. Needs root and the kernel modules target_core_user, tcm_loop, sr_mod and sg.",
                            serve_rows(), run);
}

}  // namespace pressmark::cli
