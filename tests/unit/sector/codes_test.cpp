// EDC (ECMA-130 14.3) and scrambler (annex B), which have no engine of their own in the public interface.

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

std::uint32_t edc_of(std::span<const std::uint8_t> bytes) { return edc(std::as_bytes(bytes)); }

std::uint32_t little_endian(std::array<std::uint8_t, 4> b) {
  return b[0] | std::uint32_t{b[1]} << 8 | std::uint32_t{b[2]} << 16 | std::uint32_t{b[3]} << 24;
}

TEST(Edc, OfNothingIsZero) { EXPECT_EQ(edc({}), 0U); }

TEST(Edc, OfZeroBytesIsZero) { EXPECT_EQ(edc_of(std::vector<std::uint8_t>(2064)), 0U); }

// The last bit to come, alone, leaves the polynomial itself.
TEST(Edc, OfTheHighestBitOfTheLastByteIsThePolynomial) {
  EXPECT_EQ(edc_of(std::array<std::uint8_t, 1>{0x80}), 0xD8018001U);
}

TEST(Edc, EqualsDivisionBitByBitForEveryLength) {
  Random random{1};
  const auto bytes = random.bytes<300>();
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    const auto part = std::span{bytes}.first(length);
    ASSERT_EQ(edc_of(part), little_endian(ecma130::edc(part))) << length << " bytes";
  }
}

TEST(Edc, BehindItsBytesLeavesNoRemainder) {
  Random random{2};
  const auto bytes = random.bytes<2064>();
  std::vector<std::uint8_t> whole(bytes.begin(), bytes.end());
  const std::uint32_t value = edc_of(whole);
  for (int shift = 0; shift < 32; shift += 8) whole.push_back(static_cast<std::uint8_t>(value >> shift));
  EXPECT_EQ(edc_of(whole), 0U);
}

TEST(Edc, IsLinear) {
  Random random{3};
  const auto a = random.bytes<2064>();
  const auto b = random.bytes<2064>();
  std::array<std::uint8_t, 2064> sum{};
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = static_cast<std::uint8_t>(a[i] ^ b[i]);
  EXPECT_EQ(edc_of(sum), edc_of(a) ^ edc_of(b));
}

TEST(Scrambler, OverZeroGivesTheBytesOfTheStandard) {
  ecma130::Sector sector{};
  scramble(as_raw(sector));
  constexpr std::array<std::uint8_t, 18> kFirst{0x01, 0x80, 0x00, 0x60, 0x00, 0x28, 0x00, 0x1E, 0x80,
                                                0x08, 0x60, 0x06, 0xA8, 0x02, 0xFE, 0x81, 0x80, 0x60};
  EXPECT_THAT((std::span{sector}.subspan<12, 18>()), testing::ElementsAreArray(kFirst));
}

TEST(Scrambler, EqualsAShiftRegisterToTheLastByte) {
  ecma130::Sector sector{};
  scramble(as_raw(sector));
  EXPECT_THAT(std::span{sector}.subspan(12), testing::ElementsAreArray(ecma130::scrambler(2340)));
}

TEST(Scrambler, LeavesTheSyncAlone) {
  ecma130::Sector sector;
  sector.fill(0x5A);
  scramble(as_raw(sector));
  EXPECT_THAT(std::span{sector}.first(12), testing::Each(0x5A));
}

TEST(Scrambler, TwiceGivesTheSectorBack) {
  Random random{4};
  const ecma130::Sector original = random_sector(SectorMode::mode1, random);
  ecma130::Sector sector = original;
  scramble(as_raw(sector));
  EXPECT_NE(sector, original);
  EXPECT_FALSE(check_sector(as_raw(sector)).proven(kSomeLba));
  scramble(as_raw(sector));
  EXPECT_EQ(sector, original);
}

}  // namespace
}  // namespace pressmark
