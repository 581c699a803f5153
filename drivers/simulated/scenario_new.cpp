// `pressmark sim new`: a built-in's JSON, with what was asked for put in its place.
#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <numbers>

#include "pressmark/simulated.h"

#include "drivers/simulated/built_in.h"
#include "drivers/simulated/scenario.h"

namespace pressmark {
namespace {

using Json = nlohmann::ordered_json;  // keeps the order in which people read it

/// The radii between which a disc of this length has data, by the nominal figures of its kind.
struct Extent {
  double inner_mm = 0, outer_mm = 0;
  [[nodiscard]] double at(double share) const { return inner_mm + share * (outer_mm - inner_mm); }
  [[nodiscard]] double width(double share, double most_mm) const {
    return std::min(most_mm, share * (outer_mm - inner_mm));
  }
};

Extent extent_of(const simulated::Scenario& scenario) {
  const simulated::DiscForm& form = simulated::disc_form(scenario.disc.kind);
  if (!scenario.disc.image.empty()) return {form.inner_mm, form.outer_mm};  // unknown yet: a full disc
  const double sectors = scenario.disc.tracks.front().sectors;
  const double layers = std::ceil(sectors / simulated::layer_capacity(form.kind));
  const double square =
      form.inner_mm * form.inner_mm + sectors / layers * form.sector_mm * form.pitch_mm / std::numbers::pi;
  return {form.inner_mm, std::sqrt(square)};
}

double round_mm(double mm) { return std::round(mm * 1000) / 1000; }

/// Damage to start from, placed where the disc has data. CIRC corrects 2.4 mm on a CD, so scratches are wider there.
Json scratch(const Extent& e, double width_mm) {
  return {{"from_mm", round_mm(e.at(0.3))},
          {"length_mm", round_mm(e.width(0.3, 8))},
          {"width_mm", width_mm},
          {"angle_deg", 40}};
}

struct DamageRow {
  std::string_view name;
  Json (*make)(const Extent& extent, double scratch_mm);
};
constexpr std::array kDamage{
    DamageRow{"radial", scratch},
    DamageRow{"oblique",
              [](const Extent& e, double width) {
                Json d = scratch(e, width);
                d["tilt_deg"] = 45;
                return d;
              }},
    DamageRow{"arc",
              [](const Extent& e, double) {
                return Json{{"from_mm", round_mm(e.at(0.5))},
                            {"width_mm", round_mm(e.width(0.1, 0.2))},
                            {"angle_deg", 200},
                            {"span_deg", 60}};
              }},
    DamageRow{"edge-rot", [](const Extent& e, double) { return Json{{"width_mm", round_mm(e.width(0.1, 0.5))}}; }},
    DamageRow{"pits",
              [](const Extent& e, double width) {
                const double diameter = std::max(e.width(0.02, 0.3), width > 1 ? width : 0);
                const double area = (e.outer_mm * e.outer_mm - e.inner_mm * e.inner_mm) * 4;  // in the circles' measure
                const double count = std::clamp(std::floor(0.05 * area / (diameter * diameter)), 1.0, 30.0);
                return Json{{"count", static_cast<int>(count)}, {"diameter_mm", round_mm(diameter)}};
              }},
    DamageRow{"fingerprint",
              [](const Extent& e, double width) {
                const double diameter = std::max(e.width(0.5, 15), 2 * width);
                return Json{{"from_mm", round_mm(e.at(0.5))},
                            {"angle_deg", 90},
                            {"diameter_mm", round_mm(diameter)},
                            {"marginal", 0.3}};
              }},
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

Result<void> put_damage(Json& json, const std::vector<std::string>& wanted, const Extent& extent, MediaKind kind) {
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
    Json damage{{"shape", name}};
    damage.update(row->make(extent, kind == MediaKind::cd ? 3 : 1));
    list.push_back(std::move(damage));
  }
  json["damage"] = std::move(list);
  return {};
}

void put_disc(Json& json, const NewScenario& options) {
  Json& disc = json["disc"];
  if (options.image) {
    disc = Json{{"image", *options.image}};
    json.erase("faults");  // they were placed on other content
    json.erase("damage");
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
  // What was asked for may not fit together (a CD of 9 GB): the parser knows.
  auto checked = simulated::parse_scenario(json.dump(), "new scenario", {});
  if (!checked) return fail(std::move(checked).error());
  if (auto done = put_damage(json, options.damage, extent_of(*checked), checked->disc.kind); !done)
    return fail(std::move(done).error());
  return json.dump(2) + "\n";
}

}  // namespace pressmark
