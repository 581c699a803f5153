// A volume made of the fuzzer's sectors, some of which cannot be read: whatever is said of it must hold together, and the walk
// must end.
//
// The input is a list of changes to a volume that the third byte chooses (none, ISO 9660 with Rock Ridge, UDF with each kind of
// partition): two bytes for a sector, two for a place in it, two for how many bytes follow. Tags of UDF get their checksums put
// right, so that chance need not find them. The first byte chooses what is dead, the second where the image begins.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>

#include "pressmark/filesystem.h"

#include "unit/files/iso_image.h"
#include "unit/files/udf_image.h"

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

Image iso() {
  IsoImage made{kSectors};
  made.directory(IsoImage::kRoot,
                 {{"A.;1", 60, 5000, 0, susp("NM", std::string("\0a long name", 12))},
                  {"BIG.;1", 70, 4096, 0x80, ""},
                  {"BIG.;1", 80, 100, 0, ""},
                  {"C.;1", 61, 1, 0, susp("CE", le_be(50) + le_be(0) + le_be(40))},
                  {"DIR", 30, 2048, 2, ""}},
                 susp("SP", std::string("\xBE\xEF\0", 3)));
  made.directory(30, {{"E.;1", 90, 2048, 0, ""}, {"DEEP", 31, 2048, 2, ""}});
  made.directory(31, {{"F.;1", 91, 10, 0, ""}});
  made.put(50, 0, susp("NM", std::string("\0continued", 10)));
  return std::move(made.finish());
}

Image udf(UdfImage::Kind kind) {
  UdfImage made{kind};
  made.add({.name = "one", .extents = {{120, 5000}}});
  made.add({.name = "chain", .extents = {{160, 2048}, {170, 2048}, {180, 2048}}, .chained = true});
  made.add({.name = "inside", .embedded = "content"});
  made.add({.name = "holes", .extents = {{200, 2048}, {0, 4096}}});
  return std::move(made.finish());
}

/// What the changes are made to; made once.
const Image& base(unsigned which) {
  static const std::array<Image, 6> kBases{Image{},
                                           iso(),
                                           udf(UdfImage::Kind::plain),
                                           udf(UdfImage::Kind::metadata),
                                           udf(UdfImage::Kind::split_metadata),
                                           udf(UdfImage::Kind::virtual_)};
  return kBases[which % kBases.size()];
}

class Changed {
 public:
  Changed(const Image& under, const std::uint8_t* data, std::size_t size) : under_(under) {
    constexpr std::size_t kHead = 6;
    while (size > kHead) {
      const auto number = [&](std::size_t i) { return static_cast<std::size_t>(data[i] | data[i + 1] << 8); };
      const std::size_t place = number(2) % kUserBytes;
      const std::size_t given = std::min({number(4) % (kUserBytes + 1), kUserBytes - place, size - kHead});
      change(static_cast<std::int64_t>(number(0)) % kSectors, place, {data + kHead, given});
      data += kHead + given;
      size -= kHead + given;
    }
  }
  void read(std::int64_t at, std::byte* out) const {
    if (const auto it = changed_.find(at); it != changed_.end())
      std::memcpy(out, it->second.data(), kUserBytes);
    else if (at < under_.sectors())
      std::memcpy(out, under_.bytes.data() + at * kUserBytes, kUserBytes);
    else
      std::memset(out, 0, kUserBytes);
  }

 private:
  void change(std::int64_t at, std::size_t place, std::span<const std::uint8_t> bytes) {
    Sector sector;
    read(at, sector.data());
    std::memcpy(sector.data() + place, bytes.data(), bytes.size());
    if (looks_like_tag(sector, 0)) put_tag_right(sector, 0);
    // A directory's records: each tag at a place where one may begin.
    for (std::size_t tag = 4; tag + 16 <= kUserBytes; tag += 4)
      if (sector[tag] == std::byte{1} && sector[tag + 1] == std::byte{1}) put_tag_right(sector, tag);
    changed_[at] = sector;
  }

  const Image& under_;
  std::map<std::int64_t, Sector> changed_;
};

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
