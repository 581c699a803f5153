// The volume recognition sequence from sector 16 on says which file systems there are; then each is walked, the most telling
// names first, so that a file's first path is the best one.
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string_view>

#include "core/bytes.h"
#include "core/try.h"
#include "files/builder.h"
#include "files/iso_walk.h"
#include "files/sectors.h"
#include "files/udf_walk.h"

namespace pressmark {

namespace files {
namespace {

constexpr std::int64_t kSystemArea = 16;
using Trouble = VolumeTrouble::Kind;

/// ECMA-167 2/8.3.1: standard identifiers of the sequence; and ECMA-119's.
constexpr std::array<std::string_view, 7> kRecognised = {"CD001", "BEA01", "NSR02", "NSR03", "TEA01", "BOOT2", "CDW02"};

struct Recognition {
  std::vector<IsoTree> trees;
  std::optional<std::uint32_t> boot_catalogue;
};

Result<Recognition> recognise(SectorSource& source, VolumeBuilder& builder) {
  constexpr std::int64_t kMost = 64;  // sectors of a sequence, and of unreadable ones in which it may still begin
  Recognition found;
  for (std::int64_t at = kSystemArea; at < kSystemArea + kMost; ++at) {
    TRY(const SectorSource::Sector sector, source.sector(at));
    if (!sector) {
      if (at >= source.sectors()) break;
      builder.trouble(Trouble::unreadable, {at, 1},
                      [&] { return fmt::format("volume descriptor in sector {} cannot be read", at); });
      if (at >= kSystemArea + 16) break;
      continue;
    }
    ByteReader in{*sector};
    const std::string id = in.ascii(1, 5);
    if (std::ranges::find(kRecognised, std::string_view{id}) == kRecognised.end()) break;
    builder.structure(StructureKind::descriptor, {at, 1}, fmt::format("volume descriptor ({})", id));
    if (auto tree = decode_iso_tree(*sector)) found.trees.push_back(std::move(*tree));
    if (const auto catalogue = decode_boot_catalogue(*sector)) found.boot_catalogue = catalogue;
  }
  return found;
}

/// El Torito 2.0: entries of 32 bytes, the first a check of itself.
Result<void> boot_structures(SectorSource& source, VolumeBuilder& builder, std::int64_t at, std::int64_t origin) {
  constexpr std::size_t kEntry = 32;
  constexpr std::uint8_t kBootable = 0x88, kMoreHeaders = 0x90, kLastHeader = 0x91;
  constexpr std::uint32_t kFloppyBytes[] = {0, 1'228'800, 1'474'560, 2'949'120};
  builder.structure(StructureKind::boot, {at, 1}, "boot catalogue (El Torito)");
  TRY(const SectorSource::Sector sector, source.sector(at));
  if (!sector) {
    builder.trouble(Trouble::unreadable, {at, 1}, [] { return std::string{"the boot catalogue cannot be read"}; });
    return {};
  }
  ByteReader in{*sector};
  int images = 0;
  for (std::size_t place = kEntry; place + kEntry <= sector->size(); place += kEntry) {
    const std::uint8_t kind = in.u8(place);
    if (kind == 0 || kind == kMoreHeaders || kind == kLastHeader) continue;
    if (kind != kBootable) break;
    const std::uint8_t media = in.u8(place + 1) & 0x0FU;
    const std::uint32_t bytes = media >= 1 && media <= 3 ? kFloppyBytes[media] : in.le16(place + 6) * 512U;
    const std::int64_t first = std::int64_t{in.le32(place + 8)} - origin;
    if (first >= 0)
      builder.structure(StructureKind::boot, VolumeExtent{first * std::int64_t{kSector}, bytes}.sectors(),
                        fmt::format("boot image {} (El Torito)", ++images));
  }
  return {};
}

Result<void> walk_trees(SectorSource& source, VolumeBuilder& builder, const WalkOptions& options,
                        std::vector<IsoTree> trees) {
  std::vector<std::unique_ptr<IsoWalk>> walks;
  for (IsoTree& tree : trees) {
    // Copies of a descriptor, and ISO 9660:1999 where it only points at the primary tree again.
    const bool again = std::ranges::any_of(walks, [&](const auto& walk) {
      return walk->tree().root_block == tree.root_block && walk->tree().block_bytes == tree.block_bytes;
    });
    if (again) continue;
    walks.push_back(std::make_unique<IsoWalk>(source, builder, options, std::move(tree)));
    CHECK(walks.back()->prepare());
  }
  std::ranges::stable_sort(walks, {}, [](const auto& walk) { return walk->tree().view; });
  for (const auto& walk : walks) CHECK(walk->run());
  return {};
}

}  // namespace
}  // namespace files

Result<Volume> walk_volume(const ReadSectors& read, const WalkOptions& options) {
  files::SectorSource source{read, options};
  VolumeBuilder builder{options};
  TRY(files::Recognition found, files::recognise(source, builder));
  CHECK(files::UdfWalk{source, builder, options}.run());
  CHECK(files::walk_trees(source, builder, options, std::move(found.trees)));
  if (found.boot_catalogue) {
    CHECK(
        files::boot_structures(source, builder, std::int64_t{*found.boot_catalogue} - options.origin, options.origin));
  }
  if (source.exhausted())
    builder.trouble(VolumeTrouble::Kind::limit, {},
                    [&] { return fmt::format("more than {} sectors of structures", options.limits.sectors_read); });
  if (builder.has_views()) builder.structure(StructureKind::system_area, {0, files::kSystemArea}, "system area");
  return std::move(builder).finish();
}

}  // namespace pressmark
