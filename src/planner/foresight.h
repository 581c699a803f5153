// Which blocks ahead of the stream are likely to fail, from where blocks failed so far: the geometry of scratches.
//
// Every failure that nothing explains begins a Scratch (scratch.h); each is followed until it ends. What is learned of the
// spiral (the length of a turn, its growth) serves the next scratch, and a scratch met on one layer is expected at the same
// radius of the other. Dense damage without a period (rot, a fingerprint) is not followed but leapt over. Blocks are
// looked at in rising order; a sweep that begins elsewhere says `restart`.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "disc/geometry.h"
#include "planner/scratch.h"

namespace pressmark {

class Foresight {
 public:
  /// `geometry` must have layers. `sectors`: length of the disc; `block_sectors`: of an ECC block.
  Foresight(DiscGeometry geometry, std::int64_t sectors, std::uint32_t block_sectors);

  struct Outlook {
    double fails = 0;        ///< chance that the block fails
    bool pass_over = false;  ///< leave it for later; never said of a block that is due as a probe
  };
  /// May be asked again for the same block before `saw` or `passed_over`.
  Outlook look(std::int64_t block);
  void passed_over(std::int64_t block);
  /// Returns how many blocks behind this one to leave for later, because damage is dense here; mostly 0.
  std::int64_t saw(std::int64_t block, bool failed);
  /// What a failing read takes, seconds: the dearer it is, the smaller a chance of it is avoided.
  void failure_takes(double seconds);
  /// Blocks from `block` on that no scratch in sight touches; 1 at least.
  [[nodiscard]] std::int64_t clear_ahead(std::int64_t block) const;
  /// The sweep goes on elsewhere: what was followed is lost, what was learned is not.
  void restart();
  [[nodiscard]] bool following() const { return !followed_.empty(); }

  /// The share of a turn that a block takes at this place.
  [[nodiscard]] double turns_of_a_block(std::int64_t block) const {
    return static_cast<double>(block_sectors_) / turn_length(block);
  }
  /// Blocks in so many turns at this place.
  [[nodiscard]] std::int64_t blocks_in(double turns, std::int64_t block) const {
    return static_cast<std::int64_t>(turns * turn_length(block)) / block_sectors_ + 1;
  }
  /// Turns of the layer up to the middle of this block by what has been learned: comparable only within a layer.
  [[nodiscard]] double turns_at(std::int64_t block) const;
  /// The block at so many turns of this layer.
  [[nodiscard]] std::int64_t block_at(double turns, std::size_t layer) const;
  [[nodiscard]] const DiscGeometry& geometry() const { return geometry_; }
  [[nodiscard]] std::int64_t block_sectors() const { return block_sectors_; }

 private:
  struct Followed {
    Scratch scratch;
    std::int64_t first_hit, last_hit, last_probe;  ///< blocks
    int hits = 1, doubt = 0;
    Scratch::Outlook outlook;
  };
  /// A scratch that was followed to its end: where on the radius, and what it was like.
  struct Known {
    std::size_t layer;
    double from_inside, to_inside, width;
  };
  [[nodiscard]] BlockSpan span(std::int64_t block) const {
    return {block * block_sectors_, std::min((block + 1) * block_sectors_, sectors_)};
  }
  [[nodiscard]] double turn_length(std::int64_t block) const;
  [[nodiscard]] TurnBelief expected(std::int64_t block) const;
  /// The spiral where it is known best; growth positive, at counted from the inside.
  [[nodiscard]] TurnBelief anchor() const;
  [[nodiscard]] double turns_between(std::int64_t from, std::int64_t to) const;
  [[nodiscard]] double age(const Followed& f) const { return turns_between(f.first_hit, f.last_hit); }
  [[nodiscard]] bool probe_due(const Followed& f, std::int64_t block) const;
  void begin(std::int64_t block);
  bool rethink(std::int64_t block);
  void learn(const Followed& f);
  void forget_faded(std::int64_t block);
  bool enter(std::int64_t block, bool failed);
  std::int64_t leap(std::int64_t block, bool surprise);

  DiscGeometry geometry_;
  std::int64_t sectors_;
  std::int64_t block_sectors_;

  std::vector<Followed> followed_;
  std::vector<Known> known_;
  std::int64_t looked_at_ = -1;
  double fails_ = 0;                      ///< outlook for looked_at_
  double pass_over_ = 0.1;                ///< from this chance on
  int isolated_ = 0, followed_long_ = 0;  ///< what first hits turned out to be
  std::optional<TurnBelief> learned_;     ///< at: sectors from the inside; growth: positive
  std::deque<bool> surprises_;            ///< of the last reads
  std::int64_t leap_blocks_;
  std::int64_t leapt_to_ = -1;
};

}  // namespace pressmark
