#include "planner/neighbours.h"

#include <gtest/gtest.h>

#include "unit/planner/spiral_disc.h"

namespace pressmark {
namespace {

using test::SpiralDisc;

struct Gathering {
  SpiralDisc disc;
  Foresight foresight;
  Neighbours neighbours;

  /// Nominal values are the true ones here: what is asked is what a neighbourhood tells, not what a spiral is like.
  Gathering()
      : disc(make()), foresight(disc.nominal(), disc.sectors, 16), neighbours(foresight, disc.sectors / 16 + 1) {}
  static SpiralDisc make() {
    SpiralDisc disc;
    disc.pitch_mm = 0.00074;
    disc.sector_mm = 5.157;
    disc.scratch(25, 26, 0.37, 1);
    return disc;
  }
  /// All but one block in `leave_out` is known around the middle of the scratch.
  void know_around(std::int64_t middle, const std::set<std::int64_t>& leave_out) {
    for (std::int64_t b = middle - 200; b < middle + 200; ++b)
      if (!leave_out.contains(b)) neighbours.enter(b, disc.dead.contains(b));
  }
};

TEST(Neighbours, TellTheBlockInTheScratchFromTheOneBesideIt) {
  Gathering g;
  int right = 0, asked = 0;
  const std::vector<std::int64_t> dead(g.disc.dead.begin(), g.disc.dead.end());
  for (std::size_t i = dead.size() / 2; i < dead.size() / 2 + 40; ++i) {
    const std::int64_t block = dead[i], beside = block + 1;
    if (g.disc.dead.contains(beside)) continue;
    Gathering fresh;
    fresh.know_around(block, {block, beside});
    ++asked;
    right += fresh.neighbours.fails(block, 0.5) > fresh.neighbours.fails(beside, 0.5);
  }
  ASSERT_GT(asked, 20);
  EXPECT_GE(right, asked * 9 / 10);
}

TEST(Neighbours, WhereEverythingAroundReadABlockIsExpectedToRead) {
  Gathering g;
  for (std::int64_t b = 30'000; b < 30'400; ++b)
    if (b != 30'200) g.neighbours.enter(b, false);
  EXPECT_LT(g.neighbours.fails(30'200, 0.9), 0.05);
}

TEST(Neighbours, WhereEverythingAroundFailedABlockIsExpectedToFail) {
  Gathering g;
  for (std::int64_t b = 30'000; b < 30'400; ++b)
    if (b != 30'200) g.neighbours.enter(b, true);
  EXPECT_GT(g.neighbours.fails(30'200, 0.2), 0.7);
}

TEST(Neighbours, WithoutNeighboursTheForesightStands) {
  Gathering g;
  EXPECT_NEAR(g.neighbours.fails(20'000, 0.4), 0.4, 0.05);
}

}  // namespace
}  // namespace pressmark
