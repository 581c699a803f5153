// How fast a rip goes and when it will be done, from what its last seconds were like.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "pressmark/events.h"

namespace pressmark {

class RateMeter {
 public:
  void add(const Progress& progress, Duration at) {
    if (!samples_.empty() && (samples_.back().phase != progress.phase || samples_.back().round != progress.round))
      samples_.clear();
    const Sample sample{at, progress.phase, progress.round, progress.position.value,
                        progress.sectors - progress.pending};
    if (samples_.size() >= 2 && at - samples_[samples_.size() - 2].at < kGrain)
      samples_.back() = sample;
    else
      samples_.push_back(sample);
    while (samples_.size() > 2 && at - samples_.front().at > kWindow) samples_.pop_front();
  }
  /// Sectors decided (read or given up) a second over the last while.
  [[nodiscard]] std::optional<double> sectors_per_second() const {
    if (samples_.size() < 2) return std::nullopt;
    const double span = seconds(samples_.back().at - samples_.front().at);
    const auto done = static_cast<double>(samples_.back().decided - samples_.front().decided);
    if (span <= 0.01 || done <= 0) return std::nullopt;
    return done / span;
  }
  /// Until nothing is pending; later phases cannot be foreseen and are left out.
  [[nodiscard]] std::optional<Duration> remaining(const Progress& progress) const {
    const auto rate = sectors_per_second();
    if (!rate || progress.pending == 0) return std::nullopt;
    return from_seconds(static_cast<double>(progress.pending) / *rate);
  }

 private:
  static constexpr Duration kWindow = std::chrono::seconds{15};
  static constexpr Duration kGrain = std::chrono::milliseconds{200};
  struct Sample {
    Duration at;
    RipProgress::Phase phase;
    std::uint32_t round;
    std::int64_t position, decided;
  };
  std::deque<Sample> samples_;
};

}  // namespace pressmark
