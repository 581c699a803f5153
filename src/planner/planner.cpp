#include "planner/planner.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace pressmark {
namespace {

/// A second pass over more than this (128 MiB) finds nothing of the first in any drive's cache, and need not ask every read to
/// go past it, which would cost the drive its read-ahead.
constexpr std::int64_t kBeyondCaches = 65536;
/// But for what was read last, as much as the largest cache holds (16 MiB).
constexpr std::int64_t kMostCached = 8192;

/// Sweeps of the gather phase: blocks that are less likely to fail than this.
constexpr std::array kLevels{0.02, 0.06, 0.15, 0.3, 0.5, 0.7, 0.9, 2.0};
/// Blocks likelier to read than this may be read together.
constexpr double kSureToRead = 0.05;
/// The usual effort must take so much longer than the quick one to be another effort.
constexpr double kLonger = 1.5;

/// No speed is the fastest; a geometry of nothing is none.
PlanOptions usable(PlanOptions options) {
  if (options.speeds.empty()) options.speeds = {0};
  if (options.geometry && (options.geometry->layers.empty() || options.geometry->pitch_mm <= 0))
    options.geometry.reset();
  return options;
}

}  // namespace

Planner::Planner(PlanOptions options)
    : options_(usable(std::move(options))),
      stream_({.block_sectors = options_.block_sectors,
               .transfer_sectors = options_.transfer_sectors,
               .geometry = options_.geometry,
               .tiers = options_.tiers}),
      retries_({.block_sectors = options_.block_sectors,
                .rounds = options_.retries,
                .exhaust = options_.exhaust,
                .effort = options_.effort,
                .read_twice = options_.confirm != Confirm::none,
                .speeds = options_.speeds}) {
  assert(options_.block_sectors > 0);
  assert(options_.transfer_sectors >= options_.block_sectors &&
         options_.transfer_sectors % options_.block_sectors == 0);
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
  if (!std::exchange(recalled_, true)) {
    retries_.recall(map);
    stream_.recall(map, progress);
  }
  if (check_) return check_step(progress);
  const auto move_to = [&](Phase phase) { progress = {phase, 0, 0}; };
  // A resumed rip may have been given more to try since: a longer disc, a map of another tool.
  if (progress.phase >= Phase::retry && !map.all_tried()) {
    stream_.begin_anew();
    neighbours_.reset();
    move_to(Phase::stream);
  }
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

std::optional<Step> Planner::stream(const RipMap& map, RipProgress& progress) {
  const auto range = stream_.next(map, progress);
  if (!range) return std::nullopt;
  return Step{.phase = Phase::stream,
              .round = progress.round,
              .first = range->first,
              .count = static_cast<std::uint32_t>(range->count),
              .speed_kb_per_s = options_.speeds[0],
              .effort = early_effort()};
}

// ---- gather ----

double Planner::likelihood(std::int64_t block) const { return neighbours_->fails(block, stream_.foreseen(block)); }

std::optional<Step> Planner::gather(const RipMap& map, RipProgress& progress) {
  if (map.count(Grade::untried) == 0) return std::nullopt;
  if (stream_.foresight() != nullptr && !neighbours_) {
    neighbours_.emplace(*stream_.foresight(), map.sectors() / options_.block_sectors + 1);
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
        stream_.taken_apart(run->first) ? count : std::min<std::int64_t>(run->count, options_.transfer_sectors);
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
              .past_cache = options_.confirm == Confirm::near || map.sectors() < kBeyondCaches ||
                            lately_.may_hold({run->first, most})};
}

void Planner::Lately::enter(SectorRange range) {
  read_.push_back(range);
  sectors_ += range.count;
  while (sectors_ - read_.front().count >= kMostCached) {
    sectors_ -= read_.front().count;
    read_.pop_front();
  }
}

bool Planner::Lately::may_hold(SectorRange range) const {
  return sectors_ < kMostCached ||
         std::ranges::any_of(
             read_, [&](SectorRange read) { return read.first < range.end() && range.first < read.end(); });
}

// ---- apply ----

void Planner::apply(RipMap& map, RipProgress& progress, const Step& step, const StepResult& result) {
  if (!result.failed) lately_.enter({step.first, step.count});
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
      stream_.take_apart({step.first, step.count});
      progress.position = step.first;
    }
    return;
  }
  const std::int64_t block = one_block ? block_of(step.first) : block_of(*result.failed_at);
  const std::int64_t from = std::max(block * options_.block_sectors, step.first);
  const std::int64_t until = std::min((block + 1) * options_.block_sectors, end);
  map.set(from, until - from, one_block || names_right_ ? Grade::unreadable : Grade::untrimmed);
  if (!one_block && !names_right_) named_ = Named{{step.first, step.count}, {from, until - from}};
  if (result.seconds > 0) stream_.failure_takes(result.seconds);
  if (!one_block) progress.position = step.first;  // what lies before the failure comes next
  see(step, block, true);
  if (step.phase != Phase::stream && step.phase != Phase::gather) return;
  // A hang says nothing of efforts, and is not asked for twice.
  const bool quick = step.effort == Effort::quick && !quick_helps_ && !result.hung;
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
  if (step.phase == Phase::stream) stream_.saw({step.phase, step.round, step.first}, block, failed);
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
