// Sectors that other people's encoders made, from images that are distributed with libcdio 2.1.0 (test/data): Mode 1 is
// sector 17 of isofs-m1.bin; the Mode 2 forms are sectors 17 and 300 of videocd.nrg, which holds all but sync and
// header. They are short to tell: two are the terminator that every ISO 9660 volume has (ECMA-119 8.3: FFh,
// "CD001", 1, then zero), one is an empty form 2 sector. Bytes that are not listed are zero.

#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <span>
#include <string_view>

#include "pressmark/sector.h"

#include "unit/sector/ecma130.h"
#include "unit/sector/sector_support.h"

namespace pressmark {
namespace {

struct Piece {
  std::size_t at;
  std::string_view hex;
};

constexpr std::string_view kSync = "00ffffffffffffffffffff00";
constexpr std::string_view kTerminator = "ff434430303101";

constexpr Piece kMode1Terminator[] = {
    {0, kSync},
    {12, "00021701"},
    {16, kTerminator},
    {2064, "a391b895"},
    {2077, "f71af5aa89782020d5f5"},
    {2150, "f8aed5a2"},
    {2163, "f50df455ca3c1010e4f4"},
    {2236, "5b3f6d37"},
    {2249, "41"},
    {2270, "77e232960e334b47"},
    {2286, "ba0002c31f71c64c8e2dcb7424e60043"},
    {2322, "cf7744a59baa1078"},
    {2338, "4f00d61676b560e4852239343312"},
};

constexpr Piece kForm1Terminator[] = {
    {0, kSync},
    {12, "00021702"},
    {16, "0000890000008900"},
    {24, kTerminator},
    {2072, "25ba30c7"},
    {2082, "050000000500aa89782020d5f5"},
    {2158, "6fd35054"},
    {2168, "8c0000008c0055ca3c1010e4f4"},
    {2244, "4a696093"},
    {2262, "50540bfdb0abeb02"},
    {2278, "0b002c44aa512f220e33de041000310053"},
    {2314, "60937e13bfeba16b"},
    {2330, "fe00f891c395898a1ac9ad479c00bd00da"},
};

constexpr Piece kForm2Empty[] = {
    {0, kSync},
    {12, "00060002"},
    {16, "0000200000002000"},
    {2348, "3f13b0be"},
};

std::uint8_t digit(char c) { return static_cast<std::uint8_t>(c <= '9' ? c - '0' : c - 'a' + 10); }

ecma130::Sector build(std::span<const Piece> pieces) {
  ecma130::Sector sector{};
  for (const Piece& piece : pieces) {
    for (std::size_t i = 0; i < piece.hex.size() / 2; ++i) {
      sector.at(piece.at + i) = static_cast<std::uint8_t>(digit(piece.hex[2 * i]) << 4 | digit(piece.hex[2 * i + 1]));
    }
  }
  return sector;
}

struct RealSector {
  std::string_view name;
  std::span<const Piece> pieces;
  Lba lba;
  SectorCheck expected;
  std::size_t data_at;
  std::size_t data_bytes;
};

const RealSector kRealSectors[] = {
    {"Mode 1",
     kMode1Terminator,
     Lba{17},
     {.mode = SectorMode::mode1, .sync = true, .address = Lba{17}, .edc = true, .p = true, .q = true},
     16,
     2048},
    {"Mode 2 form 1",
     kForm1Terminator,
     Lba{17},
     {.mode = SectorMode::mode2_form1, .sync = true, .address = Lba{17}, .edc = true, .p = true, .q = true},
     16,
     8 + 2048},
    {"Mode 2 form 2",
     kForm2Empty,
     Lba{300},
     {.mode = SectorMode::mode2_form2, .sync = true, .address = Lba{300}, .edc = true},
     16,
     8 + 2324},
};

class SectorFromARealImage : public testing::TestWithParam<SectorEngine> {};

TEST_P(SectorFromARealImage, IsProven) {
  for (const RealSector& real : kRealSectors) {
    const ecma130::Sector sector = build(real.pieces);
    const SectorCheck found = check_sector(as_raw(sector), GetParam());
    EXPECT_EQ(found, real.expected) << real.name;
    EXPECT_TRUE(found.proven(real.lba)) << real.name;
  }
}

TEST_P(SectorFromARealImage, IsSynthesisedFromItsData) {
  for (const RealSector& real : kRealSectors) {
    const ecma130::Sector original = build(real.pieces);
    ecma130::Sector made;
    made.fill(0xA5);
    std::copy_n(original.begin() + static_cast<std::ptrdiff_t>(real.data_at), real.data_bytes,
                made.begin() + static_cast<std::ptrdiff_t>(real.data_at));
    synthesise_sector(as_raw(made), real.lba, real.expected.mode, GetParam());
    EXPECT_EQ(made, original) << real.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Engine, SectorFromARealImage, testing::ValuesIn(available_engines()), engine_name);

// The yardstick of the other tests is itself held to the real sectors.
TEST(TheTestsOwnEcma130, HoldsForSectorsFromRealImages) {
  const ecma130::Sector mode1 = build(kMode1Terminator);
  EXPECT_TRUE(ecma130::p_holds(mode1));
  EXPECT_TRUE(ecma130::q_holds(mode1));
  EXPECT_EQ(ecma130::mode1({0x00, 0x02, 0x17}, std::span{mode1}.subspan<16, 2048>()), mode1);

  const ecma130::Sector form1 = build(kForm1Terminator);
  EXPECT_FALSE(ecma130::p_holds(form1)) << "parity does not cover the header in Mode 2";
  EXPECT_TRUE(ecma130::p_holds(ecma130::without_header(form1)));
  EXPECT_TRUE(ecma130::q_holds(ecma130::without_header(form1)));
  EXPECT_EQ(ecma130::mode2_form1({0x00, 0x02, 0x17}, {0x00, 0x00, 0x89, 0x00}, std::span{form1}.subspan<24, 2048>()),
            form1);

  const ecma130::Sector form2 = build(kForm2Empty);
  EXPECT_EQ(ecma130::mode2_form2({0x00, 0x06, 0x00}, {0x00, 0x00, 0x20, 0x00}, std::span{form2}.subspan<24, 2324>()),
            form2);
}

}  // namespace
}  // namespace pressmark
