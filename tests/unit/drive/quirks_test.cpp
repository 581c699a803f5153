// The quirk tables as the build compiled them in.
#include "drive/quirks.h"

#include <gtest/gtest.h>

namespace pressmark {
namespace {

static_assert(drive::matches("QEMU", "QEMU") && !drive::matches("QEMU", "QEMU2") && !drive::matches("QEMU", ""));
static_assert(drive::matches("DVDR*", "DVDR   PX-716A") && drive::matches("*", "") && !drive::matches("DVDR*", "DVD"));

TEST(Quirks, DoNotBelieveQemusAtapiDriveAboutC2AndSubchannel) {
  EXPECT_TRUE(drive::model_has("QEMU", "QEMU DVD-ROM", Quirk::c2_is_stale));
  EXPECT_TRUE(drive::model_has("QEMU", "QEMU DVD-ROM", Quirk::subchannel_is_stale));
}

TEST(Quirks, SayNothingOfModelsThatAreNotListed) {
  EXPECT_FALSE(drive::model_has("QEMU", "QEMU CD-ROM", Quirk::c2_is_stale));
  EXPECT_FALSE(drive::model_has("", "", Quirk::subchannel_is_stale));
}

TEST(Quirks, EveryRowNamesItsSource) {
  ASSERT_FALSE(drive::quirk_rows().empty());
  for (const auto& row : drive::quirk_rows()) {
    EXPECT_FALSE(row.vendor.empty());
    EXPECT_FALSE(row.product.empty());
    EXPECT_GT(row.source.size(), 20U) << row.product;
    EXPECT_FALSE(to_string(row.quirk).empty());
  }
}

}  // namespace
}  // namespace pressmark
