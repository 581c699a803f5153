// What a Drive is made of: a Channel, what it has learned about drive and disc, and what it must put back.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "pressmark/drive.h"

#include "drive/channel.h"
#include "mmc/command.h"
#include "mmc/mode_page.h"

namespace pressmark {

struct Drive::Impl {
  enum class SpeedSetBy : std::uint8_t { nobody, cd_speed, streaming };
  /// How a read is made to come from the disc; found out by the clock, once a disc (cache.cpp).
  enum class Fua : std::uint8_t { unknown, works, ignored };
  Fua fua = Fua::unknown;  ///< DVD, BD: what FUA on a read does, by the clock
  enum class CacheDefeat : std::uint8_t { unknown, forced_read, read_elsewhere };

  drive::Channel channel;
  DriveIdentity identity;
  MediaKind kind = MediaKind::none;  ///< of the disc last identified
  std::int64_t sectors = 0;          ///< its size
  std::optional<mmc::ModePage> first_recovery_page;
  SpeedSetBy speed_set_by = SpeedSetBy::nobody;
  bool tray_locked = false;
  bool has_events = true;  ///< until the drive refuses GET EVENT STATUS NOTIFICATION
  bool gone = false;       ///< as the last command says: nothing can be put back
  CacheDefeat cache_defeat = CacheDefeat::unknown;
  bool fua_hangs = false;             ///< the drive hung when FUA was tried, at a sector that reads
  std::vector<Lba> hanging;           ///< sectors that identifying does not read again: the drive hung there
  std::optional<Lba> last_good_read;  ///< where reads can be timed
  /// What of this disc is not read for the cache's sake again, because that failed: so many sectors at its begin and at its end, and,
  /// where there is no room to go elsewhere, the LBAs themselves. The next failure moves on by `leap` more.
  struct Elsewhere {
    std::int64_t below = 0, above = 0, leap = 16;
    std::set<std::int64_t> failed;
    bool read_cd_refused = false;
  } elsewhere;
  std::string disc;               ///< identity of the disc that this is about
  std::uint32_t asked_speed = 0;  ///< kB/s last asked for; 0: the most
  std::function<bool()> stop;     ///< may be empty

  explicit Impl(std::unique_ptr<Transport> transport) : channel(std::move(transport)) {}

  Result<void> ask_who();
  Result<void> take_in_events();
  using Encode = std::function<mmc::Cdb(Lba first, std::uint32_t count)>;
  /// Reads `range` in as many commands as the transport needs.
  Result<void> read(const Encode& encode, LbaRange range, std::uint32_t sector_bytes, std::span<std::byte> out,
                    std::chrono::milliseconds timeout);

  /// READ(12) with FUA and length 0.
  Result<void> force_next_read(Lba lba);
  /// Reads more than a cache holds, far from `lba`, at the drive's full speed. Where that place is damaged it is another one from
  /// then on. Fails also: interrupted, timeout (the drive hung), cannot_empty_cache.
  Result<void> read_elsewhere(Lba lba);
  /// A read whose data nobody wants: READ CD on CD, where sectors may be audio, else READ(10).
  Result<void> read_and_drop(LbaRange range);
  Result<void> read_and_drop_far_from(Lba lba);
  /// The middle one of three reads of `lba`, each after `before`; nothing if one fails.
  std::optional<Duration> middle_read(Lba lba, Result<void> (Impl::*before)(Lba));
  /// Tries the ways at `lba`, which should be a sector that reads.
  Result<void> find_cache_defeat(Lba lba);
  Result<void> find_fua(Lba lba);

  /// A command that sets something: attentions are taken in, `gone` is noticed.
  Result<void> set(const mmc::Cdb& cdb, std::span<std::byte> data = {});
  Result<mmc::ModePage> mode_page(mmc::PageCode code);
  Result<mmc::Capabilities> capabilities();
  Result<void> stream(std::uint32_t kilobytes_per_second);
  Result<void> set_cd_speed(std::uint32_t kilobytes_per_second);
  Result<void> set_speed(std::uint32_t kilobytes_per_second);
  /// Of the disc that is in, identified or not.
  Result<std::int64_t> size();

  template <class T>
  Result<T> noticed(Result<T> result) {
    gone = !result && result.error().kind == ErrorKind::device_gone;
    return result;
  }
};

}  // namespace pressmark
