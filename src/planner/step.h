// One read as a planner wants it, and what came of it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "pressmark/map.h"

namespace pressmark {

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
  bool hung = false;                       ///< it failed by a time-out or a reset: what lies there is put off
  std::optional<std::int64_t> failed_at;   ///< image sector that the drive named
  std::span<const Grade> grades;           ///< one a sector if not failed: a good grade, or `unreadable`
  std::span<const std::uint8_t> repeated;  ///< empty, or one a sector: so many other ways gave these very wrong bytes
  double seconds = 0;                      ///< the drive's time for it
};

}  // namespace pressmark
