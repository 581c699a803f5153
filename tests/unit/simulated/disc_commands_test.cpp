// What the drive tells of the disc: expected bytes worked out from MMC-6.
#include "host.h"

namespace pressmark {
namespace {

Heard capacity(Host& host) { return host.in({0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 8); }
Heard toc(Host& host, int format, int from = 0, bool msf = false) {
  return host.in({0x43, msf ? 2 : 0, format, 0, 0, 0, from, 0x03, 0x00, 0}, 768);
}
Heard structure(Host& host, int media, int format, int layer = 0) {
  return host.in({0xAD, media, 0, 0, 0, 0, layer, format, 0x10, 0x04, 0, 0}, 4100);
}

// Session 1 ends at 3900; 11400 sectors later the second begins: 15300, and ends at 16300.

TEST(Capacity, IsTheLastSectorAndTwoKilobytes) {
  Host host = Host::of(kDataCd);
  EXPECT_EQ(capacity(host).data, bytes({0, 0, 0x0B, 0xB7, 0, 0, 8, 0}));  // 2999
}

TEST(Capacity, MayBeALieThatReadsDoNotFollow) {
  Host host = Host::of(R"({"disc": {"sectors": 3000, "capacity_sectors": 5000}})");
  EXPECT_EQ(capacity(host).number(0, 4), 4999U);
  EXPECT_EQ(host.read10(3000, 1).verdict(), "05/21/00");
}

TEST(Toc, Format0ListsTracksAndLeadOut) {  // MMC-6 table 494
  Host host = Host::of(kMixedCd);
  EXPECT_EQ(toc(host, 0).data, bytes({0, 34,   1,    3,                       //
                                      0, 0x14, 1,    0, 0, 0, 0,    0,        //
                                      0, 0x10, 2,    0, 0, 0, 0x0C, 0x4E,     // 3150
                                      0, 0x14, 3,    0, 0, 0, 0x3B, 0xC4,     // 15300
                                      0, 0x14, 0xAA, 0, 0, 0, 0x3F, 0xAC}));  // 16300
}

TEST(Toc, Format0InMinutesSecondsFramesAddsTwoSeconds) {
  Host host = Host::of(kMixedCd);
  const Heard h = toc(host, 0, 2, true);
  EXPECT_EQ((Bytes{h.data.begin(), h.data.begin() + 12}),
            bytes({0, 26, 1, 3, 0, 0x10, 2, 0, 0, 0, 44, 0}));  // 3300 frames
}

TEST(Toc, Format0FromTheLeadOutGivesOnlyThatAndFromBeyondFails) {
  Host host = Host::of(kDataCd);
  EXPECT_EQ(toc(host, 0, 0xAA).data, bytes({0, 10, 1, 1, 0, 0x14, 0xAA, 0, 0, 0, 0x0B, 0xB8}));
  EXPECT_EQ(toc(host, 0, 2).verdict(), "05/24/00");
}

TEST(Toc, Format1GivesTheFirstTrackOfTheLastSession) {
  Host host = Host::of(kMixedCd);
  EXPECT_EQ(toc(host, 1).data, bytes({0, 10, 1, 2, 0, 0x14, 3, 0, 0, 0, 0x3B, 0xC4}));
}

TEST(Toc, FormatInTheOldPlaceIsHeeded) {  // SFF-8020: byte 9 bits 7..6
  Host host = Host::of(kMixedCd);
  EXPECT_EQ(host.in({0x43, 0, 0, 0, 0, 0, 0, 0, 12, 0x40}, 12).data, toc(host, 1).data);
}

TEST(Toc, Format2GivesThePointersOfEachSession) {  // MMC-6 6.26.3.4
  Host host = Host::of(kMixedCd);
  const Heard h = toc(host, 2);
  ASSERT_EQ(h.data.size(), 4U + 9 * 11);
  EXPECT_EQ(h.number(0, 2), 101U);
  EXPECT_EQ(h.byte(2), 1);
  EXPECT_EQ(h.byte(3), 2);
  const auto entry = [&](std::size_t i) {
    return Bytes{h.data.begin() + static_cast<std::ptrdiff_t>(4 + 11 * i),
                 h.data.begin() + static_cast<std::ptrdiff_t>(15 + 11 * i)};
  };
  EXPECT_EQ(entry(0), bytes({1, 0x14, 0, 0xA0, 0, 0, 0, 0, 1, 0x00, 0}));
  EXPECT_EQ(entry(1), bytes({1, 0x10, 0, 0xA1, 0, 0, 0, 0, 2, 0, 0}));
  EXPECT_EQ(entry(2), bytes({1, 0x10, 0, 0xA2, 0, 0, 0, 0, 0, 54, 0}));  // 3900 + 150 frames
  EXPECT_EQ(entry(3), bytes({1, 0x14, 0, 1, 0, 0, 0, 0, 0, 2, 0}));
  EXPECT_EQ(entry(4), bytes({1, 0x10, 0, 2, 0, 0, 0, 0, 0, 44, 0}));
  EXPECT_EQ(entry(5), bytes({2, 0x14, 0, 0xA0, 0, 0, 0, 0, 3, 0x20, 0}));  // an XA session
  EXPECT_EQ(entry(8), bytes({2, 0x14, 0, 3, 0, 0, 0, 0, 3, 26, 0}));       // 15450 frames
  EXPECT_EQ(toc(host, 2, 2).data.size(), 4U + 4 * 11);
  EXPECT_EQ(toc(host, 2, 3).verdict(), "05/24/00");
}

TEST(Toc, PressedDiscHasNoAtipAndNoCdText) {
  Host host = Host::of(kDataCd);
  EXPECT_EQ(toc(host, 4).verdict(), "05/24/00");
  EXPECT_EQ(toc(host, 5).data, bytes({0, 2, 0, 0}));
  EXPECT_EQ(toc(host, 7).verdict(), "05/24/00");
}

TEST(Toc, DvdLooksLikeOneDataTrack) {
  Host host = Host::of(R"({"disc": {"kind": "dvd", "sectors": 100000}})");
  EXPECT_EQ(toc(host, 0).data, bytes({0, 18, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0, 0, 0x14, 0xAA, 0, 0, 1, 0x86, 0xA0}));
  EXPECT_EQ(toc(host, 2).verdict(), "05/24/00");
}

TEST(DiscInformation, IsACompleteDisc) {  // MMC-6 table 375
  Host host = Host::of(kMixedCd);
  const Heard h = host.in({0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0}, 34);
  ASSERT_EQ(h.data.size(), 34U);
  EXPECT_EQ(h.number(0, 2), 32U);
  EXPECT_EQ((Bytes{h.data.begin() + 2, h.data.begin() + 7}), bytes({0x0E, 1, 2, 3, 3}));
  EXPECT_EQ(h.number(16, 4), 0xFFFFFFFFU);
}

TEST(TrackInformation, IsFoundByAddressTrackAndSession) {  // MMC-6 table 505
  Host host = Host::of(kMixedCd);
  const auto ask = [&](int by, int high, int low) { return host.in({0x52, by, 0, 0, high, low, 0, 0, 36, 0}, 36); };
  const Heard audio = ask(0, 0x0C, 0x4F);
  ASSERT_EQ(audio.data.size(), 36U);
  EXPECT_EQ((Bytes{audio.data.begin(), audio.data.begin() + 8}), bytes({0, 34, 2, 1, 0, 0x00, 0x0F, 0}));
  EXPECT_EQ(audio.number(8, 4), 3150U);
  EXPECT_EQ(audio.number(24, 4), 750U);
  const Heard third = ask(1, 0, 3);
  EXPECT_EQ((Bytes{third.data.begin() + 2, third.data.begin() + 7}), bytes({3, 2, 0, 0x04, 0x02}));
  EXPECT_EQ(third.data, ask(2, 0, 2).data);
  EXPECT_EQ(ask(1, 0, 4).verdict(), "05/24/00");
  EXPECT_EQ(ask(0, 0x10, 0).verdict(), "05/21/00");  // 4096: between the sessions
}

TEST(DiscStructure, PhysicalFormatOfASingleLayerDvd) {  // MMC-6 table 407
  Host host = Host::of(R"({"disc": {"kind": "dvd", "sectors": 100000}})");
  const Heard h = structure(host, 0, 0);
  ASSERT_EQ(h.data.size(), 2052U);
  EXPECT_EQ(h.number(0, 2), 2050U);
  EXPECT_EQ((Bytes{h.data.begin() + 4, h.data.begin() + 21}),
            bytes({0x01, 0x02, 0x01, 0x00, 0, 3, 0, 0, 0, 0x04, 0x86, 0x9F, 0, 0, 0, 0, 0}));  // 30000h + 99999
}

TEST(DiscStructure, OppositeTrackPathComplementsTheSectorNumbersOfLayer1) {
  Host host = Host::of(R"({"disc": {"kind": "dvd", "sectors": 100000, "layers": 2, "layer_break": 60000}})");
  const Heard h = structure(host, 0, 0);
  EXPECT_EQ(h.byte(6), 0x31);  // two layers, OTP, embossed
  EXPECT_EQ(h.number(16, 4), 0x030000U + 59999);
  // Layer 1 starts at the complement of layer 0's last number and has 40000 sectors.
  EXPECT_EQ(h.number(12, 4), (0xFFFFFFU - (0x030000U + 59999)) + 39999);
}

TEST(DiscStructure, ParallelTrackPathStartsBothLayersAtTheSameNumber) {
  Host host = Host::of(
      R"({"disc": {"kind": "dvd", "sectors": 100000, "layers": 2, "layer_break": 60000, "track_path": "parallel"}})");
  const Heard h = structure(host, 0, 0);
  EXPECT_EQ(h.byte(6), 0x21);
  EXPECT_EQ(h.number(12, 4), 0x030000U + 39999);
}

TEST(DiscStructure, BlurayGivesAUnitALayer) {
  Host host = Host::of(R"({"disc": {"kind": "bd", "sectors": 100000, "layers": 2}})");
  const Heard h = structure(host, 1, 0);
  ASSERT_EQ(h.data.size(), 4100U);
  EXPECT_EQ(h.text(4, 2), "DI");
  EXPECT_EQ(h.text(12, 3), "BDO");
  EXPECT_EQ(h.byte(16) >> 4, 2);  // layers
  EXPECT_EQ(h.text(4 + 112, 2), "DI");
  EXPECT_EQ(structure(host, 0, 0).verdict(), "05/30/02");  // asked for as a DVD's
}

TEST(DiscStructure, CdHasNone) {
  Host host = Host::of(kDataCd);
  EXPECT_EQ(structure(host, 0, 0).verdict(), "05/30/02");
}

TEST(Configuration, ProfilesAndTheCurrentOneFollowTheDisc) {  // MMC-6 5.3.1
  for (const auto& [kind, profile] : {std::pair{"cd", 0x0008U}, std::pair{"dvd", 0x0010U}, std::pair{"bd", 0x0040U}}) {
    Host host = Host::of(std::string{R"({"disc": {"kind": ")"} + kind + R"("}})");
    const Heard h = host.in({0x46, 2, 0, 0, 0, 0, 0, 0, 64, 0}, 64);
    EXPECT_EQ(h.number(0, 4), h.data.size() - 4);
    EXPECT_EQ(h.number(6, 2), profile);
    EXPECT_EQ(h.number(8, 4), 0x0000030CU);  // profile list, persistent and current, three profiles
    unsigned current = 0;
    for (std::size_t i = 12; i < h.data.size(); i += 4)
      if (h.byte(i + 2) == 1) current = h.number(i, 2);
    EXPECT_EQ(current, profile);
  }
}

TEST(Configuration, WithoutADiscNoProfileIsCurrent) {
  Host host = Host::of(R"({"start": "empty", "disc": {}})");
  EXPECT_EQ(host.in({0x46, 0, 0, 0, 0, 0, 0, 2, 0, 0}, 512).number(6, 2), 0U);
}

std::vector<unsigned> features(const Heard& h) {
  std::vector<unsigned> out;
  for (std::size_t at = 8; at + 4 <= h.data.size(); at += 4U + h.number(at + 3, 1)) out.push_back(h.number(at, 2));
  return out;
}

TEST(Configuration, ListsFeaturesInOrderAllCurrentOrOne) {
  Host host = Host::of(R"({"disc": {"kind": "dvd"}})");
  const auto ask = [&](int rt, int start) {
    return features(host.in({0x46, rt, start >> 8, start & 255, 0, 0, 0, 2, 0, 0}, 512));
  };
  EXPECT_EQ(ask(0, 0), (std::vector<unsigned>{0x0000, 0x0001, 0x0003, 0x0010, 0x001E, 0x001F, 0x0040, 0x0107, 0x0108}));
  EXPECT_EQ(ask(1, 0), (std::vector<unsigned>{0x0000, 0x0001, 0x0003, 0x0010, 0x001F, 0x0107, 0x0108}));
  EXPECT_EQ(ask(0, 0x40), (std::vector<unsigned>{0x0040, 0x0107, 0x0108}));
  EXPECT_EQ(ask(2, 0x1E), (std::vector<unsigned>{0x001E}));
  EXPECT_EQ(ask(2, 0x99), (std::vector<unsigned>{}));
}

TEST(Configuration, CdReadTellsOfC2AndTheSerialNumberIsTold) {
  Host with = Host::of(R"({"disc": {}, "drive": {"serial": "ABCDE"}})");
  EXPECT_EQ(with.in({0x46, 2, 0, 0x1E, 0, 0, 0, 0, 16, 0}, 16).number(8, 4), 0x001E0904U);  // version 2, current
  EXPECT_EQ(with.in({0x46, 2, 0, 0x1E, 0, 0, 0, 0, 16, 0}, 16).byte(12), 0x02);
  EXPECT_EQ(with.in({0x46, 2, 1, 0x08, 0, 0, 0, 0, 64, 0}, 64).text(12, 8), "ABCDE   ");
  Host without = Host::of(R"({"disc": {}, "drive": {"c2": false}})");
  EXPECT_EQ(without.in({0x46, 2, 0, 0x1E, 0, 0, 0, 0, 16, 0}, 16).byte(12), 0x00);
}

}  // namespace
}  // namespace pressmark
