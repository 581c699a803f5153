// The simulated drive: a Transport that answers CDB bytes from a Medium, a time model and a fault model.
//
// It is independent of src/: its own CDB decoder, its own slow and plain EDC/ECC, so that a mistake in the ripper is
// not mirrored. Everything in it follows from the scenario and its seed; its clock is virtual. Scenario files:
// docs/scenario.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/clock.h"
#include "pressmark/error.h"
#include "pressmark/medium.h"
#include "pressmark/transport.h"

namespace pressmark {

/// What the simulated drive has done so far.
struct SimulatedLog {
  double virtual_seconds = 0;
  std::uint64_t commands = 0;
  std::uint64_t reads = 0;
  std::uint64_t failing_reads = 0;
  std::uint64_t seeks = 0;
  std::uint64_t sectors_read = 0;
  std::uint64_t trace_hash = 0;  ///< over every CDB and answer (long data by sample): equal on every machine
};

/// What is true of one sector of the disc that is loaded: the test's oracle, never the ripper's.
enum class SectorFate : std::uint8_t {
  sound,      ///< every read gives the right bytes
  marginal,   ///< some ways of reading succeed, others fail
  dead,       ///< no way of reading succeeds
  false_good  ///< at least one way of reading gives wrong bytes and says good
};

class SimulatedDrive : public Transport {
 public:
  [[nodiscard]] virtual SimulatedLog log() const = 0;
  [[nodiscard]] virtual SectorFate fate(Lba lba) const = 0;
  /// The pristine bytes of the scenario's own disc, apart from every fault.
  [[nodiscard]] virtual Medium& pristine() = 0;
  /// What a person should know of the scenario, several lines.
  [[nodiscard]] virtual std::string description() const = 0;
};

/// `name`: a built-in ("demo", "clean-dvd", "scratched-dvd", "bd"), a scenario file (*.json), or an image (*.iso,
/// *.cue) that a sound drive plays. `seed` replaces the scenario's own. Fails: not_found (lists the built-ins), parse
/// (names the file, the JSON path and what was expected there).
Result<std::unique_ptr<SimulatedDrive>> open_simulated(std::string_view name,
                                                       std::optional<std::uint64_t> seed = std::nullopt);

/// A scenario given as JSON text (docs/scenario.md); relative image names are taken from the current directory.
/// Fails: parse, and what its images fail with.
Result<std::unique_ptr<SimulatedDrive>> open_scenario(std::string_view json,
                                                      std::optional<std::uint64_t> seed = std::nullopt);

/// Plays a given medium in a sound drive: the shortest way to a drive in a test.
std::unique_ptr<SimulatedDrive> simulate(std::unique_ptr<Medium> medium);

struct BuiltInScenario {
  std::string_view name;
  std::string_view summary;
};
[[nodiscard]] std::span<const BuiltInScenario> built_in_scenarios();

/// The JSON text of a built-in or of a new scenario made from `options` (see `pressmark sim new --help`).
struct NewScenario {
  std::string from = "demo";             ///< built-in to start from
  std::optional<std::string> image;      ///< an ISO or cue to play instead of generated content
  std::optional<std::string> kind;       ///< cd, dvd, bd
  std::optional<std::uint64_t> sectors;  ///< size of generated content
  std::vector<std::string> damage;       ///< "radial", "arc", "edge-rot", "pits", "fingerprint", "clean"
  std::uint64_t seed = 1;
};
Result<std::string> make_scenario(const NewScenario& options);

}  // namespace pressmark
