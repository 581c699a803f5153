// Strategies of others, reduced to the reads that they send to the drive.
#pragma once

#include "bench/recovery/world.h"

namespace pressmark::recovery {

/// Every ECC block once, in order.
void linear(World& world);

/// The lower bound: streams through all that reads in passing and leaves out the rest, reads marginal blocks in the way in which
/// they read, and last each dead block once.
void oracle(World& world);

}  // namespace pressmark::recovery
