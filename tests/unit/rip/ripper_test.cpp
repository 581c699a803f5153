// The whole rip, over a simulated drive and a file system that can lose its power.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pressmark/digest.h"
#include "pressmark/drive.h"
#include "pressmark/medium.h"
#include "pressmark/rip.h"
#include "pressmark/simulated.h"

#include "support/damaged_transport.h"
#include "support/memory_files.h"
#include "support/memory_medium.h"
#include "support/watched_transport.h"

namespace pressmark {
namespace {

using test::content;
using test::DamagedTransport;
using test::MemoryFiles;
using test::MemoryMedium;
using ::testing::HasSubstr;

struct DiscSetup {
  MediaKind kind = MediaKind::dvd;
  std::size_t sectors = 400;
  std::uint32_t seed = 1;
  std::set<std::int64_t> dead;
};

struct Rig {
  std::unique_ptr<Drive> drive;
  DamagedTransport* transport = nullptr;
};

Rig rig(const DiscSetup& setup) {
  auto simulated = simulate(std::make_unique<MemoryMedium>(setup.kind, content(setup.sectors, setup.seed)));
  auto damaged = std::make_unique<DamagedTransport>(std::move(simulated));
  damaged->dead = setup.dead;
  Rig r{.transport = damaged.get()};
  auto drive = Drive::open(std::move(damaged));
  EXPECT_TRUE(drive) << describe(drive.error());
  if (drive) r.drive = std::move(*drive);
  return r;
}

std::set<std::int64_t> run_of(std::int64_t first, std::int64_t count) {
  std::set<std::int64_t> sectors;
  while (count-- > 0) sectors.insert(first++);
  return sectors;
}

RipOptions options() {
  RipOptions o{.name = "d/x", .source = "test"};
  o.retries = 1;
  o.commit_bytes = 64 * kUserBytes;
  return o;
}

std::vector<std::byte> filled(std::vector<std::byte> truth, const std::set<std::int64_t>& unreadable) {
  for (const std::int64_t s : unreadable) std::fill_n(truth.begin() + s * kUserBytes, kUserBytes, std::byte{0x55});
  return truth;
}

std::string sha1(std::span<const std::byte> bytes) {
  Hasher hasher{DigestKind::sha1};
  hasher.update(bytes);
  return hasher.finish().hex();
}

const Digest& digest(const RipOutcome& outcome, DigestKind kind) {
  return *std::ranges::find(outcome.digests, kind, &Digest::kind);
}

TEST(Rip, ASoundDvdIsItsImage) {
  MemoryFiles files;
  auto r = rig({});
  const auto outcome = rip(*r.drive, options(), files, {});
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->map.count(Grade::drive), 400);
  EXPECT_EQ(files.content("d/x.iso"), content(400, 1));
  EXPECT_FALSE(files.exists("d/x.iso.part"));
  EXPECT_EQ(digest(*outcome, DigestKind::sha1).hex(), sha1(content(400, 1)));
}

TEST(Rip, ASoundCdIsProvenSectorBySector) {
  MemoryFiles files;
  auto r = rig({.kind = MediaKind::cd});
  const auto outcome = rip(*r.drive, options(), files, {});
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
    const auto outcome = rip(*r.drive, options(), files, {});
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
  ASSERT_TRUE(rip(*first.drive, options(), files, {}));
  auto second = rig({});
  const auto outcome = rip(*second.drive, options(), files, {});
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
  ASSERT_TRUE(rip(*first.drive, options(), files, {}));
  const auto before = files.list();
  auto second = rig({});
  const auto outcome = rip(*second.drive, options(), files, {});
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(files.list(), before);
  EXPECT_EQ(digest(*outcome, DigestKind::sha1).hex(), sha1(content(400, 1)));
  EXPECT_LT(second.transport->reads, 25U) << "only the proof that it is the same disc";
}

TEST(Rip, APulledCableLosesNothing) {
  MemoryFiles files;
  auto first = rig({});
  first.transport->gone_at_read = 9;
  const auto cut = rip(*first.drive, options(), files, {});
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().kind, ErrorKind::device_gone);
  EXPECT_THAT(cut.error().next, HasSubstr("run the same command again"));
  auto second = rig({});
  const auto outcome = rip(*second.drive, options(), files, {});
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_TRUE(outcome->resumed);
  EXPECT_LT(second.transport->reads, 40U);
  EXPECT_EQ(files.content("d/x.iso"), content(400, 1));
}

TEST(Rip, AnotherDiscIsRefusedBeforeAByteIsWritten) {
  MemoryFiles files;
  auto first = rig({});
  first.transport->gone_at_read = 9;
  ASSERT_FALSE(rip(*first.drive, options(), files, {}));
  const auto part = files.content("d/x.iso.part");
  const auto map = files.content("d/x.map");
  // As long as the first, so that only its content tells it apart; and one of another length.
  for (const DiscSetup& other : {DiscSetup{.seed = 2}, DiscSetup{.sectors = 401}}) {
    auto second = rig(other);
    const auto outcome = rip(*second.drive, options(), files, {});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind, ErrorKind::medium_changed);
    EXPECT_EQ(files.content("d/x.iso.part"), part);
    EXPECT_EQ(files.content("d/x.map"), map);
  }
}

TEST(Rip, ADiscThatDiffersOnlyInItsVolumeDescriptorIsAnother) {
  // Beside it the discs are equal, and the comb of samples over 2000 sectors does not touch sector 16.
  MemoryFiles files;
  auto bytes = content(2000, 1);
  const auto insert = [&] {
    auto damaged = std::make_unique<DamagedTransport>(simulate(std::make_unique<MemoryMedium>(MediaKind::cd, bytes)));
    auto* transport = damaged.get();
    return Rig{.drive = Drive::open(std::move(damaged)).value(), .transport = transport};
  };
  auto first = insert();
  first.transport->gone_at_read = 40;
  ASSERT_FALSE(rip(*first.drive, options(), files, {}));
  bytes[16 * kUserBytes + 813] ^= std::byte{1};
  auto second = insert();
  const auto outcome = rip(*second.drive, options(), files, {});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::medium_changed);
  EXPECT_THAT(outcome.error().where, HasSubstr("LBA 16"));
}

/// What an earlier run left: so many good sectors, the rest untried.
void leave_behind(MemoryFiles& files, Drive& drive, std::int64_t good) {
  int steps = 0;
  RipOptions some = options();
  some.transfer_bytes = 1;  // the least there is
  ASSERT_FALSE(rip(drive, some, files, {.stop = [&] { return ++steps > good; }}));
}

TEST(Rip, OfFewGoodSectorsAllAreProven) {
  // The discs have all but one of these in common.
  const auto disc = content(400, 1);
  const auto insert = [](std::vector<std::byte> bytes) {
    return Drive::open(simulate(std::make_unique<MemoryMedium>(MediaKind::cd, std::move(bytes)))).value();
  };
  MemoryFiles files;
  leave_behind(files, *insert(disc), 50);
  const auto text = files.content("d/x.map");
  const auto map = parse_mapfile({reinterpret_cast<const char*>(text.data()), text.size()}, "x.map").value().map;
  ASSERT_GT(map.good(), 16);
  ASSERT_LE(map.good(), 64);
  for (std::int64_t sector = 0; sector < map.sectors(); ++sector) {
    if (!is_good(map.at(sector))) continue;
    auto other = disc;
    other[static_cast<std::size_t>(sector) * kUserBytes + 7] ^= std::byte{1};
    MemoryFiles copy = files;
    const auto outcome = rip(*insert(other), options(), copy, {});
    ASSERT_FALSE(outcome) << sector;
    EXPECT_EQ(outcome.error().kind, ErrorKind::medium_changed);
  }
}

TEST(Rip, ADiscThatReadsOnlySlowlyIsProvenSlowly) {
  const auto insert = [](std::string_view faults) {
    auto simulated =
        open_scenario(fmt::format(R"({{"disc": {{"kind": "dvd", "sectors": 4000}}, "faults": {}}})", faults));
    return Drive::open(std::move(simulated).value()).value();
  };
  MemoryFiles files;
  leave_behind(files, *insert("[]"), 100);
  const auto worn = insert(R"([{"fault": "marginal", "first": 0, "count": 4000, "max_speed_x": 2}])");
  const auto outcome = rip(*worn, options(), files, {});
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->map.good(), 4000);
}

TEST(Rip, StoppingKeepsWhatWasRead) {
  MemoryFiles files;
  auto first = rig({});
  int asked = 0;
  const auto stopped = rip(*first.drive, options(), files, {.stop = [&] { return ++asked > 6; }});
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::interrupted);
  const auto text = files.content("d/x.map");
  const auto map = parse_mapfile({reinterpret_cast<const char*>(text.data()), text.size()}, "x.map");
  ASSERT_TRUE(map);
  EXPECT_GE(map->map.good(), 4 * 32);
}

struct LastEvent final : EventSink {
  void on(const Event& event, Duration) override { last = event; }
  std::optional<Event> last;
};

TEST(Rip, ABudgetEndsARunAndTheNextGoesOn) {
  MemoryFiles files;
  const auto truth = content(20000, 1);
  int runs = 0;
  for (bool done = false; !done && runs < 30; ++runs) {
    auto simulated = simulate(std::make_unique<MemoryMedium>(MediaKind::dvd, truth));
    auto drive = Drive::open(std::move(simulated)).value();
    RipOptions o = options();
    o.budget = std::chrono::seconds{1};
    LastEvent events;
    const Duration begun = drive->clock().now();
    const auto outcome = rip(*drive, o, files, {.events = &events});
    EXPECT_LT(drive->clock().now() - begun, std::chrono::seconds{4}) << "a second, and a proof of the disc before";
    done = outcome.has_value();
    ASSERT_TRUE(events.last);
    if (done) {
      EXPECT_TRUE(std::holds_alternative<Finished>(*events.last));
      continue;
    }
    EXPECT_EQ(outcome.error().kind, ErrorKind::interrupted);
    EXPECT_THAT(outcome.error().got, HasSubstr("budget of 1 s"));
    ASSERT_TRUE(std::holds_alternative<Stopped>(*events.last));
    const auto& stopped = std::get<Stopped>(*events.last);
    EXPECT_EQ(stopped.reason, Stopped::Reason::budget);
    EXPECT_EQ(stopped.good + stopped.pending, 20000);
    EXPECT_FALSE(files.exists("d/x.iso"));
  }
  EXPECT_GT(runs, 1);
  EXPECT_EQ(files.content("d/x.iso"), truth);
}

TEST(Rip, ABudgetIsHeardWhileADriveIsGivenTime) {
  MemoryFiles files;
  auto r = rig({});
  r.transport->before_read = [&](std::uint64_t read) -> std::optional<Error> {
    if (read < 9) return std::nullopt;
    return Error{.kind = ErrorKind::timeout, .tried = "read", .got = "no answer"};
  };
  RipOptions o = options();
  o.budget = std::chrono::seconds{20};
  LastEvent events;
  const auto outcome = rip(*r.drive, o, files, {.events = &events});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::interrupted);
  EXPECT_THAT(outcome.error().got, HasSubstr("budget"));
  EXPECT_LT(seconds(r.drive->clock().now()), 30) << "20, and the spin-up that was under way";
}

TEST(Rip, WhatStopsARunIsItsLastEvent) {
  MemoryFiles files;
  auto asked = rig({});
  LastEvent events;
  ASSERT_FALSE(rip(*asked.drive, options(), files, {.events = &events, .stop = [n = 0]() mutable { return ++n > 6; }}));
  EXPECT_EQ(std::get<Stopped>(*events.last).reason, Stopped::Reason::asked);
  auto gone = rig({});
  gone.transport->gone_at_read = 22;
  ASSERT_FALSE(rip(*gone.drive, options(), files, {.events = &events}));
  EXPECT_EQ(std::get<Stopped>(*events.last).reason, Stopped::Reason::trouble);
}

TEST(Rip, UntilCompleteGoesOnBeyondTheRetries) {
  // Blocks that read slowly and after a seek only.
  const std::string scenario = R"({"disc": {"kind": "dvd", "sectors": 20000}, "faults": [
    {"fault": "marginal", "first": 8000, "count": 64, "max_speed_x": 3, "approaches": ["seek"]}]})";
  for (const Until until : {Until::tries, Until::complete}) {
    MemoryFiles files;
    auto drive = Drive::open(open_scenario(scenario).value()).value();
    RipOptions o = options();
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
  RipOptions o = options();
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
    RipOptions o = options();
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
  const auto full = rip(*first.drive, options(), files, {});
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().kind, ErrorKind::no_space);
  files.capacity_bytes = 1U << 30U;
  auto second = rig({});
  const auto outcome = rip(*second.drive, options(), files, {});
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(files.content("d/x.iso"), content(400, 1));
}

TEST(Rip, FilesInTheWayAreNotTouched) {
  MemoryFiles files;
  files.put("d/x.iso", content(1, 9));
  auto r = rig({});
  const auto outcome = rip(*r.drive, options(), files, {});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::usage);
  EXPECT_THAT(outcome.error().next, HasSubstr("--overwrite"));
  EXPECT_EQ(files.content("d/x.iso"), content(1, 9));
  RipOptions over = options();
  over.overwrite = true;
  auto again = rig({});
  ASSERT_TRUE(rip(*again.drive, over, files, {}));
  EXPECT_EQ(files.content("d/x.iso"), content(400, 1));
}

TEST(Rip, APartFileWithoutAMapIsNotOverwritten) {
  MemoryFiles files;
  files.put("d/x.iso.part", content(3, 9));
  auto r = rig({});
  const auto refused = rip(*r.drive, options(), files, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  EXPECT_THAT(refused.error().next, HasSubstr("--overwrite"));
  EXPECT_EQ(files.content("d/x.iso.part"), content(3, 9));
  files.put("d/x.iso.part", {});
  auto again = rig({});
  ASSERT_TRUE(rip(*again.drive, options(), files, {})) << "an empty one holds nothing";
  EXPECT_EQ(files.content("d/x.iso"), content(400, 1));
}

TEST(Rip, AWrongDiscTakenOutBeforeAnythingWasReadIsForgotten) {
  MemoryFiles files;
  auto wrong = rig({.sectors = 800, .seed = 2});
  ASSERT_FALSE(rip(*wrong.drive, options(), files, {.stop = [] { return true; }}));
  EXPECT_TRUE(files.exists("d/x.map"));
  auto right = rig({});
  const auto outcome = rip(*right.drive, options(), files, {});
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
  (void)rip(*r.drive, options(), files, {.stop = [n = 0]() mutable { return ++n > 3; }});
  EXPECT_EQ(files.exists("d/x.iso") ? files.content("d/x.iso") : files.content("d/x.iso.part"), content(400, 9));
}

TEST(Rip, TheWayToContinueDoesNotBeginAnew) {
  MemoryFiles files;
  RipOptions over = options();
  over.overwrite = true;
  auto r = rig({});
  r.transport->gone_at_read = 9;
  const auto cut = rip(*r.drive, over, files, {});
  ASSERT_FALSE(cut);
  EXPECT_THAT(cut.error().next, HasSubstr("without --overwrite"));
}

/// A DVD of which one sector reads differently each time.
class TwoFaced final : public Medium {
 public:
  static constexpr std::int64_t kBad = 150;
  explicit TwoFaced(std::vector<std::byte> bytes) : plain_(MediaKind::dvd, std::move(bytes)) {}
  [[nodiscard]] MediaKind kind() const override { return plain_.kind(); }
  [[nodiscard]] std::span<const MediumTrack> tracks() const override { return plain_.tracks(); }
  [[nodiscard]] Lba end() const override { return plain_.end(); }
  Result<void> read_stored(Lba first, std::uint32_t count, std::span<std::byte> out) override {
    auto done = plain_.read_stored(first, count, out);
    if (first <= Lba{kBad} && Lba{kBad} < first + count)
      out[static_cast<std::size_t>(Lba{kBad} - first) * kUserBytes + 7] ^= static_cast<std::byte>(++times_);
    return done;
  }

 private:
  MemoryMedium plain_;
  int times_ = 0;
};

TEST(Rip, ADamageReturnedAsGoodBesideADeadBlockIsNotBelieved) {
  MemoryFiles files;
  // The block before the dead one reads differently the second time.
  auto damaged = std::make_unique<DamagedTransport>(simulate(std::make_unique<TwoFaced>(content(400, 1))));
  damaged->dead = run_of(160, 16);
  auto drive = Drive::open(std::move(damaged));
  ASSERT_TRUE(drive);
  const auto outcome = rip(**drive, options(), files, {});
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
  struct Notes final : EventSink {
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
    Notes notes;
    RipOptions o = options();
    o.retries = 0;
    const auto outcome = rip(**drive, o, files, {.events = &notes});
    ASSERT_TRUE(outcome) << describe(outcome.error());
    ASSERT_EQ(notes.texts.size(), 1U);
    EXPECT_THAT(notes.texts[0], HasSubstr(heeds ? "telling it helps" : "does not help"));
    EXPECT_GE(outcome->failing[0].count, heeds ? 10U : 1U);
    EXPECT_LE(outcome->failed_reads, heeds ? 27U : 12U) << "ten dead blocks";
  }
}

/// Every good sector of the map stands on the disk as it is on the disc.
void expect_honest(const MemoryFiles& files, const std::vector<std::byte>& truth, std::uint64_t cut) {
  const auto text = files.content("d/x.map");
  if (text.empty()) return;
  const auto map = parse_mapfile({reinterpret_cast<const char*>(text.data()), text.size()}, "x.map");
  ASSERT_TRUE(map) << "cut at " << cut << ": " << describe(map.error());
  auto image = files.content("d/x.iso.part");
  if (image.empty()) image = files.content("d/x.iso");
  for (const GradedRun& run : map->map.runs()) {
    if (!is_good(run.grade)) continue;
    ASSERT_GE(std::ssize(image), run.end() * kUserBytes) << "cut at " << cut;
    ASSERT_TRUE(std::equal(image.begin() + run.first * kUserBytes, image.begin() + run.end() * kUserBytes,
                           truth.begin() + run.first * kUserBytes))
        << "cut at " << cut << ", sector " << run.first;
  }
}

class PowerCut : public ::testing::TestWithParam<MemoryFiles::Unsynced> {};

TEST_P(PowerCut, AtAnyOperationLosesLittleAndClaimsNothingFalse) {
  const DiscSetup setup{.sectors = 200, .dead = run_of(96, 16)};
  const auto truth = content(setup.sectors, setup.seed);
  RipOptions o = options();
  o.commit_bytes = 32 * kUserBytes;
  std::uint64_t operations = 0;
  {
    MemoryFiles files;
    auto r = rig(setup);
    ASSERT_TRUE(rip(*r.drive, o, files, {}));
    operations = files.operations;
    ASSERT_GT(operations, 40U);
  }
  for (std::uint64_t cut = 0; cut < operations; ++cut) {
    MemoryFiles files;
    files.cut_at = cut;
    auto first = rig(setup);
    (void)rip(*first.drive, o, files, {});
    const auto next = files.after_power_cut(GetParam());
    expect_honest(*next, truth, cut);
    auto second = rig(setup);
    const auto outcome = rip(*second.drive, o, *next, {});
    ASSERT_TRUE(outcome) << "cut at " << cut << ": " << describe(outcome.error());
    ASSERT_EQ(next->content("d/x.iso"), filled(truth, setup.dead)) << "cut at " << cut;
    ASSERT_EQ(outcome->map.count(Grade::unreadable), 16) << "cut at " << cut;
    ASSERT_EQ(digest(*outcome, DigestKind::sha1).hex(), sha1(filled(truth, setup.dead)));
  }
}

/// What a second reading denied is filled at the end: at no instant does a map on disk still call it good where the fill is.
TEST_P(PowerCut, AtAnyOperationNoFillIsCalledGood) {
  const auto truth = content(400, 1);
  const auto run = [](MemoryFiles& files) {
    auto damaged = std::make_unique<DamagedTransport>(simulate(std::make_unique<TwoFaced>(content(400, 1))));
    damaged->dead = run_of(160, 16);
    auto drive = Drive::open(std::move(damaged));
    EXPECT_TRUE(drive);
    return rip(**drive, options(), files, {});
  };
  MemoryFiles undisturbed;
  const auto whole = run(undisturbed);
  ASSERT_TRUE(whole);
  ASSERT_EQ(whole->map.at(TwoFaced::kBad), Grade::unreadable);
  for (std::uint64_t cut = 0; cut < undisturbed.operations; ++cut) {
    MemoryFiles files;
    files.cut_at = cut;
    (void)run(files);
    const auto next = files.after_power_cut(GetParam());
    const auto text = next->content("d/x.map");
    if (text.empty()) continue;
    const auto map = parse_mapfile({reinterpret_cast<const char*>(text.data()), text.size()}, "x.map");
    ASSERT_TRUE(map);
    if (!is_good(map->map.at(TwoFaced::kBad))) continue;
    auto image = next->content("d/x.iso.part");
    if (image.empty()) image = next->content("d/x.iso");
    const auto at = TwoFaced::kBad * kUserBytes;
    ASSERT_GE(std::ssize(image), at + kUserBytes);
    ASSERT_TRUE(std::equal(image.begin() + at + 8, image.begin() + at + kUserBytes, truth.begin() + at + 8)) << cut;
  }
}

INSTANTIATE_TEST_SUITE_P(Assumptions, PowerCut,
                         ::testing::Values(MemoryFiles::Unsynced::all_lost, MemoryFiles::Unsynced::names_kept,
                                           MemoryFiles::Unsynced::data_kept, MemoryFiles::Unsynced::torn,
                                           MemoryFiles::Unsynced::all_kept));

}  // namespace
}  // namespace pressmark
