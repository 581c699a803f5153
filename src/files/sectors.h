// Sectors for the walk: bounded by the image's length and by how many may be read, unreadable ones being part of the answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "pressmark/filesystem.h"

namespace pressmark::files {

inline constexpr std::size_t kSector = kUserBytes;
/// The same where offsets are signed.
inline constexpr std::int64_t kSectorBytes = kUserBytes;

/// The bytes of a directory or table. What could not be read is zero and stands in `lost`.
struct Content {
  struct Lost {
    std::size_t from = 0, to = 0;  ///< of `bytes`
    SectorRange where;
  };
  std::vector<std::byte> bytes;
  std::vector<Lost> lost;  ///< in order, disjoint
  bool cut = false;        ///< shorter than was asked for: beyond the image, or more than the limit

  /// True if any of these bytes could not be read.
  [[nodiscard]] bool lost_in(std::size_t from, std::size_t to) const;
};

class SectorSource {
 public:
  SectorSource(const ReadSectors& read, const WalkOptions& options)
      : read_(read),
        sectors_(options.sectors),
        left_(options.limits.sectors_read),
        most_content_(options.limits.directory_bytes) {}

  [[nodiscard]] std::int64_t sectors() const { return sectors_; }
  /// True once the limit on sectors has been met: from then on nothing can be read.
  [[nodiscard]] bool exhausted() const { return exhausted_; }

  using Sector = std::optional<std::span<const std::byte>>;
  /// One sector, valid until the next call of anything here. Nothing: it is outside the image, or cannot be read.
  Result<Sector> sector(std::int64_t at);
  /// The bytes of `extents` in order, `bytes` at most.
  Result<Content> content(std::span<const VolumeExtent> extents, std::uint64_t bytes);

 private:
  Result<bool> read(std::int64_t first, std::uint32_t count, std::span<std::byte> out);
  Result<void> append(const VolumeExtent& extent, Content& content);

  const ReadSectors& read_;
  std::int64_t sectors_;
  std::uint64_t left_;
  std::uint64_t most_content_;
  bool exhausted_ = false;
  std::vector<std::byte> one_;  // the sector that was read last, for structures that share one
  std::int64_t one_at_ = -1;
  std::vector<std::byte> run_;
};

}  // namespace pressmark::files
