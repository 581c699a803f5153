// Whether a drive has slowed down since an error, and what brings its speed back.
//
// After an error many drives read on at a fraction of their speed: some for minutes, some until they are told their speed
// again, some until the disc has stood still. Which it is cannot be asked, only tried:
//   - the pace is what passes in stretches of reads that follow one another; before an error it is the yardstick, scaled
//     by the length of a turn (at constant angular velocity a longer turn takes the same time);
//   - two slow stretches behind an error, and the drive has slowed down: it is told its speed again;
//   - if that brings nothing, the disc is stopped and started as soon as the slowness has cost more time than that does;
//   - a remedy that brought nothing is not used again. Then the drive is read on with as it is: a pause brings nothing
//     that reading on slowly does not.
// Pure: it is told what came of reads, and says what to do.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pressmark/rip.h"

#include "disc/geometry.h"

namespace pressmark {

class Pace {
 public:
  enum class Remedy : std::uint8_t { nothing, say_speed, stand_still };

  /// Without a geometry the length of a turn is taken to be the same everywhere.
  explicit Pace(std::optional<DiscGeometry> geometry) : geometry_(std::move(geometry)) {}

  /// `count` sectors from `first` came in `seconds` of the drive's time, the head coming straight on. A read that does not
  /// follow the last one begins a new stretch, and so does another speed.
  void read(std::int64_t first, std::uint32_t count, std::uint32_t speed_kb_per_s, double seconds);
  /// A read failed there.
  void failed(std::int64_t sector);
  /// The drive is another, or was reset: nothing is known of its speed.
  void forget();

  /// What to do now, once each time that it is due; what follows shows whether it helped.
  [[nodiscard]] Remedy due();
  /// What there is to tell, once each.
  [[nodiscard]] std::vector<std::string> news();

  [[nodiscard]] const Slowness& slowness() const { return slowness_; }

 private:
  struct Trial {
    bool waits = false;         ///< used, and nothing seen of it yet
    std::optional<bool> helps;  ///< nothing until tried
  };
  void judge(double rate);
  void slow_stretch(double rate, double expected);
  void back_at_speed();
  [[nodiscard]] double expected_at(std::int64_t sector) const;
  [[nodiscard]] double turn_at(std::int64_t sector) const;
  [[nodiscard]] Trial& trial(Remedy remedy) { return trials_[static_cast<std::size_t>(remedy)]; }

  std::optional<DiscGeometry> geometry_;

  // The stretch in hand.
  std::int64_t begun_ = 0, next_ = -1;
  std::uint32_t speed_ = 0;
  double seconds_ = 0;

  // The yardstick: sectors a second, and where.
  std::optional<double> rate_;
  std::int64_t rate_at_ = 0;

  std::optional<std::int64_t> error_;  ///< the last one, until the drive was seen at its speed again
  int slow_stretches_ = 0;             ///< in a row
  bool slow_ = false;
  double episode_s_ = 0,
         lost_s_ = 0;  ///< of this slowness: its time, and what of it a drive at speed would not have needed
  Remedy due_ = Remedy::nothing;
  std::array<Trial, 3> trials_{};
  Slowness slowness_;
  std::vector<std::string> news_;
};

}  // namespace pressmark
