// ISO 9660 and Joliet structures, decoded from bytes. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "pressmark/filesystem.h"

namespace pressmark::files {

/// ECMA-119 8.1: what a descriptor says of itself. Nothing if it is none ("CD001" is missing).
enum class IsoDescriptorType : std::uint8_t {
  boot = 0,
  primary = 1,
  supplementary = 2,
  partition = 3,
  terminator = 255
};
[[nodiscard]] std::optional<std::uint8_t> iso_descriptor_type(std::span<const std::byte> sector);

/// ECMA-119 8.4 and 8.5, as far as the tree goes. Addresses and sizes are in logical blocks of `block_bytes`.
struct IsoTree {
  VolumeView view = VolumeView::iso9660;
  std::string version, volume_id;
  std::uint32_t block_bytes = kUserBytes;
  std::uint32_t blocks = 0;  ///< of the volume
  std::uint32_t path_table_bytes = 0;
  struct PathTable {
    std::uint32_t block = 0;
    bool big_endian = false, optional = false;
  } path_tables[4];
  std::uint32_t root_block = 0, root_bytes = 0;
};
/// A primary descriptor, or a supplementary one (Joliet by its escape sequences, else ISO 9660:1999). Nothing if the bytes are
/// neither, or its block size is none of 512, 1024, 2048.
[[nodiscard]] std::optional<IsoTree> decode_iso_tree(std::span<const std::byte> sector);

/// El Torito 2.0: the catalogue's sector, if this boot record is one of El Torito's.
[[nodiscard]] std::optional<std::uint32_t> decode_boot_catalogue(std::span<const std::byte> sector);

/// ECMA-119 9.1.
struct IsoRecord {
  enum Flag : std::uint8_t { hidden = 1, directory = 2, associated = 4, multi_extent = 0x80 };
  std::size_t length = 0;         ///< of the record
  std::uint32_t block = 0;        ///< of the extent
  std::uint8_t xattr_blocks = 0;  ///< attribute record, in front of the data
  std::uint32_t bytes = 0;
  std::uint8_t flags = 0;
  bool interleaved = false;
  std::span<const std::byte> identifier, system_use;
  std::int64_t modified = VolumeFile::kNoTime;
  [[nodiscard]] bool has(Flag flag) const { return (flags & flag) != 0; }
  /// The records for the directory itself and its parent (identifier 00h, 01h).
  [[nodiscard]] bool is_self() const { return identifier.size() == 1 && identifier[0] == std::byte{0}; }
  [[nodiscard]] bool is_parent() const { return identifier.size() == 1 && identifier[0] == std::byte{1}; }
};
/// The record that `bytes` begins with; `bytes` ends where the sector ends. Nothing if it does not fit into itself.
[[nodiscard]] std::optional<IsoRecord> decode_iso_record(std::span<const std::byte> bytes);

/// A file or directory identifier as UTF-8, without version.
[[nodiscard]] std::string iso_name(const IsoTree& tree, std::span<const std::byte> identifier);

/// ECMA-119 9.4.
struct PathTableEntry {
  std::size_t length = 0;
  std::uint32_t block = 0;
  std::uint16_t parent = 0;  ///< number of an entry, from 1
  std::span<const std::byte> identifier;
};
[[nodiscard]] std::optional<PathTableEntry> decode_path_table_entry(std::span<const std::byte> bytes, bool big_endian);

}  // namespace pressmark::files
