// What sectors answered that could not be believed, so that an answer is known again.
//
// A drive's tries are correlated: it cycles through two or three answers. Wrong bytes that come again in another way of
// reading will come in every other; and where the readings of a sector have differed, equal bytes count for
// something only if two ways gave them.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "pressmark/lba.h"

#include "planner/step.h"

namespace pressmark {

/// 64 bits of a sector's bytes; equal on every machine.
[[nodiscard]] std::uint64_t fingerprint(std::span<const std::byte> bytes);

class Answers {
 public:
  /// The answers of so many sectors are remembered: some 10 MB. What further ones give counts as never heard before.
  static constexpr std::size_t kMostSectors = 100'000;
  static constexpr std::size_t kMostAnswers = 8;  ///< of one sector

  /// `sector` answered so when it was read as `step` says. Returns in how many other ways (speed, approach) it has given the same.
  std::uint8_t enter(std::int64_t sector, std::uint64_t answer, const Step& step);

  /// Two readings of these sectors differed. All are remembered, however many.
  void dispute(SectorRange range);
  [[nodiscard]] bool disputed(std::int64_t sector) const;

 private:
  struct Answer {
    std::uint64_t fingerprint = 0;
    std::uint32_t ways = 0;  // bits
  };
  std::uint32_t bit_of(const Step& step);

  std::vector<std::pair<std::uint32_t, Approach>> ways_;
  std::map<std::int64_t, std::vector<Answer>> answers_;
  std::map<std::int64_t, std::int64_t> disputed_;  // first sector of a run -> its end; runs do not touch
};

}  // namespace pressmark
