// A drive with typed operations, over any Transport (MMC-6).
//
// A Drive knows commands, not strategy: it identifies the disc, reads sectors one way or another, sets speeds and mode
// pages and puts back what it changed. Which sectors to read, when and how often is the planner's business (rip.h).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/disc.h"
#include "pressmark/error.h"
#include "pressmark/transport.h"

namespace pressmark {

/// INQUIRY (SPC-4): who the drive says it is. Trailing blanks removed; unprintable bytes replaced by '?'.
struct DriveIdentity {
  std::string vendor, product, revision;
  std::string serial;  ///< feature 0108h; empty if not told
  friend bool operator==(const DriveIdentity&, const DriveIdentity&) = default;
};

struct ReadyProgress {
  Duration waited{0};
  std::string state;  ///< "becoming ready (02/04/01)", "no disc (02/3A/00)"
};

/// How one read is to be done.
struct ReadOptions {
  bool past_cache = false;               ///< FUA on READ(10/12); on CD a cache defeat before (see Drive::defeat_cache)
  std::chrono::milliseconds timeout{0};  ///< 0: the command's own
};

/// Mode page 01h (MMC-6 7.3), as far as a reader cares.
struct ErrorRecovery {
  std::uint8_t flags = 0;    ///< byte 2: AWRE 80h ARRE 40h TB 20h RC 10h PER 04h DTE 02h DCR 01h
  std::uint8_t retries = 0;  ///< byte 3: read retry count
  friend bool operator==(const ErrorRecovery&, const ErrorRecovery&) = default;
};

/// Habits of a drive model that no question to the drive reveals: a row each in drivers/quirks/*.tsv.
enum class Quirk : std::uint8_t {
  c2_is_stale,          ///< says GOOD to READ CD with C2 and sends bytes of an earlier transfer
  subchannel_is_stale,  ///< the same for subchannel
};
/// The name used in the tables: "c2_is_stale".
[[nodiscard]] std::string_view to_string(Quirk quirk);

class Drive {
 public:
  /// Takes the transport and asks INQUIRY. Fails: what the transport fails with; unsupported (not a CD/DVD/BD drive).
  static Result<std::unique_ptr<Drive>> open(std::unique_ptr<Transport> transport);
  /// Puts back what was changed (tray lock, mode page, speed); what cannot be put back is lost silently here: call
  /// `restore` to hear of it.
  ~Drive();
  Drive(const Drive&) = delete;
  Drive& operator=(const Drive&) = delete;

  /// Goes on with the same drive over another transport: it was away, or is to be asked on a fresh connection. What was changed
  /// stays to be put back; the disc counts as changed until identified again. Fails, and stays as it was: what the
  /// transport fails with, mismatch (it is another drive).
  Result<void> reconnect(std::unique_ptr<Transport> transport);
  /// Asked between the commands of long operations (a cache defeat by reading elsewhere): true ends them with `interrupted`.
  void stop_when(std::function<bool()> asked);

  [[nodiscard]] const DriveIdentity& identity() const;
  /// What is known about this model besides what it says.
  [[nodiscard]] bool has(Quirk quirk) const;
  [[nodiscard]] Transport& transport();
  [[nodiscard]] Clock& clock();
  /// What the last command took the drive, by the transport's clock; 0 if no answer came.
  [[nodiscard]] Duration last_command_time() const;

  /// Waits until a disc can be read: TEST UNIT READY and the sense table, for at most `limit`. `progress` (may be
  /// empty) is called about every half second; returning false ends the wait with `interrupted`. Unit attentions are
  /// taken in (a disc just put in is news, not an error). A closed drive that says "no medium" is given 5 s of `limit`
  /// to notice its disc; an open tray is believed at once. Fails: no_medium, timeout, sense (a disc it cannot read),
  /// device errors.
  Result<void> wait_ready(Duration limit, const std::function<bool(const ReadyProgress&)>& progress = {});

  /// Everything that can be known without reading the disc through: kind, tracks, all opinions on size, layers,
  /// identity.
  Result<Disc> identify();

  /// Reads `count` user sectors of 2048 bytes (READ(10), or READ(12) past its limits; FUA as told). All or nothing:
  /// after a failure `out` is unspecified. Fails: sense (`error.lba` is the first failed LBA where the drive said so),
  /// short_transfer, timeout, bus, device_gone, medium_changed (06/28), no_medium (xx/3A), usage. A reset (06/29) is a
  /// `sense` whose verdict is `identify`: nothing says that the disc is another, only that it must be looked at again.
  Result<void> read_user(Lba first, std::uint32_t count, std::span<std::byte> out, const ReadOptions& how = {});

  /// Reads `count` raw sectors of 2352 bytes (READ CD, byte 9 = F8h, any sector type) in drive order. Fails as
  /// read_user does.
  Result<void> read_raw(Lba first, std::uint32_t count, std::span<std::byte> out, const ReadOptions& how = {});

  /// True if READ CD gives 2352 bytes that pass our own checks at `probe`, or, where `probe` is damaged, at one of a
  /// few sectors behind it on the identified disc: tried, not believed from a feature list.
  bool can_read_raw(Lba probe);

  /// Sectors that fit one transfer of `bytes_per_sector`, in whole ECC blocks of the identified disc where one fits. A
  /// read of more is split; this is the size at which it is not.
  [[nodiscard]] std::uint32_t sectors_per_transfer(std::uint32_t bytes_per_sector) const;

  /// Asks for a read speed; 0 means the most. In kB/s (1000 bytes) as drives count them: 1x is 176 on CD (2352-byte
  /// sectors), 1385 on DVD, 4496 on BD. SET CD SPEED for CD, SET STREAMING for DVD and BD; falls back to the other.
  /// Drives round: ask `current_speed`. Fails: sense (many drives refuse), device errors.
  Result<void> set_speed(std::uint32_t kilobytes_per_second);
  /// The read speed the drive says it goes by now, in the same kB/s (mode page 2Ah, which many DVD and BD drives leave
  /// at 0 or stale). Fails: sense, parse, device errors.
  Result<std::uint32_t> current_speed();
  /// Speeds the drive offers for this disc, kB/s, fastest first (GET PERFORMANCE type 03h, else mode page 2Ah); may be
  /// empty.
  Result<std::vector<std::uint32_t>> speeds();

  Result<ErrorRecovery> error_recovery();
  /// Sets mode page 01h, reads it back and returns what the drive really took. The first value is kept and restored.
  Result<ErrorRecovery> set_error_recovery(ErrorRecovery wanted);

  /// Makes the next read of `lba` come from the disc: READ(12) with FUA and length 0 where that is seen to work (reads
  /// then take a turn of the disc), else a read elsewhere, larger than the cache. The first call for a disc finds out,
  /// with a few reads of the sector last read well, or of `lba`; where that fails it goes the second way for now.
  /// Fails: device errors; `cannot_empty_cache` where reading so much takes more than a minute, or too much of it
  /// does not read.
  Result<void> defeat_cache(Lba lba);
  /// True for a failed defeat_cache, or a read with `past_cache`, that says nothing of the sector that was to be read.
  [[nodiscard]] static bool cannot_empty_cache(const Error& error);

  /// PREVENT ALLOW MEDIUM REMOVAL.
  Result<void> lock_tray();
  Result<void> unlock_tray();
  /// START STOP UNIT.
  Result<void> spin_down();
  Result<void> spin_up();
  Result<void> eject();

  /// True if any answer since the last identify spoke of another medium or a reset. Asks the drive nothing.
  [[nodiscard]] bool heard_of_change() const;
  /// True if the drive reports that the medium may have been changed since the last identify (GET EVENT STATUS
  /// NOTIFICATION, or a 06/28, 06/29 or xx/3A that came with any command).
  Result<bool> medium_may_have_changed();

  /// Undoes what this object changed: error recovery page, speed, tray lock. Safe to call twice.
  Result<void> restore();

 private:
  struct Impl;
  explicit Drive(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// A drive that was found on this machine.
struct FoundDrive {
  std::string path;     ///< "/dev/sr0"
  std::string sg_path;  ///< "/dev/sg1", or empty
  std::string vendor, product, revision;
  bool has_medium = false;           ///< by udev's or sysfs' word
  std::optional<Error> cannot_open;  ///< why not, and what to type
};

/// Every optical drive, by libudev, or by /sys where no udevd runs. Fails only if neither can be asked.
Result<std::vector<FoundDrive>> find_drives();

}  // namespace pressmark
