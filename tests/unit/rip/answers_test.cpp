#include "rip/answers.h"

#include <array>
#include <gtest/gtest.h>
#include <set>

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

TEST(Answers, DisputesAreTheSectorsNamedAndNoOther) {
  Answers answers;
  std::set<std::int64_t> named;
  std::uint32_t seed = 1;
  const auto draw = [&](std::uint32_t below) {
    return std::int64_t{((seed = seed * 1664525 + 1013904223) >> 8) % below};
  };
  for (int i = 0; i < 200; ++i) {
    const SectorRange range{draw(1000), draw(6)};
    answers.dispute(range);
    for (std::int64_t s = range.first; s < range.end(); ++s) named.insert(s);
    for (std::int64_t s = 0; s < 1010; ++s) ASSERT_EQ(answers.disputed(s), named.contains(s)) << s << " after " << i;
  }
}

TEST(Answers, HoweverManyAreDisputedOthersAreNot) {
  Answers answers;
  const auto many = static_cast<std::int64_t>(Answers::kMostSectors) + 10;
  for (std::int64_t i = 0; i < many; ++i) answers.dispute({2 * i, 1});
  EXPECT_FALSE(answers.disputed(1));
  EXPECT_FALSE(answers.disputed(2 * many + 1));
  EXPECT_TRUE(answers.disputed(2 * many - 2));
}

}  // namespace
}  // namespace pressmark
