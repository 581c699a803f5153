#include "planner/retries.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <tuple>
#include <vector>

namespace pressmark {
namespace {

using Phase = RipProgress::Phase;
using Way = std::tuple<std::uint32_t, Approach, Effort>;

struct Phased {
  RipMap map;
  RipProgress progress{Phase::retry, 0, 0};
  std::vector<Step> steps;
};

/// Carries out the phase; `reads` says what comes of a step.
template <class Reads>
void play(Retries retries, Phased& phase, Reads reads, bool longer = false) {
  std::vector<Grade> good, bad;
  for (int i = 0; i < 200'000; ++i) {
    const auto step = retries.next(phase.map, phase.progress, longer);
    if (!step) return;
    ASSERT_EQ(step, retries.next(phase.map, phase.progress, longer)) << "asked twice, it says the same";
    phase.steps.push_back(*step);
    const bool read = reads(*step);
    good.assign(step->count, Grade::drive);
    if (read) phase.map.set(step->first, step->count, Grade::drive);
    phase.progress.position = retries.enter(phase.map, *step,
                                            {.failed = !read,
                                             .failed_at = {},
                                             .grades = read ? std::span<const Grade>{good} : std::span<const Grade>{},
                                             .repeated = {}});
  }
  FAIL() << "the phase does not end";
}

Phased with_bad(std::int64_t blocks, std::int64_t bad_first, std::int64_t bad_count, std::int64_t apart = 1) {
  Phased phase{.map = RipMap{blocks * 16}, .steps = {}};
  phase.map.set(0, blocks * 16, Grade::drive);
  for (std::int64_t b = bad_first; b < bad_first + bad_count * apart; b += apart)
    phase.map.set(b * 16, 16, Grade::unreadable);
  return phase;
}

const RetryOptions kThreeSpeeds{.block_sectors = 16, .rounds = 4, .speeds = {0, 1385, 5540}};

TEST(Retries, EachRoundIsAnotherWay) {
  Phased phase = with_bad(100, 50, 1);
  play(Retries{kThreeSpeeds}, phase, [](const Step&) { return false; });
  std::set<Way> ways;
  int whole = 0;
  for (const Step& step : phase.steps) {
    if (step.count != 16) continue;
    ++whole;
    EXPECT_TRUE(step.past_cache);
    EXPECT_TRUE(ways.emplace(step.speed_kb_per_s, step.approach, step.effort).second) << "the same read unchanged";
  }
  EXPECT_EQ(whole, 4);
}

TEST(Retries, AWayThatHelpsIsTriedOnEverything) {
  Phased phase = with_bad(4000, 100, 1000, 3);
  play(Retries{kThreeSpeeds}, phase, [](const Step& s) { return s.count == 16 && s.speed_kb_per_s == 5540; });
  EXPECT_EQ(phase.map.count(Grade::unreadable), 0);
}

TEST(Retries, WaysThatBringNothingAreNotTriedOnEverything) {
  Phased phase = with_bad(4000, 100, 1000, 3);
  play(Retries{kThreeSpeeds}, phase, [](const Step&) { return false; });
  EXPECT_LT(phase.steps.size(), 4 * 1000U / 10);
  EXPECT_GT(phase.steps.size(), 4 * 12U);
}

TEST(Retries, ExhaustingTriesEveryWayOnEverything) {
  RetryOptions options = kThreeSpeeds;
  options.exhaust = true;
  Phased phase = with_bad(4000, 100, 300, 3);
  std::map<std::int64_t, std::set<Way>> ways;
  play(Retries{options}, phase, [&](const Step& s) {
    if (s.count == 16) ways[s.first].emplace(s.speed_kb_per_s, s.approach, s.effort);
    return false;
  });
  ASSERT_EQ(ways.size(), 300U);
  for (const auto& [first, seen] : ways)
    EXPECT_EQ(seen.size(), 6U) << first;  // 3 by seek, 2 slower in passing, 1 after a stop
}

TEST(Retries, TheDrivesOwnEffortComesFirstWhereItWasTurnedDown) {
  RetryOptions options = kThreeSpeeds;
  options.effort = true;
  options.rounds = 0;
  Phased phase = with_bad(4000, 100, 200, 2);
  std::set<std::int64_t> read;
  play(
      Retries{options}, phase,
      [&](const Step& s) {
        EXPECT_EQ(s.effort, Effort::usual);
        if (s.count == 16) read.insert(s.first);
        return false;
      },
      true);
  EXPECT_EQ(read.size(), 200U) << "each once, though no retries were asked for";
}

TEST(Retries, AStoppedAndStartedDiscIsForAFewBlocksOnly) {
  const auto spin_ups = [](std::int64_t bad) {
    RetryOptions options = kThreeSpeeds;
    options.rounds = 255;
    Phased phase = with_bad(4000, 100, bad, 3);
    play(Retries{options}, phase, [](const Step&) { return false; });
    return std::ranges::count(phase.steps, Approach::spin_up, &Step::approach);
  };
  EXPECT_EQ(spin_ups(20), 20);
  EXPECT_EQ(spin_ups(200), 0);
}

TEST(Retries, SectorsAreReadOneByOneWhereADriveGivesThem) {
  const std::set<std::int64_t> bad_sectors{1600, 1601};
  Phased phase = with_bad(400, 100, 5);
  play(Retries{kThreeSpeeds}, phase, [&](const Step& s) {
    for (std::int64_t at = s.first; at < s.first + s.count; ++at)
      if (bad_sectors.contains(at) || at % 16 == 3) return false;
    return true;
  });
  EXPECT_EQ(phase.map.count(Grade::unreadable), 5 + 2);
}

TEST(Retries, ABlockWithOneBadSectorTeachesNothingOfSingles) {
  Phased phase = with_bad(400, 100, 3);
  phase.map.set(1600, 7, Grade::drive);
  phase.map.set(1608, 8, Grade::drive);  // of the first only 1607 is bad
  Retries retries{kThreeSpeeds};
  const auto step = retries.next(phase.map, phase.progress, false);
  ASSERT_EQ(step->first, 1607);
  phase.progress.position =
      retries.enter(phase.map, *step, {.failed = true, .failed_at = {}, .grades = {}, .repeated = {}});
  EXPECT_EQ(retries.next(phase.map, phase.progress, false)->first, 1616 + 8)
      << "the next block's middle, not the same again";
}

TEST(Retries, WhereBlocksFailWholeFewSingleSectorsAreAskedFor) {
  Phased phase = with_bad(4000, 100, 100, 3);
  play(Retries{kThreeSpeeds}, phase, [](const Step&) { return false; });
  EXPECT_LE(std::ranges::count(phase.steps, 1U, &Step::count), 3);
}

TEST(Retries, ABlockThatIsGoodInPartFromOtherTimesIsReadInPiecesAndNoOther) {
  Phased phase = with_bad(4000, 100, 50, 3);
  phase.map.set(1600 + 5, 2, Grade::drive);
  play(Retries{{.block_sectors = 16, .rounds = 1, .speeds = {0, 5540}}}, phase, [](const Step&) { return false; });
  const auto piece = [](const Step& s) { return s.count == 1 && s.first < 1616; };
  EXPECT_EQ(std::ranges::count_if(phase.steps, piece), 14);
  EXPECT_LE(std::ranges::count(phase.steps, 1U, &Step::count), 14 + 3);
}

TEST(Retries, ASectorWhoseAnswersRepeatIsLeft) {
  Retries retries{{.block_sectors = 1, .rounds = 4, .speeds = {0, 176}}};
  RipMap map{100};
  map.set(0, 100, Grade::proven);
  map.set(40, 1, Grade::unreadable);
  RipProgress progress{Phase::retry, 0, 0};
  const std::vector<Grade> wrong{Grade::unreadable};
  const std::vector<std::uint8_t> anew{0}, again{1};
  int steps = 0;
  while (const auto step = retries.next(map, progress, false)) {
    ++steps;
    progress.position = retries.enter(
        map, *step, {.failed = false, .failed_at = {}, .grades = wrong, .repeated = steps == 2 ? again : anew});
  }
  EXPECT_EQ(steps, 2);
  EXPECT_EQ(retries.settled_blocks(), 1);
}

}  // namespace
}  // namespace pressmark
