#include "planner/planner.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace pressmark {
namespace {

/// A second pass over more than this (128 MiB) finds nothing of the first in any drive's cache, and need not ask every read to
/// go past it, which would cost the drive its read-ahead.
constexpr std::int64_t kBeyondCaches = 65536;

/// Sweeps of the gather phase: blocks that are less likely to fail than this.
constexpr std::array kLevels{0.02, 0.06, 0.15, 0.3, 0.5, 0.7, 0.9, 2.0};
/// Blocks likelier to read than this may be read together.
constexpr double kSureToRead = 0.05;
/// What is believed of a block that was passed over for reasons that nobody remembers.
constexpr float kUnknown = 0.5F;
/// The usual effort must take so much longer than the quick one to be another effort.
constexpr double kLonger = 1.5;

std::vector<std::uint32_t> or_fastest(std::vector<std::uint32_t> speeds) {
  return speeds.empty() ? std::vector<std::uint32_t>{0} : speeds;
}

}  // namespace

Planner::Planner(PlanOptions options)
    : options_(std::move(options)),
      retries_({.block_sectors = options_.block_sectors,
                .rounds = options_.retries,
                .exhaust = options_.exhaust,
                .effort = options_.effort,
                .read_twice = options_.confirm != Confirm::none,
                .speeds = or_fastest(options_.speeds)}) {
  options_.speeds = or_fastest(options_.speeds);
  assert(options_.block_sectors > 0);
  assert(options_.transfer_sectors >= options_.block_sectors &&
         options_.transfer_sectors % options_.block_sectors == 0);
  if (options_.geometry && options_.geometry->layers.empty()) options_.geometry.reset();
}

std::uint32_t Planner::within_block(const GradedRun& run) const {
  const std::int64_t block_end = (block_of(run.first) + 1) * options_.block_sectors;
  return static_cast<std::uint32_t>(std::min(run.end(), block_end) - run.first);
}

Effort Planner::early_effort() const {
  return options_.effort && quick_helps_.value_or(true) ? Effort::quick : Effort::usual;
}

// ---- next ----

std::optional<Step> Planner::next(const RipMap& map, RipProgress& progress) {
  if (!recalled_) recall(map, progress);
  if (check_) return check_step(progress);
  const auto move_to = [&](Phase phase) { progress = {phase, 0, 0}; };
  for (;;) {
    switch (progress.phase) {
      case Phase::stream:
        if (auto step = stream(map, progress)) return step;
        move_to(Phase::gather);
        break;
      case Phase::gather:
        if (auto step = gather(map, progress)) return step;
        move_to(Phase::split);
        break;
      case Phase::split:
        if (auto step = split(map)) return step;
        move_to(Phase::retry);
        break;
      case Phase::retry:
        // A resumed rip may have been given more sectors to stream since (a longer disc, a map of another tool).
        if (!map.all_tried()) {
          passed_.clear();
          if (foresight_) foresight_->restart();
          neighbours_.reset();
          move_to(Phase::stream);
          break;
        }
        if (auto step = retries_.next(map, progress, options_.effort && quick_helps_.value_or(true))) return step;
        move_to(Phase::confirm);
        break;
      case Phase::confirm:
        if (auto step = confirm(map, progress)) return step;
        move_to(Phase::finished);
        break;
      case Phase::finished: return std::nullopt;
    }
  }
}

/// A block that has just failed is read alone once more, with the drive's own effort, if that tells something new.
Step Planner::check_step(const RipProgress& progress) const {
  return {.phase = progress.phase,
          .round = progress.round,
          .first = check_->first,
          .count = static_cast<std::uint32_t>(check_->count),
          .speed_kb_per_s = options_.speeds[0]};
}

// ---- stream ----

/// From the progress on, in the tier that the round says, or in one behind it. Never back: what lies behind was passed over.
std::optional<GradedRun> Planner::next_untried(const RipMap& map, RipProgress& progress) {
  for (; progress.round < options_.tiers.size(); ++progress.round, progress.position = 0) {
    for (const SectorRange& range : options_.tiers[progress.round]) {
      if (range.end() <= progress.position) continue;
      auto run = map.find(std::max(range.first, progress.position), Grade::untried);
      if (!run || run->first >= range.end()) continue;
      run->count = std::min(run->end(), range.end()) - run->first;
      return run;
    }
    if (foresight_) foresight_->restart();
    leap_to_ = 0;
  }
  return map.find(progress.position, Grade::untried);
}

bool Planner::pass_over(std::int64_t block) {
  if (!foresight_) return false;
  if (block < leap_to_) {
    passed_.try_emplace(block, kUnknown);
    return true;
  }
  if (passed_.contains(block)) return true;
  const auto outlook = foresight_->look(block);
  if (!outlook.pass_over) return false;
  passed_.emplace(block, static_cast<float>(outlook.fails));
  foresight_->passed_over(block);
  return true;
}

std::optional<Step> Planner::stream(const RipMap& map, RipProgress& progress) {
  for (;;) {
    const auto run = next_untried(map, progress);
    if (!run) return std::nullopt;
    progress.position = run->first;
    if (!pass_over(block_of(run->first)))
      return Step{.phase = Phase::stream,
                  .round = progress.round,
                  .first = run->first,
                  .count = stream_count(map, *run),
                  .speed_kb_per_s = options_.speeds[0],
                  .effort = early_effort()};
    progress.position += within_block(*run);
  }
}

/// Large reads where nothing threatens, single blocks behind a failure and beside a scratch.
std::uint32_t Planner::stream_count(const RipMap& map, const GradedRun& run) const {
  const std::int64_t block = block_of(run.first);
  const auto tried_and_bad = [&](std::int64_t sector) {
    return sector >= 0 && !is_good(map.at(sector)) && map.at(sector) != Grade::untried;
  };
  if (tried_and_bad(run.first - 1) || run.first < single_until_) return within_block(run);
  std::int64_t end = (run.first / options_.transfer_sectors + 1) * options_.transfer_sectors;
  if (foresight_ && foresight_->following())
    end = std::min(end, (block + foresight_->clear_ahead(block)) * options_.block_sectors);
  return static_cast<std::uint32_t>(std::min(run.end(), end) - run.first);
}

// ---- gather ----

double Planner::likelihood(std::int64_t block) const {
  const auto foreseen = passed_.find(block);
  return neighbours_->fails(block, foreseen == passed_.end() ? kUnknown : foreseen->second);
}

std::optional<Step> Planner::gather(const RipMap& map, RipProgress& progress) {
  if (map.count(Grade::untried) == 0) return std::nullopt;
  if (foresight_ && !neighbours_) {
    neighbours_.emplace(*foresight_, map.sectors() / options_.block_sectors + 1);
    for (const GradedRun& run : map.runs())
      if (is_good(run.grade) || run.grade == Grade::unreadable)
        for (std::int64_t b = block_of(run.first); b <= block_of(run.end() - 1); ++b)
          neighbours_->enter(b, !is_good(run.grade));
  }
  for (;;) {
    const auto run = map.find(progress.position, Grade::untried);
    if (!run) {
      ++progress.round;
      progress.position = 0;
      continue;
    }
    progress.position = run->first;
    std::uint32_t count = within_block(*run);
    const std::int64_t block = block_of(run->first);
    const double level = kLevels[std::min<std::size_t>(progress.round, kLevels.size() - 1)];
    const double fails = neighbours_ ? likelihood(block) : 0;
    if (fails >= level) {
      progress.position += count;
      continue;
    }
    const std::int64_t most =
        run->first < single_until_ ? count : std::min<std::int64_t>(run->count, options_.transfer_sectors);
    for (std::int64_t b = block + 1;
         fails < kSureToRead && count < most && (!neighbours_ || likelihood(b) < kSureToRead); ++b)
      count = static_cast<std::uint32_t>(std::min<std::int64_t>((b + 1) * options_.block_sectors - run->first, most));
    return Step{.phase = Phase::gather,
                .round = progress.round,
                .first = run->first,
                .count = count,
                .speed_kb_per_s = options_.speeds[0],
                .effort = early_effort()};
  }
}

// ---- split ----

/// Forwards from a gap's first edge while that brings something, then backwards from the other, then what is between.
std::optional<Step> Planner::split(const RipMap& map) const {
  const auto run = map.find(0, Grade::untrimmed);
  if (!run) return std::nullopt;
  Step step{.phase = Phase::split,
            .first = run->first,
            .count = within_block(*run),
            .speed_kb_per_s = options_.speeds[0],
            .effort = early_effort(),
            .read_twice = options_.confirm != Confirm::none};
  const bool front_failed = run->first > 0 && map.at(run->first - 1) == Grade::unreadable;
  const bool back_open = run->end() == map.sectors() || is_good(map.at(run->end()));
  if (front_failed && back_open) {
    step.first = std::max(run->first, block_of(run->end() - 1) * options_.block_sectors);
    step.count = static_cast<std::uint32_t>(run->end() - step.first);
  }
  return step;
}

// ---- confirm ----

std::optional<GradedRun> Planner::doubtful(const RipMap& map, std::int64_t position) const {
  const auto drive_in = [&](std::int64_t first, std::int64_t end) -> std::optional<GradedRun> {
    first = std::max(first, position);
    end = std::min(end, map.sectors());
    if (first >= end) return std::nullopt;
    auto run = map.find(first, Grade::drive);
    if (!run || run->first >= end) return std::nullopt;
    run->count = std::min(run->end(), end) - run->first;
    return run;
  };
  if (options_.confirm == Confirm::none) return std::nullopt;
  if (options_.confirm == Confirm::all) return drive_in(position, map.sectors());
  const std::int64_t block = options_.block_sectors;
  for (auto bad = map.find(position - block, Grade::unreadable); bad; bad = map.find(bad->end(), Grade::unreadable)) {
    if (auto run = drive_in(bad->first - block, bad->first)) return run;
    if (auto run = drive_in(bad->end(), bad->end() + block)) return run;
  }
  return std::nullopt;
}

std::optional<Step> Planner::confirm(const RipMap& map, const RipProgress& progress) const {
  const auto run = doubtful(map, progress.position);
  if (!run) return std::nullopt;
  const auto most = static_cast<std::int64_t>(options_.transfer_sectors);
  return Step{.phase = Phase::confirm,
              .first = run->first,
              .count = static_cast<std::uint32_t>(std::min(run->count, most - run->first % most)),
              .speed_kb_per_s = options_.speeds[0],
              .past_cache = options_.confirm == Confirm::near || map.sectors() < kBeyondCaches};
}

// ---- apply ----

void Planner::apply(RipMap& map, RipProgress& progress, const Step& step, const StepResult& result) {
  if (check_) return enter_check(map, step, result);
  progress.position = step.first + step.count;
  if (result.failed)
    enter_failure(map, progress, step, result);
  else {
    enter_readings(map, step, result);
    for (std::int64_t b = block_of(step.first); b <= block_of(step.first + step.count - 1); ++b) see(step, b, false);
  }
  if (named_) judge_named(map);
  if (step.phase == Phase::retry) progress.position = retries_.enter(map, step, result);
}

/// Of what a drive does with a block that it had just failed to read: was it the right one, and did it try longer?
void Planner::enter_check(RipMap& map, const Step& step, const StepResult& result) {
  check_.reset();
  if (result.failed) {
    names_right_ = true;
    map.set(step.first, step.count, Grade::unreadable);
  } else {
    enter_readings(map, step, result);
  }
  if (neighbours_) neighbours_->enter(block_of(step.first), result.failed);
  if (quick_failure_ > 0 && !quick_helps_) quick_helps_ = !result.failed || result.seconds > kLonger * quick_failure_;
}

void Planner::enter_readings(RipMap& map, const Step& step, const StepResult& result) {
  assert(result.grades.size() == step.count);
  const bool one_block = block_of(step.first) == block_of(step.first + step.count - 1);
  for (std::uint32_t i = 0; i < step.count;) {
    std::uint32_t next = i;
    while (next < step.count && result.grades[next] == result.grades[i]) ++next;
    Grade grade = result.grades[i];
    // Nothing comes after the confirming: what is not believed there must not wait for another try.
    if (!is_good(grade)) grade = one_block || step.phase == Phase::confirm ? Grade::unreadable : Grade::untrimmed;
    map.set(step.first + i, next - i, grade);
    i = next;
  }
}

void Planner::enter_failure(RipMap& map, RipProgress& progress, const Step& step, const StepResult& result) {
  if (step.phase == Phase::confirm) return;  // the first reading stands for what it is
  const std::int64_t end = step.first + step.count;
  const bool one_block = block_of(step.first) == block_of(end - 1);
  const bool named = result.failed_at && *result.failed_at >= step.first && *result.failed_at < end;
  if (!one_block && !named) {
    if (result.hung || step.phase == Phase::split || step.phase == Phase::retry) {
      map.set(step.first, step.count, Grade::untrimmed);
    } else {
      single_until_ = end;
      progress.position = step.first;
    }
    return;
  }
  const std::int64_t block = one_block ? block_of(step.first) : block_of(*result.failed_at);
  const std::int64_t from = std::max(block * options_.block_sectors, step.first);
  const std::int64_t until = std::min((block + 1) * options_.block_sectors, end);
  map.set(from, until - from, one_block || names_right_ ? Grade::unreadable : Grade::untrimmed);
  if (!one_block && !names_right_) named_ = Named{{step.first, step.count}, {from, until - from}};
  if (foresight_ && result.seconds > 0) foresight_->failure_takes(result.seconds);
  if (!one_block) progress.position = step.first;  // what lies before the failure comes next
  see(step, block, true);
  if (step.phase != Phase::stream && step.phase != Phase::gather) return;
  const bool quick = step.effort == Effort::quick && !quick_helps_;
  if (quick) quick_failure_ = result.seconds;
  if (quick) check_ = SectorRange{from, until - from};
}

/// Whether the drive named the right block, from what became of the others: no failure is spent on that.
void Planner::judge_named(RipMap& map) {
  const auto [read, blamed] = *named_;
  bool all_read = true;
  for (std::int64_t at = read.first; at < read.end(); ++at) {
    if (at == blamed.first) at = blamed.end();
    if (at >= read.end()) break;
    if (map.at(at) == Grade::untried) return;
    all_read = all_read && is_good(map.at(at));
  }
  named_.reset();
  if (!all_read) return;
  names_right_ = true;
  if (map.at(blamed.first) == Grade::untrimmed) map.set(blamed.first, blamed.count, Grade::unreadable);
}

/// What the foresight may learn from.
void Planner::see(const Step& step, std::int64_t block, bool failed) {
  if (neighbours_) neighbours_->enter(block, failed);
  if (step.phase != Phase::stream || !foresight_) return;
  if (const std::int64_t leap = foresight_->saw(block, failed)) leap_to_ = block + 1 + leap;
}

// ---- going on from a map ----

/// Lets a new planner know what the old one knew: the stream's past, block by block.
void Planner::recall(const RipMap& map, const RipProgress& progress) {
  recalled_ = true;
  retries_.recall(map);
  if (!options_.geometry || !options_.geometry->pitch_mm) return;
  foresight_.emplace(*options_.geometry, map.sectors(), options_.block_sectors);
  if (progress.phase != Phase::stream) return recall_sweep(map, map.sectors());
  for (std::size_t tier = 0; tier < std::min<std::size_t>(progress.round, options_.tiers.size()); ++tier)
    for (const SectorRange& range : options_.tiers[tier])
      for (auto run = map.find(range.first, Grade::untried); run && run->first < range.end();
           run = map.find(run->end(), Grade::untried))
        for (std::int64_t b = block_of(run->first); b <= block_of(std::min(run->end(), range.end()) - 1); ++b)
          passed_.try_emplace(b, kUnknown);
  if (progress.round >= options_.tiers.size()) recall_sweep(map, progress.position);
}

void Planner::recall_sweep(const RipMap& map, std::int64_t end) {
  for (const GradedRun& run : map.runs()) {
    if (run.first >= end) return;
    if (run.grade == Grade::untrimmed || (is_good(run.grade) && !foresight_->following())) continue;
    for (std::int64_t b = block_of(run.first); b <= block_of(std::min(run.end(), end) - 1); ++b) {
      const auto outlook = foresight_->look(b);
      if (run.grade == Grade::untried) {
        if (b * options_.block_sectors >= end) break;
        passed_.try_emplace(b, outlook.pass_over ? static_cast<float>(outlook.fails) : kUnknown);
        foresight_->passed_over(b);
      } else {
        (void)foresight_->saw(b, !is_good(run.grade));
        if (is_good(run.grade) && !foresight_->following()) break;
      }
    }
  }
}

std::int64_t Planner::remaining(const RipMap& map, Phase phase) {
  switch (phase) {
    case Phase::stream:
    case Phase::gather: return map.count(Grade::untried);
    case Phase::split: return map.count(Grade::untrimmed);
    case Phase::retry: return map.count(Grade::unreadable);
    case Phase::confirm: return map.count(Grade::drive);
    case Phase::finished: return 0;
  }
  return 0;
}

}  // namespace pressmark
