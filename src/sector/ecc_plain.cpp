// P and Q by tables, one code word at a time (ECMA-130 annex A).
//
// The matrix is read as 26 rows of 86 bytes. Each P word is a column: 24 bytes of data, two of parity. Each Q word runs down
// a diagonal of two-byte cells (even and odd bytes apart) and wraps round below: 43 bytes of the matrix, P included,
// and two of parity behind it. Both codes ask the same of a word v of n + 2 bytes, parity last:
//
//   v[0] + v[1] + ... + v[n+1] = 0        alpha^(n+1) v[0] + ... + alpha v[n] + v[n+1] = 0
//
// With s the plain sum of the n data bytes and h their sum by Horner's rule, h = alpha h + v[i], that gives
//
//   v[n] = (alpha^2 h + s) / (alpha + 1)        v[n+1] = v[n] + s

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "sector/engine.h"
#include "sector/gf256.h"

namespace pressmark::sector {
namespace {

constexpr gf256::Products kTimesAlpha = gf256::products_with(2);
constexpr gf256::Products kTimesAlphaSquared = gf256::products_with(4);
constexpr gf256::Products kOverAlphaPlus1 = gf256::products_with(gf256::inverse(3));

struct WordParity {
  std::uint8_t first, second;
};

/// The parity of a word whose data is every `kStep`-th byte of the matrix from `at`, wrapping round at its end.
template <std::size_t kStep, std::size_t kBytes>
WordParity encode(const std::uint8_t (&matrix)[kMatrixBytes], std::size_t at) {
  unsigned sum = 0;
  unsigned horner = 0;
  for (std::size_t i = 0; i < kBytes; ++i) {
    const unsigned byte = matrix[at];
    sum ^= byte;
    horner = kTimesAlpha.of[horner] ^ byte;
    at += kStep;
    if (at >= kMatrixBytes) at -= kMatrixBytes;
  }
  const std::uint8_t first = kOverAlphaPlus1.of[kTimesAlphaSquared.of[horner] ^ sum];
  return {.first = first, .second = static_cast<std::uint8_t>(first ^ sum)};
}

}  // namespace

void parity_plain(const ParityJob& job, Parity& parity) {
  std::uint8_t matrix[kMatrixBytes];
  std::memcpy(matrix, job.sector + kMatrix, kMatrixBytes);
  if (job.header_as_zero) std::memset(matrix, 0, kHeaderBytes);

  for (std::size_t column = 0; column < kRowBytes; ++column) {
    const WordParity p = encode<kRowBytes, kDataRows>(matrix, column);
    parity.p[column] = std::byte{p.first};
    parity.p[kRowBytes + column] = std::byte{p.second};
  }
  if (job.q_over == QOver::computed_p) std::memcpy(matrix + kDataRows * kRowBytes, parity.p, kPBytes);

  constexpr std::size_t kWords = kQBytes / 2;
  for (std::size_t i = 0; i < kWords; ++i) {
    const WordParity q = encode<kRowBytes + 2, kRowBytes / 2>(matrix, i / 2 * kRowBytes + i % 2);
    parity.q[i] = std::byte{q.first};
    parity.q[kWords + i] = std::byte{q.second};
  }
}

}  // namespace pressmark::sector
