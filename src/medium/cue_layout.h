// Where the tracks of a cue sheet lie on the disc, and which bytes of which file each sector is. Pure: sizes come in, a
// layout comes out.
//
// The first track of a session follows a pause of 150 sectors that no file holds (before LBA 0 in session 1); a PREGAP
// there counts from the start of that pause. Files follow each other on the disc. Between sessions lie the lead-out
// (6750 sectors after session 1, then 2250), the lead-in (4500) and the pause (Orange Book): 11400, then 6900 sectors.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "pressmark/medium.h"

#include "medium/cue_sheet.h"

namespace pressmark {

/// Consecutive sectors of one track, consecutive in one file; or in none, and then zero.
struct CueExtent {
  Lba first;
  std::uint32_t sectors = 0;
  std::optional<std::size_t> file;  ///< in CueSheet::files
  std::uint64_t offset = 0;         ///< bytes from the start of the file's sectors
  [[nodiscard]] Lba end() const { return first + sectors; }
};

struct CueLayout {
  std::vector<MediumTrack> tracks;
  std::vector<CueExtent> extents;  ///< rising, not overlapping; gaps only between sessions
  Lba end;
};

/// `file_bytes[i]` is how much of `sheet.files[i]` is sectors. Fails: parse (an INDEX past the end of its file, a file that
/// is not whole sectors, an empty track), unsupported (longer than a CD can address).
Result<CueLayout> lay_out_cue(const CueSheet& sheet, std::span<const std::uint64_t> file_bytes, std::string_view where);

}  // namespace pressmark
