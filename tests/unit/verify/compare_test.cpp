#include <gtest/gtest.h>

#include "pressmark/verify.h"

#include "memory_file.h"

namespace pressmark {
namespace {

Comparison compared(std::vector<std::byte> bytes, std::vector<std::byte> other) {
  MemoryFile a{std::move(bytes)};
  MemoryFile b{std::move(other)};
  const auto result = compare(a, b);
  EXPECT_TRUE(result);
  return result.value_or(Comparison{});
}

TEST(CompareTest, EqualImagesAreEqual) {
  const Comparison result = compared(pattern(1'000'000), pattern(1'000'000));
  EXPECT_TRUE(result.equal());
  EXPECT_FALSE(result.first_difference);
  EXPECT_TRUE(result.different.empty());
  EXPECT_TRUE(compared({}, {}).equal());
}

TEST(CompareTest, DifferencesAreSectorsInRangesAndTheFirstByte) {
  const auto bytes = pattern(1000 * 2048);
  auto other = bytes;
  for (std::size_t at : {10U * 2048 + 5, 11U * 2048, 12U * 2048 + 2047, 127U * 2048, 128U * 2048, 999U * 2048 + 2047})
    other[at] ^= std::byte{1};
  const Comparison result = compared(bytes, other);
  EXPECT_FALSE(result.equal());
  EXPECT_EQ(result.first_difference, 10U * 2048 + 5);
  EXPECT_EQ(result.different.sectors, 6);
  // 127 and 128 lie in different pieces and are still one range.
  EXPECT_EQ(result.different.ranges, (std::vector<LbaRange>{{Lba{10}, 3}, {Lba{127}, 2}, {Lba{999}, 1}}));
}

TEST(CompareTest, ALongerImageIsNotEqualAndItsTailIsNotADifference) {
  for (std::size_t extra : {1U, 2048U, 600'000U}) {
    const Comparison result = compared(pattern(500'000), pattern(500'000 + extra));
    EXPECT_FALSE(result.equal());
    EXPECT_EQ(result.bytes, 500'000U);
    EXPECT_EQ(result.other_bytes, 500'000U + extra);
    EXPECT_FALSE(result.first_difference);
    EXPECT_FALSE(compared(pattern(500'000 + extra), pattern(500'000)).equal());
  }
}

TEST(CompareTest, ADifferenceInACutLastSectorIsFound) {
  auto other = pattern(3 * 2048 + 10);
  other.back() ^= std::byte{0x80};
  const Comparison result = compared(pattern(3 * 2048 + 10), other);
  EXPECT_EQ(result.first_difference, 3U * 2048 + 9);
  EXPECT_EQ(result.different.ranges, (std::vector<LbaRange>{{Lba{3}, 1}}));
}

TEST(CompareTest, AFileThatShrinksIsAnErrorNotADifference) {
  MemoryFile a{pattern(4096)};
  MemoryFile b{pattern(2048)};
  b.claimed_size = 4096;
  EXPECT_EQ(compare(a, b).error().kind, ErrorKind::io);
}

TEST(CompareTest, CanBeStopped) {
  MemoryFile a{pattern(1'000'000)};
  MemoryFile b{pattern(1'000'000)};
  EXPECT_EQ(compare(a, b, {.progress = [](const VerifyProgress&) { return false; }}).error().kind,
            ErrorKind::interrupted);
}

TEST(SectorRangesTest, TouchingRangesAreOne) {
  SectorRanges ranges;
  ranges.add({Lba{5}, 2});
  ranges.add({Lba{7}, 1});
  ranges.add({Lba{9}, 1});
  ranges.add({Lba{9}, 0});
  EXPECT_EQ(ranges.ranges, (std::vector<LbaRange>{{Lba{5}, 3}, {Lba{9}, 1}}));
  EXPECT_EQ(ranges.sectors, 4);
}

TEST(SectorRangesTest, TheListIsBoundedAndTheCountIsNot) {
  SectorRanges ranges;
  const auto most = static_cast<std::int64_t>(SectorRanges::kMostRanges);
  for (std::int64_t i = 0; i < most + 3; ++i) ranges.add({Lba{2 * i}, 1});
  ranges.add({Lba{2 * (most + 2) + 1}, 1});  // goes on from one that is left out
  EXPECT_EQ(ranges.ranges.size(), SectorRanges::kMostRanges);
  EXPECT_EQ(ranges.ranges.back(), (LbaRange{Lba{2 * (most - 1)}, 1}));
  EXPECT_EQ(ranges.ranges_omitted, 3U);
  EXPECT_EQ(ranges.sectors, most + 4);
}

}  // namespace
}  // namespace pressmark
