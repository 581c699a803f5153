// Four tables and a picture. Table 1: a failed read costs 1 s, time to 99 % of everybody. Table 2: how it ends. Table 3: other drives,
// as the ratio to the best of ddrescue. Table 4: where another had more at the same time. Only what the tables show is played.
#include "bench/recovery/report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>

#include "bench/recovery/league.h"
#include "bench/recovery/plot.h"

namespace pressmark::recovery {
namespace {

constexpr Patience kUsual{.failed_s = 1};

struct Column {
  std::string_view name;  ///< of the strategy; kBest: the best of ddrescue's settings
  std::string_view heading;
};
constexpr std::string_view kBest = "";
// clang-format off
constexpr std::array kColumns{
    Column{"oracle",         "lower bound"},
    Column{"pressmark",      "**Pressmark**"},
    Column{kBest,            "best ddrescue"},
    Column{"ddrescue-ecc",   "ddrescue, ECC blocks"},
    Column{"ddrescue-2048",  "ddrescue -b2048"},
    Column{"linear",         "linear"},
    Column{"dvdisaster",     "dvdisaster"},
    Column{"redumper",       "redumper"},
    Column{"safecopy",       "safecopy"},
};
struct Drawn {
  std::string_view name;
  PlotLine line;
};
const std::array kDrawn{
    Drawn{"oracle",        {"lower bound",          "#3fae5a", "5 3", 1.6}},
    Drawn{"linear",        {"linear",               "#8a8f98", "1.5 3", 1.8}},
    Drawn{"ddrescue-2048", {"ddrescue -b2048",      "#b36ae2", "8 3", 1.4}},
    Drawn{"ddrescue-ecc",  {"ddrescue, ECC blocks", "#3d8fe0", "", 1.6}},
    Drawn{"pressmark",     {"Pressmark",            "#ea6a1f", "", 2.4}},
};
constexpr std::array kOtherDrives{
    Patience{.failed_s = 0.1}, Patience{.failed_s = 1}, Patience{.failed_s = 10},
    Patience{.failed_s = 1, .honours_retry_count = true}, Patience{.failed_s = 10, .honours_retry_count = true}};
// clang-format on

// The page's own words; {} are filled in.
constexpr auto kHead = R"(# Recovery, compared

Made by `bench_recovery --write docs --seeds {}`; not to be edited.

Everybody reads the same simulated discs in the same simulated drive (16x DVD, 12x BD, 48x CD; docs/scenario.md). Times are the
drive's, in seconds, from a disc that spins. What ddrescue, safecopy and dvdisaster read here is what the programs themselves
read: the test `vm.uml.baselines` holds one against the other, read by read. redumper, which Debian does not have, is as its sources
say. Nobody is told to retry, but ddrescue in two of its settings (`-r3`): Pressmark is the planner as `rip --retries 0
--confirm none` has it. What none of this can say: how real scratches look, and how real drives differ from the simulated one.

![recovered share over drive time](recovery-benchmark.svg)

The picture shows the first seed; the time axis is logarithmic. The lower bound is that of the whole: it reads in order of address,
and who leaps outwards, where a disc is read faster, may have more for a while.

## The discs

| profile | is |
|---|---|
)";
constexpr auto kBelowDiscs = R"(
A pressing's track pitch and sector length differ from nominal by up to 0.5 %, and nobody is told by how much; where the damage
lies is drawn from the seed; 5 % of the blocks that a scratch touches read all the same.

## Time to 99 % of what can be had

A failed read costs 1 s, whatever the drive is told. Median of the seeds, the worst in brackets. "Best ddrescue" is, seed by seed, the
best of {} settings (-b, -c, -K, -u, -r). "Never": it stopped before.

| profile |)";
constexpr auto kEndings = R"(
## How it ends

The same runs: time to 99.9 %, time until everything had been tried, and reads that failed. Medians.

| profile | 99.9 %: Pressmark | ddrescue, ECC blocks | linear | end: Pressmark | ddrescue, ECC blocks | linear | failed: Pressmark | ddrescue, ECC blocks | linear |
|---|---|---|---|---|---|---|---|---|---|
)";
constexpr auto kOthers = R"(
## Other drives

Pressmark's time to 99 % over that of the best of ddrescue's settings on the same seed: median, the worst in brackets; below 1
Pressmark is sooner. The columns are seconds that a failed read costs. `h`: the drive honours the retry count and gives up after a
tenth of that when told to, which Pressmark does in its early passes. "-": one of the
two never got there; "neither": none did.

| profile |)";
constexpr auto kBehind = R"(
## At the same time

By how much Pressmark, at the worst instant of a run, was behind whoever had most at that instant, in % of what can be had: median
of the seeds, the worst in brackets. "Whoever" is everybody above and all of ddrescue's settings; in drives other than that of 1 s,
ddrescue's settings. One of so many is nearly always lucky for a while; how far two of them are behind the others by the same
measure is said beside it.

| profile |)";
constexpr auto kNames = R"(
## Who reads what

| name | is |
|---|---|
)";
constexpr auto kFoot = R"(
ddrescue is taken with direct access (`-d`): without it the kernel reads ahead, and every error costs two or three failed reads.
readom is not in the tables: with its 128 tries a sector it takes 2,000 failed reads for each dead block.

    build/release/tests/bench/recovery/bench_recovery --list
    build/release/tests/bench/recovery/bench_recovery --profile radial,arc --failed 0.1,1,10 --seeds 101-120 --jobs 2
    build/release/tests/bench/recovery/bench_recovery --shortfall pressmark --seeds 101-120   # who had more, and when
)";

std::string_view ours_on(const Patience& patience) {
  return patience.honours_retry_count ? "pressmark-effort" : "pressmark";
}

std::string time_text(double seconds) {
  if (std::isinf(seconds)) return "never";
  return seconds < 1000 ? fmt::format("{:.0f}", seconds)
                        : fmt::format("{:.0f},{:03d}", std::floor(seconds / 1000), static_cast<int>(seconds) % 1000);
}

/// "626 (751)": median and worst.
std::string pair_text(const std::vector<double>& times) {
  return fmt::format("{} ({})", time_text(median(times)), time_text(worst(times)));
}

/// "0.04 (0.06)": median and worst of one over the other, seed by seed.
std::string ratio_text(const std::vector<double>& times, const std::vector<double>& to) {
  if (std::isinf(median(times)) && std::isinf(median(to))) return "neither";
  const auto text = [](double v) {
    return std::isinf(v) ? std::string{"-"} : fmt::format("{:.{}f}", v, v < 0.1 ? 3 : 2);
  };
  const auto values = ratios(times, to);
  return fmt::format("{} ({})", text(median(values)), text(worst(values)));
}

/// "0.4 (1.3)": median and worst, in percent.
std::string behind_text(const std::vector<Shortfall>& shortfalls) {
  std::vector<double> percent;
  for (const Shortfall& s : shortfalls) percent.push_back(100 * s.share);
  return fmt::format("{:.1f} ({:.1f})", median(percent), worst(percent));
}

class Report {
 public:
  explicit Report(const ReportOptions& options) : options_(options) {
    std::vector<const Strategy*> shown;
    for (const Column& c : kColumns)
      if (c.name != kBest) shown.push_back(find_strategy(c.name));
    usual_ = with_ddrescue(shown);
  }

  bool write() {
    plot_.title = "What can be had of a damaged disc, over the drive's time; a failed read costs 1 s";
    plot_.from_s = 10;
    plot_.to_s = 1e6;
    for (const Drawn& d : kDrawn) plot_.lines.push_back(d.line);
    head();
    headings();
    for (const Profile& profile : profiles()) {
      fmt::print(stderr, "{}\n", profile.name);  // it takes minutes
      usual_row(profile);
    }
    other_drives();
    tail();
    return save("recovery-benchmark.md", text_ + endings_ + others_ + behind_ + foot_) &&
           save("recovery-benchmark.svg", svg(plot_));
  }

 private:
  template <class... Values>
  static void add(std::string& text, fmt::format_string<Values...> pattern, Values&&... values) {
    fmt::format_to(std::back_inserter(text), pattern, std::forward<Values>(values)...);
  }

  [[nodiscard]] Results play_one(const Profile& profile, const Patience& patience,
                                 const std::vector<const Strategy*>& players) const {
    return play(
               {.settings = {{&profile, patience}}, .seeds = options_.seeds, .players = players, .jobs = options_.jobs})
        .front();
  }

  static std::size_t index_of(const std::vector<const Strategy*>& players, std::string_view name) {
    return static_cast<std::size_t>(std::ranges::find(players, name, [](const Strategy* s) { return s->name; }) -
                                    players.begin());
  }

  void head() {
    add(text_, kHead, options_.seeds_text);
    for (const Profile& p : profiles()) add(text_, "| {} | {} |\n", p.name, p.summary);
  }

  void headings() {
    add(text_, kBelowDiscs, std::ranges::count_if(strategies(), &Strategy::ddrescue));
    for (const Column& c : kColumns) add(text_, " {} |", c.heading);
    rule(text_, kColumns.size());
    endings_ = kEndings;
  }

  /// The line below a table's headings, of which the first is not counted.
  static void rule(std::string& text, std::size_t columns) {
    text += "\n|---|";
    for (std::size_t i = 0; i < columns; ++i) text += "---|";
    text += "\n";
  }

  void usual_row(const Profile& profile) {
    const Results results = play_one(profile, kUsual, usual_);
    add(text_, "| {} |", profile.name);
    const auto best = best_of_ddrescue(usual_, results);
    for (const Column& c : kColumns)
      add(text_, " {} |", pair_text(c.name == kBest ? best : times_to(results[index_of(usual_, c.name)], kShare99)));
    text_ += "\n";
    const auto behind = [&](std::string_view who) {
      return behind_text(shortfalls(usual_, results, index_of(usual_, who)));
    };
    usual_drive_[&profile] = {
        .ratio = ratio_text(times_to(results[index_of(usual_, ours_on(kUsual))], kShare99), best),
        .behind = behind(ours_on(kUsual)),
        .baselines_behind = fmt::format("{} | {}", behind("ddrescue-ecc"), behind("linear")),
    };
    ending_row(profile, results);
    keep_for_plot(profile, results);
  }

  void ending_row(const Profile& profile, const Results& results) {
    add(endings_, "| {} |", profile.name);
    const auto cells = [&](auto value) {
      for (const char* who : {"pressmark", "ddrescue-ecc", "linear"})
        add(endings_, " {} |", time_text(median(each(results[index_of(usual_, who)], value))));
    };
    cells([](const Outcome& o) { return o.reached[kShare999]; });
    cells([](const Outcome& o) { return o.total_s; });
    cells([](const Outcome& o) { return o.failing_reads; });
    endings_ += "\n";
  }

  void keep_for_plot(const Profile& profile, const Results& results) {
    PlotPanel panel{.title = std::string{profile.name}, .outcomes = {}};
    for (const Drawn& d : kDrawn) {
      drawn_.push_back(std::make_unique<Outcome>(results[index_of(usual_, d.name)].front()));
      panel.outcomes.push_back(drawn_.back().get());
    }
    plot_.panels.push_back(std::move(panel));
  }

  void other_drives() {
    others_ = kOthers;
    behind_ = kBehind;
    for (const Patience& p : kOtherDrives) {
      add(others_, " {} |", text_of(p));
      add(behind_, " {} |", text_of(p));
    }
    behind_ += " 1: ddrescue, ECC blocks | 1: linear |";
    rule(others_, kOtherDrives.size());
    rule(behind_, kOtherDrives.size() + 2);
    for (const Profile& profile : profiles()) {
      fmt::print(stderr, "{} in other drives\n", profile.name);
      const UsualDrive& usual = usual_drive_[&profile];
      add(others_, "| {} |", profile.name);
      add(behind_, "| {} |", profile.name);
      for (const Patience& patience : kOtherDrives) {
        if (patience == kUsual) {
          add(others_, " {} |", usual.ratio);
          add(behind_, " {} |", usual.behind);
          continue;
        }
        const auto players = with_ddrescue({find_strategy(ours_on(patience))});
        const Results results = play_one(profile, patience, players);
        add(others_, " {} |", ratio_text(times_to(results.front(), kShare99), best_of_ddrescue(players, results)));
        add(behind_, " {} |", behind_text(shortfalls(players, results, 0)));
      }
      others_ += "\n";
      add(behind_, " {} |\n", usual.baselines_behind);
    }
  }

  void tail() {
    foot_ = kNames;
    for (const Strategy& s : strategies())
      if (s.shown) add(foot_, "| {} | {} |\n", s.name, s.summary);
    foot_ += kFoot;
  }

  [[nodiscard]] bool save(const char* name, const std::string& text) const {
    std::ofstream out{options_.folder / name, std::ios::binary};
    out << text;
    out.close();
    if (!out) fmt::print(stderr, "cannot write {}\n", (options_.folder / name).string());
    return static_cast<bool>(out);
  }

  const ReportOptions& options_;
  std::vector<const Strategy*> usual_;
  std::string text_, endings_, others_, behind_, foot_;
  Plot plot_;
  struct UsualDrive {
    std::string ratio, behind, baselines_behind;  ///< cells of the tables of other drives
  };
  std::map<const Profile*, UsualDrive> usual_drive_;
  std::vector<std::unique_ptr<Outcome>> drawn_;
};

}  // namespace

bool write_report(const ReportOptions& options) { return Report{options}.write(); }

}  // namespace pressmark::recovery
