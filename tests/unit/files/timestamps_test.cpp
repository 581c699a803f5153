// Seconds are those of GNU date: `date -u -d '1997-03-04 05:06:08' +%s`.
#include "files/timestamps.h"

#include <gtest/gtest.h>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace pressmark::files {
namespace {

constexpr std::int64_t kNoTime = VolumeFile::kNoTime;

std::vector<std::byte> of(std::initializer_list<int> values) {
  std::vector<std::byte> bytes;
  for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}
std::int64_t digits(std::string_view text, int quarters = 0) {
  std::vector<std::byte> bytes(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) bytes[i] = static_cast<std::byte>(text[i]);
  bytes.push_back(static_cast<std::byte>(quarters));
  return iso_long_time(bytes);
}

TEST(IsoTime, IsOfTheClockWhereItWasWritten) {
  EXPECT_EQ(iso_time(of({97, 3, 4, 5, 6, 8, 0})), 857451968);
  EXPECT_EQ(iso_time(of({97, 3, 4, 5, 6, 8, 4})), 857451968 - 3600) << "an hour east of Greenwich";
  EXPECT_EQ(iso_time(of({97, 3, 4, 5, 6, 8, -20})), 857451968 + 5 * 3600);
  EXPECT_EQ(iso_time(of({69, 12, 31, 23, 59, 59, 0})), -1);
  EXPECT_EQ(iso_time(of({200, 2, 29, 0, 0, 0, 0})), kNoTime) << "2100 is no leap year";
}

TEST(IsoTime, WhatIsNoDateIsNoTime) {
  for (const auto& bytes : {of({0, 0, 0, 0, 0, 0, 0}), of({97, 13, 4, 5, 6, 8, 0}), of({97, 2, 30, 5, 6, 8, 0}),
                            of({97, 3, 4, 24, 6, 8, 0}), of({97, 3, 4, 5, 60, 8, 0}), of({97, 3, 4, 5, 6, 61, 0}),
                            of({97, 3, 4, 5, 6, 8, 127}), of({97, 3, 4, 5, 6, 8}), of({})})
    EXPECT_EQ(iso_time(bytes), kNoTime);
}

TEST(IsoTime, LongFormIsInDigits) {
  EXPECT_EQ(digits("1997030405060899"), 857451968);
  EXPECT_EQ(digits("1997030405060800", 4), 857451968 - 3600);
  EXPECT_EQ(digits("0000000000000000"), kNoTime);
  EXPECT_EQ(digits("1997030405 60800"), kNoTime);
  EXPECT_EQ(digits("19970304"), kNoTime);
}

TEST(UdfTime, HasAZoneInMinutesOrNone) {
  EXPECT_EQ(udf_time(of({0x00, 0x10, 0xCD, 0x07, 3, 4, 5, 6, 8, 0, 0, 0})), 857451968);
  EXPECT_EQ(udf_time(of({0x3C, 0x10, 0xCD, 0x07, 3, 4, 5, 6, 8, 0, 0, 0})), 857451968 - 3600);
  EXPECT_EQ(udf_time(of({0xC4, 0x1F, 0xCD, 0x07, 3, 4, 5, 6, 8, 0, 0, 0})), 857451968 + 3600) << "-60";
  EXPECT_EQ(udf_time(of({0x01, 0x18, 0xCD, 0x07, 3, 4, 5, 6, 8, 0, 0, 0})), 857451968) << "-2047: not given";
  EXPECT_EQ(udf_time(of({0x00, 0x10, 0xCD, 0x07, 0, 4, 5, 6, 8, 0, 0, 0})), kNoTime);
  EXPECT_EQ(udf_time(of({0x00, 0x18, 0xCD, 0x07, 3, 4, 5, 6, 8, 0, 0, 0})), kNoTime) << "-2048 minutes";
  EXPECT_EQ(udf_time(of({0x00, 0x10, 0xCD, 0x07, 3, 4, 5})), kNoTime);
}

TEST(HfsTime, CountsFrom1904) {
  EXPECT_EQ(hfs_time(0), kNoTime);
  EXPECT_EQ(hfs_time(2'082'844'800), 0);
  EXPECT_EQ(hfs_time(1), 1 - 2'082'844'800);
}

}  // namespace
}  // namespace pressmark::files
