// Speed, effort and approach, over simulated drives that heed them and that do not.
#include "rip/manner.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pressmark/simulated.h"

#include "support/watched_transport.h"

namespace pressmark {
namespace {

using test::WatchedTransport;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr unsigned kModeSelect = 0x55;
constexpr unsigned kStartStop = 0x1B;
constexpr unsigned kAnySpeed = 0xBB;

RipMap good_from_to(std::int64_t sectors, std::int64_t first, std::int64_t end) {
  RipMap map{sectors};
  map.set(first, end - first, Grade::drive);
  return map;
}

TEST(FarSector, LiesMoreThanTwoHundredTurnsAwayInGoodSectors) {
  const RipMap map = good_from_to(400'000, 100'000, 300'000);
  for (const std::int64_t from : {0, 100'000, 150'000, 250'000, 399'999}) {
    for (const std::uint64_t nth : {0U, 1U, 7U, 1000U}) {
      const std::int64_t far = far_sector(map, from, MediaKind::dvd, nth);
      EXPECT_TRUE(is_good(map.at(far))) << from;
      EXPECT_GT(std::abs(far - from), 200 * 71) << from;
    }
  }
}

TEST(FarSector, WalksBackwardsSoThatNoReadAheadHasIt) {
  const RipMap map = good_from_to(400'000, 0, 400'000);
  for (const std::int64_t from : {0, 200'000, 399'999}) {
    for (std::uint64_t nth = 1; nth < 500; ++nth) {
      EXPECT_EQ(far_sector(map, from, MediaKind::dvd, nth), far_sector(map, from, MediaKind::dvd, nth - 1) - 16);
    }
  }
}

TEST(FarSector, IsTheFartherEndWhereNothingFarIsGood) {
  EXPECT_EQ(far_sector(RipMap{10'000}, 100, MediaKind::cd, 3), 9'999);
  EXPECT_EQ(far_sector(RipMap{10'000}, 9'000, MediaKind::cd, 3), 0);
  EXPECT_EQ(far_sector(good_from_to(10'000, 0, 10'000), 4'000, MediaKind::bd, 0), 9'999) << "a disc too small for it";
}

class MannerTest : public ::testing::Test {
 protected:
  void load(const std::string& scenario) {
    auto simulated = open_scenario(scenario);
    ASSERT_TRUE(simulated) << describe(simulated.error());
    auto watched = std::make_unique<WatchedTransport>(std::move(*simulated));
    transport_ = watched.get();
    auto opened = Drive::open(std::move(watched));
    ASSERT_TRUE(opened);
    drive_ = std::move(*opened);
    ASSERT_TRUE(drive_->wait_ready(std::chrono::seconds{30}));
    const auto disc = drive_->identify();
    ASSERT_TRUE(disc);
    const auto plan = plan_image(*drive_, *disc, {});
    ASSERT_TRUE(plan);
    reader_.emplace(*drive_, *plan);
    map_ = good_from_to(plan->range.count, 0, plan->range.count);
    manner_.emplace(*drive_, *reader_,
                    Manner::Setup{.kind = disc->profile.kind,
                                  .tell = [this](Note::Level, std::string text) { told_.push_back(std::move(text)); },
                                  .stop = [] { return false; }});
    transport_->cdbs.clear();
  }
  /// Whether the step's sectors come.
  bool reads(const Step& step) {
    const auto past_cache = manner_->assume(step, map_);
    EXPECT_TRUE(past_cache) << describe(past_cache.error());
    std::vector<std::byte> out(std::size_t{step.count} * kUserBytes);
    std::vector<Grade> grades(step.count);
    const auto read = reader_->read(step.first, step.count, out, grades, {.past_cache = past_cache.value_or(false)});
    if (!read) manner_->failed(step.effort, drive_->last_command_time());
    return read && std::ranges::all_of(grades, is_good);
  }
  void assume(const Step& step) { ASSERT_TRUE(manner_->assume(step, map_)); }
  std::uint8_t retries() { return drive_->error_recovery().value().retries; }

  WatchedTransport* transport_ = nullptr;
  std::unique_ptr<Drive> drive_;
  std::optional<SectorReader> reader_;
  std::optional<Manner> manner_;
  RipMap map_{0};
  std::vector<std::string> told_;
};

constexpr std::string_view kDvd = R"("disc": {"kind": "dvd", "sectors": 60000})";
std::string dvd(std::string_view drive, std::string_view faults = "[]") {
  return fmt::format(R"({{{}, "drive": {}, "faults": {}}})", kDvd, drive, faults);
}

TEST_F(MannerTest, NothingIsSentForWhatTheDriveDoesAnyway) {
  load(dvd(R"({"model": "sound-modern"})"));
  assume({.first = 0, .count = 16});
  EXPECT_THAT(transport_->cdbs, IsEmpty());
}

TEST_F(MannerTest, EffortIsSentOnceAndPutBack) {
  load(dvd(R"({"model": "sound-modern", "default_retries": 20})"));
  assume({.count = 16, .effort = Effort::quick});
  EXPECT_EQ(retries(), 0);
  assume({.first = 16, .count = 16, .effort = Effort::quick});
  EXPECT_EQ(transport_->count(kModeSelect), 1U);
  assume({.count = 16, .effort = Effort::most});
  EXPECT_EQ(retries(), 80) << "four times its own: more, and a read may outlast its time-out";
  assume({.count = 16, .effort = Effort::usual});
  EXPECT_EQ(retries(), 20);
  assume({.count = 16, .effort = Effort::quick});
  ASSERT_TRUE(drive_->restore());
  EXPECT_EQ(retries(), 20);
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(MannerTest, TheMostIsNotAskedForAgainOnceItWasTooMuch) {
  load(dvd(R"({"model": "sound-modern", "default_retries": 20})"));
  assume({.count = 16, .effort = Effort::most});
  manner_->failed(Effort::most, std::chrono::seconds{5});
  EXPECT_EQ(retries(), 80);
  manner_->hung(Effort::most);
  assume({.count = 16, .effort = Effort::most});
  EXPECT_EQ(retries(), 20);
}

TEST_F(MannerTest, WhatAResetLostIsSentAgain) {
  load(dvd(R"({"model": "sound-modern"})"));
  assume({.count = 16, .speed_kb_per_s = 5540, .effort = Effort::quick});
  const std::size_t before = transport_->cdbs.size();
  manner_->forget();
  assume({.count = 16, .speed_kb_per_s = 5540, .effort = Effort::quick});
  EXPECT_GT(transport_->cdbs.size(), before);
  EXPECT_EQ(transport_->count(kModeSelect), 2U);
}

TEST_F(MannerTest, ADriveThatKeepsItsRetryCountIsToldOfOnce) {
  load(dvd(R"({"model": "liar"})"));
  for (const Effort effort : {Effort::quick, Effort::most, Effort::quick}) assume({.count = 16, .effort = effort});
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_THAT(told_[0], HasSubstr("keeps its own retry count"));
}

TEST_F(MannerTest, ADriveThatRefusesZeroIsAskedForOne) {
  load(dvd(R"({"model": "sound-modern"})"));
  transport_->instead = [](const Command& command) -> std::optional<Result<Reply>> {
    // MODE SELECT(10): 8 bytes of header, then page 01h, whose byte 3 is the count.
    const bool zero = std::to_integer<unsigned>(command.cdb[0]) == kModeSelect && command.data[11] == std::byte{0};
    if (!zero) return std::nullopt;
    return test::sense_reply(5, 0x26, 0);
  };
  assume({.count = 16, .effort = Effort::quick});
  EXPECT_EQ(retries(), 1);
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(MannerTest, ADriveWithoutThePageIsReadAsItIs) {
  load(dvd(R"({"model": "sound-modern"})"));
  transport_->instead = [](const Command& command) -> std::optional<Result<Reply>> {
    if (std::to_integer<unsigned>(command.cdb[0]) != 0x5A) return std::nullopt;
    return test::sense_reply(5, 0x20, 0);
  };
  assume({.count = 16, .effort = Effort::quick});
  assume({.count = 16, .effort = Effort::most});
  EXPECT_EQ(told_.size(), 1U);
  EXPECT_EQ(transport_->count(kModeSelect), 0U);
}

TEST_F(MannerTest, MeasuresWhatFailingReadsTake) {
  load(dvd(R"({"model": "sound-modern"})", R"([{"fault": "dead", "first": 1600, "count": 160}])"));
  for (std::int64_t block = 0; block < 4; ++block) {
    EXPECT_FALSE(reads({.first = 1600 + block * 16, .count = 16, .effort = Effort::usual}));
    EXPECT_FALSE(reads({.first = 1600 + block * 16, .count = 16, .effort = Effort::quick}));
  }
  EXPECT_EQ(manner_->failing()[0].count, 4U);
  EXPECT_EQ(manner_->failing()[1].count, 4U);
  EXPECT_GT(manner_->failing()[1].time, 2 * manner_->failing()[0].time);
}

TEST_F(MannerTest, WhatReadsOnlyAfterASeekIsReadAfterASeek) {
  load(dvd(R"({"model": "sound-modern"})",
           R"([{"fault": "marginal", "first": 1600, "count": 16, "max_speed_x": 100, "approaches": ["seek"]}])"));
  ASSERT_TRUE(reads({.first = 1584, .count = 16}));
  EXPECT_FALSE(reads({.first = 1600, .count = 16})) << "straight on, the block does not read";
  EXPECT_TRUE(reads({.first = 1600, .count = 16, .past_cache = true, .approach = Approach::seek}));
}

TEST_F(MannerTest, WhatReadsOnlyAfterASpinUpIsReadAfterASpinUp) {
  for (const std::string_view kind : {"cd", "dvd"}) {
    load(fmt::format(
        R"({{"disc": {{"kind": "{}", "sectors": 20000}}, "faults":
        [{{"fault": "marginal", "first": 1600, "count": 16, "max_speed_x": 100, "approaches": ["spin-up"]}}]}})",
        kind));
    ASSERT_TRUE(reads({.first = 1584, .count = 16}));
    EXPECT_FALSE(reads({.first = 1600, .count = 16, .past_cache = true, .approach = Approach::seek}));
    EXPECT_TRUE(reads({.first = 1600, .count = 1, .past_cache = true, .approach = Approach::spin_up})) << kind;
    EXPECT_EQ(transport_->count(kStartStop), 2U);
  }
}

TEST_F(MannerTest, ADriveThatDoesNotStopIsReadAnyway) {
  load(dvd(R"({"model": "sound-modern"})"));
  transport_->instead = [](const Command& command) -> std::optional<Result<Reply>> {
    if (std::to_integer<unsigned>(command.cdb[0]) != kStartStop) return std::nullopt;
    return test::sense_reply(5, 0x20, 0);
  };
  EXPECT_TRUE(reads({.first = 0, .count = 16, .past_cache = true, .approach = Approach::spin_up}));
  EXPECT_TRUE(reads({.first = 0, .count = 16, .past_cache = true, .approach = Approach::spin_up}));
  EXPECT_EQ(transport_->count(kStartStop), 1U);
  EXPECT_EQ(told_.size(), 1U);
}

TEST_F(MannerTest, TroubleThatPassesIsAskedAgainAndNotTakenForARefusal) {
  load(dvd(R"({"model": "sound-modern", "default_retries": 20})"));
  int troubles = 0;
  transport_->instead = [&](const Command& command) -> std::optional<Result<Reply>> {
    const auto opcode = std::to_integer<unsigned>(command.cdb[0]);
    const bool setting = opcode == kModeSelect || opcode == kAnySpeed || opcode == 0xB6 || opcode == kStartStop;
    if (!setting || troubles == 0) return std::nullopt;
    --troubles;
    return test::sense_reply(0x0B, 0, 6);
  };
  const Step quick{.count = 16, .speed_kb_per_s = 5540, .approach = Approach::spin_up, .effort = Effort::quick};
  troubles = 5;
  assume(quick);
  troubles = 0;
  EXPECT_EQ(retries(), 20);
  transport_->cdbs.clear();
  assume(quick);
  EXPECT_EQ(retries(), 0);
  EXPECT_EQ(transport_->count(0xB6), 1U);
  EXPECT_EQ(transport_->count(kStartStop), 2U);
  EXPECT_THAT(told_, IsEmpty());
  transport_->instead = {};
}

TEST_F(MannerTest, ADriveInTroubleIsNotARefusal) {
  load(dvd(R"({"model": "sound-modern"})"));
  transport_->instead = [](const Command& command) -> std::optional<Result<Reply>> {
    const auto opcode = std::to_integer<unsigned>(command.cdb[0]);
    if (opcode != 0xB6 && opcode != kAnySpeed) return std::nullopt;
    return fail({.kind = ErrorKind::device_gone, .tried = "set the speed", .got = "no such device"});
  };
  const auto assumed = manner_->assume({.count = 16, .speed_kb_per_s = 5540}, map_);
  ASSERT_FALSE(assumed);
  EXPECT_EQ(assumed.error().kind, ErrorKind::device_gone);
  EXPECT_THAT(told_, IsEmpty());
}

}  // namespace
}  // namespace pressmark
