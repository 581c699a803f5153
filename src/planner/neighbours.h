// How likely a block that was left for later is to fail, from what became of the blocks at a like angle on the turns before
// and behind it, and of the foresight that left it: a weighted share, nearer turns weighing more.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "planner/foresight.h"

namespace pressmark {

class Neighbours {
 public:
  /// `spiral` is borrowed and outlives this.
  Neighbours(const Foresight& spiral, std::int64_t blocks) : spiral_(spiral), seen_(static_cast<std::size_t>(blocks)) {}

  void enter(std::int64_t block, bool failed) {
    seen_[static_cast<std::size_t>(block)] = failed ? Seen::failed : Seen::read;
  }
  /// `foreseen`: the chance given before it was passed over.
  [[nodiscard]] double fails(std::int64_t block, double foreseen) const;

 private:
  enum class Seen : std::uint8_t { nothing, read, failed };
  const Foresight& spiral_;
  std::vector<Seen> seen_;
};

}  // namespace pressmark
