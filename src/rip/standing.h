// The good sectors that a step covers before it is entered. There should be none: only the confirming reads what is good already.
// Whatever a step says, what stands in the image is given up for nothing worse than it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "pressmark/lba.h"
#include "pressmark/map.h"

namespace pressmark {

class Standing {
 public:
  Standing(const RipMap& map, SectorRange range) {
    for (std::int64_t at = range.first; at < range.end();) {
      GradedRun run = *map.find(at, [](Grade) { return true; });
      run.count = std::min(run.end(), range.end()) - at;
      if (is_good(run.grade)) runs_.push_back(run);
      at = run.end();
    }
  }

  [[nodiscard]] bool empty() const { return runs_.empty(); }

  /// Whether what is there of `sector` stands against a new reading of `grade`: among equals the first does.
  [[nodiscard]] bool holds(std::int64_t sector, Grade grade) const {
    return std::ranges::any_of(
        runs_, [&](const GradedRun& run) { return sector >= run.first && sector < run.end() && run.grade >= grade; });
  }

  /// Gives back the grades that have become worse.
  void restore(RipMap& map) const {
    for (const GradedRun& run : runs_)
      for (std::int64_t at = run.first; at < run.end();) {
        const GradedRun now = *map.find(at, [](Grade) { return true; });
        const std::int64_t end = std::min(now.end(), run.end());
        if (now.grade < run.grade) map.set(at, end - at, run.grade);
        at = end;
      }
  }

 private:
  std::vector<GradedRun> runs_;
};

}  // namespace pressmark
