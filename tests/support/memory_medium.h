// A disc of pseudo-random sectors, for tests that compare what was read.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "pressmark/medium.h"

namespace pressmark::test {

/// A disc in memory: one data track of pseudo-random sectors.
class MemoryMedium final : public Medium {
 public:
  MemoryMedium(MediaKind kind, std::vector<std::byte> bytes) : kind_(kind), bytes_(std::move(bytes)) {
    track_.sectors = static_cast<std::uint32_t>(bytes_.size() / kUserBytes);
  }
  [[nodiscard]] MediaKind kind() const override { return kind_; }
  [[nodiscard]] std::span<const MediumTrack> tracks() const override { return {&track_, 1}; }
  [[nodiscard]] Lba end() const override { return Lba{track_.sectors}; }
  Result<void> read_stored(Lba first, std::uint32_t count, std::span<std::byte> out) override {
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(first.byte_offset()), std::size_t{count} * kUserBytes,
                out.begin());
    return {};
  }

 private:
  MediaKind kind_;
  std::vector<std::byte> bytes_;
  MediumTrack track_;
};

inline std::vector<std::byte> content(std::size_t sectors, std::uint32_t seed) {
  std::vector<std::byte> bytes(sectors * kUserBytes);
  for (std::byte& b : bytes) b = static_cast<std::byte>((seed = seed * 1664525 + 1013904223) >> 24);
  return bytes;
}

}  // namespace pressmark::test
