// Four discs to try things on. Sizes: large enough to be worth timing, small enough to be ripped in seconds.
#include "drivers/simulated/built_in.h"

#include <algorithm>
#include <array>

#include "pressmark/simulated.h"

namespace pressmark {
namespace {

struct BuiltIn {
  BuiltInScenario about;
  std::string_view json;
};

constexpr std::array kBuiltIns{
    BuiltIn{{"demo", "a small scratched data CD: some sectors read only slowly, a few not at all"}, R"({
  "title": "a small scratched data CD",
  "seed": 1,
  "start": "cold",
  "disc": {"kind": "cd", "sectors": 6000, "volume_id": "PRESSMARK_DEMO"},
  "drive": {"model": "raw-refuser"},
  "faults": [
    {"fault": "marginal", "first": 2000, "count": 6, "max_speed_x": 8},
    {"fault": "marginal", "first": 2020, "count": 5, "max_speed_x": 8},
    {"fault": "dead", "first": 2041, "count": 3},
    {"fault": "marginal", "first": 4100, "count": 8, "max_speed_x": 8},
    {"fault": "dead", "first": 4120, "count": 2}
  ]
}
)"},
    BuiltIn{{"clean-dvd", "a flawless DVD of 1 GiB in a sound drive: for measuring speed"}, R"({
  "title": "a flawless DVD",
  "seed": 1,
  "disc": {"kind": "dvd", "sectors": 524288, "volume_id": "CLEAN_DVD"},
  "drive": {"model": "sound-modern"}
}
)"},
    BuiltIn{{"scratched-dvd", "the same DVD with a radial scratch, a short arc and some pits"}, R"({
  "title": "a scratched DVD",
  "seed": 1,
  "disc": {"kind": "dvd", "sectors": 524288, "volume_id": "SCRATCHED_DVD", "spread": 0.005},
  "drive": {"model": "sound-modern"},
  "damage": [
    {"shape": "radial", "from_mm": 27, "length_mm": 1.5, "width_mm": 1, "angle_deg": 40, "dead": 0.6, "marginal": 0.9, "max_speed_x": 4},
    {"shape": "arc", "from_mm": 32, "width_mm": 0.03, "angle_deg": 200, "span_deg": 60},
    {"shape": "pits", "count": 3, "diameter_mm": 0.2}
  ]
}
)"},
    BuiltIn{{"bd", "a Blu-ray of 2 GiB with a fingerprint and rot at its edge"}, R"({
  "title": "a Blu-ray with a fingerprint and rot at its edge",
  "seed": 1,
  "disc": {"kind": "bd", "sectors": 1048576, "volume_id": "SIMULATED_BD", "spread": 0.005},
  "drive": {"model": "sound-modern"},
  "damage": [
    {"shape": "fingerprint", "from_mm": 25.5, "angle_deg": 90, "diameter_mm": 1, "dead": 0.05, "marginal": 0.8, "max_speed_x": 4},
    {"shape": "edge-rot", "width_mm": 0.01}
  ]
}
)"},
};

constexpr std::array<BuiltInScenario, kBuiltIns.size()> kAbout = [] {
  std::array<BuiltInScenario, kBuiltIns.size()> about{};
  std::ranges::transform(kBuiltIns, about.begin(), &BuiltIn::about);
  return about;
}();

}  // namespace

std::span<const BuiltInScenario> built_in_scenarios() { return kAbout; }

std::string_view simulated::built_in_json(std::string_view name) {
  const auto* found = std::ranges::find(kBuiltIns, name, [](const BuiltIn& b) { return b.about.name; });
  return found == kBuiltIns.end() ? std::string_view{} : found->json;
}

}  // namespace pressmark
