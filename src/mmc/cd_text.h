// CD-TEXT: packs of 18 bytes in the lead-in's R-W subchannels, as READ TOC/PMA/ATIP format 5 gives them (MMC-6 annex
// "CD-TEXT format").
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "pressmark/error.h"

namespace pressmark::mmc {

/// Header and 8 blocks of up to 256 packs do not fit 16 bits together; the allocation is the most that does.
inline constexpr std::uint16_t kCdTextBytes = 0xFFFE;

enum class CdTextType : std::uint8_t {
  title = 0x80,
  performer = 0x81,
  songwriter = 0x82,
  composer = 0x83,
  arranger = 0x84,
  message = 0x85,
  disc_id = 0x86,
  genre = 0x87,       ///< binary: a code, then text
  toc = 0x88,         ///< binary
  second_toc = 0x89,  ///< binary
  closed = 0x8D,
  code = 0x8E,        ///< UPC/EAN of the disc, ISRC of a track
  block_size = 0x8F,  ///< binary
};

enum class PackCrc : std::uint8_t { holds, absent /* sent as zero: some drives do */, wrong };

struct CdTextPack {
  std::uint8_t type = 0;   ///< 80h..8Fh
  std::uint8_t track = 0;  ///< of the first character; 0 is the disc
  std::uint8_t sequence = 0;
  std::uint8_t block = 0;  ///< language, 0..7
  bool double_byte = false;
  std::uint8_t position = 0;  ///< characters of the first string that came in earlier packs; 15 stands for more
  std::array<std::byte, 12> data{};
  PackCrc crc = PackCrc::absent;
  friend bool operator==(const CdTextPack&, const CdTextPack&) = default;
};
/// All packs as they stand, those with a wrong CRC too. Fails: parse (cut short).
Result<std::vector<CdTextPack>> decode_cd_text(std::span<const std::byte> reply);

/// One string of a track (0: of the disc).
struct CdTextItem {
  CdTextType type = CdTextType::title;
  std::uint8_t block = 0;
  std::uint8_t track = 0;
  std::string text;  ///< UTF-8
  friend bool operator==(const CdTextItem&, const CdTextItem&) = default;
};
/// The strings of single-byte blocks (ISO 8859-1), non-empty ones only. A string that any pack with a wrong CRC took
/// part in is left out; a lone TAB stands for the previous track's string. Double-byte blocks are left to who reads the
/// packs.
[[nodiscard]] std::vector<CdTextItem> cd_text_items(std::span<const CdTextPack> packs);

/// CRC-16 of the pack's first 16 bytes: polynomial 1021h, from zero, inverted.
[[nodiscard]] std::uint16_t cd_text_crc(std::span<const std::byte> bytes);

}  // namespace pressmark::mmc
