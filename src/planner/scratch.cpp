// The numbers below were found by trying (docs/recovery.md); none of them is sharp.
#include "planner/scratch.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace pressmark {
namespace {

constexpr std::size_t kGuesses = 4000;
/// Chance that a block fails which no scratch touches, or reads which a scratch is sure to spoil.
constexpr double kSurprise = 0.0005;
constexpr double kLeastWidth = 0.03;
/// A scratch that has been seen for `age` turns ends in the next one with the chance 1 / (kYoung + age).
constexpr double kYoung = 60;
/// Resample once fewer than this share of the guesses carry the weight.
constexpr double kEffectiveShare = 0.4;
/// Liu and West's h: how far a resampled guess may stray, in standard deviations of all.
constexpr double kStray = 0.1;
/// Of a turn's length: standard deviation that a surprise adds.
constexpr double kDoubt = 1e-4;
/// Shares of touched blocks that fail: most scratches spoil nearly all.
constexpr std::array kHits{0.3, 0.6, 0.9, 0.98};

struct Moments {
  double mean = 0, deviation = 0;
};

}  // namespace

/// SplitMix64.
double Scratch::uniform() {
  std::uint64_t z = random_ += 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return static_cast<double>((z ^ (z >> 31U)) >> 11U) * 0x1p-53;
}

/// Nearly normal: the sum of four uniform numbers, scaled to a standard deviation of 1.
double Scratch::gauss() { return (uniform() + uniform() + uniform() + uniform() - 2) * 1.7320508; }

Scratch::Scratch(BlockSpan first_hit, const ScratchPrior& prior, std::uint64_t seed)
    : alive_(1 - prior.isolated), most_width_(prior.most_width), belief_(prior.spiral), random_(seed) {
  guesses_.reserve(kGuesses);
  const auto length = static_cast<double>(first_hit.end - first_hit.first);
  const double widest = most_width_ * 0.6;
  double total = 0;
  for (std::size_t i = 0; i < kGuesses; ++i) {
    Guess g{};
    g.width = prior.width > 0 ? prior.width * std::exp(0.4 * gauss())
                              : kLeastWidth * std::exp(uniform() * std::log(widest / kLeastWidth));
    g.width = std::clamp(g.width, kLeastWidth, most_width_);
    g.at = static_cast<double>(first_hit.first) - g.width + uniform() * (length + g.width);
    g.turn = prior.spiral.turn + prior.spiral.turn_sd * gauss();
    g.growth = prior.spiral.growth + prior.spiral.growth_sd * gauss();
    const double kind = uniform();
    g.hit = kHits[kind < 0.1 ? 0 : kind < 0.2 ? 1 : kind < 0.5 ? 2 : 3];
    total += g.weight = g.hit;
    guesses_.push_back(g);
  }
  for (Guess& g : guesses_) g.weight /= total;
  find_bounds();
}

void Scratch::find_bounds() {
  earliest_ = guesses_[0].at;
  latest_ = guesses_[0].at;
  for (const Guess& g : guesses_) {
    earliest_ = std::min(earliest_, g.at);
    latest_ = std::max(latest_, g.at + g.width);
  }
}

Scratch::Outlook Scratch::look(BlockSpan block) {
  if (earliest_ >= static_cast<double>(block.end)) return {};
  bool moved = false;
  for (Guess& g : guesses_) {
    while (g.at + g.width <= static_cast<double>(block.first)) {
      g.next_turn();
      moved = true;
    }
  }
  if (moved) find_bounds();
  Outlook outlook;
  for (const Guess& g : guesses_) {
    if (!g.meets(block)) continue;
    outlook.fails += g.weight * g.hit;
    outlook.touched += g.weight;
  }
  return {outlook.fails * alive_, outlook.touched * alive_};
}

void Scratch::saw(BlockSpan block, bool failed) {
  if (earliest_ >= static_cast<double>(block.end)) return;
  const double elsewhere = failed ? kSurprise : 1 - kSurprise;
  double total = 0;
  for (Guess& g : guesses_) {
    const double fails = g.meets(block) ? g.hit : kSurprise;
    total += g.weight *= failed ? fails : 1 - fails;
  }
  const double with = alive_ * total, without = (1 - alive_) * elsewhere;
  alive_ = with / (with + without);
  double squares = 0;
  for (Guess& g : guesses_) {
    g.weight /= total;
    squares += g.weight * g.weight;
  }
  if (squares * kEffectiveShare * static_cast<double>(guesses_.size()) > 1) resample();
}

double Scratch::distance(BlockSpan block) const {
  const Guess& best = *std::ranges::max_element(guesses_, {}, &Guess::weight);
  const double off = static_cast<double>(block.first + block.end) / 2 - (best.at + best.width / 2);
  return std::abs(off - best.turn * std::round(off / best.turn));
}

void Scratch::rethink(BlockSpan block) {
  const auto length = static_cast<double>(block.end - block.first);
  for (std::size_t i = 0; i < guesses_.size(); i += 2) {
    Guess& g = guesses_[i];
    // The turn is kept as it is at this place, but for a little more doubt.
    const double turns = std::round((static_cast<double>(block.first) - g.at) / g.turn);
    g.turn += turns * g.growth + std::max(2 * belief_.turn_sd, kDoubt * g.turn) * gauss();
    g.at = static_cast<double>(block.first) - g.width + uniform() * (length + g.width);
  }
  const double step = 1 / static_cast<double>(guesses_.size());
  for (Guess& g : guesses_) g.weight = step;
  alive_ = std::max(alive_, 0.5);
  find_bounds();
}

void Scratch::fade(double turns, double age_turns) { alive_ *= 1 - std::min(1.0, turns / (kYoung + age_turns)); }

/// Some guesses have been moved past the last block and some have not: brings all to the turn of the likeliest.
void Scratch::gather_on_one_turn() {
  const double at = std::ranges::max_element(guesses_, {}, &Guess::weight)->at;
  for (Guess& g : guesses_) {
    if (g.at - at > g.turn / 2)
      g.last_turn();
    else if (at - g.at > g.turn / 2)
      g.next_turn();
  }
}

void Scratch::resample() {
  gather_on_one_turn();
  const auto moments = [this](double Guess::* field) {
    Moments m;
    for (const Guess& g : guesses_) m.mean += g.weight * g.*field;
    for (const Guess& g : guesses_) m.deviation += g.weight * (g.*field - m.mean) * (g.*field - m.mean);
    m.deviation = std::sqrt(m.deviation);
    return m;
  };
  const Moments at = moments(&Guess::at), turn = moments(&Guess::turn), growth = moments(&Guess::growth);
  belief_ = {.at = at.mean,
             .turn = turn.mean,
             .turn_sd = turn.deviation,
             .growth = growth.mean,
             .growth_sd = growth.deviation};
  double together = 0;
  for (const Guess& g : guesses_) together += g.weight * (g.at - at.mean) * (g.turn - turn.mean);
  const double spread = at.deviation * turn.deviation;
  const double correlation = spread > 0 ? std::clamp(together / spread, -1.0, 1.0) : 0;
  const double independent = std::sqrt(1 - correlation * correlation);

  const double keep = std::sqrt(1 - kStray * kStray);
  const auto stray = [&](const Moments& m, double value, double by) {
    return m.mean + keep * (value - m.mean) + kStray * m.deviation * by;
  };
  const std::vector<Guess> old = std::exchange(guesses_, {});
  guesses_.reserve(old.size());
  const double step = 1 / static_cast<double>(old.size());
  double mark = uniform() * step, sum = old[0].weight;
  std::size_t from = 0;
  for (std::size_t i = 0; i < old.size(); ++i, mark += step) {
    while (sum < mark && from + 1 < old.size()) sum += old[++from].weight;
    const Guess& g = old[from];
    const double one = gauss(), two = correlation * one + independent * gauss();
    const bool rethink = uniform() < 0.02;
    guesses_.push_back({.at = stray(at, g.at, one) + 0.01 * gauss(),
                        .turn = stray(turn, g.turn, two),
                        .growth = stray(growth, g.growth, gauss()),
                        .width = std::clamp(g.width * std::exp(0.06 * gauss()), kLeastWidth, most_width_),
                        .hit = rethink ? kHits[static_cast<std::size_t>(uniform() * kHits.size())] : g.hit,
                        .weight = step});
  }
  find_bounds();
}

double Scratch::width() const {
  double width = 0;
  for (const Guess& g : guesses_) width += g.weight * g.width;
  return width;
}

}  // namespace pressmark
