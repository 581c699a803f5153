#include "files/tiers.h"

#include <gmock/gmock.h>

#include "unit/files/iso_image.h"

namespace pressmark::files {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Volume volume_of(const std::vector<IsoRecordToWrite>& records) {
  IsoImage made{300};
  made.directory(IsoImage::kRoot, records);
  return *made.finish().walk();
}

TEST(TiersTest, StructuresThenWantedThenOthers) {
  const Volume volume =
      volume_of({{"A", 200, 2048, 0, ""}, {"B", 100, 4096, 0, ""}, {"C", 102, 2048, 0, ""}, {"D", 250, 1, 0, ""}});
  const Tiers tiers = tiers_of(volume, {.want = {"a", "nothing"}, .sectors = 300});
  ASSERT_THAT(tiers.ranges, SizeIs(3));
  EXPECT_THAT(tiers.ranges[0], ElementsAre(SectorRange{0, 18}, SectorRange{20, 1}));
  EXPECT_THAT(tiers.ranges[1], ElementsAre(SectorRange{200, 1}));
  EXPECT_THAT(tiers.ranges[2], ElementsAre(SectorRange{100, 3}, SectorRange{250, 1})) << "neighbours are one range";
  EXPECT_THAT(tiers.wanted, ElementsAre(true, false, false, false));
  EXPECT_THAT(tiers.unmatched, ElementsAre("nothing"));
}

TEST(TiersTest, WholeBlocksOnceEach) {
  const Volume volume =
      volume_of({{"A", 33, 2048, 0, ""}, {"B", 40, 20 * 2048, 0, ""}, {"C", 290, 2048, 0, ""}, {"D", 24, 1, 0, ""}});
  const Tiers tiers = tiers_of(volume, {.want = {"A"}, .sectors = 300, .block_sectors = 16});
  EXPECT_THAT(tiers.ranges[0], ElementsAre(SectorRange{0, 32})) << "D lies in a structure's block";
  EXPECT_THAT(tiers.ranges[1], ElementsAre(SectorRange{32, 16}));
  EXPECT_THAT(tiers.ranges[2], ElementsAre(SectorRange{48, 16}, SectorRange{288, 12}))
      << "the last block ends with the image";
}

TEST(TiersTest, OthersAroundWantedOnes) {
  const Volume volume =
      volume_of({{"BIG", 50, 100 * 2048, 0, ""}, {"IN", 60, 10 * 2048, 0, ""}, {"ON", 140, 20 * 2048, 0, ""}});
  const Tiers tiers = tiers_of(volume, {.want = {"in", "on"}, .sectors = 300});
  EXPECT_THAT(tiers.ranges[1], ElementsAre(SectorRange{60, 10}, SectorRange{140, 20}));
  EXPECT_THAT(tiers.ranges[2], ElementsAre(SectorRange{50, 10}, SectorRange{70, 70}));
}

TEST(TiersTest, EveryPathOfAFileCounts) {
  const Volume volume = volume_of({{"A", 100, 2048, 0, ""}, {"B", 100, 2048, 0, ""}});
  EXPECT_THAT(tiers_of(volume, {.want = {"B"}, .sectors = 300}).ranges[1], ElementsAre(SectorRange{100, 1}));
}

TEST(TiersTest, NothingIsThreeEmptyTiers) {
  const Tiers tiers = tiers_of(Volume{}, {.want = {}, .sectors = 300, .block_sectors = 16});
  EXPECT_THAT(tiers.ranges, ElementsAre(IsEmpty(), IsEmpty(), IsEmpty()));
}

}  // namespace
}  // namespace pressmark::files
