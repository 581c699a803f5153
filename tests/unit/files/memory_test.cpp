// Half a million files with Rock Ridge names: what the walk takes at its peak, counted where memory is had from.
#include <algorithm>
#include <cstdlib>
#include <gtest/gtest.h>
#include <malloc.h>
#include <new>

#include "unit/files/iso_image.h"

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

constexpr std::uint32_t kFolders = 1000, kFilesEach = 500, kFolderSectors = 32, kFirstFolder = 100;
constexpr std::uint32_t kFirstFile = kFirstFolder + kFolders * kFolderSectors;

void append(std::string& folder, const std::string& record) {
  const std::size_t left = 2048 - folder.size() % 2048;
  if (record.size() > left) folder.append(left, '\0');
  folder += record;
}

/// Sectors made when asked for, so that the image itself takes no memory.
std::string folder_bytes(std::uint32_t folder) {
  std::string text;
  append(text,
         record_bytes({std::string(1, '\0'), kFirstFolder + folder * kFolderSectors, kFolderSectors * 2048, 2, ""}));
  for (std::uint32_t i = 0; i < kFilesEach; ++i) {
    const std::string name = "a file of ordinary name " + std::to_string(i);
    append(text, record_bytes({"FILE" + std::to_string(i) + ".;1", kFirstFile + folder * kFilesEach + i, 2000 + i, 0,
                               susp("NM", '\0' + name)}));
  }
  text.resize(kFolderSectors * 2048);
  return text;
}

TEST(Memory, HalfAMillionFilesStayBelow256Mebibytes) {
  IsoImage made{kFirstFolder};
  std::string root;
  append(root, record_bytes({std::string(1, '\0'), 30, 64 * 2048, 2, susp("SP", std::string("\xBE\xEF\0", 3))}));
  for (std::uint32_t i = 0; i < kFolders; ++i)
    append(root,
           record_bytes({"D" + std::to_string(i), kFirstFolder + i * kFolderSectors, kFolderSectors * 2048, 2, ""}));
  ASSERT_LE(root.size(), 64 * 2048U);
  made.put(30, 0, std::string_view{root}.substr(0, 2048));
  for (std::size_t at = 2048; at < root.size(); at += 2048)
    made.put(30 + static_cast<std::int64_t>(at / 2048), 0, std::string_view{root}.substr(at, 2048));
  Image& image = made.finish();
  const std::string root_record = record_bytes({std::string(1, '\0'), 30, 64 * 2048, 2, ""});
  made.put(16, 156, root_record);

  std::uint32_t at_folder = kFolders;
  std::string bytes;
  const ReadSectors read = [&](std::int64_t first, std::uint32_t count, std::span<std::byte> out) -> Result<bool> {
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::int64_t sector = first + i;
      const std::byte* from = image.at(16);
      if (sector < kFirstFolder) {
        from = image.at(sector);
      } else {
        const auto folder = static_cast<std::uint32_t>(sector - kFirstFolder) / kFolderSectors;
        if (folder >= kFolders) return false;
        if (folder != at_folder) bytes = folder_bytes(at_folder = folder);
        from = reinterpret_cast<const std::byte*>(bytes.data()) + (sector - kFirstFolder) % kFolderSectors * 2048;
      }
      std::memcpy(out.data() + i * kUserBytes, from, kUserBytes);
    }
    return true;
  };
  const std::size_t before = held;
  peak = held;
  const auto volume = walk_volume(read, {.sectors = kFirstFile + kFolders * kFilesEach});
  ASSERT_TRUE(volume);
  EXPECT_EQ(volume->files().size(), kFolders * kFilesEach) << ::testing::PrintToString(texts(volume->troubles()));
  EXPECT_EQ(volume->views()[0].view, VolumeView::rock_ridge);
  EXPECT_LT(peak - before, std::size_t{256} << 20U);
  EXPECT_GT(peak - before, std::size_t{10} << 20U) << "nothing was counted";
  RecordProperty("peak_mebibytes", static_cast<int>((peak - before) >> 20U));
}

}  // namespace
}  // namespace pressmark
