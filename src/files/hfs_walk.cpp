// The catalog is a B-tree file. Its nodes are looked at one after another as they lie in the file, those that its map says are in
// use; links between nodes are not followed. So no loop of them can catch the walk, and a node that cannot be read costs what it lists
// and nothing else. First come the directories, which may be listed in any order, then the files that are in them.
#include "files/hfs_walk.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/try.h"
#include "files/iso_walk.h"
#include "files/names.h"

namespace pressmark::files {

using Trouble = VolumeTrouble::Kind;

namespace {

constexpr std::int64_t kHeaderAt = 1024;
constexpr std::size_t kHeaderBytes = 512;

std::uint64_t fork_key(std::uint32_t id, bool resource) { return std::uint64_t{id} << 1U | (resource ? 1U : 0U); }

}  // namespace

// ------------------------------------------------------------------------------------------------ the volume

Result<std::optional<HfsVolume>> HfsWalk::header(std::int64_t at) {
  const VolumeExtent extent{at, kHeaderBytes};
  TRY(const Content content, source_.content({&extent, 1}, kHeaderBytes));
  if (content.cut || !content.lost.empty()) return std::nullopt;
  return decode_hfs_volume(content.bytes);
}

Result<bool> HfsWalk::open() {
  TRY(auto found, header(base_ + kHeaderAt));
  if (found && found->embedded) {
    // HFS+ inside a wrapper of HFS, which holds nothing else (TN1150, "HFS Wrapper").
    const std::int64_t inside = base_ + static_cast<std::int64_t>(found->first_block) +
                                std::int64_t{found->embedded->block} * found->block_bytes;
    TRY(auto plus, header(inside + kHeaderAt));
    if (plus && plus->kind == HfsKind::hfs_plus) {
      builder_.structure(StructureKind::descriptor, VolumeExtent{base_ + kHeaderAt, kHeaderBytes}.sectors(),
                         "master directory block of the wrapper (HFS)");
      base_ = inside;
      found = std::move(plus);
    }
  }
  if (!found) return false;
  volume_ = std::move(*found);
  return true;
}

Result<void> HfsWalk::run() {
  TRY(const bool known, open());
  if (!known) return {};
  TRY(const auto overflow, tree(volume_.overflow, 3, "extents overflow tree"));
  if (overflow)
    leaves(*overflow, "extents overflow tree", [&](std::span<const std::byte> record) {
      const auto found = decode_hfs_overflow(volume_.kind, record);
      if (found) overflow_[fork_key(found->file, found->resource)].push_back(*found);
    });
  for (auto& [key, list] : overflow_) std::ranges::stable_sort(list, {}, &HfsOverflow::from_block);
  TRY(const auto catalog, tree(volume_.catalog, kHfsCatalog, "catalog"));
  if (catalog) directories(*catalog);
  if (const auto root = directories_.find(kHfsRoot); volume_.kind == HfsKind::hfs_plus && root != directories_.end())
    volume_.volume_id = root->second.name;
  builder_.begin_view(
      {.view = volume_.kind == HfsKind::hfs ? VolumeView::hfs : VolumeView::hfs_plus,
       .version = volume_.version,
       .volume_id = volume_.volume_id,
       .sectors = static_cast<std::int64_t>(std::uint64_t{volume_.blocks} * volume_.block_bytes / kSector)});
  structures();
  if (catalog) files(*catalog);
  return {};
}

void HfsWalk::fork_structures(const HfsFork& fork, std::uint32_t id, StructureKind kind, std::string_view name) {
  for (const VolumeExtent& extent : extents(fork, id, Fork::data).list)
    builder_.structure(kind, extent.sectors(), fmt::format("{} ({})", name, volume_.version));
}

void HfsWalk::structures() {
  const auto at = [&](std::int64_t byte, std::uint64_t bytes, StructureKind kind, std::string_view name) {
    builder_.structure(kind, VolumeExtent{base_ + byte, bytes}.sectors(),
                       fmt::format("{} ({})", name, volume_.version));
  };
  const bool plus = volume_.kind == HfsKind::hfs_plus;
  at(0, kHeaderAt, StructureKind::boot, "boot blocks");
  at(kHeaderAt, kHeaderBytes, StructureKind::descriptor, plus ? "volume header" : "master directory block");
  const std::uint64_t end = volume_.first_block + std::uint64_t{volume_.blocks} * volume_.block_bytes;
  // HFS keeps it in the last but one of the 512-byte blocks behind its allocation blocks, HFS+ in the last but one within.
  const std::uint64_t alternate = plus ? end - std::min<std::uint64_t>(end, kHeaderAt) : end;
  at(static_cast<std::int64_t>(alternate), kHeaderBytes, StructureKind::descriptor,
     plus ? "alternate volume header" : "alternate master directory block");
  if (!plus)
    at(static_cast<std::int64_t>(volume_.bitmap), (volume_.blocks + 7U) / 8U, StructureKind::allocation,
       "volume bitmap");
  fork_structures(volume_.catalog, kHfsCatalog, StructureKind::directory, "catalog");
  fork_structures(volume_.overflow, 3, StructureKind::allocation, "extents overflow tree");
  fork_structures(volume_.allocation, kHfsAllocation, StructureKind::allocation, "allocation bitmap");
  fork_structures(volume_.attributes, kHfsAttributes, StructureKind::allocation, "attributes");
  fork_structures(volume_.startup, kHfsStartup, StructureKind::boot, "startup file");
}

bool HfsWalk::append(const HfsExtents& from, std::vector<VolumeExtent>& out) const {
  for (const HfsExtent& extent : from) {
    if (extent.block >= volume_.blocks || extent.count > volume_.blocks - extent.block) return false;
    if (out.size() >= options_.limits.chain) return false;
    out.push_back({base_ + static_cast<std::int64_t>(volume_.first_block) +
                       static_cast<std::int64_t>(std::uint64_t{extent.block} * volume_.block_bytes),
                   std::uint64_t{extent.count} * volume_.block_bytes});
  }
  return true;
}

HfsWalk::Extents HfsWalk::extents(const HfsFork& fork, std::uint32_t id, Fork which) const {
  Extents found;
  std::uint64_t bytes = 0;
  const auto add = [&](const HfsExtents& extents) {
    const std::size_t before = found.list.size();
    found.whole = append(extents, found.list);
    for (std::size_t i = before; i < found.list.size(); ++i) bytes += found.list[i].bytes;
  };
  add(fork.extents);
  if (const auto more = overflow_.find(fork_key(id, which == Fork::resource)); more != overflow_.end())
    for (const HfsOverflow& overflow : more->second) {
      // What lies between, if it was lost, leaves the rest without a place.
      if (!found.whole || bytes >= fork.bytes || std::uint64_t{overflow.from_block} * volume_.block_bytes != bytes)
        break;
      add(overflow.extents);
    }
  found.whole = found.whole && bytes >= fork.bytes;
  return found;
}

// ------------------------------------------------------------------------------------------------ trees

Result<std::optional<HfsWalk::Tree>> HfsWalk::tree(const HfsFork& fork, std::uint32_t id, const char* name) {
  if (fork.bytes == 0) return std::nullopt;
  const Extents found = extents(fork, id, Fork::data);
  Tree tree;
  TRY(tree.content, source_.content(found.list, fork.bytes));
  tell_losses(builder_, tree.content, fmt::format("{} ({})", name, volume_.version));
  // Where the header cannot be read HFS still has only one size of node, and HFS+ has one that nearly every volume has.
  const std::size_t usual = volume_.kind == HfsKind::hfs ? 512 : volume_.block_bytes <= 2048 ? 4096 : 8192;
  tree.node_bytes = usual;
  const auto header = tree.content.lost_in(0, kHeaderBytes) ? std::nullopt : decode_hfs_tree_header(tree.content.bytes);
  if (header) {
    tree.node_bytes = header->node_bytes;
    read_map(tree, *header);
  } else {
    builder_.trouble(Trouble::malformed, {}, [&] {
      return fmt::format("{} ({}): no header: nodes that are no longer in use may be taken for ones that are", name,
                         volume_.version);
    });
  }
  return tree;
}

void HfsWalk::read_map(Tree& tree, const HfsTreeHeader& header) {
  const std::size_t nodes = tree.content.bytes.size() / tree.node_bytes;
  std::vector<bool> used;
  std::uint32_t number = 0;
  for (std::size_t steps = 0; steps <= nodes; ++steps) {
    const std::size_t at = std::size_t{number} * tree.node_bytes;
    if (number >= nodes || tree.content.lost_in(at, at + tree.node_bytes)) return;
    const auto node = decode_hfs_node(std::span{tree.content.bytes}.subspan(at, tree.node_bytes));
    const std::size_t record = number == 0 ? 2 : 0;
    if (!node || node->records.size() <= record) return;
    for (std::byte byte : node->records[record])
      for (unsigned bit = 0; bit < 8 && used.size() < nodes; ++bit)
        used.push_back((std::to_integer<unsigned>(byte) >> (7 - bit) & 1U) != 0);
    number = number == 0 ? header.next : node->next;
    if (number != 0 && used.size() < nodes) continue;
    tree.used = std::move(used);
    return;
  }
}

template <class Visit>
void HfsWalk::leaves(const Tree& tree, const char* name, const Visit& visit) {
  const std::span<const std::byte> bytes = tree.content.bytes;
  for (std::size_t number = 0; (number + 1) * tree.node_bytes <= bytes.size() && !builder_.full(); ++number) {
    const std::size_t at = number * tree.node_bytes;
    const bool free = !tree.used.empty() && (number >= tree.used.size() || !tree.used[number]);
    if (free || tree.content.lost_in(at, at + tree.node_bytes)) continue;
    const auto node = decode_hfs_node(bytes.subspan(at, tree.node_bytes));
    if (!node && !tree.used.empty())
      builder_.trouble(Trouble::malformed, {},
                       [&] { return fmt::format("{} ({}): a broken node", name, volume_.version); });
    if (!node || node->kind != HfsNode::Kind::leaf) continue;
    for (std::span<const std::byte> record : node->records) visit(record);
  }
}

// ------------------------------------------------------------------------------------------------ the catalog

void HfsWalk::directories(const Tree& catalog) {
  leaves(catalog, "catalog", [&](std::span<const std::byte> record) {
    if (directories_.size() >= options_.limits.entries) return;
    auto entry = decode_hfs_entry(volume_.kind, record);
    if (entry && entry->directory)
      directories_.try_emplace(entry->id, Directory{.parent = entry->parent, .name = std::move(entry->name)});
  });
}

/// A directory whose own record is lost: its number is all that its entries tell of it.
std::optional<std::uint32_t> HfsWalk::enter_lost(std::uint32_t id) {
  builder_.trouble(Trouble::malformed, {}, [&] {
    return fmt::format("directory {} ({}): its name and place are not known", id, volume_.version);
  });
  directories_[id].state = Directory::State::refused;  // until it has a number: the root may be what is lost
  const bool is_root = id == kHfsRoot;
  const std::optional<std::uint32_t> root = is_root ? VolumeBuilder::kNone : enter(kHfsRoot);
  if (!root) return std::nullopt;
  return enter_in(*root, id, is_root ? std::string{} : fmt::format("directory {}", id));
}

std::optional<std::uint32_t> HfsWalk::enter_in(std::uint32_t parent, std::uint32_t id, const std::string& name) {
  Directory& directory = directories_[id];
  directory.state = Directory::State::refused;
  if (builder_.depth_of(parent) >= options_.limits.depth) {
    builder_.trouble(Trouble::limit, {},
                     [&] { return fmt::format("directories in {} are nested too deeply", builder_.path_of(parent)); });
    return std::nullopt;
  }
  const auto number = builder_.directory(parent, id == kHfsRoot ? VolumeBuilder::Text{} : builder_.text(name));
  if (!number) return std::nullopt;
  directory.state = Directory::State::entered;
  directory.number = *number;
  return number;
}

std::optional<std::uint32_t> HfsWalk::enter(std::uint32_t id) {
  using State = Directory::State;
  std::vector<std::uint32_t> way;  // from `id` up to what has been entered
  std::optional<std::uint32_t> above;
  for (std::uint32_t at = id;;) {
    const auto found = directories_.find(at);
    const State state = found == directories_.end() ? State::entering : found->second.state;
    if (state == State::entered) above = found->second.number;
    if (state == State::entered || state == State::refused) break;
    if (state == State::entering) {  // no record, or it is its own ancestor
      if (found != directories_.end())
        builder_.trouble(Trouble::loop, {}, [&] {
          return fmt::format("directory {} ({}) is within itself", found->second.name, volume_.version);
        });
      above = enter_lost(at);
      break;
    }
    found->second.state = State::entering;
    way.push_back(at);
    if (at == kHfsRoot) {
      above = VolumeBuilder::kNone;
      break;
    }
    at = found->second.parent;
  }
  // A way that ends where nothing may be entered is not gone again.
  for (; !way.empty(); way.pop_back()) {
    Directory& directory = directories_[way.back()];
    if (directory.state == State::entered)
      above = directory.number;
    else if (above)
      above = enter_in(*above, way.back(), directory.name);
    else
      directory.state = State::refused;
  }
  return above;
}

void HfsWalk::files(const Tree& catalog) {
  leaves(catalog, "catalog", [&](std::span<const std::byte> record) {
    const auto entry = decode_hfs_entry(volume_.kind, record);
    if (!entry) return;
    if (entry->directory) {
      (void)enter(entry->id);
      return;
    }
    file(*entry, Fork::data, entry->name);
    if (entry->resource.bytes > 0) file(*entry, Fork::resource, entry->name + ":rsrc");
  });
}

void HfsWalk::file(const HfsEntry& entry, Fork which, const std::string& name) {
  const auto directory = enter(entry.parent);
  if (!directory) return;
  const HfsFork& fork = which == Fork::data ? entry.data : entry.resource;
  Extents found = extents(fork, entry.id, which);
  const bool link = entry.symbolic_link;
  if (link) found.list.clear();
  (void)builder_.file({.directory = *directory,
                       .name = builder_.text(name),
                       .bytes = link ? 0 : fork.bytes,
                       .whole = link || found.whole,
                       .symbolic_link = link,
                       .modified = entry.modified},
                      found.list);
}

}  // namespace pressmark::files
