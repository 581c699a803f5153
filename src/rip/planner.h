// Decides what to read next, and what a reading means for the map. Pure: no device, no file, no clock.
//
// Four phases, each a sweep over the map:
//   stream   untried sectors in order, in large reads. Where a read fails, the ECC block that the drive names (or all of the
//            read) is left for later; behind a failure single blocks are read until one succeeds.
//   split    blocks that failed only as part of a larger read, each by itself.
//   retry    `retries` rounds over what is unreadable, one block at a time, each round at the next speed and past the cache.
//   confirm  sectors that have no code of their own and lie beside damage (or all) are read again past the cache.
// An interrupted sweep goes on from RipProgress; everything else follows from the map.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "pressmark/map.h"

namespace pressmark {

struct PlanOptions {
  std::uint32_t block_sectors = 1;      ///< of an ECC block
  std::uint32_t transfer_sectors = 32;  ///< of the largest read; a multiple of block_sectors
  std::uint32_t retries = 4;
  std::vector<std::uint32_t> speeds{0};
  Confirm confirm = Confirm::near;
};

/// How the head comes to a step's sectors: ways that differ for a drive's servo, its cache and its laser.
enum class Approach : std::uint8_t {
  sequential,  ///< as it happens
  seek,        ///< from somewhere else: another sector, far off, is read first
  spin_up,     ///< the disc has been stopped and started again
};

/// How long the drive's firmware may try before it gives up (mode page 01h, MMC-6 7.3), where it lets itself be told.
enum class Effort : std::uint8_t { quick, usual, most };

struct Step {
  RipProgress::Phase phase = RipProgress::Phase::stream;
  std::uint32_t round = 0;
  std::int64_t first = 0;  ///< image sector
  std::uint32_t count = 0;
  std::uint32_t speed_kb_per_s = 0;
  bool past_cache = false;
  Approach approach = Approach::sequential;
  Effort effort = Effort::usual;
  bool read_twice = false;  ///< what the drive calls good is read again past the cache before it is believed
  friend bool operator==(const Step&, const Step&) = default;
};

/// What came of a step: either the read failed as a whole, or every sector has a grade.
struct StepResult {
  bool failed = false;
  std::optional<std::int64_t> failed_at;  ///< image sector that the drive named
  std::span<const Grade> grades;          ///< one a sector if not failed: a good grade, or `unreadable`
};

class Planner {
 public:
  explicit Planner(PlanOptions options);

  /// The next step, or nothing when all is done. Moves `progress` on.
  [[nodiscard]] std::optional<Step> next(const RipMap& map, RipProgress& progress) const;
  /// Enters what came of a step.
  void apply(RipMap& map, RipProgress& progress, const Step& step, const StepResult& result) const;
  /// Sectors that a phase will look at, from here.
  [[nodiscard]] static std::int64_t remaining(const RipMap& map, RipProgress::Phase phase);

 private:
  [[nodiscard]] std::optional<Step> stream(const RipMap& map, std::int64_t position) const;
  [[nodiscard]] std::optional<GradedRun> doubtful(const RipMap& map, std::int64_t position) const;
  [[nodiscard]] std::uint32_t within_block(const GradedRun& run) const;

  PlanOptions options_;
};

}  // namespace pressmark
