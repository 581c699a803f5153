// An image in memory, and how tests look at what a walk found in it.
#pragma once

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "pressmark/filesystem.h"

namespace pressmark {

struct Image {
  std::vector<std::byte> bytes;
  std::set<std::int64_t> dead;      ///< sectors that cannot be read
  std::vector<std::int64_t> asked;  ///< every sector that was read well, in order

  [[nodiscard]] std::int64_t sectors() const { return static_cast<std::int64_t>(bytes.size() / kUserBytes); }
  std::byte* at(std::int64_t sector) {
    const auto end = static_cast<std::size_t>(sector + 1) * kUserBytes;
    if (bytes.size() < end) bytes.resize(end);
    return bytes.data() + end - kUserBytes;
  }
  ReadSectors reader() {
    return [this](std::int64_t first, std::uint32_t count, std::span<std::byte> out) -> Result<bool> {
      if (first < 0 || first + count > sectors() || out.size() != std::size_t{count} * kUserBytes)
        return fail({.kind = ErrorKind::usage, .tried = "read outside the image"});
      if (const auto hit = dead.lower_bound(first); hit != dead.end() && *hit < first + count) return false;
      std::memcpy(out.data(), bytes.data() + first * kUserBytes, out.size());
      for (std::uint32_t i = 0; i < count; ++i) asked.push_back(first + i);
      return true;
    };
  }
  Result<Volume> walk(WalkOptions options = {}) {
    if (options.sectors == 0) options.sectors = sectors();
    return walk_volume(reader(), options);
  }
};

inline Image load_image(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  Image image;
  image.bytes.resize((text.size() + kUserBytes - 1) / kUserBytes * kUserBytes);
  std::memcpy(image.bytes.data(), text.data(), text.size());
  return image;
}

/// A file's content, from its extents.
inline std::string content(const Image& image, const Volume& volume, const VolumeFile& file) {
  std::string text;
  for (const VolumeExtent& extent : volume.extents(file))
    if (extent.recorded())
      text.append(reinterpret_cast<const char*>(image.bytes.data()) + extent.at, extent.bytes);
    else
      text.append(extent.bytes, '\0');
  return text;
}

/// The files that a view names, by path.
inline std::map<std::string, const VolumeFile*> files_of(const Volume& volume, VolumeView view) {
  std::map<std::string, const VolumeFile*> files;
  for (const VolumeFile& file : volume.files())
    for (const Volume::Path& path : volume.paths(file))
      if (path.view == view) files.emplace(path.text, &file);
  return files;
}

inline std::vector<std::string> texts(std::span<const VolumeTrouble> troubles) {
  std::vector<std::string> found;
  for (const VolumeTrouble& trouble : troubles)
    found.push_back(std::string{to_string(trouble.kind)} + ": " + trouble.text);
  return found;
}

/// The names of all structures that hold a sector.
inline std::vector<std::string> structures_at(const Volume& volume, std::int64_t sector) {
  std::vector<std::string> names;
  for (const VolumeStructure& structure : volume.structures())
    if (sector >= structure.where.first && sector < structure.where.end()) names.push_back(volume.name(structure));
  return names;
}

}  // namespace pressmark
