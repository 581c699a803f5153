// Numbers stand twice, in both byte orders (ECMA-119 7.2.3, 7.3.3). Where the two differ, as on some protected or badly mastered
// discs, the little-endian one counts, as it does for every operating system that reads these discs.
#include "files/iso_records.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/bytes.h"
#include "files/names.h"
#include "files/timestamps.h"

namespace pressmark::files {

namespace {

constexpr std::size_t kSelfRecord = 156;  // of the root, in a volume descriptor

struct JolietLevel {
  std::string_view escape;
  std::string_view version;
};
constexpr JolietLevel kJolietLevels[] = {
    {"%/@", "Joliet level 1"}, {"%/C", "Joliet level 2"}, {"%/E", "Joliet level 3"}};

}  // namespace

std::optional<std::uint8_t> iso_descriptor_type(std::span<const std::byte> sector) {
  ByteReader in{sector};
  const std::uint8_t type = in.u8(0);
  if (in.ascii(1, 5) != "CD001" || in.truncated()) return std::nullopt;
  return type;
}

std::optional<IsoTree> decode_iso_tree(std::span<const std::byte> sector) {
  const auto type = iso_descriptor_type(sector);
  const bool primary = type == static_cast<std::uint8_t>(IsoDescriptorType::primary);
  if (!primary && type != static_cast<std::uint8_t>(IsoDescriptorType::supplementary)) return std::nullopt;
  ByteReader in{sector};
  IsoTree tree;
  tree.version = primary ? "ISO 9660" : "ISO 9660:1999";
  const std::string escape = in.ascii(88, 32);
  for (const JolietLevel& level : kJolietLevels)
    if (!primary && escape.starts_with(level.escape)) {
      tree.view = VolumeView::joliet;
      tree.version = level.version;
    }
  const auto id = in.slice(40, 32);
  tree.volume_id = trimmed_end(tree.view == VolumeView::joliet ? from_utf16be(id) : from_bytes(id));
  tree.blocks = in.le32(80);
  tree.block_bytes = in.le16(128);
  tree.path_table_bytes = in.le32(132);
  tree.path_tables[0] = {in.le32(140), false, false};
  tree.path_tables[1] = {in.le32(144), false, true};
  tree.path_tables[2] = {in.be32(148), true, false};
  tree.path_tables[3] = {in.be32(152), true, true};
  tree.root_block = in.le32(kSelfRecord + 2) + in.u8(kSelfRecord + 1);
  tree.root_bytes = in.le32(kSelfRecord + 10);
  const bool possible = tree.block_bytes == 512 || tree.block_bytes == 1024 || tree.block_bytes == 2048;
  if (in.truncated() || !possible) return std::nullopt;
  return tree;
}

std::optional<std::uint32_t> decode_boot_catalogue(std::span<const std::byte> sector) {
  ByteReader in{sector};
  const bool boot = iso_descriptor_type(sector) == static_cast<std::uint8_t>(IsoDescriptorType::boot);
  const std::uint32_t at = in.le32(71);
  if (!boot || in.ascii(7, 32) != "EL TORITO SPECIFICATION" || in.truncated()) return std::nullopt;
  return at;
}

std::optional<IsoRecord> decode_iso_record(std::span<const std::byte> bytes) {
  constexpr std::size_t kFixed = 33;
  ByteReader in{bytes};
  IsoRecord record;
  record.length = in.u8(0);
  record.xattr_blocks = in.u8(1);
  record.block = in.le32(2);
  record.bytes = in.le32(10);
  record.flags = in.u8(25);
  record.modified = iso_time(in.slice(18, 7));
  record.interleaved = in.u8(26) != 0 && in.u8(27) != 0;
  const std::size_t identifier = in.u8(32);
  const std::size_t used = kFixed + identifier + (identifier % 2 == 0 ? 1 : 0);  // padded to an even length
  if (in.truncated() || identifier == 0 || kFixed + identifier > record.length || record.length > bytes.size())
    return std::nullopt;
  record.identifier = bytes.subspan(kFixed, identifier);
  if (used < record.length) record.system_use = bytes.subspan(used, record.length - used);
  return record;
}

std::string iso_name(const IsoTree& tree, std::span<const std::byte> identifier) {
  const std::string name = tree.view == VolumeView::joliet ? from_utf16be(identifier) : from_bytes(identifier);
  return std::string{without_version(name)};
}

std::optional<PathTableEntry> decode_path_table_entry(std::span<const std::byte> bytes, bool big_endian) {
  constexpr std::size_t kFixed = 8;
  ByteReader in{bytes};
  PathTableEntry entry;
  const std::size_t identifier = in.u8(0);
  entry.block = (big_endian ? in.be32(2) : in.le32(2)) + in.u8(1);
  entry.parent = big_endian ? in.be16(6) : in.le16(6);
  entry.identifier = in.slice(kFixed, identifier);
  entry.length = kFixed + identifier + identifier % 2;
  if (in.truncated() || identifier == 0) return std::nullopt;
  return entry;
}

}  // namespace pressmark::files
