// HFS+ is HFS with wider numbers and Unicode; the two differ in where fields stand, hardly in what they mean. All is big-endian.
#include "files/hfs_records.h"

#include <algorithm>
#include <bit>

#include "core/bytes.h"
#include "files/names.h"
#include "files/timestamps.h"

namespace pressmark::files {

namespace {

enum Signature : std::uint16_t {
  driver_map = 0x4552,  // "ER"
  partition = 0x504D,   // "PM"
  hfs = 0x4244,         // "BD"
  hfs_plus = 0x482B,    // "H+"
  hfsx = 0x4858         // "HX"
};
constexpr std::size_t kHfsExtents = 3, kPlusExtents = 8, kPlusFork = 80;
constexpr std::uint32_t kUnit = 512;

HfsExtents hfs_extents(ByteReader& in, std::size_t at) {
  HfsExtents extents;
  for (std::size_t i = 0; i < kHfsExtents; ++i)
    if (const HfsExtent extent{in.be16(at + 4 * i), in.be16(at + 4 * i + 2)}; extent.count > 0)
      extents.push_back(extent);
  return extents;
}

HfsExtents plus_extents(ByteReader& in, std::size_t at) {
  HfsExtents extents;
  for (std::size_t i = 0; i < kPlusExtents; ++i)
    if (const HfsExtent extent{in.be32(at + 8 * i), in.be32(at + 8 * i + 4)}; extent.count > 0)
      extents.push_back(extent);
  return extents;
}

HfsFork plus_fork(ByteReader& in, std::size_t at) {
  return {.bytes = in.be64(at), .extents = plus_extents(in, at + 16)};
}

std::string pascal_name(ByteReader& in, std::size_t at, std::size_t most) {
  return from_mac_roman(in.slice(at + 1, std::min<std::size_t>(in.u8(at), most)));
}

std::optional<HfsVolume> decode_hfs(ByteReader& in) {
  HfsVolume volume{.kind = HfsKind::hfs, .version = "HFS"};
  volume.bitmap = std::uint64_t{in.be16(14)} * kUnit;
  volume.blocks = in.be16(18);
  volume.block_bytes = in.be32(20);
  volume.first_block = std::uint64_t{in.be16(28)} * kUnit;
  volume.volume_id = pascal_name(in, 36, 27);
  if (in.be16(124) == Signature::hfs_plus) volume.embedded = HfsExtent{in.be16(126), in.be16(128)};
  volume.overflow = {.bytes = in.be32(130), .extents = hfs_extents(in, 134)};
  volume.catalog = {.bytes = in.be32(146), .extents = hfs_extents(in, 150)};
  if (in.truncated() || volume.block_bytes == 0 || volume.block_bytes % kUnit != 0) return std::nullopt;
  return volume;
}

std::optional<HfsVolume> decode_hfs_plus(ByteReader& in, std::uint16_t signature) {
  HfsVolume volume{.kind = HfsKind::hfs_plus, .version = signature == Signature::hfsx ? "HFSX" : "HFS+"};
  volume.journal_block = in.be32(12);
  volume.block_bytes = in.be32(40);
  volume.blocks = in.be32(44);
  volume.allocation = plus_fork(in, 112);
  volume.overflow = plus_fork(in, 112 + kPlusFork);
  volume.catalog = plus_fork(in, 112 + 2 * kPlusFork);
  volume.attributes = plus_fork(in, 112 + 3 * kPlusFork);
  volume.startup = plus_fork(in, 112 + 4 * kPlusFork);
  if (in.truncated() || volume.block_bytes < kUnit || !std::has_single_bit(volume.block_bytes)) return std::nullopt;
  return volume;
}

/// Where a record's data begins: behind its key, at an even place. Nothing: the key is longer than the record.
std::optional<std::span<const std::byte>> behind_key(HfsKind kind, std::span<const std::byte> record) {
  ByteReader in{record};
  std::size_t at = kind == HfsKind::hfs ? 1U + in.u8(0) : 2U + in.be16(0);
  at += at % 2;
  if (in.truncated() || at > record.size()) return std::nullopt;
  return record.subspan(at);
}

std::optional<HfsEntry> decode_hfs_entry(std::span<const std::byte> record, std::span<const std::byte> data) {
  constexpr std::uint8_t kDirectory = 1, kFile = 2;
  ByteReader key{record}, in{data};
  HfsEntry entry{.parent = key.be32(2), .name = pascal_name(key, 6, 31)};
  const std::uint8_t type = in.u8(0);
  entry.directory = type == kDirectory;
  if (entry.directory) {
    entry.id = in.be32(6);
  } else if (type == kFile) {
    entry.id = in.be32(20);
    entry.modified = hfs_time(in.be32(48));
    entry.data = {.bytes = in.be32(26), .extents = hfs_extents(in, 74)};
    entry.resource = {.bytes = in.be32(36), .extents = hfs_extents(in, 86)};
  } else {
    return std::nullopt;
  }
  if (key.truncated() || in.truncated()) return std::nullopt;
  return entry;
}

std::optional<HfsEntry> decode_plus_entry(std::span<const std::byte> record, std::span<const std::byte> data) {
  constexpr std::uint16_t kDirectory = 1, kFile = 2;
  constexpr unsigned kModeType = 0xF000, kModeLink = 0xA000;
  ByteReader key{record}, in{data};
  HfsEntry entry{.parent = key.be32(2)};
  entry.name = from_utf16be(key.slice(8, std::size_t{2} * key.be16(6)));
  const std::uint16_t type = in.be16(0);
  entry.directory = type == kDirectory;
  if (type != kDirectory && type != kFile) return std::nullopt;
  entry.id = in.be32(8);
  if (type == kFile) {
    entry.modified = hfs_time(in.be32(16));
    entry.symbolic_link = (in.be16(42) & kModeType) == kModeLink;
    entry.data = plus_fork(in, 88);
    entry.resource = plus_fork(in, 88 + kPlusFork);
  }
  if (key.truncated() || in.truncated()) return std::nullopt;
  return entry;
}

}  // namespace

std::optional<std::uint32_t> decode_apple_driver_map(std::span<const std::byte> bytes) {
  ByteReader in{bytes};
  const std::uint32_t block = in.be16(2);
  if (in.be16(0) != Signature::driver_map || in.truncated()) return std::nullopt;
  return block == 1024 || block == 2048 ? block : kUnit;
}

std::optional<ApplePartition> decode_apple_partition(std::span<const std::byte> bytes) {
  ByteReader in{bytes};
  ApplePartition found{.entries = in.be32(4), .first = in.be32(8), .blocks = in.be32(12), .type = in.ascii(48, 32)};
  if (in.be16(0) != Signature::partition || in.truncated()) return std::nullopt;
  return found;
}

std::optional<HfsVolume> decode_hfs_volume(std::span<const std::byte> bytes) {
  ByteReader in{bytes};
  const std::uint16_t signature = in.be16(0);
  if (signature == Signature::hfs) return decode_hfs(in);
  if (signature == Signature::hfs_plus || signature == Signature::hfsx) return decode_hfs_plus(in, signature);
  return std::nullopt;
}

std::optional<HfsTreeHeader> decode_hfs_tree_header(std::span<const std::byte> bytes) {
  constexpr std::size_t kRecord = 14;
  constexpr std::uint8_t kHeader = 1;
  ByteReader in{bytes};
  const HfsTreeHeader header{.next = in.be32(0), .node_bytes = in.be16(kRecord + 18), .nodes = in.be32(kRecord + 22)};
  const bool possible =
      header.node_bytes >= kUnit && header.node_bytes <= 32768 && std::has_single_bit(header.node_bytes);
  if (in.u8(8) != kHeader || in.truncated() || !possible) return std::nullopt;
  return header;
}

std::optional<HfsNode> decode_hfs_node(std::span<const std::byte> bytes) {
  constexpr std::size_t kHead = 14, kOffset = 2;
  ByteReader in{bytes};
  HfsNode node{.next = in.be32(0)};
  switch (in.u8(8)) {
    case 0xFF: node.kind = HfsNode::Kind::leaf; break;
    case 0: node.kind = HfsNode::Kind::index; break;
    case 1: node.kind = HfsNode::Kind::header; break;
    case 2: node.kind = HfsNode::Kind::map; break;
    default: return std::nullopt;
  }
  const std::size_t count = in.be16(10);
  if (in.truncated() || (count + 1) * kOffset + kHead > bytes.size()) return std::nullopt;
  std::size_t at = in.be16(bytes.size() - kOffset);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t end = in.be16(bytes.size() - kOffset * (i + 2));
    if (at < kHead || end < at || end > bytes.size() - (count + 1) * kOffset) return std::nullopt;
    node.records.push_back(bytes.subspan(at, end - at));
    at = end;
  }
  return node;
}

std::optional<HfsEntry> decode_hfs_entry(HfsKind kind, std::span<const std::byte> record) {
  const auto data = behind_key(kind, record);
  if (!data) return std::nullopt;
  return kind == HfsKind::hfs ? decode_hfs_entry(record, *data) : decode_plus_entry(record, *data);
}

std::optional<HfsOverflow> decode_hfs_overflow(HfsKind kind, std::span<const std::byte> record) {
  const auto data = behind_key(kind, record);
  if (!data) return std::nullopt;
  ByteReader key{record}, in{*data};
  HfsOverflow found;
  if (kind == HfsKind::hfs) {
    found = {.file = key.be32(2), .resource = key.u8(1) != 0, .from_block = key.be16(6), .extents = hfs_extents(in, 0)};
  } else {
    found = {
        .file = key.be32(4), .resource = key.u8(2) != 0, .from_block = key.be32(8), .extents = plus_extents(in, 0)};
  }
  if (key.truncated() || in.truncated()) return std::nullopt;
  return found;
}

}  // namespace pressmark::files
