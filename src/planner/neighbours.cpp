// Two estimates. The plain one is the share of failures among the blocks at a like angle on the turns around: right for
// wide damage, blurred to a block's length for a narrow scratch. The sharp one asks where within a block's length a narrow
// scratch must lie: blocks of other turns begin elsewhere, so that what read bounds the scratch to a fraction of a block
// from both sides. It is believed where one such place explains nearly all failures around.
#include "planner/neighbours.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace pressmark {
namespace {

constexpr int kTurns = 150;              ///< looked at on either side
constexpr double kHalfWeightTurns = 10;  ///< a turn so far off weighs half
constexpr double kForeseenWeight = 0.5;
constexpr double kMostForeseen = 0.97;
constexpr double kReach = 0.6;  ///< of a block's length: as far off an angle is still alike

// The sharp estimate.
constexpr int kBinsABlock = 32;
constexpr int kBins = 3 * kBinsABlock;  ///< the block in the middle
constexpr double kLogFailsUntouched = -2.5, kLogReadsTouched = -2.0, kLogFailsTouched = -0.05;
constexpr double kExplained = 0.7;

/// Weights of the blocks around that failed and that read, by the places they cover.
struct Around {
  std::array<double, kBins + 1> failed{}, read{};
  double all_failed = 0;

  void enter(double offset_blocks, double weight, bool bad) {
    const auto bin = [](double blocks) { return static_cast<int>(std::lround((blocks + 1.5) * kBinsABlock)); };
    const int first = std::clamp(bin(offset_blocks - 0.5), 0, kBins);
    const int end = std::clamp(bin(offset_blocks + 0.5), 0, kBins);
    auto& sums = bad ? failed : read;
    sums[static_cast<std::size_t>(first)] += weight;
    sums[static_cast<std::size_t>(end)] -= weight;
    if (bad) all_failed += weight;
  }

  /// The chance that a narrow scratch touches the block in the middle; nothing if no single place explains the failures.
  [[nodiscard]] std::optional<double> touched(double foreseen) const {
    std::array<double, kBins> likely{};
    double f = 0, r = 0, most_explained = 0;
    const double none = kLogFailsUntouched * all_failed;
    double top = none;
    for (std::size_t i = 0; i < kBins; ++i) {
      f += failed[i];
      r += read[i];
      likely[i] = kLogFailsTouched * f + kLogFailsUntouched * (all_failed - f) + kLogReadsTouched * r;
      if (likely[i] > top) {
        top = likely[i];
        most_explained = f;
      }
    }
    if (all_failed <= 0 || most_explained < kExplained * all_failed) return std::nullopt;
    double inside = 0, outside = 0;
    for (std::size_t i = 0; i < kBins; ++i) {
      const bool in_block = i >= kBinsABlock && i < 2 * kBinsABlock;
      (in_block ? inside : outside) += std::exp(likely[i] - top);
    }
    outside += kBinsABlock * std::exp(none - top);
    inside *= 2 * foreseen;
    outside *= 2 * (1 - foreseen);
    return inside / (inside + outside);
  }
};

}  // namespace

double Neighbours::fails(std::int64_t block, double foreseen) const {
  foreseen = std::min(kMostForeseen, foreseen);
  const double here = spiral_.turns_at(block);
  const double length = spiral_.turns_of_a_block(block);
  const std::size_t layer = spiral_.geometry().layer_of(block * spiral_.block_sectors());
  double weight = kForeseenWeight, failed = kForeseenWeight * foreseen;
  Around around;
  for (int turn = -kTurns; turn <= kTurns; ++turn) {
    const double there = here + turn;
    const std::int64_t nearest = spiral_.block_at(there, layer);
    for (std::int64_t b = nearest - 1; b <= nearest + 1; ++b) {
      if (b == block || b < 0 || b >= static_cast<std::int64_t>(seen_.size())) continue;
      if (spiral_.geometry().layer_of(b * spiral_.block_sectors()) != layer) continue;
      const Seen seen = seen_[static_cast<std::size_t>(b)];
      if (seen == Seen::nothing) continue;
      const double off = (spiral_.turns_at(b) - there) / length;
      if (std::abs(off) >= 1) continue;
      const double near = 1 / (1 + std::abs(turn) / kHalfWeightTurns);
      around.enter(off, near, seen == Seen::failed);
      if (std::abs(off) >= kReach) continue;
      const double counts = near * (1 - std::abs(off) / kReach);
      weight += counts;
      if (seen == Seen::failed) failed += counts;
    }
  }
  const double plain = failed / weight;
  return around.touched(std::max(0.03, foreseen)).value_or(plain);
}

}  // namespace pressmark
