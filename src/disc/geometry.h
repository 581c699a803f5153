// Where on a disc a sector lies, as far as nominal values can tell: layer, radius, sectors to a turn.
//
// A layer is one spiral of track pitch p on which every sector has the length l (constant linear velocity):
//     r(n) = sqrt(r0^2 + n*l*p/pi),    sectors to a turn(n) = 2*pi*r(n)/l,    which grows by 2*pi*p/l each turn.
// Radii hold to a fraction of a millimetre. Angles do not follow from nominal values at all: over a disc's 45,000 turns
// they would need l*p to two parts in a million, and pressings differ by parts in a thousand. Whoever wants to know what
// lies beside what fits the turn to what is seen (planner/scratch.h).
#pragma once

#include <cstdint>
#include <vector>

#include "pressmark/disc.h"

namespace pressmark {

/// A run of sectors on one layer, read outwards or inwards.
struct LayerSpan {
  std::int64_t first = 0;
  std::int64_t sectors = 0;
  bool inwards = false;
  std::int64_t outer = 0;  ///< inwards: sectors that lie between the inner edge and its first sector
};

struct DiscGeometry {
  double pitch_mm = 0;
  double sector_mm = 0;
  double inner_mm = 0;            ///< radius of the first sector
  double tolerance = 0;           ///< relative standard deviation of sectors_per_turn among pressings
  std::vector<LayerSpan> layers;  ///< in address order, without gaps; empty: nothing is known

  [[nodiscard]] std::size_t layer_of(std::int64_t sector) const;
  [[nodiscard]] double radius_mm(std::int64_t sector) const;
  /// 9.8 on a CD's first turn, 163 on a Blu-ray's last.
  [[nodiscard]] double sectors_per_turn(std::int64_t sector) const;
  /// By how much that changes from one turn to the next; negative on a layer that is read inwards.
  [[nodiscard]] double growth_per_turn(std::int64_t sector) const;
  /// Sectors between the inner edge and this one, on its layer: the same number on two layers is the same radius.
  [[nodiscard]] double from_inside(std::int64_t sector) const;
  /// The other way; clamped to the layer.
  [[nodiscard]] std::int64_t sector_at(double from_inside, std::size_t layer) const;
};

/// By the standards' nominal values (ECMA-130 10, ECMA-267 10 and 15, ECMA-268; BD: the white paper's physical format) and
/// what the drive said of layers. Where the layer break is unknown it is taken to be in the middle.
[[nodiscard]] DiscGeometry nominal_geometry(const Disc& disc);

}  // namespace pressmark
