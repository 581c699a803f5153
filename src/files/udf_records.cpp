// Offsets are those of the tables in ECMA-167; little-endian throughout (1/7.1).
#include "files/udf_records.h"

#include <algorithm>
#include <string_view>

#include "core/bytes.h"
#include "files/names.h"
#include "files/timestamps.h"

namespace pressmark::files {

namespace {

constexpr std::uint32_t kLengthMask = 0x3FFFFFFF;  // of an allocation descriptor; the upper two bits are its type

UdfExtent extent_at(ByteReader& in, std::size_t at) { return {in.le32(at), in.le32(at + 4)}; }
UdfAddress address_at(ByteReader& in, std::size_t at) { return {in.le32(at), in.le16(at + 4)}; }
UdfAddress long_ad_at(ByteReader& in, std::size_t at) { return address_at(in, at + 4); }

std::uint64_t le64(ByteReader& in, std::size_t at) { return in.le32(at) | std::uint64_t{in.le32(at + 4)} << 32U; }

UdfPartitionMap decode_map(std::span<const std::byte> bytes) {
  ByteReader in{bytes};
  UdfPartitionMap map;
  if (in.u8(0) == 1) {
    map.kind = UdfPartitionMap::Kind::physical;
    map.number = in.le16(4);
  } else if (in.u8(0) == 2 && in.holds(0, 64)) {
    map.number = in.le16(38);
    const std::string kind = in.ascii(5, 23);
    if (kind == "*UDF Virtual Partition") {
      map.kind = UdfPartitionMap::Kind::virtual_;
    } else if (kind == "*UDF Sparable Partition") {
      map.kind = UdfPartitionMap::Kind::sparable;
      map.packet_blocks = in.le16(40);
      map.sparing_table_bytes = in.le32(44);
      for (std::size_t i = 0; i < std::min<std::size_t>(in.u8(42), 4); ++i)
        map.sparing_tables.push_back(in.le32(48 + 4 * i));
    } else if (kind == "*UDF Metadata Partition") {
      map.kind = UdfPartitionMap::Kind::metadata;
      map.metadata_file = in.le32(40);
      map.metadata_mirror = in.le32(44);
      map.metadata_bitmap = in.le32(48);
    }
  }
  if (in.truncated()) map.kind = UdfPartitionMap::Kind::unknown;
  return map;
}

}  // namespace

std::optional<std::uint16_t> udf_tag(std::span<const std::byte> bytes) {
  constexpr std::size_t kTagBytes = 16, kChecksumAt = 4;
  ByteReader in{bytes};
  std::uint8_t sum = 0;
  bool anything = false;
  for (std::size_t i = 0; i < kTagBytes; ++i) {
    anything = anything || in.u8(i) != 0;
    if (i != kChecksumAt) sum = static_cast<std::uint8_t>(sum + in.u8(i));
  }
  const std::uint16_t id = in.le16(0);
  if (in.truncated() || !anything || sum != in.u8(kChecksumAt)) return std::nullopt;
  return id;
}

std::optional<UdfAnchor> decode_udf_anchor(std::span<const std::byte> sector) {
  if (!is_udf(sector, UdfTag::anchor)) return std::nullopt;
  ByteReader in{sector};
  const UdfAnchor anchor{extent_at(in, 16), extent_at(in, 24)};
  if (in.truncated()) return std::nullopt;
  return anchor;
}

std::optional<UdfPartition> decode_udf_partition(std::span<const std::byte> sector) {
  if (!is_udf(sector, UdfTag::partition)) return std::nullopt;
  constexpr std::size_t kContentsUse = 56;
  ByteReader in{sector};
  UdfPartition partition{
      .sequence = in.le32(16), .number = in.le16(22), .first = in.le32(188), .blocks = in.le32(192), .space = {}};
  const std::string contents = in.ascii(25, 23);
  if (contents.starts_with("+NSR"))
    for (std::size_t i = 0; i < 5; ++i) {
      UdfExtent space = extent_at(in, kContentsUse + 8 * i);
      space.bytes &= kLengthMask;
      if (space.bytes > 0) partition.space.push_back(space);
    }
  if (in.truncated()) return std::nullopt;
  return partition;
}

std::optional<UdfLogicalVolume> decode_udf_logical_volume(std::span<const std::byte> sector) {
  if (!is_udf(sector, UdfTag::logical_volume)) return std::nullopt;
  constexpr std::size_t kMaps = 440;
  ByteReader in{sector};
  UdfLogicalVolume volume{.sequence = in.le32(16),
                          .id = from_dstring(in.slice(84, 128)),
                          .block_bytes = in.le32(212),
                          .revision = in.ascii(217, 23) == "*OSTA UDF Compliant" ? in.le16(240) : std::uint16_t{0},
                          .file_set = long_ad_at(in, 248),
                          .file_set_bytes = in.le32(248) & kLengthMask,
                          .integrity = extent_at(in, 432),
                          .maps = {}};
  const std::size_t end = kMaps + std::min<std::size_t>(in.le32(264), sector.size());
  const std::uint32_t count = in.le32(268);
  if (in.truncated()) return std::nullopt;
  for (std::size_t at = kMaps; volume.maps.size() < count && at + 2 <= std::min(end, sector.size());) {
    const std::size_t length = in.u8(at + 1);
    if (length < 6 || !in.holds(at, length)) break;
    volume.maps.push_back(decode_map(sector.subspan(at, length)));
    at += length;
  }
  return volume;
}

std::optional<UdfAddress> decode_udf_file_set(std::span<const std::byte> sector) {
  if (!is_udf(sector, UdfTag::file_set)) return std::nullopt;
  ByteReader in{sector};
  const UdfAddress root = long_ad_at(in, 400);
  if (in.truncated()) return std::nullopt;
  return root;
}

std::optional<UdfFileEntry> decode_udf_file_entry(std::span<const std::byte> block) {
  const bool extended = is_udf(block, UdfTag::extended_file_entry);
  if (!extended && !is_udf(block, UdfTag::file_entry)) return std::nullopt;
  ByteReader in{block};
  UdfFileEntry entry;
  entry.strategy = in.le16(20);
  entry.type = in.u8(27);
  const unsigned form = in.le16(34) & 7U;
  entry.form = static_cast<UdfFileEntry::Form>(form & 3U);
  entry.bytes = le64(in, 56);
  entry.modified = udf_time(in.slice(extended ? 92 : 84, 12));
  const std::size_t lengths = extended ? 208 : 168;
  entry.has_streams = extended && (in.le32(152) & kLengthMask) != 0;
  entry.body_at = lengths + 8 + in.le32(lengths);
  const auto body = in.slice(entry.body_at, in.le32(lengths + 4));
  entry.body.assign(body.begin(), body.end());
  if (in.truncated() || form > 3) return std::nullopt;
  return entry;
}

std::optional<UdfAllocation> decode_udf_allocation(std::span<const std::byte> body, UdfFileEntry::Form form,
                                                   std::uint16_t partition) {
  ByteReader in{body};
  UdfAllocation found;
  found.bytes = in.le32(0) & kLengthMask;
  found.type = static_cast<UdfAllocation::Type>(in.le32(0) >> 30U);
  switch (form) {
    case UdfFileEntry::Form::short_ad:
      found.at = {in.le32(4), partition};
      found.length = 8;
      break;
    case UdfFileEntry::Form::long_ad:
      found.at = long_ad_at(in, 0);
      found.length = 16;
      break;
    case UdfFileEntry::Form::extended_ad:  // 4/14.14.3; UDF does not allow it
      found.at = address_at(in, 12);
      found.length = 20;
      break;
    case UdfFileEntry::Form::embedded: return std::nullopt;
  }
  if (in.truncated() || !in.holds(0, found.length) || found.bytes == 0) return std::nullopt;
  return found;
}

std::optional<std::span<const std::byte>> decode_udf_continuation(std::span<const std::byte> block) {
  if (!is_udf(block, UdfTag::allocation_extent)) return std::nullopt;
  ByteReader in{block};
  const auto body = in.slice(24, in.le32(20));
  if (in.truncated()) return std::nullopt;
  return body;
}

std::optional<UdfAddress> decode_udf_indirect(std::span<const std::byte> block) {
  if (!is_udf(block, UdfTag::indirect_entry)) return std::nullopt;
  ByteReader in{block};
  const UdfAddress next = long_ad_at(in, 36);
  if (in.truncated()) return std::nullopt;
  return next;
}

std::optional<UdfIdentifier> decode_udf_identifier(std::span<const std::byte> bytes) {
  if (!is_udf(bytes, UdfTag::file_identifier)) return std::nullopt;
  constexpr std::size_t kFixed = 38;
  ByteReader in{bytes};
  UdfIdentifier found;
  found.characteristics = in.u8(18);
  const std::size_t name_bytes = in.u8(19), use_bytes = in.le16(36);
  found.entry = long_ad_at(in, 20);
  found.name = from_cs0(in.slice(kFixed + use_bytes, name_bytes));
  found.length = (kFixed + use_bytes + name_bytes + 3) / 4 * 4;
  if (in.truncated()) return std::nullopt;
  return found;
}

std::optional<std::vector<UdfSparing>> decode_udf_sparing_table(std::span<const std::byte> table) {
  constexpr std::size_t kEntries = 56;
  ByteReader in{table};
  if (!is_udf(table, UdfTag::sparing_table) || in.ascii(17, 23) != "*UDF Sparing Table") return std::nullopt;
  const std::size_t count = in.le16(48);
  std::vector<UdfSparing> entries;
  for (std::size_t i = 0; i < count && in.holds(kEntries + 8 * i, 8); ++i) {
    const UdfSparing entry{in.le32(kEntries + 8 * i), in.le32(kEntries + 8 * i + 4)};
    constexpr std::uint32_t kUnused = 0xFFFFFFF0;  // from here on: free, or defective
    if (entry.original < kUnused) entries.push_back(entry);
  }
  return entries;
}

std::optional<std::vector<std::uint32_t>> decode_udf_virtual_table(std::uint8_t file_type,
                                                                   std::span<const std::byte> table) {
  constexpr std::size_t kOldTail = 36;  // 1.50: a regid and the place of the table before
  ByteReader in{table};
  std::size_t from = 0, end = table.size();
  if (file_type == UdfFileEntry::virtual_table) {
    from = in.le16(0);
  } else {
    if (end < kOldTail || in.ascii(end - kOldTail + 1, 23) != "*UDF Virtual Alloc Tbl") return std::nullopt;
    end -= kOldTail;
  }
  if (in.truncated() || from > end) return std::nullopt;
  std::vector<std::uint32_t> blocks;
  for (std::size_t at = from; at + 4 <= end; at += 4) blocks.push_back(in.le32(at));
  return blocks;
}

}  // namespace pressmark::files
