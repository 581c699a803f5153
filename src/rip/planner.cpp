#include "rip/planner.h"

#include <algorithm>
#include <cassert>

namespace pressmark {
namespace {

using Phase = RipProgress::Phase;

/// A second pass over more than this (128 MiB) finds nothing of the first in any drive's cache, and need not ask every read to
/// go past it, which would cost the drive its read-ahead.
constexpr std::int64_t kBeyondCaches = 65536;

/// The first run of `grade` from `position` on, or else from the start.
std::optional<GradedRun> find_around(const RipMap& map, std::int64_t position, Grade grade) {
  auto run = map.find(position, grade);
  return run ? run : map.find(0, grade);
}

}  // namespace

Planner::Planner(PlanOptions options) : options_(std::move(options)) {
  assert(options_.block_sectors > 0 && !options_.speeds.empty());
  assert(options_.transfer_sectors >= options_.block_sectors &&
         options_.transfer_sectors % options_.block_sectors == 0);
}

std::uint32_t Planner::within_block(const GradedRun& run) const {
  const std::int64_t block_end = (run.first / options_.block_sectors + 1) * options_.block_sectors;
  return static_cast<std::uint32_t>(std::min(run.end(), block_end) - run.first);
}

std::optional<Step> Planner::stream(const RipMap& map, std::int64_t position) const {
  const auto run = find_around(map, position, Grade::untried);
  if (!run) return std::nullopt;
  const bool behind_damage =
      run->first > 0 && !is_good(map.at(run->first - 1)) && map.at(run->first - 1) != Grade::untried;
  std::uint32_t count = within_block(*run);
  if (!behind_damage) {
    const std::int64_t end = (run->first / options_.transfer_sectors + 1) * options_.transfer_sectors;
    count = static_cast<std::uint32_t>(std::min(run->end(), end) - run->first);
  }
  return Step{.phase = Phase::stream, .first = run->first, .count = count, .speed_kb_per_s = options_.speeds[0]};
}

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

std::optional<Step> Planner::next(const RipMap& map, RipProgress& progress) const {
  const auto move_to = [&](Phase phase, std::uint32_t round = 0) { progress = {phase, round, 0}; };
  for (;;) {
    switch (progress.phase) {
      case Phase::stream:
        if (auto step = stream(map, progress.position)) return step;
        move_to(Phase::gather);
        break;
      case Phase::gather: move_to(Phase::split); break;
      case Phase::split:
        if (const auto run = find_around(map, progress.position, Grade::untrimmed))
          return Step{.phase = Phase::split,
                      .first = run->first,
                      .count = within_block(*run),
                      .speed_kb_per_s = options_.speeds[0],
                      .read_twice = options_.confirm != Confirm::none};
        move_to(Phase::retry);
        break;
      case Phase::retry:
        // A resumed rip may have been given more sectors to stream since (a longer disc, a map of another tool).
        if (!map.all_tried()) {
          move_to(Phase::stream);
          break;
        }
        if (progress.round >= options_.retries || map.count(Grade::unreadable) == 0) {
          move_to(Phase::confirm);
          break;
        }
        if (const auto run = map.find(progress.position, Grade::unreadable))
          return Step{.phase = Phase::retry,
                      .round = progress.round,
                      .first = run->first,
                      .count = within_block(*run),
                      .speed_kb_per_s = options_.speeds[(progress.round + 1) % options_.speeds.size()],
                      .past_cache = true,
                      .read_twice = options_.confirm != Confirm::none};
        move_to(Phase::retry, progress.round + 1);
        break;
      case Phase::confirm:
        if (const auto run = doubtful(map, progress.position)) {
          const auto most = static_cast<std::int64_t>(options_.transfer_sectors);
          return Step{.phase = Phase::confirm,
                      .first = run->first,
                      .count = static_cast<std::uint32_t>(std::min(run->count, most - run->first % most)),
                      .speed_kb_per_s = options_.speeds[0],
                      .past_cache = options_.confirm == Confirm::near || map.sectors() < kBeyondCaches};
        }
        move_to(Phase::finished);
        break;
      case Phase::finished: return std::nullopt;
    }
  }
}

void Planner::apply(RipMap& map, RipProgress& progress, const Step& step, const StepResult& result) const {
  const std::int64_t end = step.first + step.count;
  const bool one_block = step.first / options_.block_sectors == (end - 1) / options_.block_sectors;
  progress.position = end;
  if (!result.failed) {
    assert(result.grades.size() == step.count);
    for (std::uint32_t i = 0; i < step.count;) {
      std::uint32_t next = i;
      while (next < step.count && result.grades[next] == result.grades[i]) ++next;
      Grade grade = result.grades[i];
      if (!is_good(grade)) grade = one_block ? Grade::unreadable : Grade::untrimmed;
      map.set(step.first + i, next - i, grade);
      i = next;
    }
    return;
  }
  if (step.phase == Phase::confirm) return;  // the first reading stands for what it is
  if (one_block) {
    map.set(step.first, step.count, Grade::unreadable);
    return;
  }
  if (!result.failed_at || *result.failed_at < step.first || *result.failed_at >= end) {
    map.set(step.first, step.count, Grade::untrimmed);
    return;
  }
  const std::int64_t block = *result.failed_at / options_.block_sectors * options_.block_sectors;
  const std::int64_t from = std::max(block, step.first);
  map.set(from, std::min(block + options_.block_sectors, end) - from, Grade::untrimmed);
  progress.position = step.first;  // what lies before the failure comes next
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
