// The retry phase: which unreadable block to read next, and in which way.
//
// A drive's tries are correlated, so each round is another way: a speed, an approach, an effort. Rounds:
//   0                the drive's own effort, where the passes before told it to give up sooner
//   1 ... N          a way each. Where damage goes on failing, ever longer stretches of it are left: what a way is worth
//                    is learned from a few failures
//   N+1 ... 2N       the same ways again, the most successful first, over what they had left; but for ways that
//                    have brought nothing at all
// So each block is read at most once in each way, and the time goes where it has brought most.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "pressmark/map.h"

#include "planner/step.h"

namespace pressmark {

struct RetryOptions {
  std::uint32_t block_sectors = 1;
  std::uint32_t rounds = 4;  ///< N
  bool exhaust = false;  ///< N is the number of ways, each is tried on everything at once, and there is no second time
  bool effort = false;   ///< the drive takes another retry count
  bool read_twice = true;
  std::vector<std::uint32_t> speeds{0};  ///< first: that of the stream
};

class Retries {
 public:
  explicit Retries(RetryOptions options);

  /// The next step, or nothing when the phase is over. `longer`: round 0 is wanted.
  [[nodiscard]] std::optional<Step> next(const RipMap& map, RipProgress& progress, bool longer);
  /// What came of it; the map has been told already. Returns the sector from which the round goes on.
  [[nodiscard]] std::int64_t enter(const RipMap& map, const Step& step, const StepResult& result);
  [[nodiscard]] std::int64_t settled_blocks() const;
  /// For a planner that goes on from a map: blocks of which only some sectors are good may have been read sector by sector.
  void recall(const RipMap& map);

 private:
  struct Way {
    std::uint32_t speed_kb_per_s = 0;
    Approach approach = Approach::sequential;
    Effort effort = Effort::usual;
    std::uint32_t tries = 0, successes = 0;
    std::vector<bool> tried;  ///< by block; empty until first used
  };
  enum class Singles : std::uint8_t { unknown, given, refused };

  void make_ways();
  [[nodiscard]] std::uint32_t rounds() const;
  [[nodiscard]] Way& way_of(std::uint32_t round);
  [[nodiscard]] bool worth_a_round(std::uint32_t round, const RipMap& map);
  [[nodiscard]] std::optional<GradedRun> candidate(const RipMap& map, RipProgress& progress, const Way* way);
  [[nodiscard]] std::int64_t block_of(std::int64_t sector) const { return sector / options_.block_sectors; }
  void learn_of_singles(const RipMap& map, const Step& step, bool good);
  [[nodiscard]] std::int64_t leave_after(std::int64_t block, bool good);

  RetryOptions options_;
  std::vector<Way> ways_;
  std::vector<std::size_t> order_;      ///< of the second N rounds
  std::vector<bool> settled_;           ///< blocks whose wrong answers repeat
  std::optional<std::uint32_t> round_;  ///< in which the two below were counted
  int failures_ = 0;                    ///< in a row
  std::int64_t leave_ = 0;              ///< blocks left after the last failure
  std::int64_t last_block_ = 0;         ///< read in this round
  Singles singles_ = Singles::unknown;
  int singles_asked_ = 0, singles_to_ask_ = 0;
  struct Asked {
    std::int64_t block = -1;
    std::uint32_t round = 0;
    friend bool operator==(const Asked&, const Asked&) = default;
  } asked_;
  struct Pieces {
    std::int64_t block = -1;            ///< is read sector by sector, whatever the drive does with others
    bool read = false, failed = false;  ///< one of its sectors at least
  } pieces_;
  std::optional<std::int64_t> probe_;  ///< the one sector of a block that was asked for
};

}  // namespace pressmark
