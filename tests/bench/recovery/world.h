// One simulated disc and drive without bytes: what a strategy of reading gets back from it, and when.
//
// Built from a Scenario on the simulated drive's own parts (spiral, damage, mechanism), so that a World answers every read as
// the whole simulated drive would, at the same virtual time, but for the bytes. A whole DVD, one read a block, costs some
// tens of milliseconds of CPU.
//
// The drive starts as StartState::ready says: identified, spinning, at sector 0, nothing read yet. Every command costs
// command_ms, as in the drive. Nobody's time-out is modelled: a failed read takes what it takes.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "pressmark/clock.h"

#include "drivers/simulated/loaded_disc.h"
#include "drivers/simulated/scenario.h"
#include "planner/planner.h"

namespace pressmark::recovery {

/// One read as a strategy wants it; the fields that a planner's Step has mean what they mean there.
struct Read {
  std::int64_t first = 0;
  std::uint32_t count = 0;
  std::uint32_t speed_kb_per_s = 0;  ///< 0: the fastest. A change costs one command, and the drive its time to settle
  bool past_cache = false;           ///< one command more on a CD, which has no FUA
  /// sequential: as it happens. seek: a sector far off, one that has been read well if there is one, is read first.
  /// spin_up: two commands more (stop, start) and the wait until the drive is ready.
  Approach approach = Approach::sequential;
  /// quick, usual, most: retry count 0, the drive's default, 255 (mode page 01h byte 3). A change costs one command; a drive that
  /// does not honour the count spends its default whatever was asked.
  Effort effort = Effort::usual;
  bool keeps_prefix =
      false;  ///< what came before the failing block counts as recovered (a host that uses short transfers)
};

struct Answer {
  bool failed = false;
  std::optional<std::int64_t> failed_at;  ///< sector that the drive names: the first of the read in the failing block
  double seconds = 0;                     ///< drive time of everything the read needed
};

/// What is true of an ECC block.
enum class Truth : std::uint8_t {
  sound,     ///< reads whatever one does
  marginal,  ///< reads at some speed after some approach
  dead,
};

/// Shares of what can be had whose times are kept.
inline constexpr std::array kShares{0.5, 0.9, 0.99, 0.999, 1.0};

/// How a strategy fared. Times in seconds of the drive's clock, from 0; infinity: never.
struct Outcome {
  std::array<double, kShares.size()> reached{};  ///< when each share of kShares was had
  double total_s = 0;
  double strategy_cpu_s = 0;    ///< CPU time of this thread between the reads
  std::int64_t can_be_had = 0;  ///< sectors
  std::int64_t recovered = 0;   ///< sectors
  std::uint64_t reads = 0;      ///< those that the strategy asked for
  std::uint64_t failing_reads = 0;
  std::uint64_t commands = 0;  ///< all that reached the drive
  std::uint64_t seeks = 0;
  struct Point {
    double seconds = 0;
    std::int64_t recovered = 0;
  };
  std::vector<Point> curve;  ///< straight lines between; at most some thousands

  [[nodiscard]] double recovered_at(double seconds) const;
};

class World {
 public:
  explicit World(simulated::Scenario scenario);

  // What a strategy may know beforehand.
  [[nodiscard]] std::int64_t sectors() const { return disc_->end(); }
  [[nodiscard]] std::uint32_t block_sectors() const { return disc_->form().block_sectors; }
  [[nodiscard]] MediaKind kind() const { return disc_->kind(); }
  [[nodiscard]] bool dual_layer() const { return disc_->spiral().layers() > 1; }

  /// Reads [first, first + count), which lies on the disc and is not empty.
  Answer read(const Read& read);
  /// Any command that reads nothing: costs its time, moves nothing.
  void other_command() { command(); }
  /// Strategies that hardly end look here now and then and give up.
  [[nodiscard]] bool out_of_time() const { return now() > kPatience; }
  static constexpr double kPatience = 7 * 86400.0;

  [[nodiscard]] double now() const { return seconds(clock_.now()); }
  [[nodiscard]] std::int64_t recovered() const { return recovered_; }
  [[nodiscard]] bool has(std::int64_t sector) const { return had_[static_cast<std::size_t>(sector)]; }

  // What only the oracle and the bookkeeping know.
  [[nodiscard]] std::int64_t blocks() const { return static_cast<std::int64_t>(truth_.size()); }
  [[nodiscard]] Truth truth(std::int64_t block) const { return truth_[static_cast<std::size_t>(block)]; }
  /// Whether the block reads at this speed (as in Read) when the head comes to it like this.
  [[nodiscard]] bool would_read(std::int64_t block, std::uint32_t speed_kb_per_s, simulated::Approach approach) const;
  [[nodiscard]] std::int64_t can_be_had() const { return can_be_had_; }
  [[nodiscard]] const simulated::Scenario& scenario() const { return scenario_; }

  /// Called after each read.
  void watch(std::function<void(const Read&, const Answer&)> watcher) { watcher_ = std::move(watcher); }
  /// How it went from the construction up to now.
  [[nodiscard]] Outcome outcome() const;

 private:
  void learn_truth();
  [[nodiscard]] Truth judge(std::uint32_t block) const;
  [[nodiscard]] double speed_x(std::uint32_t speed_kb_per_s) const;
  void command(double extra_s = 0);
  simulated::Mechanism::Outcome play(std::int64_t first, std::uint32_t count, bool past_cache);
  void prepare(const Read& read);
  void go_far_from(std::int64_t first);
  void enter(std::int64_t first, std::int64_t end, double begun);
  void mark(double seconds, std::int64_t recovered);

  simulated::Scenario scenario_;
  std::unique_ptr<simulated::LoadedDisc> disc_;
  VirtualClock clock_;
  std::uint32_t speed_kb_per_s_ = 0;
  Effort effort_ = Effort::usual;

  std::vector<Truth> truth_;
  std::vector<bool> had_;
  std::int64_t can_be_had_ = 0, recovered_ = 0, next_mark_ = 0;
  Outcome outcome_;
  std::function<void(const Read&, const Answer&)> watcher_;
  double cpu_begin_, wall_begin_, wall_own_ = 0;
};

}  // namespace pressmark::recovery
