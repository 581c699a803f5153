// UDF structures, decoded from bytes (ECMA-167, 3rd edition; OSTA UDF 2.60). Pure. Every structure begins with a tag whose
// checksum must hold; beyond that nothing is believed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pressmark/filesystem.h"

namespace pressmark::files {

/// ECMA-167 3/7.2.1, 4/7.2.1.
enum class UdfTag : std::uint16_t {
  sparing_table = 0,
  primary = 1,
  anchor = 2,
  pointer = 3,
  implementation_use = 4,
  partition = 5,
  logical_volume = 6,
  unallocated_space = 7,
  terminator = 8,
  integrity = 9,
  file_set = 256,
  file_identifier = 257,
  allocation_extent = 258,
  indirect_entry = 259,
  terminal_entry = 260,
  file_entry = 261,
  space_bitmap = 264,
  extended_file_entry = 266,
};
/// The tag's identifier if its checksum holds and the bytes are not all zero.
[[nodiscard]] std::optional<std::uint16_t> udf_tag(std::span<const std::byte> bytes);
[[nodiscard]] inline bool is_udf(std::span<const std::byte> bytes, UdfTag tag) {
  return udf_tag(bytes) == static_cast<std::uint16_t>(tag);
}

/// extent_ad: a run of sectors of the disc.
struct UdfExtent {
  std::uint32_t bytes = 0, sector = 0;
};
/// lb_addr: a block of a partition.
struct UdfAddress {
  std::uint32_t block = 0;
  std::uint16_t partition = 0;
  friend bool operator==(UdfAddress, UdfAddress) = default;
};

struct UdfAnchor {
  UdfExtent main, reserve;
};
[[nodiscard]] std::optional<UdfAnchor> decode_udf_anchor(std::span<const std::byte> sector);

/// ECMA-167 3/10.5 and, in its contents use, 4/14.3.
struct UdfPartition {
  std::uint32_t sequence = 0;  ///< of two descriptors for one partition the higher number counts
  std::uint16_t number = 0;
  std::uint32_t first = 0, blocks = 0;
  std::vector<UdfExtent> space;  ///< space tables and bitmaps; `sector` is a block of the partition here
};
[[nodiscard]] std::optional<UdfPartition> decode_udf_partition(std::span<const std::byte> sector);

/// ECMA-167 3/10.7, UDF 2.2.8 to 2.2.10.
struct UdfPartitionMap {
  enum class Kind : std::uint8_t { physical, virtual_, sparable, metadata, unknown } kind = Kind::unknown;
  std::uint16_t number = 0;                   ///< of the partition underneath
  std::uint16_t packet_blocks = 0;            ///< sparable
  std::vector<std::uint32_t> sparing_tables;  ///< sparable: sectors
  std::uint32_t sparing_table_bytes = 0;
  std::uint32_t metadata_file = 0, metadata_mirror = 0, metadata_bitmap = 0;  ///< blocks of the partition underneath
};

/// ECMA-167 3/10.6.
struct UdfLogicalVolume {
  std::uint32_t sequence = 0;
  std::string id;
  std::uint32_t block_bytes = 0;
  std::uint16_t revision = 0;  ///< 0250h for UDF 2.50; 0 if the domain is another
  UdfAddress file_set;
  std::uint32_t file_set_bytes = 0;
  UdfExtent integrity;
  std::vector<UdfPartitionMap> maps;
};
[[nodiscard]] std::optional<UdfLogicalVolume> decode_udf_logical_volume(std::span<const std::byte> sector);

/// ECMA-167 4/14.1: the root directory's file entry.
[[nodiscard]] std::optional<UdfAddress> decode_udf_file_set(std::span<const std::byte> sector);

/// ECMA-167 4/14.9 and 4/14.17.
struct UdfFileEntry {
  enum FileType : std::uint8_t { directory = 4, symbolic_link = 12, metadata_main = 250, virtual_table = 248 };
  enum class Form : std::uint8_t { short_ad, long_ad, extended_ad, embedded } form = Form::short_ad;
  std::uint8_t type = 0;
  std::uint16_t strategy = 4;
  std::uint64_t bytes = 0;
  std::size_t body_at = 0;  ///< of the allocation descriptors, or of the data itself, in the block
  std::vector<std::byte> body;
  bool has_streams = false;
  std::int64_t modified = VolumeFile::kNoTime;
};
[[nodiscard]] std::optional<UdfFileEntry> decode_udf_file_entry(std::span<const std::byte> block);

/// ECMA-167 4/14.14: one of the three types in `form` at the front of `body`; nothing at its end. `partition` is where the entry
/// itself lies: a short one means the same.
struct UdfAllocation {
  enum class Type : std::uint8_t { recorded, allocated, unallocated, continuation } type = Type::recorded;
  std::uint32_t bytes = 0;
  UdfAddress at;
  std::size_t length = 0;  ///< of the descriptor
};
[[nodiscard]] std::optional<UdfAllocation> decode_udf_allocation(std::span<const std::byte> body,
                                                                 UdfFileEntry::Form form, std::uint16_t partition);
/// ECMA-167 4/14.5: the descriptors in a continuation block.
[[nodiscard]] std::optional<std::span<const std::byte>> decode_udf_continuation(std::span<const std::byte> block);
/// ECMA-167 4/14.7: where the entry went to.
[[nodiscard]] std::optional<UdfAddress> decode_udf_indirect(std::span<const std::byte> block);

/// ECMA-167 4/14.4.
struct UdfIdentifier {
  enum Characteristic : std::uint8_t { hidden = 1, directory = 2, deleted = 4, parent = 8 };
  std::size_t length = 0;
  std::uint8_t characteristics = 0;
  UdfAddress entry;
  std::string name;
};
[[nodiscard]] std::optional<UdfIdentifier> decode_udf_identifier(std::span<const std::byte> bytes);

/// UDF 2.2.12.
struct UdfSparing {
  std::uint32_t original = 0;  ///< block of the partition, a packet's first
  std::uint32_t mapped = 0;    ///< sector of the disc
};
[[nodiscard]] std::optional<std::vector<UdfSparing>> decode_udf_sparing_table(std::span<const std::byte> table);

/// UDF 2.2.11 (and 1.50's form of it): virtual block -> block of the partition underneath. Nothing if `table` is none.
[[nodiscard]] std::optional<std::vector<std::uint32_t>> decode_udf_virtual_table(std::uint8_t file_type,
                                                                                 std::span<const std::byte> table);

}  // namespace pressmark::files
