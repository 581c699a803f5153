// READ(10), READ(12) and READ CD: which bytes come, checked against ECMA-130 and MMC-6 by equations written out here.
#include "host.h"

namespace pressmark {
namespace {

/// GF(2^8) modulo x^8+x^4+x^3+x^2+1 by shift and add.
unsigned times(unsigned a, unsigned b) {
  unsigned r = 0;
  for (; b != 0; b >>= 1) {
    if ((b & 1) != 0) r ^= a;
    a = (a << 1) ^ ((a & 0x80) != 0 ? 0x11DU : 0);
  }
  return r;
}

/// ECMA-130 annex A: both check sums of one word, members given by their place from byte 12 on.
template <class At>
bool word_holds(const Bytes& raw, unsigned members, At at) {
  unsigned sum = 0, weighted = 0;
  for (unsigned i = 0; i < members; ++i) {
    const auto v = std::to_integer<unsigned>(raw.at(12 + at(i)));
    sum ^= v;
    weighted = times(weighted, 2) ^ v;
  }
  return sum == 0 && weighted == 0;
}

bool p_and_q_hold(const Bytes& raw) {
  bool good = true;
  for (unsigned n = 0; n < 86; ++n) good = good && word_holds(raw, 26, [&](unsigned i) { return 86 * i + n; });
  for (unsigned n = 0; n < 52; ++n)
    good = good && word_holds(raw, 45, [&](unsigned i) {
             const unsigned diagonal = n / 2;
             const unsigned word = i < 43 ? (43 * diagonal + 44 * i) % 1118 : 1118 + 26 * (i - 43) + diagonal;
             return 2 * word + n % 2;
           });
  return good;
}

/// ECMA-130 14.3, one bit at a time.
std::uint32_t edc_of(std::span<const std::byte> bytes) {
  std::uint32_t r = 0;
  for (const std::byte b : bytes)
    for (int i = 0; i < 8; ++i)
      r = (r >> 1) ^ (((r ^ (std::to_integer<std::uint32_t>(b) >> i)) & 1) != 0 ? 0xD8018001U : 0);
  return r;
}

Bytes part(const Bytes& b, std::size_t at, std::size_t n) {
  return {b.begin() + static_cast<std::ptrdiff_t>(at), b.begin() + static_cast<std::ptrdiff_t>(at + n)};
}

TEST(ReadBlocks, Read10AndRead12GiveTheTruth) {
  Host host = Host::of(R"({"disc": {"kind": "dvd", "sectors": 20000}})");
  EXPECT_EQ(host.read10(0, 40).data, host.truth(0, 40));
  EXPECT_EQ(host.read10(12345, 64).data, host.truth(12345, 64));
  EXPECT_EQ(host.in({0xA8, 0, 0, 0, 0x30, 0x39, 0, 0, 0, 2, 0, 0}, 4096).data, host.truth(12345, 2));
}

TEST(ReadBlocks, NoTwoGeneratedSectorsAreAlike) {
  Host host = Host::of(R"({"disc": {"kind": "dvd", "sectors": 20000}})");
  std::vector<Bytes> seen;
  for (std::uint32_t lba = 5000; lba < 5200; ++lba) seen.push_back(host.read10(lba, 1).data);
  std::ranges::sort(seen);
  EXPECT_EQ(std::ranges::adjacent_find(seen), seen.end());
}

TEST(ReadBlocks, PastTheEndIsOutOfRangeAndMovesNothing) {
  Host host = Host::of(kDataCd);
  EXPECT_TRUE(host.read10(2999, 1).good());
  for (const auto& [lba, count] : {std::pair{3000U, 1U}, std::pair{2999U, 2U}, std::pair{0xFFFFFFF0U, 1U}}) {
    const Heard h = host.read10(lba, count);
    EXPECT_EQ(h.verdict(), "05/21/00");
    EXPECT_TRUE(h.data.empty());
  }
}

TEST(ReadBlocks, ZeroSectorsIsNoError) {
  Host host = Host::of(kDataCd);
  EXPECT_TRUE(host.none({0x28, 0, 0, 0, 0, 5, 0, 0, 0, 0}).good());
  EXPECT_EQ(host.none({0x28, 0, 0, 0, 0x0B, 0xB9, 0, 0, 0, 0}).verdict(), "05/21/00");
}

TEST(ReadBlocks, AudioTrackIsTheWrongMode) {
  Host host = Host::of(kMixedCd);
  EXPECT_EQ(host.read10(3200, 1).verdict(), "05/64/00");
  EXPECT_EQ(host.read10(2999, 2).verdict(), "05/64/00");  // runs into it
  EXPECT_EQ(host.read10(5000, 1).verdict(), "05/21/00");  // between the sessions
}

TEST(ReadCd, Mode1SectorObeysEcma130) {
  Host host = Host::of(kDataCd);
  for (const std::uint32_t lba : {0U, 16U, 74U, 75U, 2999U}) {
    const Bytes raw = host.read_cd(lba, 1, 0xF8, 0, 2352).data;
    ASSERT_EQ(raw.size(), 2352U);
    EXPECT_EQ(part(raw, 0, 12), bytes({0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0}));
    EXPECT_EQ(raw[15], std::byte{1});
    EXPECT_EQ(part(raw, 16, 2048), host.truth(lba, 1));
    EXPECT_EQ(little(raw, 2064), edc_of(std::span{raw}.first(2064)));
    EXPECT_EQ(part(raw, 2068, 8), Bytes(8));
    EXPECT_TRUE(p_and_q_hold(raw)) << lba;
  }
  // 2999 is 39:74 after 00:02:00.
  EXPECT_EQ(part(host.read_cd(2999, 1, 0xF8, 0, 2352).data, 12, 3), bytes({0x00, 0x41, 0x74}));
}

TEST(ReadCd, EdcOfASectorOfZerosIsTheKnownValue) {
  // Header 00:02:00 mode 1 and 2048 zeros: 2B6813C5h, computed with a separate program.
  class Zeros final : public Medium {
   public:
    [[nodiscard]] MediaKind kind() const override { return MediaKind::cd; }
    [[nodiscard]] std::span<const MediumTrack> tracks() const override { return {&track_, 1}; }
    [[nodiscard]] Lba end() const override { return Lba{100}; }
    Result<void> read_stored(Lba, std::uint32_t, std::span<std::byte> out) override {
      std::ranges::fill(out, std::byte{0});
      return {};
    }

   private:
    MediumTrack track_{.sectors = 100, .isrc = {}};
  };
  Host host{simulate(std::make_unique<Zeros>())};
  EXPECT_EQ(little(host.read_cd(0, 1, 0xF8, 0, 2352).data, 2064), 0x2B6813C5U);
}

TEST(ReadCd, Mode2Form1SectorHasItsEdcOverTheSubheaderAndParityOverAZeroHeader) {
  Host host = Host::of(kMixedCd);
  Bytes raw = host.read_cd(15300, 1, 0xF8, 0, 2352).data;
  ASSERT_EQ(raw.size(), 2352U);
  EXPECT_EQ(part(raw, 12, 4), bytes({0x03, 0x26, 0x00, 2}));  // 15450 frames
  EXPECT_EQ(part(raw, 16, 8), bytes({0, 0, 8, 0, 0, 0, 8, 0}));
  EXPECT_EQ(little(raw, 2072), edc_of(std::span{raw}.subspan(16, 2056)));
  std::fill_n(raw.begin() + 12, 4, std::byte{0});
  EXPECT_TRUE(p_and_q_hold(raw));
  EXPECT_EQ(part(raw, 24, 2048), host.read10(15300, 1).data);
}

/// A Mode 2 track of form 2 sectors, stored without sync and header.
class Form2 final : public Medium {
 public:
  [[nodiscard]] MediaKind kind() const override { return MediaKind::cd; }
  [[nodiscard]] std::span<const MediumTrack> tracks() const override { return {&track_, 1}; }
  [[nodiscard]] Lba end() const override { return Lba{100}; }
  Result<void> read_stored(Lba, std::uint32_t, std::span<std::byte> out) override {
    std::ranges::fill(out, std::byte{7});
    for (std::size_t at = 0; at < out.size(); at += 2336)
      out[at + 2] = out[at + 6] = std::byte{0x27};  // submode: form 2
    return {};
  }

 private:
  MediumTrack track_{.mode = TrackMode::mode2, .sectors = 100, .stored_bytes = 2336, .isrc = {}};
};

TEST(ReadCd, Form2SectorHasNo2048ByteUserData) {
  Host host{simulate(std::make_unique<Form2>())};
  EXPECT_EQ(host.read10(5, 1).verdict(), "05/64/00");
  EXPECT_EQ(host.in({0xBE, 5 << 2, 0, 0, 0, 5, 0, 0, 1, 0x10, 0, 0}, 2352).data, Bytes(2324, std::byte{7}));
  EXPECT_EQ(host.in({0xBE, 4 << 2, 0, 0, 0, 5, 0, 0, 1, 0x10, 0, 0}, 2352).verdict(), "05/64/00");
  const Bytes raw = host.read_cd(5, 1, 0xF8, 0, 2352).data;
  EXPECT_EQ(part(raw, 12, 12), bytes({0, 2, 5, 2, 7, 7, 0x27, 7, 7, 7, 0x27, 7}));
}

TEST(ReadCd, PartsAreCutOutOfTheSectorAsTheFlagsSay) {  // MMC-6 table 351
  Host host = Host::of(kMixedCd);
  const Bytes mode1 = host.read_cd(100, 1, 0xF8, 0, 2352).data;
  const Bytes form1 = host.read_cd(15400, 1, 0xF8, 0, 2352).data;
  const Bytes audio = host.read_cd(3200, 1, 0xF8, 0, 2352).data;
  struct Row {
    int flags;
    std::size_t at, bytes;  ///< of the raw sector; 0 bytes and at 1: refused
  };
  const auto expect = [&](std::uint32_t lba, const Bytes& raw, std::initializer_list<Row> rows) {
    for (const Row& row : rows) {
      const Heard h = host.read_cd(lba, 1, row.flags, 0, 2352);
      if (row.bytes == 0 && row.at == 1)
        EXPECT_EQ(h.verdict(), "05/24/00") << lba << " flags " << row.flags;
      else
        EXPECT_EQ(h.data, part(raw, row.at, row.bytes)) << lba << " flags " << row.flags;
    }
  };
  expect(100, mode1,
         {{0x00, 0, 0},
          {0x10, 16, 2048},
          {0x18, 16, 2336},
          {0x20, 12, 4},
          {0x30, 12, 2052},
          {0x38, 12, 2340},
          {0x40, 0, 0},
          {0x50, 16, 2048},
          {0x58, 16, 2336},
          {0x60, 12, 4},
          {0x78, 12, 2340},
          {0x80, 0, 12},
          {0xA0, 0, 16},
          {0xB0, 0, 2064},
          {0xB8, 0, 2352},
          {0xF8, 0, 2352},
          {0x28, 1, 0},
          {0x90, 1, 0}});
  expect(15400, form1,
         {{0x10, 24, 2048},
          {0x18, 24, 2328},
          {0x20, 12, 4},
          {0x40, 16, 8},
          {0x50, 16, 2056},
          {0x58, 16, 2336},
          {0x60, 12, 12},
          {0x70, 12, 2060},
          {0x78, 12, 2340},
          {0xE0, 0, 24},
          {0xF0, 0, 2072},
          {0xF8, 0, 2352},
          {0x30, 1, 0},
          {0xB8, 1, 0},
          {0xC0, 1, 0}});
  expect(3200, audio, {{0x10, 0, 2352}, {0xF8, 0, 2352}, {0x20, 0, 0}, {0x80, 0, 0}});
}

TEST(ReadCd, ExpectedSectorTypeMustFit) {  // CDB byte 1 bits 4..2
  Host host = Host::of(kMixedCd);
  const auto ask = [&](int type, int high, int low) {
    return host.in({0xBE, type << 2, 0, 0, high, low, 0, 0, 1, 0xF8, 0, 0}, 2352).verdict();
  };
  EXPECT_EQ(ask(2, 0, 100), "good");
  EXPECT_EQ(ask(1, 0, 100), "05/64/00");  // CD-DA of a data track
  EXPECT_EQ(ask(1, 0x0C, 0x80), "good");  // 3200: audio
  EXPECT_EQ(ask(2, 0x0C, 0x80), "05/64/00");
  EXPECT_EQ(ask(4, 0x3B, 0xC4), "good");  // 15300: form 1
  EXPECT_EQ(ask(6, 0, 100), "05/24/00");
}

TEST(ReadCd, ErrorFieldFollowsTheSectorAndIsZeroOnASoundDisc) {
  Host host = Host::of(kDataCd);
  const Heard bits = host.read_cd(100, 2, 0xFA, 0, 2646);
  ASSERT_EQ(bits.data.size(), 2 * 2646U);
  EXPECT_EQ(part(bits.data, 2352, 294), Bytes(294));
  EXPECT_EQ(part(bits.data, 2646, 2352), host.read_cd(101, 1, 0xF8, 0, 2352).data);
  EXPECT_EQ(host.read_cd(100, 1, 0xFC, 0, 2648).data.size(), 2648U);
  EXPECT_EQ(host.read_cd(100, 1, 0xFE, 0, 2648).verdict(), "05/24/00");
}

TEST(ReadCd, FormattedQGivesPositionWithItsCrc) {  // MMC-6 6.18.3.3; CRC computed with a separate program
  Host host = Host::of(kMixedCd);
  EXPECT_EQ(host.read_cd(0, 1, 0x00, 2, 16).data,
            bytes({0x41, 1, 1, 0, 0, 0, 0, 0x00, 0x02, 0x00, 0x28, 0x32, 0, 0, 0, 0}));
  EXPECT_EQ(host.read_cd(1000, 1, 0x00, 2, 16).data,
            bytes({0x41, 1, 1, 0, 0x13, 0x25, 0, 0x00, 0x15, 0x25, 0x39, 0x96, 0, 0, 0, 0}));
  // One frame before track 2: index 0 counts down, P is set. 3149 + 150 = 43:74.
  const Heard gap = host.read_cd(3149, 1, 0x00, 2, 16);
  EXPECT_EQ(part(gap.data, 0, 10), bytes({0x01, 2, 0, 0, 0, 1, 0, 0x00, 0x43, 0x74}));
  EXPECT_EQ(gap.data[15], std::byte{0x80});
}

TEST(ReadCd, RawSubchannelCarriesTheSameQInBit6) {
  Host host = Host::of(kDataCd);
  const Bytes q = host.read_cd(1000, 1, 0x00, 2, 16).data;
  const Bytes pw = host.read_cd(1000, 1, 0x00, 1, 96).data;
  ASSERT_EQ(pw.size(), 96U);
  Bytes gathered(12);
  for (std::size_t i = 0; i < 96; ++i) {
    EXPECT_EQ(pw[i] & std::byte{0xBF}, std::byte{0});
    if (pw[i] == std::byte{0x40}) gathered[i / 8] |= static_cast<std::byte>(0x80U >> (i % 8));
  }
  EXPECT_EQ(gathered, part(q, 0, 12));
  EXPECT_EQ(host.read_cd(1000, 1, 0x00, 4, 96).data, Bytes(96));  // R-W: nothing there
  EXPECT_EQ(host.read_cd(1000, 1, 0x00, 3, 96).verdict(), "05/24/00");
}

TEST(ReadCd, C2AndSubchannelComeInThePersonalitysOrderOrNotTogether) {
  const Bytes q = Host::of(kDataCd).read_cd(1000, 1, 0, 2, 16).data;
  Host usual = Host::of(kDataCd);
  EXPECT_EQ(part(usual.read_cd(1000, 1, 0xFA, 2, 2662).data, 2646, 16), q);
  Host other = Host::of(R"({"disc": {"kind": "cd"}, "drive": {"c2_order": "sub-then-c2"}})");
  EXPECT_EQ(part(other.read_cd(1000, 1, 0xFA, 2, 2662).data, 2352, 16), q);
  Host never = Host::of(R"({"disc": {"kind": "cd"}, "drive": {"c2_with_subchannel": false}})");
  EXPECT_EQ(never.read_cd(1000, 1, 0xFA, 2, 2662).verdict(), "05/24/00");
  EXPECT_TRUE(never.read_cd(1000, 1, 0xFA, 0, 2646).good());
}

TEST(ReadCd, DriveWithoutItSaysUnknownOpcode) {
  Host host = Host::of(R"({"disc": {"kind": "cd"}, "drive": {"model": "no-read-cd"}})");
  EXPECT_EQ(host.read_cd(0, 1, 0xF8, 0, 2352).verdict(), "05/20/00");
  EXPECT_TRUE(host.read10(0, 1).good());
}

TEST(ReadCd, DvdIsTheWrongMedium) {
  Host host = Host::of(R"({"disc": {"kind": "dvd"}})");
  EXPECT_EQ(host.read_cd(0, 1, 0xF8, 0, 2352).verdict(), "05/30/02");
}

TEST(ReadCd, BufferSmallerThanTheReplyGetsWholeSectors) {
  Host host = Host::of(kDataCd);
  EXPECT_EQ(host.in({0xBE, 0, 0, 0, 0, 0, 0, 0, 3, 0xF8, 0, 0}, 5000).data.size(), 2 * 2352U);
}

}  // namespace
}  // namespace pressmark
