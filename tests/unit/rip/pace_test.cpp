// A drive's pace: slowness told from a drive's own speed before, and remedies that are kept only if they help.
#include "rip/pace.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pressmark/simulated.h"

#include "support/memory_files.h"
#include "support/watched_transport.h"

namespace pressmark {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::uint32_t kCount = 32;

/// Reads that follow one another.
class PaceTest : public ::testing::Test {
 protected:
  void read_for(double wanted_s, double sectors_a_second) {
    for (double took = 0; took < wanted_s; took += kCount / sectors_a_second, at_ += kCount)
      pace_.read(at_, kCount, speed_, kCount / sectors_a_second);
  }
  void fail_here() {
    pace_.failed(at_);
    at_ += kCount;
  }
  /// An error, and slow reading until a remedy is due or `most_s` have passed.
  Pace::Remedy slow_after_error(double sectors_a_second, double most_s = 60) {
    fail_here();
    return slow_on(sectors_a_second, most_s);
  }
  Pace::Remedy slow_on(double sectors_a_second, double most_s = 60) {
    for (double took = 0; took < most_s; took += 0.5) {
      read_for(0.5, sectors_a_second);
      if (const auto remedy = pace_.due(); remedy != Pace::Remedy::nothing) return remedy;
    }
    return Pace::Remedy::nothing;
  }

  Pace pace_{std::nullopt};
  std::int64_t at_ = 0;
  std::uint32_t speed_ = 0;
};

TEST_F(PaceTest, WithoutAnErrorNothingIsSlow) {
  read_for(10, 10'000);
  EXPECT_EQ(slow_on(1'000), Pace::Remedy::nothing);
  EXPECT_EQ(pace_.slowness().times, 0U);
  EXPECT_THAT(pace_.news(), IsEmpty());
}

TEST_F(PaceTest, AnErrorThatSlowsNothingDownIsNone) {
  read_for(5, 10'000);
  EXPECT_EQ(slow_after_error(9'000), Pace::Remedy::nothing);
  EXPECT_EQ(pace_.slowness().times, 0U);
}

TEST_F(PaceTest, ASpeedSaidAgainIsKeptToWhereItHelps) {
  read_for(5, 10'000);
  for (int errors = 0; errors < 3; ++errors) {
    ASSERT_EQ(slow_after_error(2'500), Pace::Remedy::say_speed);
    EXPECT_EQ(pace_.due(), Pace::Remedy::nothing) << "said once each time";
    read_for(4, 10'000);
  }
  EXPECT_THAT(pace_.news(), ElementsAre(HasSubstr("25 %"), HasSubstr("told its speed again brings")));
  EXPECT_EQ(pace_.slowness().times, 3U);
  EXPECT_NEAR(seconds(pace_.slowness().time), 6, 2);
}

TEST_F(PaceTest, WhatDoesNotHelpIsNotDoneAgain) {
  read_for(5, 10'000);
  ASSERT_EQ(slow_after_error(2'500), Pace::Remedy::say_speed);
  ASSERT_EQ(slow_on(2'500), Pace::Remedy::stand_still);
  EXPECT_GT(seconds(pace_.slowness().time), 15) << "not before the slowness has cost as much";
  EXPECT_EQ(slow_on(2'500), Pace::Remedy::nothing);
  EXPECT_EQ(slow_after_error(2'500), Pace::Remedy::nothing);
  EXPECT_THAT(pace_.news(), ElementsAre(HasSubstr("25 %"), HasSubstr("speed again does not"),
                                        HasSubstr("stopping and starting the disc does not")));
}

TEST_F(PaceTest, AStandstillThatHelpsIsUsedAgainWhereSlownessLasts) {
  read_for(5, 10'000);
  ASSERT_EQ(slow_after_error(2'500), Pace::Remedy::say_speed);
  ASSERT_EQ(slow_on(2'500), Pace::Remedy::stand_still);
  read_for(4, 10'000);
  ASSERT_EQ(slow_after_error(2'500), Pace::Remedy::stand_still);
  EXPECT_THAT(pace_.news(), Contains(HasSubstr("stopping and starting the disc brings")));
}

TEST_F(PaceTest, ASlownessThatEndsByItselfIsNoRemedysDoing) {
  read_for(5, 10'000);
  ASSERT_EQ(slow_after_error(2'500), Pace::Remedy::say_speed);
  ASSERT_EQ(slow_on(2'500, 5), Pace::Remedy::nothing);
  read_for(4, 10'000);
  EXPECT_THAT(pace_.news(), ElementsAre(HasSubstr("25 %"), HasSubstr("does not"), HasSubstr("at its speed again")));
}

TEST_F(PaceTest, ReadsThatDoNotFollowOneAnotherSayNothing) {
  read_for(5, 10'000);
  pace_.failed(at_);
  for (int i = 0; i < 1000; ++i) pace_.read(i * 1000, kCount, 0, 0.1);
  EXPECT_EQ(pace_.due(), Pace::Remedy::nothing);
}

TEST_F(PaceTest, AnotherSpeedIsAnotherYardstick) {
  read_for(5, 10'000);
  pace_.failed(at_);
  speed_ = 1385;
  EXPECT_EQ(slow_on(700), Pace::Remedy::nothing);
  EXPECT_EQ(pace_.slowness().times, 0U);
}

TEST_F(PaceTest, ADriveOfConstantAngularVelocityIsSlowerInside) {
  Disc disc;
  disc.profile.kind = MediaKind::dvd;
  disc.sectors = 2'295'104;
  disc.layers = 1;
  const DiscGeometry geometry = nominal_geometry(disc);
  pace_ = Pace{geometry};
  at_ = 2'200'000;
  read_for(5, 10'000);
  pace_.failed(at_);
  at_ = 1000;
  const double inside = 10'000 * geometry.sectors_per_turn(1000) / geometry.sectors_per_turn(2'200'000);
  ASSERT_LT(inside, 6'000);
  EXPECT_EQ(slow_on(inside), Pace::Remedy::nothing);
  EXPECT_EQ(pace_.slowness().times, 0U);
}

// ---- a whole rip ----

struct Ripped {
  RipOutcome outcome;
  double seconds = 0;
  std::size_t speeds_said = 0, starts = 0;
  std::vector<std::string> notes;
};

struct Notes final : EventSink {
  void on(const Event& event, Duration) override {
    if (const auto* note = std::get_if<Note>(&event)) texts.push_back(note->text);
  }
  std::vector<std::string> texts;
};

/// One dead block; behind it a drive of 4x reads at 1x, for a minute if nothing cures it.
Ripped rip_slowing(std::string_view cure) {
  auto simulated = open_scenario(fmt::format(
      R"({{"disc": {{"kind": "dvd", "sectors": 40000}}, "faults": [{{"fault": "dead", "first": 16000, "count": 16}}],
          "drive": {{"dvd": {{"speeds_x": [1, 4], "clv_up_to_x": 4}}, "slow_down_x": 1, "slow_down_s": 60, "slow_down_cure": "{}"}}}})",
      cure));
  if (!simulated) throw std::runtime_error(describe(simulated.error()));
  auto watched = std::make_unique<test::WatchedTransport>(std::move(*simulated));
  auto* line = watched.get();
  auto drive = std::move(*Drive::open(std::move(watched)));
  test::MemoryFiles files;
  Notes notes;
  auto outcome = rip(*drive, {.name = "x", .digests = {}, .retries = 0}, files, {.events = &notes});
  if (!outcome) throw std::runtime_error(describe(outcome.error()));
  return {.outcome = std::move(*outcome),
          .seconds = seconds(line->clock().now()),
          .speeds_said = line->count(0xBB) + line->count(0xB6),
          .starts = line->count(0x1B),
          .notes = notes.texts};
}

TEST(Pace, ARipUsesWhatCuresTheDrive) {
  const Ripped time = rip_slowing("time"), speed = rip_slowing("set-speed"), still = rip_slowing("stand-still");
  EXPECT_LT(speed.seconds, 0.6 * time.seconds);
  EXPECT_LT(still.seconds, time.seconds);
  EXPECT_GT(speed.speeds_said, 0U);
  EXPECT_EQ(speed.starts, 0U);
  EXPECT_GT(still.starts, 0U);
  EXPECT_EQ(speed.outcome.slowness.times, 1U);
  EXPECT_LT(seconds(speed.outcome.slowness.time), 5);
  EXPECT_GT(seconds(time.outcome.slowness.time), 20);
  EXPECT_THAT(speed.notes, Contains(HasSubstr("being told its speed again brings the drive's speed back")));
  EXPECT_THAT(still.notes, Contains(HasSubstr("stopping and starting the disc brings the drive's speed back")));
  for (const Ripped* r : {&time, &speed, &still}) {
    EXPECT_EQ(r->outcome.map.count(Grade::unreadable), 16);
    EXPECT_EQ(r->outcome.map.good(), 40'000 - 16);
    EXPECT_THAT(r->notes, Contains(HasSubstr("since the error at sector 16000")));
  }
}

}  // namespace
}  // namespace pressmark
