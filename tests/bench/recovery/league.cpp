#include "bench/recovery/league.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace pressmark::recovery {

std::vector<Results> play(const LeagueOptions& options) {
  std::vector<Results> all(options.settings.size(),
                           Results(options.players.size(), std::vector<Outcome>(options.seeds.size())));
  const std::size_t discs = options.settings.size() * options.seeds.size();
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = 0; (i = next++) < discs;) {
      const std::size_t setting = i / options.seeds.size(), seed = i % options.seeds.size();
      const auto& [profile, patience] = options.settings[setting];
      for (std::size_t who = 0; who < options.players.size(); ++who) {
        World world(scenario_of(*profile, patience, options.seeds[seed]));
        options.players[who]->play(world);
        all[setting][who][seed] = world.outcome();
      }
    }
  };
  std::vector<std::jthread> helpers;
  for (unsigned i = 1; i < options.jobs; ++i) helpers.emplace_back(work);
  work();
  helpers.clear();
  return all;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

double worst(std::span<const double> values) { return std::ranges::max(values); }

}  // namespace pressmark::recovery
