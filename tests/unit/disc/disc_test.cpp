// Profiles (MMC-6 table 92), ECC blocks, and a disc's layout in words.
#include "pressmark/disc.h"

#include <gtest/gtest.h>

namespace pressmark {
namespace {

TEST(Profile, HasTheStandardsNumberNameAndKind) {
  EXPECT_EQ(profile(0x0008).name, "CD-ROM");
  EXPECT_EQ(profile(0x000A).kind, MediaKind::cd);
  EXPECT_EQ(profile(0x0010).name, "DVD-ROM");
  EXPECT_EQ(profile(0x001B).kind, MediaKind::dvd);
  EXPECT_EQ(profile(0x002B).name, "DVD+R dual layer");
  EXPECT_EQ(profile(0x0040).kind, MediaKind::bd);
  EXPECT_EQ(profile(0x0043).name, "BD-RE");
}

TEST(Profile, NamesDiscsThatCannotBeRead) {
  EXPECT_EQ(profile(0x0050).kind, MediaKind::none);
  EXPECT_EQ(profile(0x0050).name, "HD DVD-ROM");
  EXPECT_EQ(profile(0x1234).name, "unknown profile");
  EXPECT_EQ(profile(0x1234).number, 0x1234);
}

TEST(EccBlock, IsASectorOnCd16OnDvdAnd32OnBd) {
  EXPECT_EQ(ecc_block_sectors(MediaKind::cd), 1U);
  EXPECT_EQ(ecc_block_sectors(MediaKind::dvd), 16U);
  EXPECT_EQ(ecc_block_sectors(MediaKind::bd), 32U);
}

std::string layout(std::initializer_list<int> controls, int sessions = 1) {
  Disc disc{.sessions = static_cast<std::uint8_t>(sessions)};
  for (const int control : controls) disc.tracks.push_back({.control = static_cast<std::uint8_t>(control)});
  return describe_layout(disc);
}

TEST(Layout, IsWhatAPersonWouldCallIt) {
  EXPECT_EQ(layout({4}), "one data track");
  EXPECT_EQ(layout({0, 2}), "two audio tracks");
  EXPECT_EQ(layout({4, 0, 0}), "two audio tracks and one data track");
  EXPECT_EQ(layout({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4}, 2), "11 audio tracks and one data track in two sessions");
  EXPECT_EQ(layout({}), "no data tracks");
}

}  // namespace
}  // namespace pressmark
