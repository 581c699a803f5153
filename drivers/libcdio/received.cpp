// The marks are a plain counter-based generator (splitmix64); the upper half of the seeds gives the complement of the lower half.
#include "drivers/libcdio/received.h"

namespace pressmark::libcdio {
namespace {

std::byte mark_at(std::uint64_t seed, std::size_t i) {
  const bool complement = (seed >> 63U) != 0;
  std::uint64_t z = (complement ? ~seed : seed) + 0x9E3779B97F4A7C15U * (i / 8 + 1);
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  z ^= z >> 31U;
  const auto byte = static_cast<std::byte>(z >> (i % 8 * 8));
  return complement ? ~byte : byte;
}

}  // namespace

void mark(std::span<std::byte> buffer, std::uint64_t seed) {
  for (std::size_t i = 0; i < buffer.size(); ++i) buffer[i] = mark_at(seed, i);
}

std::size_t received(std::span<const std::byte> buffer, std::uint64_t seed) {
  std::size_t end = buffer.size();
  while (end > 0 && buffer[end - 1] == mark_at(seed, end - 1)) --end;
  return end;
}

}  // namespace pressmark::libcdio
