// The JSON form of a scenario, key by key; docs/scenario.md is this file in prose.
//
// Each shape and each fault reads the keys that mean something for it, so a key given to the wrong one is an error like
// any other unknown key.
#include <algorithm>
#include <array>

#include "drivers/simulated/json_reader.h"
#include "drivers/simulated/scenario.h"
#include "drivers/simulated/tiny_iso.h"

namespace pressmark::simulated {
namespace {

constexpr std::uint64_t kAnyCount = 1'000'000'000;

template <class T, std::size_t N>
void choose(JsonReader& r, std::string_view key, const std::array<Word<T>, N>& words, T& out) {
  r.choice(key, std::span<const Word<T>>{words}, out);
}

constexpr std::array kKinds{Word<MediaKind>{"cd", MediaKind::cd}, Word<MediaKind>{"dvd", MediaKind::dvd},
                            Word<MediaKind>{"bd", MediaKind::bd}};
constexpr std::array kModes{Word<TrackMode>{"mode1", TrackMode::mode1}, Word<TrackMode>{"mode2", TrackMode::mode2},
                            Word<TrackMode>{"audio", TrackMode::audio}};
constexpr std::array kPaths{Word<TrackPath>{"parallel", TrackPath::parallel},
                            Word<TrackPath>{"opposite", TrackPath::opposite}};
constexpr std::array kStarts{Word<StartState>{"ready", StartState::ready}, Word<StartState>{"cold", StartState::cold},
                             Word<StartState>{"empty", StartState::empty}, Word<StartState>{"open", StartState::open}};
constexpr std::array kSenseFormats{Word<SenseFormat>{"fixed", SenseFormat::fixed},
                                   Word<SenseFormat>{"descriptor", SenseFormat::descriptor}};
constexpr std::array kHonesty{Word<C2Honesty>{"honest", C2Honesty::honest},
                              Word<C2Honesty>{"silent", C2Honesty::silent}, Word<C2Honesty>{"noisy", C2Honesty::noisy}};
constexpr std::array kOrders{Word<C2Order>{"c2-then-sub", C2Order::c2_then_sub},
                             Word<C2Order>{"sub-then-c2", C2Order::sub_then_c2}};
constexpr std::array kRawDamage{Word<RawDamage>{"fails", RawDamage::fails},
                                Word<RawDamage>{"returned", RawDamage::returned}};
constexpr std::array kCures{Word<DriveModel::Cure>{"time", DriveModel::Cure::time},
                            Word<DriveModel::Cure>{"set-speed", DriveModel::Cure::set_speed},
                            Word<DriveModel::Cure>{"stand-still", DriveModel::Cure::stand_still}};
constexpr std::array kShapes{Word<Shape>{"radial", Shape::radial}, Word<Shape>{"oblique", Shape::oblique},
                             Word<Shape>{"arc", Shape::arc},       Word<Shape>{"edge-rot", Shape::edge_rot},
                             Word<Shape>{"pits", Shape::pits},     Word<Shape>{"fingerprint", Shape::fingerprint}};
constexpr std::array kFaults{Word<FaultKind>{"dead", FaultKind::dead},
                             Word<FaultKind>{"marginal", FaultKind::marginal},
                             Word<FaultKind>{"false-good", FaultKind::false_good},
                             Word<FaultKind>{"stale-cache", FaultKind::stale_cache},
                             Word<FaultKind>{"wrong-lba", FaultKind::wrong_lba},
                             Word<FaultKind>{"short-transfer", FaultKind::short_transfer},
                             Word<FaultKind>{"hang", FaultKind::hang},
                             Word<FaultKind>{"sense", FaultKind::sense},
                             Word<FaultKind>{"bus-reset", FaultKind::bus_reset},
                             Word<FaultKind>{"unit-attention", FaultKind::unit_attention},
                             Word<FaultKind>{"medium-change", FaultKind::medium_change},
                             Word<FaultKind>{"eject", FaultKind::eject},
                             Word<FaultKind>{"pulled-cable", FaultKind::pulled_cable}};
constexpr std::array kApproaches{Word<Approach>{"sequential", Approach::sequential},
                                 Word<Approach>{"seek", Approach::seek}, Word<Approach>{"spin-up", Approach::spin_up}};

std::uint64_t most_sectors(MediaKind kind, std::uint32_t layers) {
  const std::uint64_t most_layers = kind == MediaKind::cd ? 1 : kind == MediaKind::dvd ? 2 : 4;
  return (layers == 0 ? most_layers : layers) * layer_capacity(kind);
}

void parse_tracks(JsonReader& r, DiscSpec& d) {
  std::uint64_t total = 0;
  for (JsonReader& t : r.children("tracks")) {
    GeneratedTrack track{.sectors = 3000};
    const std::uint8_t session = d.tracks.empty() ? std::uint8_t{1} : d.tracks.back().session;
    track.session = session;
    choose(t, "mode", kModes, track.mode);
    t.integer("sectors", kTinyIsoLeast, layer_capacity(MediaKind::cd), track.sectors);
    t.integer("session", session, d.tracks.empty() ? 1U : session + 1U, track.session);
    t.integer("pregap", 0, d.tracks.empty() ? 0 : 10'000, track.pregap);
    t.finish();
    if (track.session != session) total += session_gap(session);
    total += track.sectors + track.pregap;
    d.tracks.push_back(track);
  }
  if (d.tracks.size() > 99 || total > layer_capacity(MediaKind::cd))
    r.complain("tracks", fmt::format("at most 99 tracks and {} sectors in all", layer_capacity(MediaKind::cd)));
}

void parse_generated(JsonReader& r, DiscSpec& d) {
  if (d.kind == MediaKind::none) d.kind = MediaKind::cd;
  r.text("volume_id", 32, d.volume_id);
  r.integer("content_seed", 0, std::numeric_limits<std::uint64_t>::max(), d.content_seed);
  if (r.has("tracks")) {
    if (d.kind != MediaKind::cd || r.has("sectors"))
      r.complain("tracks", "a CD without \"sectors\"; DVD and BD have one track");
    return parse_tracks(r, d);
  }
  std::uint32_t sectors = 3000;
  r.integer("sectors", kTinyIsoLeast, most_sectors(d.kind, d.layers), sectors);
  d.tracks = {{.mode = TrackMode::mode1, .sectors = sectors}};
}

DiscSpec parse_disc(JsonReader r, const std::filesystem::path& directory) {
  DiscSpec d;
  std::string image;
  r.text("image", 4096, image);
  choose(r, "kind", kKinds, d.kind);
  r.integer("layers", 1, d.kind == MediaKind::dvd ? 2 : d.kind == MediaKind::bd ? 4 : 1, d.layers);
  if (image.empty())
    parse_generated(r, d);
  else
    d.image = directory / image;
  const std::uint32_t length = d.tracks.empty() ? std::numeric_limits<std::uint32_t>::max() : d.tracks.front().sectors;
  r.optional_integer("layer_break", 1, std::uint64_t{length} - 1, d.layer_break);
  choose(r, "track_path", kPaths, d.path);
  r.number("spread", 0, 0.02, d.spread);
  r.optional_number("pitch_um", 0.2, 2, d.pitch_um);
  r.optional_number("sector_mm", 1, 20, d.sector_mm);
  r.optional_number("inner_mm", 20, 30, d.inner_mm);
  r.optional_integer("capacity_sectors", 1, kAnyCount, d.capacity_sectors);
  r.finish();
  return d;
}

void parse_speeds(JsonReader& r, std::string_view key, SpeedTable& table) {
  if (!r.has(key)) return;
  JsonReader t = r.child(key);
  if (t.has("speeds_x")) table.speeds_x.clear();
  for (const auto& [value, path] : t.values("speeds_x")) {
    const double x = value->is_number() ? value->get<double>() : 0;
    if (x < 0.5 || x > 100 || (!table.speeds_x.empty() && x <= table.speeds_x.back()))
      return t.complain("speeds_x", "speeds from 0.5 to 100, in rising order");
    table.speeds_x.push_back(x);
  }
  if (table.speeds_x.empty()) t.complain("speeds_x", "at least one speed");
  t.number("clv_up_to_x", 0, 100, table.clv_up_to_x);
  t.finish();
}

void parse_personality(JsonReader& r, DriveModel& d) {
  r.text("vendor", 8, d.vendor);
  r.text("product", 16, d.product);
  r.text("revision", 4, d.revision);
  r.text("serial", 32, d.serial);
  choose(r, "sense_format", kSenseFormats, d.sense_format);
  r.boolean("read_cd", d.read_cd);
  r.boolean("c2", d.c2);
  r.boolean("c2_with_subchannel", d.c2_with_subchannel);
  choose(r, "c2_honesty", kHonesty, d.c2_honesty);
  choose(r, "c2_order", kOrders, d.c2_order);
  r.number("c2_unflagged", 0, 1, d.c2_unflagged);
  choose(r, "raw_damage", kRawDamage, d.raw_damage);
  r.integer("raw_answers", 1, 1000, d.raw_answers);
  r.boolean("honours_retry_count", d.honours_retry_count);
  r.boolean("accepts_mode_select", d.accepts_mode_select);
  r.boolean("honours_fua", d.honours_fua);
  r.boolean("reports_information", d.reports_information);
  r.boolean("sets_speed", d.sets_speed);
  r.integer("max_transfer_bytes", 65536, 16U << 20U, d.max_transfer_bytes);
}

DriveModel parse_drive(JsonReader r) {
  std::vector<Word<const ModelRow*>> models;
  for (const ModelRow& row : drive_models()) models.push_back({row.name, &row});
  const ModelRow* row = models.front().value;
  r.choice("model", std::span<const Word<const ModelRow*>>{models}, row);
  DriveModel d = make_model(*row);
  parse_personality(r, d);
  parse_speeds(r, "cd", d.cd);
  parse_speeds(r, "dvd", d.dvd);
  parse_speeds(r, "bd", d.bd);
  r.number("spin_up_s", 0, 60, d.spin_up_s);
  r.number("load_s", 0, 60, d.load_s);
  r.number("seek_min_ms", 0, 1000, d.seek_min_ms);
  r.number("seek_full_ms", 0, 5000, d.seek_full_ms);
  r.number("jump_ms", 0, 1000, d.jump_ms);
  r.number("jump_turns", 0, 10000, d.jump_turns);
  r.number("layer_change_ms", 0, 5000, d.layer_change_ms);
  r.number("command_ms", 0, 100, d.command_ms);
  r.number("interface_mb_per_s", 1, 10000, d.interface_mb_per_s);
  r.integer("cache_kib", 0, 65535, d.cache_kib);
  r.integer("default_retries", 1, 255, d.default_retries);
  r.number("failed_read_s", 0, 600, d.failed_read_s);
  r.number("failed_read_min_s", 0, 600, d.failed_read_min_s);
  r.number("slow_down_x", 0, 100, d.slow_down_x);
  r.number("slow_down_s", 0, 86400, d.slow_down_s);
  choose(r, "slow_down_cure", kCures, d.slow_down_cure);
  r.number("idle_spin_down_s", 0, 86400, d.idle_spin_down_s);
  if (d.failed_read_min_s > d.failed_read_s) r.complain("failed_read_min_s", "no more than failed_read_s");
  r.finish();
  return d;
}

void parse_rule(JsonReader& r, MarginalRule& rule) {
  r.number("max_speed_x", 0, 1000, rule.max_speed_x);
  r.number("min_speed_x", 0, 1000, rule.min_speed_x);
  r.number("probability", 0, 1, rule.probability);
  if (r.has("approaches")) rule.approaches = 0;
  for (const auto& [value, path] : r.values("approaches")) {
    const auto* word = std::ranges::find_if(kApproaches, [&](const auto& w) { return *value == w.word; });
    if (word == kApproaches.end())
      return r.complain("approaches", "a list out of \"sequential\", \"seek\", \"spin-up\"");
    rule.approaches = static_cast<std::uint8_t>(rule.approaches | 1U << static_cast<unsigned>(word->value));
  }
}

DamageSpec parse_damage(JsonReader& r) {
  DamageSpec d;
  if (!r.has("shape")) r.complain("shape", "the shape of the damage");
  choose(r, "shape", kShapes, d.shape);
  const auto place = [&] {
    r.number("from_mm", 20, 60, d.from_mm);
    r.number("angle_deg", 0, 360, d.angle_deg);
  };
  switch (d.shape) {
    case Shape::oblique: r.number("tilt_deg", -89, 89, d.tilt_deg); [[fallthrough]];
    case Shape::radial:
      place();
      r.number("length_mm", 0.001, 40, d.length_mm);
      r.number("width_mm", 0.001, 20, d.width_mm);
      break;
    case Shape::arc:
      d.width_mm = 0.2;
      place();
      r.number("width_mm", 0.001, 40, d.width_mm);
      r.number("span_deg", 0.001, 360, d.span_deg);
      break;
    case Shape::edge_rot:
      d.width_mm = 0.5;
      r.number("width_mm", 0.001, 40, d.width_mm);
      break;
    case Shape::pits:
      r.integer("count", 1, 100'000, d.count);
      r.number("diameter_mm", 0.001, 20, d.diameter_mm);
      d.dead = 1;
      break;
    case Shape::fingerprint:
      d.diameter_mm = 15;
      d.dead = 0.3;
      place();
      r.number("diameter_mm", 0.1, 40, d.diameter_mm);
      break;
  }
  r.number("dead", 0, 1, d.dead);
  r.number("marginal", 0, 1, d.marginal);
  r.optional_integer("layer", 0, 3, d.layer);
  parse_rule(r, d.rule);
  r.finish();
  return d;
}

/// Where or when it strikes. Returns how: by sectors (true) or by a trigger.
void parse_place(JsonReader& r, FaultSpec& f, bool sectors, bool trigger) {
  if (sectors && trigger && r.has("first") == r.has("when"))
    return r.complain("", "either \"first\" (and \"count\") or \"when\"");
  if (sectors && r.has("first")) {
    std::int64_t first = 0;
    r.integer("first", 0, kAnyCount, first);
    f.range = {Lba{first}, 1};
    r.integer("count", 1, kAnyCount, f.range.count);
    f.times = 0;  // every read
    return;
  }
  if (!trigger) return r.complain("first", "the first sector");
  if (!r.has("when")) return r.complain("when", "an object with \"command\", \"seconds\" or \"lba\"");
  JsonReader when = r.child("when");
  when.optional_integer("command", 1, kAnyCount, f.when.command);
  when.optional_number("seconds", 0, 1e9, f.when.seconds);
  when.optional_integer("lba", 0, kAnyCount, f.when.lba);
  when.finish();
  if (int{f.when.command.has_value()} + int{f.when.seconds.has_value()} + int{f.when.lba.has_value()} != 1)
    when.complain("", "exactly one of \"command\", \"seconds\", \"lba\"");
}

FaultSpec parse_fault(JsonReader& r, const std::filesystem::path& directory) {
  FaultSpec f;
  if (!r.has("fault")) r.complain("fault", "the kind of fault");
  choose(r, "fault", kFaults, f.kind);
  switch (f.kind) {
    case FaultKind::dead: parse_place(r, f, true, false); break;
    case FaultKind::marginal:
      parse_place(r, f, true, false);
      parse_rule(r, f.rule);
      break;
    case FaultKind::false_good:
      parse_place(r, f, true, false);
      r.number("probability", 0, 1, f.probability);
      r.integer("wrong_bytes", 1, 2048, f.wrong_bytes);
      break;
    case FaultKind::stale_cache: parse_place(r, f, true, false); break;
    case FaultKind::wrong_lba: {
      parse_place(r, f, true, false);
      double offset = f.offset;
      r.number("offset", -1000, 1000, offset);
      f.offset = static_cast<std::int32_t>(offset);
      break;
    }
    case FaultKind::short_transfer:
      parse_place(r, f, true, true);
      r.integer("keep_bytes", 0, 16U << 20U, f.keep_bytes);
      r.integer("times", 0, kAnyCount, f.times);
      break;
    case FaultKind::hang:
    case FaultKind::bus_reset:
      parse_place(r, f, true, true);
      r.integer("times", 0, kAnyCount, f.times);
      break;
    case FaultKind::sense:
      parse_place(r, f, true, true);
      r.integer("times", 0, kAnyCount, f.times);
      r.integer("key", 1, 15, f.key);
      r.integer("asc", 0, 255, f.asc);
      r.integer("ascq", 0, 255, f.ascq);
      break;
    case FaultKind::unit_attention:
      f.asc = 0x28;
      f.ascq = 0;
      parse_place(r, f, false, true);
      r.integer("asc", 0, 255, f.asc);
      r.integer("ascq", 0, 255, f.ascq);
      break;
    case FaultKind::medium_change:
      parse_place(r, f, false, true);
      if (!r.has("disc")) r.complain("disc", "the disc that is put in");
      f.disc = parse_disc(r.child("disc"), directory);
      break;
    case FaultKind::eject: parse_place(r, f, false, true); break;
    case FaultKind::pulled_cable:
      parse_place(r, f, false, true);
      r.optional_number("returns_after_s", 0, 1e9, f.returns_after_s);
      r.optional_integer("returns_after_commands", 1, kAnyCount, f.returns_after_commands);
      break;
  }
  r.finish();
  return f;
}

}  // namespace

Result<Scenario> parse_scenario(std::string_view text, std::string_view origin,
                                const std::filesystem::path& directory) {
  JsonMistake mistake(origin);
  const nlohmann::json json = parse_json(text, mistake);
  if (mistake.error()) return fail(*mistake.error());

  Scenario s;
  JsonReader r(json, "", mistake);
  r.text("title", 200, s.title);
  r.integer("seed", 0, std::numeric_limits<std::uint64_t>::max(), s.seed);
  choose(r, "start", kStarts, s.start);
  if (!r.has("disc")) r.complain("disc", "the disc in the drive");
  s.disc = parse_disc(r.child("disc"), directory);
  s.drive = parse_drive(r.child("drive"));
  for (JsonReader& d : r.children("damage")) s.damage.push_back(parse_damage(d));
  for (JsonReader& f : r.children("faults")) s.faults.push_back(parse_fault(f, directory));
  r.finish();
  if (mistake.error()) return fail(*mistake.error());
  return s;
}

}  // namespace pressmark::simulated
