// The head's place is kept as "it was at sector S at time T and has read on since". Read-ahead then needs no simulation
// of its own: a request for what follows is done when the stream, started at T, has passed its end, which may already
// have happened.
#include "drivers/simulated/mechanism.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pressmark::simulated {
namespace {

double fraction(double turns) { return turns - std::floor(turns); }

}  // namespace

Mechanism::Mechanism(const DriveModel& model, const Surface& surface)
    : model_(model),
      surface_(surface),
      cache_sectors_(std::max(model.cache_kib / 2, 2 * surface.form.block_sectors)),
      speed_x_(model.speeds(surface.form.kind).speeds_x.back()) {}

void Mechanism::start(double now, double extra_s) {
  if (spinning_) return;
  spinning_ = fresh_ = true;
  if (model_.slow_down_cure == DriveModel::Cure::stand_still) slow_until_ = -1;
  ready_at_ = now + extra_s + model_.spin_up_s;
  last_use_ = ready_at_;
}

void Mechanism::set_speed(double x, double now) {
  if (model_.slow_down_cure == DriveModel::Cure::set_speed) slow_until_ = -1;
  const auto& speeds = model_.speeds(surface_.form.kind).speeds_x;
  const auto above = std::ranges::upper_bound(speeds, x * (1 + 1e-3));  // hosts round kB/s down
  const double taken = above == speeds.begin() ? speeds.front() : *(above - 1);
  settled_at_ = now + model_.spin_up_s / 2 * std::abs(taken - speed_x_) / speeds.back();
  speed_x_ = taken;
}

double Mechanism::effective_x(double now) const {
  return now < slow_until_ ? std::min(speed_x_, model_.slow_down_x) : speed_x_;
}

bool Mechanism::constant_linear(double x) const { return x <= model_.speeds(surface_.form.kind).clv_up_to_x; }

double Mechanism::revolutions(double radius_mm, double x) const {
  const double r = constant_linear(x) ? radius_mm : surface_.form.outer_mm;
  return x * surface_.form.sectors_per_second_1x * surface_.spiral.options().sector_mm / (2 * std::numbers::pi * r);
}

double Mechanism::speed_at(double position, double now) const {
  const double x = effective_x(now);
  return constant_linear(x) ? x : x * surface_.spiral.place(position).radius_mm / surface_.form.outer_mm;
}

double Mechanism::pass(std::uint32_t from, std::uint32_t to, double x) const {
  if (from >= to) return 0;
  const std::uint32_t layers = surface_.spiral.layer_of(to) - surface_.spiral.layer_of(from);
  const double jumps = layers * model_.layer_change_ms / 1000;
  if (constant_linear(x)) return (to - from) / (x * surface_.form.sectors_per_second_1x) + jumps;
  return surface_.spiral.turns_between(from, to) / revolutions(surface_.form.outer_mm, x) + jumps;
}

double Mechanism::seek_s(std::uint32_t from, std::uint32_t to) const {
  const Place a = surface_.spiral.place(from), b = surface_.spiral.place(to);
  const double distance = std::abs(a.radius_mm - b.radius_mm);
  const double layer_change = a.layer == b.layer ? 0 : model_.layer_change_ms;
  if (distance <= model_.jump_turns * surface_.spiral.options().pitch_mm) return (model_.jump_ms + layer_change) / 1000;
  const double stroke = surface_.form.outer_mm - surface_.form.inner_mm;
  return (model_.seek_min_ms + (model_.seek_full_ms - model_.seek_min_ms) * distance / stroke + layer_change) / 1000;
}

double Mechanism::rotate_to(std::uint32_t target, double now, double x) const {
  const Place place = surface_.spiral.place(target);
  const double rps = revolutions(place.radius_mm, x);
  return fraction(place.turns - fraction(now * rps)) / rps;
}

double Mechanism::wake(double now) {
  if (spinning_ && model_.idle_spin_down_s > 0 && now - last_use_ > model_.idle_spin_down_s) stop();
  if (!spinning_) start(now, 0);
  const double awake = std::max({now, ready_at_, settled_at_});
  if (awake > now) position_time_ = std::max(position_time_, awake);
  return awake;
}

void Mechanism::catch_up(double now, double x) {
  const double turn = 1 / revolutions(surface_.spiral.place(position_).radius_mm, x);
  if (now - position_time_ < turn) return;  // still in the stride of its last read
  const std::uint32_t block = surface_.form.block_sectors;
  const std::uint32_t full = std::min(surface_.end, position_ + cache_sectors_);
  const std::uint32_t damage = surface_.damage.next_suspect(position_ / block, (full + block - 1) / block) * block;
  const std::uint32_t limit = std::clamp(damage, position_, full);
  if (position_time_ + pass(position_, limit, x) > now) return;
  position_ = limit;
  cache_begin_ = std::max(cache_begin_, limit - std::min(limit, cache_sectors_));
  position_time_ = now + rotate_to(limit, now, x);
}

Approach Mechanism::go_to(std::uint32_t target, double now, double x) {
  const bool after_spin_up = fresh_;
  fresh_ = false;
  if (target == position_ && !after_spin_up) return Approach::sequential;

  const double landing = now + seek_s(position_, target);
  const double arrival = landing + rotate_to(target, landing, x);
  if (target > position_ && !after_spin_up) {  // a short way forward is quicker by letting it pass
    const double passed = position_time_ + pass(position_, target, x);
    if (passed <= arrival) {
      position_time_ = passed;
      position_ = cache_begin_ = target;
      return Approach::sequential;
    }
  }
  ++seeks_;
  position_time_ = arrival;
  position_ = cache_begin_ = target;
  return after_spin_up ? Approach::spin_up : Approach::seek;
}

double Mechanism::failed_read_s(std::uint32_t retries) const {
  const double full = model_.failed_read_s - model_.failed_read_min_s;
  return model_.failed_read_min_s + full * retries / model_.default_retries;
}

void Mechanism::advance_to(std::uint32_t sector, double x) {
  position_time_ += pass(position_, sector, x);
  position_ = sector;
}

bool Mechanism::read_suspect(std::uint32_t block, const Policy& policy, double now, double x, Outcome& outcome) {
  const Condition condition = surface_.damage.at(block);
  const Attempt tried = attempt(condition, surface_.seed, block, way_of(block));
  const double allowed = static_cast<double>(policy.retries) / model_.default_retries;
  const bool good = tried.reads && tried.effort <= allowed;
  advance_to(std::min((block + 1) * surface_.form.block_sectors, surface_.end), x);
  if (policy.raw) {
    if (!good) {
      outcome.unread_blocks.push_back(block);
      cache_begin_ = position_;  // what did not read is not kept
    }
    return true;
  }
  if (good) {
    position_time_ += tried.effort * (model_.failed_read_s - model_.failed_read_min_s);
    return true;
  }
  position_time_ = std::max(position_time_, now) + failed_read_s(policy.retries);
  cache_begin_ = position_;
  if (model_.slow_down_x > 0) slow_until_ = position_time_ + model_.slow_down_s;
  outcome.failed_block = block;
  return false;
}

Way Mechanism::way_of(std::uint32_t block) const {
  return {.speed_x = read_x_, .approach = block == landing_block_ ? landing_ : Approach::sequential};
}

Mechanism::Outcome Mechanism::read(Span span, const Policy& policy, double now) {
  now = wake(now);
  const double x = effective_x(now);
  catch_up(now, x);

  const std::uint32_t end = span.first + span.count;
  const bool held = !policy.past_cache && span.first >= cache_begin_ && span.first < position_;
  Outcome outcome;
  if (held && end <= position_) {
    outcome.cached = true;
    outcome.done = now + policy.reply_bytes / (model_.interface_mb_per_s * 1e6);
    last_use_ = outcome.done;
    return outcome;
  }

  const std::uint32_t block_sectors = surface_.form.block_sectors;
  const std::uint32_t start = held || span.first == position_ ? position_ : span.first / block_sectors * block_sectors;
  if (policy.past_cache) position_time_ = std::max(position_time_, now);  // what was read ahead does not count
  const Approach approach = go_to(start, now, x);
  if (approach != Approach::sequential) {
    landing_ = approach;
    landing_block_ = start / block_sectors;
  }
  const std::uint32_t last = (end + block_sectors - 1) / block_sectors;
  for (std::uint32_t block = start / block_sectors; block < last && !outcome.failed_block;) {
    read_x_ = speed_at(position_, now);
    const std::uint32_t suspect = surface_.damage.next_suspect(block, last);
    if (suspect > block) {
      advance_to(std::min(suspect * block_sectors, surface_.end), x);
      block = suspect;
    } else {
      read_suspect(block++, policy, now, x, outcome);
    }
  }
  cache_begin_ = std::max(cache_begin_, position_ - std::min(position_, cache_sectors_));
  outcome.done = last_use_ = std::max(now, position_time_);
  return outcome;
}

}  // namespace pressmark::simulated
