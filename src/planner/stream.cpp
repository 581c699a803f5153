#include "planner/stream.h"

#include <algorithm>

namespace pressmark {
namespace {

/// What is believed of a block that was passed over for reasons that nobody remembers.
constexpr double kUnknown = 0.5;

// The far sweep. Two failures so near to one another, or one so near behind a landing, are more than a single bad block.
constexpr double kNearTurns = 5;
constexpr std::int64_t kNearBlocks = 64;     ///< without geometry
constexpr std::int64_t kFirstLeap = 8192;    ///< sectors; four times as far while landings fail
constexpr std::int64_t kMostLeapShare = 40;  ///< of the disc, at most
constexpr std::int64_t kLeastHole = 1024;    ///< sectors; of smaller holes the near sweep makes no halves
constexpr int kLeaptAtOnce = 10;      ///< places of damage that are not read on beside to see whether there is more
constexpr double kTwoSeeks_s = 0.3;   ///< what a leap costs
constexpr std::int64_t kCalm = 2000;  ///< blocks without a failure after which a leap is short again

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

Stream::Sweep Stream::sweep_of(const RipProgress& progress) {
  const std::uint32_t sweep = progress.round % RipProgress::kStreamSweeps;
  if (sweep == 0) return Sweep::far;
  return sweep + 1 == RipProgress::kStreamSweeps ? Sweep::near : Sweep::halves;
}

std::int64_t Stream::near_blocks(std::int64_t block) const {
  return foresight_ ? foresight_->blocks_in(kNearTurns, block) : kNearBlocks;
}

/// How much of this run to pass over, in whole blocks, so that what follows is the far half of a hole; 0: nothing, read on.
/// All of it where damage, or nothing known, lies at its end as well. Everything follows from the map: a half that fails
/// begins a hole of its own, which is halved in its turn.
std::int64_t Stream::skip_in_hole(const RipMap& map, const GradedRun& run) const {
  const bool behind_damage =
      run.first > 0 && !is_good(map.at(run.first - 1)) && map.at(run.first - 1) != Grade::untried;
  if (!behind_damage) return 0;
  const std::int64_t sound = near_blocks(block_of(run.end())) * options_.block_sectors;
  const auto doubt = map.find(run.end(), [](Grade grade) { return !is_good(grade); });
  const std::int64_t sound_until = doubt ? doubt->first : map.sectors();
  if (run.count < kLeastHole || sound_until - run.end() < sound) return run.count;
  return (block_of(run.first + run.count / 2) + 1) * options_.block_sectors - run.first;
}

std::optional<SectorRange> Stream::next(const RipMap& map, RipProgress& progress) {
  while (const auto run = next_untried(map, progress)) {
    progress.position = run->first;
    const std::int64_t block = block_of(run->first);
    if (sweep_of(progress) == Sweep::halves) {
      const std::int64_t skip = skip_in_hole(map, *run);
      if (skip == 0) return SectorRange{run->first, count(map, progress, *run)};
      progress.position = run->first + skip;
      continue;
    }
    if (!pass_over(map, progress, block)) return SectorRange{run->first, count(map, progress, *run)};
    progress.position = std::min(run->end(), (block + 1) * std::int64_t{options_.block_sectors});
  }
  return std::nullopt;
}

bool Stream::pass_over(const RipMap& map, const RipProgress& progress, std::int64_t block) {
  if (left(block)) return true;
  if (block < leap_to_) {
    if (sweep_of(progress) == Sweep::near) leave(block, kUnknown);  // the far sweep's leaps are other sweeps' work
    return true;
  }
  if (sweep_of(progress) == Sweep::far || !foresight_) return false;
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
  else if (sweep_of(progress) == Sweep::near && foresight_ && foresight_->following())
    end = std::min(end, (block + foresight_->clear_ahead(block)) * options_.block_sectors);
  return static_cast<std::uint32_t>(std::min(run.end(), end) - run.first);
}

// ---- what came of it ----

void Stream::saw(const RipProgress& progress, std::int64_t block, bool failed) {
  if (sweep_of(progress) == Sweep::halves) return;
  if (sweep_of(progress) == Sweep::far) {
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
  const std::int64_t near = near_blocks(block);
  const auto close = [&](std::int64_t earlier) { return earlier >= 0 && std::abs(block - earlier) <= near; };
  const std::int64_t most = std::max<std::int64_t>(blocks_ / kMostLeapShare, 1);
  const bool more_of_it = close(last_failure_) || close(landed_);
  const bool much_beyond = blocks_ - block > 2 * most;
  if (!more_of_it) leap_ = 0;
  if (more_of_it || (much_beyond && failure_s_ > kTwoSeeks_s && leapt_at_once_++ < kLeaptAtOnce)) {
    const std::int64_t first = std::min(kFirstLeap / options_.block_sectors, most);
    leap_ = leap_ == 0 ? first : std::min(4 * leap_, most);
    leap_to_ = landed_ = block + 1 + leap_;
  }
  last_failure_ = block;
}

void Stream::failure_takes(double seconds) {
  failure_s_ = seconds;
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
    if (sweep_of(progress) == Sweep::near && tier_of(progress.round) == options_.tiers.size())
      recalled_until_ = progress.position;
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
