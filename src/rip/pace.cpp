// Everything is a comparison of two paces by the drive's own clock; nothing is known of how quick a drive ought to be.
#include "rip/pace.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace pressmark {
namespace {

/// A stretch is judged when it has taken so long: bursts out of the drive's cache even out.
constexpr double kStretch_s = 1;
/// Slower than this share of what is expected is slow; faster than that one is back at speed.
constexpr double kSlow = 0.6, kAtSpeed = 0.8;
/// One slow stretch may be the host's doing.
constexpr int kSlowStretches = 2;
/// What stopping and starting a disc costs.
constexpr double kStandstill_s = 15;

std::string_view words(Pace::Remedy remedy) {
  switch (remedy) {
    case Pace::Remedy::nothing: return "waiting";
    case Pace::Remedy::say_speed: return "being told its speed again";
    case Pace::Remedy::stand_still: return "stopping and starting the disc";
  }
  return {};
}

}  // namespace

double Pace::turn_at(std::int64_t sector) const { return geometry_ ? geometry_->sectors_per_turn(sector) : 1; }

/// The lesser of what constant linear and constant angular velocity would give: drives change between the two.
double Pace::expected_at(std::int64_t sector) const {
  return *rate_ * std::min(1.0, turn_at(sector) / turn_at(rate_at_));
}

void Pace::read(std::int64_t first, std::uint32_t count, std::uint32_t speed_kb_per_s, double seconds) {
  if (speed_kb_per_s != speed_) forget();
  speed_ = speed_kb_per_s;
  if (first != std::exchange(next_, first + count)) {
    // The head had to come here: that time is not the pace's.
    begun_ = next_;
    seconds_ = 0;
    return;
  }
  seconds_ += seconds;
  if (seconds_ < kStretch_s) return;
  judge(static_cast<double>(next_ - begun_) / seconds_);
  begun_ = next_;
  seconds_ = 0;
}

void Pace::failed(std::int64_t sector) {
  next_ = -1;
  if (!error_) slow_stretches_ = 0;
  error_ = sector;
}

void Pace::forget() {
  next_ = -1;
  rate_.reset();
  error_.reset();
  slow_ = false;
  slow_stretches_ = 0;
  due_ = Remedy::nothing;
  for (Trial& t : trials_) t.waits = false;
}

void Pace::judge(double rate) {
  const std::int64_t middle = (begun_ + next_) / 2;
  if (error_ && rate_) {
    const double expected = expected_at(middle);
    if (rate < kSlow * expected || (slow_ && rate < kAtSpeed * expected)) return slow_stretch(rate, expected);
    if (slow_) back_at_speed();
  }
  error_.reset();
  slow_stretches_ = 0;
  rate_ = rate;
  rate_at_ = middle;
}

void Pace::slow_stretch(double rate, double expected) {
  episode_s_ += seconds_;
  lost_s_ += seconds_ * (1 - rate / expected);
  if (slow_) slowness_.time += from_seconds(seconds_);
  if (++slow_stretches_ < kSlowStretches) return;
  if (!slow_) {
    slow_ = true;
    slowness_.time += from_seconds(episode_s_);
    if (++slowness_.times == 1)
      news_.push_back(fmt::format("since the error at sector {} the drive reads at {:.0f} % of its speed before",
                                  *error_, 100 * rate / expected));
  }
  // A remedy has been used, and whole stretches since were slow all the same.
  for (const Remedy remedy : {Remedy::say_speed, Remedy::stand_still}) {
    Trial& t = trial(remedy);
    if (!std::exchange(t.waits, false) || t.helps) continue;
    t.helps = false;
    news_.push_back(fmt::format("{} does not bring the drive's speed back: not done again", words(remedy)));
  }
  const auto worth = [this](Remedy remedy) { return trial(remedy).helps.value_or(true); };
  if (worth(Remedy::say_speed))
    due_ = Remedy::say_speed;
  else if (worth(Remedy::stand_still) && lost_s_ > kStandstill_s)
    due_ = Remedy::stand_still;
}

void Pace::back_at_speed() {
  Remedy by = Remedy::nothing;
  for (const Remedy remedy : {Remedy::say_speed, Remedy::stand_still}) {
    Trial& t = trial(remedy);
    if (!std::exchange(t.waits, false)) continue;
    if (!t.helps) news_.push_back(fmt::format("{} brings the drive's speed back", words(remedy)));
    t.helps = true;
    by = remedy;
  }
  if (by == Remedy::nothing && slowness_.times == 1)
    news_.push_back(fmt::format("the drive is at its speed again, {:.0f} s after it slowed down", episode_s_));
  slow_ = false;
  episode_s_ = lost_s_ = 0;
}

Pace::Remedy Pace::due() {
  const Remedy remedy = std::exchange(due_, Remedy::nothing);
  if (remedy == Remedy::nothing) return remedy;
  trial(remedy).waits = true;
  slow_stretches_ = 0;  // what comes is judged anew
  if (remedy == Remedy::stand_still) lost_s_ = 0;
  next_ = -1;
  return remedy;
}

std::vector<std::string> Pace::news() { return std::exchange(news_, {}); }

}  // namespace pressmark
