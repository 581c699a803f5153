// Plays strategies on profiles and sums up.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "bench/recovery/profiles.h"
#include "bench/recovery/strategies.h"

namespace pressmark::recovery {

/// A profile in a drive.
struct Setting {
  const Profile* profile = nullptr;
  Patience patience;
};

struct LeagueOptions {
  std::vector<Setting> settings;
  std::vector<std::uint64_t> seeds;
  std::vector<const Strategy*> players;
  unsigned jobs = 1;
};

/// Outcomes of one setting: by player, then by seed, in the order given.
using Results = std::vector<std::vector<Outcome>>;

/// One Results a setting. Every world is made afresh from its scenario, so the outcomes do not depend on `jobs`.
[[nodiscard]] std::vector<Results> play(const LeagueOptions& options);

/// Where in kShares.
inline constexpr std::size_t kShare99 = 2, kShare999 = 3, kShare100 = 4;

/// "0.1", "1h": as the command line has it.
[[nodiscard]] std::string text_of(const Patience& patience);

/// The middle one; of an even number, the higher of the two in the middle.
[[nodiscard]] double median(std::vector<double> values);
[[nodiscard]] double worst(std::span<const double> values);

/// One number of each outcome.
template <class Function>
std::vector<double> each(const std::vector<Outcome>& outcomes, Function value) {
  std::vector<double> values;
  for (const Outcome& o : outcomes) values.push_back(static_cast<double>(value(o)));
  return values;
}
[[nodiscard]] std::vector<double> times_to(const std::vector<Outcome>& outcomes, std::size_t share);

/// By seed: the least time that any of ddrescue's settings among the players needed for 99 %. Empty if there is none.
[[nodiscard]] std::vector<double> best_of_ddrescue(const std::vector<const Strategy*>& players, const Results& results);
/// One by one; never / never is 1.
[[nodiscard]] std::vector<double> ratios(std::vector<double> times, const std::vector<double>& to);

/// `some` and every setting of ddrescue.
[[nodiscard]] std::vector<const Strategy*> with_ddrescue(std::vector<const Strategy*> some);

/// By how much a player fell behind, at the worst instant: what the best baseline had by then less what it had itself.
struct Shortfall {
  double share = 0;  ///< of what can be had; 0: never behind
  double seconds = 0;
  const Strategy* ahead = nullptr;
};
/// For each seed. The baselines are the players of Role::other.
[[nodiscard]] std::vector<Shortfall> shortfalls(const std::vector<const Strategy*>& players, const Results& results,
                                                std::size_t player);

}  // namespace pressmark::recovery
