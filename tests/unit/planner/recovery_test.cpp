// The planner on a scratched disc: what it foresees, what it learns of the drive, and that it can be cut off anywhere.
#include <gtest/gtest.h>
#include <map>

#include "planner/planner.h"
#include "unit/planner/spiral_disc.h"

namespace pressmark {
namespace {

using Phase = RipProgress::Phase;
using test::SpiralDisc;

/// A drive that fails whole blocks, and gives up ten times sooner when told to, if `honours`.
struct Drive {
  SpiralDisc disc;
  bool honours = true, names = true;
  std::set<std::int64_t> needs_effort;  ///< blocks that read at the usual effort only
  std::vector<Step> steps;
  std::map<std::int64_t, int> failures;  ///< by block

  void carry_out(Planner& planner, RipMap& map, RipProgress& progress, const Step& step) {
    steps.push_back(step);
    const std::vector<Grade> grades(step.count, Grade::drive);
    for (std::int64_t s = step.first; s < step.first + step.count; ++s) {
      const std::int64_t block = s / disc.block_sectors;
      const bool quick = step.effort == Effort::quick && honours;
      if (!disc.dead.contains(block) && !(quick && needs_effort.contains(block))) continue;
      ++failures[block];
      planner.apply(map, progress, step,
                    {.failed = true,
                     .failed_at = names ? std::optional{s} : std::nullopt,
                     .grades = {},
                     .repeated = {},
                     .seconds = quick ? 0.1 : 1.0});
      return;
    }
    planner.apply(map, progress, step,
                  {.failed = false, .failed_at = {}, .grades = grades, .repeated = {}, .seconds = 0.01});
  }
};

PlanOptions options_for(const SpiralDisc& disc) {
  return {.block_sectors = 16,
          .transfer_sectors = 32,
          .retries = 0,
          .speeds = {0},
          .confirm = Confirm::none,
          .geometry = disc.nominal(),
          .tiers = {}};
}

Drive scratched(std::int64_t sectors = 200'000) {
  Drive drive;
  drive.disc.sectors = sectors;
  drive.disc.scratch(24.5, 25.5, 0.3, 1);
  return drive;
}

RipMap play(Drive& drive, const PlanOptions& options) {
  Planner planner{options};
  RipMap map{drive.disc.sectors};
  RipProgress progress;
  while (const auto step = planner.next(map, progress)) drive.carry_out(planner, map, progress, *step);
  return map;
}

void expect_all_but_dead(const RipMap& map, const SpiralDisc& disc) {
  EXPECT_TRUE(map.all_tried());
  for (std::int64_t block = 0; block < disc.sectors / 16; ++block)
    ASSERT_EQ(is_good(map.at(block * 16)), !disc.dead.contains(block)) << block;
}

TEST(Recovery, GetsEverythingBesideTheScratchBeforeMostOfItFails) {
  Drive drive = scratched();
  const RipMap map = play(drive, options_for(drive.disc));
  expect_all_but_dead(map, drive.disc);
  drive.failures.clear();
  const auto all = static_cast<std::size_t>(drive.disc.sectors / 16) - drive.disc.dead.size();
  Planner planner{options_for(drive.disc)};
  RipMap again{drive.disc.sectors};
  RipProgress progress;
  while (static_cast<std::size_t>(again.good() / 16) < all * 99 / 100) {
    const auto step = planner.next(again, progress);
    ASSERT_TRUE(step);
    drive.carry_out(planner, again, progress, *step);
  }
  EXPECT_LT(drive.failures.size(), drive.disc.dead.size() / 5);
}

TEST(Recovery, EveryDeadBlockFailsOnceButForTheFirst) {
  for (const bool names : {true, false}) {
    Drive drive = scratched();
    drive.names = names;
    expect_all_but_dead(play(drive, options_for(drive.disc)), drive.disc);
    std::int64_t failures = 0;
    for (const auto& [block, n] : drive.failures) failures += n;
    EXPECT_LE(failures, static_cast<std::int64_t>(drive.disc.dead.size()) * (names ? 101 : 125) / 100) << names;
  }
}

TEST(Recovery, FindsOutThatADriveGivesUpSooner) {
  Drive drive = scratched();
  PlanOptions options = options_for(drive.disc);
  options.effort = true;
  drive.needs_effort = {100, 5000, 9000};
  const RipMap map = play(drive, options);
  expect_all_but_dead(map, drive.disc);
  std::size_t usual = 0;
  for (const Step& step : drive.steps)
    if (step.phase != Phase::retry && step.effort != Effort::quick) ++usual;
  EXPECT_LE(usual, 2U) << "only the blocks that tell";
}

TEST(Recovery, FindsOutThatADriveDoesNotGiveUpSooner) {
  Drive drive = scratched();
  drive.honours = false;
  PlanOptions options = options_for(drive.disc);
  options.effort = true;
  expect_all_but_dead(play(drive, options), drive.disc);
  std::int64_t failures = 0;
  for (const auto& [block, n] : drive.failures) failures += n;
  EXPECT_LE(failures, static_cast<std::int64_t>(drive.disc.dead.size()) + 3) << "nothing is read again for its sake";
}

TEST(Recovery, TiersAreStreamedInTheirOrder) {
  Drive drive = scratched(50'000);
  drive.disc.dead.clear();
  PlanOptions options = options_for(drive.disc);
  options.tiers = {{{40'000, 64}, {45'008, 32}}, {{1'600, 320}}};
  const RipMap map = play(drive, options);
  EXPECT_EQ(map.good(), 50'000);
  std::vector<std::int64_t> firsts;
  for (const Step& step : drive.steps) firsts.push_back(step.first);
  EXPECT_EQ(firsts[0], 40'000);
  EXPECT_TRUE(std::ranges::find(firsts, 45'008) < std::ranges::find(firsts, 1'600));
  EXPECT_TRUE(std::ranges::find(firsts, 1'600) < std::ranges::find(firsts, 0));
}

/// Cut off anywhere and begun anew from the map alone, the end is the same, and little is paid twice.
TEST(Recovery, CutOffAnywhereItGoesOnToTheSameEnd) {
  Drive whole = scratched();
  PlanOptions options = options_for(whole.disc);
  options.effort = true;
  options.tiers = {{{96'000, 6'400}}};
  const RipMap expected = play(whole, options);
  for (std::size_t every : {211U, 1009U}) {
    Drive drive = scratched();
    MapFile file;
    file.map = RipMap{drive.disc.sectors};
    std::int64_t failures = 0;
    for (bool done = false; !done;) {
      Planner planner{options};
      for (std::size_t i = 0; i < every && !done; ++i) {
        const auto step = planner.next(file.map, file.progress);
        done = !step;
        if (step) drive.carry_out(planner, file.map, file.progress, *step);
      }
      const auto back = parse_mapfile(format_mapfile(file), "cut");
      ASSERT_TRUE(back);
      file.map = back->map;
      file.progress = back->progress;
    }
    EXPECT_EQ(file.map, expected) << every;
    for (const auto& [block, n] : drive.failures) failures += n;
    EXPECT_LT(failures, static_cast<std::int64_t>(drive.disc.dead.size()) * 7 / 2) << every;
  }
}

}  // namespace
}  // namespace pressmark
