// The line goes out after the answer came in and before the caller sees it, in one write at the end of the file.
#include "drivers/replay/recorder.h"

#include <algorithm>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <utility>

#include "drivers/replay/transcript.h"

namespace pressmark {
namespace {

class Recorder final : public RecordingTransport {
 public:
  Recorder(std::unique_ptr<File> file, std::unique_ptr<Transport> inside)
      : file_(std::move(file)), inside_(std::move(inside)), info_(inside_->info()) {
    info_.max_transfer_bytes = std::min(info_.max_transfer_bytes, kTranscriptTransferLimit);
  }

  Result<void> start() {
    return append(
        header_line({.tool = "pressmark " PRESSMARK_VERSION,
                     .started = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                                            fmt::gmtime(std::chrono::system_clock::to_time_t(inside_->clock().wall()))),
                     .drive = info_}));
  }

  Result<Reply> execute(const Command& command) override {
    if (command.data.size() > info_.max_transfer_bytes) return fail(too_large(command));
    const Duration before = inside_->clock().now();
    auto answer = inside_->execute(command);
    const bool reached_drive = answer || answer.error().kind != ErrorKind::usage;
    if (recording_ && reached_drive) {
      recording_ = append(record_line(record_of(command, answer, inside_->clock().now() - before)));
    }
    return answer;
  }

  [[nodiscard]] const TransportInfo& info() const override { return info_; }
  [[nodiscard]] Clock& clock() override { return inside_->clock(); }
  [[nodiscard]] Result<void> recording() const override { return recording_; }

 private:
  static TranscriptRecord record_of(const Command& command, const Result<Reply>& answer, Duration passed) {
    TranscriptRecord record{.command = recorded(command), .timeout = command.timeout, .answer = answer};
    record.elapsed = std::max(answer ? answer->elapsed : passed, Duration{0});
    if (answer && command.direction == Direction::in) {
      const auto data = command.data.first(std::min<std::size_t>(answer->transferred, command.data.size()));
      record.received.assign(data.begin(), data.end());
    }
    return record;
  }

  [[nodiscard]] Error too_large(const Command& command) const {
    return {.kind = ErrorKind::usage,
            .tried = fmt::format("send command {:02x}", static_cast<unsigned>(command.cdb[0])),
            .where = info_.path,
            .got = fmt::format("a transfer of {} bytes, where {} is the most", command.data.size(),
                               info_.max_transfer_bytes)};
  }

  Result<void> append(const std::string& line) {
    auto written = file_->write_at(end_, std::as_bytes(std::span{line}));
    if (written) end_ += line.size();
    return written;
  }

  std::unique_ptr<File> file_;
  std::unique_ptr<Transport> inside_;
  TransportInfo info_;
  std::uint64_t end_ = 0;
  Result<void> recording_;
};

}  // namespace

Result<std::unique_ptr<RecordingTransport>> record_to(Files& files, const Path& transcript,
                                                      std::unique_ptr<Transport> inside) {
  if (files.exists(transcript)) {
    return fail({.kind = ErrorKind::usage,
                 .tried = "record the session",
                 .where = transcript.string(),
                 .got = "the file is there already",
                 .next = "choose another name, or remove it"});
  }
  auto file = files.open(transcript, OpenMode::create);
  if (!file) return fail(std::move(file).error());
  auto recorder = std::make_unique<Recorder>(std::move(*file), std::move(inside));
  if (auto started = recorder->start(); !started) return fail(std::move(started).error());
  return recorder;
}

}  // namespace pressmark
