// What a Drive sets, what it makes of refusals, and that it puts everything back.
#include <gmock/gmock.h>
#include <set>

#include "pressmark/drive.h"

#include "unit/drive/table_transport.h"

namespace pressmark {
namespace {

using test::Bytes;
using test::bytes;
using test::sense;
using test::TableTransport;
using testing::ElementsAre;
using testing::IsEmpty;

const Bytes kLock = bytes({0x1E, 0, 0, 0, 1, 0}), kUnlock = bytes({0x1E, 0, 0, 0, 0, 0});
const Bytes kSenseRecovery = bytes({0x5A, 0x08, 0x01, 0, 0, 0, 0, 0x02, 0, 0});
const Bytes kSenseCapabilities = bytes({0x5A, 0x08, 0x2A, 0, 0, 0, 0, 0x02, 0, 0});
const Bytes kSelect = bytes({0x55, 0x10, 0, 0, 0, 0, 0, 0, 20, 0});
const Bytes kStream = bytes({0xB6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 28, 0});
Bytes cd_speed(int kilobytes) {
  return bytes({0xBB, 0, kilobytes >> 8, kilobytes & 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0});
}
const Bytes kRecoveryPage = bytes({0, 18, 0, 0, 0, 0, 0, 0, 0x81, 10, 0x00, 20, 0, 0, 0, 0, 5, 0, 0, 0});

class SettingsTest : public testing::Test {
 protected:
  void SetUp() override {
    Bytes inquiry = bytes({0x05, 0x80, 0, 0x32, 31, 0, 0, 0});
    inquiry.resize(36, std::byte{' '});
    know(bytes({0x12, 0, 0, 0, 96, 0}), inquiry);
    know(bytes({0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0}), bytes({0, 0, 0x0F, 0xFF, 0, 0, 8, 0}));  // 4096 sectors
    drive_ = std::move(Drive::open(std::make_unique<TableTransport>(state_)).value());
    state_->asked.clear();
  }
  void know(const Bytes& question, const Bytes& answer = {}) {
    state_->answers[question] = {.data = answer, .sense = {}, .failure = {}};
  }
  void refuse(const Bytes& question, const Bytes& with = sense(5, 0x20, 0)) {
    state_->answers[question] = {.data = {}, .sense = with, .failure = {}};
  }
  void identify_cd() {
    know(bytes({0x46, 0x01, 0, 0, 0, 0, 0, 0x20, 0, 0}), bytes({0, 0, 0, 4, 0, 0, 0, 8}));
    ASSERT_TRUE(drive_->identify().has_value());
    state_->asked.clear();
  }

  std::shared_ptr<TableTransport::State> state_ = std::make_shared<TableTransport::State>();
  std::unique_ptr<Drive> drive_;
};

// ---- tray ----

TEST_F(SettingsTest, UnlocksTheTrayOnTheWayOut) {
  know(kLock);
  know(kUnlock);
  ASSERT_TRUE(drive_->lock_tray().has_value());
  drive_.reset();
  EXPECT_THAT(state_->asked, ElementsAre(kLock, kUnlock));
}

TEST_F(SettingsTest, UnlocksTheTrayAlsoWhenTheAnswerToLockingWasLost) {
  state_->answers[kLock] = {.data = {}, .sense = {}, .failure = Error{.kind = ErrorKind::timeout}};
  know(kUnlock);
  EXPECT_FALSE(drive_->lock_tray().has_value());
  drive_.reset();
  EXPECT_THAT(state_->asked, ElementsAre(kLock, kUnlock));
}

TEST_F(SettingsTest, LeavesATrayAloneThatItDidNotLock) {
  drive_.reset();
  EXPECT_THAT(state_->asked, IsEmpty());
}

TEST_F(SettingsTest, SendsNothingMoreToADriveThatIsGone) {
  know(kLock);
  ASSERT_TRUE(drive_->lock_tray().has_value());
  state_->any[0x28] = {.data = {}, .sense = {}, .failure = Error{.kind = ErrorKind::device_gone}};
  Bytes out(2048);
  EXPECT_EQ(drive_->read_user(Lba{0}, 1, out).error().kind, ErrorKind::device_gone);
  state_->asked.clear();
  drive_.reset();
  EXPECT_THAT(state_->asked, IsEmpty());
}

TEST_F(SettingsTest, AnswersAgainAfterItWasGoneAsADriveThatMayHaveAnotherDisc) {
  know(kLock);
  know(kUnlock);
  ASSERT_TRUE(drive_->lock_tray().has_value());
  EXPECT_FALSE(drive_->heard_of_change());
  state_->answers[kSenseCapabilities] = {.data = {}, .sense = {}, .failure = Error{.kind = ErrorKind::device_gone}};
  EXPECT_FALSE(drive_->current_speed().has_value());
  EXPECT_TRUE(drive_->heard_of_change());
  know(bytes({0, 0, 0, 0, 0, 0}));
  EXPECT_TRUE(drive_->wait_ready(std::chrono::seconds{1}));
  drive_.reset();
  EXPECT_EQ(state_->asked.back(), kUnlock) << "it is there again";
}

TEST_F(SettingsTest, UnlocksBeforeEjecting) {
  const Bytes eject = bytes({0x1B, 0, 0, 0, 2, 0});
  know(kLock);
  know(kUnlock);
  know(eject);
  ASSERT_TRUE(drive_->lock_tray().has_value());
  ASSERT_TRUE(drive_->eject().has_value());
  EXPECT_THAT(state_->asked, ElementsAre(kLock, kUnlock, eject));
}

TEST_F(SettingsTest, SendsASettingAgainThatAnAttentionInterrupted) {
  know(kLock);
  know(kUnlock);
  state_->attentions = {sense(6, 0x29, 0), sense(6, 0x28, 0)};
  EXPECT_TRUE(drive_->lock_tray().has_value());
  EXPECT_THAT(state_->asked, ElementsAre(kLock, kLock, kLock));
}

// ---- speed ----

TEST_F(SettingsTest, SetsTheSpeedOfACdWithSetCdSpeedAndPutsTheMostBack) {
  identify_cd();
  know(cd_speed(706));
  know(cd_speed(0xFFFF));
  ASSERT_TRUE(drive_->set_speed(706).has_value());
  drive_.reset();
  EXPECT_THAT(state_->asked, ElementsAre(cd_speed(706), cd_speed(0xFFFF)));
}

TEST_F(SettingsTest, SetsTheSpeedOfOtherDiscsWithSetStreamingAndPutsDefaultsBack) {
  know(kStream);
  ASSERT_TRUE(drive_->set_speed(5540).has_value());
  drive_.reset();
  ASSERT_EQ(state_->sent_data.size(), 2U);
  EXPECT_EQ(state_->sent_data[0], bytes({0,    0,    0, 0, 0, 0,    0, 0, 0,    0,    0x0F, 0xFF, 0, 0,
                                         0x15, 0xA4, 0, 0, 3, 0xE8, 0, 0, 0x15, 0xA4, 0,    0,    3, 0xE8}));
  EXPECT_EQ(state_->sent_data[1][0], std::byte{0x04});  // restore defaults
}

TEST_F(SettingsTest, FallsBackToTheOtherSpeedCommand) {
  know(cd_speed(5540));
  know(cd_speed(0xFFFF));
  EXPECT_TRUE(drive_->set_speed(5540).has_value());
}

TEST_F(SettingsTest, SaysWhyWhereNoSpeedCommandWorks) {
  const auto set = drive_->set_speed(5540);
  ASSERT_FALSE(set.has_value());
  EXPECT_EQ(to_string(*set.error().sense), "05/20/00");
}

TEST_F(SettingsTest, ListsSpeedsFastestFirstWithoutRepeats) {
  Bytes reply = bytes({0, 0, 0, 52, 0, 0, 0, 0});
  for (const int speed : {2770, 11080, 11080}) {
    Bytes d(16);
    d[10] = static_cast<std::byte>(speed >> 8);
    d[11] = static_cast<std::byte>(speed & 0xFF);
    reply.insert(reply.end(), d.begin(), d.end());
  }
  know(bytes({0xAC, 0, 0, 0, 0, 0, 0, 0, 0, 64, 3, 0}), reply);
  EXPECT_THAT(drive_->speeds().value(), ElementsAre(11080U, 2770U));
}

TEST_F(SettingsTest, TakesSpeedsFromModePage2AhWhereThereIsNothingBetter) {
  Bytes reply = bytes({0, 30, 0, 0, 0, 0, 0, 0, 0x2A, 0x16});
  reply.resize(32);
  reply[16] = std::byte{0x1B};  // page bytes 8, 9: 7056
  reply[17] = std::byte{0x90};
  reply[22] = std::byte{0x02};  // page bytes 14, 15: 706
  reply[23] = std::byte{0xC2};
  know(kSenseCapabilities, reply);
  EXPECT_THAT(drive_->speeds().value(), ElementsAre(7056U, 706U));
  EXPECT_EQ(drive_->current_speed().value(), 706U);
}

TEST_F(SettingsTest, HasNoSpeedsToTellOfADriveThatTellsNone) { EXPECT_THAT(drive_->speeds().value(), IsEmpty()); }

// ---- error recovery ----

TEST_F(SettingsTest, ChangesOnlyFlagsAndRetriesAndReturnsWhatTheDriveTook) {
  know(kSenseRecovery, kRecoveryPage);
  know(kSelect);
  // This drive ignores what it is told: the page reads back as before.
  EXPECT_EQ(drive_->set_error_recovery({.flags = 0x01, .retries = 1}).value(),
            (ErrorRecovery{.flags = 0x00, .retries = 20}));
  ASSERT_EQ(state_->sent_data.size(), 1U);
  EXPECT_EQ(state_->sent_data[0], bytes({0, 0, 0, 0, 0, 0, 0, 0, 0x01, 10, 0x01, 1, 0, 0, 0, 0, 5, 0, 0, 0}));
}

TEST_F(SettingsTest, PutsTheFirstRecoveryPageBackOnce) {
  know(kSenseRecovery, kRecoveryPage);
  know(kSelect);
  ASSERT_TRUE(drive_->set_error_recovery({.flags = 0x01, .retries = 1}).has_value());
  Bytes changed = kRecoveryPage;
  changed[11] = std::byte{1};
  know(kSenseRecovery, changed);
  ASSERT_TRUE(drive_->set_error_recovery({.flags = 0x01, .retries = 0}).has_value());
  EXPECT_TRUE(drive_->restore().has_value());
  EXPECT_TRUE(drive_->restore().has_value());
  ASSERT_EQ(state_->sent_data.size(), 3U);
  EXPECT_EQ(state_->sent_data[2], bytes({0, 0, 0, 0, 0, 0, 0, 0, 0x01, 10, 0x00, 20, 0, 0, 0, 0, 5, 0, 0, 0}));
}

TEST_F(SettingsTest, SaysWhatCouldNotBePutBackAndGoesOnWithTheRest) {
  know(kLock);
  know(kUnlock);
  know(kSenseRecovery, kRecoveryPage);
  know(kSelect);
  ASSERT_TRUE(drive_->lock_tray().has_value());
  ASSERT_TRUE(drive_->set_error_recovery({.flags = 0x01, .retries = 1}).has_value());
  refuse(kSelect, sense(4, 0x44, 0));
  state_->asked.clear();
  const auto restored = drive_->restore();
  ASSERT_FALSE(restored.has_value());
  EXPECT_EQ(to_string(*restored.error().sense), "04/44/00");
  EXPECT_THAT(state_->asked, ElementsAre(kSelect, kUnlock));
}

TEST_F(SettingsTest, HasNoErrorRecoveryOnADriveWithoutModeSense) {
  EXPECT_FALSE(drive_->error_recovery().has_value());
  EXPECT_FALSE(drive_->set_error_recovery({}).has_value());
  EXPECT_TRUE(drive_->restore().has_value());
}

// ---- cache ----

const Bytes kForce = bytes({0xA8, 0x08, 0, 0, 0, 100, 0, 0, 0, 0, 0, 0});
const Bytes kRead = bytes({0x28, 0, 0, 0, 0, 100, 0, 0, 1, 0});

/// A drive with a cache: reads of LBA 100 take 8 ms from the disc, nothing from the cache. What empties the cache
/// differs.
class CacheTest : public SettingsTest {
 protected:
  void SetUp() override {
    SettingsTest::SetUp();
    state_->any[0x28] = {.data = Bytes(65536), .sense = {}, .failure = {}};
    know(kRead, Bytes(2048));
    know(kForce);
    state_->on_command = [this](const Bytes& cdb) {
      if (cdb == kRead) {
        if (!cached_) state_->clock.advance(std::chrono::milliseconds{8});
        cached_ = true;
      } else if (cdb == kForce) {
        if (force_empties_) cached_ = false;
      } else if (cdb[0] == std::byte{0x28}) {
        elsewhere_bytes_ += 2048 * std::to_integer<int>(cdb[8]);
        if (elsewhere_empties_ && elsewhere_bytes_ >= 4 << 20) cached_ = false;
      }
    };
  }
  /// What a later defeat sends, and whether the read after it came from the disc.
  void defeat_again() {
    state_->asked.clear();
    elsewhere_bytes_ = 0;
    ASSERT_TRUE(drive_->defeat_cache(Lba{100}).has_value());
  }

  bool cached_ = false, force_empties_ = true, elsewhere_empties_ = true;
  std::int64_t elsewhere_bytes_ = 0;
};

TEST_F(CacheTest, IsDefeatedByAnEmptyForcedReadWhereThatIsSeenToWork) {
  ASSERT_TRUE(drive_->defeat_cache(Lba{100}).has_value());
  EXPECT_FALSE(cached_);
  defeat_again();
  EXPECT_THAT(state_->asked, ElementsAre(kForce));
}

TEST_F(CacheTest, IsDefeatedByReadingElsewhereWhereForcingIsRefused) {
  refuse(kForce, sense(5, 0x24, 0));
  cached_ = true;
  ASSERT_TRUE(drive_->defeat_cache(Lba{100}).has_value());
  EXPECT_FALSE(cached_);
  defeat_again();
  EXPECT_NE(state_->asked.front(), kForce) << "a refusal is remembered";
}

TEST_F(CacheTest, IsDefeatedByReadingElsewhereWhereForcingIsIgnored) {
  force_empties_ = false;
  ASSERT_TRUE(drive_->defeat_cache(Lba{100}).has_value());
  EXPECT_FALSE(cached_);
  cached_ = true;
  defeat_again();
  EXPECT_FALSE(cached_);
  EXPECT_THAT(state_->asked, testing::Not(testing::Contains(kForce)));
}

TEST_F(CacheTest, IsForcedTheCheapWayWhereNothingTakesTime) {
  force_empties_ = elsewhere_empties_ = false;
  cached_ = true;
  ASSERT_TRUE(drive_->defeat_cache(Lba{100}).has_value());
  defeat_again();
  EXPECT_THAT(state_->asked, ElementsAre(kForce));
}

TEST_F(CacheTest, IsDefeatedByReadingElsewhereWhereTheSectorCannotBeMeasured) {
  refuse(kRead, sense(3, 0x11, 0x05));
  ASSERT_TRUE(drive_->defeat_cache(Lba{100}).has_value());
  EXPECT_GE(elsewhere_bytes_, 4 << 20);
}

TEST_F(CacheTest, IsTimedWhereReadingWorkedNotInTheScratch) {
  const Bytes elsewhere = bytes({0x28, 0, 0, 0, 0, 7, 0, 0, 1, 0});
  refuse(kRead, sense(3, 0x11, 0x05));
  know(elsewhere, Bytes(2048));
  know(bytes({0xA8, 0x08, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0}));
  state_->answers[elsewhere].takes = std::chrono::milliseconds{8};
  Bytes out(2048);
  ASSERT_TRUE(drive_->read_user(Lba{7}, 1, out).has_value());
  state_->asked.clear();
  ASSERT_TRUE(drive_->defeat_cache(Lba{100}).has_value());
  EXPECT_THAT(state_->asked, testing::Not(testing::Contains(kRead)));
  EXPECT_EQ(state_->asked.back(), kForce);
}

TEST_F(CacheTest, SizeThatADriveClaimsIsReadWholeButNotWithoutLimit) {
  refuse(kForce);
  know(bytes({0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0}), bytes({0, 0x20, 0, 0, 0, 0, 8, 0}));  // a disc of 4 GB
  Bytes reply = bytes({0, 30, 0, 0, 0, 0, 0, 0, 0x2A, 0x16});
  reply.resize(32);
  reply[20] = std::byte{0x20};  // page bytes 12, 13: 8192 units of 1024 bytes
  know(kSenseCapabilities, reply);
  ASSERT_TRUE(drive_->defeat_cache(Lba{100}).has_value());
  EXPECT_EQ(elsewhere_bytes_, 8 << 20);
  reply[20] = std::byte{0xFF};
  reply[21] = std::byte{0xFF};
  know(kSenseCapabilities, reply);
  elsewhere_bytes_ = 0;
  ASSERT_TRUE(drive_->defeat_cache(Lba{100}).has_value());
  EXPECT_LE(elsewhere_bytes_, 64 << 20);
}

TEST_F(CacheTest, PlaceThatHangsIsPassedOverFromThenOnAndMadeUpForElsewhere) {
  refuse(kForce);
  const Bytes hangs = bytes({0x28, 0, 0, 0, 0x08, 0xA0, 0, 0, 16, 0});  // LBA 2208, of those that are read elsewhere
  state_->answers[hangs] = {
      .data = {}, .sense = {}, .failure = Error{.kind = ErrorKind::timeout}, .takes = std::chrono::seconds{60}};
  const auto first = drive_->defeat_cache(Lba{100});
  ASSERT_FALSE(first.has_value()) << "whoever waited a minute for nothing is told";
  EXPECT_EQ(first.error().kind, ErrorKind::timeout);
  cached_ = true;
  defeat_again();
  EXPECT_THAT(state_->asked, testing::Not(testing::Contains(hangs)));
  EXPECT_GE(elsewhere_bytes_, 4 << 20) << "as much as the cache holds, without what was passed over";
  EXPECT_FALSE(cached_);
}

TEST_F(CacheTest, IsDefeatedAtAnotherPlaceWhereTheUsualOneIsDamaged) {
  refuse(kForce);
  know(bytes({0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0}), bytes({0, 0x20, 0, 0, 0, 0, 8, 0}));  // a disc of 4 GB
  const std::int64_t rot = 0x200000 - 20000;  // where its edge rots: ten times as much as is read elsewhere
  int failures = 0;
  state_->attentions.clear();
  const auto plain = state_->on_command;
  state_->on_command = [&](const Bytes& cdb) {
    auto& any = state_->any[0x28];
    any.sense.reset();
    plain(cdb);
    if (cdb[0] != std::byte{0x28}) return;
    const auto at = [&](std::size_t i) { return std::to_integer<std::int64_t>(cdb[i]); };
    if ((at(2) << 24 | at(3) << 16 | at(4) << 8 | at(5)) < rot) return;
    any.sense = sense(3, 0x11, 0x05);
    ++failures;
    elsewhere_bytes_ = 0;  // nothing came of it
  };
  ASSERT_TRUE(drive_->defeat_cache(Lba{100}).has_value());
  EXPECT_GE(elsewhere_bytes_, 4 << 20);
  const int learned = failures;
  EXPECT_LE(learned, 12);
  cached_ = true;
  defeat_again();
  EXPECT_EQ(failures, learned) << "what is known to be damaged is not read for the cache's sake";
  EXPECT_GE(elsewhere_bytes_, 4 << 20);
  EXPECT_FALSE(cached_);
}

TEST_F(CacheTest, IsNotCalledDefeatedWhereNothingElsewhereReads) {
  refuse(kForce);
  know(bytes({0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0}), bytes({0, 0x20, 0, 0, 0, 0, 8, 0}));
  state_->attentions.clear();
  state_->on_command = nullptr;
  state_->any[0x28] = {.data = {}, .sense = sense(3, 0x11, 0x05), .failure = {}};
  const auto before = state_->asked.size();
  const auto defeated = drive_->defeat_cache(Lba{100});
  ASSERT_FALSE(defeated.has_value());
  EXPECT_TRUE(Drive::cannot_empty_cache(defeated.error())) << defeated.error().got;
  EXPECT_LE(state_->asked.size() - before, 20U) << "a failing read may cost seconds";
}

TEST_F(CacheTest, IsNotCalledDefeatedOnceAllThatIsElsewhereIsKnownToBeDamaged) {
  refuse(kForce);
  state_->on_command = nullptr;
  state_->any[0x28] = {.data = {}, .sense = sense(3, 0x11, 0x05), .failure = {}};
  for (int i = 0; i < 40; ++i) EXPECT_FALSE(drive_->defeat_cache(Lba{2000}).has_value()) << i;
}

TEST_F(CacheTest, IsReadFullOfDifferentSectorsHoweverOftenThePlaceIsChanged) {
  refuse(kForce);
  know(bytes({0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0}), bytes({0, 0, 0x7F, 0xFF, 0, 0, 8, 0}));  // 32768 sectors
  std::set<std::int64_t> sound;
  state_->on_command = [&](const Bytes& cdb) {
    if (cdb[0] != std::byte{0x28}) return;
    auto& any = state_->any[0x28];
    const auto at = [&](std::size_t i) { return std::to_integer<std::int64_t>(cdb[i]); };
    const std::int64_t first = at(4) << 8 | at(5);
    any.sense = first + at(8) > 32268 ? std::optional{sense(3, 0x11, 0x05)} : std::nullopt;
    for (std::int64_t s = 0; !any.sense && s < at(8); ++s) sound.insert(first + s);
  };
  ASSERT_TRUE(drive_->defeat_cache(Lba{100}).has_value());
  EXPECT_GE(sound.size(), 2048U);
}

TEST_F(CacheTest, IsNeverReadFullOfTheVerySectorThatIsToBeForgotten) {
  refuse(kForce);
  know(bytes({0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0}),
       bytes({0, 0, 0x0B, 0xB7, 0, 0, 8, 0}));  // 3000 sectors: no room beside it
  for (const std::int64_t lba : {100, 1000, 1490, 1500, 1600, 2900}) {
    std::set<std::int64_t> touched;
    state_->on_command = [&](const Bytes& cdb) {
      const auto at = [&](std::size_t i) { return std::to_integer<std::int64_t>(cdb[i]); };
      for (std::int64_t s = 0; cdb[0] == std::byte{0x28} && s < at(8); ++s) touched.insert((at(4) << 8 | at(5)) + s);
    };
    ASSERT_TRUE(drive_->defeat_cache(Lba{lba}).has_value());
    EXPECT_GE(touched.size(), 2048U) << lba;
    for (std::int64_t s = lba; s < lba + 32; ++s) ASSERT_FALSE(touched.contains(s)) << s;
  }
}

TEST_F(CacheTest, FuaIsNotBelievedWhereItCannotBeMeasured) {
  const Bytes forced = bytes({0x28, 0x08, 0, 0, 0, 100, 0, 0, 1, 0});
  refuse(forced, sense(3, 0x11, 0x05));
  Bytes out(2048);
  ASSERT_TRUE(drive_->read_user(Lba{100}, 1, out, {.past_cache = true}).has_value());
  EXPECT_GE(elsewhere_bytes_, 4 << 20);
  EXPECT_EQ(state_->asked.back(), kRead);
}

TEST_F(CacheTest, FuaAtWhichADriveHangsIsTriedOnce) {
  know(bytes({0x46, 0x01, 0, 0, 0, 0, 0, 0x20, 0, 0}), bytes({0, 0, 0, 4, 0, 0, 0, 0x10}));
  const Bytes forced = bytes({0x28, 0x08, 0, 0, 0, 100, 0, 0, 1, 0});
  state_->answers[forced] = {.data = {}, .sense = {}, .failure = Error{.kind = ErrorKind::timeout}};
  Bytes out(2048);
  EXPECT_FALSE(drive_->read_user(Lba{100}, 1, out, {.past_cache = true}).has_value());
  ASSERT_TRUE(drive_->identify().has_value());  // as after the reset
  EXPECT_TRUE(drive_->read_user(Lba{100}, 1, out, {.past_cache = true}).has_value());
  EXPECT_EQ(std::ranges::count(state_->asked, forced), 1);
}

TEST_F(CacheTest, OneSlowReadDoesNotMakeAnIgnoredForceBelieved) {
  force_empties_ = false;
  int reads = 0;
  const auto plain = state_->on_command;
  state_->on_command = [&](const Bytes& cdb) {
    plain(cdb);
    if (cdb == kRead && ++reads == 3) state_->clock.advance(std::chrono::milliseconds{50});  // the host was busy
  };
  ASSERT_TRUE(drive_->defeat_cache(Lba{100}).has_value());
  cached_ = true;
  defeat_again();
  EXPECT_FALSE(cached_);
  EXPECT_THAT(state_->asked, testing::Not(testing::Contains(kForce)));
}

TEST_F(CacheTest, IsDefeatedBeforeARawReadPastIt) {
  identify_cd();
  const Bytes read_raw = bytes({0xBE, 0, 0, 0, 0, 100, 0, 0, 1, 0xF8, 0, 0});
  know(read_raw, Bytes(2352));
  state_->answers[read_raw].takes = std::chrono::milliseconds{8};
  Bytes out(2352);
  ASSERT_TRUE(drive_->read_raw(Lba{100}, 1, out, {.past_cache = true}).has_value());
  state_->asked.clear();
  ASSERT_TRUE(drive_->read_raw(Lba{100}, 1, out, {.past_cache = true}).has_value());
  EXPECT_THAT(state_->asked, ElementsAre(kForce, read_raw));
}

TEST_F(CacheTest, IsNotLeftToFuaOnTheReadsOfACd) {
  identify_cd();
  refuse(bytes({0xBE, 0, 0, 0, 0, 100, 0, 0, 1, 0xF8, 0, 0}));
  Bytes out(2048);
  ASSERT_TRUE(drive_->read_user(Lba{100}, 1, out, {.past_cache = true}).has_value());
  state_->asked.clear();
  ASSERT_TRUE(drive_->read_user(Lba{100}, 1, out, {.past_cache = true}).has_value());
  EXPECT_THAT(state_->asked, ElementsAre(kForce, kRead));
}

// ---- transfers ----

TEST_F(SettingsTest, FitsWholeEccBlocksIntoATransfer) {
  EXPECT_EQ(drive_->sectors_per_transfer(2048), 32U);
  EXPECT_EQ(drive_->sectors_per_transfer(2352), 27U);
  know(bytes({0x46, 0x01, 0, 0, 0, 0, 0, 0x20, 0, 0}), bytes({0, 0, 0, 4, 0, 0, 0, 0x10}));  // DVD-ROM
  state_->info.max_transfer_bytes = 120 * 1024;
  ASSERT_TRUE(drive_->identify().has_value());
  EXPECT_EQ(drive_->sectors_per_transfer(2048), 48U);
  state_->info.max_transfer_bytes = 16 * 1024;
  EXPECT_EQ(drive_->sectors_per_transfer(2048), 8U);
  state_->info.max_transfer_bytes = 1024;
  EXPECT_EQ(drive_->sectors_per_transfer(2048), 1U);
}

}  // namespace
}  // namespace pressmark
