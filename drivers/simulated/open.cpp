// From a name to a drive: a built-in, a scenario file, or an image in a sound drive.
#include <fmt/format.h>

#include "pressmark/simulated.h"

#include "drivers/simulated/machine.h"

namespace pressmark {
namespace {

using namespace simulated;

bool ends_with_any(std::string_view name, std::initializer_list<std::string_view> endings) {
  for (const std::string_view e : endings)
    if (name.ends_with(e)) return true;
  return false;
}

}  // namespace

std::unique_ptr<SimulatedDrive> simulate(std::unique_ptr<Medium> medium) {
  Scenario scenario;
  scenario.name = "sim:medium";
  return std::move(*Machine::open(std::move(scenario), std::move(medium)));
}

Result<std::unique_ptr<SimulatedDrive>> open_simulated(std::string_view name, std::optional<std::uint64_t> seed) {
  Scenario scenario;
  scenario.name = fmt::format("sim:{}", name);
  scenario.seed = seed.value_or(1);
  if (ends_with_any(name, {".iso", ".ISO", ".cue", ".CUE"})) {
    scenario.disc.image = std::filesystem::path{name};
    return Machine::open(std::move(scenario), nullptr);
  }
  scenario.start = StartState::cold;
  scenario.disc.kind = MediaKind::cd;
  scenario.disc.volume_id = "PRESSMARK_DEMO";
  scenario.disc.tracks = {{.mode = TrackMode::mode1, .sectors = 6000}};
  const auto fault = [&](FaultKind kind, std::int64_t first, std::int64_t count) {
    FaultSpec f{.kind = kind, .range = {Lba{first}, count}};
    scenario.faults.push_back(f);
  };
  fault(FaultKind::marginal, 2000, 6);
  fault(FaultKind::marginal, 2020, 5);
  fault(FaultKind::dead, 2041, 3);
  fault(FaultKind::marginal, 4100, 8);
  fault(FaultKind::dead, 4120, 2);
  return Machine::open(std::move(scenario), nullptr);
}

}  // namespace pressmark
