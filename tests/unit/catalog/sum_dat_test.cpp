#include <gmock/gmock.h>

#include "unit/catalog/catalog_support.h"

namespace pressmark {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kSha1 = "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d";
constexpr std::string_view kMd5 = "5d41402abc4b2a76b9719d911017c592";

KeptDat parsed_sums(std::string_view text, std::string_view where = "SUMS") {
  KeptDat kept;
  const auto done = parse_sum_dat(text, where, kept);
  EXPECT_TRUE(done) << describe(done.error());
  return kept;
}

std::vector<std::string> names(const KnownGame& game) {
  std::vector<std::string> all;
  for (const KnownRom& rom : game.roms) all.push_back(rom.name);
  return all;
}

TEST(SumDat, TracksAndSheetOfADiscAreOneGame) {
  const KeptDat kept = parsed_sums(
      "X (Track 1).bin 3610A686\nX (Track 2).bin 00000002\nY.bin 00000003\nX.cue 00000004\n"
      "Y.cue 00000005\n",
      "x.sfv");
  EXPECT_EQ(kept.head.format, DatFormat::sums);
  ASSERT_EQ(kept.games.size(), 2U);
  EXPECT_EQ(kept.games[0].name, "X");
  EXPECT_THAT(names(kept.games[0]), ElementsAre("X (Track 1).bin", "X (Track 2).bin", "X.cue"));
  EXPECT_THAT(names(kept.games[1]), ElementsAre("Y.bin", "Y.cue"));
  EXPECT_FALSE(kept.games[0].roms[0].bytes);
}

TEST(SumDat, OtherFilesAreGamesOfTheirOwn) {
  const std::string text = std::string{kSha1} + "  debian.iso\n" + std::string{kSha1} + "  debian.txt\n" +
                           std::string{kSha1} + "  X (Track x).bin\n" + std::string{kSha1} + "  a.b/noextension\n";
  const KeptDat kept = parsed_sums(text);
  ASSERT_EQ(kept.games.size(), 4U);
  EXPECT_EQ(kept.games[0].name, "debian.iso");
  EXPECT_EQ(kept.games[2].name, "X (Track x)");
  EXPECT_EQ(kept.games[3].name, "a.b/noextension");
}

TEST(SumDat, SeveralDigestsOfAFileAreOneRom) {
  const std::string text = "SHA1 (a.iso) = " + std::string{kSha1} + "\nMD5 (a.iso) = " + std::string{kMd5} +
                           "\nSHA512 (a.iso) = " + std::string(128, '0') + "\nSHA1 (a.iso) = " + std::string{kSha1} +
                           "\n";
  const KeptDat kept = parsed_sums(text);
  ASSERT_EQ(kept.games.size(), 1U);
  EXPECT_THAT(digests_of(kept.games[0].roms.at(0)),
              ElementsAre("sha1:" + std::string{kSha1}, "md5:" + std::string{kMd5}));
}

TEST(SumDat, HashdeepTellsSizes) {
  const std::string text =
      "%%%% HASHDEEP-1.0\n%%%% size,md5,sha1,filename\n## Invoked from: /x\n## $ hashdeep *\n## \n5," +
      std::string{kMd5} + "," + std::string{kSha1} + ",/x/a, b.iso\n";
  const KeptDat kept = parsed_sums(text, "x.txt");
  ASSERT_EQ(kept.games.size(), 1U);
  EXPECT_EQ(kept.games[0].roms.at(0).name, "/x/a, b.iso");
  EXPECT_EQ(kept.games[0].roms[0].bytes, 5U);
  EXPECT_EQ(digests_of(kept.games[0].roms[0]).size(), 2U);
}

TEST(SumDat, ABareDigestIsOfTheFileTheSumFileIsNamedAfter) {
  EXPECT_EQ(parsed_sums(kSha1, "d/game.iso.sha1").games.at(0).name, "game.iso");
}

TEST(SumDat, ContradictionsAndNothingUsefulAreRefused) {
  KeptDat kept;
  auto done = parse_sum_dat("a.iso 00000001\na.iso 00000002\n", "x.sfv", kept);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::parse);
  EXPECT_THAT(done.error().where, HasSubstr("line 2"));
  for (const std::string& text : {std::string(128, '0') + "  a.iso\n", std::string{"; nothing\n"}}) {
    done = parse_sum_dat(text, "x", kept);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::unsupported);
  }
  EXPECT_EQ(parse_sum_dat("neither\n", "x", kept).error().kind, ErrorKind::parse);
  EXPECT_TRUE(kept.games.empty());
}

TEST(SniffDat, FormsAreToldByTheirFirstWords) {
  const std::pair<std::string_view, DatFormat> rows[] = {
      {"<?xml version", DatFormat::logiqx},   {"\xEF\xBB\xBF \r\n<datafile>", DatFormat::logiqx},
      {"\xFF\xFE<", DatFormat::logiqx},       {"clrmamepro (\n name x", DatFormat::clrmamepro},
      {"Game\n(\n", DatFormat::clrmamepro},   {"SHA1 (x) = 00", DatFormat::sums},
      {"clrmamepro", DatFormat::sums},        {"", DatFormat::sums},
      {"%%%% HASHDEEP-1.0", DatFormat::sums},
  };
  for (const auto& [head, format] : rows) EXPECT_EQ(sniff_dat(head), format) << head;
}

}  // namespace
}  // namespace pressmark
