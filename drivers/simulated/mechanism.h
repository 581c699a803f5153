// The moving parts: spindle, sled, cache. Tells when a read is done and what did not read; knows nothing of commands or
// bytes.
//
// Times are seconds on the drive's virtual clock. The head reads ahead into the cache while the host is silent, so a
// host that asks for the next sectors soon enough gets them at the speed at which they pass under the laser.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "drivers/simulated/damage.h"
#include "drivers/simulated/drive_model.h"
#include "drivers/simulated/spiral.h"

namespace pressmark::simulated {

class Mechanism {
 public:
  /// What is true of the disc in it. Borrowed; outlives the Mechanism.
  struct Surface {
    const Spiral& spiral;
    const DiscForm& form;
    const DamageMap& damage;
    std::uint32_t end = 0;  ///< length of the disc in sectors
    std::uint64_t seed = 1;
  };
  Mechanism(const DriveModel& model, const Surface& surface);

  // Spindle.
  void start(double now, double extra_s);  ///< begins to spin up; no effect when it spins
  void stop() { spinning_ = false; }
  void spin_at_once() { spinning_ = true; }  ///< as if it had been spinning all along
  [[nodiscard]] bool becoming_ready(double now) const { return spinning_ && now < ready_at_; }
  [[nodiscard]] double ready_at() const { return ready_at_; }

  // Speed.
  /// Takes the highest supported speed that is not above `x`, or the lowest there is.
  void set_speed(double x, double now);
  [[nodiscard]] double set_speed_x() const { return speed_x_; }
  /// The speed at which sectors pass at this position, in multiples of 1x, slow-down after errors included.
  [[nodiscard]] double speed_at(double position, double now) const;

  // Reading.
  struct Span {
    std::uint32_t first = 0, count = 0;
  };
  struct Policy {
    bool past_cache = false;
    bool raw = false;           ///< damaged sectors are passed over and told of, not retried and failed
    std::uint32_t retries = 0;  ///< what the drive will spend on a block
    double reply_bytes = 0;     ///< for the time a reply out of the cache takes
  };
  struct Outcome {
    double done = 0;  ///< when the data is there, or the drive has given up
    bool cached = false;
    std::optional<std::uint32_t> failed_block;
    std::vector<std::uint32_t> unread_blocks;  ///< raw only: passed over, their bytes are wrong
  };
  /// Reads the ECC blocks that hold the span, as far as the cache does not have them.
  Outcome read(Span span, const Policy& policy, double now);
  /// How this block was read last: it is still in the cache, or has just come from the disc.
  [[nodiscard]] Way way_of(std::uint32_t block) const;
  /// Forgets what was read ahead: FUA with nothing to read.
  void flush() { cache_begin_ = position_; }

  [[nodiscard]] std::uint64_t seeks() const { return seeks_; }
  [[nodiscard]] std::uint32_t position() const { return position_; }

 private:
  [[nodiscard]] double effective_x(double now) const;
  [[nodiscard]] bool constant_linear(double x) const;
  [[nodiscard]] double revolutions(double radius_mm, double x) const;  ///< a second
  [[nodiscard]] double pass(std::uint32_t from, std::uint32_t to, double x) const;
  [[nodiscard]] double seek_s(std::uint32_t from, std::uint32_t to) const;
  [[nodiscard]] double rotate_to(std::uint32_t target, double now, double x) const;
  [[nodiscard]] double wake(double now);
  void catch_up(double now, double x);
  Approach go_to(std::uint32_t target, double now, double x);
  [[nodiscard]] double failed_read_s(std::uint32_t retries) const;
  /// Reads one block that may be damaged. False: it failed.
  bool read_suspect(std::uint32_t block, const Policy& policy, double now, double x, Outcome& outcome);
  void advance_to(std::uint32_t sector, double x);

  const DriveModel& model_;
  Surface surface_;
  std::uint32_t cache_sectors_;

  bool spinning_ = false;
  bool fresh_ = true;  ///< nothing read since the spin-up
  double ready_at_ = 0, last_use_ = 0;
  double speed_x_, slow_until_ = -1, settled_at_ = 0;
  std::uint32_t position_ = 0;       ///< next sector under the head
  std::uint32_t cache_begin_ = 0;    ///< the cache holds [cache_begin_, position_)
  double position_time_ = 0;         ///< when the head was there; lies back in time while it reads ahead
  std::uint32_t landing_block_ = 0;  ///< first block read since the head last came from elsewhere
  Approach landing_ = Approach::sequential;
  double read_x_ = 1;  ///< speed at which the last block was read
  std::uint64_t seeks_ = 0;
};

}  // namespace pressmark::simulated
