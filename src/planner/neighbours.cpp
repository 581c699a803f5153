#include "planner/neighbours.h"

#include <algorithm>
#include <cmath>

namespace pressmark {
namespace {

constexpr int kTurns = 150;        ///< looked at on either side
constexpr double kNearTurns = 10;  ///< a turn so far off weighs half
constexpr double kForeseenWeight = 0.5;
constexpr double kMostForeseen = 0.97;
constexpr double kReach = 0.6;  ///< of a block's length: as far off an angle is still alike

}  // namespace

double Neighbours::fails(std::int64_t block, double foreseen) const {
  const double here = spiral_.turns_at(block);
  const double reach = kReach * std::abs(spiral_.turns_at(block + 1) - here);
  const std::size_t layer = spiral_.geometry().layer_of(block * spiral_.block_sectors());
  double weight = kForeseenWeight, failed = kForeseenWeight * std::min(kMostForeseen, foreseen);
  for (int turn = -kTurns; turn <= kTurns; ++turn) {
    const double there = here + turn;
    const std::int64_t nearest = spiral_.block_at(there, layer);
    for (std::int64_t b = nearest - 1; b <= nearest + 1; ++b) {
      if (b == block || b < 0 || b >= static_cast<std::int64_t>(seen_.size())) continue;
      const Seen seen = seen_[static_cast<std::size_t>(b)];
      if (seen == Seen::nothing) continue;
      const double off = std::abs(spiral_.turns_at(b) - there);
      if (off >= reach) continue;
      const double counts = (1 - off / reach) / (1 + std::abs(turn) / kNearTurns);
      weight += counts;
      if (seen == Seen::failed) failed += counts;
    }
  }
  return failed / weight;
}

}  // namespace pressmark
