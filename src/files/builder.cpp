// Two files are one if the same bytes of the image are theirs: extents are brought to one form (clipped, neighbours merged) and
// looked up by their hash. Files without recorded bytes have nothing to go by but their path.
#include "files/builder.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/text.h"
#include "files/names.h"

namespace pressmark {

namespace {

constexpr std::uint64_t kHashStart = 0xCBF29CE484222325;

std::uint64_t hashed(std::uint64_t hash, std::uint64_t value) {
  hash ^= value + 0x9E3779B97F4A7C15 + (hash << 6) + (hash >> 2);
  return (hash ^ hash >> 29) * 0xBF58476D1CE4E5B9;
}

std::uint64_t hash_of(std::uint64_t bytes, std::span<const VolumeExtent> extents) {
  std::uint64_t hash = hashed(kHashStart, bytes);
  for (const VolumeExtent& extent : extents)
    hash = hashed(hashed(hash, static_cast<std::uint64_t>(extent.at)), extent.bytes);
  return hash;
}

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = kHashStart;
  for (char c : text) hash = hashed(hash, static_cast<unsigned char>(c));
  return hash;
}

SectorRange clipped(SectorRange where, std::int64_t sectors) {
  const std::int64_t first = std::clamp<std::int64_t>(where.first, 0, sectors);
  return {first, std::clamp<std::int64_t>(where.end(), first, sectors) - first};
}

/// One form for the same bytes: cut off at the file's size and at the image's end, neighbours merged. False: bytes are missing.
bool bring_to_form(std::span<const VolumeExtent> extents, std::uint64_t bytes, std::uint64_t image_bytes,
                   std::vector<VolumeExtent>& out) {
  bool whole = true;
  out.clear();
  std::uint64_t left = bytes;
  for (VolumeExtent extent : extents) {
    extent.bytes = std::min(extent.bytes, left);
    left -= extent.bytes;
    if (extent.recorded()) {
      const auto at = static_cast<std::uint64_t>(extent.at);
      const std::uint64_t there = at < image_bytes ? image_bytes - at : 0;
      if (extent.bytes > there) whole = false;
      extent.bytes = std::min(extent.bytes, there);
    }
    if (extent.bytes == 0) continue;
    const bool follows =
        !out.empty() && out.back().recorded() == extent.recorded() &&
        (!extent.recorded() || out.back().at + static_cast<std::int64_t>(out.back().bytes) == extent.at);
    if (follows)
      out.back().bytes += extent.bytes;
    else
      out.push_back(extent);
  }
  return whole && left == 0;
}

}  // namespace

VolumeBuilder::Text VolumeBuilder::text(std::string_view name) {
  const std::string safe = files::safe_name(name);
  if (!has_room(safe.size())) return {};
  const Text text{static_cast<std::uint32_t>(volume_.text_.size()), static_cast<std::uint32_t>(safe.size())};
  volume_.text_ += safe;
  return text;
}

bool VolumeBuilder::has_room(std::size_t text_bytes) {
  const WalkLimits& limits = options_.limits;
  const std::uint64_t most_text = std::min<std::uint64_t>(limits.text_bytes, UINT32_MAX / 2);
  const bool room = volume_.text_.size() + text_bytes <= most_text &&
                    volume_.names_.size() + volume_.directories_.size() < limits.entries &&
                    volume_.extents_.size() < limits.extents;
  if (!room && !full_) {
    full_ = true;
    trouble(VolumeTrouble::Kind::limit, {}, [&] {
      return fmt::format("more than {} files and directories: the rest is left out",
                         volume_.names_.size() + volume_.directories_.size());
    });
  }
  return room && !full_;
}

void VolumeBuilder::begin_view(VolumeSummary summary) {
  summary.session = session_;
  summary.volume_id = files::safe_text(summary.volume_id);
  volume_.views_.push_back(std::move(summary));
}

std::optional<std::uint32_t> VolumeBuilder::directory(std::uint32_t parent, Text name) {
  if (!has_room(0)) return std::nullopt;
  std::uint64_t path_bytes = name.bytes;
  for (std::uint32_t at = parent; at != kNone; at = volume_.directories_[at].parent)
    path_bytes += volume_.directories_[at].name.bytes + 1;
  if (path_bytes > options_.limits.path_bytes) {
    trouble(VolumeTrouble::Kind::limit, {},
            [&] { return fmt::format("a directory in {}: its path is too long", path_of(parent)); });
    return std::nullopt;
  }
  volume_.directories_.push_back({parent, name, view(), session_});
  ++volume_.views_.back().directories;
  return static_cast<std::uint32_t>(volume_.directories_.size() - 1);
}

std::uint32_t VolumeBuilder::depth_of(std::uint32_t directory) const {
  std::uint32_t depth = 0;
  for (; directory != kNone; directory = volume_.directories_[directory].parent) ++depth;
  return depth;
}

std::optional<std::uint32_t> VolumeBuilder::known(std::uint64_t hash, std::uint64_t bytes,
                                                  std::span<const VolumeExtent> extents) const {
  const auto [first, last] = by_extents_.equal_range(hash);
  for (auto it = first; it != last; ++it)
    if (volume_.files_[it->second].bytes == bytes &&
        std::ranges::equal(volume_.extents(volume_.files_[it->second]), extents))
      return it->second;
  return std::nullopt;
}

bool VolumeBuilder::listed_before(const Volume::Name& name) const {
  const auto it = empties_.find(hash_of(lower(volume_.path_of(name))));
  return it != empties_.end() && it->second != Tree{view(), session_};
}

std::optional<std::uint32_t> VolumeBuilder::file(const NewFile& file, std::span<const VolumeExtent> extents) {
  if (!has_room(0)) return std::nullopt;
  const std::uint64_t image_bytes = static_cast<std::uint64_t>(options_.sectors) * kUserBytes;
  const bool whole = bring_to_form(extents, file.bytes, image_bytes, merged_) && file.whole;
  const Volume::Name name{.directory = file.directory, .name = file.name};
  const bool recorded = std::ranges::any_of(merged_, &VolumeExtent::recorded);

  const auto number = static_cast<std::uint32_t>(volume_.names_.size());
  const std::uint64_t hash = hash_of(file.bytes, merged_);
  if (recorded) {
    if (const auto same = known(hash, file.bytes, merged_)) {
      ++volume_.views_.back().files;
      if (volume_.session(volume_.files_[*same]) != session_) return kNone;  // a later session lists it
      if (volume_.files_[*same].name_count >= options_.limits.names) {
        trouble(VolumeTrouble::Kind::limit, {},
                [&] { return fmt::format("file /{}: too many names", volume_.path(volume_.files_[*same])); });
        return kNone;
      }
      ++volume_.files_[*same].name_count;
      volume_.names_.push_back({name.directory, name.name, volume_.files_[*same].first_name});
      // The first name stays first: the new one is linked in behind it.
      auto& first = volume_.names_[volume_.files_[*same].first_name];
      volume_.names_.back().next = first.next;
      first.next = number;
      return number;
    }
  } else if (listed_before(name)) {
    ++volume_.views_.back().files;
    return kNone;  // another view's name for the same nothing
  }
  volume_.names_.push_back(name);
  volume_.files_.push_back({.bytes = file.bytes,
                            .first_extent = static_cast<std::uint32_t>(volume_.extents_.size()),
                            .extent_count = static_cast<std::uint32_t>(merged_.size()),
                            .first_name = number,
                            .modified = file.modified,
                            .whole = whole,
                            .symbolic_link = file.symbolic_link});
  volume_.extents_.insert(volume_.extents_.end(), merged_.begin(), merged_.end());
  ++volume_.views_.back().files;
  if (recorded)
    by_extents_.emplace(hash, static_cast<std::uint32_t>(volume_.files_.size() - 1));
  else
    empties_.emplace(hash_of(lower(volume_.path_of(name))), Tree{view(), session_});
  if (!whole)
    trouble(VolumeTrouble::Kind::beyond, {}, [&] {
      return fmt::format("file /{}: not all of its {} bytes are within the image", volume_.path_of(name), file.bytes);
    });
  return number;
}

void VolumeBuilder::structure(StructureKind kind, SectorRange where, Volume::Label label) {
  where = clipped(where, options_.sectors);
  if (where.count == 0) return;
  volume_.structures_.push_back({where, kind, static_cast<std::uint32_t>(volume_.labels_.size())});
  label.session = session_;
  volume_.labels_.push_back(label);
}

void VolumeBuilder::structure(StructureKind kind, SectorRange where, std::string_view name) {
  structure(
      kind, where,
      Volume::Label{.of = Volume::Label::Of::text, .index = static_cast<std::uint32_t>(volume_.label_texts_.size())});
  volume_.label_texts_.emplace_back(name);
}

void VolumeBuilder::directory_structure(SectorRange where, std::uint32_t directory, StructureKind kind) {
  structure(kind, where, Volume::Label{.of = Volume::Label::Of::directory, .view = view(), .index = directory});
}

void VolumeBuilder::entry_structure(SectorRange where, std::uint32_t name) {
  if (name != kNone)
    structure(StructureKind::file_entry, where,
              Volume::Label{.of = Volume::Label::Of::file, .view = view(), .index = name});
}

Volume VolumeBuilder::finish() && {
  volume_.text_.shrink_to_fit();
  volume_.files_.shrink_to_fit();
  volume_.names_.shrink_to_fit();
  volume_.extents_.shrink_to_fit();
  return std::move(volume_);
}

}  // namespace pressmark
