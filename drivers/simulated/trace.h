// A running hash over everything that passed between host and drive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace pressmark::simulated {

/// Order counts. Costs about as much as reading the bytes: it runs over all user data.
class Trace {
 public:
  void add(std::uint64_t value);
  void add(std::span<const std::byte> bytes);
  [[nodiscard]] std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0x9E3779B97F4A7C15U;
};

}  // namespace pressmark::simulated
