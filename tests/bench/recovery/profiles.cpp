// Pressings differ from nominal pitch and sector length by up to 0.5 %, radius and angle of the damage are anywhere, and 5 %
// of the blocks that a scratch touches read all the same (DamageSpec::dead).
#include "bench/recovery/profiles.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace pressmark::recovery {
namespace {

using simulated::DamageSpec;
using simulated::FaultKind;
using simulated::FaultSpec;
using simulated::MarginalRule;
using simulated::Random;
using simulated::Scenario;
using simulated::Shape;

constexpr std::uint32_t kDvd5 = 2'295'104, kDvd9 = 4'173'824, kBd25 = 12'219'392, kCd74 = 333'000;

void lay(Scenario& s, MediaKind kind, std::uint32_t sectors) {
  s.disc.kind = kind;
  s.disc.tracks = {{.sectors = sectors}};
  s.disc.spread = 0.005;
}

DamageSpec scratch(double from_mm, Random& random) {
  return {.from_mm = from_mm, .length_mm = 8, .width_mm = 1, .angle_deg = 360 * random.uniform()};
}

double anywhere(Random& random) { return random.between(28, 48); }

/// Whole ECC blocks, evenly over the disc.
void add_blocks(Scenario& s, Random& random, std::uint32_t count, const FaultSpec& like) {
  const std::uint32_t size = simulated::disc_form(s.disc.kind).block_sectors;
  const std::uint32_t blocks = s.disc.tracks.front().sectors / size;
  for (std::uint32_t i = 0; i < count; ++i) {
    FaultSpec fault = like;
    fault.range = {Lba{static_cast<std::int64_t>(random.bits() % blocks * size)}, size};
    s.faults.push_back(fault);
  }
}

void clean(Scenario& s, Random&) { lay(s, MediaKind::dvd, kDvd5); }

void radial(Scenario& s, Random& random) {
  lay(s, MediaKind::dvd, kDvd5);
  s.damage.push_back(scratch(anywhere(random), random));
}

void oblique(Scenario& s, Random& random) {
  radial(s, random);
  s.damage.back().shape = Shape::oblique;
  s.damage.back().tilt_deg = 45;
}

void three_radial(Scenario& s, Random& random) {
  lay(s, MediaKind::dvd, kDvd5);
  s.damage.push_back(scratch(random.between(28, 32), random));
  s.damage.push_back(scratch(random.between(34, 38), random));
  s.damage.push_back(scratch(random.between(38, 46), random));
}

void arc(Scenario& s, Random& random) {
  lay(s, MediaKind::dvd, kDvd5);
  DamageSpec d{.shape = Shape::arc, .from_mm = anywhere(random), .width_mm = 0.2};
  d.angle_deg = 360 * random.uniform();
  d.span_deg = 60;
  s.damage.push_back(d);
}

void edge_rot(Scenario& s, Random&) {
  lay(s, MediaKind::dvd, kDvd5);
  s.damage.push_back({.shape = Shape::edge_rot, .width_mm = 0.5});
}

void pits(Scenario& s, Random&) {
  lay(s, MediaKind::dvd, kDvd5);
  s.damage.push_back({.shape = Shape::pits, .diameter_mm = 0.3, .count = 30, .dead = 1});
}

void single_blocks(Scenario& s, Random& random) {
  lay(s, MediaKind::dvd, kDvd5);
  add_blocks(s, random, 300, {.kind = FaultKind::dead});
}

void fingerprint(Scenario& s, Random& random) {
  lay(s, MediaKind::dvd, kDvd5);
  const double centre = std::min(anywhere(random) + 7.5, 50.0);
  s.damage.push_back({.shape = Shape::fingerprint,
                      .from_mm = centre,
                      .angle_deg = 360 * random.uniform(),
                      .diameter_mm = 15,
                      .dead = 0.3});
}

void marginal(Scenario& s, Random& random) {
  lay(s, MediaKind::dvd, kDvd5);
  add_blocks(s, random, 250, {.kind = FaultKind::marginal, .rule = {.max_speed_x = 8}});
  add_blocks(s, random, 250, {.kind = FaultKind::marginal, .rule = MarginalRule{.probability = 0.4}});
}

void marginal_mix(Scenario& s, Random& random) {
  radial(s, random);
  s.damage.back().dead = 0.6;
  s.damage.back().marginal = 0.75;
  s.damage.back().rule = {.max_speed_x = 8, .probability = 0.8};
  s.damage.push_back({.shape = Shape::pits, .diameter_mm = 0.3, .count = 30, .dead = 1});
}

void dual_layer(Scenario& s, Random& random) {
  radial(s, random);
  lay(s, MediaKind::dvd, kDvd9);
  s.disc.layers = 2;
  s.disc.path = simulated::TrackPath::opposite;
}

void bd(Scenario& s, Random& random) {
  radial(s, random);
  lay(s, MediaKind::bd, kBd25);
}

void cd(Scenario& s, Random& random) {
  radial(s, random);
  lay(s, MediaKind::cd, kCd74);
  s.damage.back().width_mm = 3;  // CIRC corrects 2.4 mm
  s.drive.raw_damage = simulated::RawDamage::fails;
  s.drive.c2 = false;
}

// clang-format off
constexpr std::array kProfiles{
    Profile{"clean",        "a DVD-5 without damage", clean},
    Profile{"radial",       "a radial scratch of 8 x 1 mm", radial},
    Profile{"oblique",      "a scratch of 8 x 1 mm at 45 degrees to the radius", oblique},
    Profile{"three-radial", "three radial scratches of 8 x 1 mm, which may overlap in radius", three_radial},
    Profile{"arc",          "a scratch along the track: 60 degrees, 0.2 mm wide", arc},
    Profile{"edge-rot",     "rot that grows over the outermost 0.5 mm", edge_rot},
    Profile{"pits",         "30 pits of 0.3 mm in which nothing reads", pits},
    Profile{"single-blocks","300 single dead blocks", single_blocks},
    Profile{"fingerprint",  "a disc of 15 mm in which 30 % of the blocks are dead", fingerprint},
    Profile{"marginal",     "250 blocks that read at 8x and slower, 250 that read in 40 % of the ways (speed, approach)", marginal},
    Profile{"marginal-mix", "a radial scratch in which 30 % of the blocks read at 8x and slower in 80 % of the ways, and 30 pits", marginal_mix},
    Profile{"dual-layer",   "a DVD-9, opposite track path, a radial scratch of 8 x 1 mm through both layers", dual_layer},
    Profile{"bd",           "a BD of 25 GB with a radial scratch of 8 x 1 mm", bd},
    Profile{"cd",           "a CD of 74 minutes with a radial scratch of 8 x 3 mm, in a drive that cannot read raw", cd},
};
// clang-format on

}  // namespace

std::span<const Profile> profiles() { return kProfiles; }

const Profile* find_profile(std::string_view name) {
  const auto* row = std::ranges::find(kProfiles, name, &Profile::name);
  return row == kProfiles.end() ? nullptr : row;
}

simulated::Scenario scenario_of(const Profile& profile, const Patience& patience, std::uint64_t seed) {
  Scenario s;
  s.name = s.title = profile.name;
  s.seed = seed;
  s.drive.honours_retry_count = patience.honours_retry_count;
  s.drive.failed_read_s = patience.failed_s;
  s.drive.failed_read_min_s = patience.honours_retry_count ? patience.failed_s / 10 : patience.failed_s;
  Random random(simulated::draw({seed, 0x7265636F}));
  profile.make(s, random);
  return s;
}

}  // namespace pressmark::recovery
