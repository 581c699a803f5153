// What of an image to read first: structures, then files that are wanted, then the other files. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pressmark/filesystem.h"

namespace pressmark::files {

struct TierOptions {
  std::vector<std::string> want;    ///< patterns (glob.h)
  std::int64_t sectors = 0;         ///< of the image
  std::uint32_t block_sectors = 1;  ///< of an ECC block: what is read as a whole anyway
};

struct Tiers {
  /// Structures; wanted files; other files. Each sorted, disjoint from itself and from those before it, neighbours merged,
  /// whole ECC blocks within the image. A tier may be empty. What is in none of them belongs to nobody.
  std::vector<std::vector<SectorRange>> ranges;
  std::vector<bool> wanted;            ///< by number in Volume::files
  std::vector<std::string> unmatched;  ///< patterns that no file has
};
[[nodiscard]] Tiers tiers_of(const Volume& volume, const TierOptions& options);

}  // namespace pressmark::files
