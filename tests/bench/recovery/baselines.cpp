#include "bench/recovery/baselines.h"

#include <algorithm>

namespace pressmark::recovery {
namespace {

Read block_read(const World& world, std::int64_t block) {
  const std::int64_t first = block * world.block_sectors();
  return {.first = first,
          .count = static_cast<std::uint32_t>(std::min<std::int64_t>(world.block_sectors(), world.sectors() - first))};
}

/// drand48 as a program gets it that never seeds it (glibc, POSIX's multiplier and addend).
class Drand48 {
 public:
  double operator()() {
    state_ = (state_ * 0x5DEECE66DU + 0xBU) & ((std::uint64_t{1} << 48U) - 1);
    return static_cast<double>(state_) * 0x1p-48;
  }

 private:
  std::uint64_t state_ = 0;
};

class Readom {
 public:
  Readom(World& world, unsigned tries) : world_(world), tries_(tries) {}

  void run() {
    constexpr std::int64_t kAtOnce = 128;
    for (std::int64_t first = 0; first < world_.sectors() && !world_.out_of_time(); first += kAtOnce) {
      const std::int64_t end = std::min(first + kAtOnce, world_.sectors());
      if (world_.read({.first = first, .count = static_cast<std::uint32_t>(end - first)}).failed)
        for (std::int64_t sector = first; sector < end && !world_.out_of_time(); ++sector) retry(sector);
    }
  }

 private:
  bool read_one(std::int64_t sector) {
    world_.other_command();  // TEST UNIT READY
    return !world_.read({.first = sector, .count = 1}).failed;
  }

  void retry(std::int64_t sector) {
    const std::int64_t last = world_.sectors() - 1;
    for (unsigned t = 0; t < tries_; ++t) {
      if (t >= 10) {
        const auto away = t % 8 == 0   ? last
                          : t % 4 == 0 ? 0
                                       : static_cast<std::int64_t>(random_() * static_cast<double>(last));
        read_one(away);
      }
      if (read_one(sector)) return;
    }
  }

  World& world_;
  unsigned tries_;
  Drand48 random_;
};

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
        } else if (world.truth(block) == Truth::marginal) {
          if (block == 0 || missing(block - 1)) continue;  // it cannot be come to in passing
          Read before = block_read(world, block - 1);
          before.speed_kb_per_s = speed;
          world.read(before);
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

void readom(World& world, unsigned tries) { Readom{world, tries}.run(); }

void dvdisaster(World& world) {
  const std::int64_t cluster = world.kind() == MediaKind::bd ? 32 : 16;
  const auto read = [&](std::int64_t first, std::int64_t count) {
    return !world.read({.first = first, .count = static_cast<std::uint32_t>(count)}).failed;
  };
  constexpr double kSpinUp = 5;
  for (std::int64_t at = 0; at + cluster <= world.sectors() && world.now() < kSpinUp && read(at, cluster);)
    at += cluster;
  read(0, 1);
  const std::int64_t tail = (world.sectors() - 2) / cluster * cluster;
  for (std::int64_t at = 0; at < world.sectors();) {
    const std::int64_t count = at >= tail ? 1 : cluster;
    read(at, count);
    at += count;
  }
}

void redumper(World& world, std::uint32_t unit, unsigned tries) {
  constexpr std::int64_t kAtOnce = 32;
  const auto piece = [&](std::int64_t first, std::int64_t count) {
    return Read{.first = first, .count = static_cast<std::uint32_t>(std::min(count, world.sectors() - first))};
  };
  for (std::int64_t at = 0; at < world.sectors(); at += kAtOnce) world.read(piece(at, kAtOnce));
  for (std::int64_t at = 0; at < world.sectors(); at += unit) {
    Read read = piece(at, unit);
    bool missing = false;
    for (std::uint32_t i = 0; i < read.count; ++i) missing = missing || !world.has(at + i);
    if (!missing) continue;
    for (unsigned t = 0; t < tries && world.read(read).failed; ++t) read.past_cache = true;
  }
}

}  // namespace pressmark::recovery
