// `pressmark sim new`: a built-in's JSON, with what was asked for put in its place.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pressmark/simulated.h"

#include "drivers/simulated/built_in.h"
#include "drivers/simulated/scenario.h"

namespace pressmark {
namespace {

using Json = nlohmann::ordered_json;  // keeps the order in which people read it

struct DamageRow {
  std::string_view name;
  std::string_view json;
};

/// Damage to start from; the figures are those of docs/scenario.md's examples.
constexpr std::array kDamage{
    DamageRow{"radial",
              R"({"shape": "radial", "from_mm": 26, "length_mm": 8, "width_mm": 3, "angle_deg": 40, "dead": 0.95})"},
    DamageRow{
        "oblique",
        R"({"shape": "oblique", "from_mm": 26, "length_mm": 8, "width_mm": 3, "angle_deg": 40, "tilt_deg": 45, "dead": 0.95})"},
    DamageRow{"arc",
              R"({"shape": "arc", "from_mm": 26, "width_mm": 0.2, "angle_deg": 200, "span_deg": 60, "dead": 0.95})"},
    DamageRow{"edge-rot", R"({"shape": "edge-rot", "width_mm": 0.5, "dead": 0.95})"},
    DamageRow{"pits", R"({"shape": "pits", "count": 30, "diameter_mm": 0.3, "dead": 1})"},
    DamageRow{
        "fingerprint",
        R"({"shape": "fingerprint", "from_mm": 28, "angle_deg": 90, "diameter_mm": 15, "dead": 0.3, "marginal": 0.3})"},
};

Error usage(std::string where, std::string got, std::string next) {
  return {.kind = ErrorKind::usage,
          .tried = "make a scenario",
          .where = std::move(where),
          .got = std::move(got),
          .next = std::move(next),
          .sense = {},
          .lba = {}};
}

Result<void> put_damage(Json& json, const std::vector<std::string>& wanted) {
  if (wanted.empty()) return {};
  json.erase("faults");
  Json list = Json::array();
  for (const std::string& name : wanted) {
    if (name == "clean") continue;
    const auto* row = std::ranges::find(kDamage, name, &DamageRow::name);
    if (row == kDamage.end()) {
      std::string names = "clean";
      for (const DamageRow& r : kDamage) names += fmt::format(", {}", r.name);
      return fail(
          usage(fmt::format("damage \"{}\"", name), "there is no such damage", fmt::format("choose among {}", names)));
    }
    list.push_back(Json::parse(row->json));
  }
  json["damage"] = std::move(list);
  return {};
}

void put_disc(Json& json, const NewScenario& options) {
  Json& disc = json["disc"];
  if (options.image) {
    disc = Json::object();
    disc["image"] = *options.image;
  }
  if (options.kind) disc["kind"] = *options.kind;
  if (options.sectors) disc["sectors"] = *options.sectors;
}

}  // namespace

Result<std::string> make_scenario(const NewScenario& options) {
  const std::string_view from = simulated::built_in_json(options.from);
  if (from.empty())
    return fail(
        usage(fmt::format("built-in \"{}\"", options.from), "there is none of this name", "see `pressmark sim show`"));
  Json json = Json::parse(from);
  json["seed"] = options.seed;
  put_disc(json, options);
  if (auto done = put_damage(json, options.damage); !done) return fail(std::move(done).error());

  std::string text = json.dump(2) + "\n";
  // What was asked for may not fit together (a CD of 9 GB): the parser knows.
  if (auto checked = simulated::parse_scenario(text, "new scenario", {}); !checked)
    return fail(std::move(checked).error());
  return text;
}

}  // namespace pressmark
