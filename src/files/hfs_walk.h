// HFS and HFS+: alone on a disc, or beside ISO 9660 as the other half of a hybrid.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "files/builder.h"
#include "files/hfs_records.h"
#include "files/sectors.h"

namespace pressmark::files {

/// One volume. `base`: its first byte on the image.
class HfsWalk {
 public:
  HfsWalk(SectorSource& source, VolumeBuilder& builder, const WalkOptions& options, std::int64_t base)
      : source_(source), builder_(builder), options_(options), base_(base) {}

  /// Enters the view and all of its tree, if there is a volume here. Fails as `read` does.
  Result<void> run();

 private:
  struct Directory {
    std::uint32_t parent = 0;
    std::string name;
    enum class State : std::uint8_t { listed, entering, entered, refused } state = State::listed;
    std::uint32_t number = 0;  // once it has been entered
  };
  /// A B-tree file, as far as it could be read.
  struct Tree {
    Content content;
    std::size_t node_bytes = 0;
    std::vector<bool> used;  // nodes; empty: not known, all count
  };
  enum Fork : std::uint8_t { data, resource };

  Result<std::optional<HfsVolume>> header(std::int64_t at);
  Result<bool> open();
  void structures();
  void fork_structures(const HfsFork& fork, std::uint32_t id, StructureKind kind, std::string_view name);
  Result<std::optional<Tree>> tree(const HfsFork& fork, std::uint32_t id, const char* name);
  void read_map(Tree& tree, const HfsTreeHeader& header);
  template <class Visit>
  void leaves(const Tree& tree, const char* name, const Visit& visit);
  void directories(const Tree& catalog);
  void files(const Tree& catalog);
  std::optional<std::uint32_t> enter(std::uint32_t id);
  std::optional<std::uint32_t> enter_lost(std::uint32_t id);
  std::optional<std::uint32_t> enter_in(std::uint32_t parent, std::uint32_t id, const std::string& name);
  void file(const HfsEntry& entry, Fork which, const std::string& name);

  struct Extents {
    std::vector<VolumeExtent> list;
    bool whole = true;
  };
  [[nodiscard]] Extents extents(const HfsFork& fork, std::uint32_t id, Fork which) const;
  /// True if the blocks are the volume's.
  bool append(const HfsExtents& from, std::vector<VolumeExtent>& out) const;

  SectorSource& source_;
  VolumeBuilder& builder_;
  const WalkOptions& options_;
  std::int64_t base_;
  HfsVolume volume_;
  std::unordered_map<std::uint32_t, Directory> directories_;              // by id
  std::unordered_map<std::uint64_t, std::vector<HfsOverflow>> overflow_;  // by id and fork
};

/// Every HFS and HFS+ volume of the image: in the partitions of an Apple partition map, else at its start. Fails as `read` does.
Result<void> walk_hfs(SectorSource& source, VolumeBuilder& builder, const WalkOptions& options);

}  // namespace pressmark::files
