// A session's recognition sequence, from its sector 16 on, says which file systems there are; then each is walked, the most telling
// names first, so that a file's first path is the best one. The last session comes first: its tree is what the disc shows.
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string_view>

#include "core/bytes.h"
#include "core/try.h"
#include "files/builder.h"
#include "files/hfs_walk.h"
#include "files/iso_walk.h"
#include "files/sectors.h"
#include "files/udf_walk.h"

namespace pressmark {

namespace files {
namespace {

constexpr std::int64_t kSystemArea = 16;
using Trouble = VolumeTrouble::Kind;

/// ECMA-167 2/8.3.1: standard identifiers of the sequence; and ECMA-119's.
constexpr std::array<std::string_view, 7> kRecognised = {"CD001", "BEA01", "NSR02", "NSR03", "TEA01", "BOOT2", "CDW02"};

struct Recognition {
  std::vector<IsoTree> trees;
  std::optional<std::uint32_t> boot_catalogue;
};

Result<void> recognise(SectorSource& source, VolumeBuilder& builder, std::int64_t start, Recognition& found) {
  constexpr std::int64_t kMost = 64;  // sectors of a sequence, and of unreadable ones in which it may still begin
  const std::int64_t first = start + kSystemArea;
  for (std::int64_t at = first; at < first + kMost; ++at) {
    TRY(const SectorSource::Sector sector, source.sector(at));
    if (!sector) {
      if (at >= source.sectors()) break;
      builder.trouble(Trouble::unreadable, {at, 1},
                      [&] { return fmt::format("volume descriptor in sector {} cannot be read", at); });
      if (at >= first + 16) break;
      continue;
    }
    ByteReader in{*sector};
    const std::string id = in.ascii(1, 5);
    if (std::ranges::find(kRecognised, std::string_view{id}) == kRecognised.end()) break;
    builder.structure(StructureKind::descriptor, {at, 1}, fmt::format("volume descriptor ({})", id));
    if (auto tree = decode_iso_tree(*sector)) found.trees.push_back(std::move(*tree));
    if (const auto catalogue = decode_boot_catalogue(*sector)) found.boot_catalogue = catalogue;
  }
  return {};
}

/// El Torito 2.0: entries of 32 bytes, the first a check of itself.
Result<void> boot_structures(SectorSource& source, VolumeBuilder& builder, std::int64_t at, std::int64_t origin) {
  constexpr std::size_t kEntry = 32;
  constexpr std::uint8_t kBootable = 0x88, kMoreHeaders = 0x90, kLastHeader = 0x91;
  constexpr std::uint32_t kFloppyBytes[] = {0, 1'228'800, 1'474'560, 2'949'120};
  builder.structure(StructureKind::boot, {at, 1}, "boot catalogue (El Torito)");
  TRY(const SectorSource::Sector sector, source.sector(at));
  if (!sector) {
    builder.trouble(Trouble::unreadable, {at, 1}, [] { return std::string{"the boot catalogue cannot be read"}; });
    return {};
  }
  ByteReader in{*sector};
  int images = 0;
  for (std::size_t place = kEntry; place + kEntry <= sector->size(); place += kEntry) {
    const std::uint8_t kind = in.u8(place);
    if (kind == 0 || kind == kMoreHeaders || kind == kLastHeader) continue;
    if (kind != kBootable) break;
    const std::uint8_t media = in.u8(place + 1) & 0x0FU;
    const std::uint32_t bytes = media >= 1 && media <= 3 ? kFloppyBytes[media] : in.le16(place + 6) * 512U;
    const std::int64_t first = std::int64_t{in.le32(place + 8)} - origin;
    if (first >= 0)
      builder.structure(StructureKind::boot, VolumeExtent{first * std::int64_t{kSector}, bytes}.sectors(),
                        fmt::format("boot image {} (El Torito)", ++images));
  }
  return {};
}

Result<void> walk_trees(SectorSource& source, VolumeBuilder& builder, const WalkOptions& options,
                        std::vector<IsoTree> trees) {
  std::vector<std::unique_ptr<IsoWalk>> walks;
  for (IsoTree& tree : trees) {
    // Copies of a descriptor, and ISO 9660:1999 where it only points at the primary tree again.
    const bool again = std::ranges::any_of(walks, [&](const auto& walk) {
      return walk->tree().root_block == tree.root_block && walk->tree().block_bytes == tree.block_bytes;
    });
    if (again) continue;
    walks.push_back(std::make_unique<IsoWalk>(source, builder, options, std::move(tree)));
    CHECK(walks.back()->prepare());
  }
  std::ranges::stable_sort(walks, {}, [](const auto& walk) { return walk->tree().view; });
  for (const auto& walk : walks) CHECK(walk->run());
  return {};
}

/// Where each session's recognition sequences lie, the first session first.
using Sessions = std::vector<std::vector<std::int64_t>>;

/// xorriso keeps an image's first session at sector 32, each further one on the next multiple of 32 behind the one before, and at
/// sector 0 descriptors of the last one's tree. An image that lies there as a file is told by its addresses, which count from its own
/// start.
Result<Sessions> find_sessions(SectorSource& source) {
  constexpr std::int64_t kFirst = 32, kStep = 32;
  constexpr std::size_t kMost = 1000;
  Sessions found;
  std::uint32_t last_root = 0;
  for (std::int64_t start = kFirst; found.size() < kMost;) {
    TRY(const SectorSource::Sector sector, source.sector(start + kSystemArea));
    const auto tree = sector ? decode_iso_tree(*sector) : std::nullopt;
    if (!tree || tree->view == VolumeView::joliet || tree->blocks == 0 || tree->root_block < start) break;
    found.push_back({start});
    last_root = tree->root_block;
    start += (std::int64_t{tree->blocks} + kStep - 1) / kStep * kStep;
  }
  if (found.empty()) return Sessions{{0}};
  TRY(const SectorSource::Sector sector, source.sector(kSystemArea));
  const auto shown = sector ? decode_iso_tree(*sector) : std::nullopt;
  if (shown && shown->root_block != last_root) return Sessions{{0}};
  found.back().push_back(0);
  return found;
}

Result<Sessions> sessions_of(SectorSource& source, const WalkOptions& options) {
  if (options.sessions.empty() && options.origin == 0) return find_sessions(source);
  Sessions given;
  for (std::int64_t start : options.sessions) given.push_back({start});
  if (given.empty()) given.push_back({0});
  return given;
}

Result<void> walk_session(SectorSource& source, VolumeBuilder& builder, const WalkOptions& options,
                          std::span<const std::int64_t> starts, bool last) {
  Recognition found;
  for (std::int64_t start : starts) CHECK(recognise(source, builder, start, found));
  if (last) CHECK(UdfWalk{source, builder, options}.run());
  CHECK(walk_trees(source, builder, options, std::move(found.trees)));
  if (last) CHECK(walk_hfs(source, builder, options));
  if (found.boot_catalogue)
    CHECK(boot_structures(source, builder, std::int64_t{*found.boot_catalogue} - options.origin, options.origin));
  if (!builder.has_views()) return {};
  for (std::int64_t start : starts) builder.structure(StructureKind::system_area, {start, kSystemArea}, "system area");
  return {};
}

}  // namespace
}  // namespace files

Result<Volume> walk_volume(const ReadSectors& read, const WalkOptions& options) {
  files::SectorSource source{read, options};
  VolumeBuilder builder{options};
  TRY(const files::Sessions sessions, files::sessions_of(source, options));
  for (std::size_t i = sessions.size(); i-- > 0;) {
    builder.begin_session(static_cast<std::uint16_t>(i + 1));
    CHECK(files::walk_session(source, builder, options, sessions[i], i + 1 == sessions.size()));
  }
  if (source.exhausted())
    builder.trouble(VolumeTrouble::Kind::limit, {},
                    [&] { return fmt::format("more than {} sectors of structures", options.limits.sectors_read); });
  return std::move(builder).finish();
}

}  // namespace pressmark
