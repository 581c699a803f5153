// GNU ddrescue 1.27 as the drive sees it.
//
// Learned from its sources and held by tests/vm/scenarios/baselines.sh, which puts the real one on the same disc: with
// direct access (-d) each of its reads is one READ(10) of the same sectors, and of a read that fails the kernel keeps nothing.
// (Without -d the kernel's read-ahead stands between; what then reaches the drive depends on how quick host and drive are.)
// What it does by the clock only when asked to (-a, --timeout) is left out, and so is the kernel's shrinking of a disc whose last
// 75 sectors have an error.
#pragma once

#include <cstdint>

#include "bench/recovery/world.h"

namespace pressmark::recovery {

struct DdrescueOptions {
  std::uint32_t sector = 1;          ///< -b, in sectors of 2048 bytes
  std::uint32_t cluster = 0;         ///< -c, in units of `sector`; 0: its default, 64 KiB
  std::int64_t skip_bytes = -1;      ///< -K, first value; 0: never skip; -1: its default
  std::int64_t max_skip_bytes = -1;  ///< -K, second value; -1: its default, a hundredth of the disc
  bool unidirectional = false;       ///< -u
  std::uint32_t retries = 0;         ///< -r
};

void ddrescue(World& world, const DdrescueOptions& options);

}  // namespace pressmark::recovery
