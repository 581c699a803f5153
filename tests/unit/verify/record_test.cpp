#include "verify/record.h"

#include <gtest/gtest.h>

namespace pressmark {
namespace {

/// A record as docs/rip-record.md has it, short of what is not asked about.
constexpr std::string_view kRecord = R"({"schema": "pressmark-rip", "schema_version": 1,
 "image": {"file": "game.iso", "bytes": 204800, "range": {"lba": 50, "sectors": 100}, "read_raw": true},
 "complete": false,
 "grades": {"proven": {"sectors": 90, "ranges": [{"lba": 50, "sectors": 90}]},
            "unreadable": {"sectors": 7, "ranges": [{"lba": 143, "sectors": 3}, {"lba": 146, "sectors": 4}]},
            "untried": {"sectors": 3, "ranges": [{"lba": 140, "sectors": 3}]}},
 "failures": [{"lba": 143, "sectors": 1, "tries": 2, "last": "03/11/05", "now": "unreadable"}],
 "digests": {"md5": "5d41402abc4b2a76b9719d911017c592", "later": "00"}})";

std::string changed(std::string_view what, std::string_view into) {
  std::string text{kRecord};
  text.replace(text.find(what), what.size(), into);
  return text;
}

TEST(RecordTest, DigestsAndWhatWasNeverReadInSectorsOfTheImage) {
  const auto record = parse_record(kRecord, "game.rip.json");
  ASSERT_TRUE(record) << describe(record.error());
  EXPECT_EQ(record->file, "game.iso");
  EXPECT_EQ(record->bytes, 204800U);
  ASSERT_EQ(record->digests.size(), 1U);
  EXPECT_EQ(record->digests[0].hex(), "5d41402abc4b2a76b9719d911017c592");
  EXPECT_EQ(record->never_read, (std::vector<SectorRange>{{90, 3}, {93, 3}, {96, 4}}));
  EXPECT_TRUE(looks_like_record(kRecord));
}

TEST(RecordTest, WhatItCannotMeanIsRefusedByName) {
  const std::tuple<std::string_view, std::string_view, std::string_view> cases[] = {
      {"pressmark-rip", "pressmark-map", "schema"},
      {"\"image\"", "\"imag\"", "image"},
      {"\"bytes\": 204800", "\"bytes\": -1", "image"},
      {"\"bytes\": 204800", "\"bytes\": 18446744073709551615", "image"},
      {"\"bytes\": 204800", "\"bytes\": 2e5", "image"},
      {"\"sectors\": 100}", "\"sectors\": 99999999999}", "range"},
      {"\"lba\": 140", "\"lba\": 40", "untried"},
      {"{\"lba\": 146, \"sectors\": 4}", "{\"lba\": 146, \"sectors\": 5}", "unreadable"},
      {"{\"lba\": 146, \"sectors\": 4}", "{\"lba\": 145, \"sectors\": 4}", "twice"},
      {"{\"lba\": 146, \"sectors\": 4}", "7", "unreadable"},
      {"\"md5\": \"5d", "\"md5\": \"5", "md5"},
      {"{\"md5\": \"5d41402abc4b2a76b9719d911017c592\", \"later\": \"00\"}", "[]", "digests"},
      {"\"grades\": ", "\"grade\": ", "grades"}};
  for (const auto& [what, into, word] : cases) {
    const auto record = parse_record(changed(what, into), "game.rip.json");
    ASSERT_FALSE(record) << into;
    EXPECT_EQ(record.error().kind, ErrorKind::parse);
    EXPECT_NE(describe(record.error()).find(word), std::string::npos) << describe(record.error());
  }
  EXPECT_EQ(parse_record(changed("schema_version\": 1", "schema_version\": 2"), "x").error().kind,
            ErrorKind::unsupported);
}

TEST(RecordTest, NoTruncationIsARecord) {
  for (std::size_t length = 0; length + 1 < kRecord.size(); ++length)
    EXPECT_FALSE(parse_record(kRecord.substr(0, length), "x")) << length;
}

TEST(RecordTest, DeepNestingIsRefusedBeforeItCostsAnything) {
  const auto record = parse_record(std::string(10'000'000, '['), "x");
  ASSERT_FALSE(record);
  EXPECT_NE(record.error().got.find("deep"), std::string::npos);
  EXPECT_TRUE(parse_record(changed("game.iso", "[[[[[[[[[[[[[[[[[[[[[\\\"[[[[[["), "x"))
      << "brackets in text nest nothing";
}

}  // namespace
}  // namespace pressmark
