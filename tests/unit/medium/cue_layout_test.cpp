// Addresses here are worked out by hand from ECMA-130 clause 22 and the CDRWIN guide, and written as numbers.
#include "medium/cue_layout.h"

#include <gtest/gtest.h>
#include <vector>

namespace pressmark {
namespace {

constexpr std::uint64_t kRaw = 2352;

Result<CueLayout> lay_out(std::string_view text, std::vector<std::uint64_t> file_bytes) {
  const auto sheet = parse_cue(text, "x.cue");
  EXPECT_TRUE(sheet) << describe(sheet.error());
  if (!sheet) return std::unexpected(sheet.error());
  return lay_out_cue(*sheet, file_bytes, "x.cue");
}

TEST(CueLayoutTest, OneFilePositionsAreAddresses) {
  const auto layout = lay_out(
      "FILE a BINARY\nTRACK 01 MODE1/2352\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 00 00:10:00\nINDEX 01 00:12:00\n",
      {1000 * kRaw});
  ASSERT_TRUE(layout) << describe(layout.error());
  ASSERT_EQ(layout->tracks.size(), 2U);
  EXPECT_EQ(layout->tracks[0].start, Lba{0});
  EXPECT_EQ(layout->tracks[0].sectors, 750U);
  EXPECT_EQ(layout->tracks[0].pregap, 0U);
  EXPECT_EQ(layout->tracks[1].start, Lba{900});
  EXPECT_EQ(layout->tracks[1].pregap, 150U);
  EXPECT_EQ(layout->tracks[1].sectors, 100U);
  EXPECT_EQ(layout->end, Lba{1000});
}

TEST(CueLayoutTest, FilesFollowEachOther) {
  const auto layout = lay_out(
      "FILE a BINARY\nTRACK 01 MODE1/2048\nINDEX 01 00:00:00\n"
      "FILE b BINARY\nTRACK 02 AUDIO\nINDEX 00 00:00:00\nINDEX 01 00:02:00\n"
      "FILE c BINARY\nTRACK 03 AUDIO\nINDEX 01 00:00:00\n",
      {300 * 2048, 400 * kRaw, 50 * kRaw});
  ASSERT_TRUE(layout) << describe(layout.error());
  EXPECT_EQ(layout->tracks[1].start, Lba{450});
  EXPECT_EQ(layout->tracks[1].pregap, 150U);
  EXPECT_EQ(layout->tracks[1].sectors, 250U);
  EXPECT_EQ(layout->tracks[2].start, Lba{700});
  EXPECT_EQ(layout->end, Lba{750});
}

TEST(CueLayoutTest, PregapAndPostgapTakeDiscButNoFile) {
  const auto layout = lay_out(
      "FILE a BINARY\nTRACK 01 MODE1/2352\nINDEX 01 00:00:00\nPOSTGAP 00:01:00\n"
      "TRACK 02 AUDIO\nPREGAP 00:02:00\nINDEX 01 00:04:00\n",
      {400 * kRaw});
  ASSERT_TRUE(layout) << describe(layout.error());
  EXPECT_EQ(layout->tracks[0].sectors, 375U);  // 300 stored and 75 of post-gap
  EXPECT_EQ(layout->tracks[1].start, Lba{525});
  EXPECT_EQ(layout->tracks[1].pregap, 150U);
  EXPECT_EQ(layout->tracks[1].sectors, 100U);
  EXPECT_EQ(layout->end, Lba{625});
  ASSERT_EQ(layout->extents.size(), 4U);
  EXPECT_FALSE(layout->extents[1].file);
  EXPECT_EQ(layout->extents[3].first, Lba{525});
  EXPECT_EQ(layout->extents[3].offset, 300 * kRaw);
}

TEST(CueLayoutTest, ThePauseBeforeTrack1IsNotCountedTwice) {
  const auto layout = lay_out("FILE a BINARY\nTRACK 01 MODE1/2352\nPREGAP 00:02:00\nINDEX 01 00:00:00\n", {10 * kRaw});
  ASSERT_TRUE(layout);
  EXPECT_EQ(layout->tracks[0].start, Lba{0});
  EXPECT_EQ(layout->tracks[0].pregap, 0U);
  const auto longer = lay_out("FILE a BINARY\nTRACK 01 AUDIO\nPREGAP 00:02:10\nINDEX 01 00:00:00\n", {10 * kRaw});
  ASSERT_TRUE(longer);
  EXPECT_EQ(longer->tracks[0].start, Lba{10});
}

TEST(CueLayoutTest, HiddenAudioBeforeTrack1StartsAtZero) {
  for (const char* index0 : {"INDEX 00 00:00:00\n", ""}) {
    const auto layout =
        lay_out(std::string("FILE a BINARY\nTRACK 01 AUDIO\n") + index0 + "INDEX 01 00:00:33\n", {100 * kRaw});
    ASSERT_TRUE(layout);
    EXPECT_EQ(layout->tracks[0].start, Lba{33});
    EXPECT_EQ(layout->tracks[0].pregap, 33U);
    EXPECT_EQ(layout->tracks[0].sectors, 67U);
  }
}

TEST(CueLayoutTest, SectorSizesMayChangeInsideAFile) {
  const auto layout = lay_out(
      "FILE a BINARY\nTRACK 01 MODE1/2048\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 00 00:00:10\nINDEX 01 00:00:20\n",
      {10 * 2048 + 15 * kRaw});
  ASSERT_TRUE(layout) << describe(layout.error());
  EXPECT_EQ(layout->tracks[1].start, Lba{20});
  EXPECT_EQ(layout->tracks[1].sectors, 5U);
  ASSERT_EQ(layout->extents.size(), 3U);
  EXPECT_EQ(layout->extents[1].offset, 10U * 2048);
  EXPECT_EQ(layout->extents[2].offset, 10U * 2048 + 10 * kRaw);
}

TEST(CueLayoutTest, ATracksPregapMayLieInTheFileBefore) {
  const auto layout = lay_out(
      "FILE a BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 00 00:01:05\n"
      "FILE b BINARY\nINDEX 01 00:00:00\n",
      {100 * kRaw, 40 * kRaw});
  ASSERT_TRUE(layout) << describe(layout.error());
  EXPECT_EQ(layout->tracks[0].sectors, 80U);
  EXPECT_EQ(layout->tracks[1].start, Lba{100});
  EXPECT_EQ(layout->tracks[1].pregap, 20U);
  EXPECT_EQ(layout->tracks[1].sectors, 40U);
  ASSERT_EQ(layout->extents.size(), 3U);
  EXPECT_EQ(layout->extents[1].offset, 80 * kRaw);
  EXPECT_EQ(layout->extents[2].file, 1U);
}

constexpr std::string_view kThreeSessions =
    "FILE a BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nREM SESSION 02\nTRACK 02 MODE1/2352\nINDEX 01 00:01:00\n"
    "REM SESSION 03\nFILE b BINARY\nTRACK 03 MODE1/2352\nINDEX 01 00:00:00\n";

TEST(CueLayoutTest, SessionsAreApartByLeadOutLeadInAndPause) {
  const auto layout = lay_out(kThreeSessions, {100 * kRaw, 10 * kRaw});
  ASSERT_TRUE(layout) << describe(layout.error());
  EXPECT_EQ(layout->tracks[0].sectors, 75U);
  EXPECT_EQ(layout->tracks[1].session, 2);
  EXPECT_EQ(layout->tracks[1].start, Lba{75 + 11400});
  EXPECT_EQ(layout->tracks[1].pregap, 0U);
  EXPECT_EQ(layout->tracks[1].sectors, 25U);
  EXPECT_EQ(layout->tracks[2].start, Lba{75 + 11400 + 25 + 6900});
  EXPECT_EQ(layout->end, Lba{75 + 11400 + 25 + 6900 + 10});
}

TEST(CueLayoutTest, SessionGapsThatAreGivenAreTaken) {
  const auto layout = lay_out(
      "FILE a BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nREM LEAD-OUT 00:00:10\nREM SESSION 02\nREM LEAD-IN 00:00:20\n"
      "REM PREGAP 00:00:03\nFILE b BINARY\nTRACK 02 AUDIO\nINDEX 01 00:00:00\n",
      {100 * kRaw, 10 * kRaw});
  ASSERT_TRUE(layout);
  EXPECT_EQ(layout->tracks[1].start, Lba{133});
}

TEST(CueLayoutTest, TheLastSectorOfACdIs995974) {
  constexpr std::string_view kOne = "FILE a BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n";
  const auto longest = lay_out(kOne, {449'850 * kRaw});
  ASSERT_TRUE(longest);
  EXPECT_EQ(to_msf(longest->end - 1), (Msf{99, 59, 74}));
  EXPECT_EQ(lay_out(kOne, {449'851 * kRaw}).error().kind, ErrorKind::unsupported);
  EXPECT_EQ(lay_out(kOne, {~std::uint64_t{0} / kRaw * kRaw}).error().kind, ErrorKind::unsupported);
}

TEST(CueLayoutTest, AFileThatIsNotWholeSectorsIsRefused) {
  const auto layout = lay_out("FILE a BINARY\nTRACK 01 MODE1/2352\nINDEX 01 00:00:00\n", {10 * 2048});
  ASSERT_FALSE(layout);
  EXPECT_EQ(layout.error().kind, ErrorKind::parse);
  EXPECT_EQ(layout.error().where, "x.cue, line 1");
  EXPECT_NE(layout.error().got.find("20480 bytes"), std::string::npos);
}

TEST(CueLayoutTest, AnIndexPastTheEndOfItsFileIsRefused) {
  const auto layout =
      lay_out("FILE a BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 00:01:00\n", {74 * kRaw});
  ASSERT_FALSE(layout);
  EXPECT_EQ(layout.error().where, "x.cue, line 3");
  EXPECT_NE(layout.error().got.find("past the end of 'a'"), std::string::npos) << layout.error().got;
}

TEST(CueLayoutTest, ATrackWithoutSectorsIsRefused) {
  const auto layout =
      lay_out("FILE a BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 00:01:00\n", {75 * kRaw});
  ASSERT_FALSE(layout);
  EXPECT_NE(layout.error().got.find("track 2 has no sectors"), std::string::npos);
}

}  // namespace
}  // namespace pressmark
