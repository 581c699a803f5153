// A World against the whole simulated drive: the same commands, byte by byte, get the same verdicts at the same instants.
#include "bench/recovery/world.h"

#include <string>

#include "bench/recovery/baselines.h"
#include "bench/recovery/ddrescue.h"
#include "bench/recovery/profiles.h"
#include "drivers/simulated/random.h"
#include "unit/simulated/host.h"

namespace pressmark::recovery {
namespace {

World world_of(const std::string& json) {
  auto scenario = simulated::parse_scenario(json, "test", {});
  if (!scenario) throw std::runtime_error(describe(scenario.error()));
  return World{std::move(*scenario)};
}

const std::string kDamaged = R"({"seed": 11, "disc": {"kind": "dvd", "sectors": 200000, "spread": 0.005},
  "damage": [{"shape": "radial", "from_mm": 24.5, "length_mm": 1, "dead": 0.6, "marginal": 0.9, "probability": 0.6}],
  "faults": [{"fault": "dead", "first": 1600, "count": 16},
             {"fault": "marginal", "first": 3200, "count": 320, "max_speed_x": 4}]})";

const std::string kCd = R"({"seed": 4, "disc": {"kind": "cd", "sectors": 60000}, "drive": {"model": "raw-refuser"},
  "damage": [{"shape": "radial", "from_mm": 27, "length_mm": 2, "width_mm": 3}],
  "faults": [{"fault": "marginal", "first": 1600, "count": 40, "probability": 0.5}]})";
const std::string kBd = R"({"seed": 5, "disc": {"kind": "bd", "sectors": 300000, "layers": 2, "spread": 0.005},
  "damage": [{"shape": "fingerprint", "from_mm": 24.6, "diameter_mm": 1, "marginal": 0.3}],
  "drive": {"honours_retry_count": false, "slow_down_x": 4, "slow_down_s": 5}})";

/// What World::read does, as commands to the whole drive.
class Twin {
 public:
  Twin(const std::string& json, MediaKind kind) : host_(Host::of(json)), kind_(kind) {}

  Heard read(const Read& r) {
    if (r.effort != effort_) {
      effort_ = r.effort;
      const int retries = effort_ == Effort::quick ? 0 : effort_ == Effort::usual ? 20 : 255;
      host_.out({0x55, 0x10, 0, 0, 0, 0, 0, 0, 20, 0},
                bytes({0, 0, 0, 0, 0, 0, 0, 0, 1, 10, 0, retries, 0, 0, 0, 0, 0, 0, 0, 0}));
    }
    if (r.approach == Approach::spin_up) {
      host_.none({0x1B, 0, 0, 0, 0, 0});
      host_.none({0x1B, 0, 0, 0, 1, 0});
    }
    const bool flush = kind_ == MediaKind::cd && r.past_cache;
    if (flush) host_.none({0xA8, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    return host_.read10(static_cast<std::uint32_t>(r.first), r.count, r.past_cache && !flush);
  }
  [[nodiscard]] Duration now() { return host_.drive().clock().now(); }

 private:
  Host host_;
  MediaKind kind_;
  Effort effort_ = Effort::usual;
};

Read random_read(simulated::Random& random, std::int64_t after, std::int64_t sectors) {
  const auto chance = [&](double p) { return random.uniform() < p; };
  Read r;
  r.count = chance(0.3) ? 16 : 1 + static_cast<std::uint32_t>(random.bits() % 64);
  r.first = chance(0.6) ? after : static_cast<std::int64_t>(random.bits() % static_cast<std::uint64_t>(sectors));
  if (chance(0.2)) r.first = 1600 - 40 + static_cast<std::int64_t>(random.bits() % 2000);
  if (r.first + r.count > sectors) r.first = 0;
  r.past_cache = chance(0.1);
  r.effort = chance(0.8) ? Effort::usual : chance(0.5) ? Effort::quick : Effort::most;
  if (chance(0.01)) r.approach = Approach::spin_up;
  return r;
}

void expect_twins(const std::string& json) {
  World world = world_of(json);
  Twin twin{json, world.kind()};
  simulated::Random random{3};
  std::int64_t after = 0;
  int failed = 0;
  for (int i = 0; i < 4000; ++i) {
    const Read read = random_read(random, after, world.sectors());
    after = read.first + read.count;
    const Heard heard = twin.read(read);
    const Answer answer = world.read(read);
    ASSERT_EQ(answer.failed, heard.verdict() == "03/11/05") << i << ": " << heard.verdict();
    ASSERT_EQ(answer.failed, !heard.good());
    if (answer.failed) {
      ASSERT_EQ(answer.failed_at, heard.information());
    }
    ASSERT_NEAR(world.now(), seconds(twin.now()), 1e-9) << i;
    failed += answer.failed;
  }
  EXPECT_GT(failed, 100);
  EXPECT_LT(failed, 3500);
}

TEST(World, AnswersEachReadAsTheWholeDriveDoesAndWhenItDoes) { expect_twins(kDamaged); }
TEST(World, DoesSoWithACd) { expect_twins(kCd); }
TEST(World, DoesSoWithTwoLayersAndADriveThatSlowsDown) { expect_twins(kBd); }

TEST(World, KnowsWhatCanBeHad) {
  World world = world_of(kDamaged);
  const Host host = Host::of(kDamaged);
  std::int64_t dead = 0;
  for (std::int64_t block = 0; block < world.blocks(); ++block) {
    const SectorFate fate = const_cast<Host&>(host).drive().fate(Lba{block * 16});
    EXPECT_EQ(world.truth(block) == Truth::dead, fate == SectorFate::dead) << block;
    dead += world.truth(block) == Truth::dead;
  }
  EXPECT_GT(dead, 10);
  EXPECT_EQ(world.can_be_had(), world.sectors() - dead * 16);
}

TEST(World, TellsWhenEachShareWasHad) {
  World world = world_of(R"({"disc": {"kind": "dvd", "sectors": 160000}})");
  linear(world);
  const Outcome o = world.outcome();
  EXPECT_EQ(o.recovered, 160000);
  EXPECT_EQ(o.reached[4], o.total_s);
  EXPECT_LT(o.reached[0], o.reached[1]);
  EXPECT_NEAR(o.recovered_at(o.reached[0]), 80000, 200);
  EXPECT_EQ(o.recovered_at(o.total_s * 2), 160000);
  EXPECT_EQ(o.recovered_at(0), 0);
}

TEST(Oracle, GetsAllThatCanBeHadBeforeAnythingFails) {
  World world = world_of(kDamaged);
  bool complete_at_first_failure = false;
  bool failed = false;
  world.watch([&](const Read&, const Answer& answer) {
    if (answer.failed && !failed) complete_at_first_failure = world.recovered() == world.can_be_had();
    failed = failed || answer.failed;
  });
  oracle(world);
  EXPECT_TRUE(failed);
  EXPECT_TRUE(complete_at_first_failure);
}

TEST(Ddrescue, NeedsSeventeenFailingReadsForADeadBlockAndOneIfItReadsBlocks) {
  const std::string one =
      R"({"disc": {"kind": "dvd", "sectors": 16000}, "faults": [{"fault": "dead", "first": 1600, "count": 16}]})";
  World small = world_of(one), large = world_of(one);
  ddrescue(small, {});
  ddrescue(large, {.sector = 16, .cluster = 1});
  EXPECT_EQ(small.outcome().failing_reads, 17U);
  EXPECT_EQ(large.outcome().failing_reads, 1U);
  EXPECT_EQ(small.recovered(), small.can_be_had());
  EXPECT_EQ(large.recovered(), large.can_be_had());
}

TEST(Profiles, AreAllDamagedButTheCleanOneAndTheSameForASeed) {
  for (const Profile& profile : profiles()) {
    const World a{scenario_of(profile, {}, 7)}, b{scenario_of(profile, {}, 7)}, c{scenario_of(profile, {}, 8)};
    std::int64_t damaged = 0;
    bool same = true, other = a.blocks() != c.blocks();
    for (std::int64_t block = 0; block < a.blocks(); ++block) {
      damaged += a.truth(block) != Truth::sound;
      same = same && a.truth(block) == b.truth(block);
      other = other || a.truth(block) != c.truth(block);
    }
    EXPECT_EQ(damaged == 0, profile.name == "clean") << profile.name;
    EXPECT_TRUE(same) << profile.name;
    EXPECT_EQ(other, profile.name != "clean") << profile.name;
  }
}

}  // namespace
}  // namespace pressmark::recovery
