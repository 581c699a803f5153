// ECMA-130 step by step. The parity bytes come from solving the two check equations of each word:
//     sum v[i] = 0    and    sum alpha^(n-1-i) v[i] = 0,
// whose last two members are the unknowns. With s0 and s1 the sums over the known members (s1 by Horner's rule, so that
// it already carries the two positions to come), x + y = s0 and alpha*x + y = s1, hence x = (s0 + s1) / (alpha + 1).
#include "drivers/simulated/raw_sector.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace pressmark::simulated {
namespace {

constexpr std::size_t kHeaderAt = 12, kModeAt = 15, kSubheaderAt = 16;
constexpr std::size_t kMode1Edc = 2064, kForm1Edc = 2072;

constexpr std::uint8_t times_alpha(std::uint8_t v) {  // GF(2^8) modulo x^8+x^4+x^3+x^2+1
  return static_cast<std::uint8_t>(v << 1 ^ ((v & 0x80) != 0 ? 0x1D : 0));
}

/// v / (alpha + 1) for every v, by trying: w * (alpha + 1) = w*alpha + w.
constexpr std::array<std::uint8_t, 256> kDividedByAlphaPlusOne = [] {
  std::array<std::uint8_t, 256> table{};
  for (unsigned w = 0; w < 256; ++w) {
    const auto byte = static_cast<std::uint8_t>(w);
    table[static_cast<std::uint8_t>(times_alpha(byte) ^ byte)] = byte;
  }
  return table;
}();

/// CRC remainders of single bytes; the generator 1'8001'801Bh is written backwards because bits go in lowest first.
constexpr std::array<std::uint32_t, 256> kEdcOfByte = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t b = 0; b < 256; ++b) {
    std::uint32_t r = b;
    for (int i = 0; i < 8; ++i) r = r >> 1 ^ ((r & 1) != 0 ? 0xD8018001U : 0);
    table[b] = r;
  }
  return table;
}();

void put_edc(std::span<std::byte, kRawBytes> raw, std::size_t from, std::size_t at) {
  const std::uint32_t edc = error_detection_code(raw.subspan(from, at - from));
  for (std::size_t i = 0; i < 4; ++i) raw[at + i] = static_cast<std::byte>(edc >> (8 * i));
}

/// One code word: `count` members, the last two of them the parity. `at(i)` is the place of member i, from byte 12 on.
template <class At>
void put_parity(std::span<std::byte, kRawBytes> raw, std::size_t count, At at) {
  std::uint8_t s0 = 0, s1 = 0;
  for (std::size_t i = 0; i + 2 < count; ++i) {
    const auto v = std::to_integer<std::uint8_t>(raw[kHeaderAt + at(i)]);
    s0 = static_cast<std::uint8_t>(s0 ^ v);
    s1 = static_cast<std::uint8_t>(times_alpha(s1) ^ v);
  }
  s1 = times_alpha(times_alpha(s1));
  const std::uint8_t x = kDividedByAlphaPlusOne[static_cast<std::uint8_t>(s0 ^ s1)];
  raw[kHeaderAt + at(count - 2)] = static_cast<std::byte>(x);
  raw[kHeaderAt + at(count - 1)] = static_cast<std::byte>(s0 ^ x);
}

/// Annex A: 16-bit words are coded as two planes of bytes; P runs down 43 columns, Q along 26 diagonals.
void put_ecc(std::span<std::byte, kRawBytes> raw) {
  for (std::size_t plane = 0; plane < 2; ++plane)
    for (std::size_t column = 0; column < 43; ++column)
      put_parity(raw, 26, [=](std::size_t i) { return 2 * (43 * i + column) + plane; });
  for (std::size_t plane = 0; plane < 2; ++plane)
    for (std::size_t diagonal = 0; diagonal < 26; ++diagonal)
      put_parity(raw, 45, [=](std::size_t i) {
        const std::size_t word = i < 43 ? (44 * i + 43 * diagonal) % 1118 : 1118 + diagonal + 26 * (i - 43);
        return 2 * word + plane;
      });
}

void put_sync_and_header(Lba lba, std::uint8_t mode, std::span<std::byte, kRawBytes> raw) {
  raw[0] = raw[11] = std::byte{0x00};
  std::fill(raw.begin() + 1, raw.begin() + 11, std::byte{0xFF});
  const Msf t = to_msf(lba);
  raw[12] = static_cast<std::byte>(to_bcd(t.minute));
  raw[13] = static_cast<std::byte>(to_bcd(t.second));
  raw[14] = static_cast<std::byte>(to_bcd(t.frame));
  raw[kModeAt] = static_cast<std::byte>(mode);
}

std::uint16_t crc_ccitt(std::span<const std::byte> bytes) {
  std::uint32_t crc = 0;
  for (const std::byte b : bytes) {
    crc ^= std::to_integer<std::uint32_t>(b) << 8;
    for (int i = 0; i < 8; ++i) crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
  }
  return static_cast<std::uint16_t>(crc);
}

}  // namespace

std::uint32_t error_detection_code(std::span<const std::byte> bytes) {
  std::uint32_t edc = 0;
  for (const std::byte b : bytes) edc = edc >> 8 ^ kEdcOfByte[(edc ^ std::to_integer<std::uint32_t>(b)) & 0xFF];
  return edc;
}

void finish_form1(std::span<std::byte, kRawBytes> raw) {
  put_edc(raw, kSubheaderAt, kForm1Edc);
  // ECMA-168: the header counts as zero in the parity of Mode 2, so that a sector can be moved without recoding it.
  std::array<std::byte, 4> header{};
  std::copy_n(raw.begin() + kHeaderAt, 4, header.begin());
  std::fill_n(raw.begin() + kHeaderAt, 4, std::byte{0});
  put_ecc(raw);
  std::ranges::copy(header, raw.begin() + kHeaderAt);
}

void make_raw(Lba lba, TrackMode mode, std::span<const std::byte> stored, std::span<std::byte, kRawBytes> raw) {
  if (stored.size() == kRawBytes) {
    std::ranges::copy(stored, raw.begin());
    return;
  }
  put_sync_and_header(lba, mode == TrackMode::mode1 ? 1 : 2, raw);
  if (stored.size() == 2336) {
    std::ranges::copy(stored, raw.begin() + kSubheaderAt);
    return;
  }
  assert(stored.size() == kUserBytes);
  if (mode == TrackMode::mode1) {
    std::ranges::copy(stored, raw.begin() + 16);
    put_edc(raw, 0, kMode1Edc);
    std::fill_n(raw.begin() + kMode1Edc + 4, 8, std::byte{0});
    put_ecc(raw);
    return;
  }
  std::fill_n(raw.begin() + kSubheaderAt, 8, std::byte{0});
  raw[kSubheaderAt + 2] = raw[kSubheaderAt + 6] = std::byte{0x08};  // submode: data
  std::ranges::copy(stored, raw.begin() + 24);
  finish_form1(raw);
}

SectorType sector_type(TrackMode mode, std::span<const std::byte, kRawBytes> raw) {
  if (mode == TrackMode::audio) return SectorType::audio;
  if (std::to_integer<int>(raw[kModeAt]) != 2) return SectorType::mode1;
  const std::byte submode = raw[kSubheaderAt + 2];
  if (!std::ranges::equal(raw.subspan(kSubheaderAt, 4), raw.subspan(kSubheaderAt + 4, 4)))
    return SectorType::mode2_formless;
  return (submode & std::byte{0x20}) != std::byte{0} ? SectorType::mode2_form2 : SectorType::mode2_form1;
}

void make_q(const QPosition& position, std::span<std::byte, 12> q) {
  const auto put_msf = [&](std::size_t at, Msf t) {
    q[at] = static_cast<std::byte>(to_bcd(t.minute));
    q[at + 1] = static_cast<std::byte>(to_bcd(t.second));
    q[at + 2] = static_cast<std::byte>(to_bcd(t.frame));
  };
  q[0] = static_cast<std::byte>(position.control << 4 | 1);  // ADR 1: position
  q[1] = static_cast<std::byte>(to_bcd(position.track));
  q[2] = static_cast<std::byte>(to_bcd(position.index));
  put_msf(3, to_msf(Lba{position.relative} - 150));
  q[6] = std::byte{0};
  put_msf(7, to_msf(position.absolute));
  const auto crc = static_cast<std::uint16_t>(~crc_ccitt(q.first(10)));
  q[10] = static_cast<std::byte>(crc >> 8);
  q[11] = static_cast<std::byte>(crc);
}

}  // namespace pressmark::simulated
