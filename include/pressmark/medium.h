// What a sector can be read from besides a drive: an ISO image, a BIN/CUE set, generated content.
//
// A Medium holds a disc's content without damage and without time. It gives sectors *as stored*: 2048, 2336 or
// 2352 bytes. Whoever needs the missing sync, header, EDC and ECC makes them (src/sector for the program,
// drivers/simulated with its own second implementation).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "pressmark/error.h"
#include "pressmark/lba.h"
#include "pressmark/media_kind.h"

namespace pressmark {

/// How a track's sectors are laid out (ECMA-130 clause 14, ECMA-168 for form 1 and 2).
enum class TrackMode : std::uint8_t { audio, mode1, mode2 };

/// A track as a medium knows it. Sessions and tracks count from 1.
struct MediumTrack {
  std::uint8_t number = 1;
  std::uint8_t session = 1;
  TrackMode mode = TrackMode::mode1;
  std::uint8_t control = 4;   ///< Q control nibble: 4 data, 0 audio, 1 pre-emphasis, 2 copy permitted, 8 four channels
  Lba start;                  ///< index 01
  std::uint32_t sectors = 0;  ///< from `start` up to the next track's pre-gap or the lead-out
  /// Sectors before `start` that belong to this track (index 00). The pause of 150 sectors that opens every session
  /// (before LBA 0 in the first) is not counted.
  std::uint32_t pregap = 0;
  std::uint32_t stored_bytes = kUserBytes;  ///< 2048, 2336 or 2352 a sector
  std::string isrc;                         ///< 12 characters, or empty
};

/// Thread-compatible: const calls may run at once only where an implementation says so.
struct Medium {
  virtual ~Medium() = default;
  [[nodiscard]] virtual MediaKind kind() const = 0;
  /// In order of address; for DVD and BD one data track.
  [[nodiscard]] virtual std::span<const MediumTrack> tracks() const = 0;
  /// First address after the last track: the lead-out on CD, the capacity on DVD and BD.
  [[nodiscard]] virtual Lba end() const = 0;
  /// Reads `count` sectors as stored. All must lie in one track (its pre-gap included, where stored).
  /// Gaps that are only counted (PREGAP, POSTGAP of a cue sheet) read as silence or as valid sectors of zero user data.
  /// `out` is exactly count x stored_bytes. Fails: usage (outside every track, or across two), io, parse.
  virtual Result<void> read_stored(Lba first, std::uint32_t count, std::span<std::byte> out) = 0;
};

/// The track whose pre-gap or sectors hold `lba`; null if none does.
[[nodiscard]] const MediumTrack* track_at(const Medium& medium, Lba lba);

/// An image of 2048-byte sectors; its last sector is zero-filled if the file ends inside it. `kind` none: by size.
Result<std::unique_ptr<Medium>> open_iso(const std::filesystem::path& path, MediaKind kind = MediaKind::none);

/// A cue sheet and the files it names, with FILE names honoured and taken relative to the sheet: BINARY, MOTOROLA
/// and WAVE tracks, MODE1/2048, MODE1/2352, MODE2/2336, MODE2/2352, CDI/2352, AUDIO, PREGAP, POSTGAP, INDEX, REM SESSION.
/// A name that does not exist as written is looked for beside the sheet, without regard to case.
/// Fails: parse (names the line), not_found (names the missing file), unsupported.
Result<std::unique_ptr<Medium>> open_cue(const std::filesystem::path& path);

}  // namespace pressmark
