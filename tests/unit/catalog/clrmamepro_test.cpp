#include <gmock/gmock.h>

#include "unit/catalog/catalog_support.h"

namespace pressmark {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

KeptDat parsed_block(std::string_view text, std::size_t piece = 65536) {
  return parsed_by(parse_clrmamepro, text, piece);
}
Error refused_block(std::string_view text) { return refused_by(parse_clrmamepro, text); }

constexpr std::string_view kText =
    "clrmamepro (\r\n"
    "\tname \"Some \\\"quoted\\\" Discs\"\r\n"
    "\tversion 20260102\r\n"
    "\tforcepacking unzip\r\n"
    ")\r\n\r\n"
    "game (\r\n"
    "\tname \"A (B) \\ C\"\r\n"
    "\tserial \"SLUS-1\"\r\n"
    "\trelease ( name x region USA )\r\n"
    "\trom ( name \"A (Track 1).bin\" size 5 crc 3610A686 md5 "
    "5d41402abc4b2a76b9719d911017c592 sha1 aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d "
    "flags verified )\r\n"
    "\trom ( name plain.bin size 6 status nodump )\r\n"
    ")\r\n"
    "unheard ( of ( a ( b ) ) )\r\n"
    "machine ( name m rom ( name n crc 12 flags whatever ) )\r\n";

void expect_text(const KeptDat& kept) {
  EXPECT_EQ(kept.headers, 1);
  EXPECT_EQ(kept.head.name, "Some \"quoted\" Discs");
  EXPECT_EQ(kept.head.version, "20260102");
  EXPECT_EQ(kept.head.format, DatFormat::clrmamepro);
  ASSERT_EQ(kept.games.size(), 2U);
  EXPECT_EQ(kept.games[0].name, "A (B) \\ C");
  EXPECT_EQ(kept.games[0].serial, "SLUS-1");
  ASSERT_EQ(kept.games[0].roms.size(), 2U);
  const KnownRom& track = kept.games[0].roms[0];
  EXPECT_EQ(track.name, "A (Track 1).bin");
  EXPECT_EQ(track.bytes, 5U);
  EXPECT_EQ(track.status, DumpStatus::verified);
  EXPECT_THAT(digests_of(track), ElementsAre("crc32:3610a686", "md5:5d41402abc4b2a76b9719d911017c592",
                                             "sha1:aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"));
  EXPECT_EQ(kept.games[0].roms[1].name, "plain.bin");
  EXPECT_EQ(kept.games[0].roms[1].status, DumpStatus::none);
  EXPECT_THAT(digests_of(kept.games[1].roms.at(0)), ElementsAre("crc32:00000012"));
}

TEST(ClrMamePro, GamesInAllTheirForms) { expect_text(parsed_block(kText)); }

TEST(ClrMamePro, PiecesOfAnySizeGiveTheSame) {
  for (const std::size_t piece : {1U, 2U, 3U, 7U, 100U}) expect_text(parsed_block(kText, piece));
}

TEST(ClrMamePro, AByteOrderMarkIsPassedOver) {
  for (const std::size_t piece : {1U, 2U, 3U, 4U})
    for (const char* text : {"\xEF\xBB\xBFgame ( name g )", "\xEF\xBB\xBF\ngame ( name g )"})
      EXPECT_EQ(parsed_block(text, piece).games.at(0).name, "g");
}
TEST(ClrMamePro, ABlockThatDoesNotEndIsRefused) {
  // From within each of its blocks on up to their ends; between blocks a file may end.
  for (const std::string_view whole : {std::string_view{"game ( name g rom ( name \"r\" crc 1 ) )"}})
    for (std::size_t length = 1; length < whole.size(); ++length) refused_block(whole.substr(0, length));
}

TEST(ClrMamePro, WhatIsWrongIsNamed) {
  EXPECT_THAT(refused_block("game name").got, HasSubstr("'game'"));
  EXPECT_THAT(refused_block(") game").got, HasSubstr("parenthesis"));
  EXPECT_THAT(refused_block("game (\nname g\nrom ( name bad.bin\nsha1 zz ) )").where, HasSubstr("x.dat, line 4"));
  EXPECT_THAT(refused_block("game (\nname \"open\n)").got, HasSubstr("quoted"));
  EXPECT_THAT(refused_block("game ( name )").got, HasSubstr("parenthesis"));
  EXPECT_THAT(refused_block("game ( name " + std::string(5000, 'w') + " )").got, HasSubstr("long"));
  EXPECT_THAT(refused_block("game ( name \"" + std::string(5000, 'w') + "\" )").got, HasSubstr("long"));
  EXPECT_THAT(refused_block("game ( name g ) clrmamepro ( name h )").got, HasSubstr("header"));
  std::string deep = "x";
  for (int i = 0; i < 100'000; ++i) deep += " ( x";
  EXPECT_THAT(refused_block(deep).got, HasSubstr("deep"));
  std::string many = "game (";
  for (std::size_t i = 0; i <= kMostRomsInGame; ++i) many += " rom ( )";
  EXPECT_THAT(refused_block(many).got, HasSubstr("more than 65536 roms"));
}

}  // namespace
}  // namespace pressmark
