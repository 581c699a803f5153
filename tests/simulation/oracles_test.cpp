// The oracles themselves: each is shown a lie and must see it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulation/claims.h"
#include "simulation/dice.h"
#include "simulation/perform.h"
#include "simulation/story.h"

namespace pressmark::simulation {
namespace {

using test::MemoryFiles;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kSectors = 96;
constexpr std::int64_t kLie = 40;  // the sector at which the drive may lie

Truth truth_of(int content_seed) {
  const nlohmann::json scenario{
      {"disc", {{"kind", "dvd"}, {"sectors", kSectors}, {"content_seed", content_seed}}},
      {"faults", {{{"fault", "false-good"}, {"first", kLie}, {"count", 1}}, {{"fault", "dead"}, {"first", 80}}}}};
  return Truth{*open_scenario(scenario.dump())};
}

class Oracles : public ::testing::Test {
 protected:
  Oracles() : disc(truth_of(1)), other(truth_of(2)) {
    claims.map.emplace();
    claims.map->map = RipMap{kSectors};
    claims.map->map.set(0, kSectors, Grade::drive);
    claims.published = true;
    for (std::int64_t s = 0; s < kSectors; ++s) put(s, disc);
  }
  void put(std::int64_t sector, const Truth& from) {
    const auto bytes = *from.user(Lba{sector});
    claims.image.resize(std::max(claims.image.size(), static_cast<std::size_t>(sector + 1) * kUserBytes));
    std::ranges::copy(bytes, claims.image.begin() + sector * kUserBytes);
  }
  void spoil(std::int64_t sector, Grade grade) {
    claims.map->map.set(sector, 1, grade);
    claims.image[static_cast<std::size_t>(sector) * kUserBytes + 100] ^= std::byte{1};
  }
  void drive_gives(std::int64_t sector) { readings.enter(Lba{sector}, claims.bytes(sector), disc); }
  Violations found() {
    Violations violations;
    judgement = judge(claims, {.disc = disc, .other = other, .before = &before, .readings = &readings}, violations);
    return violations;
  }

  Truth disc, other;
  Claims claims, before;
  Readings readings;
  Judgement judgement;
};

TEST_F(Oracles, HaveNothingAgainstTheTruth) {
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(judgement.owner, Owner::disc);
}

TEST_F(Oracles, NeverLetAWrongSectorBeProvenOrRebuilt) {
  for (const Grade grade : {Grade::proven, Grade::rebuilt}) {
    spoil(kLie, grade);
    drive_gives(kLie);
    drive_gives(kLie);
    EXPECT_THAT(found(), ElementsAre(HasSubstr("has other bytes than the disc")));
    put(kLie, disc);
  }
}

TEST_F(Oracles, BelieveTheDriveOnlyWhereItLiesAndOnlyWhatItSaid) {
  spoil(kLie, Grade::drive);
  EXPECT_THAT(found(), ElementsAre(HasSubstr("bytes that the drive never gave")));
  drive_gives(kLie);
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(judgement.wrong[static_cast<std::size_t>(Grade::drive)], 1);
  spoil(kLie + 1, Grade::drive);
  drive_gives(kLie + 1);
  EXPECT_THAT(found(), ElementsAre(HasSubstr("the drive is honest there")));
}

TEST_F(Oracles, WantTwoEqualReadingsForAgreed) {
  spoil(kLie, Grade::agreed);
  drive_gives(kLie);
  EXPECT_THAT(found(), ElementsAre(HasSubstr("only one reading gave")));
  drive_gives(kLie);
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(judgement.wrong[static_cast<std::size_t>(Grade::agreed)], 1);
  EXPECT_EQ(judgement.disputed, 0);
  readings.enter(Lba{kLie}, *disc.user(Lba{kLie}), disc);
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(judgement.disputed, 1);
}

TEST_F(Oracles, CountAReadingOfTheRunBefore) {
  spoil(kLie, Grade::drive);
  before = claims;
  EXPECT_THAT(found(), IsEmpty()) << "it stood there already";
  claims.map->map.set(kLie, 1, Grade::agreed);
  EXPECT_THAT(found(), ElementsAre(HasSubstr("only one reading gave")));
  drive_gives(kLie);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Oracles, SeeTwoDiscsInOneImage) {
  put(50, other);
  EXPECT_THAT(found(), ElementsAre(HasSubstr("bytes of two discs: ")));
  for (std::int64_t s = 0; s < kSectors; ++s) put(s, other);
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(judgement.owner, Owner::other_disc);
}

TEST_F(Oracles, SeeAnImageThatIsTooShort) {
  claims.image.resize((kSectors - 1) * kUserBytes);
  EXPECT_THAT(found(), ElementsAre(HasSubstr("a sector called drive")));
}

TEST_F(Oracles, LookAtFillLengthAndNameOfAFinishedImage) {
  const auto finished = [&] {
    Violations violations;
    judge_finished(claims, std::byte{0x55}, violations);
    return violations;
  };
  EXPECT_THAT(finished(), IsEmpty());
  claims.map->map.set(80, 16, Grade::unreadable);
  EXPECT_THAT(finished(), ElementsAre(HasSubstr("unreadable sector 80 does not hold the fill")));
  std::fill_n(claims.image.begin() + 80 * kUserBytes, 16 * kUserBytes, std::byte{0x55});
  EXPECT_THAT(finished(), IsEmpty());
  claims.map->map.set(7, 1, Grade::untrimmed);
  EXPECT_THAT(finished(), ElementsAre(HasSubstr("left sectors untried")));
  claims.map->map.set(7, 1, Grade::drive);
  claims.image.resize(claims.image.size() + 1);
  EXPECT_THAT(finished(), ElementsAre(HasSubstr("the image has")));
  claims.published = false;
  EXPECT_THAT(finished(), ElementsAre(HasSubstr("not there under its name")));
}

TEST_F(Oracles, CannotReadABrokenMap) {
  MemoryFiles files;
  files.put("d/x.map", std::vector<std::byte>(10, std::byte{'x'}));
  Violations violations;
  EXPECT_FALSE(read_claims(files, "d/x", violations).map);
  EXPECT_THAT(violations, ElementsAre(HasSubstr("cannot be read")));
}

TEST(Tap, EndsWhatHasNoEndAndHearsEverySector) {
  const nlohmann::json scenario{{"disc", {{"kind", "dvd"}, {"sectors", kSectors}}}};
  const Truth truth{*open_scenario(scenario.dump())};
  auto drive = *open_scenario(scenario.dump());
  Readings readings;
  Traffic traffic{.limit = 2};
  Tap tap{*drive, {.truth = truth, .readings = readings, .traffic = traffic}};
  std::vector<std::byte> data(3 * kUserBytes);
  Command read{.cdb_length = 10, .direction = Direction::in, .data = data};
  read.cdb[0] = std::byte{0x28};
  read.cdb[5] = std::byte{30};
  read.cdb[8] = std::byte{3};
  EXPECT_TRUE(tap.execute(read));
  EXPECT_TRUE(tap.execute(read));
  const auto third = tap.execute(read);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().kind, ErrorKind::device_gone);
  EXPECT_EQ(readings.of(Lba{32}).right, 2U);
  EXPECT_EQ(readings.of(Lba{33}).right, 0U);
}

TEST(Stories, FollowFromTheirSeed) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Story a = make_story(seed), b = make_story(seed);
    EXPECT_EQ(a.calm.scenario, b.calm.scenario);
    EXPECT_EQ(a.features, b.features);
    EXPECT_NE(a.calm.scenario, make_story(seed + 1).calm.scenario);
  }
}

TEST(Stories, UseEveryFeature) {
  std::bitset<kFeatures> used;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) used |= make_story(seed).features;
  for (std::size_t i = 0; i < kFeatures; ++i) EXPECT_TRUE(used.test(i)) << to_string(static_cast<Feature>(i));
}

/// What a loss of power leaves, against a plain account of it: everything is copied at every sync.
TEST(MemoryFilesAfterAPowerCut, HoldWhatWasSynced) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Dice dice{seed};
    MemoryFiles files;
    auto file = *files.open("d/x", OpenMode::create);
    ASSERT_TRUE(files.sync_directory("d"));
    std::vector<std::byte> now, stable;
    for (int i = 0; i < 40; ++i) {
      const auto at = static_cast<std::size_t>(dice.whole(0, 300)), size = static_cast<std::size_t>(dice.whole(0, 100));
      switch (dice.whole(0, 4)) {
        case 0:
          ASSERT_TRUE(file->resize(at));
          now.resize(at);
          break;
        case 1:
          ASSERT_TRUE(file->sync());
          stable = now;
          break;
        case 2:
          if (!dice.chance(0.2)) break;
          file = *files.open("d/x", OpenMode::create);
          now.clear();
          break;
        default: {
          const std::vector<std::byte> bytes(size, static_cast<std::byte>(dice.whole(1, 255)));
          ASSERT_TRUE(file->write_at(at, bytes));
          if (now.size() < at + size) now.resize(at + size);
          std::ranges::copy(bytes, now.begin() + static_cast<std::ptrdiff_t>(at));
        }
      }
      EXPECT_EQ(files.after_power_cut(MemoryFiles::Unsynced::all_lost)->content("d/x"), stable) << seed;
      EXPECT_EQ(files.after_power_cut(MemoryFiles::Unsynced::all_kept)->content("d/x"), now) << seed;
    }
  }
}

}  // namespace
}  // namespace pressmark::simulation
