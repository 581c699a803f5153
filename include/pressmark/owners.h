// Whose are these sectors? What a volume's files and structures lose when ranges of the image are bad, or differ, or are asked for.
//
//   const Damage damage = damage_of(volume, sectors, ranges);
//   for (const FileHit& hit : damage.files) say(volume.path(volume.files()[hit.file]), hit.bytes);
//
// An answer is worth what the walk saw: where Volume::troubles is not empty, what is called nobody's may be a file's whose
// directory could not be read (`Damage::certain`).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "pressmark/filesystem.h"
#include "pressmark/lba.h"

namespace pressmark {

enum class OwnerKind : std::uint8_t {
  file,
  structure,
  unallocated,  ///< nobody's, before the end of what is somebody's
  padding,      ///< nobody's, behind all that is somebody's
  unknown,      ///< there is no file system that is known here
  outside,      ///< the image has no such sectors
};
inline constexpr std::size_t kOwnerKindCount = 6;
[[nodiscard]] std::string_view to_string(OwnerKind kind);

/// What one owner has of one range.
struct OwnedPart {
  SectorRange where;
  OwnerKind by = OwnerKind::unknown;
  std::uint32_t number = 0;  ///< of a file in Volume::files, of a structure in Volume::structures
  std::uint64_t offset = 0;  ///< within the file, of its first byte here
  std::uint64_t bytes = 0;   ///< of the file that lie here: less than `where` holds in a file's last sector
  friend bool operator==(const OwnedPart&, const OwnedPart&) = default;
};

struct FileHit {
  std::uint32_t file = 0;    ///< in Volume::files
  std::uint64_t bytes = 0;   ///< of the file, within the ranges
  std::int64_t sectors = 0;  ///< that hold them
  std::uint64_t offset = 0;  ///< of the first of them
  friend bool operator==(const FileHit&, const FileHit&) = default;
};

struct StructureHit {
  std::uint32_t structure = 0;  ///< in Volume::structures
  std::int64_t sectors = 0;
  friend bool operator==(const StructureHit&, const StructureHit&) = default;
};

struct Damage {
  /// The most parts that are listed; what is counted is counted in full.
  static constexpr std::size_t kMostParts = 500'000;

  std::vector<SectorRange> ranges;       ///< as asked for: sorted, disjoint, neighbours merged
  std::vector<OwnedPart> parts;          ///< by address; where two owners share a sector, structures first
  std::uint64_t parts_omitted = 0;       ///< beyond kMostParts
  std::vector<FileHit> files;            ///< every file that is hit, by number
  std::vector<StructureHit> structures;  ///< every structure that is hit, by number
  std::int64_t sectors = 0;              ///< in all ranges
  std::int64_t unallocated = 0, padding = 0, unknown = 0, outside = 0;  ///< sectors
  bool certain = true;  ///< the walk could follow everything: what is called nobody's is nobody's
};

/// Any ranges in any order; what they cover twice counts once. `sectors`: of the image. Takes time in proportion to the volume's
/// extents, not to extents times ranges, however they overlap.
[[nodiscard]] Damage damage_of(const Volume& volume, std::int64_t sectors, std::span<const SectorRange> ranges);

/// Sorted, disjoint, neighbours merged, without empty ones and what lies below 0.
[[nodiscard]] std::vector<SectorRange> merged_ranges(std::span<const SectorRange> ranges);

}  // namespace pressmark
