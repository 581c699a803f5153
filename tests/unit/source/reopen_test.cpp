// A drive that comes back: at its old path, or not; itself, or another.
#include "source/reopen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pressmark/simulated.h"
#include "pressmark/source.h"

namespace pressmark {
namespace {

constexpr std::string_view kScenario = R"({"disc": {"kind": "dvd", "sectors": 600}, "drive": {"serial": "A1"}})";

DriveIdentity identity_of(std::unique_ptr<Transport> transport) {
  return Drive::open(std::move(transport)).value()->identity();
}

TEST(FindDriveAgain, TakesTheDriveAtTheOldPathIfItIsTheSame) {
  const DriveIdentity who = identity_of(open_scenario(kScenario).value());
  const OpenDevice open = [](const std::string&) -> Result<std::unique_ptr<Transport>> {
    return open_scenario(kScenario).value();
  };
  auto found = find_drive_again("/dev/sr0", who, open);
  ASSERT_TRUE(found) << describe(found.error());
  EXPECT_EQ(identity_of(std::move(*found)), who);
}

TEST(FindDriveAgain, DoesNotTakeAnother) {
  DriveIdentity who = identity_of(open_scenario(kScenario).value());
  const OpenDevice open = [](const std::string&) -> Result<std::unique_ptr<Transport>> {
    return open_scenario(kScenario).value();
  };
  who.serial = "B2";
  EXPECT_EQ(find_drive_again("/dev/sr0", who, open).error().kind, ErrorKind::not_found);
  who.serial.clear();
  EXPECT_TRUE(find_drive_again("/dev/sr0", who, open)) << "a drive that told no serial number before";
  who.product = "OTHER";
  EXPECT_FALSE(find_drive_again("/dev/sr0", who, open));
}

TEST(FindDriveAgain, SaysWhyTheOldPathCannotBeOpened) {
  const OpenDevice open = [](const std::string& path) -> Result<std::unique_ptr<Transport>> {
    return fail({.kind = ErrorKind::not_found, .tried = "open the drive", .where = path, .got = "no such file"});
  };
  const auto found = find_drive_again("/dev/sr7", {.vendor = "NONE", .product = "NONE"}, open);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().where, "/dev/sr7");
}

TEST(Source, OfASimulatedDriveIsOpenedAgainAsItIs) {
  auto source = open_source("sim:demo");
  ASSERT_TRUE(source) << describe(source.error());
  const DriveIdentity who = identity_of(std::move(source->transport));
  const auto commands = source->simulated->log().commands;
  auto again = source->reopen(who);
  ASSERT_TRUE(again);
  EXPECT_EQ(identity_of(std::move(*again)), who);
  EXPECT_GT(source->simulated->log().commands, commands) << "the same drive, with all that has happened to it";
}

}  // namespace
}  // namespace pressmark
