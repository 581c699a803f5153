// posix_spawn with four channels, and one poll loop that feeds the input and gathers what comes back: whichever order the
// program reads and writes in, nobody waits for the other. The loop ends when all it writes to is closed. Its input is a
// socket, not a pipe: a program that ends before it has read all of it then raises no signal here.
#include "core/process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "pressmark/clock.h"

#include "core/try.h"

// NOLINTNEXTLINE: POSIX has the program declare it
extern char** environ;

namespace pressmark {
namespace {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { close(); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_ = -1;
};

struct Pipe {
  Descriptor read, write;
};

std::unexpected<Error> failed(const ProcessRequest& request, ErrorKind kind, std::string got, std::string next = {}) {
  return fail({.kind = kind,
               .tried = "run " + request.program,
               .where = fmt::format("{}", fmt::join(request.arguments, " ")),
               .got = std::move(got),
               .next = std::move(next)});
}

Result<Pipe> make_pipe(const ProcessRequest& request, bool socket = false) {
  std::array<int, 2> ends{};
  const int made =
      socket ? ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) : ::pipe2(ends.data(), O_CLOEXEC);
  if (made != 0) return failed(request, ErrorKind::io, std::strerror(errno));
  // Above 3, so that no end stands where the program's own descriptors will be put.
  Pipe pipe{Descriptor{::fcntl(ends[0], F_DUPFD_CLOEXEC, 10)}, Descriptor{::fcntl(ends[1], F_DUPFD_CLOEXEC, 10)}};
  ::close(ends[0]);
  ::close(ends[1]);
  if (pipe.read.get() < 0 || pipe.write.get() < 0) return failed(request, ErrorKind::io, std::strerror(errno));
  return pipe;
}

/// Ends what still runs, and never leaves a dead one behind.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    (void)wait();
  }
  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

 private:
  pid_t pid_;
};

Result<pid_t> spawn(const ProcessRequest& request, const std::array<int, 4>& ends) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  for (std::size_t i = 0; i < ends.size(); ++i)
    posix_spawn_file_actions_adddup2(&actions, ends[i], static_cast<int>(i));
  // The program gets signals as if a shell had started it, whatever this one does with them.
  sigset_t all;
  sigfillset(&all);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  std::vector<char*> words{const_cast<char*>(request.program.c_str())};
  for (const std::string& argument : request.arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  pid_t pid = 0;
  const int code = posix_spawnp(&pid, request.program.c_str(), &actions, &attributes, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (code == 0) return pid;
  if (code == ENOENT) return failed(request, ErrorKind::not_found, "there is no such program", "install it");
  return failed(request, code == EACCES ? ErrorKind::no_permission : ErrorKind::io, std::strerror(code));
}

class Exchange {
 public:
  Exchange(const ProcessRequest& request, Descriptor input, std::array<Descriptor, 3> outputs)
      : request_(request), input_(std::move(input)), outputs_(std::move(outputs)), left_(request.input) {}

  Result<void> run() {
    const Duration deadline = system_clock().now() + std::chrono::seconds{request_.timeout_s};
    if (left_.empty()) input_.close();
    while (std::ranges::any_of(outputs_, [](const Descriptor& d) { return d.get() >= 0; })) {
      std::array<pollfd, 4> polled{};
      polled[0] = {.fd = input_.get(), .events = POLLOUT, .revents = 0};
      for (std::size_t i = 0; i < outputs_.size(); ++i)
        polled[i + 1] = {.fd = outputs_[i].get(), .events = POLLIN, .revents = 0};
      constexpr int kAskEvery_ms = 200;
      if (::poll(polled.data(), polled.size(), kAskEvery_ms) < 0 && errno != EINTR)
        return failed(request_, ErrorKind::io, std::strerror(errno));
      if (request_.stop && request_.stop()) return failed(request_, ErrorKind::interrupted, "asked to stop");
      if (system_clock().now() > deadline)
        return failed(request_, ErrorKind::timeout, fmt::format("no end after {} s", request_.timeout_s));
      if (polled[0].revents != 0) give();
      for (std::size_t i = 0; i < outputs_.size(); ++i)
        if (polled[i + 1].revents != 0) CHECK(gather(outputs_[i], texts[i]));
    }
    return {};
  }

  std::array<std::string, 3> texts;

 private:
  void give() {
    const ssize_t n = ::send(input_.get(), left_.data(), left_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0) left_.remove_prefix(static_cast<std::size_t>(n));
    const bool later = n < 0 && (errno == EAGAIN || errno == EINTR);
    if (left_.empty() || (n < 0 && !later)) input_.close();
  }

  Result<void> gather(Descriptor& from, std::string& text) {
    std::array<char, 16384> piece{};
    const ssize_t n = ::read(from.get(), piece.data(), piece.size());
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return {};
    if (n <= 0) {
      from.close();
      return {};
    }
    text.append(piece.data(), static_cast<std::size_t>(n));
    if (text.size() > request_.most_output)
      return failed(request_, ErrorKind::unsupported,
                    fmt::format("more than {} bytes came back", request_.most_output));
    return {};
  }

  const ProcessRequest& request_;
  Descriptor input_;
  std::array<Descriptor, 3> outputs_;
  std::string_view left_;
};

}  // namespace

Result<ProcessResult> run_process(const ProcessRequest& request) {
  TRY(Pipe input, make_pipe(request, true));
  TRY(Pipe output, make_pipe(request));
  TRY(Pipe errors, make_pipe(request));
  TRY(Pipe status, make_pipe(request));
  TRY(const pid_t pid, spawn(request, {input.read.get(), output.write.get(), errors.write.get(), status.write.get()}));
  Child child{pid};
  input.read.close();
  output.write.close();
  errors.write.close();
  status.write.close();
  Exchange exchange{
      request, std::move(input.write), {std::move(output.read), std::move(errors.read), std::move(status.read)}};
  CHECK(exchange.run());
  return ProcessResult{.exit_status = child.wait(),
                       .output = std::move(exchange.texts[0]),
                       .errors = std::move(exchange.texts[1]),
                       .status = std::move(exchange.texts[2])};
}

}  // namespace pressmark
