// Where on the disc a sector lies: layer, radius, turn and angle.
//
// A layer is one spiral of constant track pitch p on which each sector has the same length l, from radius r0 outwards:
//     r(n) = sqrt(r0^2 + n*l*p/pi),   turns(n) = (r(n) - r0) / p,   angle = frac(turns).
// Parallel track path (PTP): both layers run inside out. Opposite (OTP, and every dual-layer BD): layer 1 runs outside
// in, its first sector above layer 0's last. Angles are in turns, [0, 1), and grow in reading order, since the disc
// turns one way for both layers.
#pragma once

#include <cstdint>
#include <vector>

#include "pressmark/medium.h"

namespace pressmark::simulated {

/// What a standard says of a kind of disc; one row each. ECMA-130 (CD), ECMA-267 (DVD), BD white paper.
struct DiscForm {
  MediaKind kind;
  double pitch_mm, sector_mm, dual_layer_sector_mm, inner_mm, outer_mm;
  double sectors_per_second_1x;
  double kilobytes_per_second_1x;  ///< as SET CD SPEED and SET STREAMING count
  std::uint32_t block_sectors;     ///< sectors that are corrected, and lost, together
  double corrected_burst_mm;       ///< damage along the track up to this length is put right and leaves no trace
};
[[nodiscard]] const DiscForm& disc_form(MediaKind kind);

/// Sectors that fit one layer (ECMA-267 for a single-layer DVD; 25 GB for BD; a CD has one layer whatever its length).
[[nodiscard]] constexpr std::uint32_t layer_capacity(MediaKind kind) {
  return kind == MediaKind::dvd ? 2'298'496 : kind == MediaKind::bd ? 12'219'392 : 450'000;
}

enum class TrackPath : std::uint8_t { parallel, opposite };

struct SpiralOptions {
  double pitch_mm = 0, sector_mm = 0, inner_mm = 0, outer_mm = 58;
  std::vector<std::uint32_t> layer_sectors;  ///< one to four
  TrackPath path = TrackPath::opposite;
  std::vector<double> layer_phase;  ///< angle at which each layer's first sector starts, turns; missing: 0
};

struct Place {
  std::uint32_t layer = 0;
  double radius_mm = 0;
  double turns = 0;  ///< since the layer's first sector, phase included: the fraction is the angle
};

class Spiral {
 public:
  explicit Spiral(SpiralOptions options);

  /// `position` counts sectors from the start of the disc and may lie between two. Clamped to the disc.
  [[nodiscard]] Place place(double position) const;
  /// First sector of a layer and one past its last.
  [[nodiscard]] std::uint32_t layer_begin(std::uint32_t layer) const { return begins_[layer]; }
  [[nodiscard]] std::uint32_t layer_end(std::uint32_t layer) const { return begins_[layer + 1]; }
  [[nodiscard]] std::uint32_t layers() const { return static_cast<std::uint32_t>(begins_.size() - 1); }
  [[nodiscard]] std::uint32_t layer_of(double position) const;
  /// Revolutions that the sectors [from, to) take, all layers together.
  [[nodiscard]] double turns_between(double from, double to) const;
  /// Sectors [first, end) of `layer` whose radius lies in [from_mm, to_mm], rounded outwards.
  struct Run {
    std::uint32_t first = 0, end = 0;
  };
  [[nodiscard]] Run within(std::uint32_t layer, double from_mm, double to_mm) const;
  /// The largest radius that holds data.
  [[nodiscard]] double data_edge_mm() const;
  [[nodiscard]] const SpiralOptions& options() const { return options_; }

 private:
  [[nodiscard]] bool inwards(std::uint32_t layer) const {
    return options_.path == TrackPath::opposite && layer % 2 == 1;
  }
  [[nodiscard]] Place place_on(std::uint32_t layer, double position) const;
  [[nodiscard]] double radius_at(double sectors_from_inside) const;
  /// Where an inward layer starts, counted in sectors from the inner edge.
  [[nodiscard]] double outer_start(std::uint32_t layer) const;

  SpiralOptions options_;
  std::vector<std::uint32_t> begins_;
  double growth_;  ///< l*p/pi
};

}  // namespace pressmark::simulated
