// Reads sectors of a disc as an image has them, with a grade for each: the one place that knows how a CD's raw
// sectors become user data and what that proves.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/disc.h"
#include "pressmark/drive.h"
#include "pressmark/map.h"
#include "pressmark/sector.h"

namespace pressmark {

/// What makes a range of the disc an image: chosen once, the same for rip and verify.
struct ImagePlan {
  LbaRange range;
  bool raw = false;
  std::uint32_t block_sectors = 1;
  std::uint32_t transfer_sectors = 32;
};

struct ImageChoice {
  std::optional<std::uint8_t> track;
  bool raw = true;
  std::uint32_t transfer_bytes = 64 * 1024;
};

/// Which sectors of `disc` an image of 2048-byte sectors holds. Fails: usage, naming the disc for what it is, if it has audio tracks
/// or several sessions and no data track was picked, or if the picked one is not there or is audio.
Result<ImagePlan> plan_image(Drive& drive, const Disc& disc, const ImageChoice& choice);

class SectorReader {
 public:
  SectorReader(Drive& drive, ImagePlan plan);

  struct How {
    bool past_cache = false;
    /// Rather not at all than from the cache. Else a drive whose cache cannot be emptied is read anyhow: see maybe_from_cache.
    bool past_cache_only = false;
    bool read_twice = false;  ///< what has no code of its own is read again: equal, it is agreed; different, no good
  };
  /// Reads image sectors `first`, ... into `out` (count x 2048 bytes) and gives each a grade: `proven`, `agreed` or `drive`, or
  /// `unreadable` where the drive said good and our checks did not (the bytes of such a sector are not to be used; `complaint`
  /// says why). Fails where the drive failed, with error.lba on the disc; unsupported at a Mode 2 form 2 sector.
  Result<void> read(std::int64_t first, std::uint32_t count, std::span<std::byte> out, std::span<Grade> grades,
                    How how);

  /// What a drive's word is worth that says good and gives different bytes: begins every complaint of that kind.
  static constexpr std::string_view kReadingsDiffer = "two readings differ";
  /// The last read was to go past the cache, which could not be emptied: its bytes may be those of an earlier reading.
  [[nodiscard]] bool maybe_from_cache() const { return maybe_from_cache_; }
  /// Replaces the complaint about the last read.
  void complain(Lba lba, std::string got);
  /// Why the first `unreadable` sector of the last read was not believed.
  [[nodiscard]] const Error& complaint() const { return complaint_; }
  /// All 2352 bytes of sector `i` of the last read; only where the plan is raw.
  [[nodiscard]] std::span<const std::byte> raw_sector(std::uint32_t i) const {
    return std::span{raw_}.subspan(std::size_t{i} * kRawBytes, kRawBytes);
  }
  [[nodiscard]] const ImagePlan& plan() const { return plan_; }

 private:
  Result<void> read_checked(Lba lba, std::uint32_t count, std::span<std::byte> out, std::span<Grade> grades, How how);
  Result<void> read_believed(Lba lba, std::uint32_t count, std::span<std::byte> out, std::span<Grade> grades, How how);

  Drive& drive_;
  ImagePlan plan_;
  std::vector<std::byte> raw_;  // count x 2352, or the second reading
  std::vector<SectorCheck> checks_;
  bool maybe_from_cache_ = false;
  Error complaint_;
};

}  // namespace pressmark
