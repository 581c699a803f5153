// Decodes UTF-8 (RFC 3629) a character at a time; overlong forms, half pairs and numbers past 10FFFFh are no UTF-8.
#include "core/printable.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace pressmark {
namespace {

struct CharRange {
  std::uint32_t first, last;
};
constexpr std::array kUnprintable{CharRange{0x00, 0x1F},      CharRange{0x7F, 0x9F},     CharRange{0x061C, 0x061C},
                                  CharRange{0x200B, 0x200F},  CharRange{0x2028, 0x202E}, CharRange{0x2060, 0x206F},
                                  CharRange{0xD800, 0xDFFF},  CharRange{0xFEFF, 0xFEFF}, CharRange{0xFFF0, 0xFFFB},
                                  CharRange{0xE0000, 0xE007F}};

struct Character {
  std::uint32_t value = 0;
  std::size_t bytes = 0;  ///< 0: no UTF-8
};

Character first_of(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  constexpr std::array<std::uint32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {};
  std::uint32_t value = lead & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3F);
  }
  return value < kLeast[bytes] || value > 0x10FFFF ? Character{} : Character{value, bytes};
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const Character c = first_of(text);
    const auto within = [&](const CharRange& range) { return range.first <= c.value && c.value <= range.last; };
    if (c.bytes == 0 || std::ranges::any_of(kUnprintable, within))
      result += '?';
    else
      result += text.substr(0, c.bytes);
    text.remove_prefix(std::max<std::size_t>(c.bytes, 1));
  }
  return result;
}

}  // namespace pressmark
