// One data track is an image that begins at its first sector; several are pieces of one image that begins where the disc does, with
// sectors between them that nobody has.
#include "cli/volume_source.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

#include "pressmark/disc_source.h"
#include "pressmark/files_report.h"
#include "pressmark/map.h"
#include "pressmark/sector.h"

#include "core/text.h"
#include "core/try.h"
#include "verify/record.h"

namespace pressmark::cli {
namespace {

constexpr std::uint32_t kPieceSectors = 64;

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  constexpr std::int64_t kMost = std::int64_t{1} << 40U;
  if (code != std::errc{} || end != text.data() + text.size() || value < 0 || value > kMost) return std::nullopt;
  return value;
}

/// Grades that do not promise the sector's bytes.
std::vector<SectorRange> bad_in(const RipMap& map) {
  std::vector<SectorRange> bad;
  for (const GradedRun& run : map.runs())
    if (!is_good(run.grade)) bad.push_back({run.first, run.count});
  return merged_ranges(bad);
}

Result<std::vector<std::int64_t>> parse_sessions(const std::vector<std::string>& texts) {
  std::vector<std::int64_t> sessions;
  for (const std::string& text : texts) {
    const auto sector = number(text);
    if (!sector)
      return fail({.kind = ErrorKind::usage,
                   .tried = "read the start of a session",
                   .where = text,
                   .got = "it is no number of a sector",
                   .next = "give for example --session 0 --session 11702"});
    sessions.push_back(*sector);
  }
  std::ranges::sort(sessions);
  return sessions;
}

/// Bad, as a sector of its own mode.
bool is_bad(const SectorCheck& check, Lba expected) {
  if (check.mode == SectorMode::mode0) return !check.sync || check.address != expected;
  if (check.mode == SectorMode::mode2_form2) return !check.sync || check.address != expected || !check.edc;
  return !check.proven(expected);
}

/// A sector as a track stores it: raw, or Mode 2 without its sync and header.
bool is_bad(std::span<const std::byte> stored, Lba expected) {
  std::array<std::byte, kRawBytes> raw{};
  if (stored.size() < raw.size()) synthesise_sector(raw, expected, SectorMode::mode2_form1);  // for sync and header
  std::ranges::copy(stored, raw.end() - static_cast<std::ptrdiff_t>(stored.size()));
  return is_bad(check_sector(raw), expected);
}

/// A cue sheet itself; "sim:disc.cue" is a drive that plays one.
bool is_sheet(const std::string& name) {
  return lower(Path{name}.extension().string()) == ".cue" && !name.starts_with("sim:");
}

}  // namespace

Result<SectorRange> parse_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto first = number(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : number(text.substr(dash + 1));
  if (!first || !last || *last < *first)
    return fail({.kind = ErrorKind::usage,
                 .tried = "read a range of sectors",
                 .where = std::string{text},
                 .got = "it is no range such as 200-215, nor a sector such as 12",
                 .next = "give the first and the last sector, counted from 0"});
  return SectorRange{*first, *last - *first + 1};
}

// ------------------------------------------------------------------------------------------------ opening

Result<VolumeSource> VolumeSource::open(const VolumeArgs& args) {
  VolumeSource opened;
  opened.name_ = args.source;
  TRY(const std::vector<std::int64_t> sessions, parse_sessions(args.sessions));
  std::error_code ignored;
  if (is_sheet(args.source))
    CHECK(opened.open_sheet(args));
  else if (!args.source.empty() && std::filesystem::is_regular_file(args.source, ignored))
    CHECK(opened.open_image(args));
  else
    CHECK(opened.open_drive(args));
  if (!sessions.empty()) opened.sessions_ = sessions;
  CHECK(opened.find_map(args));
  return opened;
}

Result<void> VolumeSource::open_image(const VolumeArgs& args) {
  CHECK(open_iso(args.source));  // says what is no image of 2048-byte sectors
  TRY(auto file, open_file_source(system_files(), args.source));
  sectors_ = file->sectors();
  pieces_.push_back({.first = 0, .source = std::move(file), .raw = nullptr, .track = {}});
  return {};
}

Result<void> VolumeSource::open_sheet(const VolumeArgs& args) {
  TRY(const auto sheet, open_cue(args.source));
  const auto wanted = static_cast<std::uint8_t>(args.track.value_or(0));
  std::vector<MediumTrack> tracks;
  for (const MediumTrack& track : sheet->tracks())
    if (track.mode != TrackMode::audio && (wanted == 0 || track.number == wanted)) tracks.push_back(track);
  const bool whole_disc = tracks.size() > 1;
  if (!tracks.empty()) sectors_ = tracks[0].sectors;
  if (whole_disc) sectors_ = sheet->end().value;
  origin_ = whole_disc || tracks.empty() ? 0 : tracks[0].start.value;
  for (const MediumTrack& track : tracks) {
    TRY(auto medium, open_cue(args.source));
    TRY(auto source, medium_source(std::move(medium), args.source, track.number));
    Piece piece{
        .first = whole_disc ? track.start.value : 0, .source = std::move(source), .raw = nullptr, .track = track};
    if (track.stored_bytes != kUserBytes) {
      TRY(piece.raw, open_cue(args.source));
    }
    has_codes_ = has_codes_ || track.stored_bytes != kUserBytes;
    if (whole_disc && (pieces_.empty() || track.session != pieces_.back().track.session))
      sessions_.push_back(track.start.value);
    pieces_.push_back(std::move(piece));
  }
  if (tracks.empty()) CHECK(medium_source(open_cue(args.source).value(), args.source, wanted));  // says why
  return {};
}

Result<void> VolumeSource::open_drive(const VolumeArgs& args) {
  TRY(source_, cli::open(args));
  if (name_.empty()) name_ = source_.name;
  TRY(drive_, Drive::open(std::move(source_.transport)));
  drive_->stop_when(stop_requested);
  CHECK(drive_->wait_ready(std::chrono::seconds{90}, [](const ReadyProgress&) { return !stop_requested(); }));
  TRY(const Disc disc, drive_->identify());
  DiscSourceOptions options{.retries = static_cast<std::uint32_t>(args.retries), .stop = stop_requested};
  std::vector<Track> tracks;
  for (const Track& track : disc.tracks)
    if (track.is_data() && (!args.track || track.number == *args.track)) tracks.push_back(track);
  const bool one = disc.tracks.size() == 1 || tracks.empty();
  if (one && args.track) options.track = static_cast<std::uint8_t>(*args.track);
  const bool whole_disc = tracks.size() > 1;
  for (std::size_t i = 0; i < (one ? 1 : tracks.size()); ++i) {
    if (!one) options.track = tracks[i].number;
    TRY(auto source, open_disc_source(*drive_, options));
    const std::int64_t first = whole_disc ? tracks[i].start.value : 0;
    sectors_ = first + source->sectors();
    if (!one && !whole_disc) origin_ = tracks[i].start.value;
    if (whole_disc && (i == 0 || tracks[i].session != tracks[i - 1].session)) sessions_.push_back(first);
    pieces_.push_back({.first = first, .source = std::move(source), .raw = nullptr, .track = {}});
  }
  return {};
}

Result<void> VolumeSource::read_map(const Path& path) {
  constexpr std::uint64_t kMostBytes = 1U << 30U;
  TRY(const std::string text, read_text(system_files(), path, kMostBytes));
  TRY(const MapFile file, parse_mapfile(text, path.string()));
  known_bad_ = bad_in(file.map);
  // What a map does not speak of was not read.
  if (file.map.sectors() < sectors_) known_bad_.push_back({file.map.sectors(), sectors_ - file.map.sectors()});
  known_bad_ = merged_ranges(known_bad_);
  if (origin_ == 0) origin_ = std::max<std::int64_t>(file.first_lba, 0);
  evidence_ = path.string();
  return {};
}

Result<void> VolumeSource::read_record(const Path& path) {
  TRY(const std::string text, read_text(system_files(), path, kLargestRecordBytes));
  TRY(RecordedImage record, parse_record(text, path.string()));
  known_bad_ = merged_ranges(record.never_read);
  if (origin_ == 0) origin_ = std::max<std::int64_t>(record.first_lba, 0);
  evidence_ = path.string();
  return {};
}

Result<void> VolumeSource::find_map(const VolumeArgs& args) {
  if (args.map) return read_map(*args.map);
  if (drive_ || is_sheet(args.source)) return {};
  const auto beside = [&](std::string_view extension) { return Path{args.source}.replace_extension(extension); };
  Path behind{args.source};
  behind += ".map";
  for (const Path& path : {beside(".map"), behind})
    if (system_files().exists(path)) return read_map(path);
  if (system_files().exists(beside(".rip.json"))) return read_record(beside(".rip.json"));
  return {};
}

// ------------------------------------------------------------------------------------------------ reading

Result<void> VolumeSource::read_piece(Piece& piece, SectorRange where, std::span<std::byte> out,
                                      std::vector<SectorRange>& bad) {
  std::vector<LbaRange> unreadable;
  std::ranges::fill(out, std::byte{0});  // an image file may end inside its last sector
  CHECK(piece.source->read(Lba{where.first - piece.first}, static_cast<std::uint32_t>(where.count), out, unreadable));
  for (const LbaRange& range : unreadable) bad.push_back({range.first.value + piece.first, range.count});
  met_bad_.insert(met_bad_.end(), bad.end() - static_cast<std::ptrdiff_t>(unreadable.size()), bad.end());
  return {};
}

Result<void> VolumeSource::read(SectorRange where, std::span<std::byte> out, std::vector<SectorRange>& bad) {
  if (stop_requested()) return fail({.kind = ErrorKind::interrupted, .tried = "read files", .where = name_});
  const auto known = std::ranges::upper_bound(known_bad_, where.first, {}, &SectorRange::end);
  for (auto it = known; it != known_bad_.end() && it->first < where.end(); ++it) {
    const std::int64_t first = std::max(it->first, where.first);
    bad.push_back({first, std::min(it->end(), where.end()) - first});
  }
  std::int64_t at = where.first;
  for (Piece& piece : pieces_) {
    const std::int64_t first = std::max(at, piece.first);
    const std::int64_t end = std::min(where.end(), piece.first + piece.source->sectors());
    if (first >= end) continue;
    if (first > at) bad.push_back({at, first - at});
    const auto place = static_cast<std::size_t>(first - where.first) * kUserBytes;
    CHECK(read_piece(piece, {first, end - first},
                     out.subspan(place, static_cast<std::size_t>(end - first) * kUserBytes), bad));
    at = end;
  }
  if (at < where.end()) bad.push_back({at, where.end() - at});
  bad = merged_ranges(bad);
  return {};
}

Result<Volume> VolumeSource::walk() {
  const ReadSectors reader = [this](std::int64_t first, std::uint32_t count, std::span<std::byte> out) -> Result<bool> {
    std::vector<SectorRange> bad;
    CHECK(read({first, count}, out, bad));
    return bad.empty();
  };
  auto volume = walk_volume(reader, {.sectors = sectors_, .origin = origin_, .sessions = sessions_});
  met_bad_ = merged_ranges(met_bad_);
  return volume;
}

Result<void> VolumeSource::check_piece(Piece& piece, const std::function<void(std::int64_t done)>& progress) {
  std::vector<std::byte> stored(std::size_t{kPieceSectors} * kRawBytes);
  for (std::int64_t at = 0; at < piece.track.sectors; at += kPieceSectors) {
    if (stop_requested()) return fail({.kind = ErrorKind::interrupted, .tried = "check sectors", .where = name_});
    const auto count = static_cast<std::uint32_t>(std::min<std::int64_t>(piece.track.sectors - at, kPieceSectors));
    const std::span<std::byte> out = std::span{stored}.first(std::size_t{count} * piece.track.stored_bytes);
    CHECK(piece.raw->read_stored(piece.track.start + at, count, out));
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto sector = out.subspan(std::size_t{i} * piece.track.stored_bytes, piece.track.stored_bytes);
      if (is_bad(sector, piece.track.start + at + i)) met_bad_.push_back({piece.first + at + i, 1});
    }
    progress(piece.first + at + count);
  }
  return {};
}

Result<void> VolumeSource::read_all(const std::function<void(std::int64_t done)>& progress) {
  std::vector<std::byte> out(std::size_t{kPieceSectors} * kUserBytes);
  std::vector<SectorRange> bad;
  if (std::ranges::any_of(pieces_, [](const Piece& piece) { return piece.raw != nullptr; })) met_bad_.clear();
  for (Piece& piece : pieces_) {
    if (piece.raw) {
      CHECK(check_piece(piece, progress));
      continue;
    }
    const std::int64_t end = piece.first + piece.source->sectors();
    for (std::int64_t at = piece.first; at < end; at += kPieceSectors) {
      if (stop_requested()) return fail({.kind = ErrorKind::interrupted, .tried = "read the disc", .where = name_});
      const std::int64_t count = std::min<std::int64_t>(end - at, kPieceSectors);
      bad.clear();
      CHECK(read_piece(piece, {at, count}, std::span{out}.first(static_cast<std::size_t>(count) * kUserBytes), bad));
      progress(at + count);
    }
  }
  met_bad_ = merged_ranges(met_bad_);
  return {};
}

}  // namespace pressmark::cli
