// CD-TEXT packs: CRC against a published check value, strings across packs and tracks, and what damage may not invent.
#include "mmc/cd_text.h"

#include <gmock/gmock.h>

#include "unit/mmc/mmc_support.h"

namespace pressmark::mmc {
namespace {

using test::Bytes;
using test::bytes;
using test::text;
using test::operator+;
using testing::ElementsAre;
using testing::IsEmpty;

struct PackHead {
  int type = 0x80, track = 0, sequence = 0, place = 0;
};

/// A pack as the disc has it: four bytes of head, 12 of text, CRC.
Bytes pack(PackHead head, std::string_view twelve) {
  Bytes p = bytes({head.type, head.track, head.sequence, head.place}) + text(twelve);
  EXPECT_EQ(p.size(), 16U);
  const std::uint16_t crc = cd_text_crc(p);
  return p + bytes({crc >> 8, crc & 0xFF});
}

Bytes reply(const Bytes& packs) {
  const int length = static_cast<int>(packs.size()) + 2;
  return bytes({length >> 8, length & 0xFF, 0, 0}) + packs;
}

using namespace std::string_view_literals;

// "Album" for the disc, "One" for track 1, "A longer title" for track 2 over two packs, padded with NULs.
const Bytes kAlbum = pack({.track = 0, .sequence = 0}, "Album\0One\0A "sv) +
                     pack({.track = 2, .sequence = 1, .place = 2}, "longer title"sv) +
                     pack({.track = 2, .sequence = 2, .place = 14}, "\0\0\0\0\0\0\0\0\0\0\0\0"sv);

std::vector<CdTextItem> items_of(const Bytes& packs) {
  const auto decoded = decode_cd_text(reply(packs));
  EXPECT_TRUE(decoded.has_value());
  return cd_text_items(*decoded);
}

CdTextItem title(int track, std::string words) {
  return {.type = CdTextType::title, .track = static_cast<std::uint8_t>(track), .text = std::move(words)};
}

TEST(CdText, CrcIsTheInvertedCrc16OfPolynomial1021h) {
  // "CRC-16/GSM" in the catalogue of parametrised CRC algorithms: check value CE3Ch for "123456789".
  EXPECT_EQ(cd_text_crc(text("123456789")), 0xCE3C);
}

TEST(CdText, GivesPacksAsTheyStand) {
  const auto packs =
      decode_cd_text(reply(pack({.type = 0x81, .track = 3, .sequence = 7, .place = 0xA5}, "abcdefghijkl"sv)));
  ASSERT_TRUE(packs.has_value());
  ASSERT_EQ(packs->size(), 1U);
  const CdTextPack& p = packs->front();
  EXPECT_EQ(p.type, 0x81);
  EXPECT_EQ(p.track, 3);
  EXPECT_EQ(p.sequence, 7);
  EXPECT_EQ(p.block, 2);
  EXPECT_TRUE(p.double_byte);
  EXPECT_EQ(p.position, 5);
  EXPECT_EQ(p.data[11], std::byte{'l'});
  EXPECT_EQ(p.crc, PackCrc::holds);
}

TEST(CdText, JoinsStringsThatRunAcrossPacks) {
  EXPECT_THAT(items_of(kAlbum), ElementsAre(title(0, "Album"), title(1, "One"), title(2, "A longer title")));
}

TEST(CdText, LeavesOutStringsThatADamagedPackTookPartIn) {
  Bytes packs = kAlbum;
  packs[18 + 5] ^= std::byte{0x01};
  EXPECT_EQ((*decode_cd_text(reply(packs)))[1].crc, PackCrc::wrong);
  EXPECT_THAT(items_of(packs), ElementsAre(title(0, "Album"), title(1, "One")));
}

TEST(CdText, GoesOnBehindADamagedPack) {
  Bytes packs = pack({.track = 0}, "Broken title"sv) + pack({.track = 0, .place = 12}, "\0Two\0Three\0\0"sv);
  packs[4] ^= std::byte{0x01};
  EXPECT_THAT(items_of(packs), ElementsAre(title(1, "Two"), title(2, "Three")));
}

TEST(CdText, TakesPacksWhoseCrcTheDriveLeftOut) {
  Bytes packs = pack({}, "Album\0One\0\0\0"sv);
  packs[16] = packs[17] = std::byte{0};
  EXPECT_EQ((*decode_cd_text(reply(packs)))[0].crc, PackCrc::absent);
  EXPECT_THAT(items_of(packs), ElementsAre(title(0, "Album"), title(1, "One")));
}

TEST(CdText, RepeatsThePreviousTracksStringForATab) {
  EXPECT_THAT(items_of(pack({.type = 0x80}, "Same\0\t\0\t\0\0\0\0"sv)),
              ElementsAre(title(0, "Same"), title(1, "Same"), title(2, "Same")));
}

TEST(CdText, TurnsIso8859IntoUtf8) {
  EXPECT_THAT(items_of(pack({}, "Caf\xE9\0\0\0\0\0\0\0\0"sv)), ElementsAre(title(0, "Caf\xC3\xA9")));
}

TEST(CdText, LeavesDoubleByteAndBinaryPacksAlone) {
  EXPECT_THAT(items_of(pack({.place = 0x80}, "\x88\x9F\0\0\0\0\0\0\0\0\0\0"sv)), IsEmpty());
  EXPECT_THAT(items_of(pack({.type = 0x8F}, "\0\x01\x02\0\0\0\0\0\0\0\0\0"sv)), IsEmpty());
}

TEST(CdText, NeverNamesATrackAbove99) {
  EXPECT_THAT(items_of(pack({.track = 99}, "a\0b\0c\0d\0e\0f\0"sv)), ElementsAre(title(99, "a")));
  EXPECT_THAT(items_of(pack({.track = 127}, "a\0b\0c\0d\0e\0f\0"sv)), IsEmpty());
}

TEST(CdText, IsRefusedWhenCutAnywhere) {
  const Bytes whole = reply(kAlbum);
  test::expect_truncations_are_errors(whole, whole.size(), decode_cd_text);
}

}  // namespace
}  // namespace pressmark::mmc
