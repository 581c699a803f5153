// One ISO 9660 or Joliet tree: its path tables, directories and files.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "files/builder.h"
#include "files/iso_records.h"
#include "files/rock_ridge.h"
#include "files/sectors.h"

namespace pressmark::files {

class IsoWalk {
 public:
  IsoWalk(SectorSource& source, VolumeBuilder& builder, const WalkOptions& options, IsoTree tree)
      : source_(source), builder_(builder), options_(options), tree_(std::move(tree)), origin_(options.origin) {}

  /// Finds out where addresses count from and whether names are Rock Ridge's; to be called first. Fails as `read` does.
  Result<void> prepare();
  [[nodiscard]] const IsoTree& tree() const { return tree_; }
  /// Enters the view and all of its tree. Fails as `read` does.
  Result<void> run();

 private:
  struct Pending {
    std::uint32_t parent = 0;
    VolumeBuilder::Text name;
    std::uint32_t bytes = 0;  ///< 0: as its own first record says
  };
  /// A file whose records are still coming in.
  struct Chain {
    std::string name;
    std::vector<std::byte> identifier;
    std::vector<VolumeExtent> extents;
    std::uint64_t bytes = 0;
    bool open = false;
    bool symbolic_link = false;
    std::int64_t modified = VolumeFile::kNoTime;
  };

  [[nodiscard]] std::int64_t byte_of(std::uint32_t block) const {
    return std::int64_t{block} * tree_.block_bytes - origin_ * kSectorBytes;
  }
  [[nodiscard]] SectorRange sectors_of(std::int64_t at, std::uint64_t bytes) const {
    return VolumeExtent{at < 0 ? 0 : at, at < 0 ? 0 : bytes}.sectors();
  }
  Result<std::optional<IsoRecord>> self_record(std::int64_t at);
  Result<void> pending_directories();
  Result<void> directory(std::int64_t at, const Pending& what);
  Result<void> records(const Content& content, std::uint32_t number);
  Result<void> record(const IsoRecord& record, std::uint32_t directory);
  void continue_chain(const IsoRecord& record, std::string name, std::uint32_t directory);
  void close_chain(std::uint32_t directory, bool whole);
  void remember(std::int64_t at, Pending what);
  void path_table_structures();
  Result<void> through_path_table();
  Result<Content> path_table(const IsoTree::PathTable& table);

  SectorSource& source_;
  VolumeBuilder& builder_;
  const WalkOptions& options_;
  IsoTree tree_;
  std::int64_t origin_;
  std::optional<SystemUse> system_use_;
  std::multimap<std::int64_t, Pending> pending_;             // by byte: directories are read in order of address
  std::unordered_map<std::int64_t, std::uint32_t> visited_;  // byte -> number of directory
  Chain chain_;
  bool lost_ = false;  // a directory, or a part of one, could not be read
};

/// Where a directory's content came out damaged, as troubles. True if anything did.
bool tell_losses(VolumeBuilder& builder, const Content& content, const std::string& what);

}  // namespace pressmark::files
