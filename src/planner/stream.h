// The stream phase: in which order sectors are read for the first time.
//
// For each tier (structures, wanted files, ...; in the end all that is left) sweeps in order of address:
//   far     reads on, and leaps ahead where reads fail: what lies beyond the damage comes first
//   halves  three times: of each hole that a leap left, whose end is known to be sound, the half that lies farther from the
//           damage it begins with
//   near    what is left of the holes, with foresight: blocks that are about to fail are passed over
// RipProgress::round counts the sweeps (RipProgress::kStreamSweeps a tier). What is passed over stays untried, for the gather phase.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "pressmark/lba.h"
#include "pressmark/map.h"

#include "disc/geometry.h"
#include "planner/foresight.h"

namespace pressmark {

struct StreamOptions {
  std::uint32_t block_sectors = 1;
  std::uint32_t transfer_sectors = 32;
  std::optional<DiscGeometry> geometry;         ///< without it nothing is foreseen
  std::vector<std::vector<SectorRange>> tiers;  ///< each in address order
};

class Stream {
 public:
  explicit Stream(StreamOptions options) : options_(std::move(options)) {}

  enum class Sweep : std::uint8_t { far, halves, near };
  [[nodiscard]] static std::size_t tier_of(std::uint32_t round) { return round / RipProgress::kStreamSweeps; }
  [[nodiscard]] static Sweep sweep_of(const RipProgress& progress);

  /// What to read next, or nothing when the last sweep is over. Moves `progress` on.
  [[nodiscard]] std::optional<SectorRange> next(const RipMap& map, RipProgress& progress);
  /// What came of a block of this phase.
  void saw(const RipProgress& progress, std::int64_t block, bool failed);
  void failure_takes(double seconds);
  /// A read of several blocks failed and nobody knows where: they are read one by one.
  void take_apart(SectorRange read) { apart_ = read; }
  [[nodiscard]] bool taken_apart(std::int64_t sector) const { return sector >= apart_.first && sector < apart_.end(); }

  /// Lets a stream that begins in the middle of a rip know what came before: the map, block by block.
  void recall(const RipMap& map, const RipProgress& progress);
  /// Nothing is passed over any more.
  void begin_anew();

  /// Null without geometry.
  [[nodiscard]] const Foresight* foresight() const { return foresight_ ? &*foresight_ : nullptr; }
  /// How likely a block that was passed over was to fail.
  [[nodiscard]] double foreseen(std::int64_t block) const;

 private:
  [[nodiscard]] std::int64_t block_of(std::int64_t sector) const { return sector / options_.block_sectors; }
  [[nodiscard]] std::optional<GradedRun> next_untried(const RipMap& map, RipProgress& progress);
  void begin_sweep();
  [[nodiscard]] bool pass_over(const RipMap& map, const RipProgress& progress, std::int64_t block);
  void feed(const RipMap& map, std::int64_t end_block);
  [[nodiscard]] std::uint32_t count(const RipMap& map, const RipProgress& progress, const GradedRun& run) const;
  void leap_far(std::int64_t block);
  [[nodiscard]] std::int64_t skip_in_hole(const RipMap& map, const GradedRun& run) const;
  [[nodiscard]] std::int64_t near_blocks(std::int64_t block) const;
  void leave(std::int64_t block, double fails);
  [[nodiscard]] bool left(std::int64_t block) const { return passed_[static_cast<std::size_t>(block)] != 0; }

  StreamOptions options_;
  std::optional<Foresight> foresight_;
  /// A byte a block: 0, or for one that was left for later 1 to 255, the likelier to fail the higher.
  std::vector<std::uint8_t> passed_;
  std::int64_t fed_ = 0;             ///< block up to which the foresight knows the map
  std::int64_t recalled_until_ = 0;  ///< sector: what is untried before it was passed over by an earlier run
  std::int64_t leap_to_ = 0;         ///< block
  SectorRange apart_;

  // The far sweep.
  std::int64_t blocks_ = 0;                       ///< of the disc
  std::int64_t last_failure_ = -1, landed_ = -1;  ///< blocks
  std::int64_t leap_ = 0;                         ///< blocks
  int leapt_at_once_ = 0;                         ///< places
  double failure_s_ = 0;                          ///< what the last failing read took
};

}  // namespace pressmark
