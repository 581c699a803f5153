// Strategies of others, reduced to the reads that they send to the drive.
#pragma once

#include "bench/recovery/world.h"

namespace pressmark::recovery {

/// Every ECC block once, in order.
void linear(World& world);

/// The lower bound: streams through all that reads in passing and leaves out the rest, reads marginal blocks in the way in which
/// they read, and last each dead block once.
void oracle(World& world);

/// Our own planner, as `rip --confirm none` asks it.
struct PressmarkOptions {
  std::uint32_t retries = 0;
  bool foresee = true;  ///< with the disc's geometry
  bool effort = false;  ///< the drive says that it takes a lower retry count
  std::vector<std::uint32_t> speeds{0};
};
void pressmark_planner(World& world, const PressmarkOptions& options);

/// readom 1.1.11 `-noerror retries=TRIES` (its default is 128): reads of 256 KiB; where one fails, sector by sector, each up to
/// TRIES times, from the tenth on after a read of the last, the first or a random sector. Its random numbers are drand48's.
void readom(World& world, unsigned tries);

/// safecopy 1.7 with direct access and without its low-level reads (`--sync -L 0`), which ask a DVD for raw CD sectors and get nothing.
/// In sectors, its options' names in brackets. What it reads while it goes back by halves counts as recovered, though it reads
/// that again before it writes it.
struct SafecopyOptions {
  std::int64_t block = 1;          ///< (-b)
  std::int64_t fault_stride = 16;  ///< (-f) from one read to the next inside damage
  std::int64_t resolution = 1;     ///< (-r) to which a good part's beginning is looked for
  unsigned retries = 3;            ///< (-R)
  unsigned head_moves = 1;         ///< (-Z) reads of the first and the last sectors after a failure
};
void safecopy(World& world, const SafecopyOptions& options);

/// dvdisaster 0.79, linear reading with its default settings: 5 s of reading to spin up, then ECC blocks once each, the last ones
/// sector by sector.
void dvdisaster(World& world);

/// redumper's dump in reads of 32 sectors, then its refinement of what failed: `unit` sectors a read, `tries` times, all
/// but the first past the cache. (By its sources it refines DVDs sector by sector, once.)
void redumper(World& world, std::uint32_t unit, unsigned tries);

}  // namespace pressmark::recovery
