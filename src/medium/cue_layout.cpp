// A cursor walks the disc from LBA 0, another walks each file from its first byte; every index moves both as far as the next
// index in the same file, or the file's end, lies.
#include "medium/cue_layout.h"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>

#include "core/text.h"
#include "core/try.h"

namespace pressmark {
namespace {

constexpr std::uint32_t kPauseSectors = 150;
constexpr std::uint32_t kLeadInSectors = 4500;
constexpr std::uint32_t kFirstLeadOutSectors = 6750;
constexpr std::uint32_t kLeadOutSectors = 2250;
/// 99:59:74 is the last address that a header or the Q channel can write.
constexpr std::int64_t kMostSectors = (99LL * 60 + 59) * 75 + 75 - 150;
static_assert(kFirstLeadOutSectors + kLeadInSectors + kPauseSectors == 11400);

class Layouter {
 public:
  Layouter(const CueSheet& sheet, std::span<const std::uint64_t> file_bytes, std::string_view where)
      : sheet_(sheet), where_(where) {
    for (std::uint64_t bytes : file_bytes) files_.push_back({.bytes = bytes});
    for (const CueTrack& track : sheet.tracks)
      for (const CueIndex& index : track.indexes) indexes_.push_back(&index);
  }

  Result<CueLayout> lay_out() {
    for (const CueTrack& track : sheet_.tracks) CHECK(lay_out(track));
    layout_.end = Lba{cursor_};
    return std::move(layout_);
  }

 private:
  struct FileCursor {
    std::uint64_t bytes = 0;
    std::uint64_t offset = 0;
    std::uint32_t sector = 0;
  };

  Result<void> lay_out(const CueTrack& track) {
    const bool opens_session = layout_.tracks.empty() || layout_.tracks.back().session != track.session;
    if (opens_session) cursor_ += session_gap(track.session);
    const std::int64_t begin = cursor_;
    const std::uint32_t counted = opens_session ? kPauseSectors : 0;
    CHECK(add(track, {.sectors = track.pregap_sectors - std::min(track.pregap_sectors, counted)}));

    std::int64_t start = begin;
    for (const CueIndex& index : track.indexes) {
      assert(index.file < files_.size());
      FileCursor& file = files_[index.file];
      // What a file holds before its first index goes with that index: INDEX 01 alone at 00:00:32 has a pre-gap of 32.
      CHECK(add_stored(track, index, index.sector - file.sector));
      if (index.number == 1) start = cursor_;
      TRY(const std::uint32_t length, sectors_of(track, index));
      CHECK(add_stored(track, index, length));
    }
    CHECK(add(track, {.sectors = track.postgap_sectors}));
    if (cursor_ == start)
      return bad(track.line, fmt::format("track {} has no sectors", track.number),
                 "check the positions of its INDEX lines");
    layout_.tracks.push_back({.number = track.number,
                              .session = track.session,
                              .mode = track.mode,
                              .control = track.control,
                              .start = Lba{start},
                              .sectors = static_cast<std::uint32_t>(cursor_ - start),
                              .pregap = static_cast<std::uint32_t>(start - begin),
                              .stored_bytes = track.stored_bytes,
                              .isrc = track.isrc});
    return {};
  }

  [[nodiscard]] std::int64_t session_gap(std::uint8_t session) const {
    if (session == 1) return 0;
    const CueSession& before = sheet_.sessions[session - 2U];
    const CueSession& here = sheet_.sessions[session - 1U];
    return std::int64_t{before.lead_out_sectors.value_or(session == 2 ? kFirstLeadOutSectors : kLeadOutSectors)} +
           here.lead_in_sectors.value_or(kLeadInSectors) + here.pause_sectors.value_or(kPauseSectors);
  }

  /// From this index to the next one in the same file, or to the file's end.
  Result<std::uint32_t> sectors_of(const CueTrack& track, const CueIndex& index) {
    ++indexes_done_;
    if (indexes_done_ < indexes_.size() && indexes_[indexes_done_]->file == index.file)
      return indexes_[indexes_done_]->sector - index.sector;
    const FileCursor& file = files_[index.file];
    const std::uint64_t rest = file.bytes - file.offset;
    if (rest % track.stored_bytes != 0)
      return bad(sheet_.files[index.file].line,
                 fmt::format("{} has {} bytes; after whole sectors of {} bytes {} are left over",
                             in_quotes(sheet_.files[index.file].name), file.bytes, track.stored_bytes,
                             rest % track.stored_bytes),
                 "check the mode of its tracks, and that the file is complete");
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(rest / track.stored_bytes, kMostSectors + 1));
  }

  Result<void> add_stored(const CueTrack& track, const CueIndex& index, std::uint32_t sectors) {
    FileCursor& file = files_[index.file];
    const std::uint64_t bytes = std::uint64_t{sectors} * track.stored_bytes;
    if (bytes > file.bytes - file.offset)
      return bad(index.line,
                 fmt::format("track {} reaches past the end of {}, which has {} bytes", track.number,
                             in_quotes(sheet_.files[index.file].name), file.bytes),
                 "check the mode of its tracks, and that the file is complete");
    CHECK(add(track, {.sectors = sectors, .file = index.file, .offset = file.offset}));
    file.offset += bytes;
    file.sector += sectors;
    return {};
  }

  Result<void> add(const CueTrack& track, CueExtent extent) {
    extent.first = Lba{cursor_};
    cursor_ += extent.sectors;
    if (cursor_ > kMostSectors)
      return fail({.kind = ErrorKind::unsupported,
                   .tried = "lay out the cue sheet",
                   .where = at_line(where_, track.line),
                   .got = fmt::format("track {} ends beyond 99:59:74, the last address of a CD", track.number),
                   .next = "an image of a DVD or Blu-ray needs no cue sheet: give the .iso itself"});
    if (extent.sectors > 0) layout_.extents.push_back(extent);
    return {};
  }

  [[nodiscard]] std::unexpected<Error> bad(std::size_t line, std::string got, std::string next) const {
    return fail({.kind = ErrorKind::parse,
                 .tried = "lay out the cue sheet",
                 .where = at_line(where_, line),
                 .got = std::move(got),
                 .next = std::move(next)});
  }

  const CueSheet& sheet_;
  std::string_view where_;
  std::vector<FileCursor> files_;
  std::vector<const CueIndex*> indexes_;
  std::size_t indexes_done_ = 0;
  std::int64_t cursor_ = 0;
  CueLayout layout_;
};

}  // namespace

Result<CueLayout> lay_out_cue(const CueSheet& sheet, std::span<const std::uint64_t> file_bytes,
                              std::string_view where) {
  assert(file_bytes.size() == sheet.files.size());
  return Layouter{sheet, file_bytes, where}.lay_out();
}

}  // namespace pressmark
