// Four polynomial hashes modulo 2^64, each over every fourth word: their multiplications overlap, so the hash keeps up
// with a copy. An odd multiplier makes each step one-to-one: a single changed word always shows.
#include "drivers/simulated/trace.h"

#include <bit>
#include <cstring>

#include "drivers/simulated/random.h"

namespace pressmark::simulated {
namespace {

constexpr std::uint64_t kMultiplier = 0x9FB21C651E98DF25U;

std::uint64_t little(const std::byte* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return std::endian::native == std::endian::little ? word : __builtin_bswap64(word);
}

constexpr std::size_t kRound = 32;

}  // namespace

/// Named variables, not an array: they stay in registers.
struct Trace::Lanes {
  std::uint64_t a = 1, b = 2, c = 3, d = 4;
  void absorb(const std::byte* at) {
    a = (a + little(at)) * kMultiplier;
    b = (b + little(at + 8)) * kMultiplier;
    c = (c + little(at + 16)) * kMultiplier;
    d = (d + little(at + 24)) * kMultiplier;
  }
};

void Trace::add(std::uint64_t value) { state_ = mix(state_ ^ value); }

void Trace::add(std::span<const std::byte> bytes) {
  Lanes lanes;
  const std::size_t whole = bytes.size() / kRound * kRound;
  for (std::size_t at = 0; at < whole; at += kRound) lanes.absorb(bytes.data() + at);
  for (const std::byte b : bytes.subspan(whole)) add(std::to_integer<std::uint64_t>(b));
  add(lanes);
  add(bytes.size());
}

void Trace::add_sample(std::span<const std::byte> bytes) {
  constexpr std::size_t kLong = 4096, kStep = 512;
  if (bytes.size() <= kLong) return add(bytes);
  Lanes lanes;
  for (std::size_t at = 0; at + kRound <= bytes.size(); at += kStep) lanes.absorb(bytes.data() + at);
  add(lanes);
  add(bytes.size());
}

void Trace::add(const Lanes& lanes) {
  for (const std::uint64_t sum : {lanes.a, lanes.b, lanes.c, lanes.d}) add(sum);
}

}  // namespace pressmark::simulated
