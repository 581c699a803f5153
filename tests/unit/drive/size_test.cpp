// Which opinion on a disc's size is gone by, and how the others are named.
#include "drive/size.h"

#include <gmock/gmock.h>

namespace pressmark {
namespace {

using drive::decide_size;
using testing::HasSubstr;
using Opinions = std::vector<SizeOpinion>;

const Profile kCd = profile(0x0008), kCdR = profile(0x0009), kDvd = profile(0x0010), kDvdR = profile(0x001B),
              kBd = profile(0x0040);

TEST(DiscSize, OfACdIsItsLeadOut) {
  const auto size = decide_size(kCd, Opinions{{"READ CAPACITY", 300000}, {"TOC lead-out", 300000}});
  ASSERT_TRUE(size.has_value());
  EXPECT_EQ(size->sectors, 300000);
  EXPECT_EQ(size->reason, "TOC lead-out; nothing contradicts it");
}

TEST(DiscSize, NamesTheOpinionsThatDiffer) {
  const auto size = decide_size(kCdR, Opinions{{"READ CAPACITY", 299998}, {"TOC lead-out", 300000}});
  ASSERT_TRUE(size.has_value());
  EXPECT_EQ(size->sectors, 300000);
  EXPECT_EQ(size->reason, "TOC lead-out; READ CAPACITY says 299998");
}

TEST(DiscSize, OfADvdIsReadCapacity) {
  const auto size =
      decide_size(kDvdR, Opinions{{"READ CAPACITY", 2000000}, {"TOC lead-out", 2000016}, {"PFI", 2295104}});
  ASSERT_TRUE(size.has_value());
  EXPECT_EQ(size->sectors, 2000000);
}

TEST(DiscSize, IsNeverEnlargedByAFileSystemAlone) {
  for (const Profile& p : {kCd, kDvd, kDvdR, kBd}) {
    const auto size = decide_size(p, Opinions{{"READ CAPACITY", 100000}, {"ISO 9660", 200000}, {"UDF", 200000}});
    ASSERT_TRUE(size.has_value());
    EXPECT_EQ(size->sectors, 100000) << p.name;
    EXPECT_THAT(size->reason, HasSubstr("ISO 9660 says 200000")) << p.name;
  }
}

TEST(DiscSize, IsNotDoubtedBecauseAFileSystemEndsEarlier) {
  const auto size = decide_size(kCd, Opinions{{"TOC lead-out", 300000}, {"ISO 9660", 299850}});
  EXPECT_EQ(size->reason, "TOC lead-out; nothing contradicts it");
}

TEST(DiscSize, FindsTheSecondLayerOfAPressedDvdByPfiAndContent) {
  const auto size = decide_size(kDvd, Opinions{{"READ CAPACITY", 2086912}, {"PFI", 4173824}, {"ISO 9660", 4170000}});
  ASSERT_TRUE(size.has_value());
  EXPECT_EQ(size->sectors, 4173824);
  EXPECT_THAT(size->reason, HasSubstr("PFI, as the content reaches past what the drive counts"));
}

TEST(DiscSize, DoesNotBelieveThePfiAlone) {
  EXPECT_EQ(decide_size(kDvd, Opinions{{"READ CAPACITY", 2086912}, {"PFI", 4173824}})->sectors, 2086912);
}

TEST(DiscSize, DoesNotBelieveThePfiOfARecordable) {
  EXPECT_EQ(decide_size(kDvdR, Opinions{{"READ CAPACITY", 2000000}, {"PFI", 2295104}, {"UDF", 2200000}})->sectors,
            2000000);
}

TEST(DiscSize, PassesOverWhatNoDiscOfTheKindCanHave) {
  const auto size = decide_size(kCd, Opinions{{"READ CAPACITY", 300000}, {"TOC lead-out", 4294967296}});
  ASSERT_TRUE(size.has_value());
  EXPECT_EQ(size->sectors, 300000);
  EXPECT_EQ(decide_size(kDvd, Opinions{{"READ CAPACITY", 0}, {"READ TRACK INFORMATION", 500000}})->sectors, 500000);
}

TEST(DiscSize, IsUnknownWhenOnlyAFileSystemTellsIt) {
  const auto size = decide_size(kDvd, Opinions{{"ISO 9660", 200000}});
  ASSERT_FALSE(size.has_value());
  EXPECT_EQ(size.error().kind, ErrorKind::unsupported);
}

}  // namespace
}  // namespace pressmark
