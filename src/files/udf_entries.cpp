// The second half of UdfSpace: from blocks to bytes of the image, kind of partition by kind of partition, and from entries to
// extents.
#include <algorithm>
#include <fmt/format.h>

#include "core/try.h"
#include "files/udf_space.h"

namespace pressmark::files {

using Trouble = VolumeTrouble::Kind;

namespace {}

bool UdfSpace::map(UdfAddress at, std::uint64_t bytes, std::vector<VolumeExtent>& out) const {
  if (at.partition >= partitions_.size() || !partitions_[at.partition].usable || full(out)) return false;
  const Partition& partition = partitions_[at.partition];
  switch (partition.map.kind) {
    case MapKind::physical:
      if (partition.first + at.block < 0) return false;
      out.push_back({(partition.first + at.block) * kSectorBytes, bytes});
      return true;
    case MapKind::sparable: map_sparable(partition, at.block, bytes, out); return !full(out);
    case MapKind::metadata: return map_metadata(partition, at.block, bytes, out);
    case MapKind::virtual_: return map_virtual(partition, at.block, bytes, out);
    case MapKind::unknown: return false;
  }
  return false;
}

void UdfSpace::map_sparable(const Partition& partition, std::uint32_t block, std::uint64_t bytes,
                            std::vector<VolumeExtent>& out) {
  const std::uint32_t packet = partition.map.packet_blocks;
  // Only packets that were moved are cut out: all others lie where they belong.
  auto moved = packet == 0 ? partition.spared.end() : partition.spared.lower_bound(block - block % packet);
  std::int64_t at = block;
  while (bytes > 0) {
    const bool here = moved != partition.spared.end() && std::int64_t{moved->first} <= at;
    const std::int64_t end =
        here ? std::int64_t{moved->first} + packet
             : (moved != partition.spared.end() ? std::int64_t{moved->first} : INT64_MAX / kSectorBytes);
    const std::int64_t first = here ? moved->second + (at - moved->first) : partition.first + at;
    const std::uint64_t piece =
        end <= at ? 0 : std::min<std::uint64_t>(bytes, static_cast<std::uint64_t>(end - at) * kSector);
    if (piece > 0 && first >= 0) out.push_back({first * kSectorBytes, piece});
    bytes -= piece;
    at += static_cast<std::int64_t>(piece / kSector);
    if (here) ++moved;
  }
}

bool UdfSpace::map_metadata(const Partition& partition, std::uint32_t block, std::uint64_t bytes,
                            std::vector<VolumeExtent>& out) {
  std::uint64_t offset = std::uint64_t{block} * kSector;
  const auto& offsets = partition.metadata_offsets;
  auto i = static_cast<std::size_t>(std::ranges::upper_bound(offsets, offset) - offsets.begin()) - 1;
  for (; bytes > 0 && i < offsets.size(); ++i) {
    const VolumeExtent& extent = partition.metadata[i];
    const std::uint64_t inside = offset - offsets[i];
    if (inside >= extent.bytes) return false;
    const std::uint64_t piece = std::min(bytes, extent.bytes - inside);
    out.push_back({extent.recorded() ? extent.at + static_cast<std::int64_t>(inside) : VolumeExtent::kHole, piece});
    bytes -= piece;
    offset += piece;
  }
  return bytes == 0;
}

bool UdfSpace::map_virtual(const Partition& partition, std::uint32_t block, std::uint64_t bytes,
                           std::vector<VolumeExtent>& out) const {
  for (std::uint64_t i = block; bytes > 0; ++i) {
    if (i >= partition.virtual_table.size() || partition.virtual_table[i] == UINT32_MAX) return false;
    const std::uint64_t piece = std::min<std::uint64_t>(bytes, kSector);
    if (!map({partition.virtual_table[i], partition.under}, piece, out)) return false;
    bytes -= piece;
  }
  return true;
}

std::optional<std::int64_t> UdfSpace::byte_of(UdfAddress address) const {
  std::vector<VolumeExtent> one;
  if (!map(address, kSector, one) || one.empty() || !one[0].recorded()) return std::nullopt;
  return one[0].at;
}

// ------------------------------------------------------------------------------------------------ entries

Result<std::optional<UdfAddress>> UdfSpace::root() {
  const auto at = byte_of(volume_->file_set);
  if (at) {
    builder_.structure(StructureKind::descriptor,
                       VolumeExtent{*at, std::max<std::uint32_t>(volume_->file_set_bytes, kSector)}.sectors(),
                       "file set descriptor (UDF)");
    TRY(const SectorSource::Sector sector, source_.sector(*at / kSectorBytes));
    if (sector)
      if (const auto root = decode_udf_file_set(*sector)) return root;
  }
  builder_.trouble(at ? Trouble::unreadable : Trouble::malformed,
                   at ? SectorRange{*at / kSectorBytes, 1} : SectorRange{},
                   [] { return std::string{"UDF: the file set descriptor cannot be read"}; });
  return std::nullopt;
}

Result<std::optional<UdfSpace::Entry>> UdfSpace::entry(UdfAddress address) {
  constexpr int kMostGenerations = 256;  // strategy 4096 writes a new entry for each change (UDF 6.6)
  std::optional<Entry> latest;
  for (int i = 0; i < kMostGenerations; ++i) {
    const auto at = byte_of(address);
    if (!at) break;
    TRY(const SectorSource::Sector sector, source_.sector(*at / kSectorBytes));
    auto found = sector ? decode_udf_file_entry(*sector) : std::nullopt;
    if (!found) break;
    latest = Entry{std::move(*found), *at, address.partition};
    if (latest->entry.strategy != 4096) break;
    const auto behind = byte_of({address.block + 1, address.partition});
    if (!behind) break;
    TRY(const SectorSource::Sector next, source_.sector(*behind / kSectorBytes));
    const auto indirect = next ? decode_udf_indirect(*next) : std::nullopt;
    if (!indirect) break;
    address = *indirect;
  }
  return latest;
}

Result<UdfSpace::Extents> UdfSpace::extents(const Entry& entry) {
  Extents found;
  const UdfFileEntry& file = entry.entry;
  if (file.form == UdfFileEntry::Form::embedded) {
    if (!file.body.empty())
      found.list.push_back({entry.at + static_cast<std::int64_t>(file.body_at), file.body.size()});
    return found;
  }
  std::vector<std::byte> body = file.body;
  std::uint64_t covered = 0;
  for (std::size_t place = 0; covered < file.bytes;) {
    const auto ad = decode_udf_allocation(std::span{body}.subspan(place), file.form, entry.partition);
    if (!ad) break;
    place += ad->length;
    switch (ad->type) {
      case UdfAllocation::Type::recorded:
        if (!map(ad->at, ad->bytes, found.list)) found.whole = false;
        covered += ad->bytes;
        break;
      case UdfAllocation::Type::allocated:
      case UdfAllocation::Type::unallocated:
        found.list.push_back({VolumeExtent::kHole, ad->bytes});
        covered += ad->bytes;
        break;
      case UdfAllocation::Type::continuation: {
        const auto at = byte_of(ad->at);
        TRY(const SectorSource::Sector block, source_.sector(at ? *at / kSectorBytes : -1));
        if (at) found.continuations.push_back({*at / kSectorBytes, 1});
        std::vector<std::byte> next;
        if (const auto inside = block ? decode_udf_continuation(*block) : std::nullopt)
          next.assign(inside->begin(), inside->end());
        body = std::move(next);  // none: the file ends here, short
        place = 0;
        break;
      }
    }
    if (full(found.list) || found.continuations.size() >= options_.limits.chain) found.whole = false;
    if (!found.whole) break;
  }
  if (covered < file.bytes) found.whole = false;
  return found;
}

}  // namespace pressmark::files
