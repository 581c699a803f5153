// The faults that do not belong to the disc's surface: which of them strike this command, and how often they still may.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "pressmark/lba.h"

#include "drivers/simulated/scenario.h"

namespace pressmark::simulated {

class FaultBoard {
 public:
  explicit FaultBoard(std::vector<FaultSpec> specs);

  /// What one command looks like to a fault.
  struct Moment {
    std::uint64_t command = 0;  ///< from 1
    double seconds = 0;
    std::optional<LbaRange> read;  ///< sectors it reads, if it reads any
  };
  /// Faults that strike now, in the order of the scenario; each strike is used up.
  [[nodiscard]] std::vector<const FaultSpec*> strike(const Moment& moment);

  /// Faults that change what a sector's bytes are (false_good, stale_cache, wrong_lba) and touch the range. Not used
  /// up.
  [[nodiscard]] std::vector<const FaultSpec*> falsifiers(LbaRange range) const;
  [[nodiscard]] bool has_falsifiers() const { return !falsifiers_.empty(); }

 private:
  struct Armed {
    FaultSpec spec;
    bool triggered = false;
    std::uint32_t left = 0;
    bool endless = false;
  };
  [[nodiscard]] static bool due(Armed& armed, const Moment& moment);

  std::vector<Armed> armed_;
  std::vector<FaultSpec> falsifiers_;
};

}  // namespace pressmark::simulated
