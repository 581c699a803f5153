#include "pressmark/lba.h"

#include <gtest/gtest.h>

namespace pressmark {
namespace {

// MMC-6 table 618.
TEST(Lba, AndMsfAreTheSamePlace) {
  EXPECT_EQ(to_lba({0, 2, 0}), Lba{0});
  EXPECT_EQ(to_lba({74, 0, 0}), Lba{332850});
  EXPECT_EQ(to_lba({89, 59, 74}), Lba{404849});
  EXPECT_EQ(to_lba({90, 0, 0}), Lba{-45150});
  EXPECT_EQ(to_lba({99, 59, 74}), Lba{-151});
  for (std::int32_t v = -45150; v < 404850; v += 77) ASSERT_EQ(to_lba(to_msf(Lba{v})), Lba{v});
}

TEST(Lba, BcdHasTwoDecimalDigits) {
  EXPECT_EQ(to_bcd(0), 0);
  EXPECT_EQ(to_bcd(59), 0x59);
  EXPECT_EQ(from_bcd(0x74), 74);
  EXPECT_EQ(from_bcd(0x7A), std::nullopt);
  EXPECT_EQ(from_bcd(0xA0), std::nullopt);
}

TEST(Lba, RangesAreHalfOpen) {
  const LbaRange range{Lba{10}, 5};
  EXPECT_TRUE(range.contains(Lba{10}));
  EXPECT_TRUE(range.contains(Lba{14}));
  EXPECT_FALSE(range.contains(Lba{15}));
  EXPECT_EQ(range.end() - range.first, 5);
}

}  // namespace
}  // namespace pressmark
