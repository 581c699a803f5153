// What happens during a rip, said once. Progress display, JSON lines, log and record are renderings of this stream.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pressmark/clock.h"
#include "pressmark/digest.h"
#include "pressmark/disc.h"
#include "pressmark/drive.h"
#include "pressmark/error.h"
#include "pressmark/lba.h"
#include "pressmark/map.h"

namespace pressmark {

/// The rip knows drive and disc, and begins to read.
struct RipBegun {
  DriveIdentity drive;
  std::string source;  ///< as the user typed it
  Disc disc;
  LbaRange range;    ///< what of the disc becomes the image
  bool raw = false;  ///< read as 2352 bytes and checked by us, not as 2048 bytes
  bool resumed = false;
  std::int64_t good = 0;  ///< sectors that earlier runs left
};

struct PhaseBegun {
  RipProgress::Phase phase = RipProgress::Phase::stream;
  std::uint32_t round = 0;
  std::int64_t sectors = 0;          ///< what there is to do in it
  std::uint32_t speed_kb_per_s = 0;  ///< asked for; 0: the most
  std::string part;  ///< with `files_first`, of stream: "structures", "wanted files", "other files", "the rest"
};

/// Of the files that a rip with `files_first` has found: `files` is all of them, and what is neither whole nor hit is still to
/// come. `hit`: at least one of its sectors is unreadable.
struct FileCount {
  std::uint32_t files = 0, whole = 0, hit = 0;
  std::uint32_t wanted = 0, wanted_whole = 0, wanted_hit = 0;  ///< of those, the ones asked for by RipOptions::want
  friend bool operator==(const FileCount&, const FileCount&) = default;
};

/// The file system has been read as far as it can be; structures and files come next (`files_first`).
struct FilesFound {
  std::vector<std::string> views;  ///< "UDF 2.50", "Joliet level 3"
  std::uint32_t files = 0, wanted = 0;
  /// Of the image: what structures take, wanted files, all other files (in whole ECC blocks).
  std::int64_t structure_sectors = 0, wanted_sectors = 0, other_sectors = 0;
  std::uint64_t troubles = 0;  ///< what could not be followed; the log and the record have the words
};

/// After every step of the work; a rendering shows as few of them as it likes.
struct Progress {
  RipProgress::Phase phase = RipProgress::Phase::stream;
  std::uint32_t round = 0;
  Lba position;
  std::int64_t sectors = 0, good = 0, unreadable = 0, pending = 0;  ///< pending: untried and untrimmed
  std::optional<FileCount> files;                                   ///< once they are known
};

/// One read that gave nothing, or sectors that were not what they should be.
struct ReadFailed {
  RipProgress::Phase phase = RipProgress::Phase::stream;
  LbaRange range;
  Error error;
};

/// Sectors that had failed before and are good now.
struct Recovered {
  RipProgress::Phase phase = RipProgress::Phase::stream;
  LbaRange range;
  Grade grade = Grade::drive;
};

/// Something a person should know: opinions that differ, a drive that refused a speed.
struct Note {
  enum class Level : std::uint8_t { info, warning } level = Level::info;
  std::string text;
};

/// Everything up to here is on stable storage.
struct Committed {
  std::int64_t good = 0;
};

/// The slow work after the last read: digests of what could not be hashed in passing.
struct Digesting {
  std::uint64_t done_bytes = 0, total_bytes = 0;
};

/// The image has its name; the last event of a rip that came to its end.
struct Finished {
  std::string image;  ///< path
  std::int64_t sectors = 0, good = 0, unreadable = 0;
  std::vector<Digest> digests;
};

/// The run ends before its work is done, and can be continued; the last event of such a run.
struct Stopped {
  enum class Reason : std::uint8_t {
    asked,   ///< by the user or the system
    budget,  ///< the drive time given is spent
    trouble  ///< of drive, disc or files
  } reason = Reason::asked;
  Error error;
  std::int64_t good = 0, unreadable = 0, pending = 0;  ///< sectors; pending: untried and untrimmed
};
[[nodiscard]] std::string_view to_string(Stopped::Reason reason);

using Event = std::variant<RipBegun, PhaseBegun, Progress, ReadFailed, Recovered, Note, Committed, Digesting, Finished,
                           FilesFound, Stopped>;

struct EventSink {
  virtual ~EventSink() = default;
  /// `at`: the drive's clock since the rip began.
  virtual void on(const Event& event, Duration at) = 0;
};

}  // namespace pressmark
