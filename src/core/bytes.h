// Bounded reading of binary structures. Every byte that comes from a drive or a file enters through a ByteReader.
//
// Reading past the end gives zero and sets `truncated`, so that a decoder reads a whole structure straight through and
// asks once, at the end, whether all of it was there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace pressmark {

class ByteReader {
 public:
  explicit constexpr ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  [[nodiscard]] constexpr std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] constexpr bool truncated() const { return truncated_; }
  [[nodiscard]] constexpr bool holds(std::size_t offset, std::size_t count) const {
    return offset <= bytes_.size() && count <= bytes_.size() - offset;
  }

  constexpr std::uint8_t u8(std::size_t offset) { return static_cast<std::uint8_t>(big_endian(offset, 1)); }
  constexpr std::uint16_t be16(std::size_t offset) { return static_cast<std::uint16_t>(big_endian(offset, 2)); }
  constexpr std::uint32_t be24(std::size_t offset) { return static_cast<std::uint32_t>(big_endian(offset, 3)); }
  constexpr std::uint32_t be32(std::size_t offset) { return static_cast<std::uint32_t>(big_endian(offset, 4)); }
  constexpr std::uint64_t be64(std::size_t offset) { return big_endian(offset, 8); }
  constexpr std::uint16_t le16(std::size_t offset) { return static_cast<std::uint16_t>(little_endian(offset, 2)); }
  constexpr std::uint32_t le32(std::size_t offset) { return static_cast<std::uint32_t>(little_endian(offset, 4)); }

  /// A part of the bytes; empty (and truncated) if it is not all there.
  constexpr std::span<const std::byte> slice(std::size_t offset, std::size_t count) {
    if (!holds(offset, count)) {
      truncated_ = true;
      return {};
    }
    return bytes_.subspan(offset, count);
  }

  /// Bytes as text up to `count`, without trailing blanks and NULs; anything outside printable ASCII becomes '?'.
  std::string ascii(std::size_t offset, std::size_t count) {
    std::string text;
    for (std::byte b : slice(offset, count)) {
      const auto c = std::to_integer<unsigned char>(b);
      text += c == 0 ? ' ' : (c >= 0x20 && c < 0x7F ? static_cast<char>(c) : '?');
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
  }

 private:
  constexpr std::uint64_t big_endian(std::size_t offset, std::size_t count) {
    std::uint64_t value = 0;
    for (std::byte b : slice(offset, count)) value = value << 8 | std::to_integer<std::uint64_t>(b);
    return value;
  }
  constexpr std::uint64_t little_endian(std::size_t offset, std::size_t count) {
    std::uint64_t value = 0;
    unsigned shift = 0;
    for (std::byte b : slice(offset, count)) {
      value |= std::to_integer<std::uint64_t>(b) << shift;
      shift += 8;
    }
    return value;
  }

  std::span<const std::byte> bytes_;
  bool truncated_ = false;
};

/// Writes big-endian integers at fixed places of a buffer that is known to be long enough (a CDB, a parameter list).
constexpr void put_be(std::span<std::byte> out, std::size_t offset, std::size_t count, std::uint64_t value) {
  for (std::size_t i = 0; i < count; ++i)
    out[offset + i] = static_cast<std::byte>(value >> (8 * (count - 1 - i)) & 0xFF);
}

}  // namespace pressmark
