#include "rip/file_tally.h"

#include <gtest/gtest.h>

#include "unit/files/iso_image.h"

namespace pressmark {
namespace {

/// Small and large files, one in two extents, one empty, two that overlap.
Volume volume() {
  IsoImage made{400};
  made.directory(IsoImage::kRoot, {{"A", 50, 2048, 0, ""},
                                   {"B", 51, 40960, 0, ""},
                                   {"C", 100, 8192, 0x80, ""},
                                   {"C", 300, 8192, 0, ""},
                                   {"E", 0, 0, 0, ""},
                                   {"O1", 200, 20480, 0, ""},
                                   {"O2", 205, 20480, 0, ""}});
  return *made.finish().walk();
}

FileCount counted_anew(const Volume& volume, const RipMap& map, const std::vector<bool>& wanted) {
  FileCount count;
  for (std::size_t i = 0; i < volume.files().size(); ++i) {
    bool hit = false, pending = false;
    for (const SectorRange& range : volume.sectors(volume.files()[i]))
      for (std::int64_t s = range.first; s < range.end(); ++s) {
        hit |= map.at(s) == Grade::unreadable;
        pending |= map.at(s) == Grade::untried || map.at(s) == Grade::untrimmed;
      }
    const bool whole = !hit && !pending;
    ++count.files;
    count.whole += whole;
    count.hit += hit;
    count.wanted += wanted[i];
    count.wanted_whole += wanted[i] && whole;
    count.wanted_hit += wanted[i] && hit;
  }
  return count;
}

TEST(FileTallyTest, KeptUpStepByStepItIsWhatCountingAnewSays) {
  const Volume disc = volume();
  ASSERT_EQ(disc.files().size(), 6U);
  const std::vector<bool> wanted{true, false, true, false, true, false};
  RipMap map{400};
  FileTally tally{disc, wanted};
  tally.enter(map, {0, 400});
  EXPECT_EQ(tally.count(), (FileCount{.files = 6, .whole = 1, .wanted = 3})) << "the empty file needs no sector";
  std::uint32_t seed = 1;
  const auto draw = [&](std::uint32_t below) { return ((seed = seed * 1664525 + 1013904223) >> 8) % below; };
  for (int i = 0; i < 3000; ++i) {
    const std::int64_t first = draw(400),
                       count = 1 + draw(static_cast<std::uint32_t>(std::min<std::int64_t>(400 - first, 40)));
    tally.leave(map, {first, count});
    map.set(first, count, static_cast<Grade>(draw(kGradeCount)));
    tally.enter(map, {first, count});
    ASSERT_EQ(tally.count(), counted_anew(disc, map, wanted)) << i;
  }
  tally.leave(map, {0, 400});
  map.set(0, 400, Grade::proven);
  tally.enter(map, {0, 400});
  EXPECT_EQ(tally.count(), (FileCount{.files = 6, .whole = 6, .wanted = 3, .wanted_whole = 3}));
}

}  // namespace
}  // namespace pressmark
