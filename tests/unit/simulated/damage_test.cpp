// Damage by geometry: which blocks a shape touches, against plane geometry written out again here with the C library's
// sine and arc tangent; and the oracle against what reads really give.
#include <cmath>
#include <fmt/format.h>
#include <numbers>
#include <set>

#include "host.h"

namespace pressmark {
namespace {

constexpr double kTau = 2 * std::numbers::pi;

/// A single-layer DVD without spread: where the middle of a sector lies.
struct Point {
  double r, turns;
};
Point point(double sector) {
  const double r = std::sqrt(24.0 * 24 + sector * 5.157 * 0.00074 / std::numbers::pi);
  return {r, (r - 24) / 0.00074};
}

std::string dvd(std::string_view damage, std::string_view disc = R"("sectors": 400000)", int seed = 1) {
  return fmt::format(R"({{"seed": {}, "disc": {{"kind": "dvd", {}}}, "damage": [{}]}})", seed, disc, damage);
}

std::set<std::uint32_t> dead_blocks(Host& host, std::uint32_t blocks = 25000) {
  std::set<std::uint32_t> out;
  for (std::uint32_t b = 0; b < blocks; ++b)
    if (host.drive().fate(Lba{b * 16}) == SectorFate::dead) out.insert(b);
  return out;
}

/// Blocks any of whose 320 sample points along the track satisfies `hit(radius, angle)`, angle in turns 0..1.
template <class Hit>
std::set<std::uint32_t> sampled(Hit hit) {
  std::set<std::uint32_t> out;
  for (std::uint32_t b = 0; b < 25000; ++b)
    for (int i = 0; i < 320; ++i) {
      const Point p = point(b * 16 + i / 20.0);
      if (hit(p.r, p.turns - std::floor(p.turns))) {
        out.insert(b);
        break;
      }
    }
  return out;
}

/// Distance between two angles in turns.
double apart(double a, double b) {
  const double d = std::abs(a - b - std::round(a - b));
  return d;
}

/// Sampling misses grazes and the model takes one radius a block: a few blocks may differ.
void expect_alike(const std::set<std::uint32_t>& model, const std::set<std::uint32_t>& expected) {
  ASSERT_GT(expected.size(), 50U);
  std::vector<std::uint32_t> differing;
  std::ranges::set_symmetric_difference(model, expected, std::back_inserter(differing));
  EXPECT_LE(differing.size(), expected.size() / 25 + 4) << model.size() << " blocks, expected " << expected.size();
}

TEST(Shapes, RadialScratchHitsOncePerTurn) {
  Host host =
      Host::of(dvd(R"({"shape": "radial", "from_mm": 27, "length_mm": 2, "width_mm": 1, "angle_deg": 90, "dead": 1})"));
  const auto dead = dead_blocks(host);
  expect_alike(dead,
               sampled([](double r, double a) { return r >= 27 && r <= 29 && apart(a, 0.25) < 0.5 / (kTau * r); }));
  // 2 mm are 2703 turns; a hit of 1 mm now and then straddles two blocks of 82.5 mm.
  EXPECT_NEAR(static_cast<double>(dead.size()), 2 / 0.00074 * (1 + 1 / 82.5), 60);
}

TEST(Shapes, ArcHitsASixthOfEachTurn) {
  Host host =
      Host::of(dvd(R"({"shape": "arc", "from_mm": 28, "width_mm": 0.3, "angle_deg": 350, "span_deg": 60, "dead": 1})"));
  expect_alike(dead_blocks(host), sampled([](double r, double a) {
                 return r >= 28 && r <= 28.3 && apart(a, 350 / 360.0 + 1 / 12.0) < 1 / 12.0;
               }));
}

TEST(Shapes, ObliqueScratchIsAStraightLine) {
  for (const double tilt : {45.0, -60.0}) {
    Host host = Host::of(dvd(fmt::format(
        R"({{"shape": "oblique", "from_mm": 26, "length_mm": 4, "width_mm": 1, "angle_deg": 10, "tilt_deg": {}, "dead": 1}})",
        tilt)));
    const double t = tilt * kTau / 360;
    const double x0 = 26 * std::cos(kTau / 36), y0 = 26 * std::sin(kTau / 36);
    const double end = std::hypot(26 + 4 * std::cos(t), 4 * std::sin(t));  // its ends follow the circles there
    const double ux = std::cos(kTau / 36 + t), uy = std::sin(kTau / 36 + t);
    expect_alike(dead_blocks(host), sampled([&](double r, double a) {
                   const double x = r * std::cos(kTau * a) - x0, y = r * std::sin(kTau * a) - y0;
                   const double along = x * ux + y * uy, across = x * uy - y * ux;
                   return r >= 26 && r <= end && along > -2 && std::abs(across) < 0.5;
                 }));
  }
}

TEST(Shapes, FingerprintIsADiscOfTouchedBlocks) {
  Host host =
      Host::of(dvd(R"({"shape": "fingerprint", "from_mm": 28, "angle_deg": 180, "diameter_mm": 4, "dead": 1})"));
  expect_alike(dead_blocks(host), sampled([](double r, double a) {
                 const double x = r * std::cos(kTau * a) + 28, y = r * std::sin(kTau * a);
                 return x * x + y * y < 4;
               }));
}

TEST(Shapes, FingerprintKillsItsShareOfTheTouchedBlocks) {
  Host host =
      Host::of(dvd(R"({"shape": "fingerprint", "from_mm": 28, "angle_deg": 180, "diameter_mm": 4, "dead": 0.3})"));
  Host whole =
      Host::of(dvd(R"({"shape": "fingerprint", "from_mm": 28, "angle_deg": 180, "diameter_mm": 4, "dead": 1})"));
  const auto some = static_cast<double>(dead_blocks(host).size()), all = static_cast<double>(dead_blocks(whole).size());
  EXPECT_NEAR(some / all, 0.3, 4 * std::sqrt(0.21 / all));
}

TEST(Shapes, EdgeRotGrowsTowardsTheEdge) {
  Host host = Host::of(dvd(R"({"shape": "edge-rot", "width_mm": 0.4, "dead": 1})"));
  const double edge = point(400000).r;
  double inner = 0, outer = 0, inner_dead = 0, outer_dead = 0;
  for (std::uint32_t b = 0; b < 25000; ++b) {
    const double depth = edge - point(b * 16 + 8).r;
    const bool dead = host.drive().fate(Lba{b * 16}) == SectorFate::dead;
    EXPECT_FALSE(dead && depth > 0.4 + 0.001);
    (depth > 0.2 ? inner : outer) += depth <= 0.4 ? 1 : 0;
    (depth > 0.2 ? inner_dead : outer_dead) += dead ? 1 : 0;
  }
  EXPECT_NEAR(inner_dead / inner, 0.25, 0.06);
  EXPECT_NEAR(outer_dead / outer, 0.75, 0.06);
}

TEST(Shapes, PitsAreAsManyAsToldAndTheSeedPlacesThem) {
  Host host = Host::of(dvd(R"({"shape": "pits", "count": 30, "diameter_mm": 0.002})"));
  const auto dead = dead_blocks(host);
  EXPECT_GT(dead.size(), 30U);  // 0.002 mm is two or three turns
  EXPECT_LT(dead.size(), 150U);
  Host same = Host::of(dvd(R"({"shape": "pits", "count": 30, "diameter_mm": 0.002})"));
  EXPECT_EQ(dead_blocks(same), dead);
  Host other = Host::of(dvd(R"({"shape": "pits", "count": 30, "diameter_mm": 0.002})", R"("sectors": 400000)", 2));
  EXPECT_NE(dead_blocks(other), dead);
}

TEST(Layers, ScratchHitsBothLayersAtTheSamePlaceOnTheDisc) {
  Host host =
      Host::of(dvd(R"({"shape": "radial", "from_mm": 26, "length_mm": 1, "width_mm": 1, "angle_deg": 0, "dead": 1})",
                   R"("sectors": 400000, "layers": 2, "layer_break": 200000)"));
  // Radius 26 to 27 in sectors from the inside, for the dual-layer sector length.
  const auto at = [](double r) { return (r * r - 576) * std::numbers::pi / (5.676 * 0.00074); };
  std::uint32_t layer0 = 0, layer1 = 0, elsewhere = 0;
  for (std::uint32_t b = 0; b < 25000; ++b) {
    if (host.drive().fate(Lba{b * 16}) != SectorFate::dead) continue;
    const double sector = b * 16 + 8;
    const double inside = sector < 200000 ? sector : 400000 - sector;  // mirrored
    if (inside < at(26) - 16 || inside > at(27) + 16)
      ++elsewhere;
    else
      ++(sector < 200000 ? layer0 : layer1);
  }
  EXPECT_EQ(elsewhere, 0U);
  EXPECT_NEAR(layer0, 1 / 0.00074, 40);
  EXPECT_NEAR(layer1, 1 / 0.00074, 40);
}

TEST(Layers, DamageMayBeOnOneLayerOnly) {
  Host host =
      Host::of(dvd(R"({"shape": "radial", "from_mm": 26, "length_mm": 1, "width_mm": 1, "dead": 1, "layer": 1})",
                   R"("sectors": 400000, "layers": 2, "layer_break": 200000)"));
  const auto dead = dead_blocks(host);
  ASSERT_FALSE(dead.empty());
  EXPECT_GE(*dead.begin(), 200000U / 16);
}

TEST(Cd, BurstsThatCircCorrectsLeaveNoTrace) {
  const auto dead = [](double width) {
    Host host = Host::of(fmt::format(
        R"({{"disc": {{"kind": "cd", "sectors": 60000}}, "damage": [{{"shape": "radial", "from_mm": 28, "length_mm": 1, "width_mm": {}, "dead": 1}}]}})",
        width));
    int n = 0;
    for (int lba = 0; lba < 60000; ++lba) n += host.drive().fate(Lba{lba}) == SectorFate::dead ? 1 : 0;
    return n;
  };
  EXPECT_EQ(dead(2.3), 0);
  // 1 mm is 625 turns; interleaving makes each hit cost two sectors or three.
  EXPECT_GT(dead(3), 2 * 625 - 20);
  EXPECT_LT(dead(3), 3 * 625);
}

TEST(Oracle, AgreesWithWhatReadsGive) {
  Host host = Host::of(dvd(
      R"({"shape": "radial", "from_mm": 26, "length_mm": 0.3, "width_mm": 1, "dead": 0.4, "marginal": 0.7, "max_speed_x": 4})"));
  int counted[3] = {0, 0, 0};
  const auto first = static_cast<std::uint32_t>((26.0 * 26 - 576) * std::numbers::pi / (5.157 * 0.00074)) / 16;
  for (std::uint32_t b = first; b < first + 400; ++b) {
    const SectorFate fate = host.drive().fate(Lba{b * 16});
    ++counted[static_cast<int>(fate)];
    const bool fast = host.read10(b * 16, 16).good();
    EXPECT_EQ(fast, fate == SectorFate::sound) << b;
  }
  host.none({0xBB, 0, 0x0A, 0xD2, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0});  // 2x
  for (std::uint32_t b = first; b < first + 400; ++b)
    EXPECT_EQ(host.read10(b * 16, 16).good(), host.drive().fate(Lba{b * 16}) != SectorFate::dead) << b;
  for (const int n : counted) EXPECT_GT(n, 10);
}

TEST(Oracle, LooksUpOfAHundredGigabyteDiscNeedNoMemory) {
  Host host = Host::of(R"({"disc": {"kind": "bd", "sectors": 48876544, "layers": 4},
    "damage": [{"shape": "pits", "count": 1000, "diameter_mm": 0.5}, {"shape": "edge-rot"}]})");
  EXPECT_EQ(host.in({0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 8).number(0, 4), 48876543U);
  EXPECT_EQ(host.read10(48876543, 1).data.size() % 2048, 0U);
  int dead = 0;
  for (int block = 0; block < 1'527'392; block += 97)
    dead += host.drive().fate(Lba{block * 32}) == SectorFate::dead ? 1 : 0;
  EXPECT_GT(dead, 100);
}

}  // namespace
}  // namespace pressmark
