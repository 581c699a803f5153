// A Drive against a drive that answers arbitrary bytes: the input is the stream of its answers. Whatever it says, a disc that is
// identified must have a size a disc can have and tracks that lie on it, waiting must end, and no read may claim a sector outside.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

#include "pressmark/drive.h"

namespace pressmark {
namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

/// Each answer starts with a byte: its low bits choose good, check condition, or a failure; then come what bytes there are.
class ArbitraryTransport final : public Transport {
 public:
  explicit ArbitraryTransport(std::span<const std::byte> stream) : stream_(stream) {}

  Result<Reply> execute(const Command& command) override {
    clock_.advance(std::chrono::milliseconds{10});
    const unsigned choice = take();
    if (choice % 16 == 15) return fail(Error{.kind = choice < 128 ? ErrorKind::timeout : ErrorKind::device_gone});
    if (choice % 4 == 3) return check_condition();
    Reply reply;
    if (command.direction != Direction::in) {
      reply.transferred = static_cast<std::uint32_t>(command.data.size());
      return reply;
    }
    const std::size_t wanted =
        choice % 4 == 2 ? std::min<std::size_t>(take(), command.data.size()) : command.data.size();
    for (std::size_t i = 0; i < std::min<std::size_t>(wanted, 64); ++i)
      command.data[i] = static_cast<std::byte>(take());
    reply.transferred = static_cast<std::uint32_t>(wanted);
    return reply;
  }
  const TransportInfo& info() const override { return info_; }
  Clock& clock() override { return clock_; }

 private:
  unsigned take() {
    if (stream_.empty()) return 0;
    const auto value = std::to_integer<unsigned>(stream_.front());
    stream_ = stream_.subspan(1);
    return value;
  }
  Reply check_condition() {
    Reply reply{.status = Status::check_condition, .sense_length = static_cast<std::uint8_t>(take() % 33)};
    for (std::size_t i = 0; i < reply.sense_length; ++i) reply.sense[i] = static_cast<std::byte>(take());
    return reply;
  }

  std::span<const std::byte> stream_;
  VirtualClock clock_;
  TransportInfo info_{.driver = "arbitrary", .path = "fuzz:"};
};

void require_possible(const Disc& disc) {
  require(disc.sectors > 0 && disc.sectors <= 1 << 26);
  require(!disc.tracks.empty() && disc.tracks.size() <= 99 && disc.layers >= 1 && disc.layers <= 4);
  require(disc.identity.size() == 64 && !disc.size_reason.empty());
  require(!disc.layer_break || (disc.layer_break->value > 0 && disc.layer_break->value < disc.sectors));
  for (std::size_t i = 0; i < disc.tracks.size(); ++i) {
    require(disc.tracks[i].sectors > 0);
    require(i == 0 || disc.tracks[i - 1].start + disc.tracks[i - 1].sectors <= disc.tracks[i].start);
  }
}

void exercise(std::span<const std::byte> stream) {
  auto opened = Drive::open(std::make_unique<ArbitraryTransport>(stream));
  if (!opened) return;
  Drive& drive = **opened;
  const Duration start = drive.clock().now();
  (void)drive.wait_ready(std::chrono::seconds{20});
  require(drive.clock().now() - start < std::chrono::seconds{30});
  if (const auto disc = drive.identify()) require_possible(*disc);
  (void)drive.can_read_raw(Lba{16});
  (void)drive.medium_may_have_changed();
  (void)drive.speeds();
  (void)drive.set_speed(1000);
  (void)drive.set_error_recovery({.flags = 1, .retries = 1});
  (void)drive.lock_tray();
  std::vector<std::byte> out(std::size_t{8} * kUserBytes);
  if (const auto read = drive.read_user(Lba{100}, 8, out, {.past_cache = true}); !read && read.error().lba)
    require(*read.error().lba >= Lba{100} && *read.error().lba < Lba{108});
}

}  // namespace
}  // namespace pressmark

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  pressmark::exercise(std::as_bytes(std::span{data, size}));
  return 0;
}
