// Plain plane geometry. Only + - * / and sqrt are used: IEEE 754 rounds them the same everywhere, so a disc laid out
// from a seed is the same disc on every machine (this folder is compiled with -ffp-contract=off).
#include "drivers/simulated/spiral.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <numbers>

namespace pressmark::simulated {
namespace {

// clang-format off
constexpr std::array kForms{
    //       kind           pitch    sector  dual    r0    r1    1x       kB/s    block burst
    DiscForm{MediaKind::cd,  0.0016,  16.0,  16.0,   25.0, 58.0, 75.0,    176.4,   1, 2.4},
    DiscForm{MediaKind::dvd, 0.00074, 5.157, 5.676,  24.0, 58.0, 676.08,  1384.6, 16, 0.0},
    DiscForm{MediaKind::bd,  0.00032, 2.240, 2.240,  24.0, 58.0, 2195.0,  4495.6, 32, 0.0},
};
// clang-format on

}  // namespace

const DiscForm& disc_form(MediaKind kind) {
  switch (kind) {
    case MediaKind::none:
    case MediaKind::cd: return kForms[0];
    case MediaKind::dvd: return kForms[1];
    case MediaKind::bd: return kForms[2];
  }
  return kForms[0];
}

Spiral::Spiral(SpiralOptions options) : options_(std::move(options)) {
  assert(!options_.layer_sectors.empty());
  growth_ = options_.sector_mm * options_.pitch_mm / std::numbers::pi;
  options_.layer_phase.resize(options_.layer_sectors.size());
  begins_.push_back(0);
  for (const std::uint32_t n : options_.layer_sectors) begins_.push_back(begins_.back() + n);
}

double Spiral::radius_at(double n) const { return std::sqrt(options_.inner_mm * options_.inner_mm + n * growth_); }

double Spiral::outer_start(std::uint32_t layer) const {
  // The focus jumps from the end of the layer before to the same radius; a longer layer starts further out.
  return static_cast<double>(std::max(options_.layer_sectors[layer - 1], options_.layer_sectors[layer]));
}

std::uint32_t Spiral::layer_of(double position) const {
  std::uint32_t layer = 0;
  while (layer + 1 < layers() && position >= static_cast<double>(begins_[layer + 1])) ++layer;
  return layer;
}

Place Spiral::place_on(std::uint32_t layer, double position) const {
  const double n = position - static_cast<double>(begins_[layer]);
  if (inwards(layer)) {
    const double start = outer_start(layer);
    const double r = radius_at(start - n);
    return {layer, r, (radius_at(start) - r) / options_.pitch_mm + options_.layer_phase[layer]};
  }
  const double r = radius_at(n);
  return {layer, r, (r - options_.inner_mm) / options_.pitch_mm + options_.layer_phase[layer]};
}

Place Spiral::place(double position) const {
  position = std::clamp(position, 0.0, static_cast<double>(begins_.back()));
  return place_on(layer_of(position), position);
}

double Spiral::turns_between(double from, double to) const {
  double turns = 0;
  for (std::uint32_t layer = layer_of(from); from < to; ++layer) {
    const double until = layer + 1 < layers() ? std::min(to, static_cast<double>(layer_end(layer))) : to;
    turns += place_on(layer, until).turns - place_on(layer, from).turns;
    from = until;
  }
  return turns;
}

Spiral::Run Spiral::within(std::uint32_t layer, double from_mm, double to_mm) const {
  const auto from_inside = [&](double r) { return (r * r - options_.inner_mm * options_.inner_mm) / growth_; };
  const auto last = static_cast<double>(options_.layer_sectors[layer]);
  double a = from_inside(from_mm), b = from_inside(to_mm);
  if (inwards(layer)) {
    const double start = outer_start(layer);
    const double inner = start - b;
    b = start - a;
    a = inner;
  }
  a = std::clamp(std::floor(a) - 1, 0.0, last);
  b = std::clamp(std::ceil(b) + 1, a, last);
  return {begins_[layer] + static_cast<std::uint32_t>(a), begins_[layer] + static_cast<std::uint32_t>(b)};
}

double Spiral::data_edge_mm() const {
  double edge = 0;
  for (std::uint32_t layer = 0; layer < layers(); ++layer)
    edge = std::max(edge, radius_at(inwards(layer) ? outer_start(layer) : options_.layer_sectors[layer]));
  return edge;
}

}  // namespace pressmark::simulated
