// Plays a story, and watches: the four oracles.
//
//   safety       after every run, cut or not, and after every loss of power that could come then: claims.h
//   liveness     no run takes more than `command_bound` commands; once the trouble is over, the same command run again
//                (at most `reruns_allowed` times) ends well
//   resume       what the last run claims is what the disc allows; and where nothing but dead sectors decides, exactly
//                what a run claims that nothing disturbed
//   determinism  (main.cpp) the same story twice leaves the same fingerprint
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "simulation/claims.h"
#include "simulation/story.h"

namespace pressmark::simulation {

/// What happened, added up over stories.
struct Tally {
  std::uint64_t stories = 0, rips = 0, ended_well = 0, stopped = 0, power_cuts = 0, full_disks = 0, refused = 0,
                other_errors = 0, other_disc_ripped = 0, compared = 0, played_twice = 0;
  std::int64_t disputed = 0;  ///< sectors: see Judgement
  Traffic traffic;
  std::array<std::int64_t, kGradeCount> sectors{};  ///< of the last run of each story
  std::array<std::int64_t, kGradeCount> wrong{};    ///< of those, the ones with wrong bytes that the oracles allow
  void add(const Tally& other);
  [[nodiscard]] std::string line() const;
};

struct Performance {
  Tally tally;
  Violations violations;
  std::string fingerprint;  ///< of every run: trace, result, image, map
};

/// What is told on standard output.
enum class Aloud : std::uint8_t { nothing, runs, commands };
[[nodiscard]] Performance perform(const Story& story, Aloud aloud);

}  // namespace pressmark::simulation
