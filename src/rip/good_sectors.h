// The good sectors of a map, addressed as if nothing lay between them: for samples that are spread over what was read.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <vector>

#include "pressmark/map.h"

namespace pressmark {

class GoodSectors {
 public:
  explicit GoodSectors(const RipMap& map) : total_(map.good()) {
    for (auto run = map.find(0, is_good); run; run = map.find(run->end(), is_good)) runs_.push_back(*run);
  }
  /// From the `nth` good sector on, up to `most` of its run.
  [[nodiscard]] GradedRun from(std::int64_t nth, std::int64_t most) const {
    const auto run =
        std::ranges::find_if(runs_, [&](const GradedRun& r) { return nth < r.count || (nth -= r.count, false); });
    assert(run != runs_.end());
    return {run->first + nth, std::min(most, run->count - nth), run->grade};
  }
  [[nodiscard]] std::int64_t total() const { return total_; }

 private:
  std::int64_t total_;
  std::vector<GradedRun> runs_;
};

}  // namespace pressmark
