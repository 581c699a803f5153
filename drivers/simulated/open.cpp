// From a name to a drive: a built-in, a scenario file, or an image in a sound drive.
#include <fmt/format.h>

#include "pressmark/files.h"
#include "pressmark/simulated.h"

#include "drivers/simulated/built_in.h"
#include "drivers/simulated/machine.h"

namespace pressmark {
namespace {

using simulated::Machine;
using simulated::Scenario;

constexpr std::uint64_t kScenarioFileLimit = 16U << 20U;

/// `extension` in lower case, with its dot.
bool has_extension(const Path& path, std::string_view extension) {
  std::string own = path.extension().string();
  for (char& c : own) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return own == extension;
}

struct Source {
  std::string name;  ///< as the user would type it
  std::string_view json, origin;
  Path directory;
};

Result<std::unique_ptr<SimulatedDrive>> open_json(const Source& source, std::optional<std::uint64_t> seed) {
  auto scenario = simulated::parse_scenario(source.json, source.origin, source.directory);
  if (!scenario) return fail(std::move(scenario).error());
  scenario->name = source.name;
  if (seed) scenario->seed = *seed;
  return Machine::open(std::move(*scenario), nullptr);
}

Error unknown(std::string_view name) {
  std::string names;
  for (const BuiltInScenario& b : built_in_scenarios()) names += fmt::format("{}{}", names.empty() ? "" : ", ", b.name);
  return {.kind = ErrorKind::not_found,
          .tried = "open a simulated drive",
          .where = fmt::format("sim:{}", name),
          .got = "no built-in scenario has this name, and it does not end in .json, .iso or .cue",
          .next = fmt::format("built in are {}", names),
          .sense = {},
          .lba = {}};
}

}  // namespace

std::unique_ptr<SimulatedDrive> simulate(std::unique_ptr<Medium> medium) {
  Scenario scenario;
  scenario.name = "sim:medium";
  return std::move(*Machine::open(std::move(scenario), std::move(medium)));
}

Result<std::unique_ptr<SimulatedDrive>> open_scenario(std::string_view json, std::optional<std::uint64_t> seed) {
  return open_json({.name = "sim:scenario", .json = json, .origin = "scenario", .directory = {}}, seed);
}

Result<std::unique_ptr<SimulatedDrive>> open_simulated(std::string_view name, std::optional<std::uint64_t> seed) {
  const std::string full = fmt::format("sim:{}", name);
  if (const std::string_view json = simulated::built_in_json(name); !json.empty())
    return open_json({.name = full, .json = json, .origin = full, .directory = {}}, seed);

  const Path path{name};
  if (has_extension(path, ".json")) {
    const auto text = read_text(system_files(), path, kScenarioFileLimit);
    if (!text) return fail(text.error());
    return open_json({.name = full, .json = *text, .origin = name, .directory = path.parent_path()}, seed);
  }
  if (has_extension(path, ".iso") || has_extension(path, ".cue")) {
    Scenario scenario;
    scenario.name = full;
    scenario.seed = seed.value_or(scenario.seed);
    scenario.disc.image = path;
    return Machine::open(std::move(scenario), nullptr);
  }
  return fail(unknown(name));
}

}  // namespace pressmark
