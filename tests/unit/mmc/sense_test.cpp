// Sense bytes as SPC-4 4.5 lays them out, and what the table advises for the ones that matter.
#include "pressmark/sense.h"

#include <gtest/gtest.h>

#include "mmc/sense_table.h"
#include "unit/mmc/mmc_support.h"

namespace pressmark {
namespace {

using test::Bytes;
using test::bytes;

// Fixed format, current, VALID, key 3, INFORMATION 0001E240h, additional length 10, ASC 11h, ASCQ 05h.
const Bytes kFixed = bytes({0xF0, 0, 0x03, 0x00, 0x01, 0xE2, 0x40, 0x0A, 0, 0, 0, 0, 0x11, 0x05, 0, 0, 0, 0});
// Descriptor format: 02/04/01.
const Bytes kDescriptor = bytes({0x72, 0x02, 0x04, 0x01, 0, 0, 0, 0});
// Descriptor format with a sense key specific descriptor (type 2, 6 bytes) before the information descriptor (type 0,
// 10 bytes).
const Bytes kWithInformation = bytes({0x72, 0x03, 0x11, 0x06, 0, 0, 0, 20,  //
                                      0x02, 0x06, 0,    0,    0, 0, 0, 0,   //
                                      0x00, 0x0A, 0x80, 0,    0, 0, 0, 0x01, 0x00, 0x01, 0xE2, 0x40});

TEST(DecodeSense, ReadsFixedFormat) {
  EXPECT_EQ(decode_sense(kFixed), (Sense{.key = 3, .asc = 0x11, .ascq = 5, .information = 123456}));
}

TEST(DecodeSense, ReadsDescriptorFormat) {
  EXPECT_EQ(decode_sense(kDescriptor), (Sense{.key = 2, .asc = 4, .ascq = 1}));
}

TEST(DecodeSense, FindsInformationBehindOtherDescriptors) {
  EXPECT_EQ(decode_sense(kWithInformation), (Sense{.key = 3, .asc = 0x11, .ascq = 6, .information = 0x1'0001'E240}));
}

TEST(DecodeSense, TakesNoInformationThatIsNotValid) {
  Bytes fixed = kFixed;
  fixed[0] = std::byte{0x70};
  EXPECT_EQ(decode_sense(fixed)->information, std::nullopt);
  Bytes descriptor = kWithInformation;
  descriptor[18] = std::byte{0x00};
  EXPECT_EQ(decode_sense(descriptor)->information, std::nullopt);
}

TEST(DecodeSense, MasksFilemarkEomAndIliOutOfTheKey) {
  Bytes s = kFixed;
  s[2] = std::byte{0xE5};
  EXPECT_EQ(decode_sense(s)->key, 5);
}

TEST(DecodeSense, TellsADeferredErrorFromACurrentOne) {
  Bytes s = kFixed;
  s[0] = std::byte{0x71};
  EXPECT_TRUE(decode_sense(s)->deferred);
  s[0] = std::byte{0x70};
  EXPECT_FALSE(decode_sense(s)->deferred);
  Bytes d = kDescriptor;
  d[0] = std::byte{0x73};
  EXPECT_TRUE(decode_sense(d)->deferred);
}

TEST(DecodeSense, HonoursTheAdditionalLength) {
  Bytes s = kFixed;
  s[7] = std::byte{4};  // ends before ASC at byte 12
  EXPECT_EQ(decode_sense(s), (Sense{.key = 3, .information = 123456}));
  Bytes d = kWithInformation;
  d[7] = std::byte{8};  // ends before the information descriptor
  EXPECT_EQ(decode_sense(d)->information, std::nullopt);
}

TEST(DecodeSense, IsNothingForUnknownFormatsAndTooFewBytes) {
  EXPECT_EQ(decode_sense({}), std::nullopt);
  EXPECT_EQ(decode_sense(bytes({0x70, 0})), std::nullopt);
  EXPECT_EQ(decode_sense(bytes({0x72, 3, 0x11})), std::nullopt);
  EXPECT_EQ(decode_sense(bytes({0x00, 0, 0, 0, 0, 0, 0, 0})), std::nullopt);
  EXPECT_EQ(decode_sense(bytes({0x7F, 0, 3, 0, 0, 0, 0, 0})), std::nullopt);
}

TEST(DecodeSense, TakesEveryPrefixWithoutInventingAnything) {
  for (const Bytes& whole : {kFixed, kWithInformation}) {
    const Sense full = *decode_sense(whole);
    for (std::size_t n = 0; n < whole.size(); ++n) {
      const Bytes prefix{whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)};
      const auto sense = decode_sense(prefix);
      if (!sense) continue;
      EXPECT_EQ(sense->key, full.key) << n;
      EXPECT_TRUE(sense->asc == full.asc || sense->asc == 0) << n;
      EXPECT_TRUE(!sense->information || sense->information == full.information) << n;
    }
  }
}

TEST(DecodeSense, DoesNotLoopOnDescriptorsOfLengthZero) {
  EXPECT_EQ(decode_sense(bytes({0x72, 3, 0x11, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0}))->information, std::nullopt);
}

struct Advice {
  int key, asc, ascq;
  Verdict verdict;
};
class SenseAdvice : public testing::TestWithParam<Advice> {};

TEST_P(SenseAdvice, IsWhatARipperShouldDo) {
  const Advice a = GetParam();
  const Sense s{.key = static_cast<std::uint8_t>(a.key),
                .asc = static_cast<std::uint8_t>(a.asc),
                .ascq = static_cast<std::uint8_t>(a.ascq)};
  EXPECT_EQ(to_string(advise(s)), to_string(a.verdict));
  EXPECT_FALSE(meaning(s).empty());
}

INSTANTIATE_TEST_SUITE_P(
    Known, SenseAdvice,
    testing::Values(Advice{3, 0x11, 0x05, Verdict::later}, Advice{3, 0x11, 0x00, Verdict::later},
                    Advice{3, 0x11, 0x06, Verdict::later}, Advice{3, 0x02, 0x00, Verdict::later},
                    Advice{4, 0x44, 0x00, Verdict::stop}, Advice{4, 0x09, 0x01, Verdict::later},
                    Advice{2, 0x04, 0x01, Verdict::wait}, Advice{2, 0x3A, 0x00, Verdict::give_up},
                    Advice{6, 0x28, 0x00, Verdict::identify}, Advice{6, 0x29, 0x00, Verdict::identify},
                    Advice{5, 0x21, 0x00, Verdict::give_up}, Advice{5, 0x64, 0x00, Verdict::give_up},
                    Advice{5, 0x6F, 0x03, Verdict::give_up}, Advice{5, 0x20, 0x00, Verdict::give_up},
                    Advice{1, 0x18, 0x03, Verdict::none}, Advice{0, 0x00, 0x00, Verdict::none},
                    Advice{0xB, 0x00, 0x06, Verdict::retry}, Advice{0xB, 0x47, 0x00, Verdict::retry}));
// No row of their own: the ASC's row, then the key's.
INSTANTIATE_TEST_SUITE_P(FallBack, SenseAdvice,
                         testing::Values(Advice{3, 0x11, 0x7F, Verdict::later}, Advice{3, 0x99, 0x01, Verdict::later},
                                         Advice{2, 0x04, 0x55, Verdict::wait}, Advice{4, 0x99, 0x00, Verdict::stop},
                                         Advice{5, 0x6F, 0x44, Verdict::give_up},
                                         Advice{6, 0x99, 0x00, Verdict::identify},
                                         Advice{0xC, 0x01, 0x02, Verdict::give_up},
                                         Advice{3, 0xFF, 0xFF, Verdict::later}));

TEST(SenseMeaning, IsTheStandardsWords) {
  EXPECT_EQ(meaning({.key = 3, .asc = 0x11, .ascq = 0x05}), "L-EC uncorrectable error");
  EXPECT_EQ(meaning({.key = 5, .asc = 0x64, .ascq = 0x00}), "illegal mode for this track");
}

TEST(SenseMeaning, OfAKnownAscUnderAnUnusualKeyIsStillItsOwn) {
  EXPECT_EQ(meaning({.key = 0xB, .asc = 0x21, .ascq = 0x00}), "logical block address out of range");
  EXPECT_EQ(advise({.key = 0xB, .asc = 0x21, .ascq = 0x00}), Verdict::retry);
}

TEST(SenseText, IsKeyAscAscqInHex) { EXPECT_EQ(to_string(Sense{.key = 0xB, .asc = 0x4B, .ascq = 0x0F}), "0B/4B/0F"); }

TEST(SenseTable, EachRowIsTheOneItsOwnSenseFinds) {
  for (const mmc::SenseRow& row : mmc::kSense) {
    if (row.asc == mmc::kAny) continue;
    const std::uint8_t ascq = row.ascq == mmc::kAny ? std::uint8_t{0xEE} : row.ascq;
    const Sense s{.key = row.key, .asc = row.asc, .ascq = ascq};
    EXPECT_EQ(meaning(s), row.words) << to_string(s);
    EXPECT_EQ(advise(s), row.verdict) << to_string(s);
  }
}

}  // namespace
}  // namespace pressmark
