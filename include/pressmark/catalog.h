// Known hashes: which games there are, of which roms each is made, and what their digests are, as DATs and sum files tell.
//
// A catalog is one SQLite file that several processes may read and change at once (WAL: readers never wait; a writer waits for
// another up to half a minute). It holds DATs, a DAT holds games, a game holds roms: the words of the DAT formats,
// where a rom is any file of a game, here mostly a disc's image or a track of it. Identifying a disc by it: identify.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/digest.h"
#include "pressmark/error.h"
#include "pressmark/files.h"

namespace pressmark {

// --- what a catalog holds ---

/// What a DAT says of a dump (Logiqx DTD, attribute `status`).
enum class DumpStatus : std::uint8_t {
  good,      ///< nothing else is said
  verified,  ///< dumped alike by several people
  bad,       ///< "baddump": the best there is, and known to be wrong
  none,      ///< "nodump": known to exist, never dumped; has no digests
};
[[nodiscard]] std::string_view to_string(DumpStatus status);  // the DAT's own word

struct KnownRom {
  std::string name;                    ///< as the DAT has it: any characters, never opened
  std::string serial;                  ///< or empty
  std::optional<std::uint64_t> bytes;  ///< sum files do not tell
  std::vector<Digest> digests;         ///< of CRC-32, MD5, SHA-1, SHA-256 those that are given
  DumpStatus status = DumpStatus::good;
  /// It holds sectors of the disc, and not only words about it, as a cue sheet does: told by its extension.
  [[nodiscard]] bool is_track() const;
};

struct KnownGame {
  std::string name;
  std::string serial;  ///< of the disc, as printed on it, where the DAT tells; or empty
  std::vector<KnownRom> roms;
};

enum class DatFormat : std::uint8_t { logiqx, clrmamepro, sums };
[[nodiscard]] std::string_view to_string(DatFormat format);

struct DatHeader {
  std::string name;  ///< tells one DAT from another in a catalog; a sum file's is its file name
  std::string version;
  DatFormat format = DatFormat::logiqx;
};

/// A DAT that was imported.
struct Dat {
  DatHeader header;
  std::string file;  ///< that it came from; "pack.zip: Some.dat" where it was zipped
  std::chrono::system_clock::time_point imported;
  std::uint64_t games = 0;
  std::uint64_t roms = 0;
};

struct CatalogGame {
  std::int64_t id = 0;  ///< in this catalog, until the game's DAT is replaced or removed
  DatHeader dat;
  KnownGame game;
};

struct FoundGames {
  std::vector<CatalogGame> games;
  bool more = false;  ///< than were asked for
};

// --- the catalog ---

enum class CatalogMode : std::uint8_t { read, write /* made, with its folder, if it is not there */ };

struct ImportOptions {
  std::string name;  ///< instead of the DAT's own; only for a file that holds one
  std::chrono::system_clock::time_point now;
  /// Called now and then with the roms read so far; false ends the import with `interrupted`.
  std::function<bool(std::uint64_t roms)> progress;
};

struct ImportedDat {
  Dat dat;
  std::optional<Dat> replaced;  ///< of the same name
};

struct Imported {
  std::vector<ImportedDat> dats;
  std::uint64_t passed_over = 0;  ///< files of an archive that are no DATs by their names
};

/// $XDG_DATA_HOME/pressmark/catalog.sqlite, or ~/.local/share/... (XDG Base Directory Specification): `data_home` and `home` are
/// those variables' values, either may be null. Fails: usage (neither helps).
Result<Path> default_catalog(const char* data_home, const char* home);

/// Not thread-safe: a thread, or a process, opens its own. Every call may fail: busy (another process writes for longer than
/// half a minute), parse (the file is damaged), no_space, no_permission, io.
class Catalog {
 public:
  /// Fails also: not_found (`read`, and there is none), unsupported (made by a newer version), parse (not a catalog). Where the
  /// place cannot be written to it can still be read.
  static Result<std::unique_ptr<Catalog>> open(const Path& file, CatalogMode mode);
  ~Catalog();
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;

  /// Reads a Logiqx XML or ClrMamePro DAT, a sum file (SFV, GNU, BSD, hashdeep), or a ZIP archive of such, told by what is in it.
  /// All of the file or nothing: one transaction. A DAT of a name that is there replaces the older one.
  /// Fails also: parse (names the line), unsupported (no digest that a catalog holds; an archive that is encrypted, or
  /// too large, or without a DAT), usage (two DATs of one name), interrupted.
  Result<Imported> import_file(Files& files, const Path& file, const ImportOptions& options);

  /// By name.
  Result<std::vector<Dat>> dats();
  /// Fails also: not_found.
  Result<Dat> remove(std::string_view name);
  /// Games in whose name or serial every word of `text` occurs (A to Z and a to z are the same), or, if `text` is a digest
  /// (`sha1:...` or bare hex), those that have a rom of it. In order of name.
  Result<FoundGames> search(std::string_view text, std::size_t most);

  /// Games by id; fails with not_found if it is gone.
  Result<CatalogGame> game(std::int64_t id);
  /// Ids of games that have a rom with one of `digests`; for CRC-32 alone, one of this size or of none that is known. At most
  /// kMostIds for each digest.
  Result<std::vector<std::int64_t>> games_with(const std::vector<Digest>& digests, std::uint64_t bytes);
  /// Ids of games with a track of this size.
  Result<std::vector<std::int64_t>> games_with_size(std::uint64_t bytes);
  /// Ids of games of so many tracks and so many bytes in all of them.
  Result<std::vector<std::int64_t>> games_of_shape(std::uint64_t tracks, std::uint64_t bytes);
  /// Whether any rom's size is not known, so that no size can be ruled out.
  Result<bool> has_unsized();

  static constexpr std::size_t kMostIds = 1024;

 private:
  struct Impl;
  explicit Catalog(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pressmark
