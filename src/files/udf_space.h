// Where a UDF block lies on the image: anchors, volume descriptors, and the partition maps over them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "files/builder.h"
#include "files/sectors.h"
#include "files/udf_records.h"

namespace pressmark::files {

using MapKind = UdfPartitionMap::Kind;

class UdfSpace {
 public:
  UdfSpace(SectorSource& source, VolumeBuilder& builder, const WalkOptions& options)
      : source_(source), builder_(builder), options_(options) {}

  /// Finds the volume and sets its partitions up; its descriptors and tables become structures. False: no UDF that can be
  /// followed (with a trouble, where there was an anchor). Fails as `read` does.
  Result<bool> open();
  /// After open() said true: what to enter as the view.
  [[nodiscard]] VolumeSummary summary() const;
  /// The root directory's entry; nothing (and a trouble) if the file set descriptor cannot be read.
  Result<std::optional<UdfAddress>> root();

  /// The byte of the image where a block begins; nothing if there is no such place.
  [[nodiscard]] std::optional<std::int64_t> byte_of(UdfAddress address) const;

  struct Entry {
    UdfFileEntry entry;
    std::int64_t at = 0;  ///< byte of the image
    std::uint16_t partition = 0;
  };
  /// A file entry, through indirect entries where there are any. Nothing: unreadable, or no file entry.
  Result<std::optional<Entry>> entry(UdfAddress address);
  struct Extents {
    std::vector<VolumeExtent> list;
    std::vector<SectorRange> continuations;  ///< blocks with further allocation descriptors
    bool whole = true;                       ///< false: the descriptors ended early or pointed nowhere
  };
  Result<Extents> extents(const Entry& entry);

 private:
  struct Partition {
    UdfPartitionMap map;
    std::int64_t first = 0;  ///< image sector of block 0 (physical, sparable)
    std::int64_t blocks = 0;
    std::uint16_t under = 0;                       ///< virtual, metadata: the partition that it lies in
    std::map<std::uint32_t, std::int64_t> spared;  ///< packet's first block -> image sector
    std::vector<std::uint32_t> virtual_table;
    std::vector<VolumeExtent> metadata;
    std::vector<std::uint64_t> metadata_offsets;  ///< of each extent in the metadata file
    bool usable = false;
  };

  Result<std::optional<UdfAnchor>> find_anchor();
  Result<bool> descriptors(UdfExtent sequence);
  Result<void> set_up(Partition& partition);
  Result<void> set_up_sparing(Partition& partition);
  Result<void> set_up_metadata(Partition& partition);
  Result<void> set_up_virtual(Partition& partition);
  bool find_under(Partition& partition);
  [[nodiscard]] const UdfPartition* described(std::uint16_t number) const;
  [[nodiscard]] VolumeExtent on_disc(UdfExtent extent) const;
  bool map(UdfAddress at, std::uint64_t bytes, std::vector<VolumeExtent>& out) const;
  bool map_virtual(const Partition& partition, std::uint32_t block, std::uint64_t bytes,
                   std::vector<VolumeExtent>& out) const;
  static bool map_metadata(const Partition& partition, std::uint32_t block, std::uint64_t bytes,
                           std::vector<VolumeExtent>& out);
  static void map_sparable(const Partition& partition, std::uint32_t block, std::uint64_t bytes,
                           std::vector<VolumeExtent>& out);
  [[nodiscard]] bool full(const std::vector<VolumeExtent>& list) const { return list.size() >= options_.limits.chain; }

  SectorSource& source_;
  VolumeBuilder& builder_;
  const WalkOptions& options_;
  std::optional<UdfLogicalVolume> volume_;
  std::vector<UdfPartition> described_;
  std::vector<Partition> partitions_;  // by reference number
};

}  // namespace pressmark::files
