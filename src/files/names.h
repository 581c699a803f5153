// Names as discs write them, made into UTF-8 that is safe as part of a path.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace pressmark::files {

/// '/', control characters and bytes that are no UTF-8 become '_'; so do "", "." and ".." as a whole.
[[nodiscard]] std::string safe_name(std::string_view utf8);
/// Control characters and bytes that are no UTF-8 become '_': for texts that have words of the disc in them, and go to a terminal.
[[nodiscard]] std::string safe_text(std::string_view utf8);

/// UTF-16, big-endian (Joliet, OSTA CS0 with 16 bits); a half pair becomes U+FFFD.
[[nodiscard]] std::string from_utf16be(std::span<const std::byte> bytes);
/// ISO 8859-1, as OSTA CS0 with 8 bits is.
[[nodiscard]] std::string from_latin1(std::span<const std::byte> bytes);
/// Mac OS Roman (HFS).
[[nodiscard]] std::string from_mac_roman(std::span<const std::byte> bytes);
/// What stands in plain ISO 9660 and Rock Ridge names: UTF-8 if it is that, else ISO 8859-1.
[[nodiscard]] std::string from_bytes(std::span<const std::byte> bytes);
/// OSTA UDF 2.1.1: a byte 8 or 16 (254, 255), then the characters.
[[nodiscard]] std::string from_cs0(std::span<const std::byte> bytes);
/// OSTA UDF 2.1.3: a field of fixed length, whose last byte says how much of it is used.
[[nodiscard]] std::string from_dstring(std::span<const std::byte> bytes);

/// An ISO 9660 or Joliet file identifier without version (";1") and without the dot that closes an empty extension.
[[nodiscard]] std::string_view without_version(std::string_view name);
/// Without blanks and NULs at the end.
[[nodiscard]] std::string trimmed_end(std::string text);

}  // namespace pressmark::files
