#include "planner/scratch.h"

#include <gtest/gtest.h>

#include "unit/planner/spiral_disc.h"

namespace pressmark {
namespace {

using test::SpiralDisc;

struct Following {
  SpiralDisc disc;
  std::optional<Scratch> scratch;
  int foreseen = 0, surprises = 0, false_alarms = 0;

  Following() { disc.scratch(25, 27, 0.3, 1); }
  [[nodiscard]] BlockSpan span(std::int64_t block) const { return {block * 16, block * 16 + 16}; }

  /// Reads every block up to `end` and counts what was foreseen from the `counted`-th on.
  void read(std::int64_t from, std::int64_t end, std::int64_t counted) {
    for (std::int64_t block = from; block < end; ++block) {
      const bool dead = disc.dead.contains(block);
      if (!scratch) {
        if (!dead) continue;
        const auto at = static_cast<double>(block * 16);
        const double turn = disc.nominal().sectors_per_turn(block * 16);
        const double growth = disc.nominal().growth_per_turn(block * 16);
        scratch.emplace(span(block), ScratchPrior{.spiral = {at, turn, 0.006 * turn, growth, 0.006 * growth}},
                        std::uint64_t{1});
        continue;
      }
      const auto outlook = scratch->look(span(block));
      if (block >= counted) {
        foreseen += dead && outlook.fails > 0.5;
        surprises += dead && outlook.fails < 0.1;
        false_alarms += !dead && outlook.fails > 0.5;
      }
      scratch->saw(span(block), dead);
      scratch->fade(16 / disc.sectors_a_turn(static_cast<double>(block * 16)), 100);
    }
  }
};

TEST(Scratch, ForeseesItsHitsOnceItHasBeenFollowedForAWhile) {
  Following f;
  const std::int64_t first = *f.disc.dead.begin();
  f.read(0, first + 900, first + 300);
  ASSERT_GT(f.foreseen, 100);
  EXPECT_LT(f.surprises, f.foreseen / 20);
  EXPECT_LT(f.false_alarms, f.foreseen / 20);
  EXPECT_GT(f.scratch->alive(), 0.99);
}

TEST(Scratch, LearnsTheLengthOfATurnBetterThanTheNominalValueGivesIt) {
  Following f;
  const std::int64_t first = *f.disc.dead.begin();
  f.read(0, first + 900, first);
  const TurnBelief& belief = f.scratch->belief();
  const double truth = f.disc.sectors_a_turn(belief.at);
  const double nominal = f.disc.nominal().sectors_per_turn(static_cast<std::int64_t>(belief.at));
  EXPECT_LT(std::abs(belief.turn - truth), 0.05 * std::abs(nominal - truth));
}

TEST(Scratch, IsGivenUpWhenItHasEnded) {
  Following f;
  f.read(0, *f.disc.dead.rbegin() + 60, f.disc.sectors);
  EXPECT_LT(f.scratch->alive(), 0.02);
}

TEST(Scratch, ASingleBadBlockIsSoonKnownToBeOne) {
  Following f;
  f.disc.dead = {1000};
  f.read(0, 1012, f.disc.sectors);
  EXPECT_LT(f.scratch->alive(), 0.05);
}

TEST(Scratch, ThinksAgainAfterASurpriseBesideItself) {
  Following f;
  const std::int64_t first = *f.disc.dead.begin();
  f.read(0, first + 600, f.disc.sectors);
  // From here on the scratch lies half a block further: as if guesses had been led astray.
  const auto next = f.disc.dead.lower_bound(first + 600);
  const BlockSpan shifted{*next * 16 + 12, *next * 16 + 28};
  (void)f.scratch->look(shifted);
  EXPECT_LT(f.scratch->distance(shifted), 28);
  f.scratch->rethink(shifted);
  const double turn = f.disc.sectors_a_turn(static_cast<double>(shifted.first));
  const auto step = static_cast<std::int64_t>(turn);
  EXPECT_GT(f.scratch->look({shifted.first + step, shifted.end + step}).fails, 0.3);
}

TEST(Scratch, TheSameBlocksGiveTheSameGuesses) {
  Following one, other;
  one.read(0, 3000, 0);
  other.read(0, 3000, 0);
  EXPECT_EQ(one.scratch->next_at(), other.scratch->next_at());
  EXPECT_EQ(one.scratch->alive(), other.scratch->alive());
}

}  // namespace
}  // namespace pressmark
