// One pass with a state of few numbers: where it is, how much of the present stretch remains, and whether it is inside damage
// (`tries` 0). Behind damage it goes back by halves to find where the good part begins, and reads that part again.
#include <algorithm>

#include "bench/recovery/baselines.h"

namespace pressmark::recovery {
namespace {

class Safecopy {
 public:
  Safecopy(World& world, const SafecopyOptions& options) : world_(world), options_(options), tries_(options.retries) {}

  void all() {
    while (position_ < world_.sectors() && !world_.out_of_time()) {
      if (remain_ == 0) remain_ = position_ / options_.block * options_.block + stride() - position_;
      const std::int64_t count = std::min({remain_, options_.block, world_.sectors() - position_});
      if (world_.read({.first = position_, .count = static_cast<std::uint32_t>(count)}).failed)
        after_failure();
      else
        after_success(count);
    }
  }

 private:
  [[nodiscard]] std::int64_t stride() const { return tries_ == 0 ? options_.fault_stride : options_.block; }

  void after_success(std::int64_t count) {
    if (tries_ > 0) {
      tries_ = options_.retries;
      remain_ -= count;
      position_ += count;
    } else if (remain_ > options_.resolution) {
      remain_ /= 2;
      position_ -= remain_;
      going_back_ = true;
    } else {
      tries_ = options_.retries;
      remain_ = 0;
      going_back_ = false;
    }
  }

  void after_failure() {
    if (remain_ > options_.resolution && tries_ > 0) {
      remain_ /= 2;
    } else if (tries_ > 1) {
      --tries_;
    } else {
      if (tries_ == 1) {
        tries_ = 0;
        remain_ = position_ / options_.block * options_.block + stride() - position_;
      }
      position_ += remain_;
      if (!going_back_) remain_ = 0;
    }
    for (unsigned i = 0; i < options_.head_moves;
         ++i) {  // both through the page cache: a read-ahead of 16 KiB, one page
      world_.read({.first = 0, .count = 8});
      world_.read({.first = world_.sectors() - 2, .count = 2});
    }
  }

  World& world_;
  const SafecopyOptions options_;
  unsigned tries_;
  std::int64_t position_ = 0, remain_ = 0;
  bool going_back_ = false;
};

}  // namespace

void safecopy(World& world, const SafecopyOptions& options) { Safecopy{world, options}.all(); }

}  // namespace pressmark::recovery
