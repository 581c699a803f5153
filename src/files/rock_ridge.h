// Rock Ridge (IEEE P1282) over the System Use Sharing Protocol (IEEE P1281): longer names, and directories that were moved
// because plain ISO 9660 allows eight levels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "files/sectors.h"

namespace pressmark::files {

/// SUSP 5.3: the number of bytes to skip in each system use field, if the root's own record says that the protocol is used.
[[nodiscard]] std::optional<std::size_t> susp_skip(std::span<const std::byte> system_use);

struct RockRidge {
  std::string name;                             ///< bytes as on the disc; empty: the ISO name counts
  std::optional<std::uint32_t> child_link;      ///< CL: this "file" is the directory at that block
  bool relocated = false;                       ///< RE: shown elsewhere, through a child link
  bool symbolic_link = false;                   ///< SL
  std::int64_t modified = VolumeFile::kNoTime;  ///< TF
  bool incomplete = false;                      ///< a continuation could not be read, or had no end
};

/// What a record's system use field says, continuation areas (CE) included. `block_to_byte` turns a block of the volume into a
/// byte of the image. Fails only as `source` does.
class SystemUse {
 public:
  SystemUse(SectorSource& source, std::size_t skip) : source_(source), skip_(skip) {}
  template <class BlockToByte>
  Result<RockRidge> read(std::span<const std::byte> field, const BlockToByte& block_to_byte);

 private:
  struct Continuation {
    std::uint32_t block = 0, offset = 0, bytes = 0;
  };
  static std::optional<Continuation> enter(std::span<const std::byte> area, RockRidge& found);

  SectorSource& source_;
  std::size_t skip_;
};

template <class BlockToByte>
Result<RockRidge> SystemUse::read(std::span<const std::byte> field, const BlockToByte& block_to_byte) {
  constexpr int kMostContinuations = 32;  // a name of 255 bytes and its attributes fit into one
  RockRidge found;
  auto next = enter(field.subspan(std::min(skip_, field.size())), found);
  for (int i = 0; next; ++i) {
    const std::int64_t at = block_to_byte(next->block) + next->offset;
    const auto in_sector = static_cast<std::size_t>(at % kSectorBytes);
    if (i == kMostContinuations || at < 0 || next->bytes > kSector - in_sector) {
      found.incomplete = true;
      break;
    }
    auto sector = source_.sector(at / kSectorBytes);
    if (!sector) return fail(std::move(sector).error());
    if (!*sector) {
      found.incomplete = true;
      break;
    }
    next = enter((*sector)->subspan(in_sector, next->bytes), found);
  }
  return found;
}

}  // namespace pressmark::files
