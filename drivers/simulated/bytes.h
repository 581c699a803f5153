// Bytes as SCSI carries them: most significant first, into a reply or out of a parameter list.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace pressmark::simulated {

/// A small reply in the making. Replies of this kind are a few kilobytes at most; user data never passes through here.
class ReplyBytes {
 public:
  ReplyBytes& u8(std::uint64_t v) { return big_endian(v, 1); }
  ReplyBytes& u16(std::uint64_t v) { return big_endian(v, 2); }
  ReplyBytes& u24(std::uint64_t v) { return big_endian(v, 3); }
  ReplyBytes& u32(std::uint64_t v) { return big_endian(v, 4); }
  ReplyBytes& zeros(std::size_t count) {
    bytes_.resize(bytes_.size() + count);
    return *this;
  }
  /// Left-aligned ASCII, cut or padded with blanks to `width` (SPC-4 4.3.1).
  ReplyBytes& text(std::string_view s, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i) u8(static_cast<unsigned char>(i < s.size() ? s[i] : ' '));
    return *this;
  }
  ReplyBytes& append(const ReplyBytes& other) {
    bytes_.insert(bytes_.end(), other.bytes_.begin(), other.bytes_.end());
    return *this;
  }
  /// Overwrites what is already there: for lengths that are known only at the end.
  void put16(std::size_t at, std::uint64_t v) { put(at, v, 2); }
  void put32(std::size_t at, std::uint64_t v) { put(at, v, 4); }

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

 private:
  ReplyBytes& big_endian(std::uint64_t v, int width) {
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) bytes_.push_back(static_cast<std::byte>(v >> shift));
    return *this;
  }
  void put(std::size_t at, std::uint64_t v, std::size_t width) {
    for (std::size_t i = 0; i < width && at + i < bytes_.size(); ++i)
      bytes_[at + i] = static_cast<std::byte>(v >> (8 * (width - 1 - i)));
  }

  std::vector<std::byte> bytes_;
};

/// Reads `width` bytes at `at`, most significant first; bytes past the end count as zero.
[[nodiscard]] inline std::uint32_t read_big_endian(std::span<const std::byte> bytes, std::size_t at,
                                                   std::size_t width) {
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + width; ++i)
    value = value << 8 | (i < bytes.size() ? std::to_integer<std::uint32_t>(bytes[i]) : 0);
  return value;
}

}  // namespace pressmark::simulated
