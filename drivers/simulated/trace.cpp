// Four independent multiply-and-rotate lanes over 32 bytes a round, folded together at the end of each piece.
#include "drivers/simulated/trace.h"

#include <array>
#include <bit>
#include <cstring>

#include "drivers/simulated/random.h"

namespace pressmark::simulated {
namespace {

constexpr std::uint64_t kMultiplier = 0x9FB21C651E98DF25U;

std::uint64_t load_little(const std::byte* at) {
  std::array<std::byte, 8> bytes{};
  std::memcpy(bytes.data(), at, bytes.size());
  const auto value = std::bit_cast<std::uint64_t>(bytes);
  return std::endian::native == std::endian::little ? value : __builtin_bswap64(value);
}

}  // namespace

void Trace::add(std::uint64_t value) { state_ = mix(state_ ^ value); }

void Trace::add(std::span<const std::byte> bytes) {
  std::array<std::uint64_t, 4> lanes{1, 2, 3, 4};
  std::size_t i = 0;
  for (; i + 32 <= bytes.size(); i += 32)
    for (std::size_t lane = 0; lane < 4; ++lane)
      lanes[lane] = std::rotl((lanes[lane] ^ load_little(bytes.data() + i + 8 * lane)) * kMultiplier, 29);
  std::uint64_t tail = bytes.size();
  for (; i < bytes.size(); ++i) tail = mix(tail ^ std::to_integer<std::uint64_t>(bytes[i]));
  for (const std::uint64_t lane : lanes) add(lane);
  add(tail);
}

}  // namespace pressmark::simulated
