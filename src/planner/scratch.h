// One scratch, followed along the spiral: where on the next turn it will be met, and whether it is still there.
//
// A particle filter. A particle is one guess: the sector at which the scratch is met next, the length of a turn there in
// sectors and its growth from turn to turn, the scratch's width in sectors, and the chance that a block it touches fails.
// Between two meetings a guess moves by the spiral's own law, exactly: at += turn + growth/2, turn += growth. Every block
// read near the scratch, good or bad, weighs the guesses; what weighs little is replaced by neighbours of what weighs much
// (systematic resampling with shrinkage, Liu and West 2001). Beside the particles stands the guess "there is no scratch
// here, or no longer", which gains a little each turn. Deterministic: the same blocks give the same guesses.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace pressmark {

/// Sectors [first, end) of one ECC block.
struct BlockSpan {
  std::int64_t first = 0, end = 0;
};

/// What is believed of a spiral at one place.
struct TurnBelief {
  double at = 0;                     ///< sector
  double turn = 0, turn_sd = 0;      ///< length of a turn there, sectors
  double growth = 0, growth_sd = 0;  ///< sectors a turn; negative inwards
};

/// What is believed of a scratch before its second hit.
struct ScratchPrior {
  TurnBelief spiral;
  double isolated = 0.5;   ///< chance that the first bad block is all there is
  double width = 0;        ///< sectors; 0: anything
  double most_width = 25;  ///< sectors
};

class Scratch {
 public:
  /// Begins with a block that failed. Positions within one Scratch never go back by more than a large read.
  Scratch(BlockSpan first_hit, const ScratchPrior& prior, std::uint64_t seed);

  struct Outlook {
    double fails = 0;    ///< chance that the block fails because of this scratch
    double touched = 0;  ///< chance that the scratch touches it
  };
  /// Moves the guesses on to this block.
  Outlook look(BlockSpan block);
  /// Enters what came of reading it; call `look` for it first.
  void saw(BlockSpan block, bool failed);
  /// How far the middle of `block` lies from where the scratch is believed to be met, on whichever turn is nearest; sectors.
  [[nodiscard]] double distance(BlockSpan block) const;
  /// A failure at this block came as a surprise and is nevertheless this scratch's: every other guess is put there.
  void rethink(BlockSpan block);
  /// `turns` have passed of which nothing is known.
  void fade(double turns, double age_turns);

  [[nodiscard]] double alive() const { return alive_; }
  /// The earliest sector at which any guess expects to be met.
  [[nodiscard]] double next_at() const { return earliest_; }
  /// What the guesses had in common when they were last renewed; the prior until then.
  [[nodiscard]] const TurnBelief& belief() const { return belief_; }
  [[nodiscard]] double width() const;  ///< sectors, the mean of all guesses

 private:
  struct Guess {
    double at, turn, growth, width, hit, weight;
    [[nodiscard]] bool meets(BlockSpan b) const {
      return at < static_cast<double>(b.end) && at + width > static_cast<double>(b.first);
    }
    void next_turn() {
      at += std::max(1.0, turn + growth / 2);
      turn += growth;
    }
    void last_turn() {
      turn -= growth;
      at -= turn + growth / 2;
    }
  };
  void resample();
  void gather_on_one_turn();
  void find_bounds();
  [[nodiscard]] double uniform();
  [[nodiscard]] double gauss();

  std::vector<Guess> guesses_;
  double alive_ = 1;
  double earliest_ = 0, latest_ = 0;
  double most_width_;
  TurnBelief belief_;
  std::uint64_t random_;
};

}  // namespace pressmark
