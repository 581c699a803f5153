// Our own planner in a World: what `rip --retries 0 --confirm none` reads, without bytes.
#include <algorithm>
#include <vector>

#include "bench/recovery/baselines.h"
#include "disc/geometry.h"
#include "planner/planner.h"

namespace pressmark::recovery {
namespace {

DiscGeometry geometry_of(const World& world) {
  Disc disc;
  disc.profile.kind = world.kind();
  disc.sectors = world.sectors();
  disc.layers = world.dual_layer() ? 2 : 1;
  disc.opposite_track_path = world.dual_layer();
  return nominal_geometry(disc);
}

}  // namespace

void pressmark_planner(World& world, const PressmarkOptions& wanted) {
  constexpr std::uint32_t kTransferBytes = 64 * 1024;
  const std::uint32_t block = world.block_sectors();
  PlanOptions options{.block_sectors = block,
                      .transfer_sectors = std::max(kTransferBytes / kUserBytes / block, 1U) * block,
                      .retries = wanted.retries,
                      .speeds = wanted.speeds,
                      .confirm = Confirm::none,
                      .effort = wanted.effort,
                      .tiers = {}};
  if (wanted.foresee) options.geometry = geometry_of(world);
  Planner planner{std::move(options)};
  RipMap map{world.sectors()};
  RipProgress progress;
  std::vector<Grade> grades;
  while (const auto step = planner.next(map, progress)) {
    const Answer answer = world.read({.first = step->first,
                                      .count = step->count,
                                      .speed_kb_per_s = step->speed_kb_per_s,
                                      .past_cache = step->past_cache,
                                      .approach = step->approach,
                                      .effort = step->effort});
    grades.assign(step->count, Grade::drive);
    planner.apply(map, progress, *step,
                  {.failed = answer.failed,
                   .failed_at = answer.failed_at,
                   .grades = answer.failed ? std::span<const Grade>{} : grades,
                   .repeated = {},
                   .seconds = answer.seconds});
  }
}

}  // namespace pressmark::recovery
