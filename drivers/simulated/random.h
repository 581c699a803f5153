// The simulator's own chance. std:: distributions differ between libraries; this does not.
//
// Two uses: `Random`, a sequence, for laying out a disc once; `draw`, a hash, for a fate that must be the same
// whenever and in whatever order it is asked for ("does block 1200 read at 8x after a seek?").
// The mixing function is SplitMix64's finaliser (Steele, Lea, Flood, "Fast splittable pseudorandom number
// generators", OOPSLA 2014).
#pragma once

#include <cstdint>
#include <initializer_list>

namespace pressmark::simulated {

[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

/// 64 bits that depend on every key and on their order.
[[nodiscard]] constexpr std::uint64_t draw(std::initializer_list<std::uint64_t> keys) {
  std::uint64_t h = 0;
  for (const std::uint64_t key : keys) h = mix(h ^ mix(key));
  return h;
}

/// Uniform in [0, 1) in steps of 2^-53: exact on every IEEE machine.
[[nodiscard]] constexpr double unit(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

class Random {
 public:
  constexpr explicit Random(std::uint64_t seed) : state_(seed) {}
  constexpr std::uint64_t bits() { return mix(state_ += 0x9E3779B97F4A7C15U); }
  constexpr double uniform() { return unit(bits()); }
  constexpr double between(double low, double high) { return low + (high - low) * uniform(); }

 private:
  std::uint64_t state_;
};

// The first output of the reference SplitMix64 for seed 0.
static_assert(mix(0) == 0xE220A8397B1DCDAFU);

}  // namespace pressmark::simulated
