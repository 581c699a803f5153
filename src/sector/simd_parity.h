// P and Q with vectors of any width.
//
// ecc_plain.cpp tells what is to be computed: for each word the plain sum s of its bytes and their sum h by Horner's rule,
// h = alpha h + v[i]. Here a vector holds one byte each of many words.
//
// P. A word is a column of the matrix, so a row is a vector of one byte for every word: the rows are taken one after the
// other, h = alpha h + row, for all 86 words together.
//
// Q. A word runs down a diagonal: its k-th cell (two bytes, even and odd plane) is in row (m + k) mod 26, column k. If row
// r is moved right by 25 - r cells, the diagonals become columns, and the same loop over rows serves again. To be
// read from a moved place, rows are first copied to "lines" with zero around them. The column at cell t
// then holds the diagonal r - k = 25 - t. There are 68 columns but 26 words: word m = 25 - t lies in columns t, t + 26
// and t + 52, the three fragments into which the wrap-round cuts it. The loop gives a byte of row r the factor
// alpha^(25-r), where the word's own rule asks for alpha^(42-k); with k = r - m + 26 j for a byte in fragment j
//
//   alpha^(42-k) = alpha^(25-r) alpha^(17+m) alpha^(-26j)
//
// so fragments are joined with the constant factors 1, alpha^-26 and alpha^-52, and each word has one factor left
// to itself, alpha^(17+m) = alpha^(42-t).
//
// Multiplication by one constant for all bytes is the vector type's affair (`times`). By a constant for each byte
// it goes bit by bit, as on paper: for each bit of x that is set, add constant times alpha^bit.
//
// As first = (alpha^2 h + s) / (alpha + 1), all constant factors of h can be put into one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "sector/engine.h"
#include "sector/gf256.h"

namespace pressmark::sector {

inline constexpr std::size_t kCells = kRowBytes / 2;
inline constexpr std::size_t kQWords = kQBytes / 4;                      ///< of one plane
inline constexpr std::size_t kDiagonalBytes = 2 * (kCells + kRows - 1);  ///< 68 columns of moved rows
inline constexpr std::size_t kFragmentBytes = 2 * kQWords;
inline constexpr std::size_t kMostMovedBytes = 2 * (kRows - 1);
inline constexpr std::size_t kWidestVector = 64;
inline constexpr std::uint8_t kOneOverAlphaPlus1 = gf256::inverse(3);

/// For each bit of a byte, what it adds to the product of that byte and the factor of its column.
struct BitProducts {
  alignas(kWidestVector) std::uint8_t of[8][kWidestVector];
};
consteval BitProducts make_q_factors() {
  BitProducts products{};
  for (std::size_t byte = 0; byte < kFragmentBytes; ++byte) {
    const int t = static_cast<int>(byte / 2);
    std::uint8_t product = gf256::multiply(gf256::alpha_power(42 - t + 2), kOneOverAlphaPlus1);
    for (auto& of_bit : products.of) {
      of_bit[byte] = product;
      product = gf256::multiply(product, 2);
    }
  }
  return products;
}
inline constexpr BitProducts kQFactors = make_q_factors();

/// Ones for the bytes of a row that its last vector holds.
template <std::size_t kWidth>
struct TailMask {
  alignas(kWidth) std::uint8_t bytes[kWidth];
  consteval TailMask() : bytes{} {
    for (std::size_t i = 0; i < (kRowBytes - 1) % kWidth + 1; ++i) bytes[i] = 0xFF;
  }
};
template <std::size_t kWidth>
inline constexpr TailMask<kWidth> kTailMask{};

/// `V` offers: Reg, kWidth, kAbreast (vectors whose two sums fit the registers), load, store, zero, add (exclusive or),
/// both (and), doubled (times alpha), shifted (each byte one bit left), where_top_bit(x, y): y in the bytes whose x has bit 7, and
/// times<constant>(x).
template <class V>
class ParityMaker {
  using Reg = typename V::Reg;
  static constexpr std::size_t kWidth = V::kWidth;
  static constexpr std::size_t vectors_for(std::size_t bytes) { return (bytes + kWidth - 1) / kWidth; }
  static constexpr std::size_t kRowVectors = vectors_for(kRowBytes);
  static constexpr std::size_t kDiagonalVectors = vectors_for(kDiagonalBytes);
  /// A line is a row and zeros behind it, as many as the most moved row needs; they are the zeros before the next line too.
  static constexpr std::size_t kLineBytes = kDiagonalVectors * kWidth;
  /// Zeros before the first line.
  static constexpr std::size_t kBeforeBytes = kWidestVector;
  static_assert(kLineBytes - kRowBytes >= kMostMovedBytes && kBeforeBytes >= kMostMovedBytes);
  static constexpr std::size_t kSumsBytes = 3 * kWidestVector;
  static_assert(kLineBytes <= kSumsBytes && 2 * kFragmentBytes + kWidestVector <= kSumsBytes);

 public:
  static void make(const ParityJob& job, Parity& parity) {
    ParityMaker maker;
    maker.lay_out_data(job);
    maker.make_p(parity);
    if (job.q_over == QOver::stored_p) {
      maker.lay_out(job.sector + kP, kDataRows);
      maker.lay_out(job.sector + kP + kRowBytes, kDataRows + 1);
    }
    maker.make_q(parity);
  }

 private:
  /// Of every column. Past the columns there are zeros, so that the last fragment can be read as if it were whole.
  struct Sums {
    alignas(kWidestVector) std::byte plain[kSumsBytes];
    alignas(kWidestVector) std::byte horner[kSumsBytes];
  };

  ParityMaker() { clear(memory_, 0, kBeforeBytes); }

  static void clear(std::byte* bytes, std::size_t from, std::size_t to) {
    for (std::size_t at = from; at < to; at += kWidth) V::store(bytes + at, V::zero());
  }

  std::byte* line(std::size_t row) { return memory_ + kBeforeBytes + row * kLineBytes; }

  /// Copies one row to its line. Reads whole vectors: up to 127 bytes from `row`, which in a sector Q still follows.
  void lay_out(const std::byte* row, std::size_t number) {
    std::byte* const to = line(number);
    for (std::size_t i = 0; i + 1 < kRowVectors; ++i) V::store(to + i * kWidth, V::load(row + i * kWidth));
    constexpr std::size_t kTail = (kRowVectors - 1) * kWidth;
    V::store(to + kTail, V::both(V::load(row + kTail), V::load(kTailMask<kWidth>.bytes)));
    clear(to, kRowVectors * kWidth, kLineBytes);
  }

  void lay_out_data(const ParityJob& job) {
    const std::byte* const matrix = job.sector + kMatrix;
    for (std::size_t row = 0; row < kDataRows; ++row) lay_out(matrix + row * kRowBytes, row);
    if (job.header_as_zero) std::memset(line(0), 0, kHeaderBytes);
  }

  /// Both sums over `rows` rows, each of which is read `step` bytes after the one before; for `kCount` vectors side by side.
  template <std::size_t kCount>
  static void sum_up(const std::byte* from, std::size_t step, std::size_t rows, std::byte* plain_out,
                     std::byte* horner_out) {
    Reg plain[kCount];
    Reg horner[kCount];
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kCount; ++i) plain[i] = horner[i] = V::load(from + i * kWidth);
    for (std::size_t row = 1; row < rows; ++row) {
      from += step;
#pragma GCC unroll 8
      for (std::size_t i = 0; i < kCount; ++i) {
        const Reg bytes = V::load(from + i * kWidth);
        plain[i] = V::add(plain[i], bytes);
        horner[i] = V::add(V::doubled(horner[i]), bytes);
      }
    }
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kCount; ++i) {
      V::store(plain_out + i * kWidth, plain[i]);
      V::store(horner_out + i * kWidth, horner[i]);
    }
  }

  template <std::size_t kVectors>
  static void sum_up_all(const std::byte* from, std::size_t step, std::size_t rows, Sums& sums) {
    constexpr std::size_t kCount = kVectors < V::kAbreast ? kVectors : V::kAbreast;
    static_assert(kVectors % kCount == 0);
    for (std::size_t at = 0; at < kVectors * kWidth; at += kCount * kWidth) {
      sum_up<kCount>(from + at, step, rows, sums.plain + at, sums.horner + at);
    }
  }

  /// P, which also becomes the last two rows.
  void make_p(Parity& parity) {
    Sums sums;
    sum_up_all<kRowVectors>(line(0), kLineBytes, kDataRows, sums);
    std::byte* const first_row = line(kDataRows);
    std::byte* const second_row = line(kDataRows + 1);
    for (std::size_t at = 0; at < kRowVectors * kWidth; at += kWidth) {
      const Reg s = V::load(sums.plain + at);
      const Reg alpha_squared_h = V::doubled(V::doubled(V::load(sums.horner + at)));
      const Reg first = V::template times<kOneOverAlphaPlus1>(V::add(alpha_squared_h, s));
      V::store(first_row + at, first);
      V::store(second_row + at, V::add(first, s));
    }
    clear(first_row, kRowVectors * kWidth, kLineBytes);
    clear(second_row, kRowVectors * kWidth, kLineBytes);
    std::memcpy(parity.p, first_row, kRowBytes);
    std::memcpy(parity.p + kRowBytes, second_row, kRowBytes);
  }

  void make_q(Parity& parity) {
    Sums sums;
    sum_up_all<kDiagonalVectors>(line(0) - kMostMovedBytes, kLineBytes + 2, kRows, sums);
    clear(sums.plain, kLineBytes, kSumsBytes);
    clear(sums.horner, kLineBytes, kSumsBytes);

    alignas(kWidestVector) std::byte first[kWidestVector];
    alignas(kWidestVector) std::byte second[kWidestVector];
    for (std::size_t at = 0; at < kFragmentBytes; at += kWidth) {
      const Reg s = joined<1, 1>(sums.plain + at);
      const Reg h = joined<gf256::alpha_power(-26), gf256::alpha_power(-52)>(sums.horner + at);
      const Reg q = V::add(times_q_factors(h, at), V::template times<kOneOverAlphaPlus1>(s));
      V::store(first + at, q);
      V::store(second + at, V::add(q, s));
    }
    for (std::size_t word = 0; word < kQWords; ++word) {  // columns hold the words in reverse
      const std::size_t column = kQWords - 1 - word;
      std::memcpy(parity.q + 2 * word, first + 2 * column, 2);
      std::memcpy(parity.q + kFragmentBytes + 2 * word, second + 2 * column, 2);
    }
  }

  /// The three fragments of some words, the second and third multiplied by constants.
  template <std::uint8_t kSecond, std::uint8_t kThird>
  static Reg joined(const std::byte* sums) {
    const Reg second = V::template times<kSecond>(V::load(sums + kFragmentBytes));
    const Reg third = V::template times<kThird>(V::load(sums + 2 * kFragmentBytes));
    return V::add(V::load(sums), V::add(second, third));
  }

  static Reg times_q_factors(Reg x, std::size_t at) {
    Reg product = V::zero();
#pragma GCC unroll 8
    for (std::size_t i = 0; i < 8; ++i) {
      product = V::add(product, V::where_top_bit(x, V::load(kQFactors.of[7 - i] + at)));
      x = V::shifted(x);
    }
    return product;
  }

  alignas(kWidestVector) std::byte memory_[kBeforeBytes + kRows * kLineBytes];
};

}  // namespace pressmark::sector
