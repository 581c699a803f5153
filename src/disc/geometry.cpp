// Plane geometry of a spiral, counted from the inner edge whichever way a layer is read.
#include "disc/geometry.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace pressmark {
namespace {

/// What the standards give; one row a form of disc.
struct Form {
  MediaKind kind;
  std::uint8_t layers;  ///< from so many layers on
  double pitch_mm, sector_mm, inner_mm, tolerance;
};
// clang-format off
constexpr std::array kForms{
    //   kind            layers pitch    sector  inner  tolerance
    Form{MediaKind::cd,  1,     0.0016,  17.0,   25.0,  0.04},   // 1.2 to 1.4 m/s: 16.0 to 18.7 mm
    Form{MediaKind::dvd, 1,     0.00074, 5.157,  24.0,  0.006},
    Form{MediaKind::dvd, 2,     0.00074, 5.676,  24.0,  0.006},
    Form{MediaKind::bd,  1,     0.00032, 2.240,  24.0,  0.006},
};
// clang-format on

}  // namespace

std::size_t DiscGeometry::layer_of(std::int64_t sector) const {
  std::size_t layer = 0;
  while (layer + 1 < layers.size() && sector >= layers[layer + 1].first) ++layer;
  return layer;
}

double DiscGeometry::from_inside(std::int64_t sector) const {
  const LayerSpan& layer = layers[layer_of(sector)];
  const std::int64_t n = sector - layer.first;
  return static_cast<double>(layer.inwards ? layer.outer - n : n);
}

std::int64_t DiscGeometry::sector_at(double from_inside, std::size_t layer) const {
  const LayerSpan& there = layers[layer];
  const auto n = static_cast<std::int64_t>(std::floor(from_inside));
  return there.first + std::clamp<std::int64_t>(there.inwards ? there.outer - n : n, 0, there.sectors - 1);
}

double DiscGeometry::radius_mm(std::int64_t sector) const {
  const double n = std::max(0.0, from_inside(sector));
  return std::sqrt(inner_mm * inner_mm + n * sector_mm * pitch_mm / std::numbers::pi);
}

double DiscGeometry::sectors_per_turn(std::int64_t sector) const {
  return 2 * std::numbers::pi * radius_mm(sector) / sector_mm;
}

double DiscGeometry::growth_per_turn(std::int64_t sector) const {
  const double growth = 2 * std::numbers::pi * pitch_mm / sector_mm;
  return layers[layer_of(sector)].inwards ? -growth : growth;
}

DiscGeometry nominal_geometry(const Disc& disc) {
  DiscGeometry geometry;
  for (const Form& form : kForms) {
    if (form.kind != disc.profile.kind || form.layers > disc.layers) continue;
    geometry.pitch_mm = form.pitch_mm;
    geometry.sector_mm = form.sector_mm;
    geometry.inner_mm = form.inner_mm;
    geometry.tolerance = form.tolerance;
  }
  const std::int64_t layers = std::max<std::int64_t>(1, disc.layers);
  if (geometry.pitch_mm == 0 || disc.sectors < layers) return {};
  const std::int64_t usual = disc.sectors / layers;
  std::int64_t first = 0;
  for (std::int64_t i = 0; i < layers; ++i) {
    std::int64_t end = i + 1 == layers ? disc.sectors : first + usual;
    if (i == 0 && layers == 2 && disc.layer_break && disc.layer_break->value > 0 &&
        disc.layer_break->value < disc.sectors)
      end = disc.layer_break->value;
    const bool inwards = i % 2 == 1 && (disc.opposite_track_path || disc.profile.kind == MediaKind::bd);
    const std::int64_t before = geometry.layers.empty() ? 0 : geometry.layers.back().sectors;
    geometry.layers.push_back({first, end - first, inwards, std::max(before, end - first)});
    first = end;
  }
  return geometry;
}

}  // namespace pressmark
