// The loop waits for the ring or for its owner, and answers the front command until the ring is empty. Three states keep a command
// from being answered by the drive:
//   hanging    the drive never answered (a time-out): the command stays in the ring until the kernel wants it aborted
//   refusing   the device is being taken away: BUSY, which the kernel repeats until the device is offline, then fails
//   broken     the ring makes no sense any more: nothing is answered
#include "drivers/tcmu/server.h"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

#include "pressmark/sense.h"

namespace pressmark::tcmu {
namespace {

// The ring does not say how long the asker will wait. A simulated drive that needs longer than this hangs.
constexpr std::chrono::milliseconds kHangs{std::chrono::minutes{10}};

void signal_fd(int fd) {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto ignored = ::write(fd, &one, sizeof one);
}

void drain_fd(int fd) {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto ignored = ::read(fd, &count, sizeof count);
}

/// Commands that never report a unit attention (MMC-6 4.1.6.1, SPC-4 5.14).
bool is_above_attention(std::byte operation_code) {
  constexpr std::array<std::uint8_t, 3> kAbove{0x03, 0x12,
                                               0x4A};  // REQUEST SENSE, INQUIRY, GET EVENT STATUS NOTIFICATION
  return std::ranges::find(kAbove, static_cast<std::uint8_t>(operation_code)) != kAbove.end();
}

}  // namespace

Server::Server(Ring ring, std::unique_ptr<Transport> drive, std::function<void()> take_bus_down)
    : ring_(std::move(ring)),
      take_bus_down_(std::move(take_bus_down)),
      drive_(std::move(drive)),
      incident_fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      wake_fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      last_answer_(system_clock().now()) {
  assert(incident_fd_ >= 0 && wake_fd_ >= 0);
  // Signals are the owner's business.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  thread_ = std::thread([this] { run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Server::~Server() {
  ending_ = true;
  wake();
  thread_.join();
  ::close(incident_fd_);
  ::close(wake_fd_);
}

void Server::wake() { signal_fd(wake_fd_); }

void Server::refuse(bool refusing) {
  refusing_ = refusing;
  wake();
}

void Server::report(Incident incident) {
  {
    const std::lock_guard lock(news_mutex_);
    incidents_.push_back(incident);
  }
  signal_fd(incident_fd_);
}

void Server::remark(std::string line) {
  {
    const std::lock_guard lock(news_mutex_);
    remarks_.push_back(std::move(line));
  }
  signal_fd(incident_fd_);
}

Incident Server::take_incident() {
  const std::lock_guard lock(news_mutex_);
  if (incidents_.empty()) {
    drain_fd(incident_fd_);
    return Incident::none;
  }
  const Incident first = incidents_.front();
  incidents_.erase(incidents_.begin());
  return first;
}

std::vector<std::string> Server::take_remarks() {
  const std::lock_guard lock(news_mutex_);
  return std::exchange(remarks_, {});
}

void Server::replace(std::unique_ptr<Transport> drive) {
  const std::lock_guard lock(drive_mutex_);
  // The new drive's own attentions (06) are taken in, so that exactly one reaches the kernel: the one given below.
  Command test_unit_ready{.cdb_length = 6};
  for (int i = 0; i < 8; ++i) {
    const auto reply = drive->execute(test_unit_ready);
    const auto sense = reply ? decode_sense(reply->sense_bytes()) : std::nullopt;
    if (!sense || sense->key != 6) break;
  }
  drive_ = std::move(drive);
  medium_news_ = true;
}

void Server::run() {
  while (!ending_) {
    std::array<pollfd, 2> waiting{pollfd{.fd = ring_.descriptor(), .events = POLLIN, .revents = 0},
                                  pollfd{.fd = wake_fd_, .events = POLLIN, .revents = 0}};
    ::poll(waiting.data(), waiting.size(), -1);
    if ((waiting[1].revents & POLLIN) != 0) drain_fd(wake_fd_);
    ring_.acknowledge();
    serve_ring();
  }
}

void Server::serve_ring() {
  while (!ending_ && !broken_) {
    auto request = ring_.front();
    if (!request) {
      broken_ = true;
      remark(describe(request.error()));
      report(Incident::broken);
      return;
    }
    if (!*request) return;
    if (hanging_ && !refusing_ && !ring_.abort_wanted()) return;
    if (std::exchange(hanging_, false) && !refusing_) {
      ring_.complete(Status::task_aborted, 0, {});
    } else if (refusing_) {
      complete_refused();
    } else if (!answer(**request)) {
      return;
    }
    last_answer_ = system_clock().now();
  }
}

/// Sends the front command to the drive. False if it stays unanswered.
bool Server::answer(const Request& request) {
  const std::lock_guard lock(drive_mutex_);
  let_time_pass();
  if (medium_news_ && !is_above_attention(request.cdb[0])) {
    medium_news_ = false;
    complete_sense(0x06, 0x28, 0x00);
    return true;
  }
  Command command{.cdb = request.cdb, .cdb_length = request.cdb_length, .timeout = kHangs};
  buffer_.assign(request.bytes, std::byte{0});
  if (request.bytes > 0) {
    command.direction = direction_of(request.cdb[0]);
    command.data = buffer_;
  }
  if (command.direction == Direction::out) {
    auto into = buffer_.begin();
    for (const auto& piece : request.pieces) into = std::ranges::copy(piece, into).out;
  }
  const auto reply = drive_->execute(command);
  if (!reply) return answer_failure(reply.error());
  if (command.direction == Direction::in) {
    auto rest = std::span<const std::byte>(buffer_).first(std::min<std::size_t>(reply->transferred, buffer_.size()));
    for (const auto& piece : request.pieces) {
      const auto part = rest.first(std::min(rest.size(), piece.size()));
      // The kernel copies whole pages to the asker, whatever the length says: nothing of an earlier command may be in them.
      std::ranges::fill(std::ranges::copy(part, piece.begin()).out, piece.end(), std::byte{0});
      rest = rest.subspan(part.size());
    }
  }
  ring_.complete(reply->status, reply->transferred, reply->sense_bytes());
  return true;
}

/// A simulated drive's clock stands still between commands; the world's does not.
void Server::let_time_pass() {
  Clock& clock = drive_->clock();
  if (&clock != &system_clock()) clock.sleep_for(system_clock().now() - last_answer_);
}

bool Server::answer_failure(const Error& error) {
  if (error.kind == ErrorKind::timeout) {
    hanging_ = true;
    return false;
  }
  if (error.kind == ErrorKind::device_gone) {
    refusing_ = true;
    report(Incident::drive_gone);
    complete_refused();
  } else if (error.kind == ErrorKind::bus) {
    take_bus_down_();
    report(Incident::bus_failed);
    complete_refused();
  } else if (error.kind == ErrorKind::usage) {
    complete_sense(0x05, 0x24, 0x00);  // invalid field in CDB
  } else {
    complete_sense(0x04, 0x44, 0x00);  // internal target failure
    remark(describe(error));
  }
  return true;
}

void Server::complete_refused() { ring_.complete(Status::busy, 0, {}); }

void Server::complete_sense(std::uint8_t key, std::uint8_t asc, std::uint8_t ascq) {
  std::array<std::byte, 18> sense{};  // fixed format, SPC-4 4.5.3
  sense[0] = std::byte{0x70};
  sense[2] = std::byte{key};
  sense[7] = std::byte{10};
  sense[12] = std::byte{asc};
  sense[13] = std::byte{ascq};
  ring_.complete(Status::check_condition, 0, sense);
}

}  // namespace pressmark::tcmu
