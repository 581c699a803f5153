// The polynomial of the EDC (ECMA-130 14.3): (x^16 + x^15 + x^2 + 1)(x^16 + x^2 + x + 1). Remainders are held
// "reflected": bit 31 is the coefficient of x^0, bit 0 that of x^31, as the bits come off the disc.
#pragma once

#include <cstdint>

namespace pressmark::sector {

inline constexpr std::uint32_t kEdcPolynomial = 0xD8018001U;

/// A remainder times x, modulo the polynomial.
constexpr std::uint32_t times_x(std::uint32_t remainder) {
  return (remainder >> 1) ^ ((remainder & 1) != 0 ? kEdcPolynomial : 0);
}

/// x to the power n, modulo the polynomial.
consteval std::uint32_t x_power(unsigned n) {
  std::uint32_t remainder = 0x80000000U;
  for (; n > 0; --n) remainder = times_x(remainder);
  return remainder;
}

namespace edc_detail {

/// Product of two polynomials without reduction, bit i being the coefficient of x^i.
consteval std::uint64_t product(std::uint64_t a, std::uint64_t b) {
  std::uint64_t sum = 0;
  for (unsigned i = 0; i < 32; ++i) {
    if ((b >> i & 1) != 0) sum ^= a << i;
  }
  return sum;
}

consteval std::uint32_t reflected(std::uint64_t polynomial) {
  std::uint32_t bits = 0;
  for (unsigned i = 0; i < 32; ++i) bits |= static_cast<std::uint32_t>(polynomial >> i & 1) << (31 - i);
  return bits;
}

static_assert(product(0x18005, 0x10007) == 0x18001801BULL, "the two factors that the standard gives");
static_assert(reflected(0x18001801BULL) == kEdcPolynomial);

}  // namespace edc_detail

}  // namespace pressmark::sector
