// The UDF tree: file entries and directories.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>

#include "files/udf_space.h"

namespace pressmark::files {

class UdfWalk {
 public:
  UdfWalk(SectorSource& source, VolumeBuilder& builder, const WalkOptions& options)
      : source_(source), builder_(builder), options_(options), space_(source, builder, options) {}

  /// Enters the view and all of its tree, if there is one. Fails as `read` does.
  Result<void> run();

 private:
  struct Pending {
    UdfAddress entry;
    std::uint32_t parent = VolumeBuilder::kNone;
    VolumeBuilder::Text name;
  };
  void remember(UdfAddress entry, std::uint32_t parent, std::string_view name);
  Result<void> entry(std::int64_t at, const Pending& what);
  Result<void> directory(const UdfSpace::Entry& found, const UdfSpace::Extents& extents, const Pending& what);
  void identifiers(const Content& content, std::uint32_t directory);
  void continuations(const UdfSpace::Extents& extents, const std::string& path);

  SectorSource& source_;
  VolumeBuilder& builder_;
  const WalkOptions& options_;
  UdfSpace space_;
  std::multimap<std::int64_t, Pending> pending_;             // by byte of the entry
  std::unordered_map<std::int64_t, std::uint32_t> visited_;  // byte of a directory's entry -> its number
  bool streams_told_ = false;
};

}  // namespace pressmark::files
