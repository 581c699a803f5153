// The main job: a disc becomes an image of 2048-byte sectors, with the evidence for each.
//
// Files, for a name NAME: `NAME.iso.part` while sectors are missing from it, `NAME.iso` once the work is done; `NAME.map`
// (docs/mapfile.md), the state that the next run goes on from; the caller's own records. Order on disk: data, sync, then
// map; a kill or a power cut loses at most what came after the last commit, and the map never claims what is not there.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/digest.h"
#include "pressmark/disc.h"
#include "pressmark/drive.h"
#include "pressmark/events.h"
#include "pressmark/files.h"
#include "pressmark/map.h"

namespace pressmark {

/// A read speed as people ask for it; both 0: the most the drive will do.
struct SpeedWish {
  std::uint32_t kilobytes_per_second = 0;
  double times = 0;  ///< "8x": in units of the disc's own 1x; used where not 0
};
/// kB/s of user data that 1x means: CD 150 KiB/s as drives count it (176.4 kB/s raw), DVD 1385, BD 4496.
[[nodiscard]] std::uint32_t to_kilobytes_per_second(SpeedWish wish, MediaKind kind);

/// When a rip has done enough.
enum class Until : std::uint8_t {
  tries,     ///< `retries` further readings of what failed
  complete,  ///< every sector is readable, or no way of reading is left that was not tried
  proven,    ///< as complete, and `confirm` is all
};
[[nodiscard]] std::string_view to_string(Until until);

struct RipOptions {
  Path name;                          ///< output name without extension
  std::string source;                 ///< as the user typed it, for records
  std::optional<std::uint8_t> track;  ///< a data track of a disc that is not one data track
  std::vector<DigestKind> digests{kDefaultDigests.begin(), kDefaultDigests.end()};
  std::uint32_t retries = 4;  ///< further readings of each sector that failed by itself, 0..255
  /// The first for streaming, the others in turn for retries. Empty: the most, then the slowest and the middle of what
  /// the drive offers.
  std::vector<SpeedWish> speeds;
  Until until = Until::tries;
  Confirm confirm = Confirm::near;
  bool raw = true;  ///< CD: read 2352 bytes and check them ourselves, where the drive can
  /// The file system is read first, then the files it lists, last what belongs to none. A disc without one that is known is
  /// read in plain order, with a note.
  bool files_first = false;
  /// With `files_first`: files that come before all others; patterns for paths (src/files/glob.h, `pressmark rip --help`).
  std::vector<std::string> want;
  bool overwrite = false;  ///< start anew over files that are there
  bool sparse = false;     ///< leave runs of zeros as holes in the image
  std::byte fill{0x55};    ///< what stands in the place of unreadable sectors (Redump's convention)
  Duration ready_limit = std::chrono::seconds{90};
  Duration return_limit = std::chrono::seconds{60};  ///< how long a drive that went away is waited for; 0: not at all
  /// Drive time for this run, from its beginning; 0: as much as it takes. When it is spent, the run ends with `interrupted`
  /// after the step in hand: everything is kept, no image is published, the next run goes on.
  Duration budget{0};
  Duration commit_interval = std::chrono::seconds{10};
  std::uint64_t commit_bytes = 128U << 20U;
  std::uint32_t transfer_bytes = 64 * 1024;  ///< the most one read asks for; at least an ECC block is
};

/// What failed at the medium at one of three efforts (how long the drive was told to try), and what drive time it took.
struct FailingReads {
  std::uint64_t count = 0;
  Duration time{0};
};

/// What became of the files, where they were asked for.
struct FilesOutcome {
  struct Hit {
    std::string path;
    std::uint64_t bytes = 0;
    std::int64_t sectors = 0, unreadable = 0;
    bool wanted = false;
  };
  FilesFound found;
  FileCount count;                          ///< of the files that the image still lists: directories may be lost
  std::vector<Hit> hit;                     ///< files with unreadable sectors, at most 1000 of `count.hit`
  std::vector<std::string> hit_structures;  ///< "directory of /DATA (Joliet)", at most 1000
  std::uint64_t hit_structure_count = 0;
  std::vector<std::string> troubles;  ///< what of the file system could not be followed, at most 1000
  std::uint64_t trouble_count = 0;
};

/// How often an error made the drive slower, and the drive time spent reading slowly, by what it read at before.
struct Slowness {
  std::uint64_t times = 0;
  Duration time{0};
};

struct RipOutcome {
  std::string source;
  DriveIdentity drive;
  Disc disc;
  LbaRange range;  ///< of the disc; image sector 0 is range.first
  bool raw = false;
  bool resumed = false;
  RipMap map{0};
  std::vector<FailureNote> failures;  ///< of every run on these files
  std::vector<Digest> digests;
  std::chrono::system_clock::time_point begun;
  Duration reading{0};  ///< by the drive's clock, this run
  std::uint64_t reads = 0, failed_reads = 0;
  std::array<FailingReads, 3> failing{};  ///< told to give up early; the drive's own setting; told to try its most
  Slowness slowness;
  std::vector<std::string> notes;     ///< warnings, in order
  std::optional<FilesOutcome> files;  ///< with RipOptions::files_first, where a file system was found
  Path image;                         ///< where it stands now
};

struct RipHooks {
  EventSink* events = nullptr;
  /// Finds and opens the drive of this identity again, wherever it is now: called every two seconds while it is away, and
  /// as a last resort for one that does not answer. Without it the run ends when the drive goes.
  std::function<Result<std::unique_ptr<Transport>>(const DriveIdentity&)> reopen;
  /// Asked between steps; true ends the run with `interrupted` after a commit.
  std::function<bool()> stop;
  /// Called when image, map and digests are final and on disk, before the image gets its name: write records here.
  std::function<Result<void>(const RipOutcome&)> before_publish;
};

/// Rips the disc in `drive`, or goes on with an earlier rip of the same disc (which it proves by reading good sectors again).
/// Unreadable sectors are an outcome, not an error. Fails: usage (audio tracks or sessions without `track`; files in the way),
/// medium_changed (another disc than the files are of), interrupted, no_space, device errors. After any failure the files can
/// be gone on from.
Result<RipOutcome> rip(Drive& drive, const RipOptions& options, Files& files, const RipHooks& hooks);

}  // namespace pressmark
