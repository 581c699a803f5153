// Entries wait in order of their address, as in the walk over ISO 9660: authoring tools put them side by side, and a sweep reads
// them in one go. A directory's records follow one another without regard to sectors; behind damage the next is found by its tag.
#include "files/udf_walk.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/try.h"
#include "files/elevator.h"
#include "files/iso_walk.h"

namespace pressmark::files {

using Trouble = VolumeTrouble::Kind;

Result<void> UdfWalk::run() {
  TRY(const bool known, space_.open());
  if (!known) return {};
  builder_.begin_view(space_.summary());
  TRY(const std::optional<UdfAddress> root, space_.root());
  if (!root) return {};
  remember(*root, VolumeBuilder::kNone, "");
  std::int64_t head = 0;
  while (!pending_.empty() && !builder_.full() && !source_.exhausted()) {
    const auto [at, what] = take_next(pending_, head);
    CHECK(entry(at, what));
  }
  return {};
}

void UdfWalk::remember(UdfAddress entry, std::uint32_t parent, std::string_view name) {
  const auto at = space_.byte_of(entry);
  if (!at || *at / std::int64_t{kSector} >= source_.sectors()) {
    builder_.trouble(Trouble::beyond, {}, [&] {
      return fmt::format("{} in {}: its file entry is not on the image", name,
                         parent == VolumeBuilder::kNone ? "UDF" : builder_.path_of(parent));
    });
    return;
  }
  pending_.emplace(*at, Pending{entry, parent, builder_.text(name)});
}

Result<void> UdfWalk::entry(std::int64_t at, const Pending& what) {
  const SectorRange where = VolumeExtent{at, kSector}.sectors();
  TRY(const std::optional<UdfSpace::Entry> found, space_.entry(what.entry));
  if (!found) {
    builder_.trouble(Trouble::unreadable, where, [&] {
      return fmt::format("file entry of {} (sector {}) cannot be read", builder_.path_of(what.parent, what.name),
                         where.first);
    });
    builder_.structure(StructureKind::file_entry, where,
                       fmt::format("file entry of {} (UDF)", builder_.path_of(what.parent, what.name)));
    return {};
  }
  if (found->entry.has_streams && !streams_told_) {
    streams_told_ = true;
    builder_.trouble(Trouble::unsupported, where, [] { return std::string{"UDF: named streams are left out"}; });
  }
  TRY(UdfSpace::Extents extents, space_.extents(*found));
  if (found->entry.type == UdfFileEntry::directory) return directory(*found, extents, what);
  if (what.parent == VolumeBuilder::kNone) {
    builder_.trouble(Trouble::malformed, where, [] { return std::string{"UDF: the root is no directory"}; });
    return {};
  }
  const bool link = found->entry.type == UdfFileEntry::symbolic_link;
  if (link) extents.list.clear();
  const auto name = builder_.file({.directory = what.parent,
                                   .name = what.name,
                                   .bytes = link ? 0 : found->entry.bytes,
                                   .whole = extents.whole,
                                   .symbolic_link = link,
                                   .modified = found->entry.modified},
                                  extents.list);
  if (name) builder_.entry_structure(VolumeExtent{found->at, kSector}.sectors(), *name);
  continuations(extents, builder_.path_of(what.parent, what.name));
  return {};
}

void UdfWalk::continuations(const UdfSpace::Extents& extents, const std::string& path) {
  for (const SectorRange& range : extents.continuations)
    builder_.structure(StructureKind::allocation, range, fmt::format("allocation descriptors of {} (UDF)", path));
}

Result<void> UdfWalk::directory(const UdfSpace::Entry& found, const UdfSpace::Extents& extents, const Pending& what) {
  const SectorRange where = VolumeExtent{found.at, kSector}.sectors();
  if (const auto seen = visited_.find(found.at); seen != visited_.end()) {
    builder_.trouble(Trouble::loop, where, [&] {
      return fmt::format("directory {} is {} again", builder_.path_of(what.parent, what.name),
                         builder_.path_of(seen->second));
    });
    return {};
  }
  if (builder_.depth_of(what.parent) >= options_.limits.depth) {
    builder_.trouble(Trouble::limit, where, [&] {
      return fmt::format("directories in {} are nested too deeply", builder_.path_of(what.parent));
    });
    return {};
  }
  const auto number = builder_.directory(what.parent, what.name);
  if (!number) return {};
  visited_.emplace(found.at, *number);
  const std::string path = builder_.path_of(*number);
  builder_.directory_structure(where, *number, StructureKind::file_entry);
  if (found.entry.form == UdfFileEntry::Form::embedded) {
    identifiers({.bytes = found.entry.body, .lost = {}}, *number);
    return {};
  }
  for (const VolumeExtent& extent : extents.list)
    if (extent.recorded()) builder_.directory_structure(extent.sectors(), *number);
  continuations(extents, path);
  TRY(const Content content, source_.content(extents.list, found.entry.bytes));
  tell_losses(builder_, content, "directory " + path);
  identifiers(content, *number);
  return {};
}

void UdfWalk::identifiers(const Content& content, std::uint32_t directory) {
  constexpr std::size_t kFixed = 38, kAlign = 4;
  const std::span<const std::byte> bytes = content.bytes;
  bool told = false;
  for (std::size_t at = 0; at + kFixed <= bytes.size() && !builder_.full();) {
    const auto found = decode_udf_identifier(bytes.subspan(at));
    if (!found || content.lost_in(at, at + found->length)) {
      if (!told && !content.lost_in(at, at + kFixed)) {
        told = true;
        if (!found)
          builder_.trouble(Trouble::malformed, {},
                           [&] { return fmt::format("directory {}: a broken record", builder_.path_of(directory)); });
      }
      at += kAlign;
      continue;
    }
    at += found->length;
    using Is = UdfIdentifier::Characteristic;
    if ((found->characteristics & (Is::deleted | Is::parent)) == 0) remember(found->entry, directory, found->name);
  }
}

}  // namespace pressmark::files
