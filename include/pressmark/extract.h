// Files out of a volume: to a folder, or to whoever takes their bytes.
//
// What is damaged is filled and listed, never passed over. A volume may be hostile: nothing is written outside the folder, no link is
// made or followed, what would not fit (or claims more than the image holds) is refused before the first byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pressmark/error.h"
#include "pressmark/filesystem.h"
#include "pressmark/folder.h"

namespace pressmark {

/// Reads image sectors `where` into `out` and appends those whose bytes are not to be trusted to `bad`, rising; their place in
/// `out` is unspecified. An error ends the work.
using ReadDamaged =
    std::function<Result<void>(SectorRange where, std::span<std::byte> out, std::vector<SectorRange>& bad)>;

/// A run of a file's bytes that is filler.
struct LostPart {
  std::uint64_t offset = 0, bytes = 0;      ///< within the file
  std::optional<std::int64_t> sector = {};  ///< of the image, where it begins; nothing: the image does not have it
  friend bool operator==(const LostPart&, const LostPart&) = default;
};

struct CopyOptions {
  std::byte fill{0};
  /// After every piece, with its bytes; false ends the work with `interrupted`.
  std::function<bool(std::uint64_t bytes)> progress;
};
using WriteBytes = std::function<Result<void>(std::uint64_t offset, std::span<const std::byte> bytes)>;

/// The file's bytes, all VolumeFile::bytes of them and in order, to `write`; what is lost, in order. Fails: what `read` and `write`
/// fail with; interrupted.
Result<std::vector<LostPart>> copy_file(const Volume& volume, const VolumeFile& file, const ReadDamaged& read,
                                        const WriteBytes& write, const CopyOptions& options = {});

/// What a word on the command line means: a file or directory by its path in any view ('/' in front or not; letters A to Z as on
/// the disc or not, where no path is the same to the letter), or a pattern as `rip --want` takes them.
struct Chosen {
  std::uint32_t file = 0;  ///< in Volume::files
  std::uint32_t name = 0;  ///< for Volume::path_of_name: of the view that the word means, else the preferred one
};
struct Choice {
  std::vector<Chosen> files;           ///< in the volume's order
  std::vector<std::string> unmatched;  ///< words that mean no file
};
/// No words: every file of the last session, under all names of its preferred view. With words: files of all sessions, the last
/// that has the path.
[[nodiscard]] Choice choose_files(const Volume& volume, std::span<const std::string> words);

struct ExtractOptions {
  CopyOptions copy;
  bool overwrite = false;
  std::int64_t sectors = 0;  ///< of the image
  /// Bytes of all files together, as they claim; nothing: as many as the image has.
  std::optional<std::uint64_t> limit_bytes;
};

struct ExtractedFile {
  std::uint32_t file = 0;
  std::string path;        ///< on the disc
  std::string written_as;  ///< below the folder, if that is another name
  std::vector<LostPart> lost;
  std::optional<Error> error;  ///< it was not written
};

struct ExtractReport {
  std::uint64_t files = 0, bytes = 0;  ///< written, filler included
  std::uint64_t lost_bytes = 0;
  std::uint64_t links = 0;  ///< symbolic links, which are left out
  /// Files that are damaged, have another name, or were not written; in order of address, the first kMostRemarks.
  std::vector<ExtractedFile> remarks;
  static constexpr std::size_t kMostRemarks = 100'000;
  std::uint64_t remarks_omitted = 0, not_written = 0;
  [[nodiscard]] bool all_written() const { return not_written == 0; }
};

/// Writes files in order of their first sector, each under a name of its own until it is whole. A name that the system does not
/// take is shortened; one that another file of the same run has, be it in other letters on a file system that sees no difference,
/// gets " (2)". What cannot be written is told in `report` and the rest goes on. Fails: usage (more than the limit), no_space,
/// interrupted, and what `read` fails with; the file that was being written is then removed.
Result<void> extract(const Volume& volume, std::span<const Chosen> files, const ReadDamaged& read, const Folder& into,
                     const ExtractOptions& options, ExtractReport& report);

}  // namespace pressmark
