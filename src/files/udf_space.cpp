// From an anchor to the volume descriptors, from these to the partitions, in the order in which they rest on one another:
// physical and sparable ones first, then those that live inside them (metadata, virtual).
#include "files/udf_space.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/try.h"

namespace pressmark::files {

using Trouble = VolumeTrouble::Kind;

namespace {

/// A volume descriptor sequence has 16 sectors or more (UDF 2.2.3.1); nobody writes many more.
constexpr std::uint32_t kMostDescriptors = 128;

}  // namespace

VolumeExtent UdfSpace::on_disc(UdfExtent extent) const {
  const std::int64_t sector = std::int64_t{extent.sector} - options_.origin;
  if (sector < 0) return {};
  return {sector * kSectorBytes, extent.bytes};
}

Result<std::optional<UdfAnchor>> UdfSpace::find_anchor() {
  // ECMA-167 3/8.4.2.1: two of 256, N - 256 and N; UDF 2.2.3 adds 512 for media that were not closed.
  const std::int64_t end = source_.sectors();
  std::optional<UdfAnchor> found;
  for (std::int64_t at : {std::int64_t{256}, end - 1, end - 257, std::int64_t{512}}) {
    if (at < 256 || found) continue;
    TRY(const SectorSource::Sector sector, source_.sector(at));
    if (sector) found = decode_udf_anchor(*sector);
    if (found) builder_.structure(StructureKind::descriptor, {at, 1}, "anchor (UDF)");
  }
  return found;
}

Result<bool> UdfSpace::descriptors(UdfExtent sequence) {
  volume_.reset();
  described_.clear();
  const std::uint32_t count = std::min(sequence.bytes / static_cast<std::uint32_t>(kSector), kMostDescriptors);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::int64_t at = std::int64_t{sequence.sector} - options_.origin + i;
    TRY(const SectorSource::Sector sector, source_.sector(at));
    if (!sector) {
      builder_.trouble(Trouble::unreadable, {at, 1},
                       [&] { return fmt::format("volume descriptor in sector {} cannot be read (UDF)", at); });
      continue;
    }
    if (auto volume = decode_udf_logical_volume(*sector); volume && (!volume_ || volume->sequence >= volume_->sequence))
      volume_ = std::move(*volume);
    if (auto partition = decode_udf_partition(*sector)) {
      const auto same = std::ranges::find(described_, partition->number, &UdfPartition::number);
      if (same == described_.end())
        described_.push_back(std::move(*partition));
      else if (partition->sequence >= same->sequence)
        *same = std::move(*partition);
    }
    const auto tag = udf_tag(*sector);
    if (!tag || *tag == static_cast<std::uint16_t>(UdfTag::terminator)) break;
  }
  return volume_ && !described_.empty();
}

const UdfPartition* UdfSpace::described(std::uint16_t number) const {
  const auto it = std::ranges::find(described_, number, &UdfPartition::number);
  return it == described_.end() ? nullptr : &*it;
}

Result<bool> UdfSpace::open() {
  TRY(const std::optional<UdfAnchor> anchor, find_anchor());
  if (!anchor) return false;
  builder_.structure(StructureKind::descriptor, on_disc(anchor->main).sectors(), "volume descriptors (UDF)");
  builder_.structure(StructureKind::descriptor, on_disc(anchor->reserve).sectors(), "reserve volume descriptors (UDF)");
  TRY(bool known, descriptors(anchor->main));
  if (!known) {
    TRY(known, descriptors(anchor->reserve));
  }
  if (!known) {
    builder_.trouble(Trouble::malformed, {},
                     [] { return std::string{"UDF: no volume descriptors behind the anchor"}; });
    return false;
  }
  if (volume_->block_bytes != kSector) {
    builder_.trouble(Trouble::unsupported, {},
                     [&] { return fmt::format("UDF: blocks of {} bytes", volume_->block_bytes); });
    return false;
  }
  builder_.structure(StructureKind::descriptor, on_disc(volume_->integrity).sectors(), "integrity descriptors (UDF)");
  for (UdfPartitionMap& map : volume_->maps) partitions_.push_back({.map = std::move(map)});
  for (Partition& partition : partitions_)
    if (partition.map.kind == MapKind::physical || partition.map.kind == MapKind::sparable) CHECK(set_up(partition));
  for (Partition& partition : partitions_)
    if (partition.map.kind != MapKind::physical && partition.map.kind != MapKind::sparable) CHECK(set_up(partition));
  return std::ranges::any_of(partitions_, &Partition::usable);
}

VolumeSummary UdfSpace::summary() const {
  std::int64_t end = 0;
  for (const Partition& partition : partitions_) end = std::max(end, partition.first + partition.blocks);
  const unsigned revision = volume_->revision;  // BCD
  return {
      .view = VolumeView::udf,
      .version = revision == 0 ? std::string{"UDF"} : fmt::format("UDF {:x}.{:02x}", revision >> 8U, revision & 0xFFU),
      .volume_id = volume_->id,
      .sectors = end};
}

// ------------------------------------------------------------------------------------------------ partitions

Result<void> UdfSpace::set_up(Partition& partition) {
  switch (partition.map.kind) {
    case MapKind::physical:
    case MapKind::sparable: {
      const UdfPartition* under = described(partition.map.number);
      if (under == nullptr) break;
      partition.first = std::int64_t{under->first} - options_.origin;
      partition.blocks = under->blocks;
      partition.usable = true;
      for (const UdfExtent& space : under->space)
        builder_.structure(StructureKind::allocation,
                           VolumeExtent{(partition.first + space.sector) * kSectorBytes, space.bytes}.sectors(),
                           "space table or bitmap (UDF)");
      return partition.map.kind == MapKind::sparable ? set_up_sparing(partition) : Result<void>{};
    }
    case MapKind::metadata: return set_up_metadata(partition);
    case MapKind::virtual_: return set_up_virtual(partition);
    case MapKind::unknown: break;
  }
  builder_.trouble(Trouble::unsupported, {}, [] { return std::string{"UDF: a partition that is not known here"}; });
  return {};
}

Result<void> UdfSpace::set_up_sparing(Partition& partition) {
  bool found = false;
  for (std::uint32_t at : partition.map.sparing_tables) {
    const VolumeExtent extent = on_disc({partition.map.sparing_table_bytes, at});
    builder_.structure(StructureKind::allocation, extent.sectors(), "sparing table (UDF)");
    if (found) continue;
    TRY(const Content content, source_.content({&extent, 1}, extent.bytes));
    if (!content.lost.empty()) continue;
    if (const auto entries = decode_udf_sparing_table(content.bytes)) {
      found = true;
      for (const UdfSparing& entry : *entries)
        partition.spared[entry.original] = std::int64_t{entry.mapped} - options_.origin;
    }
  }
  if (!found || partition.map.packet_blocks == 0)
    builder_.trouble(Trouble::unreadable, {},
                     [] { return std::string{"UDF: no sparing table: moved packets are not found"}; });
  if (partition.map.packet_blocks == 0) partition.spared.clear();
  return {};
}

bool UdfSpace::find_under(Partition& partition) {
  for (std::size_t i = 0; i < partitions_.size(); ++i)
    if (const Partition& under = partitions_[i];
        under.usable && under.map.number == partition.map.number &&
        (under.map.kind == MapKind::physical || under.map.kind == MapKind::sparable)) {
      partition.under = static_cast<std::uint16_t>(i);
      return true;
    }
  return false;
}

Result<void> UdfSpace::set_up_metadata(Partition& partition) {
  const bool placed = find_under(partition);
  for (std::uint32_t block : {partition.map.metadata_file, partition.map.metadata_mirror}) {
    const UdfAddress address{block, partition.under};
    const auto at = placed ? byte_of(address) : std::nullopt;
    if (!at) continue;
    builder_.structure(StructureKind::allocation, VolumeExtent{*at, kSector}.sectors(), "metadata file's entry (UDF)");
    if (partition.usable) continue;
    TRY(const std::optional<Entry> file, entry(address));
    if (!file) continue;
    TRY(Extents found, extents(*file));
    if (!found.whole || found.list.empty()) continue;
    std::uint64_t offset = 0;
    for (const VolumeExtent& extent : found.list) {
      partition.metadata_offsets.push_back(offset);
      offset += extent.bytes;
    }
    partition.metadata = std::move(found.list);
    partition.usable = true;
  }
  if (const auto at = byte_of({partition.map.metadata_bitmap, partition.under});
      at && placed && partition.map.metadata_bitmap != UINT32_MAX)
    builder_.structure(StructureKind::allocation, VolumeExtent{*at, kSector}.sectors(),
                       "metadata bitmap's entry (UDF)");
  if (!partition.usable)
    builder_.trouble(Trouble::unreadable, {}, [] { return std::string{"UDF: the metadata file cannot be read"}; });
  return {};
}

Result<void> UdfSpace::set_up_virtual(Partition& partition) {
  // UDF 2.2.11: its entry is the last sector that was written. Images may have the run-out blocks behind it.
  constexpr std::int64_t kLookBack = 160;
  const bool placed = find_under(partition);
  const std::int64_t end = source_.sectors();
  for (std::int64_t at = end - 1; placed && at >= 0 && at >= end - kLookBack; --at) {
    TRY(const SectorSource::Sector sector, source_.sector(at));
    auto entry = sector ? decode_udf_file_entry(*sector) : std::nullopt;
    if (!entry || (entry->type != UdfFileEntry::virtual_table && entry->type != 0)) continue;
    const Entry located{std::move(*entry), at * kSectorBytes, partition.under};
    TRY(const Extents found, extents(located));
    TRY(const Content content, source_.content(found.list, located.entry.bytes));
    if (!content.lost.empty() || content.cut) continue;
    auto table = decode_udf_virtual_table(located.entry.type, content.bytes);
    if (!table) continue;
    builder_.structure(StructureKind::allocation, {at, 1}, "virtual allocation table's entry (UDF)");
    for (const VolumeExtent& extent : found.list)
      builder_.structure(StructureKind::allocation, extent.sectors(), "virtual allocation table (UDF)");
    partition.virtual_table = std::move(*table);
    partition.usable = true;
    return {};
  }
  builder_.trouble(Trouble::unreadable, {},
                   [] { return std::string{"UDF: the virtual allocation table was not found at the image's end"}; });
  return {};
}

}  // namespace pressmark::files
