// Discs and drives. Discs are small, so damage is placed where the little there is of a spiral really lies.
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "simulation/dice.h"
#include "simulation/story.h"

namespace pressmark::simulation {
namespace {

using nlohmann::json;

/// Millimetres of radius that the data cover, from the inner edge.
double covered_mm(const json& disc, std::int64_t sectors) {
  const bool cd = disc["kind"] == "cd", dvd = disc["kind"] == "dvd";
  const double inner = cd ? 25 : 24;
  const double pitch_mm = disc.value("pitch_um", cd ? 1.6 : dvd ? 0.74 : 0.32) / 1000;
  const double sector_mm = disc.value("sector_mm", cd ? 16.0 : dvd ? 5.157 : 2.24);
  return std::sqrt(inner * inner + static_cast<double>(sectors) * sector_mm * pitch_mm / std::numbers::pi) - inner;
}

void add_conditions(Dice& dice, json& to) {
  if (dice.chance(0.6)) to["max_speed_x"] = dice.one_of({1, 2, 4, 8, 16, 40});
  if (dice.chance(0.2)) to["min_speed_x"] = dice.one_of({1, 2, 4});
  if (dice.chance(0.4))
    to["approaches"] = dice.one_of<std::vector<std::string>>(
        {{"sequential"}, {"seek"}, {"spin-up"}, std::vector<std::string>{"sequential", "seek"}});
  if (dice.chance(0.6)) to["probability"] = dice.one_of({0.1, 0.5, 0.9});
}

json scratch(Dice& dice, const Story& story, const json& disc, std::int64_t sectors) {
  const double inner = disc["kind"] == "cd" ? 25 : 24, reach = covered_mm(disc, sectors);
  json s{{"shape", dice.one_of({"radial", "oblique", "arc", "edge-rot", "pits", "fingerprint"})}};
  const std::string shape = s["shape"];
  const auto place = [&] {
    s["from_mm"] = inner + dice.between(-0.2, 1) * reach;
    s["angle_deg"] = dice.between(0, 360);
  };
  if (shape == "radial" || shape == "oblique") {
    place();
    s["length_mm"] = std::max(0.001, dice.between(0.1, 1.2) * reach);
    s["width_mm"] = dice.one_of({0.2, 1.0, 3.0, 10.0});
    if (shape == "oblique") s["tilt_deg"] = dice.between(-80, 80);
  } else if (shape == "arc") {
    place();
    s["width_mm"] = std::max(0.001, dice.between(0.01, 0.3) * reach);
    s["span_deg"] = dice.between(1, 180);
  } else if (shape == "edge-rot") {
    s["width_mm"] = std::max(0.001, dice.between(0.01, 0.2) * reach);
  } else if (shape == "pits") {
    s["count"] = dice.scale(1, 20);
    s["diameter_mm"] = dice.one_of({0.05, 0.3, 2.5});
  } else {
    place();
    s["diameter_mm"] = 0.2 + dice.between(0.1, 1.5) * reach;
  }
  s["dead"] = dice.one_of({0.0, 0.3, 0.95, 1.0});
  if (story.has(Feature::marginal_blocks) && dice.chance(0.7)) {
    s["marginal"] = dice.one_of({0.3, 0.9, 1.0});
    add_conditions(dice, s);
  }
  return s;
}

/// A run of sectors on the disc; most are short.
void add_place(Dice& dice, json& to, std::int64_t sectors, std::int64_t most) {
  const std::int64_t first = dice.whole(0, sectors - 1);
  to["first"] = first;
  to["count"] = std::min(dice.scale(1, std::max<std::int64_t>(1, most)), sectors - first);
}

void add_surface_faults(Story& story, const Dice& dice, json& faults, std::int64_t sectors) {
  const auto some = [&](Feature feature, const char* name, std::int64_t most, auto&& refine) {
    if (!story.has(feature)) return;
    Dice own = dice.of(name);
    for (std::int64_t i = 0, n = own.whole(1, 3); i < n; ++i) {
      json f{{"fault", name}};
      add_place(own, f, sectors, most);
      refine(own, f);
      faults.push_back(std::move(f));
    }
  };
  some(Feature::dead_blocks, "dead", sectors / 6, [](Dice&, json&) {});
  some(Feature::marginal_blocks, "marginal", sectors / 6, [](Dice& d, json& f) { add_conditions(d, f); });
  some(Feature::false_good, "false-good", sectors / 10, [](Dice& d, json& f) {
    f["wrong_bytes"] = d.scale(1, 2048);
    f["probability"] = d.one_of({0.2, 0.5, 1.0});
  });
  some(Feature::stale_cache, "stale-cache", sectors / 10, [](Dice&, json&) {});
  some(Feature::wrong_lba, "wrong-lba", sectors / 10,
       [](Dice& d, json& f) { f["offset"] = d.one_of({-150, -16, -2, -1, 1, 2, 16, 150}); });
  if (!story.has(Feature::lasting_trouble)) return;
  Dice own = dice.of("lasting");
  for (std::int64_t i = 0, n = own.whole(1, 2); i < n; ++i) {
    json f{{"fault", own.one_of({"hang", "sense", "sense", "short-transfer"})}};
    add_place(own, f, sectors, 20);
    if (f["fault"] == "sense") {
      const auto code = own.one_of<std::array<int, 3>>({{3, 2, 0}, {3, 17, 5}, {3, 21, 0}, {4, 9, 0}, {5, 100, 0}});
      f["key"] = code[0], f["asc"] = code[1], f["ascq"] = code[2];
    }
    if (f["fault"] == "short-transfer") f["keep_bytes"] = own.one_of({0, 1, 2048, 2352, 5000});
    faults.push_back(std::move(f));
  }
}

/// Several tracks, at least one of them data; returns the number of the one to rip.
std::uint8_t add_tracks(Dice& dice, json& disc, std::int64_t sectors) {
  json tracks = json::array();
  std::vector<std::uint8_t> data;
  const auto n = dice.whole(1, 4);
  for (std::int64_t i = 0; i < n; ++i) {
    const bool must = i + 1 == n && data.empty();
    const std::string mode = must ? "mode1" : dice.one_of({"mode1", "mode1", "mode2", "audio"});
    json t{{"mode", mode}, {"sectors", std::max<std::int64_t>(300, sectors / n)}};
    if (i > 0 && dice.chance(0.5)) t["pregap"] = dice.one_of({1, 150, 300});
    if (i > 0 && dice.chance(0.2))
      t["session"] = tracks.back().value("session", 1) + 1;
    else if (i > 0 && tracks.back().contains("session"))
      t["session"] = tracks.back()["session"];
    if (mode != "audio") data.push_back(static_cast<std::uint8_t>(i + 1));
    tracks.push_back(std::move(t));
  }
  disc["tracks"] = std::move(tracks);
  return data[static_cast<std::size_t>(dice.whole(0, std::ssize(data) - 1))];
}

}  // namespace

DiscDraft draft_disc(Story& story) {
  Dice dice = Dice{story.seed}.of("disc");
  DiscDraft draft;
  const bool cd = story.has(Feature::tracks) || dice.chance(0.45);
  const bool bd = !cd && dice.chance(0.3);
  json& disc = draft.disc = {{"kind", cd ? "cd" : bd ? "bd" : "dvd"}, {"content_seed", dice.whole(1, 1000)}};
  story.block_sectors = cd ? 1 : bd ? 32 : 16;
  const auto sectors = story.has(Feature::long_discs) ? dice.scale(1000, 6000) : dice.scale(64, 1200);
  story.sectors = sectors;
  if (story.has(Feature::tracks))
    draft.track = add_tracks(dice, disc, sectors);
  else
    disc["sectors"] = sectors;
  if (dice.chance(0.5)) disc["pitch_um"] = 2, disc["sector_mm"] = 20;  // more turns, less on each
  if (dice.chance(0.3)) disc["spread"] = 0.01;
  if (story.has(Feature::two_layers) && !cd) {
    disc["layers"] = 2;
    disc["track_path"] = dice.one_of({"parallel", "opposite"});
    if (dice.chance(0.5)) disc["layer_break"] = dice.whole(1, sectors / story.block_sectors) * story.block_sectors;
    if (disc.contains("layer_break") && disc["layer_break"] >= sectors) disc.erase("layer_break");
  }
  if (story.has(Feature::wrong_sizes))
    disc["capacity_sectors"] = dice.whole(std::max<std::int64_t>(1, sectors - 200), sectors + 200);
  Dice shapes = dice.of("shapes");
  if (story.has(Feature::scratches))
    for (std::int64_t i = 0, n = shapes.whole(1, 3); i < n; ++i)
      draft.damage.push_back(scratch(shapes, story, disc, sectors));
  add_surface_faults(story, dice, draft.faults, sectors);
  return draft;
}

nlohmann::json draft_drive(const Story& story, std::uint64_t number) {
  Dice dice = Dice{story.seed}.of("drive", number);
  json d{{"model", dice.one_of({"sound-modern", "slow-retrier", "quick-failer", "liar", "descriptor-sense",
                                "no-read-cd", "raw-refuser"})}};
  const auto maybe = [&](const char* key, auto list) {
    if (dice.chance(0.12)) d[key] = dice.one_of(list);
  };
  maybe("honours_fua", std::initializer_list<bool>{true, false});
  maybe("honours_retry_count", std::initializer_list<bool>{true, false});
  maybe("accepts_mode_select", std::initializer_list<bool>{true, false});
  maybe("reports_information", std::initializer_list<bool>{true, false});
  maybe("sets_speed", std::initializer_list<bool>{true, false});
  maybe("raw_damage", std::initializer_list<const char*>{"returned", "fails"});
  maybe("c2_honesty", std::initializer_list<const char*>{"honest", "silent", "noisy"});
  maybe("raw_answers", std::initializer_list<int>{1, 2, 50});
  maybe("cache_kib", std::initializer_list<int>{0, 64, 512, 16384});
  maybe("default_retries", std::initializer_list<int>{1, 5, 255});
  maybe("max_transfer_bytes", std::initializer_list<int>{65536, 131072, 1 << 20});
  maybe("slow_down_x", std::initializer_list<double>{1, 4});
  maybe("idle_spin_down_s", std::initializer_list<double>{1, 10});
  if (dice.chance(0.08)) {
    // Slow enough for its pace to be seen on a small disc, and slower after errors.
    for (const char* kind : {"cd", "dvd", "bd"}) d[kind] = {{"speeds_x", {0.5}}};
    d["slow_down_x"] = 0.1;
    d["slow_down_cure"] = dice.one_of({"time", "set-speed", "stand-still"});
  }
  if (story.has(Feature::slow_failures)) d["failed_read_s"] = dice.one_of({20.0, 45.0, 120.0});
  return d;
}

}  // namespace pressmark::simulation
