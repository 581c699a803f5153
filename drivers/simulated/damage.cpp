// A shape covers, at each radius, one interval of angles; a block covers one interval of turns. They meet or they do
// not. A block that is met is dead, marginal or spared by a hash of seed, shape and block.
#include "drivers/simulated/damage.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <tuple>

#include "drivers/simulated/plane.h"
#include "drivers/simulated/random.h"

namespace pressmark::simulated {
namespace {

constexpr double kTau = 2 * std::numbers::pi;
/// ECMA-130 18: CIRC spreads a sector's bytes over 108 frames more than its own 98, so damage reaches that much back.
constexpr double kCircReachSectors = 108.0 / 98.0;

/// An interval of angles at one radius, in turns; empty if `half` is not positive.
struct Arc {
  double centre = 0, half = 0;
};

Arc circle_at(double r, double centre_radius, double circle_radius, double angle) {
  const double rise = r - centre_radius;
  const double squared = circle_radius * circle_radius - rise * rise;
  return {angle, squared > 0 ? std::sqrt(squared) / (kTau * r) : 0};
}

/// A straight scratch that starts at (from, angle) and runs outwards, tilted against the radius. By the law of sines
/// the angle between scratch and radius at r is asin(from * sin(tilt) / r), which also widens its cut through the
/// track.
Arc oblique_at(double r, const DamageSpec& s, double angle) {
  const double sine = sine_of_degrees(s.tilt_deg), cosine = cosine_of_degrees(s.tilt_deg);
  const double across = s.from_mm * sine;
  if (r <= std::abs(across)) return {};
  const double along = std::sqrt(r * r - across * across) - s.from_mm * cosine;
  const double slant = across / r;
  const double turned = direction_turns(s.from_mm + along * cosine, along * sine);
  return {angle + turned, s.width_mm / std::sqrt(1 - slant * slant) / (kTau * r) / 2};
}

bool meets(double begin, double end, Arc arc) {
  const double k = std::ceil(begin - (arc.centre + arc.half));
  return k + arc.centre - arc.half < end;
}

}  // namespace

std::uint32_t speed_class(double speed_x) {
  constexpr std::array kSteps{1.0, 1.42, 2.01, 2.84, 4.01, 5.68, 8.01, 11.4, 16.1, 22.7, 32.1, 45.3};
  return static_cast<std::uint32_t>(std::ranges::upper_bound(kSteps, speed_x) - kSteps.begin());
}

Attempt attempt(const Condition& condition, std::uint64_t seed, std::uint32_t block, const Way& way) {
  switch (condition.kind) {
    case Condition::Kind::sound: return {};
    case Condition::Kind::dead: return {.reads = false};
    case Condition::Kind::marginal: break;
  }
  const MarginalRule& rule = condition.rule;
  const auto approach = static_cast<unsigned>(way.approach);
  if (way.speed_x > rule.max_speed_x || way.speed_x < rule.min_speed_x || (rule.approaches >> approach & 1U) == 0)
    return {.reads = false};
  const std::uint64_t chance = draw({seed, block, speed_class(way.speed_x), approach});
  const double trouble = unit(mix(chance));  // half read at the first try, the others need retries
  return {.reads = unit(chance) < rule.probability, .effort = std::max(0.0, 2 * trouble - 1)};
}

void DamageMap::Pieces::settle() {
  std::ranges::sort(sorted, {}, [](const Piece& p) { return std::tuple{p.first, p.end, p.id}; });
  std::uint32_t end = 0;
  for (const Piece& p : sorted) furthest_end.push_back(end = std::max(end, p.end));
}

DamageMap::DamageMap(Options options, const Spiral& spiral, const DiscForm& form)
    : seed_(options.seed), spiral_(spiral), form_(form), shapes_(std::move(options.shapes)) {
  for (const FaultSpec& f : options.faults)
    if (f.kind == FaultKind::dead || f.kind == FaultKind::marginal) faults_.push_back(f);
  for (std::size_t i = 0; i < shapes_.size(); ++i) add_shape(shapes_[i], i);
  for (const FaultSpec& f : faults_) {
    const auto first = static_cast<std::uint32_t>(std::max<std::int64_t>(0, f.range.first.value));
    const auto end = static_cast<std::uint32_t>(std::clamp<std::int64_t>(f.range.end().value, first, options.sectors));
    if (first < end)
      fault_pieces_.sorted.push_back({.first = first / form.block_sectors,
                                      .end = (end + form.block_sectors - 1) / form.block_sectors,
                                      .fault = &f});
  }
  shape_pieces_.settle();
  fault_pieces_.settle();
}

void DamageMap::add_shape(const DamageSpec& s, std::uint64_t id) {
  const double angle = s.angle_deg / 360, reach = s.diameter_mm / 2;
  switch (s.shape) {
    case Shape::radial: return add_piece(s, id, s.from_mm, s.from_mm + s.length_mm, s.from_mm, angle);
    case Shape::arc: return add_piece(s, id, s.from_mm, s.from_mm + s.width_mm, s.from_mm, angle + s.span_deg / 720);
    case Shape::oblique: {
      const double out = s.from_mm + s.length_mm * cosine_of_degrees(s.tilt_deg);
      const double side = s.length_mm * sine_of_degrees(s.tilt_deg);
      return add_piece(s, id, s.from_mm, std::sqrt(out * out + side * side), s.from_mm, angle);
    }
    case Shape::edge_rot: {
      const double edge = spiral_.data_edge_mm();
      return add_piece(s, id, edge - s.width_mm, edge + 1, edge - s.width_mm, 0);
    }
    case Shape::fingerprint: return add_piece(s, id, s.from_mm - reach, s.from_mm + reach, s.from_mm, angle);
    case Shape::pits: {
      Random random(draw({seed_, id}));
      const double inner = spiral_.options().inner_mm, outer = spiral_.data_edge_mm();
      for (std::uint32_t i = 0; i < s.count; ++i) {  // evenly over the area
        const double r = std::sqrt(inner * inner + random.uniform() * (outer * outer - inner * inner));
        add_piece(s, draw({id, i}), r - reach, r + reach, r, random.uniform());
      }
      return;
    }
  }
}

void DamageMap::add_piece(const DamageSpec& spec, std::uint64_t id, double from_mm, double to_mm, double radius_mm,
                          double angle) {
  for (std::uint32_t layer = 0; layer < spiral_.layers(); ++layer) {
    if (spec.layer && *spec.layer != layer) continue;
    const Spiral::Run run = spiral_.within(layer, from_mm, to_mm);
    if (run.first >= run.end) continue;
    shape_pieces_.sorted.push_back({.first = run.first / form_.block_sectors,
                                    .end = (run.end + form_.block_sectors - 1) / form_.block_sectors,
                                    .id = id,
                                    .spec = &spec,
                                    .radius_mm = radius_mm,
                                    .angle = angle});
  }
}

double DamageMap::touch(const Piece& piece, std::uint32_t block) const {
  const double first = static_cast<double>(block) * form_.block_sectors;
  const double end = first + form_.block_sectors;
  const double r = spiral_.place((first + end) / 2).radius_mm;
  const DamageSpec& s = *piece.spec;
  Arc arc;
  switch (s.shape) {
    case Shape::radial:
      if (r >= s.from_mm && r <= s.from_mm + s.length_mm) arc = {piece.angle, s.width_mm / (kTau * r) / 2};
      break;
    case Shape::arc:
      if (r >= s.from_mm && r <= s.from_mm + s.width_mm) arc = {piece.angle, s.span_deg / 720};
      break;
    case Shape::oblique:
      if (r >= s.from_mm) arc = oblique_at(r, s, piece.angle);
      break;
    case Shape::edge_rot: return std::clamp((r - piece.radius_mm) / s.width_mm, 0.0, 1.0);
    case Shape::pits:
    case Shape::fingerprint: arc = circle_at(r, piece.radius_mm, s.diameter_mm / 2, piece.angle); break;
  }
  if (arc.half <= 0 || 2 * arc.half * kTau * r <= form_.corrected_burst_mm) return 0;
  const double reach = form_.kind == MediaKind::cd ? kCircReachSectors : 0;
  // Just short of the block's end, which may be the next layer's first turn.
  const double begin = spiral_.place(first).turns;
  const double length = (end - first + reach) * spiral_.options().sector_mm / (kTau * r);
  return meets(begin, begin + length, arc) ? 1 : 0;
}

Condition DamageMap::judge(const Piece& piece, std::uint32_t block) const {
  using Kind = Condition::Kind;
  if (piece.fault != nullptr)
    return {piece.fault->kind == FaultKind::dead ? Kind::dead : Kind::marginal, piece.fault->rule};
  const double chance = touch(piece, block);
  if (chance <= 0) return {};
  const std::uint64_t h = draw({seed_, piece.id, block});
  if (unit(h) >= chance) return {};
  const std::uint64_t g = mix(h);
  if (unit(g) < piece.spec->dead) return {Kind::dead, {}};
  return unit(mix(g)) < piece.spec->marginal ? Condition{Kind::marginal, piece.spec->rule} : Condition{};
}

Condition DamageMap::at(std::uint32_t block) const {
  Condition worst;
  for (const Pieces* list : {&fault_pieces_, &shape_pieces_}) {
    const auto past = std::ranges::upper_bound(list->sorted, block, {}, &Piece::first) - list->sorted.begin();
    for (auto i = static_cast<std::size_t>(past); i > 0; --i) {
      if (list->furthest_end[i - 1] <= block) break;
      const Piece& piece = list->sorted[i - 1];
      if (piece.end <= block) continue;
      const Condition c = judge(piece, block);
      if (c.kind > worst.kind) worst = c;
      if (worst.kind == Condition::Kind::dead) return worst;
    }
  }
  return worst;
}

std::uint32_t DamageMap::next_suspect(std::uint32_t from, std::uint32_t end) const {
  for (const Pieces* list : {&fault_pieces_, &shape_pieces_}) {
    const auto past = static_cast<std::size_t>(std::ranges::upper_bound(list->sorted, from, {}, &Piece::first) -
                                               list->sorted.begin());
    if (past > 0 && list->furthest_end[past - 1] > from) return std::min(from, end);
    if (past < list->sorted.size()) end = std::min(end, list->sorted[past].first);
  }
  return std::max(from, end);
}

}  // namespace pressmark::simulated
