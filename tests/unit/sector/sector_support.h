// What the sector tests share: engines to run over, random bytes that are the same everywhere, byte conversions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <gtest/gtest.h>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "pressmark/sector.h"

#include "unit/sector/ecma130.h"

namespace pressmark {

inline constexpr std::array kAllEngines{SectorEngine::plain, SectorEngine::ssse3, SectorEngine::avx2,
                                        SectorEngine::avx512};

inline std::vector<SectorEngine> available_engines() {
  std::vector<SectorEngine> engines;
  for (const SectorEngine engine : kAllEngines) {
    if (sector_engine_available(engine)) engines.push_back(engine);
  }
  return engines;
}

inline std::string engine_name(const testing::TestParamInfo<SectorEngine>& info) {
  return std::string{to_string(info.param)};
}

inline void PrintTo(const SectorCheck& check, std::ostream* out) {
  *out << to_string(check.mode) << " sync=" << check.sync
       << " address=" << (check.address ? std::to_string(check.address->value) : "none") << " edc=" << check.edc
       << " edc_absent=" << check.edc_absent << " p=" << check.p << " q=" << check.q;
}

/// xorshift64*: the same numbers on every machine and with every standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545F4914F6CDD1DULL;
  }
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>((next() >> 32) % limit); }
  std::uint8_t byte() { return static_cast<std::uint8_t>(next() >> 56); }
  template <std::size_t kCount>
  std::array<std::uint8_t, kCount> bytes() {
    std::array<std::uint8_t, kCount> filled{};
    for (std::uint8_t& b : filled) b = byte();
    return filled;
  }

 private:
  std::uint64_t state_;
};

inline RawSector as_raw(const ecma130::Sector& sector) { return std::as_bytes(std::span{sector}); }
inline RawSectorOut as_raw(ecma130::Sector& sector) { return std::as_writable_bytes(std::span{sector}); }

/// LBA 1234 is 00:18:34 (1234 + 150 = 18 x 75 + 34).
inline constexpr Lba kSomeLba{1234};
inline constexpr ecma130::Header kSomeHeader{0x00, 0x18, 0x34};
inline constexpr std::array<std::uint8_t, 4> kForm1Subheader{0x01, 0x02, 0x08, 0x00};
inline constexpr std::array<std::uint8_t, 4> kForm2Subheader{0x01, 0x02, 0x64, 0x7F};

inline ecma130::Sector random_sector(SectorMode mode, Random& random) {
  switch (mode) {
    case SectorMode::mode0: return ecma130::mode0(kSomeHeader);
    case SectorMode::mode1: return ecma130::mode1(kSomeHeader, random.bytes<2048>());
    case SectorMode::mode2_form1: return ecma130::mode2_form1(kSomeHeader, kForm1Subheader, random.bytes<2048>());
    case SectorMode::mode2_form2: return ecma130::mode2_form2(kSomeHeader, kForm2Subheader, random.bytes<2324>());
    case SectorMode::unknown: break;
  }
  return {};
}

}  // namespace pressmark
