#include "rip/answers.h"

#include <array>
#include <gtest/gtest.h>

namespace pressmark {
namespace {

constexpr Step kFast{.speed_kb_per_s = 0};
constexpr Step kSlow{.speed_kb_per_s = 704};
constexpr Step kFastSeek{.speed_kb_per_s = 0, .approach = Approach::seek};

TEST(Fingerprint, IsFnv1a) {
  // Vectors of draft-eastlake-fnv.
  EXPECT_EQ(fingerprint({}), 0xCBF29CE484222325U);
  EXPECT_EQ(fingerprint(std::array{std::byte{'a'}}), 0xAF63DC4C8601EC8CU);
}

TEST(Answers, CountsTheOtherWaysThatGaveTheSame) {
  Answers answers;
  EXPECT_EQ(answers.enter(7, 1, kFast), 0);
  EXPECT_EQ(answers.enter(7, 1, kFast), 0) << "the same way again tells nothing";
  EXPECT_EQ(answers.enter(7, 1, kSlow), 1);
  EXPECT_EQ(answers.enter(7, 1, kFastSeek), 2);
  EXPECT_EQ(answers.enter(7, 2, kSlow), 0) << "another answer";
  EXPECT_EQ(answers.enter(8, 1, kSlow), 0) << "another sector";
  Step patient = kSlow;
  patient.effort = Effort::most;
  EXPECT_EQ(answers.enter(7, 2, patient), 0) << "more patience is no other way of coming to the sector";
}

TEST(Answers, RemembersWithinBounds) {
  Answers answers;
  for (std::uint64_t answer = 0; answer < 100; ++answer) answers.enter(0, answer, kFast);
  EXPECT_EQ(answers.enter(0, 0, kSlow), 1);
  EXPECT_EQ(answers.enter(0, 99, kSlow), 0) << "one too many";
  for (std::size_t sector = 0; sector < Answers::kMostSectors; ++sector)
    answers.enter(static_cast<std::int64_t>(sector), 1, kFast);
  EXPECT_EQ(answers.enter(static_cast<std::int64_t>(Answers::kMostSectors) + 5, 1, kFast), 0);
  EXPECT_EQ(answers.enter(static_cast<std::int64_t>(Answers::kMostSectors) + 5, 1, kSlow), 0);
}

TEST(Answers, OfSectorsTooManyToRememberAllAreDisputed) {
  Answers answers;
  answers.dispute(3);
  EXPECT_TRUE(answers.disputed(3));
  EXPECT_FALSE(answers.disputed(4));
  for (std::size_t sector = 10; sector < Answers::kMostSectors + 10; ++sector)
    answers.dispute(static_cast<std::int64_t>(sector));
  EXPECT_TRUE(answers.disputed(4));
}

}  // namespace
}  // namespace pressmark
