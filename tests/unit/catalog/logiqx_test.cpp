#include <gmock/gmock.h>

#include "unit/catalog/catalog_support.h"

namespace pressmark {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

KeptDat parsed_xml(std::string_view text, std::size_t piece = 65536) { return parsed_by(parse_logiqx, text, piece); }
Error refused_xml(std::string_view text) { return refused_by(parse_logiqx, text); }

/// In the manner of Redump's DATs, with what No-Intro's and TOSEC's have besides.
constexpr std::string_view kRedump = R"xml(<?xml version="1.0"?>
<!DOCTYPE datafile PUBLIC "-//Logiqx//DTD ROM Management Datafile//EN" "http://www.logiqx.com/Dats/datafile.dtd">
<datafile>
	<header>
		<name>Sony - PlayStation</name>
		<description>Sony - PlayStation - Discs (2)</description>
		<version>2026-01-02 03-04-05</version>
	</header>
	<game name="Tom &amp; Jerry (Europe)">
		<category>Games</category>
		<description>Tom &amp; Jerry (Europe)</description>
		<serial>SLES-12345</serial>
		<rom name="Tom &amp; Jerry (Europe).cue" size="232" crc="0a1b2c3d" md5="5d41402abc4b2a76b9719d911017c592" sha1="aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"/>
		<rom name="Tom &amp; Jerry (Europe) (Track 1).bin" size="470400" crc="3610A686" md5="5D41402ABC4B2A76B9719D911017C592" sha1="aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d" status="verified" />
	</game>
	<machine name="Other" serial="X-1"><rom name="o.iso" size="5" sha256="2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" status="baddump" serial="R-2"/><rom name="gone.bin" size="7" crc="" md5="-" status="nodump"/><disk name="chd" sha1="aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"/></machine>
</datafile>
)xml";

void expect_redump(const KeptDat& kept) {
  EXPECT_EQ(kept.headers, 1);
  EXPECT_EQ(kept.head.name, "Sony - PlayStation");
  EXPECT_EQ(kept.head.version, "2026-01-02 03-04-05");
  EXPECT_EQ(kept.head.format, DatFormat::logiqx);
  ASSERT_EQ(kept.games.size(), 2U);
  const KnownGame& tom = kept.games[0];
  EXPECT_EQ(tom.name, "Tom & Jerry (Europe)");
  EXPECT_EQ(tom.serial, "SLES-12345");
  ASSERT_EQ(tom.roms.size(), 2U);
  EXPECT_FALSE(tom.roms[0].is_track());
  EXPECT_TRUE(tom.roms[1].is_track());
  EXPECT_EQ(tom.roms[1].name, "Tom & Jerry (Europe) (Track 1).bin");
  EXPECT_EQ(tom.roms[1].bytes, 470400U);
  EXPECT_EQ(tom.roms[1].status, DumpStatus::verified);
  EXPECT_THAT(digests_of(tom.roms[1]), ElementsAre("crc32:3610a686", "md5:5d41402abc4b2a76b9719d911017c592",
                                                   "sha1:aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"));
  const KnownGame& other = kept.games[1];
  EXPECT_EQ(other.serial, "X-1");
  ASSERT_EQ(other.roms.size(), 2U);
  EXPECT_EQ(other.roms[0].status, DumpStatus::bad);
  EXPECT_EQ(other.roms[0].serial, "R-2");
  EXPECT_THAT(digests_of(other.roms[0]),
              ElementsAre("sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"));
  EXPECT_EQ(other.roms[1].status, DumpStatus::none);
  EXPECT_THAT(other.roms[1].digests, IsEmpty());
}

TEST(Logiqx, GamesAsRedumpNoIntroAndTosecWriteThem) { expect_redump(parsed_xml(kRedump)); }

TEST(Logiqx, PiecesOfAnySizeGiveTheSame) {
  for (const std::size_t piece : {1U, 2U, 3U, 7U, 100U}) expect_redump(parsed_xml(kRedump, piece));
}

TEST(Logiqx, CutAnywhereItIsRefused) {
  const std::size_t end = kRedump.rfind("</datafile>");
  for (std::size_t length = 0; length < end + 10; ++length) {
    KeptDat kept;
    EXPECT_FALSE(parse_logiqx(in_pieces(kRedump.substr(0, length), 65536), "x.dat", kept)) << length;
  }
}

TEST(Logiqx, Utf16IsRead) {
  std::string text = "\xFF\xFE";
  for (const char c : logiqx("N", "1", "<game name='g'><rom name='r' crc='1'/></game>")) (text += c) += '\0';
  text.replace(text.find(std::string("1\0.\0", 4)), 1, "1");
  const KeptDat kept = parsed_xml(text);
  EXPECT_EQ(kept.head.name, "N");
  EXPECT_THAT(digests_of(kept.games.at(0).roms.at(0)), ElementsAre("crc32:00000001"));  // zeros in front left out
}

TEST(Logiqx, NoHeaderIsAnEmptyOne) {
  const KeptDat kept = parsed_xml("<datafile><game name='g'/></datafile>");
  EXPECT_EQ(kept.headers, 1);
  EXPECT_EQ(kept.head.name, "");
  EXPECT_EQ(kept.games.size(), 1U);
  EXPECT_EQ(parsed_xml("<datafile/>").headers, 1);
}

TEST(Logiqx, WhatIsNotADatIsNamed) {
  EXPECT_THAT(refused_xml("<html><body/></html>").got, HasSubstr("html"));
  EXPECT_THAT(refused_xml("no xml").got, HasSubstr("syntax"));
  EXPECT_THAT(refused_xml("").got, HasSubstr("no element"));
  EXPECT_THAT(refused_xml("<?xml version='1.0' encoding='klingon'?><datafile/>").got, HasSubstr("encoding"));
  EXPECT_THAT(refused_xml("<datafile><game name='g'/><header/></datafile>").got, HasSubstr("header"));
}

TEST(Logiqx, BadValuesNameRomAndLine) {
  const auto rom = [](std::string_view attributes) {
    return refused_xml(
        logiqx("N", "", "<game name='g'>\n<rom name='odd.bin' " + std::string{attributes} + "/></game>"));
  };
  EXPECT_THAT(rom("sha1='12'").got, testing::AllOf(HasSubstr("odd.bin"), HasSubstr("sha1")));
  EXPECT_THAT(rom("crc='xyzw'").where, HasSubstr("line 5"));
  EXPECT_THAT(rom("size='-1'").got, HasSubstr("size"));
  EXPECT_THAT(rom("size='99999999999999999999'").got, HasSubstr("size"));
  EXPECT_THAT(rom("size='12 3'").got, HasSubstr("size"));
  EXPECT_THAT(rom("status='fine'").got, HasSubstr("status"));
  EXPECT_THAT(rom("crc='123456789'").got, HasSubstr("crc"));
}

TEST(Logiqx, HostileXmlIsCutShort) {
  const std::string bomb =
      "<?xml version='1.0'?><!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>"
      "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]><datafile><header><name>&c;</name></header></datafile>";
  EXPECT_THAT(refused_xml(bomb).got, HasSubstr("entity"));
  EXPECT_THAT(refused_xml("<!DOCTYPE d [<!ENTITY x SYSTEM '/etc/passwd'>]><datafile><game name='&x;'/></datafile>").got,
              HasSubstr("entity"));
  std::string deep = "<datafile>";
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  EXPECT_THAT(refused_xml(deep).got, HasSubstr("deep"));
  const std::string long_name(5000, 'n');
  EXPECT_THAT(refused_xml("<datafile><game name='" + long_name + "'/></datafile>").got, HasSubstr("5000"));
  EXPECT_THAT(refused_xml("<datafile><header><name>" + long_name + "</name></header></datafile>").got,
              HasSubstr("long"));
  EXPECT_THAT(refused_xml("<datafile><!--" + std::string(3U << 20U, 'c')).got, HasSubstr("mebibyte"));
  std::string many = "<datafile><game name='g'>";
  for (std::size_t i = 0; i <= kMostRomsInGame; ++i) many += "<rom name='r'/>";
  EXPECT_THAT(refused_xml(many).got, HasSubstr("more than 65536 roms"));
}

TEST(Logiqx, AFailingSinkOrSourceEndsIt) {
  struct Full final : DatSink {
    Result<void> header(DatHeader) override { return {}; }
    Result<void> game(KnownGame) override {
      ++games;
      return fail({.kind = ErrorKind::no_space});
    }
    int games = 0;
  } full;
  const auto done = parse_logiqx(in_pieces(kRedump, 65536), "x.dat", full);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::no_space);
  EXPECT_EQ(full.games, 1);
  KeptDat kept;
  const ByteSource broken = [](std::span<std::byte>) -> Result<std::size_t> { return fail({.kind = ErrorKind::io}); };
  EXPECT_EQ(parse_logiqx(broken, "x.dat", kept).error().kind, ErrorKind::io);
}

}  // namespace
}  // namespace pressmark
