// The Drive through what goes wrong on a real desk: a cold start, an empty tray, a disc swapped, a cable pulled, a drive that lies.
// Scenarios are JSON for the simulated drive (docs/scenario.md); time is virtual.
#include <gmock/gmock.h>
#include <string>

#include "pressmark/drive.h"
#include "pressmark/simulated.h"

#include "unit/temp_folder.h"

namespace pressmark {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;

class ScenarioTest : public TempFolderTest {
 protected:
  /// A drive playing this scenario, nothing sent to it yet but what opening sends.
  void play(const std::string& json) {
    auto transport = open_simulated(write("scenario.json", json).string());
    ASSERT_TRUE(transport.has_value()) << describe(transport.error());
    auto drive = Drive::open(std::move(*transport));
    ASSERT_TRUE(drive.has_value()) << describe(drive.error());
    drive_ = std::move(*drive);
  }
  Result<void> read(std::int64_t lba) {
    std::vector<std::byte> out(kUserBytes);
    return drive_->read_user(Lba{lba}, 1, out);
  }
  ErrorKind failure_of_reading(std::int64_t lba) {
    const auto result = read(lba);
    EXPECT_FALSE(result.has_value()) << "LBA " << lba << " could be read";
    return result ? ErrorKind::usage : result.error().kind;
  }

  std::unique_ptr<Drive> drive_;
};

TEST_F(ScenarioTest, WaitsForAColdDriveAndSaysWhatItIsDoing) {
  play(R"({"start": "cold", "disc": {"kind": "cd"}, "drive": {"spin_up_s": 8}})");
  std::vector<std::string> states;
  ASSERT_TRUE(drive_->wait_ready(60s, [&](const ReadyProgress& p) {
    states.push_back(p.state);
    return true;
  }));
  EXPECT_GE(drive_->clock().now(), 7s);
  EXPECT_THAT(states, Contains(HasSubstr("02/04/01")));
  EXPECT_TRUE(drive_->identify().has_value());
}

TEST_F(ScenarioTest, FindsAnEmptyDriveEmpty) {
  play(R"({"start": "empty", "disc": {"kind": "cd"}})");
  EXPECT_EQ(drive_->wait_ready(60s).error().kind, ErrorKind::no_medium);
  EXPECT_EQ(drive_->identify().error().kind, ErrorKind::no_medium);
}

TEST_F(ScenarioTest, NoticesASwappedDiscBeforeAByteOfItIsTaken) {
  play(R"({"disc": {"kind": "dvd", "sectors": 5000},
           "faults": [{"fault": "medium-change", "when": {"lba": 2000}, "disc": {"kind": "dvd", "sectors": 6000}}]})");
  ASSERT_TRUE(drive_->wait_ready(60s).has_value());
  const std::string first = drive_->identify().value().identity;
  ASSERT_TRUE(read(1000).has_value());
  const auto swapped = read(2000);
  ASSERT_FALSE(swapped.has_value());
  EXPECT_EQ(drive_->medium_may_have_changed().value(), true);
  ASSERT_TRUE(drive_->wait_ready(60s).has_value());
  EXPECT_EQ(drive_->medium_may_have_changed().value(), true) << "until it is identified";
  const auto second = drive_->identify();
  ASSERT_TRUE(second.has_value()) << describe(second.error());
  EXPECT_NE(second->identity, first);
  EXPECT_EQ(second->sectors, 6000);
  EXPECT_EQ(drive_->medium_may_have_changed().value(), false);
}

TEST_F(ScenarioTest, TellsTheSameDiscAfterABusReset) {
  play(R"({"disc": {"kind": "dvd", "sectors": 5000}, "faults": [{"fault": "bus-reset", "when": {"lba": 2000}}]})");
  ASSERT_TRUE(drive_->wait_ready(60s).has_value());
  const std::string identity = drive_->identify().value().identity;
  EXPECT_EQ(failure_of_reading(2000), ErrorKind::bus);
  ASSERT_TRUE(drive_->wait_ready(60s).has_value());
  EXPECT_EQ(drive_->medium_may_have_changed().value(), true) << "a reset may hide a change";
  EXPECT_EQ(drive_->identify().value().identity, identity);
  EXPECT_TRUE(read(2000).has_value());
}

TEST_F(ScenarioTest, GoesOnAfterACommandThatHung) {
  play(R"({"disc": {"kind": "dvd", "sectors": 5000}, "faults": [{"fault": "hang", "first": 2000, "times": 1}]})");
  ASSERT_TRUE(drive_->wait_ready(60s).has_value());
  ASSERT_TRUE(drive_->identify().has_value());
  EXPECT_EQ(failure_of_reading(2000), ErrorKind::timeout);
  ASSERT_TRUE(drive_->wait_ready(60s).has_value());
  ASSERT_TRUE(drive_->identify().has_value());
  EXPECT_TRUE(read(2000).has_value());
}

TEST_F(ScenarioTest, SaysThatTheDriveIsGoneWhenTheCableIsPulled) {
  play(R"({"disc": {"kind": "dvd", "sectors": 5000}, "faults": [{"fault": "pulled-cable", "when": {"lba": 2000}}]})");
  ASSERT_TRUE(drive_->wait_ready(60s).has_value());
  ASSERT_TRUE(drive_->lock_tray().has_value());
  ASSERT_TRUE(drive_->identify().has_value());
  EXPECT_EQ(failure_of_reading(2000), ErrorKind::device_gone);
  EXPECT_EQ(drive_->identify().error().kind, ErrorKind::device_gone);
  EXPECT_TRUE(drive_->restore().has_value()) << "nothing is left to put back";
}

TEST_F(ScenarioTest, NoticesADiscThatWasTakenOut) {
  play(R"({"disc": {"kind": "dvd", "sectors": 5000}, "faults": [{"fault": "eject", "when": {"lba": 2000}}]})");
  ASSERT_TRUE(drive_->wait_ready(60s).has_value());
  ASSERT_TRUE(drive_->identify().has_value());
  const auto gone = read(2000);
  ASSERT_FALSE(gone.has_value());
  EXPECT_EQ(drive_->wait_ready(60s).error().kind, ErrorKind::no_medium);
  EXPECT_EQ(drive_->medium_may_have_changed().value(), true);
}

TEST_F(ScenarioTest, FindsAShortTransferShort) {
  play(R"({"disc": {"kind": "dvd", "sectors": 5000},
           "faults": [{"fault": "short-transfer", "first": 3000, "count": 16, "keep_bytes": 4096, "times": 1}]})");
  ASSERT_TRUE(drive_->wait_ready(60s).has_value());
  ASSERT_TRUE(drive_->identify().has_value());
  std::vector<std::byte> out(16 * kUserBytes);
  const auto read = drive_->read_user(Lba{3000}, 16, out);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().kind, ErrorKind::short_transfer);
  EXPECT_EQ(read.error().lba, Lba{3002});
}

TEST_F(ScenarioTest, NamesTheFailedSectorInBothSenseFormats) {
  for (const std::string model : {"sound-modern", "descriptor-sense"}) {
    play(R"({"disc": {"kind": "dvd", "sectors": 5000}, "drive": {"model": ")" + model +
         R"("}, "faults": [{"fault": "dead", "first": 3008, "count": 16}]})");
    ASSERT_TRUE(drive_->wait_ready(60s).has_value());
    ASSERT_TRUE(drive_->identify().has_value());
    std::vector<std::byte> out(32 * kUserBytes);
    const auto read = drive_->read_user(Lba{2992}, 32, out);
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error().kind, ErrorKind::sense) << model;
    EXPECT_EQ(read.error().lba, Lba{3008}) << model;
    EXPECT_EQ(advise(*read.error().sense), Verdict::later) << model;
  }
}

TEST_F(ScenarioTest, ReadsRawOnlyWhereTheDriveCan) {
  play(R"({"disc": {"kind": "cd"}, "drive": {"model": "no-read-cd"}})");
  ASSERT_TRUE(drive_->wait_ready(60s).has_value());
  ASSERT_TRUE(drive_->identify().has_value());
  EXPECT_FALSE(drive_->can_read_raw(Lba{16}));
  EXPECT_FALSE(drive_->set_speed(1000).has_value());
}

TEST_F(ScenarioTest, FindsOutThatRawWorksThoughTheFirstPlaceTriedIsDead) {
  play(
      R"({"disc": {"kind": "cd"}, "drive": {"model": "raw-refuser"}, "faults": [{"fault": "dead", "first": 10, "count": 20}]})");
  ASSERT_TRUE(drive_->wait_ready(60s).has_value());
  ASSERT_TRUE(drive_->identify().has_value());
  EXPECT_TRUE(drive_->can_read_raw(Lba{16}));
}

TEST_F(ScenarioTest, ReportsWhatADriveThatIgnoresModeSelectKept) {
  play(R"({"disc": {"kind": "cd"}, "drive": {"accepts_mode_select": false}})");
  ASSERT_TRUE(drive_->wait_ready(60s).has_value());
  const auto before = drive_->error_recovery();
  ASSERT_TRUE(before.has_value()) << describe(before.error());
  EXPECT_EQ(drive_->set_error_recovery({.flags = 0x01, .retries = 1}).value(), *before);
}

TEST_F(ScenarioTest, ReadsPastTheCacheOfADriveThatHeedsFuaAndOfOneThatDoesNot) {
  for (const std::string honours : {"true", "false"}) {
    play(R"({"disc": {"kind": "cd", "sectors": 60000}, "drive": {"honours_fua": )" + honours + "}}");
    ASSERT_TRUE(drive_->wait_ready(60s).has_value());
    ASSERT_TRUE(drive_->identify().has_value());
    ASSERT_TRUE(read(1000).has_value());
    ASSERT_TRUE(drive_->defeat_cache(Lba{1000}).has_value());  // finds out how
    Duration slowest{0};
    for (int i = 0; i < 4; ++i) {
      ASSERT_TRUE(drive_->defeat_cache(Lba{1000}).has_value());
      const Duration start = drive_->clock().now();
      ASSERT_TRUE(read(1000).has_value());
      slowest = std::max(slowest, drive_->clock().now() - start);
    }
    EXPECT_GT(slowest, 2ms) << "honours_fua " << honours;
  }
}

TEST_F(ScenarioTest, ShowsThatReadCapacityAndTheDiscDisagree) {
  play(R"({"disc": {"kind": "dvd", "sectors": 6000, "capacity_sectors": 3000}})");
  ASSERT_TRUE(drive_->wait_ready(60s).has_value());
  const auto disc = drive_->identify();
  ASSERT_TRUE(disc.has_value()) << describe(disc.error());
  EXPECT_EQ(disc->sectors, 6000) << disc->size_reason;
  EXPECT_THAT(disc->size_reason, HasSubstr("READ CAPACITY says 3000"));
}

TEST_F(ScenarioTest, ListsTheTracksAndSessionsOfAMixedDisc) {
  play(R"({"disc": {"kind": "cd", "tracks": [
             {"mode": "mode1", "sectors": 2000}, {"mode": "audio", "sectors": 1500, "pregap": 150},
             {"mode": "mode2", "sectors": 3000, "session": 2}]}})");
  ASSERT_TRUE(drive_->wait_ready(60s).has_value());
  const auto disc = drive_->identify();
  ASSERT_TRUE(disc.has_value()) << describe(disc.error());
  EXPECT_EQ(describe_layout(*disc), "one audio track and two data tracks in two sessions");
  ASSERT_EQ(disc->tracks.size(), 3U);
  EXPECT_EQ(disc->tracks[1].start, Lba{2150});
  EXPECT_EQ(disc->tracks[1].sectors, 1500);
  EXPECT_EQ(disc->tracks[2].session, 2);
  EXPECT_EQ(disc->tracks[2].start, Lba{3650 + 11400});
}

}  // namespace
}  // namespace pressmark
