// What is known of every sector of an image, and how well: the state that a rip lives on.
//
// A RipMap covers sectors 0, ..., sectors-1 of an *image* (for a single track of a CD, 0 is the track's start) with one
// state each, kept as runs. On disk it is a GNU ddrescue mapfile: positions and sizes in bytes, statuses `?` `*` `/` `-`
// `+`. What ddrescue has no word for (grades, the disc's identity, what each failure said) stands in comment lines that
// it accepts and drops: after ddrescue has written to the map, its good areas count as `drive`. See docs/mapfile.md.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/error.h"
#include "pressmark/lba.h"

namespace pressmark {

/// The evidence for a sector, weakest first. From `drive` on the image holds its bytes.
enum class Grade : std::uint8_t {
  untried,     ///< not yet read
  untrimmed,   ///< part of a larger read that failed; to be tried by itself
  unreadable,  ///< tried by itself, never good; filled, and listed
  drive,       ///< the drive said good, once
  agreed,      ///< two readings, the second past the drive's cache, gave the same bytes
  rebuilt,     ///< rebuilt from readings and ECC, and its EDC then held
  proven,      ///< its own EDC and header address hold, checked by us
};
inline constexpr std::size_t kGradeCount = 7;
[[nodiscard]] std::string_view to_string(Grade grade);
[[nodiscard]] std::optional<Grade> grade(std::string_view name);
[[nodiscard]] constexpr bool is_good(Grade grade) { return grade >= Grade::drive; }

/// Which sectors without a code of their own (DVD, BD, CDs not read raw) are read twice, to become `agreed`.
enum class Confirm : std::uint8_t {
  none,  ///< none
  near,  ///< those beside damage: drives do return damage as good
  all,   ///< all: a second pass over the disc
};

/// A run of image sectors of one grade.
struct GradedRun {
  std::int64_t first = 0;
  std::int64_t count = 0;
  Grade grade = Grade::untried;
  [[nodiscard]] std::int64_t end() const { return first + count; }
  friend bool operator==(const GradedRun&, const GradedRun&) = default;
};

class RipMap {
 public:
  /// All untried. `sectors` must not be negative.
  explicit RipMap(std::int64_t sectors);

  [[nodiscard]] std::int64_t sectors() const { return sectors_; }
  [[nodiscard]] Grade at(std::int64_t sector) const;
  /// Sets a run; it must lie within the map.
  void set(std::int64_t first, std::int64_t count, Grade grade);
  /// The first run at or after `from` (clipped to begin there) whose grade `wanted` says yes to.
  [[nodiscard]] std::optional<GradedRun> find(std::int64_t from, const std::function<bool(Grade)>& wanted) const;
  [[nodiscard]] std::optional<GradedRun> find(std::int64_t from, Grade wanted) const;
  /// All runs in order; neighbours differ in grade.
  [[nodiscard]] std::vector<GradedRun> runs() const;
  [[nodiscard]] std::size_t run_count() const { return runs_.size(); }
  [[nodiscard]] std::int64_t count(Grade grade) const { return counts_[static_cast<std::size_t>(grade)]; }
  [[nodiscard]] std::int64_t good() const;
  /// Nothing is left untried or untrimmed.
  [[nodiscard]] bool all_tried() const;
  /// The length becomes `sectors`; what is added is untried.
  void resize(std::int64_t sectors);

  friend bool operator==(const RipMap&, const RipMap&) = default;

 private:
  [[nodiscard]] std::map<std::int64_t, Grade>::const_iterator run_at(std::int64_t sector) const;
  void split(std::int64_t sector);

  std::int64_t sectors_;
  std::map<std::int64_t, Grade> runs_;  // first sector of a run -> its grade
  std::array<std::int64_t, kGradeCount> counts_{};
};

/// How far the work on a map has come; mapfile's "current position, status and pass".
struct RipProgress {
  enum class Phase : std::uint8_t {
    stream,   ///< over the disc in order; what is foreseen to fail is passed over
    gather,   ///< what was passed over, the likeliest to read first
    split,    ///< what failed as part of a larger read, block by block
    retry,    ///< what is unreadable, in other ways
    confirm,  ///< a second reading of what has no code of its own
    finished
  };
  Phase phase = Phase::stream;
  std::uint32_t round = 0;    ///< the phase's sweep: of stream kStreamSweeps * tier + sweep, of gather the level
  std::int64_t position = 0;  ///< the sector the phase has come to
  friend bool operator==(const RipProgress&, const RipProgress&) = default;

  /// Sweeps of the stream over each tier: the first leaps over damage, the last reads near it, those between read the far
  /// halves of what was leapt over.
  static constexpr std::uint32_t kStreamSweeps = 5;
};
[[nodiscard]] std::string_view to_string(RipProgress::Phase phase);

/// What was seen of sectors that failed, so that a record can list every failure after any number of runs.
struct FailureNote {
  std::int64_t first = 0;
  std::int64_t count = 0;
  std::uint32_t tries = 0;
  std::string last;  ///< "03/11/05", "time-out", "EDC mismatch": what came back last; no line breaks
  friend bool operator==(const FailureNote&, const FailureNote&) = default;
};

/// Everything in a mapfile.
struct MapFile {
  RipMap map{0};
  RipProgress progress;
  std::string disc_identity;   ///< Disc::identity, empty if another tool wrote the file last
  std::string disc_name;       ///< for people: kind, volume, size
  std::int64_t first_lba = 0;  ///< address of image sector 0 on the disc
  std::vector<FailureNote> failures;
  std::vector<std::string> warnings;  ///< what had to be changed on reading (areas that were no whole sectors)
};

[[nodiscard]] std::string format_mapfile(const MapFile& file);
/// The same text in pieces: that of a hundred thousand bad ranges takes tens of mebibytes. Fails with what `out` fails with.
Result<void> write_mapfile(const MapFile& file, const std::function<Result<void>(std::string_view)>& out);

/// Reads any mapfile of GNU ddrescue 1.16 to 1.29 or of this program. Areas that do not fall on sectors of 2048 bytes shrink to
/// whole good sectors; the rest becomes untrimmed, with a warning. Fails: parse, with the line.
Result<MapFile> parse_mapfile(std::string_view text, std::string_view name);

}  // namespace pressmark
