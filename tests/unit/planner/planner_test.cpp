#include "planner/planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <vector>

namespace pressmark {
namespace {

using Phase = RipProgress::Phase;
using ::testing::ElementsAre;

/// A disc of which some blocks never read, and a count of what it was asked.
struct PlainDisc {
  std::set<std::int64_t> dead;   // sectors; a read that touches one fails
  bool names_the_sector = true;  // as drives that fill in INFORMATION
  std::set<std::int64_t> wrong;  // sectors that read, but do not pass the checks
  int reads = 0, failures = 0;
  std::vector<Step> steps;
};

struct Work {
  RipMap map;
  RipProgress progress;
};

void work(Planner planner, PlainDisc& disc, Work& run, int most_steps = 100'000) {
  for (int i = 0; i < most_steps; ++i) {
    const auto step = planner.next(run.map, run.progress);
    if (!step) return;
    ++disc.reads;
    disc.steps.push_back(*step);
    const auto bad = disc.dead.lower_bound(step->first);
    if (bad != disc.dead.end() && *bad < step->first + step->count) {
      ++disc.failures;
      planner.apply(run.map, run.progress, *step,
                    {.failed = true,
                     .failed_at = disc.names_the_sector ? std::optional{*bad} : std::nullopt,
                     .grades = {},
                     .repeated = {}});
      continue;
    }
    std::vector<Grade> grades(step->count,
                              step->phase == Phase::confirm || step->read_twice ? Grade::agreed : Grade::drive);
    for (std::uint32_t s = 0; s < step->count; ++s)
      if (disc.wrong.contains(step->first + s)) grades[s] = Grade::unreadable;
    planner.apply(run.map, run.progress, *step, {.failed = false, .failed_at = {}, .grades = grades, .repeated = {}});
  }
  FAIL() << "the planner does not end";
}

std::set<std::int64_t> block(std::int64_t first, std::int64_t count) {
  std::set<std::int64_t> sectors;
  for (std::int64_t s = first; s < first + count; ++s) sectors.insert(s);
  return sectors;
}

const PlanOptions kDvd{
    .block_sectors = 16, .transfer_sectors = 32, .retries = 2, .speeds = {0, 5540}, .confirm = Confirm::near};

TEST(Planner, StreamsASoundDiscInWholeReads) {
  Work run{.map = RipMap{100}};
  PlainDisc disc;
  work(Planner{kDvd}, disc, run);
  EXPECT_EQ(disc.reads, 4);
  for (const Step& step : disc.steps) EXPECT_EQ(step.phase, Phase::stream);
  EXPECT_EQ(disc.steps.back().count, 4U);
  EXPECT_THAT(run.map.runs(), ElementsAre(GradedRun{0, 100, Grade::drive}));
}

TEST(Planner, LeavesOnlyTheDeadBlockUnread) {
  for (const bool named : {true, false}) {
    Work run{.map = RipMap{320}};
    PlainDisc disc{.dead = block(48, 16), .names_the_sector = named};
    work(Planner{kDvd}, disc, run);
    EXPECT_EQ(run.map.count(Grade::unreadable), 16) << named;
    EXPECT_EQ(run.map.at(48), Grade::unreadable);
    EXPECT_EQ(run.map.at(63), Grade::unreadable);
    EXPECT_TRUE(run.map.all_tried());
    // once in the stream (unless its name is told, once more by itself), and in each of the two rounds a sector of it alone and the
    // whole
    EXPECT_EQ(disc.failures, named ? 5 : 6);
  }
}

TEST(Planner, ALongScratchCostsOneFailureABlockWhileStreaming) {
  Work run{.map = RipMap{3200}};
  PlainDisc disc{.dead = block(160, 1600)};
  PlanOptions options = kDvd;
  options.retries = 0;
  work(Planner{options}, disc, run);
  EXPECT_EQ(run.map.count(Grade::unreadable), 1600);
  EXPECT_LE(disc.failures, 100 + 2) << "the first ones tell whether the drive names the right block";
}

TEST(Planner, RetriesAtTheOtherSpeedsPastTheCache) {
  Work run{.map = RipMap{64}};
  PlainDisc disc{.dead = block(16, 16)};
  work(Planner{kDvd}, disc, run);
  std::vector<Step> retries;
  for (const Step& step : disc.steps)
    if (step.phase == Phase::retry && step.count == 16) retries.push_back(step);
  ASSERT_EQ(retries.size(), 2U);
  EXPECT_EQ(retries[0].speed_kb_per_s, 5540U);
  EXPECT_EQ(retries[1].speed_kb_per_s, 0U);
  for (const Step& step : retries) {
    EXPECT_TRUE(step.past_cache);
    EXPECT_TRUE(step.read_twice);
    EXPECT_EQ(step.first, 16);
    EXPECT_EQ(step.count, 16U);
  }
}

TEST(Planner, ConfirmsTheNeighboursOfDamageAndNothingElse) {
  Work run{.map = RipMap{320}};
  PlainDisc disc{.dead = block(160, 16)};
  work(Planner{kDvd}, disc, run);
  EXPECT_THAT(run.map.runs(), ElementsAre(GradedRun{0, 144, Grade::drive}, GradedRun{144, 16, Grade::agreed},
                                          GradedRun{160, 16, Grade::unreadable}, GradedRun{176, 16, Grade::agreed},
                                          GradedRun{192, 128, Grade::drive}));
}

TEST(Planner, ConfirmsAllOrNothingWhenTold) {
  PlanOptions options = kDvd;
  options.confirm = Confirm::all;
  Work all{.map = RipMap{320}};
  PlainDisc disc;
  work(Planner{options}, disc, all);
  EXPECT_EQ(all.map.count(Grade::agreed), 320);
  options.confirm = Confirm::none;
  Work none{.map = RipMap{320}};
  disc = {.dead = block(160, 16)};
  work(Planner{options}, disc, none);
  EXPECT_EQ(none.map.count(Grade::agreed), 0);
}

TEST(Planner, WhatASecondReadingDeniesIsUnreadableAndDoesNotStayHalfTried) {
  PlanOptions options = kDvd;
  options.confirm = Confirm::all;
  Planner planner{options};
  RipMap map{64};
  map.set(0, 64, Grade::drive);
  RipProgress progress{.phase = Phase::confirm};
  while (const auto step = planner.next(map, progress)) {
    std::vector<Grade> grades(step->count, Grade::agreed);
    if (step->first <= 20 && 20 < step->first + step->count)
      grades[static_cast<std::size_t>(20 - step->first)] = Grade::unreadable;
    planner.apply(map, progress, *step, {.failed = false, .failed_at = {}, .grades = grades, .repeated = {}});
  }
  EXPECT_TRUE(map.all_tried());
  EXPECT_EQ(map.at(20), Grade::unreadable);
  EXPECT_EQ(map.count(Grade::agreed), 63);
}

TEST(Planner, SectorsThatReadButDoNotHoldAreTriedByThemselves) {
  const PlanOptions cd{.block_sectors = 1, .transfer_sectors = 27, .retries = 1, .confirm = Confirm::none};
  Work run{.map = RipMap{270}};
  PlainDisc disc{.wrong = {30, 31, 200}};
  work(Planner{cd}, disc, run);
  EXPECT_EQ(run.map.count(Grade::unreadable), 3);
  EXPECT_EQ(run.map.good(), 267);
}

TEST(Planner, ASectorNumberFromOutsideTheReadIsNotBelieved) {
  Planner planner{kDvd};
  RipMap map{64};
  RipProgress progress;
  const auto step = planner.next(map, progress);
  planner.apply(map, progress, *step, {.failed = true, .failed_at = 5000, .grades = {}, .repeated = {}});
  EXPECT_EQ(map.count(Grade::untried), 64);
  EXPECT_EQ(planner.next(map, progress)->count, 16U) << "which of the two it was is found out block by block";
}

TEST(Planner, WhatIsUntriedLateIsStreamedAnew) {
  for (const Phase phase : {Phase::retry, Phase::confirm, Phase::finished}) {
    Work run{.map = RipMap{320}, .progress = {phase, 0, 0}};
    run.map.set(0, 320, Grade::drive);
    run.map.set(64, 32, Grade::untried);
    run.map.set(128, 16, Grade::untrimmed);
    PlainDisc disc;
    work(Planner{kDvd}, disc, run);
    EXPECT_EQ(run.map.good(), 320);
  }
}

TEST(Planner, WhatHungIsPutOff) {
  Planner planner{kDvd};
  RipMap map{64};
  RipProgress progress;
  const auto step = planner.next(map, progress);
  planner.apply(map, progress, *step, {.failed = true, .hung = true, .failed_at = {}, .grades = {}, .repeated = {}});
  EXPECT_EQ(map.count(Grade::untrimmed), 32);
  EXPECT_EQ(planner.next(map, progress)->first, 32);
}

TEST(Planner, ConfirmsPastTheCacheWhatMayStillBeInIt) {
  PlanOptions options = kDvd;
  options.confirm = Confirm::all;
  options.transfer_sectors = 128;
  const auto past_cache = [](const PlainDisc& disc, std::int64_t first, std::int64_t end) {
    return std::ranges::count_if(disc.steps, [&](const Step& s) {
      return s.phase == Phase::confirm && s.first >= first && s.first < end && s.past_cache;
    });
  };
  Work whole{.map = RipMap{100'000}};
  PlainDisc sound;
  work(Planner{options}, sound, whole);
  EXPECT_EQ(past_cache(sound, 0, 100'000), 0) << "the end of the disc was read last";

  Work resumed{.map = RipMap{100'000}, .progress = {Phase::confirm, 0, 0}};
  resumed.map.set(0, 100'000, Grade::drive);
  PlainDisc again;
  work(Planner{options}, again, resumed);
  EXPECT_EQ(past_cache(again, 0, 8192), 64) << "nobody knows what an earlier run read last";
  EXPECT_EQ(past_cache(again, 8192, 100'000), 0);

  // What fails comes into no cache, and drives nothing out of it.
  PlainDisc dead_end;
  for (std::int64_t s = 4096; s < 100'000; ++s) dead_end.dead.insert(s);
  Work ends_early{.map = RipMap{100'000}};
  options.retries = 0;
  work(Planner{options}, dead_end, ends_early);
  EXPECT_EQ(past_cache(dead_end, 0, 4096), 32);
}

TEST(Planner, AGapIsReadFromItsFrontWhileThatReadsThenFromItsBackThenBetween) {
  Work run{.map = RipMap{800}, .progress = {Phase::split, 0, 0}};
  run.map.set(0, 800, Grade::drive);
  run.map.set(160, 320, Grade::untrimmed);
  auto dead = block(192, 16);
  dead.merge(block(432, 16));
  PlainDisc disc{.dead = dead};
  work(Planner{kDvd}, disc, run);
  std::vector<std::int64_t> order;
  for (const Step& step : disc.steps)
    if (step.phase == Phase::split) order.push_back(step.first);
  std::vector<std::int64_t> expected{160, 176, 192, 464, 448, 432};
  for (std::int64_t between = 208; between < 432; between += 16) expected.push_back(between);
  EXPECT_EQ(order, expected);
  EXPECT_EQ(run.map.count(Grade::unreadable), 32);
}

// Whatever is cut off anywhere, the end is the same: the plan follows from map and progress alone.
TEST(Planner, CutOffAnywhereItGoesOnToTheSameEnd) {
  const auto dead = block(40, 30);
  Work whole{.map = RipMap{500}};
  PlainDisc disc{.dead = dead};
  work(Planner{kDvd}, disc, whole);
  const int steps = disc.reads;
  for (int cut = 0; cut < steps; ++cut) {
    Work run{.map = RipMap{500}};
    PlainDisc other{.dead = dead};
    Planner planner{kDvd};
    for (int i = 0; i < cut; ++i) {
      const auto step = planner.next(run.map, run.progress);
      const auto bad = dead.lower_bound(step->first);
      const bool fails = bad != dead.end() && *bad < step->first + step->count;
      const std::vector<Grade> grades(step->count, step->phase == Phase::confirm ? Grade::agreed : Grade::drive);
      planner.apply(
          run.map, run.progress, *step,
          {.failed = fails, .failed_at = fails ? std::optional{*bad} : std::nullopt, .grades = grades, .repeated = {}});
    }
    MapFile file;
    file.map = run.map;
    file.progress = run.progress;
    const auto back = parse_mapfile(format_mapfile(file), "cut");
    ASSERT_TRUE(back);
    Work resumed{.map = back->map, .progress = back->progress};
    work(Planner{kDvd}, other, resumed);
    ASSERT_EQ(resumed.map, whole.map) << "cut after " << cut;
  }
}

}  // namespace
}  // namespace pressmark
