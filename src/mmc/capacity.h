// READ CAPACITY (MMC-6).
#pragma once

#include <cstdint>
#include <span>

#include "pressmark/error.h"

namespace pressmark::mmc {

inline constexpr std::uint16_t kCapacityBytes = 8;

struct Capacity {
  std::int64_t sectors = 0;  ///< last address + 1: an empty disc that answers 0 counts as one
  std::uint32_t block_bytes = 0;
  friend bool operator==(const Capacity&, const Capacity&) = default;
};

/// Needs 8 bytes.
Result<Capacity> decode_read_capacity(std::span<const std::byte> reply);

}  // namespace pressmark::mmc
