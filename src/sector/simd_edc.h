// EDC by carry-less multiplication, for any register width.
//
// The bytes are one long polynomial over GF(2), highest power first; the EDC is its remainder, times x^32. A block of it
// that stands n bits further forward than another may be replaced by anything with the same remainder n bits later:
// its two 64-bit halves times (x^n mod P) and (x^(n+64) mod P). That is "folding": two carry-less
// multiplications carry a block forward and add it to the one there. So
//   1. bytes that do not fill a block come first, with zero before them (leading zeros change nothing, since the EDC
//      starts from zero);
//   2. four blocks are folded four blocks on, again and again; four, because a multiplication takes several cycles and
//      the four do not wait for each other;
//   3. the four are folded into the last, and what is left at the end is folded in one at a time;
//   4. the sixteen bytes that remain have the same EDC as the whole, and go through the table.
//
// In a register, as on the disc, bit 0 is the highest power: bit i of a 64-bit half stands for x^(63-i). The product
// of two halves has 127 bits and comes out one place too low, i.e. times x, so the constants are one power short.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "sector/edc_polynomial.h"
#include "sector/engine.h"

namespace pressmark::sector {

/// What the halves of a 16-byte block are multiplied with to carry it forward.
struct FoldConstants {
  std::uint64_t first;  ///< for the half that comes first in memory, the higher powers
  std::uint64_t second;
};
consteval FoldConstants fold_by_bytes(unsigned bytes) {
  // A remainder has powers up to x^31: bits 32..63 of a half.
  return {.first = std::uint64_t{x_power(bytes * 8 + 63)} << 32, .second = std::uint64_t{x_power(bytes * 8 - 1)} << 32};
}

/// `Fold` offers: Block, kBytes, load(bytes), folder<kBytes>() -> Constants, fold(block, constants, onto) -> Block, and
/// to_16_bytes(block, out), which folds the parts of a wide block into its last 16 bytes.
template <class Fold>
std::uint32_t edc_by_folding(const std::byte* bytes, std::size_t count) {
  using Block = typename Fold::Block;
  constexpr std::size_t kBlock = Fold::kBytes;
  constexpr std::size_t kAbreast = 4;

  alignas(kBlock) std::byte odd[kBlock] = {};
  const std::size_t odd_bytes = count % kBlock;
  std::memcpy(odd + kBlock - odd_bytes, bytes, odd_bytes);
  const std::byte* at = bytes + odd_bytes;
  const std::byte* const end = bytes + count;

  Block b0 = Fold::load(odd);
  Block b1 = Fold::load(at);
  Block b2 = Fold::load(at + kBlock);
  Block b3 = Fold::load(at + 2 * kBlock);
  at += 3 * kBlock;

  const auto far = Fold::template folder<kAbreast * kBlock>();
  for (; static_cast<std::size_t>(end - at) >= kAbreast * kBlock; at += kAbreast * kBlock) {
    b0 = Fold::fold(b0, far, Fold::load(at));
    b1 = Fold::fold(b1, far, Fold::load(at + kBlock));
    b2 = Fold::fold(b2, far, Fold::load(at + 2 * kBlock));
    b3 = Fold::fold(b3, far, Fold::load(at + 3 * kBlock));
  }
  const auto near = Fold::template folder<kBlock>();
  Block last = Fold::fold(Fold::fold(Fold::fold(b0, near, b1), near, b2), near, b3);
  for (; at < end; at += kBlock) last = Fold::fold(last, near, Fold::load(at));

  std::byte rest[16];
  Fold::to_16_bytes(last, rest);
  return edc_plain(rest, sizeof rest);
}

}  // namespace pressmark::sector
