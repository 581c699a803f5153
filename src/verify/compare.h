// Finding where two streams of sectors differ, a piece at a time.
#pragma once

#include <cstdint>
#include <span>

#include "pressmark/verify.h"

namespace pressmark {

/// What is taken from an image at once.
inline constexpr std::size_t kVerifyPieceBytes = 256 * 1024;

/// Holds pieces of one image, given in order, against the same places of another.
class Comparer {
 public:
  /// `other` must outlive this.
  static Result<Comparer> against(File& other, std::uint64_t bytes);

  /// `piece` starts at `offset`, a multiple of 2048. Sectors in `unreadable` (rising) are passed over. Fails: io.
  Result<void> take(std::uint64_t offset, std::span<const std::byte> piece, std::span<const LbaRange> unreadable);

  [[nodiscard]] const Comparison& result() const { return result_; }

 private:
  explicit Comparer(File& other) : other_(&other) {}

  File* other_;
  std::vector<std::byte> buffer_;
  Comparison result_;
};

}  // namespace pressmark
