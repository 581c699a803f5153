// A Drive over a scripted transport: every command it sends is compared byte for byte with the standard's layout, and
// every lie a drive is known to tell is told to it.
#include "pressmark/drive.h"

#include <gmock/gmock.h>

#include "pressmark/sector.h"

#include "unit/drive/scripted_transport.h"

namespace pressmark {
namespace {

using test::Bytes;
using test::bytes;
using test::Exchange;
using test::ScriptedTransport;
using test::sense;
using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

const Bytes kInquiryCdb = bytes({0x12, 0, 0, 0, 96, 0});
const Bytes kSerialCdb = bytes({0x46, 0x02, 0x01, 0x08, 0, 0, 0, 0x01, 0x00, 0});
const Bytes kTestUnitReady = bytes({0, 0, 0, 0, 0, 0});

Bytes inquiry_data() {
  Bytes reply = bytes({0x05, 0x80, 0x05, 0x32, 0x5B, 0, 0, 0});
  for (const char c : std::string_view{"ACME    SIMULATED DRIVE 1.00"}) reply.push_back(static_cast<std::byte>(c));
  return reply;
}

class DriveTest : public testing::Test {
 protected:
  void SetUp() override {
    expect({.cdb = kInquiryCdb, .data = inquiry_data()});
    expect({.cdb = kSerialCdb, .sense = sense(5, 0x20, 0)});
    auto opened = Drive::open(std::make_unique<ScriptedTransport>(state_));
    ASSERT_TRUE(opened.has_value());
    drive_ = std::move(*opened);
  }
  void TearDown() override {
    EXPECT_TRUE(state_->script.empty()) << state_->script.size() << " expected commands did not come";
  }

  void expect(Exchange exchange) { state_->script.push_back(std::move(exchange)); }

  std::shared_ptr<ScriptedTransport::State> state_ = std::make_shared<ScriptedTransport::State>();
  std::unique_ptr<Drive> drive_;
};

// ---- open ----

TEST_F(DriveTest, SaysWhoTheDriveSaysItIs) {
  EXPECT_EQ(drive_->identity().vendor, "ACME");
  EXPECT_EQ(drive_->identity().product, "SIMULATED DRIVE");
  EXPECT_EQ(drive_->identity().revision, "1.00");
}

TEST(DriveOpen, RefusesADeviceThatIsNoOpticalDrive) {
  auto state = std::make_shared<ScriptedTransport::State>();
  state->script.push_back({.cdb = kInquiryCdb, .data = bytes({0x00, 0, 5, 2, 0x1F, 0, 0, 0})});
  const auto opened = Drive::open(std::make_unique<ScriptedTransport>(state));
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().kind, ErrorKind::unsupported);
}

TEST(DriveOpen, TakesTheSerialNumberFromFeature0108h) {
  auto state = std::make_shared<ScriptedTransport::State>();
  Bytes features = bytes({0, 0, 0, 0x10, 0, 0, 0, 8, 0x01, 0x08, 0x03, 8, 'A', 'B', 'C', '1', '2', '3', ' ', ' '});
  state->script.push_back({.cdb = kInquiryCdb, .data = inquiry_data()});
  state->script.push_back({.cdb = kSerialCdb, .data = features});
  const auto opened = Drive::open(std::make_unique<ScriptedTransport>(state));
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ((*opened)->identity().serial, "ABC123");
}

// ---- reading ----

TEST_F(DriveTest, ReadsUserSectorsWithRead10) {
  expect({.cdb = bytes({0x28, 0, 0, 0, 0, 16, 0, 0, 2, 0}), .data = Bytes(4096, std::byte{7})});
  Bytes out(4096);
  ASSERT_TRUE(drive_->read_user(Lba{16}, 2, out).has_value());
  EXPECT_EQ(out, Bytes(4096, std::byte{7}));
}

TEST_F(DriveTest, SetsTheFuaBitForAReadPastTheCacheOnceTheClockHasShownThatItWorks) {
  const auto plain = bytes({0x28, 0, 0, 0, 0, 16, 0, 0, 1, 0});
  const auto forced = bytes({0x28, 0x08, 0, 0, 0, 16, 0, 0, 1, 0});
  expect({.cdb = plain, .data = Bytes(2048)});
  for (int i = 0; i < 3; ++i) expect({.cdb = forced, .data = Bytes(2048), .takes = std::chrono::milliseconds{5}});
  for (int i = 0; i < 2; ++i) expect({.cdb = forced, .data = Bytes(2048)});
  Bytes out(2048);
  ASSERT_TRUE(drive_->read_user(Lba{16}, 1, out, {.past_cache = true}).has_value());
  ASSERT_TRUE(drive_->read_user(Lba{16}, 1, out, {.past_cache = true}).has_value());
}

TEST_F(DriveTest, SplitsAReadThatTheTransportCannotCarryAtOnce) {
  expect({.cdb = bytes({0x28, 0, 0, 0, 0, 0, 0, 0, 32, 0}), .data = Bytes(65536, std::byte{1})});
  expect({.cdb = bytes({0x28, 0, 0, 0, 0, 32, 0, 0, 8, 0}), .data = Bytes(16384, std::byte{2})});
  Bytes out(40 * 2048);
  ASSERT_TRUE(drive_->read_user(Lba{0}, 40, out).has_value());
  EXPECT_EQ(out[65535], std::byte{1});
  EXPECT_EQ(out[65536], std::byte{2});
}

TEST_F(DriveTest, UsesRead12WhenTheCountDoesNotFitRead10) {
  state_->info.max_transfer_bytes = 1 << 30;
  expect({.cdb = bytes({0xA8, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0}), .data = Bytes(65536ULL * 2048)});
  Bytes out(65536ULL * 2048);
  ASSERT_TRUE(drive_->read_user(Lba{0}, 65536, out).has_value());
}

TEST_F(DriveTest, ReadsRawSectorsWithReadCdF8h) {
  expect({.cdb = bytes({0xBE, 0, 0, 0, 0x12, 0x34, 0, 0, 2, 0xF8, 0, 0}), .data = Bytes(2 * 2352, std::byte{3})});
  Bytes out(2 * 2352);
  ASSERT_TRUE(drive_->read_raw(Lba{0x1234}, 2, out).has_value());
}

TEST_F(DriveTest, NamesTheFailedSectorWhereTheDriveDoes) {
  expect({.cdb = bytes({0x28, 0, 0, 0, 0, 16, 0, 0, 8, 0}), .sense = sense(3, 0x11, 0x05, 19)});
  Bytes out(8 * 2048);
  const auto read = drive_->read_user(Lba{16}, 8, out);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().kind, ErrorKind::sense);
  EXPECT_EQ(read.error().lba, Lba{19});
  EXPECT_EQ(advise(*read.error().sense), Verdict::later);
  EXPECT_EQ(describe(read.error()),
            "could not READ(10) of 8 sectors (script:, LBA 16): 03/11/05 L-EC uncorrectable error; other sectors may "
            "still be "
            "read; clean the disc, or try another speed or drive");
}

TEST_F(DriveTest, DoesNotBelieveAFailedAddressOutsideTheRead) {
  expect({.cdb = bytes({0x28, 0, 0, 0, 0, 16, 0, 0, 8, 0}), .sense = sense(3, 0x11, 0x00, 24)});
  Bytes out(8 * 2048);
  const auto read = drive_->read_user(Lba{16}, 8, out);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().lba, std::nullopt);
}

TEST_F(DriveTest, DoesNotNameAnAddressWithoutTheValidBit) {
  Bytes s = sense(3, 0x11, 0x00, 17);
  s[0] = std::byte{0x70};
  expect({.cdb = bytes({0x28, 0, 0, 0, 0, 16, 0, 0, 8, 0}), .sense = s});
  Bytes out(8 * 2048);
  EXPECT_EQ(drive_->read_user(Lba{16}, 8, out).error().lba, std::nullopt);
}

TEST_F(DriveTest, TakesDataThatCameWithARecoveredError) {
  expect({.cdb = bytes({0x28, 0, 0, 0, 0, 16, 0, 0, 1, 0}),
          .data = Bytes(2048, std::byte{9}),
          .sense = sense(1, 0x18, 0x03)});
  Bytes out(2048);
  ASSERT_TRUE(drive_->read_user(Lba{16}, 1, out).has_value());
  EXPECT_EQ(out[0], std::byte{9});
}

TEST_F(DriveTest, CallsGoodWithTooFewBytesAShortTransfer) {
  expect({.cdb = bytes({0x28, 0, 0, 0, 0, 16, 0, 0, 4, 0}), .data = Bytes(2 * 2048 + 100)});
  Bytes out(4 * 2048);
  const auto read = drive_->read_user(Lba{16}, 4, out);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().kind, ErrorKind::short_transfer);
  EXPECT_EQ(read.error().lba, Lba{18});
}

TEST_F(DriveTest, ReportsAChangedMediumAndDoesNotReadOn) {
  expect({.cdb = bytes({0x28, 0, 0, 0, 0, 16, 0, 0, 1, 0}), .sense = sense(6, 0x28, 0x00)});
  Bytes out(2048);
  EXPECT_EQ(drive_->read_user(Lba{16}, 1, out).error().kind, ErrorKind::medium_changed);
}

TEST_F(DriveTest, ReportsAnEmptyTray) {
  expect({.cdb = bytes({0x28, 0, 0, 0, 0, 16, 0, 0, 1, 0}), .sense = sense(2, 0x3A, 0x01)});
  Bytes out(2048);
  EXPECT_EQ(drive_->read_user(Lba{16}, 1, out).error().kind, ErrorKind::no_medium);
}

TEST_F(DriveTest, SendsAReadAgainAfterADeferredErrorOfAnEarlierCommand) {
  Bytes deferred = sense(3, 0x11, 0x00);
  deferred[0] = std::byte{0x71};
  expect({.cdb = bytes({0x28, 0, 0, 0, 0, 16, 0, 0, 1, 0}), .sense = deferred});
  expect({.cdb = bytes({0x28, 0, 0, 0, 0, 16, 0, 0, 1, 0}), .data = Bytes(2048)});
  Bytes out(2048);
  EXPECT_TRUE(drive_->read_user(Lba{16}, 1, out).has_value());
}

TEST_F(DriveTest, AsksForSenseThatDidNotComeWithTheError) {
  expect({.cdb = bytes({0x28, 0, 0, 0, 0, 16, 0, 0, 1, 0}), .sense = Bytes{}});
  expect({.cdb = bytes({0x03, 0, 0, 0, 96, 0}), .data = sense(3, 0x02, 0x00)});
  Bytes out(2048);
  const auto read = drive_->read_user(Lba{16}, 1, out);
  ASSERT_TRUE(read.error().sense.has_value());
  EXPECT_EQ(to_string(*read.error().sense), "03/02/00");
}

TEST_F(DriveTest, DoesNotTakeMissingSenseForNoError) {
  expect({.cdb = bytes({0x28, 0, 0, 0, 0, 16, 0, 0, 1, 0}), .sense = Bytes{}});
  expect({.cdb = bytes({0x03, 0, 0, 0, 96, 0}), .data = sense(0, 0, 0)});
  Bytes out(2048);
  const auto read = drive_->read_user(Lba{16}, 1, out);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().kind, ErrorKind::sense);
  EXPECT_EQ(read.error().sense, std::nullopt);
}

TEST_F(DriveTest, PassesOnWhatTheTransportFailsWith) {
  expect({.cdb = bytes({0x28, 0, 0, 0, 0, 16, 0, 0, 1, 0}),
          .failure = Error{.kind = ErrorKind::timeout, .got = "no answer"}});
  Bytes out(2048);
  const auto read = drive_->read_user(Lba{16}, 1, out);
  EXPECT_EQ(read.error().kind, ErrorKind::timeout);
  EXPECT_THAT(describe(read.error()), HasSubstr("READ(10) of 1 sector (script:, LBA 16)"));
}

TEST_F(DriveTest, RefusesABufferOfTheWrongSize) {
  Bytes out(2048);
  EXPECT_EQ(drive_->read_user(Lba{16}, 2, out).error().kind, ErrorKind::usage);
}

// ---- raw reading is tried, not believed ----

const Bytes kReadRawOf16 = bytes({0xBE, 0, 0, 0, 0, 16, 0, 0, 1, 0xF8, 0, 0});

Bytes sector_of(Lba lba) {
  Bytes raw(2352, std::byte{0x5A});
  synthesise_sector(RawSectorOut{raw}, lba, SectorMode::mode1);
  return raw;
}

TEST_F(DriveTest, CanReadRawWhereASectorPassesOurOwnCheck) {
  expect({.cdb = kReadRawOf16, .data = sector_of(Lba{16})});
  EXPECT_TRUE(drive_->can_read_raw(Lba{16}));
}

TEST_F(DriveTest, CannotReadRawWhereTheDriveRefuses) {
  expect({.cdb = kReadRawOf16, .sense = sense(5, 0x20, 0)});
  EXPECT_FALSE(drive_->can_read_raw(Lba{16}));
}

TEST_F(DriveTest, CannotReadRawWhereTheDriveSaysGoodAndSendsAnotherSector) {
  expect({.cdb = kReadRawOf16, .data = sector_of(Lba{17})});
  EXPECT_FALSE(drive_->can_read_raw(Lba{16}));
}

TEST_F(DriveTest, CannotReadRawWhereTheDriveSendsZeros) {
  expect({.cdb = kReadRawOf16, .data = Bytes(2352)});
  EXPECT_FALSE(drive_->can_read_raw(Lba{16}));
}

TEST_F(DriveTest, CannotReadRawWhereTheOnlySectorTriedIsDamaged) {
  expect({.cdb = kReadRawOf16, .sense = sense(3, 0x11, 0x05)});
  EXPECT_FALSE(drive_->can_read_raw(Lba{16}));
}

// ---- waiting ----

TEST_F(DriveTest, WaitsWhileTheDiscSpinsUp) {
  expect({.cdb = kTestUnitReady, .sense = sense(2, 0x04, 0x01)});
  expect({.cdb = kTestUnitReady, .sense = sense(2, 0x04, 0x01)});
  expect({.cdb = kTestUnitReady});
  std::vector<std::string> states;
  const auto ready = drive_->wait_ready(30s, [&](const ReadyProgress& p) {
    states.push_back(p.state);
    return true;
  });
  ASSERT_TRUE(ready.has_value());
  EXPECT_EQ(state_->clock.now(), 1s);
  EXPECT_THAT(states, ElementsAre("logical unit is in process of becoming ready (02/04/01)",
                                  "logical unit is in process of becoming ready (02/04/01)"));
}

TEST_F(DriveTest, TakesInTheAttentionsOfADiscJustPutIn) {
  expect({.cdb = kTestUnitReady, .sense = sense(6, 0x29, 0x00)});
  expect({.cdb = kTestUnitReady, .sense = sense(6, 0x28, 0x00)});
  expect({.cdb = kTestUnitReady});
  EXPECT_TRUE(drive_->wait_ready(30s).has_value());
  EXPECT_EQ(state_->clock.now(), 0s);
}

TEST_F(DriveTest, BelievesAnOpenTrayAtOnce) {
  expect({.cdb = kTestUnitReady, .sense = sense(2, 0x3A, 0x02)});
  EXPECT_EQ(drive_->wait_ready(30s).error().kind, ErrorKind::no_medium);
}

TEST_F(DriveTest, GivesAClosedTrayAFewSecondsToNoticeItsDisc) {
  for (int i = 0; i <= 10; ++i) expect({.cdb = kTestUnitReady, .sense = sense(2, 0x3A, 0x01)});
  EXPECT_EQ(drive_->wait_ready(30s).error().kind, ErrorKind::no_medium);
  EXPECT_EQ(state_->clock.now(), 5s);
}

TEST_F(DriveTest, GivesABusThatWasResetAFewSeconds) {
  const Error bus{.kind = ErrorKind::bus, .got = "host status 0e (transport disrupted)"};
  expect({.cdb = kTestUnitReady, .failure = bus});
  expect({.cdb = kTestUnitReady, .sense = sense(6, 0x29, 0x00)});
  expect({.cdb = kTestUnitReady});
  EXPECT_TRUE(drive_->wait_ready(30s).has_value());
}

TEST_F(DriveTest, DoesNotWaitLongForABusThatStaysDown) {
  for (int i = 0; i <= 10; ++i) expect({.cdb = kTestUnitReady, .failure = Error{.kind = ErrorKind::bus}});
  EXPECT_EQ(drive_->wait_ready(30s).error().kind, ErrorKind::bus);
  EXPECT_EQ(state_->clock.now(), 5s);
}

TEST_F(DriveTest, EndsTheWaitAtItsLimit) {
  for (int i = 0; i <= 4; ++i) expect({.cdb = kTestUnitReady, .sense = sense(2, 0x04, 0x01)});
  EXPECT_EQ(drive_->wait_ready(2s).error().kind, ErrorKind::timeout);
  EXPECT_EQ(state_->clock.now(), 2s);
}

TEST_F(DriveTest, EndsTheWaitWhenTold) {
  expect({.cdb = kTestUnitReady, .sense = sense(2, 0x04, 0x01)});
  EXPECT_EQ(drive_->wait_ready(2s, [](const ReadyProgress&) { return false; }).error().kind, ErrorKind::interrupted);
}

TEST_F(DriveTest, StartsADriveThatAsksForIt) {
  expect({.cdb = kTestUnitReady, .sense = sense(2, 0x04, 0x02)});
  expect({.cdb = bytes({0x1B, 0, 0, 0, 1, 0})});
  expect({.cdb = kTestUnitReady});
  EXPECT_TRUE(drive_->wait_ready(30s).has_value());
}

TEST_F(DriveTest, DoesNotWaitForADiscItCannotRead) {
  expect({.cdb = kTestUnitReady, .sense = sense(2, 0x30, 0x00)});
  EXPECT_EQ(drive_->wait_ready(30s).error().kind, ErrorKind::sense);
}

}  // namespace
}  // namespace pressmark
