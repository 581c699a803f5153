// Directories wait in order of their address and are read in sweeps over the disc, as a lift serves its floors: on a real drive
// seeks are what a walk costs. Where a directory could not be read the path table still knows the directories below it, though
// not their files: they are walked last.
#include "files/iso_walk.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/try.h"
#include "files/elevator.h"
#include "files/names.h"

namespace pressmark::files {

using Trouble = VolumeTrouble::Kind;

bool tell_losses(VolumeBuilder& builder, const Content& content, const std::string& what) {
  for (const Content::Lost& lost : content.lost)
    builder.trouble(Trouble::unreadable, lost.where, [&] {
      return fmt::format("{}: sectors {} to {} cannot be read", what, lost.where.first, lost.where.end() - 1);
    });
  if (content.cut)
    builder.trouble(Trouble::beyond, {}, [&] { return fmt::format("{}: its end is not on the image", what); });
  return !content.lost.empty() || content.cut;
}

Result<std::optional<IsoRecord>> IsoWalk::self_record(std::int64_t at) {
  const auto in_sector = static_cast<std::size_t>(at % kSectorBytes);
  if (at < 0) return std::nullopt;
  TRY(const SectorSource::Sector sector, source_.sector(at / kSectorBytes));
  if (!sector) return std::nullopt;
  auto record = decode_iso_record(sector->subspan(in_sector));
  if (!record || !record->is_self() || !record->has(IsoRecord::directory)) return std::nullopt;
  return record;
}

Result<void> IsoWalk::prepare() {
  TRY(std::optional<IsoRecord> self, self_record(byte_of(tree_.root_block)));
  if (!self && origin_ != 0) {
    // Images of one session may have been made to count from their own start.
    origin_ = 0;
    TRY(self, self_record(byte_of(tree_.root_block)));
    if (!self) origin_ = options_.origin;
  }
  if (!self || tree_.view == VolumeView::joliet) return {};
  if (const auto skip = susp_skip(self->system_use)) {
    system_use_.emplace(source_, *skip);
    tree_.view = VolumeView::rock_ridge;
    tree_.version += ", Rock Ridge";
  }
  return {};
}

Result<void> IsoWalk::run() {
  builder_.begin_view({.view = tree_.view,
                       .version = tree_.version,
                       .volume_id = tree_.volume_id,
                       .sectors = std::int64_t{tree_.blocks} * tree_.block_bytes / kUserBytes});
  path_table_structures();
  remember(byte_of(tree_.root_block), {.parent = VolumeBuilder::kNone, .bytes = tree_.root_bytes});
  CHECK(pending_directories());
  if (!lost_) return {};
  return through_path_table();
}

void IsoWalk::remember(std::int64_t at, Pending what) {
  if (builder_.depth_of(what.parent) >= options_.limits.depth) {
    builder_.trouble(Trouble::limit, sectors_of(at, what.bytes), [&] {
      return fmt::format("directories in {} are nested too deeply", builder_.path_of(what.parent));
    });
    return;
  }
  pending_.emplace(at, what);
}

Result<void> IsoWalk::pending_directories() {
  std::int64_t head = 0;
  while (!pending_.empty() && !builder_.full() && !source_.exhausted()) {
    const auto [at, what] = take_next(pending_, head);
    CHECK(directory(at, what));
  }
  return {};
}

Result<void> IsoWalk::directory(std::int64_t at, const Pending& what) {
  if (const auto seen = visited_.find(at); seen != visited_.end()) {
    builder_.trouble(Trouble::loop, sectors_of(at, what.bytes), [&] {
      return fmt::format("a directory in {} is {} again", builder_.path_of(what.parent),
                         builder_.path_of(seen->second));
    });
    return {};
  }
  const auto number = builder_.directory(what.parent, what.name);
  if (!number) return {};
  visited_.emplace(at, *number);
  std::uint64_t bytes = what.bytes;
  if (bytes == 0) {
    TRY(const std::optional<IsoRecord> self, self_record(at));
    bytes = self ? self->bytes : kSector;
  }
  const VolumeExtent extent{at, bytes};
  if (at < 0) {
    builder_.trouble(Trouble::beyond, {},
                     [&] { return fmt::format("directory {} is not on the image", builder_.path_of(*number)); });
    lost_ = true;
    return {};
  }
  builder_.directory_structure(extent.sectors(), *number);
  TRY(const Content content, source_.content({&extent, 1}, bytes));
  if (tell_losses(builder_, content, "directory " + builder_.path_of(*number))) lost_ = true;
  return records(content, *number);
}

Result<void> IsoWalk::records(const Content& content, std::uint32_t number) {
  const std::span<const std::byte> bytes = content.bytes;
  chain_ = {};
  for (std::size_t sector = 0; sector < bytes.size(); sector += kSector) {
    const std::size_t end = std::min(bytes.size(), sector + kSector);
    if (content.lost_in(sector, end)) {
      close_chain(number, false);
      continue;
    }
    for (std::size_t at = sector; at < end && bytes[at] != std::byte{0};) {
      const auto next = decode_iso_record(bytes.subspan(at, end - at));
      if (!next) {
        builder_.trouble(Trouble::malformed, {},
                         [&] { return fmt::format("directory {}: a broken record", builder_.path_of(number)); });
        lost_ = true;
        break;
      }
      at += next->length;
      CHECK(record(*next, number));
      if (builder_.full()) return {};
    }
  }
  close_chain(number, false);
  return {};
}

Result<void> IsoWalk::record(const IsoRecord& record, std::uint32_t directory) {
  if (record.is_self() || record.is_parent()) return {};
  RockRidge rock_ridge;
  if (system_use_) {
    TRY(rock_ridge, system_use_->read(record.system_use, [&](std::uint32_t block) { return byte_of(block); }));
    if (rock_ridge.incomplete)
      builder_.trouble(Trouble::malformed, {}, [&] {
        return fmt::format("directory {}: a Rock Ridge entry without its continuation", builder_.path_of(directory));
      });
  }
  std::string name = rock_ridge.name.empty() ? iso_name(tree_, record.identifier)
                                             : from_bytes(std::as_bytes(std::span{rock_ridge.name}));
  if (rock_ridge.child_link) {
    remember(byte_of(*rock_ridge.child_link), {directory, builder_.text(name), 0});
    return {};
  }
  const std::uint32_t block = record.block + record.xattr_blocks;
  if (record.has(IsoRecord::directory)) {
    if (!rock_ridge.relocated) remember(byte_of(block), {directory, builder_.text(name), record.bytes});
    return {};
  }
  if (record.interleaved)
    builder_.trouble(Trouble::unsupported, sectors_of(byte_of(block), record.bytes), [&] {
      return fmt::format("file {}/{} is interleaved; taken as if it were not", builder_.path_of(directory), name);
    });
  continue_chain(record, std::move(name), directory);
  chain_.modified = rock_ridge.modified != VolumeFile::kNoTime ? rock_ridge.modified : record.modified;
  if (rock_ridge.symbolic_link) {
    chain_.extents.clear();
    chain_.bytes = 0;
    chain_.symbolic_link = true;
  }
  if (!record.has(IsoRecord::multi_extent)) close_chain(directory, true);
  return {};
}

void IsoWalk::continue_chain(const IsoRecord& record, std::string name, std::uint32_t directory) {
  if (chain_.open && !std::ranges::equal(chain_.identifier, record.identifier)) close_chain(directory, false);
  if (!chain_.open) {
    chain_.open = true;
    chain_.name = std::move(name);
    chain_.identifier.assign(record.identifier.begin(), record.identifier.end());
  }
  chain_.bytes += record.bytes;
  const std::int64_t at = byte_of(record.block + record.xattr_blocks);
  if (at >= 0 && record.bytes > 0 && chain_.extents.size() < options_.limits.chain)
    chain_.extents.push_back({at, record.bytes});
}

void IsoWalk::close_chain(std::uint32_t directory, bool whole) {
  if (!chain_.open) return;
  (void)builder_.file({.directory = directory,
                       .name = builder_.text(chain_.name),
                       .bytes = chain_.bytes,
                       .whole = whole,
                       .symbolic_link = chain_.symbolic_link,
                       .modified = chain_.modified},
                      chain_.extents);
  chain_ = {};
}

void IsoWalk::path_table_structures() {
  for (const IsoTree::PathTable& table : tree_.path_tables)
    if (const std::int64_t at = byte_of(table.block); table.block != 0 && at >= 0)
      builder_.structure(StructureKind::path_table, VolumeExtent{at, tree_.path_table_bytes}.sectors(),
                         fmt::format("path table{}{} ({})", table.big_endian ? ", type M" : ", type L",
                                     table.optional ? ", optional" : "", tree_.version));
}

Result<Content> IsoWalk::path_table(const IsoTree::PathTable& table) {
  const std::int64_t at = byte_of(table.block);
  if (table.block == 0 || at < 0) return Content{.bytes = {}, .lost = {}, .cut = true};
  const VolumeExtent extent{at, tree_.path_table_bytes};
  return source_.content({&extent, 1}, extent.bytes);
}

Result<void> IsoWalk::through_path_table() {
  Content best;
  bool big_endian = false;
  for (const IsoTree::PathTable& table : tree_.path_tables) {
    TRY(Content content, path_table(table));
    const bool sound = content.lost.empty() && !content.cut;
    if (!sound && content.bytes.size() <= best.bytes.size()) continue;
    best = std::move(content);
    big_endian = table.big_endian;
    if (sound) break;
  }
  std::vector<std::optional<std::uint32_t>> numbers;  // of each entry's directory
  for (std::size_t at = 0; at < best.bytes.size() && numbers.size() < UINT16_MAX;) {
    const auto entry = decode_path_table_entry(std::span{best.bytes}.subspan(at), big_endian);
    if (!entry || best.lost_in(at, at + entry->length)) break;
    at += entry->length;
    const std::int64_t place = byte_of(entry->block);
    if (!visited_.contains(place) && entry->parent >= 1 && entry->parent <= numbers.size() &&
        numbers[entry->parent - 1]) {
      const std::uint32_t parent = *numbers[entry->parent - 1];
      remember(place, {parent, builder_.text(iso_name(tree_, entry->identifier)), 0});
      CHECK(pending_directories());
    }
    const auto seen = visited_.find(place);
    numbers.push_back(seen == visited_.end() ? std::nullopt : std::optional{seen->second});
    if (builder_.full() || source_.exhausted()) break;
  }
  return {};
}

}  // namespace pressmark::files
