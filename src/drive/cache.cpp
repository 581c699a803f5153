// Past the drive's cache. READ CD has no bit for it, and CD drives accept FUA on a read and ignore it. A forced read of
// length 0 empties the cache of many drives, is ignored by some, and refused by others; only the clock tells. A sector
// that comes from the disc costs up to a turn (6 ms at full speed), one from the cache less than a millisecond: so of
// three reads at least one is slow if the cache was passed by. Where nothing is slow, not even after reading elsewhere,
// there is no disc that turns (an emulated drive), and the cheap way is kept.
#include <algorithm>
#include <array>
#include <vector>

#include "core/try.h"
#include "drive/drive_impl.h"

namespace pressmark {

namespace {

using namespace std::chrono_literals;

constexpr Duration kFromDisc = 3ms;
constexpr std::int64_t kUsualCacheBytes = 4 << 20;
constexpr std::int64_t kMostCacheBytes = 16 << 20;  ///< no drive has more; page 2Ah is not always to be believed
constexpr Duration kElsewhereLimit = 60s;           ///< 4 MiB at the half speed of a CD
constexpr std::int64_t kSectorsAtOnce = 16;

}  // namespace

Result<void> Drive::Impl::force_next_read(Lba lba) {
  const auto forced = noticed(channel.send(mmc::encode_read_12({.first = lba, .count = 0, .force_unit_access = true}),
                                           {}, {.sectors = LbaRange{lba, 0}}));
  if (!forced) return fail(forced.error());
  return {};
}

Result<void> Drive::Impl::read_and_drop(LbaRange range) {
  std::vector<std::byte> buffer(static_cast<std::size_t>(range.count) * kRawBytes);
  const auto count = static_cast<std::uint32_t>(range.count);
  if (kind == MediaKind::cd) {
    auto raw =
        noticed(channel.read(mmc::encode_read_cd(range.first, count, mmc::MainChannel::all, mmc::Subchannel::none),
                             buffer, {.sectors = range}));
    if (raw || !drive::not_supported(raw.error())) return raw;
  }
  buffer.resize(static_cast<std::size_t>(range.count) * kUserBytes);
  return noticed(channel.read(mmc::encode_read_10({.first = range.first, .count = count}), buffer, {.sectors = range}));
}

Result<void> Drive::Impl::read_elsewhere(Lba lba) {
  const auto claimed = capabilities();
  const std::int64_t buffer = claimed ? std::int64_t{claimed->buffer_kilobytes} * 1024 : 0;
  const std::int64_t cache = std::clamp(buffer, kUsualCacheBytes, kMostCacheBytes);
  const std::int64_t end = size().value_or(0);
  // What is passed over because it hangs is made up for: less than the cache holds proves nothing.
  const auto passed_over = kSectorsAtOnce * std::ssize(hangs_at);
  const std::int64_t wanted = std::min(cache / kUserBytes + passed_over, end);
  const std::int64_t start = lba.value >= end / 2 ? 0 : std::max<std::int64_t>(end - wanted, 0);
  // At a speed set low for the sake of damage, 4 MiB of a CD take half a minute, each time.
  const std::uint32_t slow = asked_speed;
  if (slow == 0) return read_and_drop_all({Lba{start}, wanted});
  if (auto fast = set_speed(0); !fast && drive::ends_the_conversation(fast.error())) return fast;
  auto read = read_and_drop_all({Lba{start}, wanted});
  if (!read) return read;
  auto back = set_speed(slow);
  return back || !drive::ends_the_conversation(back.error()) ? Result<void>{} : back;
}

Result<void> Drive::Impl::read_and_drop_all(LbaRange range) {
  const Duration begun = channel.clock().now();
  while (range.count > 0) {
    const std::int64_t piece = std::min(kSectorsAtOnce, range.count);
    const bool known_to_hang = hangs_at.contains(range.first.value);  // once a minute of waiting is enough
    const auto read = known_to_hang ? Result<void>{} : read_and_drop({range.first, piece});
    if (!read && read.error().kind == ErrorKind::timeout) hangs_at.insert(range.first.value);
    if (!read && drive::ends_the_conversation(read.error())) return read;
    if (!read)
      return {};  // a damaged place: the head has moved all the same, and another try costs as much as this one
    range = {range.first + piece, range.count - piece};
    const bool stopped = stop && stop();
    if (!stopped && (range.count == 0 || channel.clock().now() - begun < kElsewhereLimit)) continue;
    return fail(Error{.kind = stopped ? ErrorKind::interrupted : ErrorKind::timeout,
                      .tried = "read past the drive's cache",
                      .where = channel.info().path,
                      .got = stopped ? "asked to stop" : "reading more than the cache holds takes the drive too long"});
  }
  return {};
}

std::optional<Duration> Drive::Impl::slowest_read(Lba lba, Result<void> (Impl::*before)(Lba)) {
  Duration slowest{0};
  for (int i = 0; i < 3; ++i) {
    if (!(this->*before)(lba)) return std::nullopt;
    const Duration start = channel.clock().now();
    if (!read_and_drop({lba, 1})) return std::nullopt;
    slowest = std::max(slowest, channel.clock().now() - start);
  }
  return slowest;
}

Result<void> Drive::Impl::find_cache_defeat(Lba lba) {
  const auto forced = force_next_read(lba);
  if (!forced) {
    if (drive::ends_the_conversation(forced.error())) return forced;
    cache_defeat = CacheDefeat::read_elsewhere;
    return {};
  }
  if (!read_and_drop({lba, 1})) return {};  // cannot be measured here: stays unknown
  const auto after_forced = slowest_read(lba, &Impl::force_next_read);
  if (!after_forced) return {};
  if (*after_forced >= kFromDisc) {
    cache_defeat = CacheDefeat::forced_read;
    return {};
  }
  const auto after_elsewhere = slowest_read(lba, &Impl::read_elsewhere);
  const bool elsewhere_helps = !after_elsewhere || *after_elsewhere >= kFromDisc;
  cache_defeat = elsewhere_helps ? CacheDefeat::read_elsewhere : CacheDefeat::forced_read;
  return {};
}

/// Whether a read with FUA really comes from the disc: by the clock, as above.
Result<void> Drive::Impl::find_fua(Lba lba) {
  if (!read_and_drop({lba, 1})) return {};  // cannot be measured here: stays unknown
  std::array<std::byte, kUserBytes> sector{};
  const auto forced = mmc::encode_read_10({.first = lba, .count = 1, .force_unit_access = true});
  Duration slowest{0};
  for (int i = 0; i < 3; ++i) {
    const Duration start = channel.clock().now();
    const auto read = noticed(channel.read(forced, sector, {.sectors = LbaRange{lba, 1}}));
    if (!read) return drive::ends_the_conversation(read.error()) ? read : Result<void>{};
    slowest = std::max(slowest, channel.clock().now() - start);
  }
  fua = Fua::works;
  if (slowest >= kFromDisc) return {};
  const auto after_elsewhere = slowest_read(lba, &Impl::read_elsewhere);
  if (after_elsewhere && *after_elsewhere >= kFromDisc) fua = Fua::ignored;
  return {};
}

Result<void> Drive::defeat_cache(Lba lba) {
  if (impl_->cache_defeat == Impl::CacheDefeat::unknown)
    CHECK(impl_->find_cache_defeat(impl_->last_good_read.value_or(lba)));
  switch (impl_->cache_defeat) {
    case Impl::CacheDefeat::forced_read: return impl_->force_next_read(lba);
    case Impl::CacheDefeat::unknown:
    case Impl::CacheDefeat::read_elsewhere: return impl_->read_elsewhere(lba);
  }
  return {};
}

}  // namespace pressmark
