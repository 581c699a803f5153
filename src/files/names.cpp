// Every decoder makes UTF-8 first; safety is one step, the same for all of them.
#include "files/names.h"

#include <algorithm>
#include <cstdint>

namespace pressmark::files {

namespace {

/// Mac OS Roman from 80h on (unicode.org, MAPPINGS/VENDORS/APPLE/ROMAN.TXT).
constexpr std::uint16_t kMacRoman[128] = {
    0x00C4, 0x00C5, 0x00C7, 0x00C9, 0x00D1, 0x00D6, 0x00DC, 0x00E1, 0x00E0, 0x00E2, 0x00E4, 0x00E3, 0x00E5,
    0x00E7, 0x00E9, 0x00E8, 0x00EA, 0x00EB, 0x00ED, 0x00EC, 0x00EE, 0x00EF, 0x00F1, 0x00F3, 0x00F2, 0x00F4,
    0x00F6, 0x00F5, 0x00FA, 0x00F9, 0x00FB, 0x00FC, 0x2020, 0x00B0, 0x00A2, 0x00A3, 0x00A7, 0x2022, 0x00B6,
    0x00DF, 0x00AE, 0x00A9, 0x2122, 0x00B4, 0x00A8, 0x2260, 0x00C6, 0x00D8, 0x221E, 0x00B1, 0x2264, 0x2265,
    0x00A5, 0x00B5, 0x2202, 0x2211, 0x220F, 0x03C0, 0x222B, 0x00AA, 0x00BA, 0x03A9, 0x00E6, 0x00F8, 0x00BF,
    0x00A1, 0x00AC, 0x221A, 0x0192, 0x2248, 0x2206, 0x00AB, 0x00BB, 0x2026, 0x00A0, 0x00C0, 0x00C3, 0x00D5,
    0x0152, 0x0153, 0x2013, 0x2014, 0x201C, 0x201D, 0x2018, 0x2019, 0x00F7, 0x25CA, 0x00FF, 0x0178, 0x2044,
    0x20AC, 0x2039, 0x203A, 0xFB01, 0xFB02, 0x2021, 0x00B7, 0x201A, 0x201E, 0x2030, 0x00C2, 0x00CA, 0x00C1,
    0x00CB, 0x00C8, 0x00CD, 0x00CE, 0x00CF, 0x00CC, 0x00D3, 0x00D4, 0xF8FF, 0x00D2, 0x00DA, 0x00DB, 0x00D9,
    0x0131, 0x02C6, 0x02DC, 0x00AF, 0x02D8, 0x02D9, 0x02DA, 0x00B8, 0x02DD, 0x02DB, 0x02C7,
};

void append_utf8(std::string& text, std::uint32_t c) {
  const auto byte = [&](std::uint32_t b) { text += static_cast<char>(static_cast<unsigned char>(b)); };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xC0 | c >> 6);
    byte(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    byte(0xE0 | c >> 12);
    byte(0x80 | (c >> 6 & 0x3F));
    byte(0x80 | (c & 0x3F));
  } else {
    byte(0xF0 | c >> 18);
    byte(0x80 | (c >> 12 & 0x3F));
    byte(0x80 | (c >> 6 & 0x3F));
    byte(0x80 | (c & 0x3F));
  }
}

/// Bytes of the well-formed UTF-8 character that `text` begins with; 0 if it begins with none (RFC 3629).
std::size_t utf8_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80; };
  const unsigned lead = at(0), second = at(1);
  if (text.empty()) return 0;
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool shortest = lead != 0xE0 || second >= 0xA0, no_half_pair = lead != 0xED || second < 0xA0;
    return follows(1) && follows(2) && shortest && no_half_pair ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool in_range = (lead != 0xF0 || second >= 0x90) && (lead != 0xF4 || second < 0x90);
    return follows(1) && follows(2) && follows(3) && in_range ? 4 : 0;
  }
  return 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t n = utf8_length(text);
    if (n == 0) return false;
    text.remove_prefix(n);
  }
  return true;
}

bool is_control(std::string_view character) {
  const auto c = static_cast<unsigned char>(character[0]);
  if (c < 0x20 || c == 0x7F) return true;
  return c == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;  // U+0080 to U+009F
}

}  // namespace

std::string safe_text(std::string_view utf8) {
  std::string text;
  text.reserve(utf8.size());
  while (!utf8.empty()) {
    const std::size_t length = utf8_length(utf8);
    const std::string_view character = utf8.substr(0, length == 0 ? 1 : length);
    if (length == 0 || is_control(character))
      text += '_';
    else
      text += character;
    utf8.remove_prefix(character.size());
  }
  return text;
}

std::string safe_name(std::string_view utf8) {
  if (utf8.empty() || utf8 == "." || utf8 == "..") return std::string(utf8.empty() ? 1 : utf8.size(), '_');
  std::string name = safe_text(utf8);
  std::ranges::replace(name, '/', '_');
  return name;
}

std::string from_utf16be(std::span<const std::byte> bytes) {
  constexpr std::uint32_t kReplacement = 0xFFFD;
  const auto unit = [&](std::size_t i) {
    return std::to_integer<std::uint32_t>(bytes[i]) << 8 | std::to_integer<std::uint32_t>(bytes[i + 1]);
  };
  std::string text;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    std::uint32_t c = unit(i);
    if (c >= 0xD800 && c < 0xDC00 && i + 3 < bytes.size() && unit(i + 2) >= 0xDC00 && unit(i + 2) < 0xE000) {
      c = 0x10000 + ((c - 0xD800) << 10) + (unit(i + 2) - 0xDC00);
      i += 2;
    } else if (c >= 0xD800 && c < 0xE000) {
      c = kReplacement;
    }
    append_utf8(text, c);
  }
  return text;
}

std::string from_latin1(std::span<const std::byte> bytes) {
  std::string text;
  for (std::byte b : bytes) append_utf8(text, std::to_integer<std::uint32_t>(b));
  return text;
}

std::string from_mac_roman(std::span<const std::byte> bytes) {
  std::string text;
  for (std::byte b : bytes) {
    const auto c = std::to_integer<std::uint32_t>(b);
    append_utf8(text, c < 0x80 ? c : kMacRoman[c - 0x80]);
  }
  return text;
}

std::string from_bytes(std::span<const std::byte> bytes) {
  const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  return is_utf8(text) ? std::string{text} : from_latin1(bytes);
}

std::string from_cs0(std::span<const std::byte> bytes) {
  if (bytes.empty()) return {};
  switch (std::to_integer<int>(bytes[0])) {
    case 8:
    case 254: return from_latin1(bytes.subspan(1));
    case 16:
    case 255: return from_utf16be(bytes.subspan(1));
    default: return {};
  }
}

std::string from_dstring(std::span<const std::byte> bytes) {
  if (bytes.empty()) return {};
  const auto used = std::to_integer<std::size_t>(bytes.back());
  return used < bytes.size() ? from_cs0(bytes.first(used)) : std::string{};
}

std::string_view without_version(std::string_view name) {
  const std::size_t semicolon = name.rfind(';');
  if (semicolon != std::string_view::npos && semicolon > 0 &&
      name.find_first_not_of("0123456789", semicolon + 1) == std::string_view::npos)
    name = name.substr(0, semicolon);
  if (name.size() > 1 && name.ends_with('.')) name.remove_suffix(1);
  return name;
}

std::string trimmed_end(std::string text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) text.pop_back();
  return text;
}

}  // namespace pressmark::files
