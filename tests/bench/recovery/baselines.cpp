#include "bench/recovery/baselines.h"

#include <algorithm>

namespace pressmark::recovery {
namespace {

Read block_read(const World& world, std::int64_t block) {
  const std::int64_t first = block * world.block_sectors();
  return {.first = first,
          .count = static_cast<std::uint32_t>(std::min<std::int64_t>(world.block_sectors(), world.sectors() - first))};
}

}  // namespace

void linear(World& world) {
  for (std::int64_t block = 0; block < world.blocks(); ++block) world.read(block_read(world, block));
}

void oracle(World& world) {
  using Way = simulated::Approach;
  const double kb_per_x = simulated::disc_form(world.kind()).kilobytes_per_second_1x;
  const auto missing = [&](std::int64_t block) { return !world.has(block * world.block_sectors()); };
  // Fastest first. A block is met in passing where it reads like that, by a seek where it needs one.
  auto speeds = world.scenario().drive.speeds(world.kind()).speeds_x;
  std::ranges::reverse(speeds);
  for (const double x : speeds) {
    const auto speed = static_cast<std::uint32_t>(x * kb_per_x);
    for (const Way way : {Way::sequential, Way::seek})
      for (std::int64_t block = 0; block < world.blocks(); ++block) {
        if (world.truth(block) == Truth::dead || !missing(block) || !world.would_read(block, speed, way)) continue;
        Read read = block_read(world, block);
        read.speed_kb_per_s = speed;
        if (way == Way::seek) {
          read.approach = Approach::seek;
        } else if (block > 0 && world.truth(block) == Truth::marginal) {
          Read before = block_read(world, block - 1);
          before.speed_kb_per_s = speed;
          if (!missing(block - 1)) world.read(before);
        }
        world.read(read);
      }
  }
  for (std::int64_t block = 0; block < world.blocks(); ++block) {
    if (world.truth(block) != Truth::marginal || !missing(block)) continue;
    for (const double x : speeds) {
      Read read = block_read(world, block);
      read.speed_kb_per_s = static_cast<std::uint32_t>(x * kb_per_x);
      read.approach = Approach::spin_up;
      if (missing(block) && world.would_read(block, read.speed_kb_per_s, Way::spin_up)) world.read(read);
    }
  }
  for (std::int64_t block = 0; block < world.blocks(); ++block)
    if (missing(block)) world.read(block_read(world, block));
}

}  // namespace pressmark::recovery
