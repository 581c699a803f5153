// The engine for processors with AVX2 and PCLMULQDQ (Intel since 2013, AMD since 2015): 32 bytes at a time for P and Q, by
// the same means as with SSSE3; PSHUFB looks up in each half of the register by itself, so both get the table. The EDC
// is folded 16 bytes at a time: wider carry-less multiplication came only with AVX-512's time.

#include "sector/engine.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include "sector/fold128.h"
#include "sector/gf256_vector.h"
#include "sector/simd_edc.h"
#include "sector/simd_parity.h"

namespace pressmark::sector {
namespace {

struct Bytes32 {
  using Reg = __m256i;
  static constexpr std::size_t kWidth = 32;
  static constexpr std::size_t kAbreast = 5;  // ten sums, in sixteen registers

  static Reg load(const void* from) { return _mm256_loadu_si256(static_cast<const __m256i_u*>(from)); }
  static void store(std::byte* to, Reg x) { _mm256_storeu_si256(reinterpret_cast<__m256i_u*>(to), x); }
  static Reg zero() { return _mm256_setzero_si256(); }
  static Reg add(Reg x, Reg y) { return _mm256_xor_si256(x, y); }
  static Reg both(Reg x, Reg y) { return _mm256_and_si256(x, y); }
  static Reg shifted(Reg x) { return _mm256_add_epi8(x, x); }
  static Reg where_top_bit(Reg x, Reg y) { return both(_mm256_cmpgt_epi8(zero(), x), y); }
  static Reg doubled(Reg x) { return add(shifted(x), where_top_bit(x, _mm256_set1_epi8(gf256::kPolynomial & 0xFF))); }
  template <std::uint8_t kFactor>
  static Reg times(Reg x) {
    constexpr const gf256::NibbleProducts& products = gf256::kNibbleProducts<kFactor>;
    const Reg nibble = _mm256_set1_epi8(0x0F);
    const Reg low = _mm256_shuffle_epi8(in_both_halves(products.low), both(x, nibble));
    const Reg high = _mm256_shuffle_epi8(in_both_halves(products.high), both(_mm256_srli_epi64(x, 4), nibble));
    return add(low, high);
  }

 private:
  static Reg in_both_halves(const std::uint8_t (&table)[16]) {
    const void* const bytes = table;
    return _mm256_broadcastsi128_si256(_mm_loadu_si128(static_cast<const __m128i_u*>(bytes)));
  }
};

}  // namespace

constinit const Engine kAvx2Engine{.edc = edc_by_folding<Fold128<Bytes32>>, .parity = ParityMaker<Bytes32>::make};

}  // namespace pressmark::sector

#endif
