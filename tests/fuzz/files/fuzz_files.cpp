// A volume made of the fuzzer's sectors, some of which cannot be read: whatever is said of it must hold together, and the walk
// must end.
//
// The input is a list of sectors: two bytes for where each goes, two for how many of its bytes are given; what is not given is
// zero. Tags of UDF get their checksums put right, so that chance need not find them. A first byte chooses what is dead.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>

#include "pressmark/filesystem.h"

namespace {

using namespace pressmark;

constexpr std::int64_t kSectors = 1024;

void require(bool holds) {
  if (!holds) std::abort();
}

using Sector = std::array<std::byte, kUserBytes>;

void put_tag_right(Sector& sector, std::size_t at) {
  std::uint8_t sum = 0;
  for (std::size_t i = 0; i < 16; ++i)
    if (i != 4) sum = static_cast<std::uint8_t>(sum + std::to_integer<std::uint8_t>(sector[at + i]));
  sector[at + 4] = std::byte{sum};
}

bool looks_like_tag(const Sector& sector, std::size_t at) {
  const auto id = std::to_integer<unsigned>(sector[at]) | std::to_integer<unsigned>(sector[at + 1]) << 8U;
  return id <= 9 || (id >= 256 && id <= 266);
}

std::map<std::int64_t, Sector> sectors_of(const std::uint8_t* data, std::size_t size) {
  std::map<std::int64_t, Sector> sectors;
  while (size > 4) {
    const std::int64_t at = (data[0] | data[1] << 8) % kSectors;
    const std::size_t given = std::min<std::size_t>((data[2] | data[3] << 8) % (kUserBytes + 1), size - 4);
    Sector& sector = sectors[at];
    sector = {};
    std::memcpy(sector.data(), data + 4, given);
    if (looks_like_tag(sector, 0)) put_tag_right(sector, 0);
    // A directory's records: each tag at a place where one may begin.
    for (std::size_t tag = 4; tag + 16 <= given; tag += 4)
      if (sector[tag] == std::byte{1} && sector[tag + 1] == std::byte{1}) put_tag_right(sector, tag);
    data += 4 + given;
    size -= 4 + given;
  }
  return sectors;
}

void check(const Volume& volume) {
  const auto end = static_cast<std::uint64_t>(kSectors) * kUserBytes;
  for (const VolumeStructure& structure : volume.structures()) {
    require(structure.where.first >= 0 && structure.where.count > 0 && structure.where.end() <= kSectors);
    require(!volume.name(structure).empty());
  }
  for (const VolumeFile& file : volume.files()) {
    std::uint64_t bytes = 0;
    for (const VolumeExtent& extent : volume.extents(file)) {
      require(extent.bytes > 0 && (!extent.recorded() || static_cast<std::uint64_t>(extent.at) + extent.bytes <= end));
      bytes += extent.bytes;
    }
    require(bytes <= file.bytes && (!file.whole || bytes == file.bytes));
    std::int64_t last = 0;
    for (const SectorRange& range : volume.sectors(file)) {
      require(range.count > 0 && range.first >= last && range.end() <= kSectors);
      last = range.end() + 1;
    }
    for (const Volume::Path& path : volume.paths(file)) {
      require(!path.text.empty() && path.text.front() != '/');
      const std::string around = "/" + path.text + "/";
      require(!around.contains("//") && !around.contains("/./") && !around.contains("/../"));
    }
  }
  for (const VolumeTrouble& trouble : volume.troubles()) require(!trouble.text.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const unsigned dead_every = data[0] == 0 ? 0 : 3U + data[0];
  const std::int64_t origin = data[1] < 250 ? 0 : data[1] - 250;
  const auto sectors = sectors_of(data + 2, size - 2);
  std::uint64_t reads = 0;
  const ReadSectors read = [&](std::int64_t first, std::uint32_t count, std::span<std::byte> out) -> Result<bool> {
    require(count > 0 && first >= 0 && first + count <= kSectors && out.size() == std::size_t{count} * kUserBytes);
    ++reads;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (dead_every != 0 && static_cast<std::uint64_t>(first + i) % dead_every == 1) return false;
      const auto it = sectors.find(first + i);
      if (it == sectors.end())
        std::memset(out.data() + i * kUserBytes, 0, kUserBytes);
      else
        std::memcpy(out.data() + i * kUserBytes, it->second.data(), kUserBytes);
    }
    return true;
  };
  const WalkOptions options{.sectors = kSectors,
                            .origin = origin,
                            .limits = {.depth = 16,
                                       .entries = 2000,
                                       .extents = 5000,
                                       .text_bytes = 200'000,
                                       .directory_bytes = 65536,
                                       .sectors_read = 20'000,
                                       .chain = 500,
                                       .troubles = 100}};
  const auto volume = walk_volume(read, options);
  require(volume.has_value());
  require(reads <= 20'100);
  check(*volume);
  return 0;
}
