// A cue sheet as it is written: files, tracks, indexes and sessions, each with its line. Pure: no file is opened.
//
// The language is that of the CDRWIN User's Guide, appendix A, with what other programs added: `REM SESSION`, `REM LEAD-OUT`,
// `REM LEAD-IN` and `REM PREGAP` for several sessions (Redump), and a track whose indexes lie in two files (EAC).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/error.h"
#include "pressmark/medium.h"

namespace pressmark {

inline constexpr std::uint64_t kLargestCueBytes = 1U << 20U;

enum class CueFormat : std::uint8_t { binary, motorola /* big-endian samples */, wave };

struct CueFile {
  std::string name;  ///< UTF-8, as written
  CueFormat format = CueFormat::binary;
  std::size_t line = 0;
};

struct CueIndex {
  std::uint8_t number = 1;   ///< 0 the pre-gap, 1 the start, up to 99
  std::size_t file = 0;      ///< in CueSheet::files
  std::uint32_t sector = 0;  ///< MM:SS:FF counted from the start of the file
  std::size_t line = 0;
};

struct CueTrack {
  std::uint8_t number = 1;
  std::uint8_t session = 1;
  TrackMode mode = TrackMode::mode1;
  std::uint8_t control = 0;
  std::uint32_t stored_bytes = 0;
  std::uint32_t pregap_sectors = 0;   ///< PREGAP: on the disc, not in a file
  std::uint32_t postgap_sectors = 0;  ///< POSTGAP: likewise
  std::string isrc;
  std::vector<CueIndex> indexes;  ///< rising; one of them is number 1
  std::size_t line = 0;
};

/// What lies between a session and the one before it; nominal lengths (Orange Book) where the sheet says nothing.
struct CueSession {
  std::optional<std::uint32_t> lead_out_sectors;  ///< after this session
  std::optional<std::uint32_t> lead_in_sectors;   ///< before it
  std::optional<std::uint32_t> pause_sectors;     ///< between lead-in and first track
};

struct CueSheet {
  std::string catalog;  ///< 13 digits, or empty
  std::vector<CueFile> files;
  std::vector<CueTrack> tracks;      ///< at least one; numbers rise by one
  std::vector<CueSession> sessions;  ///< session n is element n - 1; each has a track
};

/// Fails: parse (names the line), unsupported (a mode, file type or area that is known and not handled).
Result<CueSheet> parse_cue(std::string_view text, std::string_view where);

/// "game.cue, line 3"
[[nodiscard]] std::string at_line(std::string_view where, std::size_t line);

}  // namespace pressmark
