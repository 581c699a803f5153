// The Drive over the simulated drive, which decodes CDBs and makes sectors with code of its own.
#include "pressmark/simulated.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <span>

#include "pressmark/drive.h"
#include "pressmark/sector.h"

namespace pressmark {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<Drive> drive_playing(std::string_view name) {
  auto transport = open_simulated(name);
  if (!transport) {
    ADD_FAILURE() << describe(transport.error());
    return nullptr;
  }
  auto drive = Drive::open(std::move(*transport));
  if (!drive) {
    ADD_FAILURE() << describe(drive.error());
    return nullptr;
  }
  const auto ready = (*drive)->wait_ready(60s);
  EXPECT_TRUE(ready.has_value()) << describe(ready.error());
  return std::move(*drive);
}

struct BuiltIn {
  std::string_view name;
  MediaKind kind;
};
class OverSimulated : public testing::TestWithParam<BuiltIn> {};

TEST_P(OverSimulated, IdentifiesTheDiscWithoutContradiction) {
  const auto drive = drive_playing(GetParam().name);
  ASSERT_NE(drive, nullptr);
  const auto disc = drive->identify();
  ASSERT_TRUE(disc.has_value()) << describe(disc.error());
  EXPECT_EQ(disc->profile.kind, GetParam().kind);
  EXPECT_THAT(disc->size_reason, testing::HasSubstr("nothing contradicts it"));
  ASSERT_EQ(disc->tracks.size(), 1U);
  EXPECT_EQ(disc->tracks[0].sectors, disc->sectors);
  EXPECT_EQ(drive->identify()->identity, disc->identity);
}

TEST_P(OverSimulated, ReadsTheTrueBytes) {
  auto transport = open_simulated(GetParam().name).value();
  SimulatedDrive& simulated = *transport;
  auto drive = Drive::open(std::move(transport)).value();
  ASSERT_TRUE(drive->wait_ready(60s).has_value());
  ASSERT_TRUE(drive->identify().has_value());
  const std::size_t stored = simulated.pristine().tracks()[0].stored_bytes;
  const std::size_t user_at = stored == kRawBytes ? 16 : 0;  // the built-ins are Mode 1
  ASSERT_TRUE(stored == kRawBytes || stored == kUserBytes);
  std::vector<std::byte> read(16 * kUserBytes), truth(16 * stored);
  ASSERT_TRUE(drive->read_user(Lba{16}, 16, read).has_value());
  ASSERT_TRUE(simulated.pristine().read_stored(Lba{16}, 16, truth).has_value());
  for (std::size_t i = 0; i < 16; ++i)
    EXPECT_TRUE(std::ranges::equal(std::span{read}.subspan(i * kUserBytes, kUserBytes),
                                   std::span{truth}.subspan(i * stored + user_at, kUserBytes)))
        << "sector " << 16 + i;
}

TEST_P(OverSimulated, SetsAndPutsBackSpeedRecoveryAndLock) {
  const auto drive = drive_playing(GetParam().name);
  ASSERT_NE(drive, nullptr);
  ASSERT_TRUE(drive->identify().has_value());
  const auto speeds = drive->speeds();
  ASSERT_TRUE(speeds.has_value());
  ASSERT_FALSE(speeds->empty());
  EXPECT_TRUE(drive->set_speed(speeds->back()).has_value());
  const auto before = drive->error_recovery();
  ASSERT_TRUE(before.has_value()) << describe(before.error());
  ASSERT_TRUE(drive->set_error_recovery({.flags = before->flags, .retries = 1}).has_value());
  EXPECT_EQ(drive->error_recovery()->retries, 1);
  EXPECT_TRUE(drive->lock_tray().has_value());
  EXPECT_FALSE(drive->medium_may_have_changed().value());
  const auto restored = drive->restore();
  EXPECT_TRUE(restored.has_value()) << describe(restored.error());
  EXPECT_EQ(drive->error_recovery().value(), *before);
}

INSTANTIATE_TEST_SUITE_P(BuiltIns, OverSimulated,
                         testing::Values(BuiltIn{"demo", MediaKind::cd}, BuiltIn{"clean-dvd", MediaKind::dvd},
                                         BuiltIn{"scratched-dvd", MediaKind::dvd}, BuiltIn{"bd", MediaKind::bd}),
                         [](const auto& test) {
                           std::string name{test.param.name};
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(OverSimulatedCd, ReadsRawSectorsThatOurCheckProves) {
  const auto drive = drive_playing("demo");
  ASSERT_NE(drive, nullptr);
  ASSERT_TRUE(drive->identify().has_value());
  EXPECT_TRUE(drive->can_read_raw(Lba{16}));
  std::vector<std::byte> raw(kRawBytes);
  ASSERT_TRUE(drive->read_raw(Lba{17}, 1, raw, {.past_cache = true}).has_value());
  EXPECT_TRUE(check_sector(RawSector{raw}).proven(Lba{17}));
}

TEST(OverSimulatedCd, SaysWhereTheDiscEnds) {
  const auto drive = drive_playing("demo");
  ASSERT_NE(drive, nullptr);
  const auto disc = drive->identify();
  ASSERT_TRUE(disc.has_value());
  std::vector<std::byte> out(kUserBytes);
  EXPECT_TRUE(drive->read_user(Lba{disc->sectors - 1}, 1, out).has_value());
  const auto beyond = drive->read_user(Lba{disc->sectors}, 1, out);
  ASSERT_FALSE(beyond.has_value());
  EXPECT_EQ(to_string(*beyond.error().sense), "05/21/00");
}

std::unique_ptr<Drive> drive_of(std::string_view scenario) {
  auto drive = Drive::open(open_scenario(scenario).value()).value();
  EXPECT_TRUE(drive->wait_ready(60s).has_value());
  EXPECT_TRUE(drive->identify().has_value());
  return drive;
}

constexpr std::string_view kSlowCd = R"({"disc": {"kind": "cd", "sectors": 60000}, "drive": {"honours_fua": false}})";

TEST(SlowDrive, ReadsElsewhereAtFullSpeedAndIsSlowAgain) {
  const auto drive = drive_of(kSlowCd);
  ASSERT_TRUE(drive->set_speed(704).has_value());
  ASSERT_TRUE(drive->defeat_cache(Lba{100}).has_value());  // finds out how
  const std::uint32_t slow = drive->current_speed().value();
  const Duration before = drive->clock().now();
  ASSERT_TRUE(drive->defeat_cache(Lba{100}).has_value());
  const double took = seconds(drive->clock().now() - before);
  EXPECT_LT(took, 6) << "4 MiB at 4x take 7 seconds";
  EXPECT_GT(took, 0.3) << "nothing was read";
  EXPECT_EQ(drive->current_speed().value(), slow);
}

TEST(SlowDrive, StopsReadingElsewhereWhenAskedTo) {
  const auto drive = drive_of(kSlowCd);
  ASSERT_TRUE(drive->defeat_cache(Lba{100}).has_value());
  int asked = 0;
  drive->stop_when([&] { return ++asked > 3; });
  const auto stopped = drive->defeat_cache(Lba{100});
  ASSERT_FALSE(stopped.has_value());
  EXPECT_EQ(stopped.error().kind, ErrorKind::interrupted);
  EXPECT_EQ(asked, 4);
}

TEST(Reconnect, GoesOnWithTheSameDriveAndNoOther) {
  constexpr std::string_view kThis = R"({"disc": {"kind": "dvd", "sectors": 600}, "drive": {"serial": "A1"}})";
  const auto drive = drive_of(kThis);
  EXPECT_FALSE(drive->heard_of_change());
  const auto other = drive->reconnect(
      open_scenario(R"({"disc": {"kind": "dvd", "sectors": 600}, "drive": {"serial": "B2"}})").value());
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().kind, ErrorKind::mismatch);
  EXPECT_FALSE(drive->heard_of_change());
  std::vector<std::byte> sector(kUserBytes);
  EXPECT_TRUE(drive->read_user(Lba{0}, 1, sector).has_value()) << "it stays as it was";
  ASSERT_TRUE(drive->reconnect(open_scenario(kThis).value()).has_value());
  EXPECT_TRUE(drive->heard_of_change()) << "nothing says that the disc is the same";
  EXPECT_TRUE(drive->identify().has_value());
  EXPECT_FALSE(drive->heard_of_change());
  EXPECT_TRUE(drive->read_user(Lba{0}, 1, sector).has_value());
}

}  // namespace
}  // namespace pressmark
