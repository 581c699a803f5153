// Seals as lanes of the one pass over an image: each check is given the bytes as they come by and answers at the end.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "pressmark/seal.h"

namespace pressmark {

/// How much of an image's start `find_seals` wants to see: descriptors lie well within.
inline constexpr std::size_t kSealHeadBytes = 128 * std::size_t{kUserBytes};

struct SealCheck {
  virtual ~SealCheck() = default;
  /// The image's bytes in order, from its first; whole sectors but for the last call. One thread at a time.
  virtual void take(std::span<const std::byte> bytes) = 0;
  /// After the last of them. `image_bytes`: of the whole image, whether or not all of it was taken.
  [[nodiscard]] virtual std::vector<SealOutcome> outcomes(std::uint64_t image_bytes) = 0;
};

/// What may be sealed, by the first kSealHeadBytes of an image (fewer where it is shorter).
std::vector<std::unique_ptr<SealCheck>> find_seals(std::span<const std::byte> head);

/// The bytes of an image that a seal takes for blanks, because it was written there later.
struct Blanks {
  std::uint64_t at = 0;
  std::uint64_t bytes = 0;
};
/// `bytes`, which lie at `offset`, with blanks where `blanks` says; `room` holds them if anything had to be changed.
std::span<const std::byte> with_blanks(std::span<const std::byte> bytes, std::uint64_t offset, Blanks blanks,
                                       std::vector<std::byte>& room);

}  // namespace pressmark
