#include "rip/standing.h"

#include <gtest/gtest.h>

namespace pressmark {
namespace {

RipMap map() {
  RipMap made{32};
  made.set(4, 4, Grade::drive);
  made.set(8, 2, Grade::proven);
  made.set(10, 2, Grade::unreadable);
  return made;
}

TEST(Standing, IsWhatWasGoodInTheRange) {
  EXPECT_TRUE(Standing(map(), {0, 4}).empty());
  EXPECT_TRUE(Standing(map(), {10, 22}).empty());
  EXPECT_FALSE(Standing(map(), {0, 5}).empty());
  const Standing good{map(), {5, 4}};
  EXPECT_FALSE(good.holds(4, Grade::unreadable)) << "outside of the range";
  EXPECT_TRUE(good.holds(5, Grade::unreadable));
  EXPECT_TRUE(good.holds(5, Grade::drive)) << "the first of equals";
  EXPECT_FALSE(good.holds(5, Grade::agreed)) << "what is better may come";
  EXPECT_TRUE(good.holds(8, Grade::proven));
  EXPECT_FALSE(good.holds(9, Grade::unreadable)) << "outside of the range";
}

TEST(Standing, ComesBackWhereItHasBecomeWorse) {
  RipMap after = map();
  const Standing good{after, {0, 32}};
  after.set(0, 32, Grade::unreadable);
  after.set(6, 4, Grade::agreed);
  good.restore(after);
  RipMap expected{32};
  expected.set(0, 32, Grade::unreadable);
  expected.set(4, 2, Grade::drive);
  expected.set(6, 2, Grade::agreed);
  expected.set(8, 2, Grade::proven);
  EXPECT_EQ(after, expected);
}

}  // namespace
}  // namespace pressmark
