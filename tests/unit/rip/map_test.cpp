#include "pressmark/map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

namespace pressmark {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(RipMap, BeginsUntriedAndCountsEveryGrade) {
  RipMap map{100};
  EXPECT_THAT(map.runs(), ElementsAre(GradedRun{0, 100, Grade::untried}));
  map.set(10, 20, Grade::proven);
  map.set(15, 5, Grade::unreadable);
  EXPECT_THAT(map.runs(), ElementsAre(GradedRun{0, 10, Grade::untried}, GradedRun{10, 5, Grade::proven},
                                      GradedRun{15, 5, Grade::unreadable}, GradedRun{20, 10, Grade::proven},
                                      GradedRun{30, 70, Grade::untried}));
  EXPECT_EQ(map.count(Grade::proven), 15);
  EXPECT_EQ(map.good(), 15);
  EXPECT_FALSE(map.all_tried());
}

TEST(RipMap, NeighboursOfOneGradeAreOneRun) {
  RipMap map{10};
  map.set(4, 2, Grade::drive);
  map.set(6, 4, Grade::drive);
  map.set(0, 4, Grade::drive);
  EXPECT_THAT(map.runs(), ElementsAre(GradedRun{0, 10, Grade::drive}));
}

// The oracle is an array with one grade a sector.
TEST(RipMap, EqualsAnArrayUnderAnySequenceOfChanges) {
  constexpr std::int64_t kMapped = 67;
  RipMap map{kMapped};
  std::vector<Grade> plain(kMapped, Grade::untried);
  std::uint32_t random = 1;
  const auto next = [&](std::uint32_t below) {
    random = random * 1664525 + 1013904223;
    return (random >> 8) % below;
  };
  for (int change = 0; change < 5000; ++change) {
    const std::int64_t first = next(kMapped);
    const std::int64_t count = next(static_cast<std::uint32_t>(kMapped - first) + 1);
    const auto grade = static_cast<Grade>(next(kGradeCount));
    map.set(first, count, grade);
    std::fill_n(plain.begin() + first, count, grade);
    for (std::size_t g = 0; g < kGradeCount; ++g)
      ASSERT_EQ(map.count(static_cast<Grade>(g)), std::ranges::count(plain, static_cast<Grade>(g)));
    for (std::int64_t s = 0; s < kMapped; ++s) ASSERT_EQ(map.at(s), plain[static_cast<std::size_t>(s)]);
    const std::int64_t from = next(kMapped);
    const auto found = map.find(from, Grade::unreadable);
    const auto expected = std::find(plain.begin() + from, plain.end(), Grade::unreadable);
    ASSERT_EQ(found.has_value(), expected != plain.end());
    if (found) {
      ASSERT_EQ(found->first, expected - plain.begin());
    }
    const auto runs = map.runs();
    for (std::size_t i = 1; i < runs.size(); ++i) ASSERT_NE(runs[i - 1].grade, runs[i].grade);
  }
}

TEST(RipMap, ResizeKeepsWhatFits) {
  RipMap map{10};
  map.set(2, 8, Grade::proven);
  map.resize(5);
  EXPECT_THAT(map.runs(), ElementsAre(GradedRun{0, 2, Grade::untried}, GradedRun{2, 3, Grade::proven}));
  map.resize(7);
  EXPECT_EQ(map.count(Grade::untried), 4);
}

MapFile sample() {
  MapFile file;
  file.map = RipMap{1000};
  file.map.set(0, 400, Grade::proven);
  file.map.set(400, 16, Grade::unreadable);
  file.map.set(416, 100, Grade::drive);
  file.map.set(516, 10, Grade::agreed);
  file.map.set(526, 4, Grade::rebuilt);
  file.map.set(600, 32, Grade::untrimmed);
  file.progress = {RipProgress::Phase::retry, 2, 416};
  file.disc_identity = "abc123";
  file.disc_name = "CD-ROM, 1000 sectors, DEMO";
  file.first_lba = 11702;
  file.failures = {{400, 16, 3, "03/11/05"}, {600, 32, 1, "EDC mismatch: the drive returned damage as good"}};
  return file;
}

TEST(MapFile, ComesBackAsItWasWritten) {
  const MapFile file = sample();
  const auto back = parse_mapfile(format_mapfile(file), "x.map");
  ASSERT_TRUE(back) << describe(back.error());
  EXPECT_EQ(back->map, file.map);
  EXPECT_EQ(back->progress, file.progress);
  EXPECT_EQ(back->disc_identity, file.disc_identity);
  EXPECT_EQ(back->disc_name, file.disc_name);
  EXPECT_EQ(back->first_lba, file.first_lba);
  EXPECT_EQ(back->failures, file.failures);
  EXPECT_THAT(back->warnings, IsEmpty());
}

// The format of ddrescue's manual, chapter "Mapfile structure", with areas that only it would write.
TEST(MapFile, ReadsWhatDdrescueWrites) {
  const auto file = parse_mapfile(
      "# Mapfile. Created by GNU ddrescue version 1.27\n"
      "# Command line: ddrescue -b2048 /dev/sr0 x.iso x.map\n"
      "# current_pos  current_status  current_pass\n"
      "0x00001000     /               1\n"
      "#      pos        size  status\n"
      "0x00000000  0x00001000  +\n"
      "0x00001000  0x00000800  -\n"
      "0x00001800  0x00000800  /\n"
      "8192  2048  *\n"
      "0x00002800  0x00001000  ?\n",
      "x.map");
  ASSERT_TRUE(file) << describe(file.error());
  EXPECT_THAT(file->map.runs(), ElementsAre(GradedRun{0, 2, Grade::drive}, GradedRun{2, 1, Grade::unreadable},
                                            GradedRun{3, 2, Grade::untrimmed}, GradedRun{5, 2, Grade::untried}));
  EXPECT_EQ(file->disc_identity, "");
}

TEST(MapFile, ASectorIsNoBetterThanItsWorstByte) {
  const auto file = parse_mapfile("0x0 ? 1\n0 1000 +\n1000 512 -\n1512 8728 +\n", "x.map");
  ASSERT_TRUE(file) << describe(file.error());
  EXPECT_THAT(file->map.runs(), ElementsAre(GradedRun{0, 1, Grade::untrimmed}, GradedRun{1, 4, Grade::drive}));
  EXPECT_EQ(file->warnings.size(), 1U);
}

TEST(MapFile, ASectorThatTheMapEndsInsideIsReadAgain) {
  const auto file = parse_mapfile("0x0 + 1\n0 5000 +\n", "x.map");
  ASSERT_TRUE(file) << describe(file.error());
  EXPECT_THAT(file->map.runs(), ElementsAre(GradedRun{0, 2, Grade::drive}, GradedRun{2, 1, Grade::untrimmed}));
}

TEST(MapFile, OurCommentsNeverMakeASectorBetterThanItsArea) {
  const auto file = parse_mapfile(
      "# pressmark grade 0x0 0x2000 proven\n"
      "# pressmark grade 0x0 0x2000 untried\n"
      "# pressmark grade 0xFFFFFFFFFFFF 0x2000 proven\n"
      "# pressmark grade 0x800 0x7FFFFFFFFFFFFFFF proven\n"
      "# pressmark phase retry 99999999999 0\n"
      "# pressmark failed 0x0 0x7FFFFFFFFFFFF800 1 x\n"
      "# pressmark gibberish\n"
      "0x0 ? 1\n0 2048 +\n2048 2048 -\n4096 4096 ?\n",
      "x.map");
  ASSERT_TRUE(file) << describe(file.error());
  EXPECT_THAT(file->map.runs(), ElementsAre(GradedRun{0, 1, Grade::proven}, GradedRun{1, 1, Grade::unreadable},
                                            GradedRun{2, 2, Grade::untried}));
  EXPECT_EQ(file->progress, RipProgress{});
  EXPECT_THAT(file->failures, IsEmpty());
}

TEST(MapFile, NamesTheLineThatIsWrong) {
  const struct {
    std::string_view text, where, got;
  } cases[] = {
      {"", "line 0", "no line with the current position"},
      {"zero ? 1\n", "line 1", "current position"},
      {"0 ? 1\n0 100\n", "line 2", "a position, a size and a status"},
      {"0 ? 1\n0 100 %\n", "line 2", "'%' is no status"},
      {"0 ? 1\n0 100 +\n200 100 +\n", "line 3", "begins at 200, not at 100"},
      {"0 ? 1\n0 0 +\n", "line 2", "no size"},
      {"0 ? 1\n0 0x7FFFFFFFFFFFFFFF +\n", "line 2", "larger than any disc"},
      {"0 ? 1\n0 99999999999999999999999 +\n", "line 2", "a position, a size"},
  };
  for (const auto& c : cases) {
    const auto file = parse_mapfile(c.text, "x.map");
    ASSERT_FALSE(file) << c.text;
    EXPECT_EQ(file.error().kind, ErrorKind::parse);
    EXPECT_THAT(file.error().where, HasSubstr(c.where));
    EXPECT_THAT(file.error().got, HasSubstr(c.got));
  }
}

TEST(MapFile, AnyTruncationIsReadOrRefused) {
  const std::string text = format_mapfile(sample());
  for (std::size_t length = 0; length <= text.size(); ++length) {
    const auto file = parse_mapfile(std::string_view{text}.substr(0, length), "x.map");
    if (!file) {
      EXPECT_EQ(file.error().kind, ErrorKind::parse);
      continue;
    }
    EXPECT_LE(file->map.sectors(), 1000);
    EXPECT_LE(file->map.count(Grade::proven), 400);
  }
}

}  // namespace
}  // namespace pressmark
