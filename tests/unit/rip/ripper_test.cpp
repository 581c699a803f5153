// The whole rip, over a simulated drive and a file system that can lose its power.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pressmark/medium.h"
#include "pressmark/rip.h"
#include "pressmark/simulated.h"

#include "support/memory_files.h"
#include "support/watched_transport.h"
#include "unit/rip/rig.h"

namespace pressmark {
namespace {

using test::content;
using test::DamagedTransport;
using test::digest;
using test::filled;
using test::MemoryFiles;
using test::MemoryMedium;
using test::rig;
using test::rig_options;
using test::run_of;
using test::sha1;
using test::TwoFaced;
using ::testing::HasSubstr;

TEST(Rip, ASoundDvdIsItsImage) {
  MemoryFiles files;
  auto r = rig({});
  const auto outcome = rip(*r.drive, rig_options(), files, {});
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->map.count(Grade::drive), 400);
  EXPECT_EQ(files.content("d/x.iso"), content(400, 1));
  EXPECT_FALSE(files.exists("d/x.iso.part"));
  EXPECT_EQ(digest(*outcome, DigestKind::sha1).hex(), sha1(content(400, 1)));
}

TEST(Rip, ASoundCdIsProvenSectorBySector) {
  MemoryFiles files;
  auto r = rig({.kind = MediaKind::cd});
  const auto outcome = rip(*r.drive, rig_options(), files, {});
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_TRUE(outcome->raw);
  EXPECT_EQ(outcome->map.count(Grade::proven), 400);
  EXPECT_EQ(files.content("d/x.iso"), content(400, 1));
}

TEST(Rip, LosesTheDeadSectorsAndNoOther) {
  for (const MediaKind kind : {MediaKind::cd, MediaKind::dvd, MediaKind::bd}) {
    const std::int64_t block = ecc_block_sectors(kind);
    MemoryFiles files;
    const auto dead = run_of(4 * block, 2 * block);
    auto r = rig({.kind = kind, .dead = dead});
    const auto outcome = rip(*r.drive, rig_options(), files, {});
    ASSERT_TRUE(outcome) << describe(outcome.error());
    EXPECT_EQ(outcome->map.count(Grade::unreadable), 2 * block);
    EXPECT_EQ(outcome->map.at(4 * block), Grade::unreadable);
    EXPECT_EQ(files.content("d/x.iso"), filled(content(400, 1), dead));
    EXPECT_EQ(digest(*outcome, DigestKind::sha1).hex(), sha1(filled(content(400, 1), dead)));
    ASSERT_FALSE(outcome->failures.empty());
    EXPECT_EQ(outcome->failures[0].last, "03/11/05");
    for (std::size_t i = 1; i < outcome->failures.size(); ++i)
      EXPECT_GE(outcome->failures[i].first, outcome->failures[i - 1].first + outcome->failures[i - 1].count)
          << "a sector is listed twice";
  }
}

TEST(Rip, AnotherRunReadsWhatTheFirstCouldNot) {
  MemoryFiles files;
  const auto dead = run_of(64, 16);
  auto first = rig({.dead = dead});
  ASSERT_TRUE(rip(*first.drive, rig_options(), files, {}));
  auto second = rig({});
  const auto outcome = rip(*second.drive, rig_options(), files, {});
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_TRUE(outcome->resumed);
  EXPECT_EQ(files.content("d/x.iso"), content(400, 1));
  EXPECT_EQ(outcome->map.good(), 400);
  EXPECT_EQ(outcome->map.count(Grade::agreed), 48) << "the recovered block and its two neighbours were read twice";
  EXPECT_EQ(digest(*outcome, DigestKind::sha1).hex(), sha1(content(400, 1)));
}

TEST(Rip, AWholeImageIsLeftAlone) {
  MemoryFiles files;
  auto first = rig({});
  ASSERT_TRUE(rip(*first.drive, rig_options(), files, {}));
  const auto before = files.list();
  auto second = rig({});
  const auto outcome = rip(*second.drive, rig_options(), files, {});
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(files.list(), before);
  EXPECT_EQ(digest(*outcome, DigestKind::sha1).hex(), sha1(content(400, 1)));
  EXPECT_LT(second.transport->reads, 25U) << "only the proof that it is the same disc";
}

TEST(Rip, APulledCableLosesNothing) {
  MemoryFiles files;
  auto first = rig({});
  first.transport->gone_at_read = 9;
  const auto cut = rip(*first.drive, rig_options(), files, {});
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().kind, ErrorKind::device_gone);
  EXPECT_THAT(cut.error().next, HasSubstr("run the same command again"));
  auto second = rig({});
  const auto outcome = rip(*second.drive, rig_options(), files, {});
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_TRUE(outcome->resumed);
  EXPECT_LT(second.transport->reads, 40U);
  EXPECT_EQ(files.content("d/x.iso"), content(400, 1));
}

TEST(Rip, UntilCompleteGoesOnBeyondTheRetries) {
  // Blocks that read slowly and after a seek only.
  const std::string scenario = R"({"disc": {"kind": "dvd", "sectors": 20000}, "faults": [
    {"fault": "marginal", "first": 8000, "count": 64, "max_speed_x": 3, "approaches": ["seek"]}]})";
  for (const Until until : {Until::tries, Until::complete}) {
    MemoryFiles files;
    auto drive = Drive::open(open_scenario(scenario).value()).value();
    RipOptions o = rig_options();
    o.retries = 0;
    o.until = until;
    const auto outcome = rip(*drive, o, files, {});
    ASSERT_TRUE(outcome) << describe(outcome.error());
    EXPECT_EQ(outcome->map.count(Grade::unreadable), until == Until::tries ? 64 : 0);
  }
}

TEST(Rip, UntilProvenConfirmsAll) {
  MemoryFiles files;
  auto r = rig({});
  RipOptions o = rig_options();
  o.until = Until::proven;
  const auto outcome = rip(*r.drive, o, files, {});
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->map.count(Grade::agreed), 400);
}

TEST(Rip, TheDriveGetsItsSettingsBackHoweverARunEnds) {
  for (const int stop_after : {4, 1 << 30}) {
    MemoryFiles files;
    auto watched = std::make_unique<test::WatchedTransport>(
        simulate(std::make_unique<MemoryMedium>(MediaKind::dvd, content(400, 1))));
    const auto& cdbs = watched->cdbs;
    auto drive = Drive::open(std::move(watched));
    ASSERT_TRUE(drive);
    RipOptions o = rig_options();
    o.speeds = {{.times = 4}};
    int asked = 0;
    EXPECT_EQ(rip(**drive, o, files, {.stop = [&] { return ++asked > stop_after; }}).has_value(), stop_after > 4);
    // The last two commands: SET STREAMING with "restore defaults", PREVENT ALLOW MEDIUM REMOVAL with "allow".
    ASSERT_GT(cdbs.size(), 2U);
    EXPECT_EQ(cdbs[cdbs.size() - 2][0], std::byte{0xB6});
    EXPECT_EQ(cdbs.back()[0], std::byte{0x1E});
    EXPECT_EQ(cdbs.back()[4], std::byte{0});
  }
}

TEST(Rip, AFullDiskStopsAndIsGoneOnFrom) {
  MemoryFiles files;
  files.capacity_bytes = 200 * kUserBytes;
  auto first = rig({});
  const auto full = rip(*first.drive, rig_options(), files, {});
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().kind, ErrorKind::no_space);
  files.capacity_bytes = 1U << 30U;
  auto second = rig({});
  const auto outcome = rip(*second.drive, rig_options(), files, {});
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(files.content("d/x.iso"), content(400, 1));
}

TEST(Rip, FilesInTheWayAreNotTouched) {
  MemoryFiles files;
  files.put("d/x.iso", content(1, 9));
  auto r = rig({});
  const auto outcome = rip(*r.drive, rig_options(), files, {});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::usage);
  EXPECT_THAT(outcome.error().next, HasSubstr("--overwrite"));
  EXPECT_EQ(files.content("d/x.iso"), content(1, 9));
  RipOptions over = rig_options();
  over.overwrite = true;
  auto again = rig({});
  ASSERT_TRUE(rip(*again.drive, over, files, {}));
  EXPECT_EQ(files.content("d/x.iso"), content(400, 1));
}

TEST(Rip, APartFileWithoutAMapIsNotOverwritten) {
  MemoryFiles files;
  files.put("d/x.iso.part", content(3, 9));
  auto r = rig({});
  const auto refused = rip(*r.drive, rig_options(), files, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  EXPECT_THAT(refused.error().next, HasSubstr("--overwrite"));
  EXPECT_EQ(files.content("d/x.iso.part"), content(3, 9));
  files.put("d/x.iso.part", {});
  auto again = rig({});
  ASSERT_TRUE(rip(*again.drive, rig_options(), files, {})) << "an empty one holds nothing";
  EXPECT_EQ(files.content("d/x.iso"), content(400, 1));
}

TEST(Rip, AWrongDiscTakenOutBeforeAnythingWasReadIsForgotten) {
  MemoryFiles files;
  auto wrong = rig({.sectors = 800, .seed = 2});
  ASSERT_FALSE(rip(*wrong.drive, rig_options(), files, {.stop = [] { return true; }}));
  EXPECT_TRUE(files.exists("d/x.map"));
  auto right = rig({});
  const auto outcome = rip(*right.drive, rig_options(), files, {});
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_FALSE(outcome->resumed);
  EXPECT_EQ(files.content("d/x.iso"), content(400, 1));
}

TEST(Rip, AFinishedImageIsNotForgottenThoughItsMapKnowsNothing) {
  MemoryFiles files;
  files.put("d/x.iso", content(400, 9));
  MapFile map;
  map.map = RipMap{400};
  const std::string text = format_mapfile(map);
  const auto bytes = std::as_bytes(std::span{text});
  files.put("d/x.map", {bytes.begin(), bytes.end()});
  auto r = rig({.dead = run_of(0, 400)});
  (void)rip(*r.drive, rig_options(), files, {.stop = [n = 0]() mutable { return ++n > 3; }});
  EXPECT_EQ(files.exists("d/x.iso") ? files.content("d/x.iso") : files.content("d/x.iso.part"), content(400, 9));
}

TEST(Rip, TheWayToContinueDoesNotBeginAnew) {
  MemoryFiles files;
  RipOptions over = rig_options();
  over.overwrite = true;
  auto r = rig({});
  r.transport->gone_at_read = 9;
  const auto cut = rip(*r.drive, over, files, {});
  ASSERT_FALSE(cut);
  EXPECT_THAT(cut.error().next, HasSubstr("without --overwrite"));
}

TEST(Rip, ADamageReturnedAsGoodBesideADeadBlockIsNotBelieved) {
  MemoryFiles files;
  // The block before the dead one reads differently the second time.
  auto damaged = std::make_unique<DamagedTransport>(simulate(std::make_unique<TwoFaced>(content(400, 1))));
  damaged->dead = run_of(160, 16);
  auto drive = Drive::open(std::move(damaged));
  ASSERT_TRUE(drive);
  const auto outcome = rip(**drive, rig_options(), files, {});
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->map.at(150), Grade::unreadable);
  EXPECT_EQ(outcome->map.at(149), Grade::agreed);
  auto unreadable = run_of(160, 16);
  unreadable.insert(150);
  EXPECT_EQ(files.content("d/x.iso"), filled(content(400, 1), unreadable));
  EXPECT_EQ(digest(*outcome, DigestKind::sha1).hex(), sha1(files.content("d/x.iso")))
      << "sectors hashed in passing and disbelieved later must not stay in the digest";
}

/// Whether a drive that takes a lower retry count goes by it is found out, said once, and acted upon.
TEST(Rip, FindsOutWhetherTheDriveGivesUpSoonerWhenTold) {
  struct PaceTold final : EventSink {
    void on(const Event& event, Duration) override {
      if (const auto* note = std::get_if<Note>(&event); note != nullptr && note->text.contains("telling it"))
        texts.push_back(note->text);
    }
    std::vector<std::string> texts;
  };
  for (const bool heeds : {true, false}) {
    auto simulated =
        open_scenario(std::string{R"({"disc": {"kind": "dvd", "sectors": 4000}, "drive": {"model": "sound-modern")"} +
                      (heeds ? "" : R"(, "honours_retry_count": false)") +
                      R"(}, "faults": [{"fault": "dead", "first": 1600, "count": 160}]})");
    ASSERT_TRUE(simulated) << describe(simulated.error());
    auto drive = Drive::open(std::move(*simulated));
    ASSERT_TRUE(drive);
    MemoryFiles files;
    PaceTold notes;
    RipOptions o = rig_options();
    o.retries = 0;
    const auto outcome = rip(**drive, o, files, {.events = &notes});
    ASSERT_TRUE(outcome) << describe(outcome.error());
    ASSERT_EQ(notes.texts.size(), 1U);
    EXPECT_THAT(notes.texts[0], HasSubstr(heeds ? "telling it helps" : "does not help"));
    EXPECT_GE(outcome->failing[0].count, heeds ? 10U : 1U);
    EXPECT_LE(outcome->failed_reads, heeds ? 27U : 12U) << "ten dead blocks";
  }
}

}  // namespace
}  // namespace pressmark
