// The transcript's lines, written and read (docs/transcript.md).
#include "drivers/replay/transcript.h"

#include <gtest/gtest.h>
#include <numeric>

namespace pressmark {
namespace {

std::vector<std::byte> bytes(std::initializer_list<unsigned> values) {
  std::vector<std::byte> out;
  for (const unsigned v : values) out.push_back(static_cast<std::byte>(v));
  return out;
}

TranscriptRecord inquiry() {
  Reply reply{.transferred = 4, .elapsed = Duration{1500}};
  return {.command = {.cdb = bytes({0x12, 0, 0, 0, 4, 0}), .direction = Direction::in, .length = 4},
          .timeout = std::chrono::milliseconds{10'000},
          .answer = reply,
          .elapsed = Duration{1500},
          .received = bytes({5, 0x80, 5, 2})};
}

TEST(TranscriptRecord, IsOneReadableLine) {
  EXPECT_EQ(record_line(inquiry()),
            "{\"cdb\":\"120000000400\",\"in\":4,\"timeout_ms\":10000,\"ns\":1500,\"status\":0,\"transferred\":4,"
            "\"data\":\"hex:05800502\"}\n");
}

TEST(TranscriptRecord, ComesBackAsItWas) {
  const auto back = parse_record(record_line(inquiry()));
  ASSERT_TRUE(back.has_value()) << describe(back.error());
  EXPECT_EQ(back->command, inquiry().command);
  EXPECT_EQ(back->received, inquiry().received);
  EXPECT_EQ(back->timeout, inquiry().timeout);
  EXPECT_EQ(back->elapsed, inquiry().elapsed);
  EXPECT_EQ(back->answer->transferred, 4U);
}

TEST(TranscriptRecord, LongDataIsPackedAndComesBackWhole) {
  TranscriptRecord record = inquiry();
  record.command.length = 2048;
  record.received.resize(2048);
  std::iota(reinterpret_cast<std::uint8_t*>(record.received.data()),
            reinterpret_cast<std::uint8_t*>(record.received.data()) + 2048, std::uint8_t{0});
  record.answer->transferred = 2048;
  const std::string line = record_line(record);
  EXPECT_NE(line.find("\"zstd:"), std::string::npos);
  EXPECT_LT(line.size(), 1024U);
  const auto back = parse_record(line);
  ASSERT_TRUE(back.has_value()) << describe(back.error());
  EXPECT_EQ(back->received, record.received);
}

TEST(TranscriptRecord, CheckConditionKeepsTheSenseWhole) {
  TranscriptRecord record{.command = {.cdb = bytes({0, 0, 0, 0, 0, 0})},
                          .answer = Reply{.status = Status::check_condition, .sense_length = 18}};
  record.answer->sense[0] = std::byte{0x70};
  record.answer->sense[17] = std::byte{0xEE};
  const auto back = parse_record(record_line(record));
  ASSERT_TRUE(back.has_value()) << describe(back.error());
  EXPECT_EQ(back->answer->status, Status::check_condition);
  EXPECT_EQ(back->answer->sense_length, 18);
  EXPECT_EQ(back->answer->sense, record.answer->sense);
}

TEST(TranscriptRecord, FailureKeepsItsKindAndWords) {
  for (const ErrorKind kind : {ErrorKind::timeout, ErrorKind::bus, ErrorKind::device_gone, ErrorKind::no_permission}) {
    const TranscriptRecord record{.command = {.cdb = bytes({0, 0, 0, 0, 0, 0})},
                                  .answer = fail({.kind = kind, .got = "host status 03 (\xFF time-out)"}),
                                  .elapsed = Duration{5}};
    const auto back = parse_record(record_line(record));
    ASSERT_TRUE(back.has_value()) << describe(back.error());
    ASSERT_FALSE(back->answer.has_value());
    EXPECT_EQ(back->answer.error().kind, kind);
    EXPECT_EQ(back->answer.error().got, "host status 03 (\xEF\xBF\xBD time-out)");  // U+FFFD for what is not UTF-8
    EXPECT_EQ(back->elapsed, Duration{5});
  }
}

TEST(TranscriptRecord, DataSentIsKept) {
  const TranscriptRecord record{.command = {.cdb = bytes({0x55, 0x10, 0, 0, 0, 0, 0, 0, 3, 0}),
                                            .direction = Direction::out,
                                            .length = 3,
                                            .sent = bytes({1, 2, 3})}};
  const auto back = parse_record(record_line(record));
  ASSERT_TRUE(back.has_value()) << describe(back.error());
  EXPECT_EQ(back->command, record.command);
}

struct BadLine {
  const char* why;
  const char* line;
};

TEST(TranscriptRecord, MalformedLinesAreRefusedByName) {
  const BadLine lines[] = {
      {"empty", ""},
      {"not JSON", "{"},
      {"not an object", "[1]"},
      {"no CDB", R"({"timeout_ms":1,"ns":1,"status":0,"transferred":0})"},
      {"CDB of 7 bytes", R"({"cdb":"00000000000000","timeout_ms":1,"ns":1,"status":0,"transferred":0})"},
      {"CDB not hex", R"({"cdb":"0000000000zz","timeout_ms":1,"ns":1,"status":0,"transferred":0})"},
      {"both directions", R"({"cdb":"000000000000","in":1,"out":1,"timeout_ms":1,"ns":1,"status":0,"transferred":0})"},
      {"length is text", R"({"cdb":"000000000000","in":"1","timeout_ms":1,"ns":1,"status":0,"transferred":0})"},
      {"length negative", R"({"cdb":"000000000000","in":-1,"timeout_ms":1,"ns":1,"status":0,"transferred":0})"},
      {"length without bound",
       R"({"cdb":"000000000000","in":4294967295,"timeout_ms":1,"ns":1,"status":0,"transferred":0})"},
      {"more moved than asked",
       R"({"cdb":"000000000000","in":1,"timeout_ms":1,"ns":1,"status":0,"transferred":2,"data":"hex:0102"})"},
      {"no data", R"({"cdb":"000000000000","in":2,"timeout_ms":1,"ns":1,"status":0,"transferred":2})"},
      {"too little data",
       R"({"cdb":"000000000000","in":2,"timeout_ms":1,"ns":1,"status":0,"transferred":2,"data":"hex:01"})"},
      {"unknown packing",
       R"({"cdb":"000000000000","in":2,"timeout_ms":1,"ns":1,"status":0,"transferred":2,"data":"0102"})"},
      {"bad base64",
       R"({"cdb":"000000000000","in":2,"timeout_ms":1,"ns":1,"status":0,"transferred":2,"data":"zstd:=AAA"})"},
      {"not zstd",
       R"({"cdb":"000000000000","in":2,"timeout_ms":1,"ns":1,"status":0,"transferred":2,"data":"zstd:AAAA"})"},
      {"status above a byte", R"({"cdb":"000000000000","timeout_ms":1,"ns":1,"status":256,"transferred":0})"},
      {"sense too long", nullptr},
      {"unknown failure", R"({"cdb":"000000000000","timeout_ms":1,"ns":1,"failed":"bored","got":""})"},
  };
  for (const auto& [why, line] : lines) {
    const std::string long_sense =
        R"({"cdb":"000000000000","timeout_ms":1,"ns":1,"status":2,"transferred":0,"sense":")" + std::string(194, '0') +
        "\"}";
    const auto record = parse_record(line != nullptr ? line : long_sense);
    ASSERT_FALSE(record.has_value()) << why;
    EXPECT_EQ(record.error().kind, ErrorKind::parse) << why;
    EXPECT_FALSE(record.error().got.empty()) << why;
  }
}

TEST(TranscriptRecord, EveryTruncationIsRefused) {
  const std::string line = record_line(inquiry());
  for (std::size_t n = 0; n + 2 < line.size(); ++n)
    EXPECT_FALSE(parse_record(std::string_view(line).substr(0, n)).has_value()) << n;
}

TEST(TranscriptHeader, ComesBackAsItWas) {
  const TranscriptHeader header{.tool = "pressmark 0.1.0",
                                .started = "2000-01-01T00:00:00Z",
                                .drive = {.driver = "linux_sg", .path = "/dev/sr0", .max_transfer_bytes = 1'044'480}};
  const auto back = parse_header(header_line(header));
  ASSERT_TRUE(back.has_value()) << describe(back.error());
  EXPECT_EQ(back->tool, header.tool);
  EXPECT_EQ(back->started, header.started);
  EXPECT_EQ(back->drive.driver, "linux_sg");
  EXPECT_EQ(back->drive.path, "/dev/sr0");
  EXPECT_EQ(back->drive.max_transfer_bytes, 1'044'480U);
}

TEST(TranscriptHeader, OtherVersionIsNamed) {
  const auto back = parse_header(R"({"transcript":2})");
  ASSERT_FALSE(back.has_value());
  EXPECT_NE(back.error().got.find("version 2"), std::string::npos);
}

}  // namespace
}  // namespace pressmark
