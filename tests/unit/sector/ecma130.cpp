// The formulas of annex A as they stand there. Bytes are paired into words: S(n) has B(2n + 12) as its low and B(2n + 13) as
// its high byte, and each plane of bytes is coded by itself. Parity is not solved for: the first parity byte is tried from
// 0 to 255, the second follows from the plain sum, and the pair that satisfies the other row of H is taken.

#include "unit/sector/ecma130.h"

#include <algorithm>
#include <stdexcept>

namespace ecma130 {
namespace {

using Positions = std::vector<std::size_t>;

std::size_t byte_of_word(std::size_t n, std::size_t plane) { return 2 * n + 12 + plane; }

Positions p_vector(std::size_t np, std::size_t plane) {
  Positions v;
  for (std::size_t mp = 0; mp <= 25; ++mp) v.push_back(byte_of_word(43 * mp + np, plane));
  return v;
}

Positions q_vector(std::size_t nq, std::size_t plane) {
  Positions v;
  for (std::size_t mq = 0; mq <= 42; ++mq) v.push_back(byte_of_word((44 * mq + 43 * nq) % 1118, plane));
  v.push_back(byte_of_word(43 * 26 + nq, plane));
  v.push_back(byte_of_word(44 * 26 + nq, plane));
  return v;
}

std::vector<Positions> p_vectors() {
  std::vector<Positions> all;
  for (std::size_t plane = 0; plane < 2; ++plane) {
    for (std::size_t np = 0; np <= 42; ++np) all.push_back(p_vector(np, plane));
  }
  return all;
}

std::vector<Positions> q_vectors() {
  std::vector<Positions> all;
  for (std::size_t plane = 0; plane < 2; ++plane) {
    for (std::size_t nq = 0; nq <= 25; ++nq) all.push_back(q_vector(nq, plane));
  }
  return all;
}

/// x^8 + x^4 + x^3 + x^2 + 1, one bit at a time.
std::uint8_t times(std::uint8_t a, std::uint8_t b) {
  int result = 0;
  for (int bit = 7; bit >= 0; --bit) {
    result <<= 1;
    if ((result & 0x100) != 0) result ^= 0x11D;
    if ((b >> bit & 1) != 0) result ^= a;
  }
  return static_cast<std::uint8_t>(result);
}

/// Both rows of H times the vector: the first row is all ones, the second alpha^(length - 1) ... alpha, 1.
std::array<std::uint8_t, 2> syndromes(const Sector& sector, const Positions& v) {
  std::uint8_t ones = 0;
  std::uint8_t powers = 0;
  std::uint8_t alpha = 1;
  for (auto at = v.rbegin(); at != v.rend(); ++at) {
    ones = static_cast<std::uint8_t>(ones ^ sector[*at]);
    powers = static_cast<std::uint8_t>(powers ^ times(alpha, sector[*at]));
    alpha = times(alpha, 2);
  }
  return {ones, powers};
}

bool all_hold(const Sector& sector, const std::vector<Positions>& vectors) {
  return std::ranges::all_of(
      vectors, [&](const Positions& v) { return syndromes(sector, v) == std::array<std::uint8_t, 2>{0, 0}; });
}

void write_parity_of(Sector& sector, const Positions& v) {
  std::uint8_t& first = sector[v[v.size() - 2]];
  std::uint8_t& second = sector[v[v.size() - 1]];
  for (int candidate = 0; candidate < 256; ++candidate) {
    first = static_cast<std::uint8_t>(candidate);
    second = 0;
    second = syndromes(sector, v)[0];
    if (syndromes(sector, v)[1] == 0) return;
  }
  throw std::logic_error("no parity satisfies H");
}

void write_parity(Sector& sector) {
  for (const Positions& v : p_vectors()) write_parity_of(sector, v);
  for (const Positions& v : q_vectors()) write_parity_of(sector, v);
}

Sector start(Header header, std::uint8_t mode) {
  Sector s{};
  for (std::size_t i = 1; i <= 10; ++i) s[i] = 0xFF;
  s[12] = header.minute;
  s[13] = header.second;
  s[14] = header.frame;
  s[15] = mode;
  return s;
}

void write_edc(Sector& sector, std::size_t from, std::size_t at) {
  std::ranges::copy(edc(std::span{sector}.subspan(from, at - from)), sector.begin() + static_cast<std::ptrdiff_t>(at));
}

void write_subheader(Sector& sector, std::array<std::uint8_t, 4> subheader) {
  std::ranges::copy(subheader, sector.begin() + 16);
  std::ranges::copy(subheader, sector.begin() + 20);
}

}  // namespace

std::array<std::uint8_t, 4> edc(std::span<const std::uint8_t> bytes) {
  std::uint32_t remainder = 0;  // bit i is the coefficient of x^i
  for (const std::uint8_t byte : bytes) {
    for (int bit = 0; bit < 8; ++bit) {
      const bool out = ((remainder >> 31) != 0) != ((byte >> bit & 1) != 0);
      remainder <<= 1;
      if (out) remainder ^= 0x8001801B;
    }
  }
  std::array<std::uint8_t, 4> stored{};  // x^31 comes first
  for (std::size_t i = 0; i < 32; ++i) {
    if ((remainder >> (31 - i) & 1) != 0) stored[i / 8] = static_cast<std::uint8_t>(stored[i / 8] | 1 << i % 8);
  }
  return stored;
}

bool p_holds(const Sector& sector) { return all_hold(sector, p_vectors()); }
bool q_holds(const Sector& sector) { return all_hold(sector, q_vectors()); }

Sector without_header(Sector sector) {
  std::fill(sector.begin() + 12, sector.begin() + 16, std::uint8_t{0});
  return sector;
}

Sector mode0(Header header) { return start(header, 0); }

Sector mode1(Header header, std::span<const std::uint8_t, 2048> data) {
  Sector s = start(header, 1);
  std::ranges::copy(data, s.begin() + 16);
  write_edc(s, 0, 2064);
  write_parity(s);
  return s;
}

Sector mode2_form1(Header header, std::array<std::uint8_t, 4> subheader, std::span<const std::uint8_t, 2048> data) {
  Sector s = without_header(start(header, 2));
  write_subheader(s, subheader);
  std::ranges::copy(data, s.begin() + 24);
  write_edc(s, 16, 2072);
  write_parity(s);
  const Sector with_header = start(header, 2);
  std::copy(with_header.begin() + 12, with_header.begin() + 16, s.begin() + 12);
  return s;
}

Sector mode2_form2(Header header, std::array<std::uint8_t, 4> subheader, std::span<const std::uint8_t, 2324> data) {
  Sector s = start(header, 2);
  write_subheader(s, subheader);
  std::ranges::copy(data, s.begin() + 24);
  write_edc(s, 16, 2348);
  return s;
}

std::vector<std::uint8_t> scrambler(std::size_t count) {
  std::array<bool, 15> stage{};
  stage[0] = true;
  std::vector<std::uint8_t> bytes(count);
  for (std::size_t i = 0; i < 8 * count; ++i) {
    if (stage[0]) bytes[i / 8] = static_cast<std::uint8_t>(bytes[i / 8] | 1 << i % 8);
    const bool fed_back = stage[0] != stage[1];
    for (std::size_t s = 0; s < 14; ++s) stage[s] = stage[s + 1];
    stage[14] = fed_back;
  }
  return bytes;
}

}  // namespace ecma130
