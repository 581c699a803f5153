// Where volumes of HFS and HFS+ begin: where an Apple partition map says, and at the image's start.
#include <algorithm>

#include "core/try.h"
#include "files/hfs_walk.h"

namespace pressmark::files {

namespace {

constexpr std::uint32_t kMostEntries = 64;
constexpr std::size_t kEntryBytes = 512;

/// The volumes' first bytes, from a map whose blocks have `unit` bytes; its own length in `end`.
std::vector<std::int64_t> partitions(const Content& content, std::uint32_t unit, std::uint64_t& end) {
  std::vector<std::int64_t> found;
  std::uint32_t entries = 1;
  for (std::uint32_t i = 1; i <= std::min(entries, kMostEntries); ++i) {
    const std::size_t at = std::size_t{i} * unit;
    if (at + kEntryBytes > content.bytes.size() || content.lost_in(at, at + kEntryBytes)) continue;
    const auto partition = decode_apple_partition(std::span{content.bytes}.subspan(at, kEntryBytes));
    if (!partition) break;
    entries = partition->entries;
    end = std::max<std::uint64_t>(end, at + unit);
    if (partition->type == "Apple_HFS" || partition->type == "Apple_HFSX")
      found.push_back(std::int64_t{partition->first} * unit);
  }
  return found;
}

/// Some discs have a map for blocks of 512 bytes and another for their own; what one of them says wrongly is no volume when it is looked at.
Result<std::vector<std::int64_t>> hfs_volumes(SectorSource& source, VolumeBuilder& builder) {
  std::vector<std::int64_t> found{0};
  TRY(const SectorSource::Sector first, source.sector(0));
  const auto block = first ? decode_apple_driver_map(*first) : std::nullopt;
  if (!block) return found;
  const VolumeExtent head{0, std::uint64_t{kMostEntries + 1} * *block};
  TRY(const Content content, source.content({&head, 1}, head.bytes));
  std::uint64_t end = kEntryBytes;
  for (std::uint32_t unit : {std::uint32_t{512}, *block}) {
    const auto more = partitions(content, unit, end);
    found.insert(found.end(), more.begin(), more.end());
    if (unit == *block) break;
  }
  builder.structure(StructureKind::descriptor, VolumeExtent{0, end}.sectors(), "Apple partition map");
  return found;
}

}  // namespace

Result<void> walk_hfs(SectorSource& source, VolumeBuilder& builder, const WalkOptions& options) {
  TRY(std::vector<std::int64_t> volumes, hfs_volumes(source, builder));
  std::ranges::sort(volumes);
  const auto [again, end] = std::ranges::unique(volumes);
  volumes.erase(again, end);
  for (std::int64_t base : volumes) CHECK(HfsWalk{source, builder, options, base}.run());
  return {};
}

}  // namespace pressmark::files
