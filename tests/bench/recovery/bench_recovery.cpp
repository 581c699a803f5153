// Getting back what a damaged disc still holds: who is how quick, in seconds of the drive's own (virtual) time.
//
//   bench_recovery [--profile NAME,...] [--failed SECONDS,...] [--seeds FIRST-LAST] [--who NAME,...] [--jobs N]
//   bench_recovery --shortfall NAME ...     the options above; for every disc: by how much NAME fell behind whoever of --who
//                                           (all baselines and settings) had most, at the worst instant
//   bench_recovery --write FOLDER [--seeds FIRST-LAST] [--jobs N]     docs/recovery-benchmark.md and .svg
//   bench_recovery --list                   profiles and strategies
//
// SECONDS is what the drive takes to give up on a block; with an `h` behind it (1h), the drive honours the retry count and gives
// up after a tenth of that when told to. Without an option: every profile, 1 s, seeds 1-5, everybody. One line a profile, drive
// and strategy: drive time until 99 % of what can be had was had, its median and its worst over the seeds, the same in
// proportion to the best of ddrescue's settings on the same seed, time until 99.9 %, until it stopped, failing reads,
// and the strategy's own CPU seconds (medians).
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bench/recovery/league.h"
#include "bench/recovery/report.h"

namespace pressmark::recovery {
namespace {

[[noreturn]] void wrong_usage(const std::string& what) {
  fmt::print(stderr, "bench_recovery: {}; see the head of bench_recovery.cpp\n", what);
  std::exit(2);
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    words.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return words;
}

template <class Number>
Number number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) wrong_usage(fmt::format("\"{}\" is no number", text));
  return value;
}

struct Options {
  std::vector<const Profile*> profiles;
  std::vector<Patience> patiences;
  std::vector<std::uint64_t> seeds;
  std::vector<const Strategy*> who;
  unsigned jobs = 1;
  const Strategy* shortfall_of = nullptr;
  std::string report_folder, seeds_text = "1-5";
};

void take_profiles(Options& o, std::string_view list) {
  for (const auto& name : split(list)) {
    o.profiles.push_back(find_profile(name));
    if (o.profiles.back() == nullptr) wrong_usage(fmt::format("no profile is called \"{}\"", name));
  }
}

void take_patiences(Options& o, std::string_view list) {
  for (auto word : split(list)) {
    const bool honours = word.ends_with('h');
    if (honours) word.pop_back();
    o.patiences.push_back({.failed_s = number<double>(word), .honours_retry_count = honours});
  }
}

void take_seeds(Options& o, std::string_view list) {
  o.seeds_text = list;
  for (const auto& word : split(list)) {
    const auto dash = word.find('-');
    const auto first = number<std::uint64_t>(std::string_view{word}.substr(0, dash));
    const auto last =
        dash == std::string::npos ? first : number<std::uint64_t>(std::string_view{word}.substr(dash + 1));
    for (std::uint64_t seed = first; seed <= last; ++seed) o.seeds.push_back(seed);
  }
}

const Strategy* strategy_named(std::string_view name) {
  const Strategy* strategy = find_strategy(name);
  if (strategy == nullptr) wrong_usage(fmt::format("no strategy is called \"{}\"", name));
  return strategy;
}

void take_who(Options& o, std::string_view list) {
  for (const auto& name : split(list)) o.who.push_back(strategy_named(name));
}

void fill_in(Options& o) {
  if (o.profiles.empty())
    for (const Profile& p : profiles()) o.profiles.push_back(&p);
  if (o.patiences.empty()) take_patiences(o, "1");
  if (o.seeds.empty()) take_seeds(o, "1-5");
  if (o.who.empty())
    for (const Strategy& s : strategies())
      if (s.shown || (s.ddrescue && o.shortfall_of != nullptr)) o.who.push_back(&s);
}

void print_line(const Setting& setting, const Strategy& who, const std::vector<Outcome>& outcomes,
                const std::vector<double>& best) {
  const auto t99 = times_to(outcomes, kShare99);
  const auto ratio = ratios(t99, best);
  const std::string compared = fmt::format("x{:<7.3f} x{:<7.3f} ", median(ratio), worst(ratio));
  fmt::print(
      "{:<13} {:>4} {:<22} t99 {:>9.1f} worst {:>9.1f} {} t99.9 {:>9.1f} t100 {:>9.1f} total {:>9.1f} failing {:>6.0f} "
      "seeks {:>6.0f} cpu {:.3f}\n",
      setting.profile->name, text_of(setting.patience), who.name, median(t99), worst(t99), compared,
      median(times_to(outcomes, kShare999)), median(times_to(outcomes, kShare100)),
      median(each(outcomes, [](const Outcome& o) { return o.total_s; })),
      median(each(outcomes, [](const Outcome& o) { return o.failing_reads; })),
      median(each(outcomes, [](const Outcome& o) { return o.seeks; })),
      median(each(outcomes, [](const Outcome& o) { return o.strategy_cpu_s; })));
}

/// Plays setting by setting and shows each as it is done.
template <class Show>
void play_each(const Options& o, const std::vector<const Strategy*>& players, Show show) {
  for (const Profile* profile : o.profiles)
    for (const Patience& patience : o.patiences) {
      const Setting setting{profile, patience};
      show(setting, play({.settings = {setting}, .seeds = o.seeds, .players = players, .jobs = o.jobs}).front());
      std::fflush(stdout);
    }
}

void print_table(const Options& o) {
  const auto players = with_ddrescue(o.who);  // the yardstick plays in any case
  play_each(o, players, [&](const Setting& setting, const Results& results) {
    const auto best = best_of_ddrescue(players, results);
    for (std::size_t who = 0; who < o.who.size(); ++who) print_line(setting, *players[who], results[who], best);
  });
}

void print_shortfalls(const Options& o) {
  std::vector<const Strategy*> players{o.shortfall_of};
  for (const Strategy* s : o.who)
    if (s != o.shortfall_of) players.push_back(s);
  play_each(o, players, [&](const Setting& setting, const Results& results) {
    const auto all = shortfalls(players, results, 0);
    double most = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      most = std::max(most, all[i].share);
      fmt::print("{:<13} {:>4} seed {:<5} behind by at most {:>7.3f} %", setting.profile->name,
                 text_of(setting.patience), o.seeds[i], 100 * all[i].share);
      if (all[i].ahead != nullptr) fmt::print(" at {:.1f} s, of {}", all[i].seconds, all[i].ahead->name);
      fmt::print("\n");
    }
    fmt::print("{:<13} {:>4} worst of {} seeds: {:.3f} %\n", setting.profile->name, text_of(setting.patience),
               all.size(), 100 * most);
  });
}

void print_list() {
  for (const Profile& p : profiles()) fmt::print("profile   {:<22} {}\n", p.name, p.summary);
  for (const Strategy& s : strategies()) fmt::print("strategy  {:<22} {}\n", s.name, s.summary);
}

int run(const std::vector<std::string>& arguments) {
  Options o;
  if (!arguments.empty() && arguments.front().starts_with("--benchmark_min_time")) {
    take_profiles(o, "radial,arc");
    take_seeds(o, "1");
    fill_in(o);
    print_table(o);
    return 0;
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& option = arguments[i];
    if (option == "--list") {
      print_list();
      return 0;
    }
    if (i + 1 == arguments.size()) wrong_usage(fmt::format("\"{}\" needs a value, or is no option", option));
    const std::string& value = arguments[++i];
    if (option == "--profile")
      take_profiles(o, value);
    else if (option == "--failed")
      take_patiences(o, value);
    else if (option == "--seeds")
      take_seeds(o, value);
    else if (option == "--who")
      take_who(o, value);
    else if (option == "--shortfall")
      o.shortfall_of = strategy_named(value);
    else if (option == "--write")
      o.report_folder = value;
    else if (option == "--jobs")
      o.jobs = std::max(1U, number<unsigned>(value));
    else
      wrong_usage(fmt::format("\"{}\" is no option", option));
  }
  fill_in(o);
  if (!o.report_folder.empty())
    return write_report({.folder = o.report_folder, .seeds = o.seeds, .seeds_text = o.seeds_text, .jobs = o.jobs}) ? 0
                                                                                                                   : 3;
  o.shortfall_of != nullptr ? print_shortfalls(o) : print_table(o);
  return 0;
}

}  // namespace
}  // namespace pressmark::recovery

int main(int argc, char** argv) { return pressmark::recovery::run({argv + 1, argv + argc}); }
