// Which features a seed uses, its runs, and what goes wrong in each.
#include "simulation/story.h"

#include <array>

#include "simulation/dice.h"

namespace pressmark::simulation {
namespace {

using nlohmann::json;

struct FeatureRow {
  std::string_view name;
  double share;  ///< of the seeds
};
constexpr std::array<FeatureRow, kFeatures> kRows{{
    {"scratches", 0.5},
    {"dead-blocks", 0.5},
    {"marginal-blocks", 0.4},
    {"false-good", 0.2},
    {"stale-cache", 0.15},
    {"wrong-lba", 0.12},
    {"lasting-trouble", 0.1},
    {"slow-failures", 0.06},
    {"short-transfers", 0.2},
    {"hangs", 0.2},
    {"senses", 0.25},
    {"bus-resets", 0.2},
    {"attentions", 0.2},
    {"medium-changes", 0.2},
    {"ejects", 0.12},
    {"pulled-cables", 0.2},
    {"stops", 0.5},
    {"power-cuts", 0.6},
    {"full-disks", 0.12},
    {"other-drives", 0.3},
    {"same-drive", 0.3},
    {"reopening", 0.6},
    {"foreign-maps", 0.1},
    {"overwrites", 0.1},
    {"changing-options", 0.2},
    {"tracks", 0.12},
    {"long-discs", 0.1},
    {"two-layers", 0.25},
    {"wrong-sizes", 0.08},
}};

/// Without these, what a rip claims in the end follows from the disc alone, however often it was cut.
constexpr std::array kMoreThanCuts{Feature::marginal_blocks, Feature::false_good,      Feature::stale_cache,
                                   Feature::wrong_lba,       Feature::lasting_trouble, Feature::slow_failures,
                                   Feature::short_transfers, Feature::hangs,           Feature::senses,
                                   Feature::bus_resets,      Feature::attentions,      Feature::medium_changes,
                                   Feature::ejects,          Feature::pulled_cables,   Feature::other_drives,
                                   Feature::foreign_maps,    Feature::changing_options};

/// When, or on which sectors, something happens that passes.
void add_moment(Dice& dice, const Story& story, json& fault, bool on_sectors) {
  if (on_sectors && dice.chance(0.5)) {
    const std::int64_t first = dice.whole(0, story.sectors - 1);
    fault["first"] = first;
    fault["count"] = std::min(dice.scale(1, 64), story.sectors - first);
    fault["times"] = dice.scale(1, 12);
    return;
  }
  json& when = fault["when"] = json::object();
  switch (dice.whole(0, 3)) {
    case 0: when["seconds"] = dice.between(0.01, 30); break;
    case 1: when["lba"] = dice.whole(0, story.sectors - 1); break;
    default: when["command"] = dice.scale(1, 500); break;
  }
  if (on_sectors) fault["times"] = dice.scale(1, 12);
}

void refine(Dice& dice, const Story& story, json& f) {
  const std::string kind = f["fault"];
  if (kind == "short-transfer") f["keep_bytes"] = dice.one_of({0, 1, 2047, 2048, 2352, 40000});
  if (kind == "sense") {
    const auto code = dice.one_of<std::array<int, 3>>({{2, 4, 1},
                                                       {2, 4, 0},
                                                       {3, 17, 5},
                                                       {3, 2, 0},
                                                       {4, 8, 3},
                                                       {4, 9, 1},
                                                       {4, 62, 2},
                                                       {5, 36, 0},
                                                       {6, 40, 0},
                                                       {6, 41, 0},
                                                       {11, 0, 6},
                                                       {1, 23, 1},
                                                       {2, 58, 0},
                                                       {3, 17, 6}});
    f["key"] = code[0], f["asc"] = code[1], f["ascq"] = code[2];
  }
  if (kind == "unit-attention") {
    const auto code = dice.one_of<std::array<int, 2>>({{40, 0}, {41, 0}, {42, 1}, {63, 14}, {46, 0}});
    f["asc"] = code[0], f["ascq"] = code[1];
  }
  if (kind == "medium-change") f["disc"] = story.other_disc["disc"];
  if (kind == "pulled-cable" && dice.chance(0.7)) {
    if (dice.chance(0.5))
      f["returns_after_s"] = dice.between(0.1, 100);
    else
      f["returns_after_commands"] = dice.scale(1, 100);
  }
}

RipOptions draft_options(const Story& story, std::uint64_t number, std::optional<std::uint8_t> track) {
  Dice dice = Dice{story.seed}.of("options", number);
  RipOptions o{.name = "rips/disc", .source = "sim:story", .track = track};
  o.digests = {dice.one_of({DigestKind::crc32, DigestKind::md5, DigestKind::sha1})};
  if (dice.chance(0.2)) o.digests.push_back(DigestKind::blake2b);
  o.retries = static_cast<std::uint32_t>(dice.one_of({0, 1, 1, 2, 4}));
  if (dice.chance(0.3)) o.speeds = {{.times = dice.one_of({1.0, 4.0, 8.0, 48.0})}};
  if (dice.chance(0.1)) o.speeds.push_back({.kilobytes_per_second = 1000});
  o.confirm = dice.one_of({Confirm::near, Confirm::near, Confirm::none, Confirm::all});
  o.raw = dice.chance(0.8);
  o.sparse = dice.chance(0.3);
  if (dice.chance(0.2)) o.fill = std::byte{0};
  o.ready_limit = dice.one_of<Duration>({std::chrono::seconds{90}, std::chrono::seconds{90}, std::chrono::seconds{5}});
  o.commit_interval = dice.one_of<Duration>(
      {std::chrono::milliseconds{100}, std::chrono::seconds{1}, std::chrono::seconds{10}, std::chrono::seconds{100}});
  o.commit_bytes = static_cast<std::uint64_t>(dice.one_of({64 << 10, 256 << 10, 1 << 20, 128 << 20}));
  o.transfer_bytes = static_cast<std::uint32_t>(dice.one_of({32 << 10, 64 << 10, 64 << 10, 128 << 10, 1 << 20}));
  if (story.sectors < 400 && dice.chance(0.15)) o.transfer_bytes = 2048;
  return o;
}

void draft_cut(const Story& story, Dice& dice, Act& act) {
  std::vector<Cut> cuts{Cut::none};
  if (story.has(Feature::stops)) cuts.insert(cuts.end(), 2, Cut::stop);
  if (story.has(Feature::power_cuts)) cuts.insert(cuts.end(), 3, Cut::power);
  if (story.has(Feature::full_disks)) cuts.push_back(Cut::full_disk);
  act.cut = cuts[static_cast<std::size_t>(dice.whole(0, std::ssize(cuts) - 1))];
  using Unsynced = test::MemoryFiles::Unsynced;
  act.unsynced =
      dice.one_of({Unsynced::all_lost, Unsynced::names_kept, Unsynced::data_kept, Unsynced::torn, Unsynced::all_kept});
  switch (act.cut) {
    case Cut::none: break;
    case Cut::stop: act.cut_at = dice.scale(1, 200); break;
    case Cut::power: act.cut_at = dice.scale(1, 400); break;
    case Cut::full_disk: act.cut_at = dice.whole(0, story.sectors * kUserBytes); break;
  }
}

json other_disc(const Story& story, const json& disc) {
  Dice dice = Dice{story.seed}.of("other disc");
  json other = disc;
  other["content_seed"] = disc["content_seed"].get<int>() + 1000;
  if (dice.chance(0.4) && disc.contains("sectors")) other["sectors"] = story.sectors + dice.whole(1, 100);
  if (other.contains("layer_break") && dice.chance(0.5)) other.erase("layer_break");
  return {{"seed", story.seed}, {"disc", other}};
}

}  // namespace

std::string_view to_string(Feature feature) { return kRows[static_cast<std::size_t>(feature)].name; }

nlohmann::json draft_troubles(const Story& story, std::uint64_t number) {
  struct Row {
    Feature feature;
    const char* fault;
    bool on_sectors;  ///< can also sit on sectors for a number of reads
    int most;
  };
  constexpr std::array kTroubles{Row{Feature::short_transfers, "short-transfer", true, 3},
                                 Row{Feature::hangs, "hang", true, 2},
                                 Row{Feature::senses, "sense", true, 4},
                                 Row{Feature::bus_resets, "bus-reset", true, 3},
                                 Row{Feature::attentions, "unit-attention", false, 4},
                                 Row{Feature::medium_changes, "medium-change", false, 1},
                                 Row{Feature::ejects, "eject", false, 1},
                                 Row{Feature::pulled_cables, "pulled-cable", false, 2}};
  json faults = json::array();
  for (const Row& row : kTroubles) {
    if (!story.has(row.feature)) continue;
    Dice dice = Dice{story.seed}.of(row.fault, number);
    for (std::int64_t i = 0, n = dice.whole(0, row.most); i < n; ++i) {
      json f{{"fault", row.fault}};
      add_moment(dice, story, f, row.on_sectors);
      refine(dice, story, f);
      faults.push_back(std::move(f));
    }
  }
  return faults;
}

Story make_story(std::uint64_t seed) {
  Story story{.seed = seed};
  const Dice dice{seed};
  for (std::size_t i = 0; i < kFeatures; ++i) story.features.set(i, dice.of(kRows[i].name).chance(kRows[i].share));
  if (dice.of("only cuts").chance(0.25))
    for (const Feature feature : kMoreThanCuts) story.features.reset(static_cast<std::size_t>(feature));
  if (story.has(Feature::slow_failures)) story.features.reset(static_cast<std::size_t>(Feature::long_discs));
  const DiscDraft draft = draft_disc(story);
  story.other_disc = other_disc(story, draft.disc);

  const auto act = [&](std::uint64_t number, bool calm) {
    Dice own = dice.of("act", number);
    const std::uint64_t drive = story.has(Feature::other_drives) ? static_cast<std::uint64_t>(own.whole(0, 2)) : 0;
    Act a{.options = draft_options(story, story.has(Feature::changing_options) ? number : 0, draft.track)};
    json faults = draft.faults;
    if (!calm) {
      const json troubles = draft_troubles(story, number);
      a.troubles = static_cast<int>(troubles.size());
      faults.insert(faults.end(), troubles.begin(), troubles.end());
      a.same_drive = number > 0 && story.has(Feature::same_drive) && own.chance(0.7);
      a.swapped_while_away = story.has(Feature::medium_changes) && own.chance(0.3);
      a.foreign_map = number > 0 && story.has(Feature::foreign_maps) && own.chance(0.7);
      draft_cut(story, own, a);
    }
    a.scenario = {{"seed", seed},           {"start", own.one_of({"ready", "ready", "cold"})},
                  {"disc", draft.disc},     {"drive", draft_drive(story, drive)},
                  {"damage", draft.damage}, {"faults", faults}};
    return a;
  };
  Dice count = dice.of("acts");
  for (std::int64_t i = 0, n = count.whole(0, 4); i < n; ++i)
    story.acts.push_back(act(static_cast<std::uint64_t>(i), false));
  story.calm = act(1000, true);
  story.calm.options.ready_limit = std::chrono::seconds{90};  // a drive that spins up takes longer than 5
  return story;
}

}  // namespace pressmark::simulation
