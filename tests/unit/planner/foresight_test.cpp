#include "planner/foresight.h"

#include <gtest/gtest.h>

#include "unit/planner/spiral_disc.h"

namespace pressmark {
namespace {

using test::SpiralDisc;

struct Swept {
  int failures = 0, passed_dead = 0, passed_good = 0, leaps = 0;
};

/// One sweep over the disc, as the stream makes it, block by block.
Swept sweep(const SpiralDisc& disc, Foresight& foresight) {
  Swept swept;
  const std::int64_t blocks = disc.sectors / disc.block_sectors;
  for (std::int64_t block = 0; block < blocks; ++block) {
    const bool dead = disc.dead.contains(block);
    if (foresight.look(block).pass_over) {
      foresight.passed_over(block);
      ++(dead ? swept.passed_dead : swept.passed_good);
      continue;
    }
    swept.failures += dead;
    const std::int64_t leap = foresight.saw(block, dead);
    for (std::int64_t b = block + 1; b <= block + leap && b < blocks; ++b)
      ++(disc.dead.contains(b) ? swept.passed_dead : swept.passed_good);
    swept.leaps += leap > 0;
    block += leap;
  }
  return swept;
}

TEST(Foresight, NothingIsPassedOverOnASoundDisc) {
  const SpiralDisc disc;
  Foresight foresight{disc.nominal(), disc.sectors, 16};
  const Swept swept = sweep(disc, foresight);
  EXPECT_EQ(swept.passed_good, 0);
  EXPECT_FALSE(foresight.following());
}

TEST(Foresight, OneScratchCostsAFewFailuresInsteadOfThousands) {
  SpiralDisc disc;
  disc.scratch(25, 30, 0.7, 1);
  ASSERT_GT(disc.dead.size(), 5000U);
  Foresight foresight{disc.nominal(), disc.sectors, 16};
  const Swept swept = sweep(disc, foresight);
  EXPECT_LT(swept.failures, 150);
  EXPECT_LT(swept.passed_good, static_cast<int>(disc.dead.size()) / 4);
  EXPECT_EQ(swept.leaps, 0);
}

TEST(Foresight, TwoScratchesAtOnceAreFollowedBoth) {
  SpiralDisc disc;
  disc.scratch(25, 29, 0.1, 1);
  disc.scratch(26, 30, 0.6, 1);
  Foresight foresight{disc.nominal(), disc.sectors, 16};
  const Swept swept = sweep(disc, foresight);
  EXPECT_LT(swept.failures, static_cast<int>(disc.dead.size()) / 20);
}

TEST(Foresight, SingleBadBlocksAreNotMistakenForScratches) {
  SpiralDisc disc;
  for (std::int64_t block = 500; block < 37'000; block += 731) disc.dead.insert(block);
  Foresight foresight{disc.nominal(), disc.sectors, 16};
  const Swept swept = sweep(disc, foresight);
  EXPECT_EQ(swept.failures, static_cast<int>(disc.dead.size()));
  EXPECT_LT(swept.passed_good, 15 * static_cast<int>(disc.dead.size())) << "some are, for a few turns";
}

TEST(Foresight, DenseDamageWithoutAPeriodIsLeaptOver) {
  SpiralDisc disc;
  std::uint32_t chance = 1;
  for (std::int64_t block = 10'000; block < 14'000; ++block)
    if ((chance = chance * 1664525 + 1013904223) >> 31U) disc.dead.insert(block);
  Foresight foresight{disc.nominal(), disc.sectors, 16};
  const Swept swept = sweep(disc, foresight);
  EXPECT_GT(swept.leaps, 0);
  EXPECT_LT(swept.failures, static_cast<int>(disc.dead.size()) / 8);
}

/// The scratch lies on the surface: on the other layer, read the other way, its first hit is enough.
TEST(Foresight, AScratchMetOnOneLayerIsExpectedOnTheOther) {
  SpiralDisc disc;
  disc.scratch(25, 28, 0.4, 1);
  const std::int64_t layer = disc.sectors;
  std::set<std::int64_t> both = disc.dead;
  for (const std::int64_t block : disc.dead) both.insert(2 * layer / 16 - 1 - block);
  DiscGeometry geometry = disc.nominal();
  geometry.layers.push_back({.first = layer, .sectors = layer, .inwards = true, .outer = layer});
  const auto failures = [&](const std::set<std::int64_t>& dead) {
    SpiralDisc two = disc;
    two.sectors = 2 * layer;
    two.dead = dead;
    Foresight foresight{geometry, two.sectors, 16};
    return sweep(two, foresight).failures;
  };
  std::set<std::int64_t> second_only = both;
  for (const std::int64_t block : disc.dead) second_only.erase(block);
  const int first = failures(disc.dead), second = failures(second_only), together = failures(both);
  EXPECT_LT(together, first + second);
}

TEST(Foresight, TurnsAndBlocksAreEachOthersInverse) {
  SpiralDisc disc;
  disc.scratch(25, 26, 0.4, 1);
  Foresight foresight{disc.nominal(), disc.sectors, 16};
  (void)sweep(disc, foresight);
  for (const std::int64_t block : {0L, 17L, 9'999L, 37'000L})
    EXPECT_EQ(foresight.block_at(foresight.turns_at(block), 0), block);
}

}  // namespace
}  // namespace pressmark
