// Every engine says and writes the same, wherever the sector lies in memory, and touches nothing outside it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <gtest/gtest.h>
#include <span>
#include <sys/mman.h>
#include <vector>

#include "pressmark/sector.h"

#include "unit/sector/ecma130.h"
#include "unit/sector/sector_support.h"

namespace pressmark {
namespace {

constexpr SectorMode kModes[] = {SectorMode::mode0, SectorMode::mode1, SectorMode::mode2_form1,
                                 SectorMode::mode2_form2};

class SectorEngines : public testing::TestWithParam<SectorEngine> {};

INSTANTIATE_TEST_SUITE_P(Engine, SectorEngines, testing::ValuesIn(available_engines()), engine_name);

// One flipped bit shows in each code as the same flip shows alone in an empty sector: these are the columns of the
// code's matrix, so by linearity equal answers here are equal answers everywhere.
TEST_P(SectorEngines, AgreeWithPlainOnTheParityOfEverySingleBit) {
  for (const SectorMode mode : {SectorMode::mode1, SectorMode::mode2_form1}) {
    const std::size_t end = mode == SectorMode::mode1 ? 2064 : 2072;
    for (std::size_t bit = 16 * 8; bit < end * 8; ++bit) {
      ecma130::Sector by_plain{};
      by_plain[bit / 8] = static_cast<std::uint8_t>(1 << bit % 8);
      ecma130::Sector by_engine = by_plain;
      synthesise_sector(as_raw(by_plain), Lba{0}, mode, SectorEngine::plain);
      synthesise_sector(as_raw(by_engine), Lba{0}, mode, GetParam());
      ASSERT_EQ(by_engine, by_plain) << to_string(mode) << ", bit " << bit;
    }
  }
}

TEST_P(SectorEngines, AgreeWithPlainOnDamageOfEveryKind) {
  Random random{40};
  for (const SectorMode mode : kModes) {
    const ecma130::Sector sound = random_sector(mode, random);
    for (int i = 0; i < 500; ++i) {
      ecma130::Sector damaged = sound;
      const std::size_t errors = 1 + random.below(i % 10 == 0 ? 2352 : 8);
      for (std::size_t e = 0; e < errors; ++e) damaged[random.below(damaged.size())] = random.byte();
      ASSERT_EQ(check_sector(as_raw(damaged), GetParam()), check_sector(as_raw(damaged), SectorEngine::plain));
    }
  }
}

TEST_P(SectorEngines, WorkAtEveryAlignment) {
  Random random{41};
  const ecma130::Sector sound = random_sector(SectorMode::mode1, random);
  std::vector<std::byte> memory(2352 + 64);
  for (std::size_t shift = 0; shift < 64; ++shift) {
    const RawSectorOut place = std::span{memory}.subspan(shift).first<2352>();
    std::ranges::copy(as_raw(sound), place.begin());
    EXPECT_TRUE(check_sector(place, GetParam()).proven(kSomeLba)) << shift;
    std::ranges::fill(place.subspan<2064>(), std::byte{0xFF});
    synthesise_sector(place, kSomeLba, SectorMode::mode1, GetParam());
    EXPECT_TRUE(std::ranges::equal(place, as_raw(sound))) << shift;
  }
}

/// Memory between two pages that nobody may touch.
class GuardedPages {
 public:
  GuardedPages() {
    void* mapped = mmap(nullptr, 3 * kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) return;
    base_ = static_cast<std::byte*>(mapped);
    if (mprotect(base_ + kPage, kPage, PROT_READ | PROT_WRITE) != 0) base_ = nullptr;
  }
  ~GuardedPages() {
    if (base_ != nullptr) munmap(base_, 3 * kPage);
  }
  GuardedPages(const GuardedPages&) = delete;
  GuardedPages& operator=(const GuardedPages&) = delete;
  [[nodiscard]] bool ok() const { return base_ != nullptr; }
  [[nodiscard]] RawSectorOut at_start() const { return RawSectorOut{base_ + kPage, 2352}; }
  [[nodiscard]] RawSectorOut at_end() const { return RawSectorOut{base_ + 2 * kPage - 2352, 2352}; }

 private:
  static constexpr std::size_t kPage = 65536;  // a multiple of every page size in use
  std::byte* base_ = nullptr;
};

TEST_P(SectorEngines, TouchNothingOutsideTheSector) {
  const GuardedPages pages;
  ASSERT_TRUE(pages.ok());
  Random random{42};
  for (const SectorMode mode : kModes) {
    const ecma130::Sector sound = random_sector(mode, random);
    for (const RawSectorOut place : {pages.at_start(), pages.at_end()}) {
      std::ranges::copy(as_raw(sound), place.begin());
      EXPECT_EQ(check_sector(place, GetParam()), check_sector(as_raw(sound), SectorEngine::plain));
      synthesise_sector(place, kSomeLba, mode, GetParam());
      EXPECT_TRUE(std::ranges::equal(place, as_raw(sound)));
    }
  }
}

TEST(EngineChoice, PlainIsAlwaysThere) { EXPECT_TRUE(sector_engine_available(SectorEngine::plain)); }

TEST(EngineChoice, TakesOneThatThisProcessorHas) { EXPECT_TRUE(sector_engine_available(best_sector_engine())); }

TEST(EngineChoice, AnEngineThatIsNotThereRunsAsPlain) {
  Random random{43};
  const ecma130::Sector sound = random_sector(SectorMode::mode1, random);
  for (const SectorEngine engine : kAllEngines) EXPECT_TRUE(check_sector(as_raw(sound), engine).proven(kSomeLba));
}

TEST(EngineChoice, EnginesHaveNames) {
  EXPECT_EQ(to_string(SectorEngine::plain), "plain");
  EXPECT_EQ(to_string(SectorEngine::ssse3), "ssse3");
  EXPECT_EQ(to_string(SectorEngine::avx2), "avx2");
  EXPECT_EQ(to_string(SectorEngine::avx512), "avx512");
}

}  // namespace
}  // namespace pressmark
