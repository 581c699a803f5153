// Whose are these ranges, of a volume that the fuzzer has changed: held against asking every extent about every sector; and every file is
// copied, with those ranges bad.
//
// The first byte is how many ranges follow, three bytes each: two for the first sector, one for the count. The next chooses the
// volume that the rest changes (changed_volume.h).
#include <set>

#include "pressmark/extract.h"
#include "pressmark/owners.h"

#include "changed_volume.h"

namespace {

using namespace pressmark;

constexpr std::uint64_t kMostCopied = 1U << 22U;

std::set<std::int64_t> sectors_of(std::span<const SectorRange> ranges) {
  std::set<std::int64_t> sectors;
  for (const SectorRange& range : ranges)
    for (std::int64_t s = range.first; s < range.end(); ++s) sectors.insert(s);
  return sectors;
}

/// By sector, the slow way: bytes of each file that are hit, and the sectors that are somebody's.
struct Slow {
  std::map<std::uint32_t, std::uint64_t> files;
  std::set<std::int64_t> owned;
};
Slow slow_join(const Volume& volume, const std::set<std::int64_t>& bad) {
  Slow slow;
  for (const VolumeStructure& structure : volume.structures())
    for (std::int64_t s = structure.where.first; s < structure.where.end(); ++s) slow.owned.insert(s);
  for (std::uint32_t i = 0; i < volume.files().size(); ++i)
    for (const VolumeExtent& extent : volume.extents(volume.files()[i])) {
      const SectorRange where = extent.sectors();
      for (std::int64_t s = where.first; s < where.end(); ++s) {
        slow.owned.insert(s);
        const std::int64_t from = std::max<std::int64_t>(extent.at, s * kUserBytes);
        const std::int64_t to =
            std::min<std::int64_t>(extent.at + static_cast<std::int64_t>(extent.bytes), (s + 1) * kUserBytes);
        if (bad.contains(s)) slow.files[i] += static_cast<std::uint64_t>(to - from);
      }
    }
  return slow;
}

void check(const Volume& volume, const Damage& damage, const std::set<std::int64_t>& bad) {
  const Slow slow = slow_join(volume, bad);
  require(damage.sectors == static_cast<std::int64_t>(bad.size()));
  std::map<std::uint32_t, std::uint64_t> files;
  for (const FileHit& hit : damage.files) files[hit.file] = hit.bytes;
  require(files == slow.files);
  require(damage.parts_omitted == 0);
  std::set<std::int64_t> nobodys;
  std::map<std::uint32_t, std::uint64_t> by_part;
  for (const OwnedPart& part : damage.parts) {
    require(part.where.count > 0);
    if (part.by == OwnerKind::file)
      by_part[part.number] += part.bytes;
    else if (part.by != OwnerKind::structure)
      for (std::int64_t s = part.where.first; s < part.where.end(); ++s) require(nobodys.insert(s).second);
  }
  require(by_part == slow.files);
  for (std::int64_t s : bad) require(nobodys.contains(s) != slow.owned.contains(s));
  require(static_cast<std::int64_t>(nobodys.size()) ==
          damage.unallocated + damage.padding + damage.unknown + damage.outside);
}

/// What is lost of a file is what the join says, and what the image does not have.
void copy(const Volume& volume, const VolumeFile& file, std::uint64_t hit, const std::set<std::int64_t>& bad) {
  if (file.bytes > kMostCopied) return;
  const ReadDamaged read = [&](SectorRange where, std::span<std::byte> out, std::vector<SectorRange>& failed) {
    require(out.size() == static_cast<std::size_t>(where.count) * kUserBytes && where.first >= 0 &&
            where.end() <= kSectors);
    for (std::int64_t s = where.first; s < where.end(); ++s)
      if (bad.contains(s)) failed.push_back({s, 1});
    return Result<void>{};
  };
  std::uint64_t written = 0, there = 0, lost = 0;
  const auto done = copy_file(volume, file, read, [&](std::uint64_t offset, std::span<const std::byte> bytes) {
    require(offset == written);
    written += bytes.size();
    return Result<void>{};
  });
  require(done.has_value() && written == file.bytes);
  for (const VolumeExtent& extent : volume.extents(file)) there += extent.bytes;
  std::uint64_t last = 0;
  for (const LostPart& part : *done) {
    require(part.bytes > 0 && part.offset >= last);
    last = part.offset + part.bytes;
    lost += part.bytes;
  }
  require(lost == hit + (file.bytes - there));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t count = data[0] % 32;
  if (size < 2 + 3 * count) return 0;
  std::vector<SectorRange> ranges;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t* from = data + 1 + 3 * i;
    ranges.push_back({(from[0] | from[1] << 8) % (kSectors + 64), from[2]});
  }
  const std::uint8_t* rest = data + 1 + 3 * count;
  const Changed bytes{base(rest[0]), rest + 1, size - 2 - 3 * count};
  const ReadSectors read = [&](std::int64_t first, std::uint32_t sectors, std::span<std::byte> out) -> Result<bool> {
    for (std::uint32_t i = 0; i < sectors; ++i) bytes.read(first + i, out.data() + std::size_t{i} * kUserBytes);
    return true;
  };
  const auto volume = walk_volume(read, walk_options(0));
  require(volume.has_value());
  const std::set<std::int64_t> bad = sectors_of(ranges);
  const Damage damage = damage_of(*volume, kSectors, ranges);
  check(*volume, damage, bad);
  std::map<std::uint32_t, std::uint64_t> hits;
  for (const FileHit& hit : damage.files) hits[hit.file] = hit.bytes;
  for (std::uint32_t i = 0; i < volume->files().size(); ++i) copy(*volume, volume->files()[i], hits[i], bad);
  (void)choose_files(*volume, std::vector<std::string>{"one", "*.;1", "dir/"});
  return 0;
}
