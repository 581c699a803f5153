// The form in which READ CD is asked to give sectors: which parts of the 2352 bytes, C2, subchannel (MMC-6 6.18, tables
// 350 to 356).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "drivers/simulated/cdb.h"
#include "drivers/simulated/drive_model.h"
#include "drivers/simulated/loaded_disc.h"
#include "drivers/simulated/raw_sector.h"

namespace pressmark::simulated {

enum class C2Form : std::uint8_t { none, bits, bits_and_block };  ///< 0, 294, 296 bytes
enum class SubForm : std::uint8_t { none, raw_pw, q, rw };        ///< 0, 96, 16, 96 bytes

struct SectorForm {
  std::uint8_t expected_type = 0;  ///< CDB byte 1 bits 4..2: 0 any, 1 CD-DA, 2 Mode 1, 3 Mode 2, 4 form 1, 5 form 2
  std::uint8_t parts = 0x10;       ///< CDB byte 9 bits 7..3: sync, subheader, header, user data, EDC/ECC
  C2Form c2 = C2Form::none;
  SubForm sub = SubForm::none;
  C2Order order = C2Order::c2_then_sub;
  bool uncorrected = false;      ///< asks for what error correction would use up: damaged sectors need not fail
  bool plain_user_data = false;  ///< READ(10) and READ(12): 2048 bytes and nothing else

  static SectorForm user_data() { return {.plain_user_data = true}; }
  /// Nothing if the CDB's fields contradict each other or the drive's abilities: 05/24/00.
  static std::optional<SectorForm> decode(const Request& request, const DriveModel& drive);

  [[nodiscard]] bool allows(TrackMode mode) const;
  /// Bytes of one sector at `lba`; nothing if the parts asked for do not lie together in a sector of its type.
  [[nodiscard]] std::optional<std::uint32_t> sector_bytes(const LoadedDisc& disc, Lba lba) const;
  /// Cuts and completes `raw` into `out`. False if it is of another type or size than the command promised.
  [[nodiscard]] bool compose(std::span<const std::byte, kRawBytes> raw, const MediumTrack& track, Lba lba,
                             std::span<std::byte> out) const;
  /// Spoils byte `at` of the raw sector, if it is among the parts given, and sets its C2 bit, if there is one.
  void spoil(std::span<std::byte> out, std::size_t at, std::uint8_t change, bool flagged) const;
};

}  // namespace pressmark::simulated
