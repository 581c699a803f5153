// A story: one disc, the drives it is put into, and the runs of the program on one set of files, with everything that
// goes wrong on the way. All of it follows from one seed.
//
// Swarm testing: a seed first draws which features it uses at all. A story with everything in it at once rarely gets
// far enough to show anything.
#pragma once

#include <bitset>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/rip.h"

#include "support/memory_files.h"

namespace pressmark::simulation {

enum class Feature : std::uint8_t {
  scratches,        ///< damage by geometry
  dead_blocks,      ///< and by address
  marginal_blocks,  ///< read under conditions only
  false_good,       ///< wrong bytes with status good
  stale_cache,
  wrong_lba,
  lasting_trouble,  ///< hangs, sense, short transfers on sectors, for ever
  slow_failures,    ///< a failed read takes longer than the program waits
  short_transfers,  ///< from here on: trouble that passes
  hangs,
  senses,
  bus_resets,
  attentions,
  medium_changes,
  ejects,
  pulled_cables,
  stops,  ///< from here on: ends of runs
  power_cuts,
  full_disks,
  other_drives,  ///< later runs are in a drive of another model
  same_drive,    ///< later runs go on with the drive as it was left
  reopening,     ///< a drive that went away is found again
  foreign_maps,  ///< another tool rewrites the map between two runs
  overwrites,    ///< the files of another disc's rip are in the way
  changing_options,
  tracks,      ///< a CD of several tracks, one of which is ripped
  long_discs,  ///< thousands of sectors
  two_layers,
  wrong_sizes,  ///< READ CAPACITY does not tell the truth
  kCount
};
inline constexpr std::size_t kFeatures = static_cast<std::size_t>(Feature::kCount);
[[nodiscard]] std::string_view to_string(Feature feature);

/// How a run ends that does not end by itself.
enum class Cut : std::uint8_t { none, stop, power, full_disk };

/// One run of the program.
struct Act {
  nlohmann::json scenario;          ///< disc, drive and this run's trouble
  int troubles = 0;                 ///< faults in it that pass
  bool same_drive = false;          ///< instead of a new one: the drive of the act before, as it was left
  bool swapped_while_away = false;  ///< the drive that is found again holds the other disc, and does not say so
  bool foreign_map = false;         ///< before this run another tool has rewritten the map
  RipOptions options;
  Cut cut = Cut::none;
  std::int64_t cut_at =
      0;  ///< stop: question of the stop hook; power: file operation; full disk: bytes a file may have
  test::MemoryFiles::Unsynced unsynced{};  ///< what a loss of power does to what was not synced
};

struct Story {
  std::uint64_t seed = 0;
  std::bitset<kFeatures> features;
  std::int64_t sectors = 0;  ///< of the whole disc
  std::uint32_t block_sectors = 1;
  std::vector<Act> acts;
  Act calm;                   ///< the last run, repeated: the surface is as it was, nothing else happens
  nlohmann::json other_disc;  ///< a scenario whose disc is another: put in by mistake, or ripped before
  [[nodiscard]] bool has(Feature feature) const { return features.test(static_cast<std::size_t>(feature)); }
  [[nodiscard]] bool has_falsifiers() const {
    return has(Feature::false_good) || has(Feature::stale_cache) || has(Feature::wrong_lba);
  }
};

[[nodiscard]] Story make_story(std::uint64_t seed);

/// The pieces of a scenario, made apart. `story` has features, sectors and kind of disc already.
struct DiscDraft {
  nlohmann::json disc;
  nlohmann::json damage = nlohmann::json::array();  ///< by geometry
  nlohmann::json faults = nlohmann::json::array();  ///< of the surface: the same in every run
  std::optional<std::uint8_t> track;                ///< what is ripped, where it is not the whole
};
[[nodiscard]] DiscDraft draft_disc(Story& story);
[[nodiscard]] nlohmann::json draft_drive(const Story& story, std::uint64_t number);
/// Faults that pass, for one run.
[[nodiscard]] nlohmann::json draft_troubles(const Story& story, std::uint64_t number);

}  // namespace pressmark::simulation
