// Stripping and synthesis: user data in place, the ripper's hot path, and whole sectors made from data.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <span>
#include <vector>

#include "pressmark/sector.h"

#include "unit/sector/ecma130.h"
#include "unit/sector/sector_support.h"

namespace pressmark {
namespace {

constexpr std::byte kUntouched{0xEE};

TEST(UserData, IsTheSectors2048BytesInPlace) {
  const ecma130::Sector sector{};
  const RawSector raw = as_raw(sector);
  const auto mode1 = user_data(raw, SectorMode::mode1);
  const auto form1 = user_data(raw, SectorMode::mode2_form1);
  ASSERT_TRUE(mode1 && form1);
  EXPECT_EQ(mode1->data(), raw.data() + 16);
  EXPECT_EQ(form1->data(), raw.data() + 24);
}

TEST(UserData, IsNotToBeHadInOtherModes) {
  const ecma130::Sector sector{};
  for (const SectorMode mode : {SectorMode::mode0, SectorMode::mode2_form2, SectorMode::unknown}) {
    EXPECT_FALSE(user_data(as_raw(sector), mode)) << to_string(mode);
  }
}

/// A run of raw sectors and what came of stripping it.
struct Batch {
  std::vector<std::byte> raw;
  std::vector<std::byte> out;
  std::vector<SectorCheck> checks;

  explicit Batch(const std::vector<ecma130::Sector>& sectors)
      : out(sectors.size() * 2048, kUntouched), checks(sectors.size()) {
    for (const ecma130::Sector& sector : sectors) raw.insert(raw.end(), as_raw(sector).begin(), as_raw(sector).end());
  }
  [[nodiscard]] std::span<const std::byte> data(std::size_t i) const { return std::span{out}.subspan(i * 2048, 2048); }
};

class CheckAndStrip : public testing::TestWithParam<SectorEngine> {
 protected:
  // kSomeLba is 00:18:34; the frames after it up to :74 are in the same second.
  static ecma130::Header header(std::uint8_t plus) {
    const auto frame = static_cast<std::uint8_t>(34 + plus);
    return {0x00, 0x18, static_cast<std::uint8_t>(frame / 10 << 4 | frame % 10)};
  }
  static std::size_t strip(Batch& batch, Lba first = kSomeLba) {
    return check_and_strip(first, batch.raw, batch.out, batch.checks, GetParam());
  }
};

INSTANTIATE_TEST_SUITE_P(Engine, CheckAndStrip, testing::ValuesIn(available_engines()), engine_name);

TEST_P(CheckAndStrip, PutsTheDataOfProvenSectorsSideBySide) {
  Random random{30};
  const auto a = random.bytes<2048>();
  const auto b = random.bytes<2048>();
  Batch batch{{ecma130::mode1(header(0), a), ecma130::mode2_form1(header(1), kForm1Subheader, b)}};
  EXPECT_EQ(strip(batch), 2U);
  EXPECT_TRUE(std::ranges::equal(batch.data(0), std::as_bytes(std::span{a})));
  EXPECT_TRUE(std::ranges::equal(batch.data(1), std::as_bytes(std::span{b})));
  EXPECT_EQ(batch.checks[0].mode, SectorMode::mode1);
  EXPECT_EQ(batch.checks[1].mode, SectorMode::mode2_form1);
}

TEST_P(CheckAndStrip, LeavesThePlaceOfEveryOtherSectorAsItWas) {
  Random random{31};
  const auto data = random.bytes<2048>();
  const ecma130::Sector sound = ecma130::mode1(header(0), data);
  ecma130::Sector wrong_byte = ecma130::mode1(header(1), data);
  wrong_byte[1000] = static_cast<std::uint8_t>(wrong_byte[1000] ^ 1);
  const ecma130::Sector wrong_address = ecma130::mode1(header(3), data);
  const ecma130::Sector no_2048_bytes = ecma130::mode2_form2(header(3), kForm2Subheader, random.bytes<2324>());
  ecma130::Sector no_sync = ecma130::mode2_form1(header(4), kForm1Subheader, data);
  no_sync[5] = 0;
  const ecma130::Sector zero{};
  const ecma130::Sector sound_last = ecma130::mode1(header(6), data);
  Batch batch{{sound, wrong_byte, wrong_address, no_2048_bytes, no_sync, zero, sound_last}};
  EXPECT_EQ(strip(batch), 2U);
  for (const std::size_t i : {0U, 6U})
    EXPECT_TRUE(std::ranges::equal(batch.data(i), std::as_bytes(std::span{data}))) << i;
  for (const std::size_t i : {1U, 2U, 3U, 4U, 5U}) EXPECT_THAT(batch.data(i), testing::Each(kUntouched)) << i;
  for (std::size_t i = 0; i < batch.checks.size(); ++i) {
    EXPECT_EQ(batch.checks[i], check_sector(std::span{batch.raw}.subspan(i * 2352).first<2352>(), SectorEngine::plain))
        << i;
  }
}

TEST_P(CheckAndStrip, CountsAddressesAcrossLbaZero) {
  Random random{32};
  const auto data = random.bytes<2048>();
  Batch batch{{ecma130::mode1({0x00, 0x01, 0x74}, data), ecma130::mode1({0x00, 0x02, 0x00}, data)}};
  EXPECT_EQ(strip(batch, Lba{-1}), 2U);
}

TEST_P(CheckAndStrip, HandlesOnlyTheSectorsThatEverySpanHoldsWhole) {
  Random random{33};
  const auto data = random.bytes<2048>();
  const std::vector<ecma130::Sector> sectors{ecma130::mode1(header(0), data), ecma130::mode1(header(1), data)};
  struct Row {
    std::size_t raw, out, checks, expected;
  };
  constexpr Row kRows[] = {{0, 4096, 2, 0},    {2351, 4096, 2, 0}, {2352, 4096, 2, 1}, {4703, 4096, 2, 1},
                           {4704, 0, 2, 0},    {4704, 2047, 2, 0}, {4704, 4095, 2, 1}, {4704, 4096, 0, 0},
                           {4704, 4096, 1, 1}, {4704, 4096, 2, 2}};
  for (const Row& row : kRows) {
    Batch batch{sectors};
    // Copies of exactly these sizes, so that a sanitizer sees a step outside.
    const std::vector<std::byte> raw(batch.raw.begin(), batch.raw.begin() + static_cast<std::ptrdiff_t>(row.raw));
    std::vector<std::byte> out(row.out, kUntouched);
    std::vector<SectorCheck> checks(row.checks);
    EXPECT_EQ(check_and_strip(kSomeLba, raw, out, checks, GetParam()), row.expected)
        << row.raw << ' ' << row.out << ' ' << row.checks;
    EXPECT_EQ(std::ranges::count(checks, SectorCheck{}), static_cast<std::ptrdiff_t>(row.checks - row.expected));
    EXPECT_TRUE(std::all_of(out.begin() + static_cast<std::ptrdiff_t>(row.expected * 2048), out.end(),
                            [](std::byte b) { return b == kUntouched; }));
  }
}

class Synthesise : public testing::TestWithParam<SectorEngine> {};

INSTANTIATE_TEST_SUITE_P(Engine, Synthesise, testing::ValuesIn(available_engines()), engine_name);

struct Kept {
  SectorMode mode;
  std::size_t from, to;  ///< bytes that the caller supplies
};
constexpr Kept kKept[] = {{SectorMode::mode0, 0, 0},
                          {SectorMode::mode1, 16, 2064},
                          {SectorMode::mode2_form1, 16, 2072},
                          {SectorMode::mode2_form2, 16, 2348}};

TEST_P(Synthesise, MakesWhatTheStandardAsksForAroundTheData) {
  Random random{34};
  for (const Kept& kept : kKept) {
    for (int i = 0; i < 10; ++i) {
      const ecma130::Sector wanted = random_sector(kept.mode, random);
      ecma130::Sector made = random.bytes<2352>();
      std::copy(wanted.begin() + static_cast<std::ptrdiff_t>(kept.from),
                wanted.begin() + static_cast<std::ptrdiff_t>(kept.to),
                made.begin() + static_cast<std::ptrdiff_t>(kept.from));
      synthesise_sector(as_raw(made), kSomeLba, kept.mode, GetParam());
      ASSERT_EQ(made, wanted) << to_string(kept.mode);
    }
  }
}

TEST_P(Synthesise, WritesHeadersBeforeLbaZero) {
  for (const std::int64_t lba : {-45150, -151, -150, -1, 0, 404849}) {
    ecma130::Sector sector{};
    synthesise_sector(as_raw(sector), Lba{lba}, SectorMode::mode1, GetParam());
    EXPECT_TRUE(check_sector(as_raw(sector), SectorEngine::plain).proven(Lba{lba})) << lba;
  }
}

}  // namespace
}  // namespace pressmark
