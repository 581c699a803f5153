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

/// The middle one; of an even number, the higher of the two in the middle.
[[nodiscard]] double median(std::vector<double> values);
[[nodiscard]] double worst(std::span<const double> values);

}  // namespace pressmark::recovery
