// Owners of ranges, held against the obvious way: ask every extent about every sector.
#include "pressmark/owners.h"

#include <gmock/gmock.h>

#include "unit/files/iso_image.h"

namespace pressmark {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// "first+count kind name offset:bytes"
std::vector<std::string> words(const Volume& volume, const Damage& damage) {
  std::vector<std::string> lines;
  for (const OwnedPart& part : damage.parts) {
    std::string line = std::to_string(part.where.first) + "+" + std::to_string(part.where.count) + " ";
    if (part.by == OwnerKind::file)
      line += volume.path(volume.files()[part.number]) + " " + std::to_string(part.offset) + ":" +
              std::to_string(part.bytes);
    else if (part.by == OwnerKind::structure)
      line += volume.name(volume.structures()[part.number]);
    else
      line += to_string(part.by);
    lines.push_back(line);
  }
  return lines;
}

Image small_iso() {
  IsoImage made{120};
  made.directory(IsoImage::kRoot, {{"A.;1", 40, 5000, 0, ""},       // 40, 41, 42: the last holds 904 bytes
                                   {"BIG.;1", 50, 4096, 0x80, ""},  // 50, 51, then
                                   {"BIG.;1", 60, 100, 0, ""},      // 60
                                   {"SAME.;1", 51, 2048, 0, ""}});  // shares 51 with BIG
  return std::move(made.finish());
}

TEST(Owners, EachKindIsNamed) {
  Image image = small_iso();
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  const SectorRange asked[] = {{0, 2}, {16, 1}, {20, 1}, {41, 2}, {45, 2}, {51, 1}, {60, 2}, {110, 15}};
  const Damage damage = damage_of(*volume, image.sectors(), asked);
  EXPECT_THAT(words(*volume, damage),
              ElementsAre("0+2 system area", "16+1 volume descriptor (CD001)", "20+1 directory of / (ISO 9660)",
                          "41+2 A 2048:2952", "45+2 unallocated", "51+1 BIG 2048:2048", "51+1 SAME 0:2048",
                          "60+1 BIG 4096:100", "61+1 padding", "110+10 padding", "120+5 outside"));
  EXPECT_EQ(damage.unallocated, 2);
  EXPECT_EQ(damage.padding, 11);
  EXPECT_EQ(damage.outside, 5);
  EXPECT_EQ(damage.sectors, 26);
  ASSERT_THAT(damage.files, SizeIs(3));
  EXPECT_EQ(damage.files[0], (FileHit{.file = 0, .bytes = 2952, .sectors = 2, .offset = 2048}));
  EXPECT_EQ(damage.files[1], (FileHit{.file = 1, .bytes = 2148, .sectors = 2, .offset = 2048}));
  EXPECT_EQ(damage.files[2], (FileHit{.file = 2, .bytes = 2048, .sectors = 1, .offset = 0}));
  EXPECT_TRUE(damage.certain);
}

TEST(Owners, NothingAskedIsNothingHit) {
  Image image = small_iso();
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  const SectorRange asked[] = {{40, 0}, {-5, 3}};
  const Damage damage = damage_of(*volume, image.sectors(), asked);
  EXPECT_THAT(damage.ranges, IsEmpty());
  EXPECT_THAT(damage.parts, IsEmpty());
  EXPECT_THAT(damage.files, IsEmpty());
}

TEST(Owners, WithoutAFileSystemNobodyIsKnown) {
  Image image;
  image.at(99);
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  const SectorRange asked[] = {{90, 20}};
  const Damage damage = damage_of(*volume, image.sectors(), asked);
  EXPECT_THAT(words(*volume, damage), ElementsAre("90+10 unknown", "100+10 outside"));
}

TEST(Owners, ALostDirectoryMakesTheAnswerUncertain) {
  Image image = small_iso();
  image.dead.insert(20);
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  const SectorRange asked[] = {{41, 1}};
  EXPECT_FALSE(damage_of(*volume, image.sectors(), asked).certain);
}

/// Any volume of overlapping extents and any ranges: per sector, the slow way.
TEST(Owners, AgreesWithAskingEverySector) {
  constexpr std::int64_t kSectors = 400;
  std::uint32_t state = 7;
  const auto draw = [&](std::uint32_t below) { return (state = state * 1664525 + 1013904223) / 65536 % below; };
  for (int round = 0; round < 300; ++round) {
    IsoImage made{kSectors};
    std::vector<IsoRecordToWrite> records;
    for (std::uint32_t i = 0; i < 1 + draw(20); ++i) {
      const std::string name = "F" + std::to_string(i) + ".;1";
      for (std::uint32_t more = draw(3); more > 0; --more)
        records.push_back({name, 30 + draw(330), 2048 * (1 + draw(12)), 0x80, ""});
      records.push_back({name, 30 + draw(330), 1 + draw(40'000), 0, ""});
    }
    made.directory(IsoImage::kRoot, records);
    Image& image = made.finish();
    const auto volume = image.walk();
    ASSERT_TRUE(volume);
    std::vector<SectorRange> asked;
    std::set<std::int64_t> bad;
    for (std::uint32_t i = 0; i < draw(40); ++i) {
      asked.push_back({draw(420), 1 + draw(1 + draw(30))});
      for (std::int64_t s = asked.back().first; s < asked.back().end(); ++s) bad.insert(s);
    }
    const Damage damage = damage_of(*volume, kSectors, asked);
    ASSERT_EQ(damage.sectors, static_cast<std::int64_t>(bad.size()));

    std::set<std::int64_t> owned;
    std::map<std::uint32_t, std::uint64_t> lost;
    for (std::uint32_t i = 0; i < volume->files().size(); ++i)
      for (const VolumeExtent& extent : volume->extents(volume->files()[i]))
        for (std::int64_t s = extent.sectors().first; s < extent.sectors().end(); ++s) {
          owned.insert(s);
          if (!bad.contains(s)) continue;
          const std::int64_t end =
              std::min<std::int64_t>((s + 1) * 2048, extent.at + static_cast<std::int64_t>(extent.bytes));
          lost[i] += static_cast<std::uint64_t>(end - std::max<std::int64_t>(s * 2048, extent.at));
        }
    for (const VolumeStructure& structure : volume->structures())
      for (std::int64_t s = structure.where.first; s < structure.where.end(); ++s) owned.insert(s);
    std::map<std::uint32_t, std::uint64_t> found, by_parts;
    for (const FileHit& hit : damage.files) found[hit.file] = hit.bytes;
    std::int64_t nobodys = 0;
    for (const OwnedPart& part : damage.parts)
      if (part.by == OwnerKind::file)
        by_parts[part.number] += part.bytes;
      else if (part.by != OwnerKind::structure) {
        nobodys += part.where.count;
        for (std::int64_t s = part.where.first; s < part.where.end(); ++s)
          ASSERT_TRUE(bad.contains(s) && !owned.contains(s)) << s;
      }
    EXPECT_EQ(found, lost);
    EXPECT_EQ(by_parts, lost);
    EXPECT_EQ(nobodys, std::ranges::count_if(bad, [&](std::int64_t s) { return !owned.contains(s); }));
    EXPECT_EQ(nobodys, damage.unallocated + damage.padding + damage.outside);
  }
}

TEST(Owners, RangesAreMerged) {
  const SectorRange asked[] = {{5, 5}, {10, 2}, {1, 1}, {6, 2}, {-3, 4}};
  EXPECT_THAT(merged_ranges(asked), ElementsAre(SectorRange{0, 2}, SectorRange{5, 7}));
}

}  // namespace
}  // namespace pressmark
