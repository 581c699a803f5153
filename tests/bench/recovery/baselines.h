// Strategies of others, reduced to the reads that they send to the drive.
#pragma once

#include "bench/recovery/world.h"

namespace pressmark::recovery {

/// Every ECC block once, in order.
void linear(World& world);

/// The lower bound: streams through all that reads in passing and leaves out the rest, reads marginal blocks in the way in which
/// they read, and last each dead block once.
void oracle(World& world);

/// Our own planner, as the ripper asks it.
struct PressmarkOptions {
  std::uint32_t retries = 0;
  bool foresee = true;  ///< with the disc's geometry
  bool effort = false;  ///< the drive says that it takes a lower retry count
  std::vector<std::uint32_t> speeds{0};
};
void pressmark_planner(World& world, const PressmarkOptions& options);

}  // namespace pressmark::recovery
