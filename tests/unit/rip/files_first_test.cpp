// Files first: what order the disc is read in, what a run that goes on finds, and what is said of files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pressmark/drive.h"
#include "pressmark/report.h"
#include "pressmark/rip.h"
#include "pressmark/simulated.h"

#include "support/damaged_transport.h"
#include "support/memory_files.h"
#include "support/memory_medium.h"
#include "support/watched_transport.h"
#include "unit/files/iso_image.h"

namespace pressmark {
namespace {

using test::content;
using test::DamagedTransport;
using test::MemoryFiles;
using test::MemoryMedium;
using test::WatchedTransport;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kSectors = 3000;
constexpr std::uint32_t kFolder = 2400;  // a directory far from the root
constexpr std::uint32_t kWanted = 2800;  // where LAST.TXT lies, of 40 sectors

/// Random bytes, and on them a volume: a large file, a folder, and in it a small file near the disc's end.
std::vector<std::byte> disc() {
  IsoImage made{kSectors};
  made.directory(IsoImage::kRoot, {{"BIG.BIN", 100, 2000 * 2048, 0, ""}, {"FOLDER", kFolder, 2048, 2, ""}});
  made.directory(kFolder, {{"LAST.TXT", kWanted, 40 * 2048, 0, ""}, {"OTHER.BIN", 2500, 100 * 2048, 0, ""}});
  std::vector<std::byte> bytes = content(kSectors, 7);
  const Image& image = made.finish();
  for (std::int64_t sector : {16, 17, int(IsoImage::kRoot), int(kFolder)})
    std::copy_n(image.bytes.begin() + sector * 2048, 2048, bytes.begin() + sector * 2048);
  return bytes;
}

struct Seen final : EventSink {
  std::vector<Event> events;
  std::size_t progress = 0, wanted_whole_at = 0;  ///< steps until all wanted files were whole
  void on(const Event& event, Duration) override {
    if (const auto* p = std::get_if<Progress>(&event)) {
      ++progress;
      if (wanted_whole_at == 0 && p->files && p->files->wanted > 0 && p->files->wanted_whole == p->files->wanted)
        wanted_whole_at = progress;
    }
    events.push_back(event);
  }
  [[nodiscard]] std::optional<FileCount> last_count() const {
    for (auto event = events.rbegin(); event != events.rend(); ++event)
      if (const auto* p = std::get_if<Progress>(&*event); p != nullptr && p->files) return p->files;
    return std::nullopt;
  }
  [[nodiscard]] std::vector<std::string> notes() const {
    std::vector<std::string> texts;
    for (const Event& event : events)
      if (const auto* note = std::get_if<Note>(&event)) texts.push_back(note->text);
    return texts;
  }
};

class FilesFirst : public ::testing::TestWithParam<MediaKind> {
 protected:
  FilesFirst() : truth_(disc()) {
    options_ = {.name = "d/x", .source = "test"};
    options_.retries = 1;
    options_.digests = {DigestKind::crc32};
    options_.files_first = true;
    options_.want = {"last.txt"};
  }

  /// A run on the disc; what it read is in sectors_, in order.
  Result<RipOutcome> run(const std::function<bool()>& stop = {}) {
    auto damaged = std::make_unique<DamagedTransport>(simulate(std::make_unique<MemoryMedium>(GetParam(), truth_)));
    damaged->dead = dead_;
    auto watched = std::make_unique<WatchedTransport>(std::move(damaged));
    WatchedTransport& line = *watched;
    sectors_.clear();
    line.instead = [this](const Command& command) -> std::optional<Result<Reply>> {
      const auto at = [&](std::size_t i) { return std::to_integer<std::int64_t>(command.cdb[i]); };
      if (simple_ && at(0) == 0x5A) {  // MODE SENSE(10): invalid field in CDB
        Reply reply{.status = Status::check_condition, .sense_length = 18};
        reply.sense[0] = std::byte{0x70}, reply.sense[2] = std::byte{5}, reply.sense[7] = std::byte{10};
        reply.sense[12] = std::byte{0x24};
        return reply;
      }
      const std::int64_t op = at(0), first = at(2) << 24 | at(3) << 16 | at(4) << 8 | at(5);
      const std::int64_t count = op == 0x28   ? at(7) << 8 | at(8)
                                 : op == 0xA8 ? at(8) << 8 | at(9)
                                 : op == 0xBE ? at(7) << 8 | at(8)
                                              : 0;
      for (std::int64_t s = first; s < first + count; ++s) sectors_.push_back(s);
      return std::nullopt;
    };
    auto drive = Drive::open(std::move(watched));
    EXPECT_TRUE(drive) << describe(drive.error());
    seen_ = {};
    return rip(**drive, options_, files_, {.events = &seen_, .stop = stop});
  }
  /// The ECC block of this sector, as a whole.
  void kill_block(std::int64_t sector) {
    const std::int64_t block = ecc_block_sectors(GetParam());
    for (std::int64_t s = sector / block * block; s < (sector / block + 1) * block; ++s) dead_.insert(s);
  }
  [[nodiscard]] MapFile map_file() const {
    const auto text = files_.content("d/x.map");
    return parse_mapfile({reinterpret_cast<const char*>(text.data()), text.size()}, "x.map").value();
  }
  void put_map(const MapFile& map) {
    const std::string text = format_mapfile(map);
    const auto bytes = std::as_bytes(std::span{text});
    files_.put("d/x.map", {bytes.begin(), bytes.end()});
  }
  [[nodiscard]] std::int64_t times_read(std::int64_t sector) const { return std::ranges::count(sectors_, sector); }

  std::vector<std::byte> truth_;
  std::set<std::int64_t> dead_;
  MemoryFiles files_;
  RipOptions options_;
  Seen seen_;
  bool simple_ = false;  // the drive has no mode pages
  std::vector<std::int64_t> sectors_;
};

INSTANTIATE_TEST_SUITE_P(Kinds, FilesFirst, ::testing::Values(MediaKind::cd, MediaKind::dvd),
                         [](const auto& kind) { return std::string{to_string(kind.param)}; });

TEST_P(FilesFirst, StructuresThenWantedThenOthersThenTheRest) {
  const auto outcome = run();
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(files_.content("d/x.iso"), truth_);
  std::vector<std::string> parts;
  for (const Event& event : seen_.events)
    if (const auto* phase = std::get_if<PhaseBegun>(&event); phase != nullptr && !phase->part.empty())
      parts.push_back(phase->part);
  // In whole ECC blocks the walk itself has read all structures, and sector 0 to look for HFS.
  if (GetParam() != MediaKind::cd) parts.insert(parts.begin(), "structures");
  EXPECT_THAT(parts, ElementsAre("structures", "wanted files", "other files", "the rest"));
  const auto place = [&](std::int64_t sector) { return std::ranges::find(sectors_, sector) - sectors_.begin(); };
  EXPECT_LT(place(kFolder), place(kWanted));
  EXPECT_LT(place(kWanted + 39), place(150));
  EXPECT_LT(place(2050), place(2300)) << "of BIG.BIN; of nobody";
  ASSERT_TRUE(outcome->files);
  EXPECT_EQ(outcome->files->count, (FileCount{.files = 3, .whole = 3, .wanted = 1, .wanted_whole = 1}));
  EXPECT_THAT(outcome->files->hit, IsEmpty());
}

TEST_P(FilesFirst, NothingIsReadTwiceForIt) {
  ASSERT_TRUE(run());
  const std::size_t with = sectors_.size();
  files_ = MemoryFiles{};
  options_.files_first = false;
  ASSERT_TRUE(run());
  EXPECT_EQ(with, sectors_.size());
}

TEST_P(FilesFirst, OnAScratchedDiscTheWantedFileIsWholeLongBeforePlainOrderHasIt) {
  for (std::int64_t s = 304; s < 1500; s += 48) kill_block(s);  // inside BIG.BIN
  ASSERT_TRUE(run());
  const std::size_t first = seen_.wanted_whole_at;
  ASSERT_GT(first, 0U);
  // Plain order: the steps until the last sector of LAST.TXT has been passed in a good read.
  const auto reads_until_whole = [&] {
    std::set<std::int64_t> left;
    for (std::int64_t s = kWanted; s < kWanted + 40; ++s) left.insert(s);
    std::size_t i = 0;
    for (; i < sectors_.size() && !left.empty(); ++i) left.erase(sectors_[i]);
    return i;
  };
  const std::size_t sectors_first = reads_until_whole();
  files_ = MemoryFiles{};
  options_.files_first = false;
  ASSERT_TRUE(run());
  EXPECT_LT(sectors_first * 5, reads_until_whole()) << "sectors asked for until the file was whole";
}

TEST_P(FilesFirst, WhatUnreadableSectorsCostIsNamed) {
  const std::int64_t block = ecc_block_sectors(GetParam());
  kill_block(1008);  // in BIG.BIN
  kill_block(2816);  // in LAST.TXT
  const auto outcome = run();
  ASSERT_TRUE(outcome) << describe(outcome.error());
  ASSERT_TRUE(outcome->files);
  EXPECT_EQ(outcome->files->count, (FileCount{.files = 3, .whole = 1, .hit = 2, .wanted = 1, .wanted_hit = 1}));
  ASSERT_EQ(outcome->files->hit.size(), 2U);
  EXPECT_EQ(seen_.last_count(), outcome->files->count) << "what progress told in the end";
  EXPECT_THAT(rip_summary(*outcome), HasSubstr("files      1 of 3 whole; of those wanted 0 of 1\n"));
  EXPECT_EQ(outcome->files->hit[0].path, "BIG.BIN");
  EXPECT_EQ(outcome->files->hit[0].unreadable, block);
  EXPECT_FALSE(outcome->files->hit[0].wanted);
  EXPECT_EQ(outcome->files->hit[1].path, "FOLDER/LAST.TXT");
  EXPECT_TRUE(outcome->files->hit[1].wanted);
  EXPECT_EQ(outcome->files->hit[1].unreadable, block);
}

/// The planner may learn of one block what it is when it has read others.
TEST_P(FilesFirst, ProgressCountsAsTheEndDoesThoughTheDriveCannotBeTold) {
  simple_ = true;
  kill_block(1008);
  const auto outcome = run();
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->files->count, (FileCount{.files = 3, .whole = 2, .hit = 1, .wanted = 1, .wanted_whole = 1}));
  EXPECT_EQ(seen_.last_count(), outcome->files->count);
}

TEST_P(FilesFirst, ADeadDirectoryIsNamedAndTheRestGoesOn) {
  kill_block(kFolder);
  const auto outcome = run();
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->map.count(Grade::unreadable), ecc_block_sectors(GetParam()));
  ASSERT_TRUE(outcome->files);
  EXPECT_EQ(outcome->files->count.files, 1U) << "BIG.BIN is all that can be known";
  EXPECT_THAT(outcome->files->hit_structures, ElementsAre("directory of /FOLDER (ISO 9660)"));
  EXPECT_THAT(outcome->files->troubles, Contains(HasSubstr("directory /FOLDER")));
  EXPECT_THAT(rip_summary(*outcome), HasSubstr("files      1 of 1 still listed are whole\n"));
  EXPECT_THAT(seen_.notes(), Contains(HasSubstr("no file on the disc is 'last.txt'")));
}

TEST_P(FilesFirst, ADiscWithoutAFileSystemIsReadInPlainOrder) {
  truth_ = content(kSectors, 7);
  const auto outcome = run();
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(files_.content("d/x.iso"), truth_);
  EXPECT_FALSE(outcome->files);
  EXPECT_THAT(seen_.notes(), Contains(HasSubstr("no file system")));
}

/// Stopped at each step of the walk and a little beyond: what was read is in the image, and read no more.
TEST_P(FilesFirst, ARunThatGoesOnReadsNoStructureAgain) {
  for (std::size_t until = 1; until < 12; ++until) {
    SCOPED_TRACE(until);
    files_ = MemoryFiles{};
    const auto stopped = run([&] { return seen_.progress >= until; });
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().kind, ErrorKind::interrupted);
    const std::set<std::int64_t> had(sectors_.begin(), sectors_.end());
    const auto outcome = run();
    ASSERT_TRUE(outcome) << describe(outcome.error());
    EXPECT_TRUE(outcome->resumed);
    EXPECT_EQ(files_.content("d/x.iso"), truth_);
    EXPECT_EQ(outcome->files->count.whole, 3U);
    // Identifying and the proof of the same disc read some of what is there; the rest comes once.
    std::int64_t again = 0;
    for (std::int64_t s : had) again += times_read(s);
    const std::int64_t allowed = std::max<std::int64_t>(64, 16 * ecc_block_sectors(GetParam())) + 8;
    EXPECT_LE(again, allowed);
    EXPECT_LE(std::ssize(sectors_), kSectors + allowed);
  }
}

/// A run that had come far among the other files, and then other files are wanted: they are first, not left for the end.
TEST_P(FilesFirst, OtherFilesMayBeWantedLater) {
  ASSERT_FALSE(run([&] { return seen_.progress >= 24; }));  // in the middle of BIG.BIN
  options_.want = {"other.bin", "last.txt"};
  const auto outcome = run();
  ASSERT_TRUE(outcome) << describe(outcome.error());
  const auto place = [&](std::int64_t sector) { return std::ranges::find(sectors_, sector) - sectors_.begin(); };
  EXPECT_LT(place(2550), place(1990)) << "OTHER.BIN before what was left of BIG.BIN";
  EXPECT_EQ(files_.content("d/x.iso"), truth_);
}

TEST_P(FilesFirst, AfterAPlainRunTheRestIsOrderedByFiles) {
  options_.files_first = false;
  ASSERT_FALSE(run([&] { return seen_.progress >= 10; }));
  options_.files_first = true;
  const auto outcome = run();
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(files_.content("d/x.iso"), truth_);
  const auto place = [&](std::int64_t sector) { return std::ranges::find(sectors_, sector) - sectors_.begin(); };
  EXPECT_LT(place(kWanted + 39), place(1500));
}

/// Rounds of the stream count tiers; without tiers the disc is streamed from its beginning.
TEST_P(FilesFirst, ARunThatGoesOnWithoutFilesStreams) {
  const auto first_phase = [&]() -> std::optional<PhaseBegun> {
    for (const Event& event : seen_.events)
      if (const auto* phase = std::get_if<PhaseBegun>(&event)) return *phase;
    return std::nullopt;
  };
  for (const bool known : {true, false}) {
    SCOPED_TRACE(known ? "not asked for files any more" : "no file system that is known");
    if (!known) truth_ = content(kSectors, 7);
    files_ = MemoryFiles{};
    options_.files_first = known;
    ASSERT_FALSE(run([&] { return seen_.progress >= 24; }));
    MapFile left = map_file();
    if (!known) left.progress.round = 5;
    put_map(left);
    ASSERT_EQ(left.progress.phase, RipProgress::Phase::stream);
    ASSERT_GE(left.progress.round, 2U);
    options_.files_first = !known;
    const auto outcome = run();
    ASSERT_TRUE(outcome) << describe(outcome.error());
    EXPECT_EQ(files_.content("d/x.iso"), truth_);
    ASSERT_TRUE(first_phase());
    EXPECT_EQ(first_phase()->phase, RipProgress::Phase::stream);
    EXPECT_EQ(first_phase()->round, 0U);
  }
}

/// What another tool has left of a block: `? + ?`, and a directory in the second gap. The block does not read any more, and the
/// sector in its middle is good all the same.
TEST_P(FilesFirst, AGoodSectorInAStructuresBlockStaysGood) {
  constexpr std::uint32_t kInside = 2410;
  constexpr std::int64_t kGood = 2405;
  IsoImage made{kSectors};
  made.directory(IsoImage::kRoot, {{"FOLDER", kInside, 2048, 2, ""}});
  made.directory(kInside, {{"LAST.TXT", kWanted, 40 * 2048, 0, ""}});
  const Image& image = made.finish();
  for (std::int64_t sector : {16, 17, int(IsoImage::kRoot), int(kInside)})
    std::copy_n(image.bytes.begin() + sector * 2048, 2048, truth_.begin() + sector * 2048);
  options_.files_first = false;
  ASSERT_FALSE(run([&] { return seen_.progress >= 10; }));
  auto part = files_.content("d/x.iso.part");
  part.resize(std::size_t{kSectors} * 2048);
  std::copy_n(truth_.begin() + kGood * 2048, 2048, part.begin() + kGood * 2048);
  files_.put("d/x.iso.part", part);
  MapFile map = map_file();
  ASSERT_EQ(map.map.at(kGood), Grade::untried);
  map.map.set(kGood, 1, Grade::drive);
  put_map(map);

  options_.files_first = true;
  kill_block(kInside);
  const auto outcome = run();
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->map.count(Grade::unreadable), std::max<std::int64_t>(ecc_block_sectors(GetParam()) - 1, 1));
  EXPECT_TRUE(is_good(outcome->map.at(kGood)));
  const auto content = files_.content("d/x.iso");
  EXPECT_TRUE(
      std::equal(content.begin() + kGood * 2048, content.begin() + (kGood + 1) * 2048, truth_.begin() + kGood * 2048));
}

}  // namespace
}  // namespace pressmark
