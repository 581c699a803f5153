// A disc with scratches, by plain trigonometry of its own: which ECC blocks of a spiral a scratch touches.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <set>

#include "disc/geometry.h"

namespace pressmark::test {

/// One layer, read outwards. The true values of a pressing differ from nominal ones by a share of a percent.
struct SpiralDisc {
  double pitch_mm = 0.00074 * 1.003, sector_mm = 5.157 * 0.998, inner_mm = 24;
  std::int64_t sectors = 600'000;
  std::int64_t block_sectors = 16;
  std::set<std::int64_t> dead;  ///< blocks

  [[nodiscard]] double radius(double sector) const {
    return std::sqrt(inner_mm * inner_mm + sector * sector_mm * pitch_mm / std::numbers::pi);
  }
  [[nodiscard]] double turns(double sector) const { return (radius(sector) - inner_mm) / pitch_mm; }
  [[nodiscard]] double sectors_a_turn(double sector) const { return 2 * std::numbers::pi * radius(sector) / sector_mm; }

  /// Every block that meets the angle (in turns) within half the width, between two radii.
  void scratch(double from_mm, double to_mm, double angle, double width_mm) {
    for (std::int64_t block = 0; block * block_sectors < sectors; ++block) {
      const auto first = static_cast<double>(block * block_sectors);
      const double r = radius(first);
      if (r < from_mm || r > to_mm) continue;
      const double half = width_mm / (4 * std::numbers::pi * r);
      const double begin = turns(first) - half, end = turns(first + static_cast<double>(block_sectors)) + half;
      if (std::ceil(begin - angle) < end - angle) dead.insert(block);
    }
  }

  [[nodiscard]] DiscGeometry nominal() const {
    DiscGeometry geometry{.pitch_mm = 0.00074, .sector_mm = 5.157, .inner_mm = 24, .tolerance = 0.006, .layers = {}};
    geometry.layers.push_back({.first = 0, .sectors = sectors, .inwards = false, .outer = sectors});
    return geometry;
  }
};

}  // namespace pressmark::test
