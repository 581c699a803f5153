// Decides what to read next, and what a reading means for the map. Pure: no device, no file, no clock.
//
// Phases, each of one or more sweeps over the map (docs/recovery.md has the reasons):
//   stream   untried sectors in large reads: first what lies beyond damage, then what lies near it, where blocks that are foreseen
//            to fail are passed over (stream.h)
//   gather   what was passed over: block by block, in sweeps of rising likelihood to fail (neighbours.h).
//   split    blocks that failed only as part of a larger read, each by itself, from the edges of each gap inwards.
//   retry    what is unreadable, in other ways: longer, at other speeds, after other approaches (retries.h).
//   confirm  sectors that have no code of their own and lie beside damage (or all) are read again past the cache.
// Until `retry` every block fails at most once, but for the first few, which tell whether the drive names the right block
// and whether it gives up sooner when told to.
//
// What a Planner remembers it can do without: a new one, given the map and the progress, goes on from there. (What the
// retries had learned of the ways is learned again.)
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "pressmark/lba.h"
#include "pressmark/map.h"

#include "disc/geometry.h"
#include "planner/neighbours.h"
#include "planner/retries.h"
#include "planner/step.h"
#include "planner/stream.h"

namespace pressmark {

struct PlanOptions {
  std::uint32_t block_sectors = 1;      ///< of an ECC block
  std::uint32_t transfer_sectors = 32;  ///< of the largest read; a multiple of block_sectors
  std::uint32_t retries = 4;            ///< ways in which what failed by itself is read again
  bool exhaust = false;                 ///< retry in every way there is, whatever `retries` says
  std::vector<std::uint32_t> speeds{0};
  Confirm confirm = Confirm::near;
  bool effort = false;                   ///< the drive takes a lower retry count (whether it helps, we measure)
  std::optional<DiscGeometry> geometry;  ///< of the image's sectors; without it nothing is foreseen
  /// Streamed in this order, before everything else; each in address order.
  std::vector<std::vector<SectorRange>> tiers;
};

class Planner {
 public:
  explicit Planner(PlanOptions options);
  Planner(const Planner&) = delete;
  Planner& operator=(const Planner&) = delete;

  /// The next step, or nothing when all is done. Moves `progress` on. Asked twice without `apply` between, it says the same.
  [[nodiscard]] std::optional<Step> next(const RipMap& map, RipProgress& progress);
  /// Enters what came of a step.
  void apply(RipMap& map, RipProgress& progress, const Step& step, const StepResult& result);

  /// Sectors that a phase will look at, from here.
  [[nodiscard]] static std::int64_t remaining(const RipMap& map, RipProgress::Phase phase);
  /// ECC blocks no longer retried because their wrong answers repeat.
  [[nodiscard]] std::int64_t settled_blocks() const { return retries_.settled_blocks(); }
  /// Whether a lower retry count makes this drive give up sooner; nothing until a block has failed both ways.
  [[nodiscard]] std::optional<bool> quick_helps() const { return quick_helps_; }

 private:
  using Phase = RipProgress::Phase;

  [[nodiscard]] Step check_step(const RipProgress& progress) const;
  [[nodiscard]] std::optional<Step> stream(const RipMap& map, RipProgress& progress);
  [[nodiscard]] std::optional<Step> gather(const RipMap& map, RipProgress& progress);
  [[nodiscard]] double likelihood(std::int64_t block) const;
  [[nodiscard]] std::optional<Step> split(const RipMap& map) const;
  [[nodiscard]] std::optional<Step> confirm(const RipMap& map, const RipProgress& progress) const;
  [[nodiscard]] std::optional<GradedRun> doubtful(const RipMap& map, std::int64_t position) const;

  void enter_readings(RipMap& map, const Step& step, const StepResult& result);
  void enter_failure(RipMap& map, RipProgress& progress, const Step& step, const StepResult& result);
  void enter_check(RipMap& map, const Step& step, const StepResult& result);
  void see(const Step& step, std::int64_t block, bool failed);
  void judge_named(RipMap& map);
  [[nodiscard]] std::uint32_t within_block(const GradedRun& run) const;
  [[nodiscard]] std::int64_t block_of(std::int64_t sector) const { return sector / options_.block_sectors; }
  [[nodiscard]] Effort early_effort() const;

  PlanOptions options_;
  bool recalled_ = false;

  Stream stream_;
  std::optional<Neighbours> neighbours_;
  Retries retries_;

  /// What has just failed and is to be read alone at once, to learn of the drive's habits; within one block.
  std::optional<SectorRange> check_;
  /// A failed read and what of it the drive named. If all else of it reads, the drive named the right block.
  struct Named {
    SectorRange read, blamed;
  };
  std::optional<Named> named_;
  bool names_right_ = false;
  /// What was read last: as much as a drive's cache may hold. Of a planner that has read less than that nothing is known.
  class Lately {
   public:
    void enter(SectorRange range);
    [[nodiscard]] bool may_hold(SectorRange range) const;

   private:
    std::deque<SectorRange> read_;
    std::int64_t sectors_ = 0;
  } lately_;
  double quick_failure_ = 0;  ///< seconds of a failing quick read
  std::optional<bool> quick_helps_;
};

}  // namespace pressmark
