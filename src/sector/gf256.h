// GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1, with alpha = 2 (ECMA-130 annex A), at compile time only.
//
// These make tables. They are consteval, so that no code of theirs can end up in a translation unit that is compiled
// for a processor the program may not run on.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pressmark::sector::gf256 {

inline constexpr unsigned kPolynomial = 0x11D;

consteval std::uint8_t multiply(std::uint8_t a, std::uint8_t b) {
  unsigned product = 0;
  unsigned shifted = a;
  for (unsigned bits = b; bits != 0; bits >>= 1) {
    if ((bits & 1) != 0) product ^= shifted;
    shifted <<= 1;
    if ((shifted & 0x100) != 0) shifted ^= kPolynomial;
  }
  return static_cast<std::uint8_t>(product);
}

/// alpha to any power, negative ones too; alpha has order 255.
consteval std::uint8_t alpha_power(int exponent) {
  std::uint8_t value = 1;
  for (int i = ((exponent % 255) + 255) % 255; i > 0; --i) value = multiply(value, 2);
  return value;
}

/// a^254, since a^255 = 1 for every a but zero.
consteval std::uint8_t inverse(std::uint8_t a) {
  std::uint8_t value = 1;
  for (int i = 0; i < 254; ++i) value = multiply(value, a);
  return value;
}

static_assert(alpha_power(8) == 0x1D && alpha_power(255) == 1 && multiply(alpha_power(-26), alpha_power(26)) == 1);
static_assert(multiply(3, inverse(3)) == 1);

/// One multiplication by a constant, for all 256 values of the other factor.
struct Products {
  std::uint8_t of[256];
};
consteval Products products_with(std::uint8_t factor) {
  Products table{};
  for (unsigned i = 0; i < 256; ++i) table.of[i] = multiply(factor, static_cast<std::uint8_t>(i));
  return table;
}

}  // namespace pressmark::sector::gf256
