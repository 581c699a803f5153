// One story being played: the drives, the files, and what is known of both. See perform.h for what is watched.
//
//   perform.cpp      the story as a whole, and how many commands a run may take
//   player_run.cpp   one run, and all that must hold when it is over
//   player_end.cpp   the runs that nothing disturbs, and what they must come to
#pragma once

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pressmark/drive.h"
#include "pressmark/events.h"
#include "pressmark/rip.h"

#include "simulation/perform.h"

namespace pressmark::simulation {

/// A drive as a scenario describes it. Throws if the scenario is refused: that is the story's mistake.
[[nodiscard]] std::unique_ptr<SimulatedDrive> open_drive(const nlohmann::json& scenario);

/// What a run said on its way.
struct Ledger final : EventSink {
  void on(const Event& event, Duration) override {
    if (const auto* progress = std::get_if<Progress>(&event)) {
      good = progress->good;
      least_since_commit = std::min(least_since_commit, good);
    }
    if (const auto* committed = std::get_if<Committed>(&event)) committed_good = least_since_commit = committed->good;
  }
  std::int64_t good = 0, committed_good = 0, least_since_commit = 0;
};

class Player {
 public:
  Player(const Story& story, Aloud aloud)
      : story_(story),
        aloud_(aloud),
        truth_(open_drive(story.calm.scenario)),
        other_(open_drive(story.other_disc)),
        files_(std::make_unique<test::MemoryFiles>()) {}

  Performance play();

 private:
  /// What came of one run; nothing in `error`: it ended well.
  struct Ending {
    std::optional<Error> error;
    std::optional<RipOutcome> outcome;
    bool power_lost = false;
  };
  Ending run(const Act& act);
  void calm_runs();
  void put_other_rip_in_the_way();
  void rewrite_map();
  void take_drive(const Act& act);
  Result<std::unique_ptr<Transport>> find_drive(const Act& act);
  [[nodiscard]] Tap::Ears ears() { return {.truth = truth_, .readings = readings_, .traffic = tally_.traffic}; }
  void look_back(const Act& act, const Ending& ending, const Claims& before);
  void check_ending(const Act& act, const Ending& ending, const Claims& claims);
  void check_outcome(const Act& act, const RipOutcome& outcome, const Claims& claims);
  void compare_with_undisturbed(const Claims& claims);
  void check_against_disc(const Claims& claims);
  [[nodiscard]] bool only_dead_sectors_decide() const;
  /// Whether the cache can be emptied, and sectors be confirmed, may hang on how long ago the last error was, or on where this
  /// run has met damage before.
  [[nodiscard]] bool cache_may_stay() const;
  [[nodiscard]] int troubles() const;
  [[nodiscard]] std::uint64_t command_bound(const Act& act) const;
  [[nodiscard]] std::int64_t suspect_blocks() const;
  [[nodiscard]] bool refusal_is_fair(const Error& error, const Claims& claims) const;
  [[nodiscard]] bool gave_nothing(const Error& error, const Claims& claims) const;
  void complain(std::string what) { violations_.push_back(fmt::format("run {}: {}", runs_, std::move(what))); }
  template <class... Args>
  void say(fmt::format_string<Args...> format, Args&&... args) const {
    if (aloud_ != Aloud::nothing) fmt::print("{}\n", fmt::format(format, std::forward<Args>(args)...));
  }

  const Story& story_;
  Aloud aloud_;
  Truth truth_, other_;
  std::unique_ptr<test::MemoryFiles> files_;
  std::unique_ptr<SimulatedDrive> drive_;
  std::vector<std::unique_ptr<SimulatedDrive>> past_drives_;  // of this run: its Drive may still speak to them
  Tally tally_;
  Violations violations_;
  std::string fingerprint_;
  Readings readings_;
  Ledger ledger_;
  Owner owner_ = Owner::nobody;
  std::optional<ErrorKind> last_error_;
  int runs_ = 0;
  std::array<std::int64_t, kGradeCount> wrong_{};
  std::optional<std::int64_t> suspects_;
};

}  // namespace pressmark::simulation
