#include "planner/stream.h"

#include <algorithm>

namespace pressmark {
namespace {

/// What is believed of a block that was passed over for reasons that nobody remembers.
constexpr double kUnknown = 0.5;

// The far sweep. Two failures so near to one another, or one so near behind a landing, are more than a single bad block.
constexpr double kNearTurns = 5;
constexpr std::int64_t kNearBlocks = 64;       ///< without geometry
constexpr double kFirstLeapTurns = 6;          ///< four times as far while landings fail
constexpr std::int64_t kFirstLeapBlocks = 16;  ///< at least
constexpr std::int64_t kMostLeapShare = 40;    ///< of the disc, at most
constexpr std::int64_t kCalm = 2000;           ///< blocks without a failure after which a leap is short again

}  // namespace

// ---- sweeps ----

/// From the progress on, in the sweep that the round says or in one behind it.
std::optional<GradedRun> Stream::next_untried(const RipMap& map, RipProgress& progress) {
  for (;;) {
    const std::size_t tier = tier_of(progress.round);
    if (tier < options_.tiers.size()) {
      const auto& ranges = options_.tiers[tier];
      for (auto at = std::ranges::upper_bound(ranges, progress.position, {}, &SectorRange::end); at != ranges.end();
           ++at) {
        const SectorRange& range = *at;
        auto run = map.find(std::max(range.first, progress.position), Grade::untried);
        if (!run || run->first >= range.end()) continue;
        run->count = std::min(run->end(), range.end()) - run->first;
        return run;
      }
    } else if (tier == options_.tiers.size()) {
      if (const auto run = map.find(progress.position, Grade::untried)) return run;
    } else {
      return std::nullopt;
    }
    ++progress.round;
    progress.position = 0;
    begin_sweep();
  }
}

void Stream::begin_sweep() {
  if (foresight_) foresight_->restart();
  fed_ = leap_to_ = recalled_until_ = 0;
  last_failure_ = landed_ = -1;
  leap_ = 0;
}

void Stream::begin_anew() {
  std::ranges::fill(passed_, std::uint8_t{0});
  begin_sweep();
}

std::optional<SectorRange> Stream::next(const RipMap& map, RipProgress& progress) {
  while (const auto run = next_untried(map, progress)) {
    progress.position = run->first;
    const std::int64_t block = block_of(run->first);
    if (!pass_over(map, progress, block)) return SectorRange{run->first, count(map, progress, *run)};
    progress.position = std::min(run->end(), (block + 1) * std::int64_t{options_.block_sectors});
  }
  return std::nullopt;
}

bool Stream::pass_over(const RipMap& map, const RipProgress& progress, std::int64_t block) {
  if (left(block)) return true;
  if (block < leap_to_) {
    if (!is_far(progress)) leave(block, kUnknown);  // the far sweep's leaps are the near sweep's work
    return true;
  }
  if (is_far(progress) || !foresight_) return false;
  feed(map, block);
  const auto outlook = foresight_->look(block);
  if (!outlook.pass_over) return false;
  leave(block, outlook.fails);
  foresight_->passed_over(block);
  fed_ = std::max(fed_, block + 1);
  return true;
}

/// Large reads where nothing threatens, single blocks behind a failure and beside a scratch.
std::uint32_t Stream::count(const RipMap& map, const RipProgress& progress, const GradedRun& run) const {
  const std::int64_t block = block_of(run.first);
  const auto failed = [&](std::int64_t sector) {
    return sector >= 0 && !is_good(map.at(sector)) && map.at(sector) != Grade::untried;
  };
  std::int64_t end = (run.first / options_.transfer_sectors + 1) * options_.transfer_sectors;
  if (failed(run.first - 1) || taken_apart(run.first))
    end = (block + 1) * options_.block_sectors;
  else if (!is_far(progress) && foresight_ && foresight_->following())
    end = std::min(end, (block + foresight_->clear_ahead(block)) * options_.block_sectors);
  return static_cast<std::uint32_t>(std::min(run.end(), end) - run.first);
}

// ---- what came of it ----

void Stream::saw(const RipProgress& progress, std::int64_t block, bool failed) {
  if (is_far(progress)) {
    if (failed)
      leap_far(block);
    else if (block > std::max(last_failure_, landed_) + kCalm)
      leap_ = 0;
    return;
  }
  fed_ = std::max(fed_, block + 1);
  if (!foresight_) return;
  if (const std::int64_t leap = foresight_->saw(block, failed)) leap_to_ = block + 1 + leap;
}

void Stream::leap_far(std::int64_t block) {
  const std::int64_t near = foresight_ ? foresight_->blocks_in(kNearTurns, block) : kNearBlocks;
  const auto close = [&](std::int64_t earlier) { return earlier >= 0 && std::abs(block - earlier) <= near; };
  if (close(last_failure_) || close(landed_)) {
    const std::int64_t first =
        std::max(kFirstLeapBlocks, foresight_ ? foresight_->blocks_in(kFirstLeapTurns, block) : kNearBlocks);
    leap_ = leap_ == 0 ? first : std::min(4 * leap_, std::max(first, blocks_ / kMostLeapShare));
    leap_to_ = landed_ = block + 1 + leap_;
  }
  last_failure_ = block;
}

void Stream::failure_takes(double seconds) {
  if (foresight_) foresight_->failure_takes(seconds);
}

void Stream::leave(std::int64_t block, double fails) {
  passed_[static_cast<std::size_t>(block)] = static_cast<std::uint8_t>(1 + std::clamp(fails, 0.0, 1.0) * 254);
}

double Stream::foreseen(std::int64_t block) const {
  return left(block) ? (passed_[static_cast<std::size_t>(block)] - 1) / 254.0 : kUnknown;
}

// ---- the past ----

void Stream::recall(const RipMap& map, const RipProgress& progress) {
  blocks_ = map.sectors() / options_.block_sectors + 1;
  passed_.assign(static_cast<std::size_t>(blocks_), 0);
  leap_ = 0;
  if (!options_.geometry) return;
  foresight_.emplace(*options_.geometry, map.sectors(), options_.block_sectors);
  if (progress.phase == RipProgress::Phase::stream) {
    if (!is_far(progress) && tier_of(progress.round) == options_.tiers.size()) recalled_until_ = progress.position;
    return;
  }
  recalled_until_ = map.sectors();
  feed(map, blocks_);
}

/// Lets the foresight see every block up to here that it has not seen.
void Stream::feed(const RipMap& map, std::int64_t end_block) {
  while (fed_ < end_block) {
    const std::int64_t first = fed_ * options_.block_sectors;
    const auto run = map.find(first, [](Grade) { return true; });
    if (!run) return;
    const std::int64_t run_end = std::min(end_block, block_of(run->end() - 1) + 1);
    if (run->grade == Grade::untrimmed || (is_good(run->grade) && !foresight_->following())) {
      fed_ = run_end;
      continue;
    }
    for (; fed_ < run_end; ++fed_) {
      const auto outlook = foresight_->look(fed_);
      if (run->grade != Grade::untried) {
        (void)foresight_->saw(fed_, !is_good(run->grade));
        continue;
      }
      if (fed_ * options_.block_sectors < recalled_until_) leave(fed_, outlook.pass_over ? outlook.fails : kUnknown);
      foresight_->passed_over(fed_);
    }
  }
}

}  // namespace pressmark
