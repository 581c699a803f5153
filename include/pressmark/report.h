// Renderings of a rip's events: a line that moves, plain lines, JSON lines, a log; and the record of a finished rip.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/events.h"
#include "pressmark/files.h"
#include "pressmark/rip.h"

namespace pressmark {

struct Identification;  // identify.h

/// Takes finished text; what it does with it (terminal, pipe, file) is the caller's.
using TextOutput = std::function<void(std::string_view)>;

struct ProgressStyle {
  int columns = 80;  ///< of the terminal; asked anew at each drawing through `measure` where that is set
  std::function<int()> measure;
  bool colour = false;
};

/// One line that is redrawn in place (carriage return, no cursor control) at most ten times a second by `clock`; notes and failures
/// scroll above it.
std::unique_ptr<EventSink> terminal_progress(TextOutput out, ProgressStyle style, const Clock& clock);

/// For pipes and logs of other programs: what matters as it happens, and a line of progress every `every` by `clock`.
std::unique_ptr<EventSink> plain_progress(TextOutput out, const Clock& clock,
                                          Duration every = std::chrono::seconds{30});

/// One JSON object a line, every event but thinned-out progress (docs/events.md).
std::unique_ptr<EventSink> json_events(TextOutput out, const Clock& clock);

/// NAME.log: everything but progress, with times.
std::unique_ptr<EventSink> text_log(TextOutput out);

/// Hands every event to several sinks, in order.
std::unique_ptr<EventSink> tee(std::vector<EventSink*> sinks);

/// NAME.rip.json, schema 1 (docs/rip-record.md); ends with a line break. `identification`: what the image is known as, or null.
[[nodiscard]] std::string rip_record(const RipOutcome& outcome, const RipOptions& options,
                                     const Identification* identification = nullptr);

/// What a person wants to know at the end, several lines: grades, unreadable ranges with their reasons, digests.
[[nodiscard]] std::string rip_summary(const RipOutcome& outcome);

/// "0:03:20", or "-" if unknown.
[[nodiscard]] std::string format_duration(std::optional<Duration> duration);
/// "4.38 GB" (decimal units, as drives and discs are sold).
[[nodiscard]] std::string format_bytes(std::uint64_t bytes);

}  // namespace pressmark
