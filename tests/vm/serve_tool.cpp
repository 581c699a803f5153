// Attaches the tiny drive of the conformance suite until it is told to stop: what `pressmark serve --attach` does, for a drive
// without anything behind it that could go wrong.
//   serve_tool CONTROL_FIFO [COMMAND ARGUMENT...]    runs the command while the drive is there; its exit status is ours
#include <cstdio>
#include <signal.h>
#include <string>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pressmark/attach.h"

#include "conformance/tiny_drive.h"

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  sigset_t wanted;
  sigemptyset(&wanted);
  for (const int s : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&wanted, s);
  sigprocmask(SIG_BLOCK, &wanted, nullptr);
  const int stop = ::signalfd(-1, &wanted, SFD_CLOEXEC);

  pressmark::AttachOptions options;
  options.control = argv[1];
  options.say = [](std::string_view line) {
    std::printf("drive: %s\n", std::string(line).c_str()), std::fflush(stdout);
  };
  auto attached = pressmark::Attachment::attach(std::make_unique<pressmark::test::TinyDrive>(), std::move(options));
  if (!attached) {
    std::fprintf(stderr, "%s\n", describe(attached.error()).c_str());
    return 3;
  }
  pid_t child = -1;
  if (argc > 2) {
    child = ::fork();
    if (child == 0) {
      sigprocmask(SIG_UNBLOCK, &wanted, nullptr);
      ::execvp(argv[2], argv + 2);
      ::_exit(127);
    }
  }
  const auto served = (*attached)->serve_until(stop);
  int status = 0;
  if (child > 0) ::waitpid(child, &status, WNOHANG);
  const auto detached = (*attached)->detach();
  for (const auto& outcome : {served, detached}) {
    if (!outcome) std::fprintf(stderr, "%s\n", describe(outcome.error()).c_str());
    if (!outcome) return 3;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}
