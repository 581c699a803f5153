// A cursor over the transcript's lines. Each command takes the next line and must be the one recorded there.
#include "drivers/replay/replay.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <utility>

#include "drivers/replay/transcript.h"

namespace pressmark {
namespace {

constexpr std::size_t kChunkBytes = 64 * 1024;
/// Base64 of the largest transfer, twice for good measure.
constexpr std::size_t kLineBytes = 4ULL * kTranscriptTransferLimit;

class LineReader {
 public:
  explicit LineReader(std::unique_ptr<File> file) : file_(std::move(file)) {}

  /// The next line without its end; nothing after the last whole one. Fails: io, parse (a line of more than kLineBytes).
  Result<std::optional<std::string>> next() {
    ++number_;
    for (std::size_t searched = 0;;) {
      const std::size_t end = buffer_.find('\n', searched);
      if (end != std::string::npos) {
        std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        return line;
      }
      searched = buffer_.size();
      if (searched > kLineBytes)
        return fail({.kind = ErrorKind::parse, .tried = "read the transcript", .got = "a line without an end"});
      std::array<std::byte, kChunkBytes> chunk;
      const auto got = file_->read_at(offset_, chunk);
      if (!got) return fail(got.error());
      if (*got == 0) return std::nullopt;
      offset_ += *got;
      buffer_.append(reinterpret_cast<const char*>(chunk.data()), *got);
    }
  }

  [[nodiscard]] std::uint64_t number() const { return number_; }
  /// True if the file goes on after the last whole line: its writer was stopped.
  [[nodiscard]] bool cut_off() const { return !buffer_.empty(); }

 private:
  std::unique_ptr<File> file_;
  std::uint64_t offset_ = 0;
  std::uint64_t number_ = 0;
  std::string buffer_;
};

class Replay final : public Transport {
 public:
  Replay(LineReader lines, TransportInfo info, std::string path)
      : lines_(std::move(lines)), info_(std::move(info)), path_(std::move(path)) {}

  Result<Reply> execute(const Command& command) override {
    if (!is_sendable(command)) return fail(not_sendable(command));
    auto record = next_record();
    if (!record) return fail(std::move(record).error());
    const RecordedCommand asked = recorded(command);
    if (!*record) {
      return fail(
          mismatch(lines_.cut_off() ? "the recording was cut off here" : "the recording ends here", to_string(asked)));
    }
    TranscriptRecord& found = **record;
    if (found.command != asked) return fail(mismatch("recorded " + to_string(found.command), to_string(asked)));

    clock_.advance(found.elapsed);
    if (!found.answer) {
      Error error = std::move(found.answer).error();
      error.tried = fmt::format("send command {:02x}", static_cast<unsigned>(command.cdb[0]));
      error.where = where();
      return fail(std::move(error));
    }
    std::ranges::copy(found.received, command.data.begin());
    found.answer->elapsed = std::max(found.elapsed, Duration{1});
    return *found.answer;
  }

  [[nodiscard]] const TransportInfo& info() const override { return info_; }
  [[nodiscard]] Clock& clock() override { return clock_; }

 private:
  [[nodiscard]] std::string where() const { return fmt::format("{}, line {}", path_, lines_.number()); }

  Result<std::optional<TranscriptRecord>> next_record() {
    auto line = lines_.next();
    if (!line) return located(std::move(line).error());
    if (!*line) return std::nullopt;
    auto record = parse_record(**line);
    if (!record) return located(std::move(record).error());
    return std::move(*record);
  }

  std::unexpected<Error> located(Error error) const {
    error.where = where();
    return fail(std::move(error));
  }

  [[nodiscard]] Error mismatch(std::string recorded_words, const std::string& asked) const {
    return {.kind = ErrorKind::mismatch,
            .tried = "play the recorded session",
            .where = where(),
            .got = fmt::format("{}, asked {}", recorded_words, asked),
            .next = "a transcript answers only the commands it was recorded with: use the same version and options"};
  }

  // What no transport sends was not recorded either, so it must not use up a line.
  [[nodiscard]] bool is_sendable(const Command& command) const {
    const auto length = command.cdb_length;
    return (length == 6 || length == 10 || length == 12 || length == 16) &&
           command.data.size() <= info_.max_transfer_bytes;
  }

  [[nodiscard]] Error not_sendable(const Command& command) const {
    return {.kind = ErrorKind::usage,
            .tried = fmt::format("send command {:02x}", static_cast<unsigned>(command.cdb[0])),
            .where = path_,
            .got = fmt::format("a CDB of {} bytes and a transfer of {} bytes, where {} is the most", command.cdb_length,
                               command.data.size(), info_.max_transfer_bytes)};
  }

  LineReader lines_;
  TransportInfo info_;
  std::string path_;
  VirtualClock clock_;
};

}  // namespace

Result<std::unique_ptr<Transport>> open_replay(Files& files, const Path& transcript) {
  auto file = files.open(transcript, OpenMode::read);
  if (!file) return fail(std::move(file).error());
  LineReader lines{std::move(*file)};
  const auto in_first_line = [&](Error error) {
    error.where = fmt::format("{}, line 1", transcript.string());
    return fail(std::move(error));
  };
  auto first = lines.next();
  if (!first) return in_first_line(std::move(first).error());
  auto header = parse_header(first->value_or(""));
  if (!header) return in_first_line(std::move(header).error());
  TransportInfo info = std::move(header->drive);
  info.driver = "replay";
  info.path = transcript.string();
  return std::make_unique<Replay>(std::move(lines), std::move(info), transcript.string());
}

}  // namespace pressmark
