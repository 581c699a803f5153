// pressmark_simulation: stories from seeds, as many as asked for.
//
//   pressmark_simulation [--seeds A-B | --for TIME] [--jobs N] [--keep-going]
//   pressmark_simulation --seed S [--commands]   one story, told aloud, with every command if asked for; then once more
//
// --seeds A-B    these seeds (1-300)
// --for TIME     from seed A on (--seeds A-, else 1) for so long: 90s, 60m, 8h
// --jobs N       stories side by side (1)
// --keep-going   do not stop at the first story that goes wrong
//
// Exit status: 0, nothing was violated; 1, something was, and the command that shows it stands on the line; 2, wrong usage.
#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fmt/format.h>
#include <mutex>
#include <optional>
#include <thread>
#include <unistd.h>

#include "simulation/perform.h"
#include "simulation/story.h"

namespace pressmark::simulation {
namespace {

using Steady = std::chrono::steady_clock;

struct Options {
  std::uint64_t first = 1, last = 300;
  std::optional<std::chrono::seconds> duration;
  std::uint64_t jobs = 1;
  bool keep_going = false, commands = false;
  std::optional<std::uint64_t> replay;
};

const char* g_program = "pressmark_simulation";
thread_local std::uint64_t t_seed = 0;

/// An assertion or a sanitizer ends the program: the seed must not be lost with it.
void on_crash(int signal) {
  char text[200];
  const auto end = fmt::format_to_n(text, sizeof text, "\nseed {} crashed (signal {}); again with: {} --seed {}\n",
                                    t_seed, signal, g_program, t_seed);
  (void)!write(STDERR_FILENO, text, std::min(end.size, sizeof text));
  std::signal(signal, SIG_DFL);
  raise(signal);
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::optional<std::chrono::seconds> duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const auto value = number(text.substr(0, text.size() - 1));
  if (!value) return std::nullopt;
  const std::int64_t unit = text.back() == 's' ? 1 : text.back() == 'm' ? 60 : text.back() == 'h' ? 3600 : 0;
  if (unit == 0) return std::nullopt;
  return std::chrono::seconds{static_cast<std::int64_t>(*value) * unit};
}

bool parse_seeds(std::string_view text, Options& options) {
  const auto dash = text.find('-');
  const auto first = number(text.substr(0, dash));
  if (!first || dash == std::string_view::npos) return false;
  options.first = *first;
  options.last = ~std::uint64_t{0} - 1;
  if (dash + 1 == text.size()) return true;
  const auto last = number(text.substr(dash + 1));
  if (!last || *last < *first) return false;
  options.last = *last;
  return true;
}

std::optional<Options> parse(int argc, char** argv) {
  Options options;
  bool seeds_given = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const std::string_view value = i + 1 < argc ? argv[i + 1] : "";
    if (word == "--keep-going") {
      options.keep_going = true;
      continue;
    }
    if (word == "--commands") {
      options.commands = true;
      continue;
    }
    ++i;
    if (word == "--seeds") {
      if (!parse_seeds(value, options)) return std::nullopt;
      seeds_given = true;
    } else if (word == "--for") {
      if (!(options.duration = duration(value))) return std::nullopt;
    } else if (word == "--seed") {
      if (!(options.replay = number(value))) return std::nullopt;
    } else if (word == "--jobs") {
      const auto jobs = number(value);
      if (!jobs || *jobs == 0 || *jobs > 256) return std::nullopt;
      options.jobs = *jobs;
    } else {
      return std::nullopt;
    }
  }
  if (options.duration && !seeds_given) options.last = ~std::uint64_t{0} - 1;
  return options;
}

/// The story of a seed, once or twice: that the second time is like the first is an oracle too.
Performance play(std::uint64_t seed, bool twice, Aloud aloud) {
  t_seed = seed;
  const Story story = make_story(seed);
  Performance performance = perform(story, aloud);
  if (!twice || !performance.violations.empty()) return performance;
  ++performance.tally.played_twice;
  if (perform(make_story(seed), Aloud::nothing).fingerprint != performance.fingerprint)
    performance.violations.emplace_back("played again, the same story comes out differently");
  return performance;
}

void introduce(const Story& story) {
  fmt::print("seed {}:", story.seed);
  for (std::size_t i = 0; i < kFeatures; ++i)
    if (story.features.test(i)) fmt::print(" {}", to_string(static_cast<Feature>(i)));
  const auto tell = [](const Act& act, const std::string& name) {
    const RipOptions& o = act.options;
    constexpr std::array<std::string_view, 4> kCuts{"none", "stop", "power", "full disk"};
    fmt::print(
        "\n{}: cut {} at {}, unsynced {}{}{}\n  retries {}, confirm {}, raw {}, sparse {}, track {}, speeds {}, "
        "transfer {}, "
        "commit {} ms or {} bytes, ready within {} s\n  {}\n",
        name, kCuts[static_cast<std::size_t>(act.cut)], act.cut_at, static_cast<int>(act.unsynced),
        act.same_drive ? ", drive as it was left" : "", act.foreign_map ? ", map rewritten" : "", o.retries,
        static_cast<int>(o.confirm), o.raw, o.sparse, o.track ? int{*o.track} : 0, o.speeds.size(), o.transfer_bytes,
        o.commit_interval / std::chrono::milliseconds{1}, o.commit_bytes, seconds(o.ready_limit), act.scenario.dump());
  };
  for (std::size_t i = 0; i < story.acts.size(); ++i) tell(story.acts[i], fmt::format("run {}", i + 1));
  tell(story.calm, "then, until it ends");
  fmt::print("\n");
}

class Season {
 public:
  explicit Season(Options options) : options_(options), begun_(Steady::now()), next_(options.first) {}

  int play_all() {
    std::vector<std::jthread> workers;
    for (std::uint64_t i = 0; i < options_.jobs; ++i) workers.emplace_back([this] { work(); });
    workers.clear();
    fmt::print("simulation: {} seconds (seed {} took {:.1f}), {} failed; {}\n", elapsed().count(), slowest_seed_,
               std::chrono::duration<double>(slowest_).count(), failed_, tally_.line());
    return failed_ > 0 ? 1 : 0;
  }

 private:
  [[nodiscard]] std::chrono::seconds elapsed() const {
    return std::chrono::duration_cast<std::chrono::seconds>(Steady::now() - begun_);
  }

  void work() {
    for (;;) {
      const std::uint64_t seed = next_++;
      if (seed > options_.last || stop_ || (options_.duration && elapsed() >= *options_.duration)) return;
      const auto begun = Steady::now();
      Performance performance;
      try {
        performance = simulation::play(seed, seed % 4 == 0, Aloud::nothing);
      } catch (const std::exception& error) {
        performance.violations.push_back(fmt::format("an exception: {}", error.what()));
      }
      enter(seed, performance, Steady::now() - begun);
    }
  }

  void enter(std::uint64_t seed, const Performance& performance, Steady::duration took) {
    const std::scoped_lock lock{mutex_};
    if (took > slowest_) slowest_ = took, slowest_seed_ = seed;
    tally_.add(performance.tally);
    for (const std::string& what : performance.violations) fmt::print("seed {}: {}\n", seed, what);
    if (!performance.violations.empty()) {
      ++failed_;
      fmt::print("again with: {} --seed {}\n", g_program, seed);
      stop_ = !options_.keep_going;
    }
    if (const auto now = elapsed(); now >= told_ + std::chrono::seconds{60}) {
      told_ = now;
      fmt::print("... {} s, {} stories, {} rips, {} failed\n", now.count(), tally_.stories, tally_.rips, failed_);
    }
    std::fflush(stdout);
  }

  Options options_;
  Steady::time_point begun_;
  std::atomic<std::uint64_t> next_;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  Tally tally_;
  std::uint64_t failed_ = 0, slowest_seed_ = 0;
  Steady::duration slowest_{0};
  std::chrono::seconds told_{0};
};

int replay(std::uint64_t seed, bool commands) {
  introduce(make_story(seed));
  const Performance performance = play(seed, true, commands ? Aloud::commands : Aloud::runs);
  for (const std::string& what : performance.violations) fmt::print("VIOLATED {}\n", what);
  fmt::print("{}\n", performance.tally.line());
  return performance.violations.empty() ? 0 : 1;
}

}  // namespace
}  // namespace pressmark::simulation

int main(int argc, char** argv) {
  using namespace pressmark::simulation;
  g_program = argv[0];
  const auto options = parse(argc, argv);
  if (!options) {
    fmt::print(stderr, "usage: {} [--seeds A-B | --for 60m] [--jobs N] [--keep-going] | --seed S [--commands]\n",
               argv[0]);
    return 2;
  }
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL, SIGBUS}) std::signal(signal, on_crash);
  try {
    return options->replay ? replay(*options->replay, options->commands) : Season{*options}.play_all();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
