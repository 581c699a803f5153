// The smallest honest ISO 9660 (ECMA-119) volume: what a generated disc carries at its start.
//
// One root, one directory DATA with large files that fill the disc, and a few text files. Only the part that is not
// filler is held in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pressmark::simulated {

struct TinyIsoOptions {
  std::string volume_id = "SIMULATED";  ///< d-characters, at most 32
  std::uint64_t sectors = 3000;         ///< of the whole volume, at least kTinyIsoLeast
};
inline constexpr std::uint64_t kTinyIsoLeast = 64;

/// The first sectors of the volume: system area, descriptors, path tables, directories, text files. Everything from its
/// end to `sectors` belongs to DATA/FILLnnn.BIN, whose bytes are whatever the disc has there.
[[nodiscard]] std::vector<std::byte> tiny_iso_head(const TinyIsoOptions& options);

}  // namespace pressmark::simulated
