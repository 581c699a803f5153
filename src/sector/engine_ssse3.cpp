// The engine for processors with SSSE3 and PCLMULQDQ (Intel since 2010, AMD since 2011): 16 bytes at a time.
//
// Times alpha: every byte is added to itself, which shifts it left, and 1Dh is added where a bit fell out; comparing with
// zero as signed bytes finds those. Times any other constant: PSHUFB as a table of 16 products, once for the low and once for the
// high half of each byte. EDC by folding (simd_edc.h), P and Q as in simd_parity.h.

#include "sector/engine.h"

#if defined(__x86_64__)

#include <tmmintrin.h>
#include <wmmintrin.h>

#include "sector/fold128.h"
#include "sector/gf256_vector.h"
#include "sector/simd_edc.h"
#include "sector/simd_parity.h"

namespace pressmark::sector {
namespace {

struct Bytes16 {
  using Reg = __m128i;
  static constexpr std::size_t kWidth = 16;
  static constexpr std::size_t kAbreast = 3;  // six sums, in sixteen registers

  static Reg load(const void* from) { return _mm_loadu_si128(static_cast<const __m128i_u*>(from)); }
  static void store(std::byte* to, Reg x) { _mm_storeu_si128(reinterpret_cast<__m128i_u*>(to), x); }
  static Reg zero() { return _mm_setzero_si128(); }
  static Reg add(Reg x, Reg y) { return _mm_xor_si128(x, y); }
  static Reg both(Reg x, Reg y) { return _mm_and_si128(x, y); }
  static Reg shifted(Reg x) { return _mm_add_epi8(x, x); }
  static Reg where_top_bit(Reg x, Reg y) { return both(_mm_cmpgt_epi8(zero(), x), y); }
  static Reg doubled(Reg x) { return add(shifted(x), where_top_bit(x, _mm_set1_epi8(gf256::kPolynomial & 0xFF))); }
  template <std::uint8_t kFactor>
  static Reg times(Reg x) {
    constexpr const gf256::NibbleProducts& products = gf256::kNibbleProducts<kFactor>;
    const Reg nibble = _mm_set1_epi8(0x0F);
    const Reg low = _mm_shuffle_epi8(load(products.low), both(x, nibble));
    const Reg high = _mm_shuffle_epi8(load(products.high), both(_mm_srli_epi64(x, 4), nibble));
    return add(low, high);
  }
};

}  // namespace

constinit const Engine kSsse3Engine{.edc = edc_by_folding<Fold128<Bytes16>>, .parity = ParityMaker<Bytes16>::make};

}  // namespace pressmark::sector

#endif
