// One session with a drive, command by command, as lines of text. Format: docs/transcript.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/error.h"
#include "pressmark/transport.h"

namespace pressmark {

/// The most one recorded command may have moved: bounds what a hostile line can make us allocate.
inline constexpr std::uint32_t kTranscriptTransferLimit = 16 * 1024 * 1024;

/// The first line: whose session it was.
struct TranscriptHeader {
  std::string tool;     ///< "pressmark 0.1.0"
  std::string started;  ///< ISO 8601, by the transport's clock
  TransportInfo drive;
};

/// What a command asked for, without its borrowed buffer.
struct RecordedCommand {
  std::vector<std::byte> cdb;  ///< 6, 10, 12 or 16 bytes
  Direction direction = Direction::none;
  std::uint32_t length = 0;     ///< bytes of the buffer
  std::vector<std::byte> sent;  ///< for `out`: what the drive was given, `length` bytes

  friend bool operator==(const RecordedCommand&, const RecordedCommand&) = default;
};

/// One line after the first.
struct TranscriptRecord {
  RecordedCommand command;
  std::chrono::milliseconds timeout{0};
  Result<Reply> answer = Reply{};   ///< an Error's `sense` and `lba` are not kept: a transport sets neither
  Duration elapsed{0};              ///< also of a failure
  std::vector<std::byte> received;  ///< for `in` and an answer: `transferred` bytes
};

[[nodiscard]] RecordedCommand recorded(const Command& command);
/// "READ(10)-like": "28 00 00 00 00 10 00 00 01 00, in 2048 bytes"
[[nodiscard]] std::string to_string(const RecordedCommand& command);

/// Lines end with '\n'.
[[nodiscard]] std::string header_line(const TranscriptHeader& header);
[[nodiscard]] std::string record_line(const TranscriptRecord& record);

/// Fail: parse. `got` says what was expected; the caller adds file and line.
Result<TranscriptHeader> parse_header(std::string_view line);
Result<TranscriptRecord> parse_record(std::string_view line);

}  // namespace pressmark
