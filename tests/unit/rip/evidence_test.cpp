// What is believed of sectors that answer differently from one reading to the next, and from one drive to the next.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pressmark/rip.h"
#include "pressmark/simulated.h"

#include "rip/reader.h"
#include "support/memory_files.h"
#include "support/memory_medium.h"
#include "support/watched_transport.h"

namespace pressmark {
namespace {

using test::content;
using test::MemoryFiles;
using test::MemoryMedium;
using test::WatchedTransport;
using ::testing::Contains;
using ::testing::HasSubstr;

struct EvidenceNotes final : EventSink {
  void on(const Event& event, Duration) override {
    if (const auto* note = std::get_if<Note>(&event)) texts.push_back(note->text);
  }
  std::vector<std::string> texts;
};

RipOptions options() {
  RipOptions o{.name = "d/x", .source = "test"};
  o.digests = {DigestKind::sha1};
  o.confirm = Confirm::all;
  return o;
}

/// A DVD in which READ(10) of sector 100 falsifies a byte as `lie` says; 0 is the truth.
class Liar {
 public:
  explicit Liar(MemoryFiles& files) : files_(files) {}
  Result<RipOutcome> run(std::function<unsigned(int reading)> lie) {
    auto watched =
        std::make_unique<WatchedTransport>(simulate(std::make_unique<MemoryMedium>(MediaKind::dvd, content(400, 1))));
    auto* transport = watched.get();
    int readings = 0;
    watched->instead = [&, transport](const Command& command) -> std::optional<Result<Reply>> {
      const auto at = [&](std::size_t i) { return std::to_integer<std::int64_t>(command.cdb[i]); };
      const std::int64_t first = at(2) << 24 | at(3) << 16 | at(4) << 8 | at(5);
      if (at(0) != 0x28 || first > kSector || kSector >= first + (at(7) << 8 | at(8))) return std::nullopt;
      auto reply = transport->pass(command);
      if (reply && reply->status == Status::good)
        command.data[static_cast<std::size_t>(kSector - first) * kUserBytes] ^= static_cast<std::byte>(lie(readings++));
      return reply;
    };
    auto drive = Drive::open(std::move(watched)).value();
    RipOptions o = options();
    o.retries = 8;
    return rip(*drive, o, files_, {});
  }
  static constexpr std::int64_t kSector = 100;

 private:
  MemoryFiles& files_;
};

TEST(Evidence, ADisputedSectorIsNotBelievedForTwoEqualReadingsInOneWay) {
  MemoryFiles files;
  Liar liar{files};
  // First reading and confirmation differ: disputed, found in the last phase.
  const auto first = liar.run([](int reading) { return static_cast<unsigned>(reading); });
  ASSERT_TRUE(first) << describe(first.error());
  ASSERT_EQ(first->map.at(Liar::kSector), Grade::unreadable);
  ASSERT_THAT(first->failures.at(0).last, HasSubstr("two readings differ"));
  // Then each step reads the same wrong bytes twice, other ones in every step (a step reads it twice, the proof never).
  const auto second = liar.run([](int reading) { return 1U + static_cast<unsigned>(reading) / 2 % 200; });
  ASSERT_TRUE(second) << describe(second.error());
  EXPECT_EQ(second->map.at(Liar::kSector), Grade::unreadable) << "no two ways gave the same bytes";
  EXPECT_EQ(files.content("d/x.iso")[Liar::kSector * kUserBytes], std::byte{0x55});
  // And the truth, in every way.
  const auto third = liar.run([](int) { return 0U; });
  ASSERT_TRUE(third) << describe(third.error());
  EXPECT_EQ(third->map.at(Liar::kSector), Grade::agreed);
  EXPECT_EQ(files.content("d/x.iso"), content(400, 1));
}

TEST(Evidence, ADisputeOutlastsOtherFailures) {
  MemoryFiles files;
  Liar liar{files};
  ASSERT_TRUE(liar.run([](int reading) { return static_cast<unsigned>(reading); }));
  ASSERT_TRUE(liar.run([](int reading) { return 1U + static_cast<unsigned>(reading) / 2 % 200; }));
  const auto third = liar.run([](int reading) { return 1U + static_cast<unsigned>(reading) / 2 % 200; });
  ASSERT_TRUE(third);
  EXPECT_THAT(third->failures.at(0).last, HasSubstr("two readings differ"));
  EXPECT_EQ(third->map.at(Liar::kSector), Grade::unreadable);
}

TEST(Evidence, ABlockThatReadsOnlyNowAndThenIsKeptForWhatItIs) {
  MemoryFiles files;
  const auto truth = content(400, 1);
  auto watched = std::make_unique<WatchedTransport>(simulate(std::make_unique<MemoryMedium>(MediaKind::dvd, truth)));
  int forced = 0;
  watched->instead = [&](const Command& command) -> std::optional<Result<Reply>> {
    const auto at = [&](std::size_t i) { return std::to_integer<std::int64_t>(command.cdb[i]); };
    const std::int64_t first = at(2) << 24 | at(3) << 16 | at(4) << 8 | at(5);
    if (at(0) != 0x28 || first >= 112 || first + (at(7) << 8 | at(8)) <= 96) return std::nullopt;
    const bool fua = (at(1) & 0x08) != 0;
    if (fua && forced++ % 2 == 0) return std::nullopt;  // the first of each two readings past the cache
    return Result<Reply>{test::sense_reply(3, 0x11, 5)};
  };
  auto drive = Drive::open(std::move(watched)).value();
  RipOptions o = options();
  o.retries = 8;
  const auto outcome = rip(*drive, o, files, {});
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->map.good(), 400);
  EXPECT_GT(forced, 0);
  EXPECT_EQ(files.content("d/x.iso"), truth);
}

TEST(Evidence, WhereTheSecondReadingHangsTheFirstStands) {
  const auto truth = content(400, 1);
  auto watched = std::make_unique<WatchedTransport>(simulate(std::make_unique<MemoryMedium>(MediaKind::dvd, truth)));
  auto* line = watched.get();
  int hangs = 0;
  watched->instead = [&](const Command& command) -> std::optional<Result<Reply>> {
    const bool fua = command.cdb[0] == std::byte{0x28} && (command.cdb[1] & std::byte{0x08}) != std::byte{0};
    if (!fua || command.cdb[8] == std::byte{1}) return std::nullopt;  // whether FUA works can be measured
    ++hangs;
    return line->hang(command);
  };
  auto drive = Drive::open(std::move(watched)).value();
  SectorReader reader{*drive, plan_image(*drive, drive->identify().value(), {}).value()};
  std::vector<std::byte> out(16 * kUserBytes);
  std::vector<Grade> grades(16);
  ASSERT_TRUE(reader.read(96, 16, out, grades, {.read_twice = true}));
  EXPECT_EQ(hangs, 1);
  EXPECT_THAT(grades, ::testing::Each(Grade::drive));
  EXPECT_TRUE(std::ranges::equal(out, std::span{truth}.subspan(96 * kUserBytes, out.size())));
}

TEST(Evidence, ADriveTooSlowToHaveItsCacheEmptiedIsReadAllTheSameAndNotBelievedMore) {
  MemoryFiles files;
  auto simulated = open_scenario(R"({"disc": {"kind": "dvd", "sectors": 2000},
      "drive": {"model": "sound-modern", "honours_fua": false, "slow_down_x": 0.03, "slow_down_s": 86400, "slow_down_cure": "time"},
      "faults": [{"fault": "dead", "first": 64, "count": 16}, {"fault": "sense", "first": 1008, "count": 16, "key": 3, "asc": 17, "ascq": 5, "times": 4}]})");
  ASSERT_TRUE(simulated) << describe(simulated.error());
  auto drive = Drive::open(std::move(*simulated)).value();
  RipOptions o = options();
  o.retries = 8;
  const auto outcome = rip(*drive, o, files, {});
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->map.good(), 2000 - 16);
  EXPECT_EQ(outcome->map.count(Grade::agreed), 0) << "without the cache emptied nothing is confirmed";
}

TEST(Evidence, WhatMayHaveComeOutOfTheCacheIsNoOtherWaysAnswer) {
  constexpr std::int64_t kSector = 1000;
  MemoryFiles files;
  const auto run = [&](std::string_view slow, bool lies) {
    auto simulated = open_scenario(fmt::format(
        R"({{"disc": {{"kind": "dvd", "sectors": 12000}}, "drive": {{"model": "sound-modern", "honours_fua": false {}}},
            "faults": [{{"fault": "dead", "first": 64, "count": 16}}]}})",
        slow));
    EXPECT_TRUE(simulated) << describe(simulated.error());
    auto watched = std::make_unique<WatchedTransport>(std::move(*simulated));
    auto* line = watched.get();
    unsigned readings = 0;
    line->instead = [&, line](const Command& command) -> std::optional<Result<Reply>> {
      const auto at = [&](std::size_t i) { return std::to_integer<std::int64_t>(command.cdb[i]); };
      const std::int64_t first = at(2) << 24 | at(3) << 16 | at(4) << 8 | at(5);
      if (!lies || at(0) != 0x28 || first > kSector || kSector >= first + (at(7) << 8 | at(8))) return std::nullopt;
      auto reply = line->pass(command);
      if (reply && reply->status == Status::good)
        command.data[static_cast<std::size_t>(kSector - first) * kUserBytes] ^=
            static_cast<std::byte>(++readings % 200);
      return reply;
    };
    auto drive = Drive::open(std::move(watched)).value();
    RipOptions o = options();
    o.retries = 8;
    return rip(*drive, o, files, {});
  };
  const auto disputed = run("", true);
  ASSERT_TRUE(disputed) << describe(disputed.error());
  ASSERT_EQ(disputed->map.at(kSector), Grade::unreadable);
  const auto slowly = run(R"(, "slow_down_x": 0.03, "slow_down_s": 86400, "slow_down_cure": "time")", false);
  ASSERT_TRUE(slowly) << describe(slowly.error());
  EXPECT_EQ(slowly->map.at(kSector), Grade::unreadable) << "nobody knows that it was read twice";
  const auto soundly = run("", false);
  ASSERT_TRUE(soundly) << describe(soundly.error());
  EXPECT_EQ(soundly->map.at(kSector), Grade::agreed);
}

std::unique_ptr<Drive> cd_drive(std::string_view model, std::string_view faults) {
  auto simulated = open_scenario(fmt::format(
      R"({{"disc": {{"kind": "cd", "sectors": 2000}}, "drive": {{"model": "{}"}}, "faults": {}}})", model, faults));
  EXPECT_TRUE(simulated) << describe(simulated.error());
  return Drive::open(std::move(*simulated)).value();
}

TEST(Evidence, WrongRawAnswersThatRepeatEndTheRetries) {
  MemoryFiles files;
  auto drive = cd_drive("sound-modern", R"([{"fault": "dead", "first": 500, "count": 4}])");
  RipOptions o = options();
  o.retries = 255;
  EvidenceNotes notes;
  const auto outcome = rip(*drive, o, files, {.events = &notes});
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->map.count(Grade::unreadable), 4);
  EXPECT_THAT(notes.texts, Contains(HasSubstr("their wrong answers repeat")));
  for (const FailureNote& failure : outcome->failures) EXPECT_LT(failure.tries, 60U);
}

/// A CD of which a drive that cannot read raw has told a lie at sector 700, and another proves what it can.
struct Lied {
  static constexpr std::int64_t kSector = 700;
  Lied() {
    auto drive = cd_drive("no-read-cd", R"([{"fault": "false-good", "first": 700, "count": 1}])");
    RipOptions o = options();
    o.confirm = Confirm::none;
    const auto outcome = rip(*drive, o, files, {});
    EXPECT_TRUE(outcome) << describe(outcome.error());
    EXPECT_EQ(outcome->map.count(Grade::drive), 2000);
  }
  static Result<RipOutcome> prove(MemoryFiles& in) {
    auto drive = cd_drive("sound-modern", R"([{"fault": "dead", "first": 900, "count": 1}])");
    RipOptions o = options();
    o.confirm = Confirm::near;
    return rip(*drive, o, in, {});
  }
  MemoryFiles files;
};

std::vector<std::byte> cd_truth() {
  auto drive = open_scenario(R"({"disc": {"kind": "cd", "sectors": 2000}})").value();
  std::vector<std::byte> truth;
  for (int lba = 0; lba < 2000; ++lba) {
    std::vector<std::byte> stored(drive->pristine().tracks()[0].stored_bytes);
    EXPECT_TRUE(drive->pristine().read_stored(Lba{lba}, 1, stored));
    const std::size_t at = stored.size() == kRawBytes ? 16 : 0;
    truth.insert(truth.end(), stored.begin() + static_cast<std::ptrdiff_t>(at),
                 stored.begin() + static_cast<std::ptrdiff_t>(at + kUserBytes));
  }
  return truth;
}

TEST(Evidence, WhatOneDriveOnlySaidAnotherProves) {
  Lied lied;
  const auto truth = cd_truth();
  ASSERT_NE(lied.files.content("d/x.iso"), truth);
  const auto outcome = Lied::prove(lied.files);
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->map.count(Grade::proven), 1999);
  EXPECT_EQ(outcome->map.at(900), Grade::drive) << "what the second cannot read stays the first one's word";
  EXPECT_EQ(lied.files.content("d/x.iso"), truth) << "the lie is mended";
}

/// A write over good bytes may be torn: at no instant does a map on disk call good what is neither the one reading nor the other.
TEST(Evidence, WhatIsMendedIsNeverHalfOfEach) {
  const auto sector = [](const std::vector<std::byte>& image) {
    const auto at = image.begin() + Lied::kSector * kUserBytes;
    return std::vector<std::byte>(at, at + kUserBytes);
  };
  Lied lied;
  const auto lie = sector(lied.files.content("d/x.iso")), truth = sector(cd_truth());
  const auto begun = lied.files.after_power_cut(MemoryFiles::Unsynced::all_kept);
  ASSERT_TRUE(Lied::prove(lied.files));
  const std::uint64_t operations = lied.files.operations;
  for (std::uint64_t cut = 0; cut < operations; ++cut) {
    const auto files = begun->after_power_cut(MemoryFiles::Unsynced::all_kept);
    files->cut_at = cut;
    if (Lied::prove(*files)) break;
    const auto next = files->after_power_cut(MemoryFiles::Unsynced::torn);
    const auto text = next->content("d/x.map");
    const auto map = parse_mapfile({reinterpret_cast<const char*>(text.data()), text.size()}, "x.map");
    ASSERT_TRUE(map) << cut;
    const Grade grade = map->map.at(Lied::kSector);
    auto image = next->content("d/x.iso.part");
    if (image.empty()) image = next->content("d/x.iso");
    if (!is_good(grade)) continue;
    ASSERT_TRUE(sector(image) == truth || (grade != Grade::proven && sector(image) == lie)) << cut;
  }
}

}  // namespace
}  // namespace pressmark
