// Constants that vectors multiply bytes with. The same rules as in gf256.h: data only, no code.
#pragma once

#include <cstdint>

#include "sector/gf256.h"

namespace pressmark::sector::gf256 {

/// Products of one factor with 0, 1, ..., 15 and with 0, 16, ..., 240: a byte's product is the sum of one of each. Both
/// tables fit a vector register, where PSHUFB looks up sixteen bytes at once.
struct NibbleProducts {
  alignas(16) std::uint8_t low[16];
  alignas(16) std::uint8_t high[16];
};
consteval NibbleProducts nibble_products(std::uint8_t factor) {
  NibbleProducts products{};
  for (unsigned i = 0; i < 16; ++i) {
    products.low[i] = multiply(factor, static_cast<std::uint8_t>(i));
    products.high[i] = multiply(factor, static_cast<std::uint8_t>(i << 4));
  }
  return products;
}
template <std::uint8_t kFactor>
inline constexpr NibbleProducts kNibbleProducts = nibble_products(kFactor);

/// Multiplication by one factor as an 8 x 8 matrix of bits for GF2P8AFFINEQB: byte 7 - i holds the row that gives bit i of
/// the product; bit j of that row says whether bit j of the byte counts.
consteval std::uint64_t affine_matrix(std::uint8_t factor) {
  std::uint64_t matrix = 0;
  for (unsigned j = 0; j < 8; ++j) {
    const std::uint8_t product = multiply(factor, static_cast<std::uint8_t>(1U << j));
    for (unsigned i = 0; i < 8; ++i) {
      if ((product >> i & 1) != 0) matrix |= std::uint64_t{1} << (8 * (7 - i) + j);
    }
  }
  return matrix;
}
static_assert(affine_matrix(1) == 0x0102040810204080ULL, "the identity, as Intel's manual writes it");

}  // namespace pressmark::sector::gf256
