// What a person should know of a scenario before trusting a drive that does not exist.
#include <fmt/format.h>

#include "drivers/simulated/machine.h"

namespace pressmark::simulated {

std::string Machine::description() const {
  const DriveModel& d = scenario_.drive;
  const LoadedDisc& disc = *first_disc_;
  std::string text = fmt::format("{}{}{}\n", scenario_.name, scenario_.title.empty() ? "" : ": ", scenario_.title);
  text += fmt::format("drive   {} {} ({})\n", d.vendor, d.product, d.model);
  text += fmt::format("disc    {}, {} sectors, {} layer{}\n", to_string(disc.kind()), disc.end(),
                      disc.spiral().layers(), disc.spiral().layers() == 1 ? "" : "s");
  text += fmt::format("damage  {} shapes, {} faults, seed {}\n", scenario_.damage.size(), scenario_.faults.size(),
                      scenario_.seed);
  return text;
}

}  // namespace pressmark::simulated
