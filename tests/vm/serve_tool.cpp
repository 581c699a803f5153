// Attaches a simulated drive and runs a command while it is there; its exit status is ours.
//   serve_tool SCENARIO CONTROL_FIFO COMMAND [ARGUMENT...]
#include <cstdio>
#include <signal.h>
#include <string>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pressmark/attach.h"
#include "pressmark/simulated.h"

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  sigset_t wanted;
  sigemptyset(&wanted);
  for (const int s : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&wanted, s);
  sigprocmask(SIG_BLOCK, &wanted, nullptr);
  const int stop = ::signalfd(-1, &wanted, SFD_CLOEXEC);

  pressmark::AttachOptions options;
  options.control = argv[2];
  options.open_source = [](const std::string& name) -> pressmark::Result<std::unique_ptr<pressmark::Transport>> {
    return pressmark::open_simulated(name);
  };
  options.say = [](std::string_view line) {
    std::printf("drive: %s\n", std::string(line).c_str()), std::fflush(stdout);
  };
  auto drive = pressmark::open_simulated(argv[1]);
  if (!drive) {
    std::fprintf(stderr, "%s\n", describe(drive.error()).c_str());
    return 3;
  }
  auto attached = pressmark::Attachment::attach(std::move(*drive), std::move(options));
  if (!attached) {
    std::fprintf(stderr, "%s\n", describe(attached.error()).c_str());
    return 3;
  }
  const pid_t child = ::fork();
  if (child == 0) {
    sigprocmask(SIG_UNBLOCK, &wanted, nullptr);
    ::execvp(argv[3], argv + 3);
    ::_exit(127);
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
