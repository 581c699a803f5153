// EDC, one byte at a time: the remainder of the bytes so far is in a register, least significant bit first; the next byte
// is added to its low end, and a table says what those eight bits leave behind when they are divided out.

#include <cstddef>
#include <cstdint>
#include <span>

#include "pressmark/sector.h"

#include "sector/edc_polynomial.h"
#include "sector/engine.h"

namespace pressmark {
namespace sector {
namespace {

struct RemainderTable {
  std::uint32_t of[256];
};

consteval RemainderTable make_remainders() {
  RemainderTable table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t remainder = byte;
    for (int bit = 0; bit < 8; ++bit) remainder = times_x(remainder);
    table.of[byte] = remainder;
  }
  return table;
}

constexpr RemainderTable kRemainders = make_remainders();
static_assert(kRemainders.of[1] == 0x90910101U && kRemainders.of[0x80] == kEdcPolynomial);

}  // namespace

std::uint32_t edc_plain(const std::byte* bytes, std::size_t count) {
  std::uint32_t remainder = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t low = (remainder ^ std::to_integer<std::uint32_t>(bytes[i])) & 0xFF;
    remainder = (remainder >> 8) ^ kRemainders.of[low];
  }
  return remainder;
}

}  // namespace sector

std::uint32_t edc(std::span<const std::byte> bytes) { return sector::edc_plain(bytes.data(), bytes.size()); }

}  // namespace pressmark
