// The engine for processors with AVX-512 (F, BW), GFNI and VPCLMULQDQ (Intel since 2019, AMD since 2022): 64 bytes at a time.
//
// GFNI multiplies bytes, but modulo x^8 + x^4 + x^3 + x + 1, which is AES's field and not ours. Multiplying by a constant is
// linear in the bits of the other factor in any field, though, and GFNI also has an instruction for 8 x 8 bit matrices:
// that one serves for alpha and every other constant. Four 16-byte blocks of the EDC are folded side by side in one register;
// in the end they are folded into the last of them.

#include "sector/engine.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include "sector/fold128.h"
#include "sector/gf256_vector.h"
#include "sector/simd_edc.h"
#include "sector/simd_parity.h"

namespace pressmark::sector {
namespace {

struct Bytes64 {
  using Reg = __m512i;
  static constexpr std::size_t kWidth = 64;
  static constexpr std::size_t kAbreast = 3;

  static Reg load(const void* from) { return _mm512_loadu_si512(from); }
  static void store(std::byte* to, Reg x) { _mm512_storeu_si512(to, x); }
  static Reg zero() { return _mm512_setzero_si512(); }
  static Reg add(Reg x, Reg y) { return _mm512_xor_si512(x, y); }
  static Reg both(Reg x, Reg y) { return _mm512_and_si512(x, y); }
  static Reg shifted(Reg x) { return _mm512_add_epi8(x, x); }
  static Reg where_top_bit(Reg x, Reg y) { return _mm512_maskz_mov_epi8(_mm512_movepi8_mask(x), y); }
  static Reg doubled(Reg x) { return times<2>(x); }
  template <std::uint8_t kFactor>
  static Reg times(Reg x) {
    constexpr std::uint64_t kMatrix = gf256::affine_matrix(kFactor);
    return _mm512_gf2p8affine_epi64_epi8(x, _mm512_set1_epi64(static_cast<long long>(kMatrix)), 0);
  }
};

struct Fold512 {
  using Block = __m512i;
  static constexpr std::size_t kBytes = 64;
  using Quarter = Fold128<Fold512>;

  static Block load(const std::byte* bytes) { return _mm512_loadu_si512(bytes); }
  template <unsigned kDistance>
  static Block folder() {
    return _mm512_broadcast_i32x4(Quarter::folder<kDistance>());
  }
  static Block fold(Block block, Block constants, Block onto) {
    const Block first = _mm512_clmulepi64_epi128(block, constants, 0x00);
    const Block second = _mm512_clmulepi64_epi128(block, constants, 0x11);
    constexpr int kThreeWayExclusiveOr = 0x96;
    return _mm512_ternarylogic_epi64(first, second, onto, kThreeWayExclusiveOr);
  }
  static void to_16_bytes(Block block, std::byte* out) {
    const auto by16 = Quarter::folder<16>();
    auto last = _mm512_castsi512_si128(block);
    last = Quarter::fold(last, by16, _mm512_extracti32x4_epi32(block, 1));
    last = Quarter::fold(last, by16, _mm512_extracti32x4_epi32(block, 2));
    last = Quarter::fold(last, by16, _mm512_extracti32x4_epi32(block, 3));
    Quarter::to_16_bytes(last, out);
  }
};

}  // namespace

constinit const Engine kAvx512Engine{.edc = edc_by_folding<Fold512>, .parity = ParityMaker<Bytes64>::make};

}  // namespace pressmark::sector

#endif
