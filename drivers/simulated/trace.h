// A running hash over everything that passed between host and drive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace pressmark::simulated {

/// Order counts.
class Trace {
 public:
  void add(std::uint64_t value);
  void add(std::span<const std::byte> bytes);
  /// Long answers by a sample, 32 bytes out of every 512: user data follows from the CDB and the disc anyway, and what
  /// a fault changed in it is added where that is done.
  void add_sample(std::span<const std::byte> bytes);
  [[nodiscard]] std::uint64_t value() const { return state_; }

 private:
  struct Lanes;
  void add(const Lanes& lanes);

  std::uint64_t state_ = 0x9E3779B97F4A7C15U;
};

}  // namespace pressmark::simulated
