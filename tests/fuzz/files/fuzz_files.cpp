// A volume made of the fuzzer's sectors, some of which cannot be read: whatever is said of it must hold together, and the walk
// must end.
//
// The first byte chooses what is dead, the second where the image begins, the third the volume that the rest changes
// (changed_volume.h).
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "pressmark/filesystem.h"

#include "changed_volume.h"

namespace {

using namespace pressmark;

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
  if (size < 3) return 0;
  const unsigned dead_every = data[0] == 0 ? 0 : 3U + data[0];
  const std::int64_t origin = data[1] < 250 ? 0 : data[1] - 250;
  const Changed volume_bytes{base(data[2]), data + 3, size - 3};
  std::uint64_t reads = 0;
  const ReadSectors read = [&](std::int64_t first, std::uint32_t count, std::span<std::byte> out) -> Result<bool> {
    require(count > 0 && first >= 0 && first + count <= kSectors && out.size() == std::size_t{count} * kUserBytes);
    ++reads;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (dead_every != 0 && static_cast<std::uint64_t>(first + i) % dead_every == 1) return false;
      volume_bytes.read(first + i, out.data() + i * kUserBytes);
    }
    return true;
  };
  const WalkOptions options = walk_options(origin);
  const auto volume = walk_volume(read, options);
  require(volume.has_value());
  require(reads <= 20'100);
  check(*volume);
  return 0;
}
