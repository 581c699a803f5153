// A cue sheet and its files as a medium: parse, find the files, lay the tracks out, then read sectors extent by extent.
#include <algorithm>
#include <cassert>
#include <fmt/format.h>

#include "pressmark/files.h"
#include "pressmark/medium.h"
#include "pressmark/sector.h"

#include "core/try.h"
#include "medium/cue_layout.h"
#include "medium/cue_sheet.h"
#include "medium/file_names.h"
#include "medium/wave.h"

namespace pressmark {
namespace {

constexpr Lba kLastHeaderLba = to_lba({89, 59, 74});  // from 90:00:00 on a header means the lead-in (MMC-6 table 618)

/// A file that a sheet names, opened.
struct SectorFile {
  std::unique_ptr<File> file;
  std::string path;
  std::uint64_t offset = 0;  ///< of its first sector
  std::uint64_t bytes = 0;   ///< of sectors
  bool big_endian = false;   ///< its audio samples
};

/// Samples leave the drive low byte first (ECMA-130 clause 20 gives the order on the disc, MMC-6 4.2.3.4 that to the host).
void swap_samples(std::span<std::byte> samples) {
  for (std::size_t i = 0; i + 1 < samples.size(); i += 2) std::swap(samples[i], samples[i + 1]);
}

class CueMedium final : public Medium {
 public:
  CueMedium(CueLayout layout, std::vector<SectorFile> files, std::string where)
      : layout_(std::move(layout)), files_(std::move(files)), where_(std::move(where)) {}

  MediaKind kind() const override { return MediaKind::cd; }
  std::span<const MediumTrack> tracks() const override { return layout_.tracks; }
  Lba end() const override { return layout_.end; }

  Result<void> read_stored(Lba first, std::uint32_t count, std::span<std::byte> out) override {
    const MediumTrack* track = track_at(*this, first);
    const Lba last_end = first + count;
    if (track == nullptr || last_end > track->start + track->sectors ||
        out.size() != std::size_t{count} * track->stored_bytes)
      return fail({.kind = ErrorKind::usage,
                   .tried = fmt::format("read {} sectors into {} bytes", count, out.size()),
                   .where = fmt::format("{}, LBA {}", where_, first.value),
                   .got = "they do not lie in one track of that sector size"});
    auto extent = std::ranges::upper_bound(layout_.extents, first, {}, &CueExtent::end);
    for (Lba at = first; at < last_end; ++extent) {
      assert(extent != layout_.extents.end() && extent->first <= at);
      const std::int64_t sectors = std::min(extent->end(), last_end) - at;
      const auto bytes = static_cast<std::size_t>(sectors) * track->stored_bytes;
      CHECK(read_extent(*extent, *track, at, out.first(bytes)));
      out = out.subspan(bytes);
      at += sectors;
    }
    return {};
  }

 private:
  Result<void> read_extent(const CueExtent& extent, const MediumTrack& track, Lba at, std::span<std::byte> out) {
    if (!extent.file) return make_gap(track, at, out);
    SectorFile& source = files_[*extent.file];
    const std::uint64_t offset = extent.offset + static_cast<std::uint64_t>(at - extent.first) * track.stored_bytes;
    const auto stored =
        static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), source.bytes - std::min(offset, source.bytes)));
    TRY(const std::size_t got, source.file->read_at(source.offset + offset, out.first(stored)));
    if (got < stored)
      return fail({.kind = ErrorKind::io,
                   .tried = fmt::format("read {} bytes at {}", stored, source.offset + offset),
                   .where = source.path,
                   .got = fmt::format("{} bytes: the file has become shorter", got),
                   .next = "see what else writes to this file",
                   .lba = at});
    std::ranges::fill(out.subspan(stored), std::byte{0});  // a WAVE file may end inside a sector
    if (source.big_endian && track.mode == TrackMode::audio) swap_samples(out);
    return {};
  }

  /// What a writer puts where the sheet only counts sectors.
  [[nodiscard]] Result<void> make_gap(const MediumTrack& track, Lba at, std::span<std::byte> out) const {
    std::ranges::fill(out, std::byte{0});  // silence; in 2048 and 2336 bytes also a valid data sector
    if (track.mode == TrackMode::audio || track.stored_bytes != kRawBytes) return {};
    const SectorMode mode = track.mode == TrackMode::mode1 ? SectorMode::mode1 : SectorMode::mode2_form1;
    for (; !out.empty(); out = out.subspan(kRawBytes), at += 1) {
      if (at > kLastHeaderLba)
        return fail({.kind = ErrorKind::unsupported,
                     .tried = "make a gap of data sectors",
                     .where = fmt::format("{}, LBA {}", where_, at.value),
                     .got = "a sector header cannot say this address",
                     .lba = at});
      synthesise_sector(out.first<kRawBytes>(), at, mode);
    }
    return {};
  }

  CueLayout layout_;
  std::vector<SectorFile> files_;
  std::string where_;
};

Result<SectorFile> open_sector_file(const CueFile& named, const std::filesystem::path& folder, std::string_view where) {
  TRY(const std::filesystem::path path, find_named_file(folder, named.name, where));
  SectorFile opened{.path = path.string(), .big_endian = named.format == CueFormat::motorola};
  TRY(opened.file, system_files().open(path, OpenMode::read));
  if (named.format == CueFormat::wave) {
    TRY(const WaveSamples samples, find_wave_samples(*opened.file, opened.path));
    opened.offset = samples.offset;
    opened.bytes = samples.bytes;
  } else {
    TRY(opened.bytes, opened.file->size());
  }
  return opened;
}

/// What of the file counts as sectors: samples that end inside a sector are filled up with silence.
std::uint64_t sector_bytes(const SectorFile& file, CueFormat format) {
  return format == CueFormat::wave ? (file.bytes + kRawBytes - 1) / kRawBytes * kRawBytes : file.bytes;
}

}  // namespace

Result<std::unique_ptr<Medium>> open_cue(const std::filesystem::path& path) {
  const std::string where = path.string();
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored))
    return fail({.kind = ErrorKind::unsupported,
                 .tried = "open the cue sheet",
                 .where = where,
                 .got = "not a regular file",
                 .next = "give the path of a .cue file"});
  TRY(const std::string text, read_text(system_files(), path, kLargestCueBytes));
  TRY(const CueSheet sheet, parse_cue(text, where));
  std::vector<SectorFile> files;
  std::vector<std::uint64_t> file_bytes;
  for (const CueFile& named : sheet.files) {
    TRY(SectorFile file, open_sector_file(named, path.parent_path(), at_line(where, named.line)));
    file_bytes.push_back(sector_bytes(file, named.format));
    files.push_back(std::move(file));
  }
  TRY(CueLayout layout, lay_out_cue(sheet, file_bytes, where));
  return std::make_unique<CueMedium>(std::move(layout), std::move(files), where);
}

}  // namespace pressmark
