#include "medium/cue_sheet.h"

#include <gtest/gtest.h>

namespace pressmark {
namespace {

using namespace std::string_literals;

TEST(CueSheetTest, ReadsEveryCommand) {
  const auto sheet = parse_cue(
      "REM made by hand\r\n"
      "CATALOG 1234567890123\r\n"
      "TITLE \"A disc\"\r\n"
      "FILE \"data track.bin\" BINARY\r\n"
      "  TRACK 01 MODE1/2352\r\n"
      "    FLAGS DCP\r\n"
      "    INDEX 01 00:00:00\r\n"
      "FILE music.wav WAVE\r\n"
      "  track 02 audio\r\n"
      "    flags dcp 4ch pre scms\r\n"
      "    ISRC ABCDE1234567\r\n"
      "    PREGAP 00:02:00\r\n"
      "    INDEX 01 00:00:00\r\n"
      "    INDEX 02 01:02:03\r\n"
      "    POSTGAP 00:00:10\r\n",
      "x.cue");
  ASSERT_TRUE(sheet) << describe(sheet.error());
  EXPECT_EQ(sheet->catalog, "1234567890123");
  ASSERT_EQ(sheet->files.size(), 2U);
  EXPECT_EQ(sheet->files[0].name, "data track.bin");
  EXPECT_EQ(sheet->files[1].name, "music.wav");
  EXPECT_EQ(sheet->files[1].format, CueFormat::wave);
  EXPECT_EQ(sheet->files[1].line, 8U);
  ASSERT_EQ(sheet->tracks.size(), 2U);
  EXPECT_EQ(sheet->tracks[0].control, 4 | 2);
  EXPECT_EQ(sheet->tracks[0].stored_bytes, 2352U);
  const CueTrack& second = sheet->tracks[1];
  EXPECT_EQ(second.mode, TrackMode::audio);
  EXPECT_EQ(second.control, 8 | 2 | 1);
  EXPECT_EQ(second.isrc, "ABCDE1234567");
  EXPECT_EQ(second.pregap_sectors, 150U);
  EXPECT_EQ(second.postgap_sectors, 10U);
  ASSERT_EQ(second.indexes.size(), 2U);
  EXPECT_EQ(second.indexes[1].number, 2);
  EXPECT_EQ(second.indexes[1].sector, (1U * 60 + 2) * 75 + 3);
  EXPECT_EQ(second.indexes[1].file, 1U);
}

TEST(CueSheetTest, ModesAreTheirSectorSizes) {
  const struct {
    const char* word;
    TrackMode mode;
    std::uint32_t bytes;
  } modes[] = {{"MODE1/2048", TrackMode::mode1, 2048}, {"MODE1/2352", TrackMode::mode1, 2352},
               {"MODE2/2336", TrackMode::mode2, 2336}, {"MODE2/2352", TrackMode::mode2, 2352},
               {"CDI/2352", TrackMode::mode2, 2352},   {"AUDIO", TrackMode::audio, 2352}};
  for (const auto& row : modes) {
    const auto sheet = parse_cue(std::string("FILE a BINARY\nTRACK 1 ") + row.word + "\nINDEX 1 0:0:0", "x");
    ASSERT_TRUE(sheet) << row.word << describe(sheet.error());
    EXPECT_EQ(sheet->tracks[0].mode, row.mode) << row.word;
    EXPECT_EQ(sheet->tracks[0].stored_bytes, row.bytes) << row.word;
  }
}

TEST(CueSheetTest, LineEndsOfEverySystemAndAByteOrderMark) {
  for (const char* end : {"\n", "\r\n", "\r"}) {
    std::string text = "\xEF\xBB\xBF";
    for (const char* line : {"FILE \"a.bin\" BINARY", "", "TRACK 01 AUDIO", "INDEX 01 00:00:00", "INDEX 02 00:00:99"})
      text += std::string(line) + end;
    const auto sheet = parse_cue(text, "x.cue");
    ASSERT_FALSE(sheet);
    EXPECT_EQ(sheet.error().where, "x.cue, line 5");
  }
}

TEST(CueSheetTest, Latin1BecomesUtf8AndUtf8Stays) {
  const auto latin = parse_cue("FILE \"Caf\xE9.bin\" BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00", "x");
  ASSERT_TRUE(latin);
  EXPECT_EQ(latin->files[0].name, "Caf\xC3\xA9.bin");
  const auto utf8 = parse_cue("FILE \"Caf\xC3\xA9.bin\" BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00", "x");
  ASSERT_TRUE(utf8);
  EXPECT_EQ(utf8->files[0].name, "Caf\xC3\xA9.bin");
}

TEST(CueSheetTest, SessionsComeFromRemarks) {
  const auto sheet = parse_cue(
      "REM SESSION 01\nFILE a BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n"
      "REM LEAD-OUT 01:30:00\nREM SESSION 02\nREM LEAD-IN 01:00:00\nREM PREGAP 00:02:01\n"
      "FILE b BINARY\nTRACK 02 MODE1/2352\nINDEX 01 00:00:00\n",
      "x");
  ASSERT_TRUE(sheet) << describe(sheet.error());
  ASSERT_EQ(sheet->sessions.size(), 2U);
  EXPECT_EQ(sheet->tracks[0].session, 1);
  EXPECT_EQ(sheet->tracks[1].session, 2);
  EXPECT_EQ(sheet->sessions[0].lead_out_sectors, 6750U);
  EXPECT_EQ(sheet->sessions[1].lead_in_sectors, 4500U);
  EXPECT_EQ(sheet->sessions[1].pause_sectors, 151U);
}

TEST(CueSheetTest, OtherRemarksAreRemarks) {
  EXPECT_TRUE(parse_cue(
      "REM SESSION of songs\nREM LEAD-IN\nREM\nREM PREGAP is short\nFILE a BINARY\nTRACK 01 AUDIO\nINDEX 01 0:0:0",
      "x"));
}

TEST(CueSheetTest, AFileNamedAgainGoesOn) {
  const auto sheet = parse_cue(
      "FILE a BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nFILE a BINARY\nTRACK 02 AUDIO\nINDEX 01 00:00:10", "x");
  ASSERT_TRUE(sheet);
  EXPECT_EQ(sheet->files.size(), 1U);
}

struct BadSheet {
  const char* name;
  const char* text;
  std::size_t line;
  const char* says;
  ErrorKind kind = ErrorKind::parse;
};

const BadSheet kBadSheets[] = {
    {"NoTrack", "REM nothing\n", 1, "no TRACK"},
    {"UnknownCommand", "FILE a BINARY\nTRACK 01 AUDIO\nINDEKS 01 00:00:00", 3, "INDEKS"},
    {"TrackBeforeFile", "TRACK 01 AUDIO\n", 1, "before any FILE"},
    {"TrackZero", "FILE a BINARY\nTRACK 00 AUDIO\n", 2, "1 to 99"},
    {"TrackHundred", "FILE a BINARY\nTRACK 100 AUDIO\n", 2, "1 to 99"},
    {"TrackLeftOut", "FILE a BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 03 AUDIO\n", 4,
     "TRACK 03 follows TRACK 01"},
    {"UnknownMode", "FILE a BINARY\nTRACK 01 MODE3/2352\n", 2, "MODE3/2352"},
    {"ModeNotHandled", "FILE a BINARY\nTRACK 01 CDG\n", 2, "CDG", ErrorKind::unsupported},
    {"TypeNotHandled", "FILE a MP3\n", 1, "MP3", ErrorKind::unsupported},
    {"NoType", "FILE \"a.bin\"\n", 1, "FILE needs a name and a type"},
    {"NoName", "FILE BINARY\n", 1, "FILE needs a name and a type"},
    {"UnknownType", "FILE a.bin ZIP\n", 1, "ZIP"},
    {"NoIndex", "FILE a BINARY\nTRACK 01 AUDIO\nTRACK 02 AUDIO\n", 2, "track 1 has no INDEX 01"},
    {"OnlyIndexZero", "FILE a BINARY\nTRACK 01 AUDIO\nINDEX 00 00:00:00\n", 2, "track 1 has no INDEX 01"},
    {"IndexBeforeTrack", "FILE a BINARY\nINDEX 01 00:00:00\n", 2, "before any TRACK"},
    {"IndexOutOfOrder", "FILE a BINARY\nTRACK 01 AUDIO\nINDEX 02 00:00:00\n", 3, "out of order"},
    {"IndexTwice", "FILE a BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nINDEX 01 00:00:01\n", 4, "out of order"},
    {"IndexGoesBack", "FILE a BINARY\nTRACK 01 AUDIO\nINDEX 01 00:01:00\nTRACK 02 AUDIO\nINDEX 01 00:00:74\n", 5,
     "before the one above"},
    {"SecondSixty", "FILE a BINARY\nTRACK 01 AUDIO\nINDEX 01 00:60:00\n", 3, "MM:SS:FF"},
    {"FrameSeventyFive", "FILE a BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:75\n", 3, "MM:SS:FF"},
    {"NegativeTime", "FILE a BINARY\nTRACK 01 AUDIO\nINDEX 01 -1:00:00\n", 3, "MM:SS:FF"},
    {"TimeOfTwoParts", "FILE a BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00\n", 3, "MM:SS:FF"},
    {"HugeNumber", "FILE a BINARY\nTRACK 01 AUDIO\nINDEX 01 99999999999:00:00\n", 3, "MM:SS:FF"},
    {"PregapAfterIndex", "FILE a BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nPREGAP 00:02:00\n", 4,
     "PREGAP comes after"},
    {"BadCatalog", "CATALOG 123\n", 1, "13 digits"},
    {"BadIsrc", "FILE a BINARY\nTRACK 01 AUDIO\nISRC US-123\n", 3, "12 letters"},
    {"BadFlag", "FILE a BINARY\nTRACK 01 AUDIO\nFLAGS DCP XYZ\n", 3, "XYZ"},
    {"DataFromWave", "FILE a WAVE\nTRACK 01 MODE1/2352\nINDEX 01 00:00:00\n", 3, "WAVE"},
    {"FileWithoutTrack", "FILE a BINARY\nFILE b BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n", 1,
     "no INDEX lies in the file 'a'"},
    {"LastFileWithoutTrack", "FILE a BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nFILE b BINARY\n", 4, "'b'"},
    {"SessionSkipped", "FILE a BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nREM SESSION 03\n", 4, "session 3"},
    {"SessionWithoutTrack", "FILE a BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nREM SESSION 02\n", 4, "no track"},
    {"IndexAfterSession", "FILE a BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nREM SESSION 02\nINDEX 02 00:00:01\n", 5,
     "before any TRACK"},
    {"GdRom", "REM HIGH-DENSITY AREA\n", 1, "GD-ROM", ErrorKind::unsupported},
};

class BadCueSheet : public ::testing::TestWithParam<BadSheet> {};

TEST_P(BadCueSheet, IsRefusedWithItsLine) {
  const BadSheet& bad = GetParam();
  const auto sheet = parse_cue(bad.text, "x.cue");
  ASSERT_FALSE(sheet);
  EXPECT_EQ(sheet.error().kind, bad.kind);
  EXPECT_EQ(sheet.error().where, at_line("x.cue", bad.line));
  EXPECT_NE(sheet.error().got.find(bad.says), std::string::npos) << sheet.error().got;
  EXPECT_FALSE(sheet.error().next.empty());
}
INSTANTIATE_TEST_SUITE_P(All, BadCueSheet, ::testing::ValuesIn(kBadSheets),
                         [](const auto& at) { return at.param.name; });

TEST(CueSheetTest, WhatIsNotTextIsSaidToBeNone) {
  const std::string nul = "FILE a BINARY\0\nTRACK 01 AUDIO"s;
  EXPECT_NE(parse_cue(nul, "x").error().got.find("NUL"), std::string::npos);
  EXPECT_NE(parse_cue("\xFF\xFE"
                      "F",
                      "x")
                .error()
                .got.find("UTF-16"),
            std::string::npos);
  EXPECT_FALSE(parse_cue(std::string(kLargestCueBytes + 1, '\n'), "x"));
}

TEST(CueSheetTest, ErrorsDoNotRepeatHugeOrUnprintableText) {
  const auto sheet = parse_cue("\x1B[31m" + std::string(100'000, 'x'), "x.cue");
  ASSERT_FALSE(sheet);
  EXPECT_LT(describe(sheet.error()).size(), 400U);
  EXPECT_EQ(describe(sheet.error()).find('\x1B'), std::string::npos);
}

TEST(CueSheetTest, EveryTruncationIsReadOrRefused) {
  const std::string whole =
      "CATALOG 1234567890123\nFILE \"a b.bin\" BINARY\nTRACK 01 MODE1/2352\nFLAGS DCP\nINDEX 01 00:00:00\nREM SESSION "
      "02\nTRACK 02 AUDIO\nISRC ABCDE1234567\nPREGAP 00:02:00\nINDEX 01 00:10:00\nPOSTGAP 00:00:01\n";
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    const auto sheet = parse_cue(whole.substr(0, length), "x");
    EXPECT_TRUE(sheet || sheet.error().where.starts_with("x")) << length;
  }
  EXPECT_TRUE(parse_cue(whole, "x"));
}

}  // namespace
}  // namespace pressmark
