// The damage that strategies are compared on: one row a profile, its random parts drawn from a seed.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "drivers/simulated/random.h"
#include "drivers/simulated/scenario.h"

namespace pressmark::recovery {

struct Profile {
  std::string_view name;
  std::string_view summary;
  /// Lays disc and damage into a scenario whose drive is a sound-modern.
  void (*make)(simulated::Scenario& scenario, simulated::Random& random);
};
[[nodiscard]] std::span<const Profile> profiles();
/// Null if there is none of this name.
[[nodiscard]] const Profile* find_profile(std::string_view name);

/// How long the drive tries a block that does not read.
struct Patience {
  double failed_s = 1;
  bool honours_retry_count = false;  ///< then a read with retry count 0 fails after a tenth of it
  friend bool operator==(const Patience&, const Patience&) = default;
};

/// The scenario of this profile, drive and seed: everything is decided by the three.
[[nodiscard]] simulated::Scenario scenario_of(const Profile& profile, const Patience& patience, std::uint64_t seed);

}  // namespace pressmark::recovery
