// Attaches a simulated drive until SIGTERM, with the words of `pressmark serve`:
//   serve_tool serve sim:SCENARIO --attach --control FIFO
#include <cstdio>
#include <signal.h>
#include <string>
#include <string_view>
#include <sys/signalfd.h>

#include "pressmark/attach.h"
#include "pressmark/simulated.h"

namespace {

pressmark::Result<std::unique_ptr<pressmark::Transport>> open_source(const std::string& name) {
  return pressmark::open_simulated(name.starts_with("sim:") ? name.substr(4) : name);
}

int complain(const pressmark::Error& error) {
  std::fprintf(stderr, "%s\n", describe(error).c_str());
  return exit_code(error.kind);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6 || std::string_view(argv[4]) != "--control") return 2;
  sigset_t wanted;
  sigemptyset(&wanted);
  for (const int s : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&wanted, s);
  sigprocmask(SIG_BLOCK, &wanted, nullptr);
  const int stop = ::signalfd(-1, &wanted, SFD_CLOEXEC);

  pressmark::AttachOptions options{.control = argv[5], .open_source = open_source, .say = {}};
  options.say = [](std::string_view line) {
    std::printf("%s\n", std::string(line).c_str());
    std::fflush(stdout);
  };
  auto drive = open_source(argv[2]);
  if (!drive) return complain(drive.error());
  auto attached = pressmark::Attachment::attach(std::move(*drive), std::move(options));
  if (!attached) return complain(attached.error());
  if (const auto served = (*attached)->serve_until(stop); !served) return complain(served.error());
  if (const auto detached = (*attached)->detach(); !detached) return complain(detached.error());
  return 0;
}
