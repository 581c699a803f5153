// A source as something that holds files: one image sector after another whatever it comes from, and which of them are known to be
// bad before they are read.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pressmark/drive.h"
#include "pressmark/filesystem.h"
#include "pressmark/medium.h"
#include "pressmark/verify.h"

#include "cli/common.h"

namespace pressmark::cli {

struct VolumeArgs : DriveArgs {
  std::optional<std::string> map;
  std::optional<std::uint64_t> track;
  std::vector<std::string> sessions;
  std::uint64_t retries = 2;
};

template <class Args>
std::vector<OptionRow<Args>> volume_rows() {
  return joined(
      drive_rows<Args>(),
      std::vector<OptionRow<Args>>{
          {{.names = "--map",
            .value = "FILE",
            .help = "which sectors of the image are bad: a mapfile of ddrescue or pressmark (NAME.map, else "
                    "NAME.rip.json, beside it)",
            .completes = Completes::file},
           static_cast<std::optional<std::string> Args::*>(&Args::map)},
          {{.names = "--track", .value = "N", .help = "look at this data track alone"},
           static_cast<std::optional<std::uint64_t> Args::*>(&Args::track),
           Range{1, 99}},
          {{.names = "--session",
            .value = "SECTOR",
            .help = "a session begins at this sector of the image; repeatable (as the disc or the cue sheet says)",
            .repeats = true},
           static_cast<std::vector<std::string> Args::*>(&Args::sessions)},
          {{.names = "--retries", .value = "COUNT", .help = "further readings of what a drive could not read (2)"},
           static_cast<std::uint64_t Args::*>(&Args::retries),
           Range{0, 255}}});
}

class VolumeSource {
 public:
  /// An image, a cue sheet's data tracks, or a drive; with the map or the record beside an
  /// image. Fails: what opening fails with; parse (a map that
  /// is none); usage.
  static Result<VolumeSource> open(const VolumeArgs& args);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::int64_t sectors() const { return sectors_; }
  /// Reads image sectors into `out`; appends to `bad` those that cannot be read or are known to be bad, rising. Their place in `out`
  /// is unspecified. Fails where going on makes no sense; interrupted.
  Result<void> read(SectorRange where, std::span<std::byte> out, std::vector<SectorRange>& bad);
  Result<Volume> walk();

  /// Known to be bad from a map: sorted, disjoint.
  [[nodiscard]] const std::vector<SectorRange>& known_bad() const { return known_bad_; }
  /// Where that is known from, for people; empty: nothing says so.
  [[nodiscard]] const std::string& evidence() const { return evidence_; }
  /// Could not be read so far.
  [[nodiscard]] const std::vector<SectorRange>& met_bad() const { return met_bad_; }
  /// Reads everything, so that met_bad() has all that is bad. Of raw tracks a sector is bad whose EDC or address fails; those of
  /// Mode 2 form 2 are as good as their own EDC says.
  Result<void> read_all(const std::function<void(std::int64_t done)>& progress);
  /// The sectors of a cue sheet's tracks are stored with codes to check them by.
  [[nodiscard]] bool has_codes() const { return has_codes_; }

 private:
  struct Piece {
    std::int64_t first = 0;  // image sector
    std::unique_ptr<SectorSource> source;
    std::unique_ptr<Medium> raw;  // its track with all that is stored, where that can be checked
    MediumTrack track;
  };
  Result<void> open_image(const VolumeArgs& args);
  Result<void> open_sheet(const VolumeArgs& args);
  Result<void> open_drive(const VolumeArgs& args);
  Result<void> read_map(const Path& path);
  Result<void> read_record(const Path& path);
  Result<void> find_map(const VolumeArgs& args);
  Result<void> read_piece(Piece& piece, SectorRange where, std::span<std::byte> out, std::vector<SectorRange>& bad);
  Result<void> check_piece(Piece& piece, const std::function<void(std::int64_t done)>& progress);

  std::string name_;
  Source source_;
  std::unique_ptr<Drive> drive_;  // outlives the pieces that read through it
  std::vector<Piece> pieces_;     // by first sector
  std::int64_t sectors_ = 0;
  std::int64_t origin_ = 0;
  std::vector<std::int64_t> sessions_;
  std::vector<SectorRange> known_bad_, met_bad_;
  std::string evidence_;
  bool has_codes_ = false;
};

/// "200-215", "12": sectors of the image, the last one included. Fails: usage.
Result<SectorRange> parse_range(std::string_view text);

}  // namespace pressmark::cli
