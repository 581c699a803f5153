// A second implementation of ECMA-130's sector codes, to hold the library's to: slow, without tables, written from the
// standard's own formulas (clause 14, annexes A and B) and sharing nothing with src/sector.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ecma130 {

using Sector = std::array<std::uint8_t, 2352>;

/// 14.3: the remainder of the bits, least significant of each byte first, times x^32; as the four bytes stand on the disc.
std::array<std::uint8_t, 4> edc(std::span<const std::uint8_t> bytes);

/// Annex A: whether H times V is zero for every P (or Q) vector of both byte planes.
bool p_holds(const Sector& sector);
bool q_holds(const Sector& sector);

/// Whole sectors. `minute`, `second`, `frame` are header bytes as they stand (BCD).
struct Header {
  std::uint8_t minute, second, frame;
};
Sector mode0(Header header);
Sector mode1(Header header, std::span<const std::uint8_t, 2048> data);
/// `subheader` is written twice.
Sector mode2_form1(Header header, std::array<std::uint8_t, 4> subheader, std::span<const std::uint8_t, 2048> data);
Sector mode2_form2(Header header, std::array<std::uint8_t, 4> subheader, std::span<const std::uint8_t, 2324> data);

/// A copy with zero in place of the header, as Mode 2's parity sees it.
Sector without_header(Sector sector);

/// Annex B: the scrambler's first `count` bytes, from a register of 15 separate stages.
std::vector<std::uint8_t> scrambler(std::size_t count);

}  // namespace ecma130
