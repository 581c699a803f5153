// A path is put together from the parents when somebody asks for it; the volume keeps each name once.
#include <algorithm>
#include <fmt/format.h>

#include "pressmark/filesystem.h"
#include "pressmark/owners.h"

namespace pressmark {

std::string_view to_string(VolumeView view) {
  switch (view) {
    case VolumeView::udf: return "UDF";
    case VolumeView::rock_ridge: return "Rock Ridge";
    case VolumeView::joliet: return "Joliet";
    case VolumeView::iso9660: return "ISO 9660";
    case VolumeView::hfs_plus: return "HFS+";
    case VolumeView::hfs: return "HFS";
  }
  return "";
}

std::string_view to_string(StructureKind kind) {
  switch (kind) {
    case StructureKind::system_area: return "system area";
    case StructureKind::descriptor: return "descriptor";
    case StructureKind::path_table: return "path table";
    case StructureKind::directory: return "directory";
    case StructureKind::file_entry: return "file entry";
    case StructureKind::allocation: return "allocation";
    case StructureKind::boot: return "boot";
  }
  return "";
}

std::string_view to_string(VolumeTrouble::Kind kind) {
  switch (kind) {
    case VolumeTrouble::Kind::unreadable: return "unreadable";
    case VolumeTrouble::Kind::malformed: return "malformed";
    case VolumeTrouble::Kind::beyond: return "beyond";
    case VolumeTrouble::Kind::loop: return "loop";
    case VolumeTrouble::Kind::limit: return "limit";
    case VolumeTrouble::Kind::unsupported: return "unsupported";
  }
  return "";
}

SectorRange VolumeExtent::sectors() const {
  if (!recorded() || bytes == 0) return {};
  const std::int64_t first = at / kUserBytes;
  return {first, (at + static_cast<std::int64_t>(bytes) - 1) / kUserBytes + 1 - first};
}

std::span<const VolumeExtent> Volume::extents(const VolumeFile& file) const {
  return std::span{extents_}.subspan(file.first_extent, file.extent_count);
}

std::vector<SectorRange> Volume::sectors(const VolumeFile& file) const {
  std::vector<SectorRange> ranges;
  for (const VolumeExtent& extent : extents(file))
    if (const SectorRange range = extent.sectors(); range.count > 0) ranges.push_back(range);
  return merged_ranges(ranges);
}

std::string Volume::path_of(std::uint32_t directory) const {
  std::vector<std::string_view> parts;
  // A parent's number is always below its child's, so that this ends.
  for (; directory != kNone && directories_[directory].parent != kNone; directory = directories_[directory].parent)
    parts.push_back(text(directories_[directory].name));
  std::string path;
  for (auto it = parts.rbegin(); it != parts.rend(); ++it) {
    if (!path.empty()) path += '/';
    path += *it;
  }
  return path;
}

std::string Volume::path_of(const Name& name) const {
  std::string path = path_of(name.directory);
  if (!path.empty()) path += '/';
  return path += text(name.name);
}

std::string Volume::path(const VolumeFile& file) const { return path_of(names_[file.first_name]); }

std::string Volume::path_of_name(std::uint32_t name) const { return path_of(names_[name]); }

std::vector<Volume::Path> Volume::paths(const VolumeFile& file) const {
  std::vector<Path> paths;
  for (std::uint32_t i = file.first_name; i != kNone; i = names_[i].next)
    paths.push_back(
        {directories_[names_[i].directory].view, path_of(names_[i]), directories_[names_[i].directory].session, i});
  std::ranges::stable_sort(paths, {}, &Path::view);
  return paths;
}

std::uint16_t Volume::session(const VolumeFile& file) const {
  return directories_[names_[file.first_name].directory].session;
}

std::string Volume::name(const VolumeStructure& structure) const {
  const Label& label = labels_[structure.label];
  const std::string earlier = label.session < sessions_ ? fmt::format(", session {}", label.session) : "";
  switch (label.of) {
    case Label::Of::text: return label_texts_[label.index] + earlier;
    case Label::Of::directory:
      return fmt::format("{} of /{} ({}{})", to_string(structure.kind), path_of(label.index), to_string(label.view),
                         earlier);
    case Label::Of::file:
      return fmt::format("{} of /{} ({}{})", to_string(structure.kind), path_of(names_[label.index]),
                         to_string(label.view), earlier);
  }
  return {};
}

}  // namespace pressmark
