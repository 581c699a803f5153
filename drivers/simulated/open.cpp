// From a name to a drive: a built-in, a scenario file, or an image in a sound drive.
#include "pressmark/simulated.h"

#include "drivers/simulated/machine.h"

namespace pressmark {

std::unique_ptr<SimulatedDrive> simulate(std::unique_ptr<Medium> medium) {
  simulated::Scenario scenario;
  scenario.name = "sim:medium";
  return std::move(*simulated::Machine::open(std::move(scenario), std::move(medium)));
}

Result<std::unique_ptr<SimulatedDrive>> open_simulated(std::string_view, std::optional<std::uint64_t> seed) {
  simulated::Scenario scenario;
  scenario.name = "sim:demo";
  scenario.disc.kind = MediaKind::cd;
  scenario.disc.volume_id = "PRESSMARK_DEMO";
  scenario.disc.tracks = {{.mode = TrackMode::mode1, .sectors = 6000}};
  scenario.seed = seed.value_or(1);
  return simulated::Machine::open(std::move(scenario), nullptr);
}

}  // namespace pressmark
