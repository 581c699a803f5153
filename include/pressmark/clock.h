// Time as an argument. Everything that waits or times takes a Clock; only a transport knows which one.
#pragma once

#include <chrono>

namespace pressmark {

using Duration = std::chrono::nanoseconds;

/// Monotonic time since some fixed instant, and waiting. Not thread-safe unless an implementation says so.
struct Clock {
  virtual ~Clock() = default;
  [[nodiscard]] virtual Duration now() const = 0;
  /// The date, for records and logs only; never for decisions.
  [[nodiscard]] virtual std::chrono::system_clock::time_point wall() const = 0;
  virtual void sleep_for(Duration d) = 0;
};

/// The machine's own clock (CLOCK_MONOTONIC). Thread-safe; lives as long as the program.
[[nodiscard]] Clock& system_clock();

/// A clock that moves only when told to: sleeping is moving. Its date starts at 2000-01-01 00:00:00 UTC, so
/// that whatever is made from it is the same on every run.
class VirtualClock final : public Clock {
 public:
  [[nodiscard]] Duration now() const override { return now_; }
  [[nodiscard]] std::chrono::system_clock::time_point wall() const override;
  void sleep_for(Duration d) override { advance(d); }
  void advance(Duration d) {
    if (d > Duration::zero()) now_ += d;
  }

 private:
  Duration now_{0};
};

[[nodiscard]] constexpr double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }
[[nodiscard]] constexpr Duration from_seconds(double s) { return Duration{static_cast<std::int64_t>(s * 1e9)}; }

}  // namespace pressmark
