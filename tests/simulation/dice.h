// Chance for stories: every choice follows from the seed and from the name of what is chosen, so that a new choice in
// one corner leaves all others as they were.
#pragma once

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "drivers/simulated/random.h"

namespace pressmark::simulation {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : seed_(seed), random_(simulated::draw({seed, 0x57D1CE})) {}

  /// Dice of their own for what `topic` names; `number` tells several of one topic apart.
  [[nodiscard]] Dice of(std::string_view topic, std::uint64_t number = 0) const {
    std::uint64_t key = number;
    for (const char c : topic) key = simulated::mix(key ^ static_cast<unsigned char>(c));
    return Dice{simulated::draw({seed_, key})};
  }

  bool chance(double probability) { return random_.uniform() < probability; }
  double between(double low, double high) { return random_.between(low, high); }
  /// `low` to `high`, both possible.
  std::int64_t whole(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random_.bits() % static_cast<std::uint64_t>(high - low + 1));
  }
  /// As `whole`, every order of magnitude as likely as another; `low` at least 1.
  std::int64_t scale(std::int64_t low, std::int64_t high) {
    const double span = std::log(static_cast<double>(high) + 1) - std::log(static_cast<double>(low));
    const double drawn = std::exp(std::log(static_cast<double>(low)) + random_.uniform() * span);
    return std::min(high, static_cast<std::int64_t>(drawn));
  }
  template <class T>
  T one_of(std::initializer_list<T> list) {
    return list.begin()[static_cast<std::size_t>(whole(0, static_cast<std::int64_t>(list.size()) - 1))];
  }

 private:
  std::uint64_t seed_;
  simulated::Random random_;
};

}  // namespace pressmark::simulation
