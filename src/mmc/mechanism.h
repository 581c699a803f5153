// MECHANISM STATUS (MMC-6).
#pragma once

#include <cstdint>
#include <span>

#include "pressmark/error.h"
#include "pressmark/lba.h"

namespace pressmark::mmc {

inline constexpr std::uint16_t kMechanismBytes = 8;

struct MechanismStatus {
  bool fault = false;      ///< of a changer
  std::uint8_t slots = 0;  ///< 0: not a changer
  std::uint8_t current_slot = 0;
  std::uint8_t state = 0;  ///< 0 idle, 1 playing audio, 2 scanning, 7 not told
  bool door_open = false;
  Lba current;  ///< legacy: most drives leave it 0
  friend bool operator==(const MechanismStatus&, const MechanismStatus&) = default;
};
/// Needs 8 bytes.
Result<MechanismStatus> decode_mechanism_status(std::span<const std::byte> reply);

}  // namespace pressmark::mmc
