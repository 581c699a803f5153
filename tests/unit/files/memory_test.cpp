// Half a million files with Rock Ridge names: what the walk and a look-up of bad ranges take at their peak, counted where memory is had
// from.
#include <algorithm>
#include <cstdlib>
#include <gtest/gtest.h>
#include <malloc.h>
#include <new>

#include "pressmark/owners.h"

#include "unit/files/huge_iso.h"

namespace {
std::size_t held = 0, peak = 0;  // bytes of all that this program has from the allocator
}  // namespace

// Not inline: GCC then takes the pair for a new that is freed by hand. The form that returns null is the temporary
// buffers' of std::stable_sort, and is replaced too: AddressSanitizer's own would not match our delete.
[[gnu::noinline]] void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  void* place = std::malloc(bytes);
  if (place == nullptr) return nullptr;
  held += ::malloc_usable_size(place);
  peak = std::max(peak, held);
  return place;
}
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  void* place = operator new(bytes, std::nothrow);
  if (place == nullptr) throw std::bad_alloc{};
  return place;
}
[[gnu::noinline]] void operator delete(void* place) noexcept {
  held -= ::malloc_usable_size(place);
  std::free(place);
}
[[gnu::noinline]] void operator delete(void* place, std::size_t) noexcept { operator delete(place); }

namespace pressmark {
namespace {

TEST(Memory, HalfAMillionFilesStayBelow256Mebibytes) {
  HugeIso disc;
  const ReadSectors read = disc.reader();
  const std::size_t before = held;
  peak = held;
  const auto volume = walk_volume(read, {.sectors = HugeIso::kSectors});
  ASSERT_TRUE(volume);
  EXPECT_EQ(volume->files().size(), HugeIso::kFiles) << ::testing::PrintToString(texts(volume->troubles()));
  EXPECT_EQ(volume->views()[0].view, VolumeView::rock_ridge);
  std::vector<SectorRange> bad;
  for (std::int64_t i = 0; i < 10'000; ++i) bad.push_back({HugeIso::kSectors * i / 10'000, 7});
  const Damage damage = damage_of(*volume, HugeIso::kSectors, bad);
  EXPECT_GT(damage.files.size(), 60'000U);
  EXPECT_LT(peak - before, std::size_t{256} << 20U);
  EXPECT_GT(peak - before, std::size_t{10} << 20U) << "nothing was counted";
  RecordProperty("peak_mebibytes", static_cast<int>((peak - before) >> 20U));
}

}  // namespace
}  // namespace pressmark
