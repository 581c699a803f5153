// A scenario as a value: a disc, a drive, damage, faults, a seed. docs/scenario.md describes the JSON form key by key.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pressmark/error.h"
#include "pressmark/lba.h"
#include "pressmark/medium.h"

#include "drivers/simulated/drive_model.h"
#include "drivers/simulated/generated_medium.h"
#include "drivers/simulated/spiral.h"

namespace pressmark::simulated {

/// What lies in the tray.
struct DiscSpec {
  std::filesystem::path image;       ///< an ISO or a cue sheet; empty: generated
  MediaKind kind = MediaKind::none;  ///< none: by the image's size, or CD
  std::vector<GeneratedTrack> tracks;
  std::string volume_id = "SIMULATED";
  std::uint64_t content_seed = 1;  ///< fixed apart from the scenario's seed: other damage, same bytes

  std::uint32_t layers = 0;                  ///< 0: as many as the length needs
  std::optional<std::uint32_t> layer_break;  ///< first sector of layer 1; default: half, in whole ECC blocks
  TrackPath path = TrackPath::opposite;
  /// Manufacturing spread: pitch and sector length differ from nominal by up to this share, drawn from the seed.
  double spread = 0;
  std::optional<double> pitch_um, sector_mm, inner_mm;  ///< given: exact, no spread
  std::optional<std::uint64_t> capacity_sectors;  ///< what READ CAPACITY claims, where that differs from the truth
};

/// How a read comes to a block.
enum class Approach : std::uint8_t { sequential, seek, spin_up };
inline constexpr std::uint8_t kAnyApproach = 7;  ///< bits 1 << Approach

/// Under which conditions a damaged block still reads.
struct MarginalRule {
  double max_speed_x = 1000, min_speed_x = 0;  ///< outside: never
  std::uint8_t approaches = kAnyApproach;      ///< others: never
  double probability = 1;  ///< within: with this chance, drawn once for each speed class and approach
};

enum class Shape : std::uint8_t { radial, oblique, arc, edge_rot, pits, fingerprint };

/// Damage by geometry. Lengths in mm, angles in degrees. Which fields count depends on the shape; docs/scenario.md
/// says.
struct DamageSpec {
  Shape shape = Shape::radial;
  double from_mm = 30, length_mm = 8, width_mm = 1;
  double angle_deg = 0, span_deg = 60, tilt_deg = 45;
  double diameter_mm = 0.3;
  std::uint32_t count = 30;
  double dead = 0.95;   ///< share of touched blocks that never read
  double marginal = 0;  ///< share of the others that read only as `rule` says
  MarginalRule rule{.max_speed_x = 8};
  std::optional<std::uint32_t> layer;  ///< only this layer; default all: a scratch is on the surface
};

enum class FaultKind : std::uint8_t {
  dead,            ///< blocks that never read
  marginal,        ///< blocks that read only as `rule` says
  false_good,      ///< wrong bytes, status good
  stale_cache,     ///< bytes of an earlier read, status good, unless the cache is passed by
  wrong_lba,       ///< a neighbour's bytes, status good
  short_transfer,  ///< too few bytes, status good
  hang,            ///< no answer within any time-out
  sense,           ///< a CHECK CONDITION of choice
  bus_reset,       ///< transport failure, then 06/29/00
  unit_attention,  ///< 06 of choice, once
  medium_change,   ///< another disc from here on
  eject,           ///< the tray comes out
  pulled_cable,    ///< the drive is gone, perhaps for a while
};

/// When a fault happens. At most one is given; faults that belong to sectors need none.
struct Trigger {
  std::optional<std::uint64_t> command;  ///< before the N-th command since the drive was opened, from 1
  std::optional<double> seconds;         ///< before the first command at or after this virtual time
  std::optional<std::int32_t> lba;       ///< before the first read that covers this sector
  [[nodiscard]] bool given() const { return command || seconds || lba; }
};

struct FaultSpec {
  FaultKind kind = FaultKind::dead;
  LbaRange range;
  Trigger when;
  std::uint32_t times =
      1;  ///< triggered faults: for so many commands; on sectors: for the first so many reads, 0 always
  MarginalRule rule{.max_speed_x = 8};
  double probability = 1;  ///< false_good: share of ways of reading that lie
  std::uint32_t wrong_bytes = 16;
  std::int32_t offset = 1;       ///< wrong_lba
  std::uint32_t keep_bytes = 0;  ///< short_transfer: bytes that arrive
  std::uint8_t key = 3, asc = 0x11, ascq = 0x05;
  std::optional<double> returns_after_s;
  std::optional<std::uint64_t> returns_after_commands;
  DiscSpec disc;  ///< medium_change
};

enum class StartState : std::uint8_t {
  ready,  ///< disc identified, spinning, nothing pending
  cold,   ///< just powered on with a disc in: 06/29/00, then 02/04/01 until it spins
  empty,  ///< no disc, tray closed
  open,   ///< tray open
};

struct Scenario {
  std::string name = "sim";  ///< as the user typed it
  std::string title;
  std::uint64_t seed = 1;
  StartState start = StartState::ready;
  DiscSpec disc;
  DriveModel drive;
  std::vector<DamageSpec> damage;
  std::vector<FaultSpec> faults;
};

/// Reads a scenario's JSON. `origin` names it in errors; relative image paths are taken from `directory`.
/// Fails: parse (origin, JSON path, what was expected).
Result<Scenario> parse_scenario(std::string_view json, std::string_view origin, const std::filesystem::path& directory);

}  // namespace pressmark::simulated
