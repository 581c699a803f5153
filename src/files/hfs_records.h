// HFS and HFS+ structures, decoded from bytes. Pure. (Inside Macintosh: Files, chapter 2; Apple Technical Note TN1150.)
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pressmark/filesystem.h"

namespace pressmark::files {

/// A run of allocation blocks.
struct HfsExtent {
  std::uint32_t block = 0, count = 0;
};
using HfsExtents = std::vector<HfsExtent>;  // eight at most, three in HFS

struct HfsFork {
  std::uint64_t bytes = 0;
  HfsExtents extents;
};

/// An entry of an Apple partition map (Inside Macintosh: Devices, chapter 3), in blocks of the map's size.
struct ApplePartition {
  std::uint32_t entries = 0;  ///< of the whole map
  std::uint32_t first = 0, blocks = 0;
  std::string type;  ///< "Apple_HFS"
};
/// The block size of the partition map behind this first block; nothing if there is none.
[[nodiscard]] std::optional<std::uint32_t> decode_apple_driver_map(std::span<const std::byte> bytes);
[[nodiscard]] std::optional<ApplePartition> decode_apple_partition(std::span<const std::byte> bytes);

enum class HfsKind : std::uint8_t { hfs, hfs_plus };

/// A master directory block or volume header: what is needed to find everything else.
struct HfsVolume {
  HfsKind kind = HfsKind::hfs;
  std::string version;    ///< "HFS", "HFS+", "HFSX"
  std::string volume_id;  ///< HFS; in HFS+ it is the root's name
  std::uint32_t block_bytes = 0, blocks = 0;
  std::uint64_t first_block = 0;  ///< byte of block 0, from the volume's start
  std::uint64_t bitmap = 0;       ///< HFS: byte of the volume bitmap
  std::uint32_t journal_block = 0;
  HfsFork catalog, overflow, allocation, attributes, startup;
  /// An HFS+ volume that lies inside this one as a run of its blocks.
  std::optional<HfsExtent> embedded;
};
/// What lies 1024 bytes into a volume. Nothing: it is none, or its block size is none that the format allows.
[[nodiscard]] std::optional<HfsVolume> decode_hfs_volume(std::span<const std::byte> bytes);

/// The header node of a B-tree.
struct HfsTreeHeader {
  std::uint32_t next = 0;  ///< the first map node, 0 for none
  std::uint32_t node_bytes = 0, nodes = 0;
};
[[nodiscard]] std::optional<HfsTreeHeader> decode_hfs_tree_header(std::span<const std::byte> bytes);

/// The records of a node that is sound: each within it, one behind the other.
struct HfsNode {
  enum class Kind : std::uint8_t { index, header, map, leaf } kind = Kind::index;
  std::uint32_t next = 0;
  std::vector<std::span<const std::byte>> records;
};
/// Nothing: unknown kind, or its records lie outside of it or over one another.
[[nodiscard]] std::optional<HfsNode> decode_hfs_node(std::span<const std::byte> bytes);

/// A directory or file of the catalog.
struct HfsEntry {
  bool directory = false;
  std::uint32_t parent = 0, id = 0;
  std::string name;  ///< UTF-8
  HfsFork data, resource;
  bool symbolic_link = false;
  std::int64_t modified = VolumeFile::kNoTime;
};
/// Nothing for threads, and for what is no record.
[[nodiscard]] std::optional<HfsEntry> decode_hfs_entry(HfsKind kind, std::span<const std::byte> record);

/// More extents of a fork.
struct HfsOverflow {
  std::uint32_t file = 0;
  bool resource = false;
  std::uint32_t from_block = 0;  ///< of the fork
  HfsExtents extents;
};
[[nodiscard]] std::optional<HfsOverflow> decode_hfs_overflow(HfsKind kind, std::span<const std::byte> record);

/// Ids that the format gives (TN1150, "Catalog File").
inline constexpr std::uint32_t kHfsRootParent = 1, kHfsRoot = 2, kHfsCatalog = 4, kHfsAllocation = 6, kHfsStartup = 7,
                               kHfsAttributes = 8;

}  // namespace pressmark::files
