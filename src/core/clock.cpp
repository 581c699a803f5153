#include "pressmark/clock.h"

#include <thread>

namespace pressmark {
namespace {

struct SystemClock final : Clock {
  [[nodiscard]] Duration now() const override { return std::chrono::steady_clock::now().time_since_epoch(); }
  [[nodiscard]] std::chrono::system_clock::time_point wall() const override { return std::chrono::system_clock::now(); }
  void sleep_for(Duration d) override { std::this_thread::sleep_for(d); }
};

}  // namespace

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

std::chrono::system_clock::time_point VirtualClock::wall() const {
  using namespace std::chrono;
  constexpr sys_days kStart = 2000y / January / 1;
  return time_point_cast<system_clock::duration>(kStart + now_);
}

}  // namespace pressmark
