// Past the drive's cache. READ CD has no bit for it, and CD drives accept FUA on a read and ignore it. A forced read of
// length 0 empties the cache of many drives, is ignored by some, and refused by others; only the clock tells. A sector
// that comes from the disc costs up to a turn (6 ms at full speed), one from the cache less than a millisecond: so of
// three reads two are slow if the cache was passed by; one may be slow for any reason. Where nothing is slow, not even after
// reading elsewhere, there is no disc that turns (an emulated drive), and the cheap way is kept.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
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
constexpr std::int64_t kMostAtOnce = 32;  ///< what a read from the LBA on is taken to touch: a BD's block, 64 KiB
constexpr std::string_view kTooSlow = "reading more than the cache holds takes the drive too long";
constexpr std::string_view kTooDamaged = "of what was to be read to empty the cache too much does not read";
constexpr int kMostFailures = 16;
constexpr std::int64_t kMostLeap = 1 << 14;  ///< sectors

Duration middle(std::array<Duration, 3> of) {
  std::ranges::sort(of);
  return of[1];
}

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
  if (kind == MediaKind::cd && !elsewhere.read_cd_refused) {
    auto raw =
        noticed(channel.read(mmc::encode_read_cd(range.first, count, mmc::MainChannel::all, mmc::Subchannel::none),
                             buffer, {.sectors = range}));
    if (raw || !drive::not_supported(raw.error())) return raw;
    elsewhere.read_cd_refused = true;
  }
  buffer.resize(static_cast<std::size_t>(range.count) * kUserBytes);
  return noticed(channel.read(mmc::encode_read_10({.first = range.first, .count = count}), buffer, {.sectors = range}));
}

bool Drive::cannot_empty_cache(const Error& error) { return error.got == kTooSlow || error.got == kTooDamaged; }

Result<void> Drive::Impl::read_elsewhere(Lba lba) {
  // At a speed set low for the sake of damage, 4 MiB of a CD take half a minute, each time.
  const std::uint32_t slow = asked_speed;
  if (slow == 0) return read_and_drop_far_from(lba);
  if (auto fast = set_speed(0); !fast && drive::ends_the_conversation(fast.error())) return fast;
  auto read = read_and_drop_far_from(lba);
  auto back = set_speed(slow);
  if (!read && !cannot_empty_cache(read.error())) return read;
  return back || !drive::ends_the_conversation(back.error()) ? read : back;
}

/// Towards the end of the disc for a sector in its first half, at its begin for others; never what is to be read itself. Of a disc
/// that is smaller than the cache all else is read, and more cannot be done.
Result<void> Drive::Impl::read_and_drop_far_from(Lba lba) {
  const auto claimed = capabilities();
  const std::int64_t buffer = claimed ? std::int64_t{claimed->buffer_kilobytes} * 1024 : 0;
  const std::int64_t size = this->size().value_or(0);
  const bool at_begin = lba.value >= size / 2;
  std::int64_t& left_out = at_begin ? elsewhere.below : elsewhere.above;
  const std::int64_t whole = std::min(std::clamp(buffer, kUsualCacheBytes, kMostCacheBytes) / kUserBytes, size);
  std::int64_t wanted = whole;
  std::int64_t at = 0, end = 0;
  const auto has_room = [&] { return left_out + whole <= (at_begin ? lba.value : size - lba.value); };
  const auto choose_place = [&] {
    // What is passed over is made up for: less than the cache holds proves nothing.
    const std::int64_t more = wanted + kSectorsAtOnce * std::ssize(elsewhere.failed) + kSectorsAtOnce + kMostAtOnce;
    if (!has_room()) left_out = 0;  // failed places one by one
    end = at_begin ? size : size - left_out;
    at = at_begin ? left_out : std::max<std::int64_t>(end - more, 0);
  };
  const auto not_emptied = [&](ErrorKind what, std::string_view got) {
    return fail(Error{
        .kind = what, .tried = "read past the drive's cache", .where = channel.info().path, .got = std::string{got}});
  };
  choose_place();
  elsewhere.read_cd_refused = false;  // it may have been in trouble
  const Duration begun = channel.clock().now();
  bool passed_over = false;
  for (int failures = 0; wanted > 0 && at < end;) {
    const std::int64_t first = std::exchange(at, at + kSectorsAtOnce);
    const bool here = first > lba.value - kSectorsAtOnce && first < lba.value + kMostAtOnce;
    const bool failed = elsewhere.failed.contains(first);
    passed_over = passed_over || failed;
    if (here || failed) continue;
    const std::int64_t piece = std::min({kSectorsAtOnce, wanted, end - first});
    if (const auto read = read_and_drop({Lba{first}, piece})) {
      wanted -= piece;
    } else {  // this place is left out from now on: once is enough of what costs seconds
      elsewhere.failed.insert(first);
      left_out = (at_begin ? first + piece : size - first) + elsewhere.leap;
      elsewhere.leap = std::min(2 * elsewhere.leap, kMostLeap);
      if (drive::ends_the_conversation(read.error())) return read;
      ++failures;
      passed_over = true;
      if (has_room()) {
        wanted = whole;
        choose_place();
      }
    }
    const bool stopped = stop && stop();
    const bool too_slow = channel.clock().now() - begun >= kElsewhereLimit;
    if (!stopped && (wanted == 0 || (!too_slow && failures < kMostFailures))) continue;
    if (stopped) return not_emptied(ErrorKind::interrupted, "asked to stop");
    return not_emptied(ErrorKind::timeout, too_slow ? kTooSlow : kTooDamaged);
  }
  if (wanted > 0 && passed_over) return not_emptied(ErrorKind::timeout, kTooDamaged);
  return {};
}

std::optional<Duration> Drive::Impl::middle_read(Lba lba, Result<void> (Impl::*before)(Lba)) {
  std::array<Duration, 3> took{};
  for (Duration& each : took) {
    if (!(this->*before)(lba)) return std::nullopt;
    const Duration start = channel.clock().now();
    if (!read_and_drop({lba, 1})) return std::nullopt;
    each = channel.clock().now() - start;
  }
  return middle(took);
}

Result<void> Drive::Impl::find_cache_defeat(Lba lba) {
  const auto forced = force_next_read(lba);
  if (!forced) {
    if (drive::ends_the_conversation(forced.error())) return forced;
    cache_defeat = CacheDefeat::read_elsewhere;
    return {};
  }
  if (!read_and_drop({lba, 1})) return {};  // cannot be measured here: stays unknown
  const auto after_forced = middle_read(lba, &Impl::force_next_read);
  if (!after_forced) return {};
  if (*after_forced >= kFromDisc) {
    cache_defeat = CacheDefeat::forced_read;
    return {};
  }
  const auto after_elsewhere = middle_read(lba, &Impl::read_elsewhere);
  const bool elsewhere_helps = !after_elsewhere || *after_elsewhere >= kFromDisc;
  cache_defeat = elsewhere_helps ? CacheDefeat::read_elsewhere : CacheDefeat::forced_read;
  return {};
}

/// Whether a read with FUA really comes from the disc: by the clock, as above.
Result<void> Drive::Impl::find_fua(Lba lba) {
  if (!read_and_drop({lba, 1})) return {};  // cannot be measured here: stays unknown
  std::array<std::byte, kUserBytes> sector{};
  const auto forced = mmc::encode_read_10({.first = lba, .count = 1, .force_unit_access = true});
  std::array<Duration, 3> took{};
  for (Duration& each : took) {
    const Duration start = channel.clock().now();
    const auto read = noticed(channel.read(forced, sector, {.sectors = LbaRange{lba, 1}}));
    if (!read) {
      fua_hangs = fua_hangs || read.error().kind == ErrorKind::timeout;
      if (fua_hangs) fua = Fua::ignored;
      return drive::ends_the_conversation(read.error()) ? read : Result<void>{};
    }
    each = channel.clock().now() - start;
  }
  fua = Fua::works;
  if (middle(took) >= kFromDisc) return {};
  const auto after_elsewhere = middle_read(lba, &Impl::read_elsewhere);
  if (!after_elsewhere || *after_elsewhere >= kFromDisc) fua = Fua::ignored;  // not seen to work
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
