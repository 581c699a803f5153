#include "bench/recovery/league.h"

#include <algorithm>
#include <atomic>
#include <fmt/format.h>
#include <limits>
#include <thread>

namespace pressmark::recovery {

std::vector<Results> play(const LeagueOptions& options) {
  std::vector<Results> all(options.settings.size(),
                           Results(options.players.size(), std::vector<Outcome>(options.seeds.size())));
  const std::size_t seeds = options.seeds.size(), players = options.players.size();
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = 0; (i = next++) < options.settings.size() * seeds * players;) {
      const std::size_t setting = i / (seeds * players), seed = i / players % seeds, who = i % players;
      const auto& [profile, patience] = options.settings[setting];
      World world(scenario_of(*profile, patience, options.seeds[seed]));
      options.players[who]->play(world);
      all[setting][who][seed] = world.outcome();
    }
  };
  std::vector<std::jthread> helpers;
  for (unsigned i = 1; i < options.jobs; ++i) helpers.emplace_back(work);
  work();
  helpers.clear();
  return all;
}

std::string text_of(const Patience& p) { return fmt::format("{}{}", p.failed_s, p.honours_retry_count ? "h" : ""); }

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

double worst(std::span<const double> values) { return std::ranges::max(values); }

std::vector<double> times_to(const std::vector<Outcome>& outcomes, std::size_t share) {
  return each(outcomes, [share](const Outcome& o) { return o.reached[share]; });
}

std::vector<double> best_of_ddrescue(const std::vector<const Strategy*>& players, const Results& results) {
  std::vector<double> best;
  for (std::size_t who = 0; who < players.size(); ++who) {
    if (!players[who]->ddrescue) continue;
    const auto times = times_to(results[who], kShare99);
    if (best.empty()) best = times;
    for (std::size_t i = 0; i < times.size(); ++i) best[i] = std::min(best[i], times[i]);
  }
  return best;
}

std::vector<double> ratios(std::vector<double> times, const std::vector<double>& to) {
  for (std::size_t i = 0; i < times.size(); ++i) times[i] = times[i] == to[i] ? 1 : times[i] / to[i];
  return times;
}

std::vector<const Strategy*> with_ddrescue(std::vector<const Strategy*> some) {
  for (const Strategy& s : strategies())
    if (s.ddrescue && std::ranges::find(some, &s) == some.end()) some.push_back(&s);
  return some;
}

namespace {

Shortfall shortfall(const std::vector<const Strategy*>& players, const Results& results, std::size_t player,
                    std::size_t seed) {
  Shortfall worst_one;
  const Outcome& mine = results[player][seed];
  const auto look = [&](const Strategy* other, double seconds, double recovered) {
    const double share = (recovered - mine.recovered_at(seconds)) / static_cast<double>(mine.can_be_had);
    if (share > worst_one.share) worst_one = {.share = share, .seconds = seconds, .ahead = other};
  };
  for (std::size_t who = 0; who < players.size(); ++who) {
    if (players[who]->role != Role::other || who == player) continue;
    // Between two points of both curves the difference is a straight line: the worst lies on a point.
    const Outcome& other = results[who][seed];
    for (const auto& point : other.curve) look(players[who], point.seconds, static_cast<double>(point.recovered));
    for (const auto& point : mine.curve) look(players[who], point.seconds, other.recovered_at(point.seconds));
  }
  return worst_one;
}

}  // namespace

std::vector<Shortfall> shortfalls(const std::vector<const Strategy*>& players, const Results& results,
                                  std::size_t player) {
  std::vector<Shortfall> all;
  for (std::size_t seed = 0; seed < results[player].size(); ++seed)
    all.push_back(shortfall(players, results, player, seed));
  return all;
}

}  // namespace pressmark::recovery
