// Which ECC blocks of a disc are damaged, and under which conditions they still read.
//
// Nothing is expanded: a scratch is kept as a scratch, and a block is judged when it is asked about (a few square
// roots). So a 100 GB disc costs no memory, and the answer for a block never depends on what was asked before.
#pragma once

#include <cstdint>
#include <vector>

#include "drivers/simulated/scenario.h"
#include "drivers/simulated/spiral.h"

namespace pressmark::simulated {

/// What is true of one ECC block.
struct Condition {
  enum class Kind : std::uint8_t { sound, marginal, dead };
  Kind kind = Kind::sound;
  MarginalRule rule;
};

/// How a read meets a block.
struct Way {
  double speed_x = 1;
  Approach approach = Approach::sequential;
};

/// Speeds that behave alike: one class for each step of about 1.4 in speed.
[[nodiscard]] std::uint32_t speed_class(double speed_x);

/// Whether a block in this condition reads this way, and how hard the drive had to try: `effort` is the share of its
/// default retries that a success takes (0: the first try). A hash of seed, block, speed class and approach: asking
/// again changes nothing.
struct Attempt {
  bool reads = true;
  double effort = 0;
};
[[nodiscard]] Attempt attempt(const Condition& condition, std::uint64_t seed, std::uint32_t block, const Way& way);

class DamageMap {
 public:
  struct Options {
    std::uint64_t seed = 1;
    std::vector<DamageSpec> shapes;
    std::vector<FaultSpec> faults;  ///< those other than dead and marginal are not its business
    std::uint32_t sectors = 0;      ///< length of the disc
  };
  /// `spiral` and `form` are borrowed and outlive this.
  DamageMap(Options options, const Spiral& spiral, const DiscForm& form);
  DamageMap(const DamageMap&) = delete;
  DamageMap& operator=(const DamageMap&) = delete;

  [[nodiscard]] Condition at(std::uint32_t block) const;
  /// The first block in [from, end) that might not be sound; `end` if all are.
  [[nodiscard]] std::uint32_t next_suspect(std::uint32_t from, std::uint32_t end) const;

 private:
  struct Piece {
    std::uint32_t first = 0, end = 0;  ///< blocks
    std::uint64_t id = 0;
    const DamageSpec* spec = nullptr;  ///< null: a fault on the whole run
    const FaultSpec* fault = nullptr;
    double radius_mm = 0, angle = 0;  ///< centre, where the shape has one; angle in turns
  };
  /// Runs sorted by `first`, with the furthest end so far, so that a look-up stops early.
  struct Pieces {
    std::vector<Piece> sorted;
    std::vector<std::uint32_t> furthest_end;
    void settle();
  };

  void add_shape(const DamageSpec& spec, std::uint64_t id);
  void add_piece(const DamageSpec& spec, std::uint64_t id, double from_mm, double to_mm, double radius_mm,
                 double angle);
  [[nodiscard]] Condition judge(const Piece& piece, std::uint32_t block) const;
  /// Chance that this piece touches the block at all: 0 or 1, or between for edge rot.
  [[nodiscard]] double touch(const Piece& piece, std::uint32_t block) const;

  std::uint64_t seed_;
  const Spiral& spiral_;
  const DiscForm& form_;
  std::vector<DamageSpec> shapes_;
  std::vector<FaultSpec> faults_;
  Pieces shape_pieces_, fault_pieces_;
};

}  // namespace pressmark::simulated
