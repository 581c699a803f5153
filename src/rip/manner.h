// The manner in which a step is read: the speed, how long the drive's firmware may try, how the head comes to the sectors.
//
// A step says what it wants (planner/step.h); here the drive is brought to it. Nothing is sent that the drive has already.
// What it refuses or ignores is told of once and done without.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "pressmark/drive.h"
#include "pressmark/events.h"
#include "pressmark/rip.h"

#include "planner/planner.h"
#include "rip/reader.h"

namespace pressmark {

/// A good sector more than 200 turns away from image sector `from`, on the nearer side that has one; `nth` (0, 1, ...)
/// walks backwards through what lies there, one ECC block at a time, so that no read-ahead has it cached. Without one the
/// end of the image that is farther away, good or not. The ripper chooses it, not the planner: any will do, and which
/// were read lately, so that a cache has them, only the ripper knows.
[[nodiscard]] std::int64_t far_sector(const RipMap& map, std::int64_t from, MediaKind kind, std::uint64_t nth);

class Manner {
 public:
  using Tell = std::function<void(Note::Level, std::string)>;
  struct Setup {
    MediaKind kind = MediaKind::cd;
    Duration ready_limit = std::chrono::seconds{90};
    Tell tell;
    std::function<bool()> stop;  ///< ends waiting
  };
  /// `reader` moves the head.
  Manner(Drive& drive, SectorReader& reader, Setup setup);

  /// Brings drive and head to where `step` can be read next. Returns whether that read must still go past the cache.
  /// Refusals are told of and no failure; fails where the drive is in trouble, or the wait for it was stopped.
  Result<bool> assume(const Step& step, const RipMap& map);
  /// The drive is told the speed that it has already: some read on slowly after an error until they hear it.
  Result<void> say_speed_again();
  /// The drive may have lost all that was set (a reset), or is another: everything is sent again.
  void forget();
  /// Stops the disc, lets it stand, and starts it; nothing if the drive does not let it be stopped. Fails: trouble, interrupted.
  Result<void> stop_and_start();
  /// A read at `effort` failed at the medium, and took the drive so long. A drive that needs very long, or hangs, at its most
  /// is not asked for that again.
  void failed(Effort effort, Duration took);
  void hung(Effort effort);

  [[nodiscard]] const std::array<FailingReads, 3>& failing() const { return failing_; }
  /// As `far_sector`, another one each time.
  [[nodiscard]] std::int64_t next_far_sector(const RipMap& map, std::int64_t from);

 private:
  Result<void> use_speed(std::uint32_t kb_per_s);
  Result<void> use_effort(Effort effort);
  enum class Taken : std::uint8_t { yes, no, who_knows };
  Result<Taken> try_retries(Effort effort, std::uint8_t retries);
  Result<void> come_from_afar(const Step& step, const RipMap& map);
  void tell_once(bool& told, std::string text);

  Drive& drive_;
  SectorReader& reader_;
  Setup setup_;
  std::optional<std::uint32_t> speed_ = 0;  // asked for; nothing: whatever a reset left
  std::optional<Effort> effort_ = Effort::usual;
  std::optional<ErrorRecovery> first_;  // before anything was changed
  std::array<FailingReads, 3> failing_{};
  std::uint64_t far_reads_ = 0;
  bool effort_refused_ = false, spindle_refused_ = false, most_is_too_much_ = false;
  bool speed_told_ = false, effort_told_ = false, spindle_told_ = false;  // that it refuses
};

}  // namespace pressmark
