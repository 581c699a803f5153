// Folding with PCLMULQDQ: one block of 16 bytes. For translation units that are compiled for it; see simd_edc.h.
#pragma once

#include <cstddef>
#include <immintrin.h>

#include "sector/simd_edc.h"

namespace pressmark::sector {

/// `Unit` is a type of the including file's own (in its unnamed namespace), so that each gets its own copy, compiled for
/// its own processor, and the linker has none to choose between.
template <class Unit>
struct Fold128 {
  using Block = __m128i;
  static constexpr std::size_t kBytes = 16;

  static Block load(const std::byte* bytes) { return _mm_loadu_si128(reinterpret_cast<const __m128i_u*>(bytes)); }
  template <unsigned kDistance>
  static Block folder() {
    constexpr FoldConstants k = fold_by_bytes(kDistance);
    return _mm_set_epi64x(static_cast<long long>(k.second), static_cast<long long>(k.first));
  }
  static Block fold(Block block, Block constants, Block onto) {
    const Block first = _mm_clmulepi64_si128(block, constants, 0x00);
    const Block second = _mm_clmulepi64_si128(block, constants, 0x11);
    return _mm_xor_si128(_mm_xor_si128(first, second), onto);
  }
  static void to_16_bytes(Block block, std::byte* out) { _mm_storeu_si128(reinterpret_cast<__m128i_u*>(out), block); }
};

}  // namespace pressmark::sector
