// READ DISC STRUCTURE (MMC-6): physical format information and copyright of a DVD, disc information of a BD.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "pressmark/error.h"
#include "pressmark/lba.h"

namespace pressmark::mmc {

/// A structure of 2048 bytes behind a header of 4.
inline constexpr std::uint16_t kDvdStructureBytes = 4 + 2048;
/// BD disc information comes as a whole PIC area of 4096 bytes.
inline constexpr std::uint16_t kBdStructureBytes = 4 + 4096;

/// Physical format information of a DVD, format 00h (ECMA-267, control data zone). PSNs are physical sector numbers.
struct PhysicalFormat {
  std::uint8_t book_type = 0;  ///< 0 DVD-ROM, 1 DVD-RAM, 2 DVD-R, 3 DVD-RW, 9 DVD+RW, 10 DVD+R, 13 and 14 dual layer +
  std::uint8_t part_version = 0;
  std::uint8_t disc_size = 0;     ///< 0: 120 mm, 1: 80 mm
  std::uint8_t maximum_rate = 0;  ///< 0: 2.52, 1: 5.04, 2: 10.08 Mbit/s, 15: not specified
  std::uint8_t layers = 1;
  bool opposite_track_path = false;
  std::uint32_t first_psn = 0;        ///< of the data area: 30000h, on DVD-RAM 31000h
  std::uint32_t last_psn = 0;         ///< of the data area
  std::uint32_t last_psn_layer0 = 0;  ///< on opposite track path discs
  friend bool operator==(const PhysicalFormat&, const PhysicalFormat&) = default;

  /// Sectors of the data area this structure speaks for: the disc's, or on a parallel track path disc one layer's.
  /// Nothing if the numbers contradict each other.
  [[nodiscard]] std::optional<std::int64_t> sectors() const;
  /// Sectors of layer 0 on an opposite track path disc, which is the address of layer 1's first; nothing elsewhere.
  [[nodiscard]] std::optional<Lba> layer_break() const;
};
/// Needs the header and 16 bytes.
Result<PhysicalFormat> decode_physical_format(std::span<const std::byte> reply);

/// Format 01h.
struct Copyright {
  std::uint8_t protection = 0;  ///< 0 none, 1 CSS/CPPM, 2 CPRM, 3 AACS HD DVD, 10h AACS BD
  std::uint8_t regions = 0;     ///< a set bit forbids its region
  friend bool operator==(const Copyright&, const Copyright&) = default;
};
Result<Copyright> decode_copyright(std::span<const std::byte> reply);

/// The first disc information unit of a BD (media type 1, format 00h).
struct BdInformation {
  std::string type;         ///< "BDO" pressed, "BDR", "BDW" rewritable
  std::uint8_t format = 0;  ///< disc information format
  std::uint8_t layers = 1;
  friend bool operator==(const BdInformation&, const BdInformation&) = default;
};
/// Fails: parse (cut short, or no "DI" where it should begin).
Result<BdInformation> decode_bd_information(std::span<const std::byte> reply);

}  // namespace pressmark::mmc
