// The road of a command through the simulated drive (drivers/simulated/machine.cpp and commands_read.cpp) without decoding,
// faults and bytes: the mechanism says when a read is done, the clock moves there.
#include "bench/recovery/world.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <fmt/format.h>
#include <limits>

namespace pressmark::recovery {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
/// A curve has a point for each such share of what can be had, and of the time gone by.
constexpr std::int64_t kMarks = 2000;
constexpr double kMarkEvery = 0.002;

double seconds_of(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

// The first costs a system call, too much for every read.
double thread_cpu_seconds() { return seconds_of(CLOCK_THREAD_CPUTIME_ID); }
double wall_seconds() { return seconds_of(CLOCK_MONOTONIC); }

std::uint32_t retries_of(Effort effort, const simulated::DriveModel& drive) {
  if (!drive.honours_retry_count) return drive.default_retries;
  switch (effort) {
    case Effort::quick: return 0;
    case Effort::usual: return drive.default_retries;
    case Effort::most: return 255;
  }
  return drive.default_retries;
}

}  // namespace

double Outcome::recovered_at(double seconds) const {
  const auto after = std::ranges::upper_bound(curve, seconds, {}, &Point::seconds);
  if (after == curve.begin()) return 0;
  const Point& a = *(after - 1);
  if (after == curve.end()) return static_cast<double>(a.recovered);
  const double share = (seconds - a.seconds) / (after->seconds - a.seconds);
  return static_cast<double>(a.recovered) + share * static_cast<double>(after->recovered - a.recovered);
}

World::World(simulated::Scenario scenario) : scenario_(std::move(scenario)) {
  auto disc = simulated::load_disc(scenario_, scenario_.disc, true);
  if (!disc) {
    fmt::print(stderr, "{}\n", describe(disc.error()));
    std::exit(3);
  }
  disc_ = std::move(*disc);
  disc_->mechanism().spin_at_once();
  had_.resize(static_cast<std::size_t>(sectors()));
  outcome_.reached.fill(kNever);
  learn_truth();
  mark(0, 0);
  cpu_begin_ = thread_cpu_seconds();
  wall_begin_ = wall_seconds();
}

double World::speed_x(std::uint32_t speed_kb_per_s) const {
  return speed_kb_per_s == 0 ? 1e9 : speed_kb_per_s / disc_->form().kilobytes_per_second_1x;
}

bool World::would_read(std::int64_t block, std::uint32_t speed_kb_per_s, simulated::Approach approach) const {
  const simulated::SpeedTable& table = scenario_.drive.speeds(kind());
  const double asked = speed_x(speed_kb_per_s) * (1 + 1e-3);  // as Mechanism::set_speed
  const auto above = std::ranges::upper_bound(table.speeds_x, asked);
  const double set = above == table.speeds_x.begin() ? table.speeds_x.front() : *(above - 1);
  const auto index = static_cast<std::uint32_t>(block);
  const double share =
      disc_->spiral().place(static_cast<double>(index) * block_sectors()).radius_mm / disc_->form().outer_mm;
  const simulated::Way way{.speed_x = set <= table.clv_up_to_x ? set : set * share, .approach = approach};
  return simulated::attempt(disc_->damage().at(index), scenario_.seed, index, way).reads;
}

Truth World::judge(std::uint32_t block) const {
  using Kind = simulated::Condition::Kind;
  const Kind kind = disc_->damage().at(block).kind;
  if (kind == Kind::sound) return Truth::sound;
  if (kind == Kind::dead) return Truth::dead;
  for (const double x : scenario_.drive.speeds(this->kind()).speeds_x)
    for (const auto approach :
         {simulated::Approach::sequential, simulated::Approach::seek, simulated::Approach::spin_up}) {
      const auto speed = static_cast<std::uint32_t>(x * disc_->form().kilobytes_per_second_1x);
      if (would_read(block, speed, approach)) return Truth::marginal;
    }
  return Truth::dead;
}

void World::learn_truth() {
  const auto size = block_sectors();
  const auto count = static_cast<std::uint32_t>((sectors() + size - 1) / size);
  truth_.assign(count, Truth::sound);
  can_be_had_ = sectors();
  for (std::uint32_t block = 0; (block = disc_->damage().next_suspect(block, count)) < count; ++block) {
    truth_[block] = judge(block);
    const std::int64_t first = std::int64_t{block} * size;
    if (truth_[block] == Truth::dead) can_be_had_ -= std::min<std::int64_t>(size, sectors() - first);
  }
}

void World::command(double extra_s) {
  ++outcome_.commands;
  clock_.advance(from_seconds(extra_s + scenario_.drive.command_ms / 1000));
}

simulated::Mechanism::Outcome World::play(std::int64_t first, std::uint32_t count, bool past_cache) {
  const double started = now();
  const auto outcome = disc_->mechanism().read(
      {.first = static_cast<std::uint32_t>(first), .count = count},
      {.past_cache = past_cache, .retries = retries_of(effort_, scenario_.drive), .reply_bytes = 2048.0 * count},
      started);
  command(std::max(0.0, outcome.done - started - scenario_.drive.command_ms / 1000));
  return outcome;
}

void World::go_far_from(std::int64_t first) {
  const std::int64_t far = (first + sectors() / 2) % sectors();
  std::int64_t at = far;
  for (std::int64_t tried = 0; !has(at) && tried < sectors() / 4; ++tried) at = (at + 1) % sectors();
  play(has(at) ? at : far, 1, false);
}

void World::prepare(const Read& read) {
  simulated::Mechanism& mechanism = disc_->mechanism();
  if (read.speed_kb_per_s != speed_kb_per_s_) {
    speed_kb_per_s_ = read.speed_kb_per_s;
    if (scenario_.drive.sets_speed) mechanism.set_speed(speed_x(speed_kb_per_s_), now());
    command();
  }
  if (read.effort != effort_) {
    effort_ = read.effort;
    command();
  }
  switch (read.approach) {
    case Approach::sequential: break;
    case Approach::seek: go_far_from(read.first); break;
    case Approach::spin_up:
      mechanism.stop();
      command();
      mechanism.start(now(), 0);
      command(mechanism.ready_at() - now());
      break;
  }
}

Answer World::read(const Read& read) {
  assert(read.first >= 0 && read.count > 0 && read.first + read.count <= sectors());
  const double entered = wall_seconds();
  const double asked = now();
  prepare(read);
  const bool fua = read.past_cache && scenario_.drive.honours_fua;
  if (fua && kind() == MediaKind::cd) {
    disc_->mechanism().flush();
    command();
  }
  ++outcome_.reads;
  const double begun = now();
  const auto outcome = play(read.first, read.count, fua && kind() != MediaKind::cd);
  Answer answer{.failed = outcome.failed_block.has_value(), .failed_at = {}, .seconds = now() - asked};
  if (answer.failed) {
    ++outcome_.failing_reads;
    const std::int64_t block_first = std::int64_t{*outcome.failed_block} * block_sectors();
    answer.failed_at = std::max(read.first, block_first);
    if (read.keeps_prefix) enter(read.first, *answer.failed_at, begun);
    const double latest = outcome_.curve.back().seconds;
    if (now() - latest > kMarkEvery * now()) {
      if (begun > latest) mark(begun, recovered_);
      mark(now(), recovered_);
    }
  } else {
    enter(read.first, read.first + read.count, begun);
  }
  wall_own_ += wall_seconds() - entered;
  if (watcher_) watcher_(read, answer);
  return answer;
}

void World::enter(std::int64_t first, std::int64_t end, double begun) {
  const std::int64_t before = recovered_;
  for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(end); ++i) {
    if (had_[i]) continue;
    had_[i] = true;
    ++recovered_;
  }
  if (recovered_ < next_mark_ && recovered_ < can_be_had_) return;
  if (recovered_ == before) return;
  if (begun > outcome_.curve.back().seconds) mark(begun, before);
  mark(now(), recovered_);
  next_mark_ = recovered_ + std::max<std::int64_t>(1, can_be_had_ / kMarks);
  for (std::size_t i = 0; i < kShares.size(); ++i) {
    const auto wanted = static_cast<std::int64_t>(std::ceil(kShares[i] * static_cast<double>(can_be_had_)));
    if (recovered_ >= wanted)
      outcome_.reached[i] = std::min(outcome_.reached[i], now());
    else
      next_mark_ = std::min(next_mark_, wanted);  // so that this time is exact
  }
}

void World::mark(double seconds, std::int64_t recovered) {
  outcome_.curve.push_back({.seconds = seconds, .recovered = recovered});
}

Outcome World::outcome() const {
  Outcome o = outcome_;
  const double wall = wall_seconds() - wall_begin_;
  o.strategy_cpu_s = (thread_cpu_seconds() - cpu_begin_) * (1 - wall_own_ / wall);
  o.total_s = now();
  o.can_be_had = can_be_had_;
  o.recovered = recovered_;
  o.seeks = disc_->mechanism().seeks();
  o.curve.push_back({.seconds = now(), .recovered = recovered_});
  return o;
}

}  // namespace pressmark::recovery
