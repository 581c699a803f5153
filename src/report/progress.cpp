// The rendering sinks. Each keeps only what its next line needs.
#include <algorithm>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "pressmark/report.h"

#include "report/rate.h"
#include "report/text.h"

namespace pressmark {
namespace {

double percent(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? 100.0 * static_cast<double>(part) / static_cast<double>(whole) : 100.0;
}

std::string speed_words(std::optional<double> sectors_per_second) {
  return sectors_per_second ? fmt::format("{:.1f} MB/s", *sectors_per_second * kUserBytes / 1e6) : std::string{"-"};
}

/// Fields in order of worth; those that do not fit the line are left out from the end.
std::string fit(const std::vector<std::string>& fields, std::size_t columns) {
  std::string line;
  for (const std::string& field : fields) {
    if (line.size() + field.size() + (line.empty() ? 0 : 2) > columns) break;
    if (!line.empty()) line += "  ";
    line += field;
  }
  return line;
}

/// A scratched disc has thousands of failed reads: they are counted in the progress line, told one by one in the log, and
/// summed up at the end.
std::string screen_words(const Event& event) {
  if (std::holds_alternative<ReadFailed>(event) || std::holds_alternative<Recovered>(event)) return {};
  return event_words(event);
}

class TerminalProgress final : public EventSink {
 public:
  TerminalProgress(TextOutput out, ProgressStyle style, const Clock& clock)
      : out_(std::move(out)), style_(std::move(style)), clock_(clock) {}
  ~TerminalProgress() override { wipe(); }

  void on(const Event& event, Duration at) override {
    if (const auto* progress = std::get_if<Progress>(&event)) {
      rate_.add(*progress, at);
      last_ = *progress;
      draw_progress(at);
    } else if (const auto* digesting = std::get_if<Digesting>(&event)) {
      if (due())
        draw(fit({fmt::format("digests {:3.0f}%", percent(static_cast<std::int64_t>(digesting->done_bytes),
                                                          static_cast<std::int64_t>(digesting->total_bytes))),
                  format_bytes(digesting->done_bytes)},
                 columns()));
    } else if (const std::string words = screen_words(event); !words.empty()) {
      wipe();
      const auto* noted = std::get_if<Note>(&event);
      const bool warn = style_.colour && noted != nullptr && noted->level == Note::Level::warning;
      out_(fmt::format("{}{}{}\n", warn ? "\x1b[33m" : "", words, warn ? "\x1b[0m" : ""));
    }
  }

 private:
  [[nodiscard]] std::size_t columns() const {
    const int columns = style_.measure ? style_.measure() : style_.columns;
    return static_cast<std::size_t>(std::clamp(columns - 1, 10, 200));
  }
  bool due() {
    if (drawn_at_ && clock_.now() - *drawn_at_ < std::chrono::milliseconds{100}) return false;
    drawn_at_ = clock_.now();
    return true;
  }
  void draw_progress(Duration at) {
    if (!due()) return;
    const std::size_t width = columns();
    const std::int64_t decided = last_.sectors - last_.pending;
    const double done = percent(last_.phase == RipProgress::Phase::stream ? decided : last_.good, last_.sectors);
    std::string bar;
    if (width >= 70) {
      const auto filled = static_cast<std::size_t>(done / 100 * 16);
      bar = fmt::format("[{:#<{}}{:.<{}}] ", "", filled, "", 16 - filled);
    }
    std::vector<std::string> fields{fmt::format("{}{:5.1f}%", bar, done), phase_words(last_.phase, last_.round)};
    if (last_.files) fields.push_back(file_words(*last_.files));
    for (std::string& field : std::vector<std::string>{
             speed_words(rate_.sectors_per_second()), fmt::format("left {}", format_duration(rate_.remaining(last_))),
             fmt::format("bad {}", last_.unreadable), format_duration(at), fmt::format("LBA {}", last_.position.value)})
      fields.push_back(std::move(field));
    draw(fit(fields, width));
  }
  void draw(std::string line) {
    const std::size_t length = line.size();
    if (length < on_screen_) line.append(on_screen_ - length, ' ');
    out_("\r" + line);
    on_screen_ = length;
  }
  void wipe() {
    if (on_screen_ == 0) return;
    out_("\r" + std::string(on_screen_, ' ') + "\r");
    on_screen_ = 0;
  }

  TextOutput out_;
  ProgressStyle style_;
  const Clock& clock_;
  RateMeter rate_;
  Progress last_;
  std::optional<Duration> drawn_at_;
  std::size_t on_screen_ = 0;
};

class PlainProgress final : public EventSink {
 public:
  PlainProgress(TextOutput out, const Clock& clock, Duration every)
      : out_(std::move(out)), clock_(clock), every_(every) {}

  void on(const Event& event, Duration at) override {
    if (const auto* progress = std::get_if<Progress>(&event)) {
      rate_.add(*progress, at);
      if (!due()) return;
      out_(fmt::format("{:.1f}% read, {}{}{}, LBA {}, {}, {} unreadable, {} elapsed, {} left\n",
                       percent(progress->good, progress->sectors), phase_words(progress->phase, progress->round),
                       progress->files ? ", " : "", progress->files ? file_words(*progress->files) : std::string{},
                       progress->position.value, speed_words(rate_.sectors_per_second()), progress->unreadable,
                       format_duration(at), format_duration(rate_.remaining(*progress))));
    } else if (const std::string words = screen_words(event); !words.empty()) {
      out_(words + "\n");
    }
  }

 private:
  bool due() {
    const Duration now = clock_.now();
    if (!last_) last_ = now;
    if (now - *last_ < every_) return false;
    last_ = now;
    return true;
  }

  TextOutput out_;
  const Clock& clock_;
  Duration every_;
  RateMeter rate_;
  std::optional<Duration> last_;
};

/// A further line of the same event stands under its first.
constexpr std::string_view kIndent = "\n             ";

class TextLog final : public EventSink {
 public:
  explicit TextLog(TextOutput out) : out_(std::move(out)) {}

  void on(const Event& event, Duration at) override {
    std::string words = event_words(event);
    if (words.empty()) return;
    for (std::size_t line = 0; (line = words.find('\n', line)) != std::string::npos; line += kIndent.size())
      words.replace(line, 1, kIndent);
    out_(fmt::format("{:>11.3f}  {}\n", seconds(at), words));
  }

 private:
  TextOutput out_;
};

class Tee final : public EventSink {
 public:
  explicit Tee(std::vector<EventSink*> sinks) : sinks_(std::move(sinks)) {}
  void on(const Event& event, Duration at) override {
    for (EventSink* sink : sinks_) sink->on(event, at);
  }

 private:
  std::vector<EventSink*> sinks_;
};

}  // namespace

std::unique_ptr<EventSink> terminal_progress(TextOutput out, ProgressStyle style, const Clock& clock) {
  return std::make_unique<TerminalProgress>(std::move(out), std::move(style), clock);
}
std::unique_ptr<EventSink> plain_progress(TextOutput out, const Clock& clock, Duration every) {
  return std::make_unique<PlainProgress>(std::move(out), clock, every);
}
std::unique_ptr<EventSink> text_log(TextOutput out) { return std::make_unique<TextLog>(std::move(out)); }
std::unique_ptr<EventSink> tee(std::vector<EventSink*> sinks) { return std::make_unique<Tee>(std::move(sinks)); }

}  // namespace pressmark
