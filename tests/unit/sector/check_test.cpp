// What `check_sector` says of sound, damaged and odd sectors; run over every engine that this processor has.

#include <array>
#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <span>

#include "pressmark/sector.h"

#include "unit/sector/ecma130.h"
#include "unit/sector/sector_support.h"

namespace pressmark {
namespace {

class CheckSector : public testing::TestWithParam<SectorEngine> {
 protected:
  static SectorCheck check(const ecma130::Sector& sector) { return check_sector(as_raw(sector), GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(Engine, CheckSector, testing::ValuesIn(available_engines()), engine_name);

constexpr SectorCheck kSoundMode1{
    .mode = SectorMode::mode1, .sync = true, .address = kSomeLba, .edc = true, .p = true, .q = true};
constexpr SectorCheck kSoundForm1{
    .mode = SectorMode::mode2_form1, .sync = true, .address = kSomeLba, .edc = true, .p = true, .q = true};
constexpr SectorCheck kSoundForm2{.mode = SectorMode::mode2_form2, .sync = true, .address = kSomeLba, .edc = true};

TEST_P(CheckSector, SaysAllIsWellWithRandomDataInEveryMode) {
  Random random{10};
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(check(random_sector(SectorMode::mode1, random)), kSoundMode1);
    EXPECT_EQ(check(random_sector(SectorMode::mode2_form1, random)), kSoundForm1);
    EXPECT_EQ(check(random_sector(SectorMode::mode2_form2, random)), kSoundForm2);
  }
}

TEST_P(CheckSector, FindsModeZeroButCannotProveIt) {
  const SectorCheck found = check(ecma130::mode0(kSomeHeader));
  EXPECT_EQ(found, (SectorCheck{.mode = SectorMode::mode0, .sync = true, .address = kSomeLba}));
  EXPECT_FALSE(found.proven(kSomeLba));
}

// Which codes cover a byte follows from the layout: in Mode 1 the EDC covers 0..2067, P the matrix 12..2247, Q all from 12
// on; every byte that a code covers is in exactly one word of it, so one wrong byte never goes unseen.
TEST_P(CheckSector, SeesEverySingleWrongByteOfMode1) {
  Random random{11};
  const ecma130::Sector sound = random_sector(SectorMode::mode1, random);
  for (std::size_t at = 0; at < sound.size(); ++at) {
    if (at >= 12 && at < 16) continue;  // the header: see below
    ecma130::Sector damaged = sound;
    damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ (1 + random.below(255)));
    SectorCheck expected = kSoundMode1;
    expected.sync = at >= 12;
    expected.edc = at >= 2068;
    expected.p = at < 12 || at >= 2248;
    expected.q = at < 12;
    ASSERT_EQ(check(damaged), expected) << "byte " << at;
    ASSERT_EQ(check(damaged).proven(kSomeLba), at >= 2068) << "byte " << at;
  }
}

TEST_P(CheckSector, SeesEverySingleWrongByteOfMode2Form1) {
  Random random{12};
  const ecma130::Sector sound = random_sector(SectorMode::mode2_form1, random);
  for (std::size_t at = 0; at < sound.size(); ++at) {
    if (at >= 12 && at < 24) continue;  // header and subheader: see below
    ecma130::Sector damaged = sound;
    damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ (1 + random.below(255)));
    SectorCheck expected = kSoundForm1;
    expected.sync = at >= 12;
    expected.edc = at < 12 || at >= 2076;
    expected.p = at < 12 || at >= 2248;
    expected.q = at < 12;
    ASSERT_EQ(check(damaged), expected) << "byte " << at;
  }
}

TEST_P(CheckSector, SeesEverySingleWrongByteOfMode2Form2) {
  Random random{13};
  const ecma130::Sector sound = random_sector(SectorMode::mode2_form2, random);
  for (std::size_t at = 0; at < sound.size(); ++at) {
    if (at >= 12 && at < 24) continue;
    ecma130::Sector damaged = sound;
    damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ (1 + random.below(255)));
    SectorCheck expected = kSoundForm2;
    expected.sync = at >= 12;
    expected.edc = at < 12;
    ASSERT_EQ(check(damaged), expected) << "byte " << at;
  }
}

TEST_P(CheckSector, InMode1EveryCodeCoversTheAddress) {
  Random random{14};
  ecma130::Sector sector = random_sector(SectorMode::mode1, random);
  sector[14] = 0x35;  // frame 34 becomes 35
  EXPECT_EQ(check(sector), (SectorCheck{.mode = SectorMode::mode1, .sync = true, .address = kSomeLba + 1}));
}

TEST_P(CheckSector, InMode2Form1NoCodeCoversTheAddress) {
  Random random{15};
  ecma130::Sector sector = random_sector(SectorMode::mode2_form1, random);
  sector[14] = 0x35;
  SectorCheck expected = kSoundForm1;
  expected.address = kSomeLba + 1;
  EXPECT_EQ(check(sector), expected);
}

// Damage that is itself a word of P goes unseen by P. Three bytes of a column make one if they sum to zero and so do their
// products with the column's powers of alpha: with the first fixed to 1, one value of the second will do.
TEST_P(CheckSector, TellsPAndQApart) {
  Random random{16};
  const ecma130::Sector sector = random_sector(SectorMode::mode1, random);
  const std::size_t column = 12 + 40;
  bool found = false;
  for (int a = 1; a < 256 && !found; ++a) {
    ecma130::Sector damaged = sector;
    damaged[column] = static_cast<std::uint8_t>(damaged[column] ^ 1);
    damaged[column + 86] = static_cast<std::uint8_t>(damaged[column + 86] ^ a);
    damaged[column + 172] = static_cast<std::uint8_t>(damaged[column + 172] ^ a ^ 1);
    if (!ecma130::p_holds(damaged)) continue;
    found = true;
    SectorCheck expected = kSoundMode1;
    expected.edc = false;
    expected.q = false;
    EXPECT_EQ(check(damaged), expected);
  }
  EXPECT_TRUE(found);

  ecma130::Sector q_only = sector;
  q_only[2248 + 3] = static_cast<std::uint8_t>(q_only[2248 + 3] ^ 0x40);
  SectorCheck expected = kSoundMode1;
  expected.q = false;
  EXPECT_EQ(check(q_only), expected);
}

TEST_P(CheckSector, ProvesAGoodEdcThoughTheParityIsDamaged) {
  Random random{17};
  ecma130::Sector sector = random_sector(SectorMode::mode1, random);
  for (std::size_t at = 2076; at < 2352; ++at) sector[at] = random.byte();
  const SectorCheck found = check(sector);
  EXPECT_FALSE(found.p);
  EXPECT_FALSE(found.q);
  EXPECT_TRUE(found.proven(kSomeLba));
}

TEST_P(CheckSector, AgreesWithTheStandardsMatricesOnRandomDamage) {
  Random random{18};
  const ecma130::Sector mode1 = random_sector(SectorMode::mode1, random);
  const ecma130::Sector form1 = random_sector(SectorMode::mode2_form1, random);
  for (int i = 0; i < 100; ++i) {
    ecma130::Sector damaged = i % 2 == 0 ? mode1 : form1;
    const std::size_t errors = 1 + random.below(6);
    for (std::size_t e = 0; e < errors; ++e) damaged[24 + random.below(2352 - 24)] = random.byte();
    const ecma130::Sector seen_by_parity = i % 2 == 0 ? damaged : ecma130::without_header(damaged);
    const SectorCheck found = check(damaged);
    ASSERT_EQ(found.p, ecma130::p_holds(seen_by_parity));
    ASSERT_EQ(found.q, ecma130::q_holds(seen_by_parity));
  }
}

TEST_P(CheckSector, NeverProvesAnAllZeroSector) {
  const ecma130::Sector zero{};
  const SectorCheck found = check(zero);
  EXPECT_FALSE(found.sync);
  for (const Lba lba : {Lba{-150}, Lba{0}, Lba{16}}) EXPECT_FALSE(found.proven(lba));
}

// The trap that `proven` has to step over: zeros satisfy every code. All that tells them from data is sync and header.
TEST_P(CheckSector, NeverProvesZerosThoughEveryCodeHolds) {
  ecma130::Sector sector{};
  sector[15] = 2;  // form 1 at 00:00:00, in a drive's buffer that was never filled
  const SectorCheck found = check(sector);
  EXPECT_EQ(found,
            (SectorCheck{.mode = SectorMode::mode2_form1, .address = Lba{-150}, .edc = true, .p = true, .q = true}));
  EXPECT_FALSE(found.proven(Lba{-150}));
}

TEST_P(CheckSector, ProvesOnlyTheAddressInTheHeader) {
  Random random{19};
  const SectorCheck found = check(random_sector(SectorMode::mode1, random));
  EXPECT_TRUE(found.proven(kSomeLba));
  EXPECT_FALSE(found.proven(kSomeLba + 1));
  EXPECT_FALSE(found.proven(kSomeLba - 1));
  EXPECT_FALSE(found.proven(Lba{-kSomeLba.value}));
}

TEST_P(CheckSector, FindsNoAddressWhereTheHeaderIsNotBcdTime) {
  Random random{20};
  struct Bad {
    std::size_t at;
    std::uint8_t byte;
  };
  // Not BCD: A..F in either nibble. No time: second 60, frame 75.
  constexpr Bad kBad[] = {{12, 0x0A}, {12, 0xA0}, {12, 0xFF}, {13, 0x1F}, {13, 0x60},
                          {13, 0xB0}, {14, 0x3A}, {14, 0x75}, {14, 0xF0}};
  const ecma130::Sector sound = random_sector(SectorMode::mode2_form1, random);
  for (const Bad& bad : kBad) {
    ecma130::Sector sector = sound;
    sector[bad.at] = bad.byte;
    SectorCheck expected = kSoundForm1;
    expected.address.reset();
    EXPECT_EQ(check(sector), expected) << "byte " << bad.at;
    EXPECT_FALSE(check(sector).proven(kSomeLba));
  }
}

TEST_P(CheckSector, ReadsAddressesBeforeLbaZero) {
  struct Row {
    ecma130::Header header;
    Lba lba;
  };
  // MMC-6 table 618: 00:00:00 is -150; what is before it is written from 90:00:00 (-45150) to 99:59:74 (-151).
  constexpr Row kRows[] = {{{0x00, 0x01, 0x74}, Lba{-1}},   {{0x00, 0x00, 0x00}, Lba{-150}},
                           {{0x99, 0x59, 0x74}, Lba{-151}}, {{0x90, 0x00, 0x00}, Lba{-45150}},
                           {{0x00, 0x02, 0x00}, Lba{0}},    {{0x89, 0x59, 0x74}, Lba{404849}}};
  Random random{21};
  const auto data = random.bytes<2048>();
  for (const Row& row : kRows) {
    const SectorCheck found = check(ecma130::mode1(row.header, data));
    EXPECT_EQ(found.address, row.lba);
    EXPECT_TRUE(found.proven(row.lba));
  }
}

TEST_P(CheckSector, TrustsNoFormWhenTheSubheaderCopiesDiffer) {
  Random random{22};
  const ecma130::Sector sound = random_sector(SectorMode::mode2_form1, random);
  for (std::size_t at = 16; at < 24; ++at) {
    ecma130::Sector sector = sound;
    sector[at] = static_cast<std::uint8_t>(sector[at] ^ 0x01);
    EXPECT_EQ(check(sector), (SectorCheck{.sync = true, .address = kSomeLba})) << "byte " << at;
  }
}

TEST_P(CheckSector, TakesTheFormFromBit5OfTheSubmode) {
  Random random{23};
  ecma130::Sector sector = random_sector(SectorMode::mode2_form1, random);
  sector[18] = sector[22] = 0x20;
  EXPECT_EQ(check(sector).mode, SectorMode::mode2_form2);
  sector[18] = sector[22] = 0xDF;
  EXPECT_EQ(check(sector).mode, SectorMode::mode2_form1);
}

TEST_P(CheckSector, DoesNotProveForm2WithoutAnEdc) {
  Random random{24};
  ecma130::Sector sector = random_sector(SectorMode::mode2_form2, random);
  for (std::size_t at = 2348; at < 2352; ++at) sector[at] = 0;
  SectorCheck expected = kSoundForm2;
  expected.edc_absent = true;
  EXPECT_EQ(check(sector), expected);
  EXPECT_FALSE(check(sector).proven(kSomeLba));
}

TEST_P(CheckSector, HoldsAZeroEdcAgainstModesThatMustHaveOne) {
  Random random{25};
  for (const SectorMode mode : {SectorMode::mode1, SectorMode::mode2_form1}) {
    ecma130::Sector sector = random_sector(mode, random);
    const std::size_t edc_at = mode == SectorMode::mode1 ? 2064 : 2072;
    for (std::size_t at = edc_at; at < edc_at + 4; ++at) sector[at] = 0;
    EXPECT_FALSE(check(sector).edc);
    EXPECT_FALSE(check(sector).edc_absent);
  }
}

TEST_P(CheckSector, KnowsNoModeAbove2) {
  Random random{26};
  ecma130::Sector sector = random_sector(SectorMode::mode1, random);
  for (int mode = 3; mode < 256; ++mode) {
    sector[15] = static_cast<std::uint8_t>(mode);
    ASSERT_EQ(check(sector), (SectorCheck{.sync = true, .address = kSomeLba})) << mode;
  }
}

TEST(SectorModes, HaveNames) {
  EXPECT_EQ(to_string(SectorMode::mode0), "Mode 0");
  EXPECT_EQ(to_string(SectorMode::mode1), "Mode 1");
  EXPECT_EQ(to_string(SectorMode::mode2_form1), "Mode 2 form 1");
  EXPECT_EQ(to_string(SectorMode::mode2_form2), "Mode 2 form 2");
  EXPECT_EQ(to_string(SectorMode::unknown), "unknown mode");
}

}  // namespace
}  // namespace pressmark
