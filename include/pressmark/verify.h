// Verify: is this image, or this disc, what it should be?
//
// Three questions, each over bytes that are read once:
//   - what are its digests (`hash_file`, `hash_stream`, `hash_rest`),
//   - does it match what somebody else says of it: a digest, a sum file, another image (`read_expectations`, `verify`),
//   - where do two images differ (`compare`).
// Answers are values; the command line renders them. A sector that cannot be read is listed and makes digests impossible:
// no digest is ever taken over filler.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pressmark/digest.h"
#include "pressmark/error.h"
#include "pressmark/files.h"
#include "pressmark/lba.h"
#include "pressmark/medium.h"
#include "pressmark/seal.h"

namespace pressmark {

// --- hashing ---

struct VerifyProgress {
  std::uint64_t bytes_done = 0;
  std::uint64_t bytes_total = 0;
};

struct HashOptions {
  /// The most threads to use, the calling one included. 0: as many as this process may run on. No more than digests + 1 are
  /// ever used, and only the calling one for less than a mebibyte.
  unsigned threads = 0;
  /// Called on the calling thread, several times a second at disc speeds; false ends the work with `interrupted`.
  std::function<bool(const VerifyProgress&)> progress;
};

/// Gives the next bytes: fills `out`, or gives fewer bytes at the end and then 0. Only ever called on the calling thread.
using ByteSource = std::function<Result<std::size_t>(std::span<std::byte> out)>;

/// All of `kinds` in one pass, in their order. Takes about 4 MiB. `bytes_expected` is for `progress` only.
/// Fails: what `next` fails with; interrupted.
Result<std::vector<Digest>> hash_stream(const ByteSource& next, std::uint64_t bytes_expected,
                                        std::span<const DigestKind> kinds, const HashOptions& options = {});

/// The same for `bytes` bytes of a file from `offset`. Fails: io (also if the file ends before), interrupted.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};
Result<std::vector<Digest>> hash_file(File& file, ByteRange range, std::span<const DigestKind> kinds,
                                      const HashOptions& options = {});

/// Feeds `set`, which has seen the first `set.bytes_seen()` bytes of the file, with the bytes from there up to `end`. After
/// a failure the set is of no more use. Fails as hash_file.
Result<void> hash_rest(HashSet& set, File& file, std::uint64_t end, const HashOptions& options = {});

// --- sources ---

/// Something that is read sector by sector and may fail for some of them: an image, a track of a medium, a disc in a drive.
/// Addresses count from its first sector: where it is a track, from the track's start.
struct SectorSource {
  virtual ~SectorSource() = default;
  /// As the user would type it.
  [[nodiscard]] virtual std::string name() const = 0;
  /// Bytes of user data. An image file may end inside its last sector.
  [[nodiscard]] virtual std::uint64_t bytes() const = 0;
  /// Reads `count` sectors from `first` into `out` (count x 2048 bytes); they exist, though the last one may be cut short, and
  /// the rest of its place is then unspecified. Appends to `unreadable` the ranges that could not be read, in
  /// rising order; their place in `out` is unspecified. Fails only where going on makes no sense: device_gone, medium_changed,
  /// timeout, interrupted, io.
  virtual Result<void> read(Lba first, std::uint32_t count, std::span<std::byte> out,
                            std::vector<LbaRange>& unreadable) = 0;

  [[nodiscard]] std::int64_t sectors() const {
    return static_cast<std::int64_t>((bytes() + kUserBytes - 1) / kUserBytes);
  }
};

/// A file as it is, whatever is in it. Where the disk cannot read some of it, those sectors are unreadable.
/// Fails: what opening it fails with; unsupported (no regular file, or longer than any disc).
Result<std::unique_ptr<SectorSource>> open_file_source(Files& files, const Path& path);

/// The user data of a medium's data track. `track` 0: the only data track. Of tracks stored raw a sector is readable if
/// its EDC (and, where it is stored, its header address) proves it, as when it is ripped; of Mode 2 tracks, form 1 alone.
/// Fails: usage (no such data track, or several to choose from).
Result<std::unique_ptr<SectorSource>> medium_source(std::unique_ptr<Medium> medium, std::string name,
                                                    std::uint8_t track = 0);

/// A cue sheet, by its ending.
[[nodiscard]] bool is_cue(const Path& path);

/// An image file, or the data track of a cue sheet. Fails: as open_file_source, open_cue, medium_source.
Result<std::unique_ptr<SectorSource>> open_image(Files& files, const Path& path, std::uint8_t track = 0);

// --- expectations ---

struct ExpectedDigest {
  Digest digest;
  std::string given_by;  ///< "sha1:da39...", or "SHA1SUMS, line 3"
  std::string name;      ///< the file name beside it in a sum file; empty for a digest given as such
};
struct ExpectedImage {
  Path path;
};
using Expectation = std::variant<ExpectedDigest, ExpectedImage>;

/// What `--against X` asks for; `image_name` is the name of what is verified, and only its last part counts.
///   - `KIND:HEX`, or bare hex as long as a digest: that digest (a file of such a name: write ./NAME);
///   - a sum file (GNU `sha1sum`, BSD `--tag`, SFV, OpenSSL's, or a single bare digest; told by its name or first line): every
///     digest it gives for that name, or, if it names one file only, for that one;
///   - a rip record (*.rip.json): the digests it gives for its image;
///   - any other file: an image to compare with, byte by byte.
/// Names in a sum file are only compared, never opened. Its signature, if it has one, is not checked: `Against` does that.
/// Fails: usage, not_found (nothing for this name), parse (names the line), unsupported (a kind of digest we do not compute).
Result<std::vector<Expectation>> read_expectations(Files& files, std::string_view x, std::string_view image_name);

// --- answers ---

/// Sectors as ranges. Lists the first kMostRanges of them; what is counted is counted in full.
struct SectorRanges {
  static constexpr std::size_t kMostRanges = 65'536;
  std::vector<LbaRange> ranges;      ///< rising, not touching
  std::int64_t sectors = 0;          ///< in all
  std::uint64_t ranges_omitted = 0;  ///< ranges beyond kMostRanges
  /// `range` lies at or after everything added before.
  void add(LbaRange range);
  [[nodiscard]] bool empty() const { return sectors == 0; }

 private:
  Lba end_;  ///< of the last range added, listed or not
};

/// How two images differ, in sectors of 2048 bytes. What one has beyond the other's end is not in `different`.
struct Comparison {
  std::uint64_t bytes = 0;                        ///< of what is verified
  std::uint64_t other_bytes = 0;                  ///< of the image it is compared with
  std::optional<std::uint64_t> first_difference;  ///< byte offset
  SectorRanges different;
  [[nodiscard]] bool equal() const { return bytes == other_bytes && !first_difference; }
};

struct Outcome {
  Expectation expectation;
  Answer answer = Answer::unknown;
  std::optional<Digest> computed;        ///< for a digest, if it could be computed
  std::optional<Comparison> comparison;  ///< for an image
};

struct VerifyReport {
  std::string source;
  std::uint64_t bytes = 0;
  std::vector<Digest> digests;  ///< as asked for, then as expected; empty if a sector could not be read
  SectorRanges unreadable;
  std::vector<Outcome> outcomes;   ///< one for each expectation, in order
  std::vector<SealOutcome> seals;  ///< what the image says of itself
  /// Everything was read, every expectation matched and every seal holds: exit code 0, otherwise 1.
  [[nodiscard]] bool good() const;
};

struct VerifyOptions {
  std::vector<DigestKind> kinds;  ///< to compute besides those that expectations need
  bool seals = true;              ///< look for seals, and check those that are found
  HashOptions hash;
};

/// Reads `source` once, from its first sector to its last, answers every expectation and checks every seal. After a sector that cannot be
/// read it goes on, to list all of them, but hashes no more.
/// Fails: what the source fails with; not_found, io (an image to compare with); interrupted.
Result<VerifyReport> verify(SectorSource& source, std::span<const Expectation> expectations, Files& files,
                            const VerifyOptions& options = {});

/// Two files. Fails: io, interrupted.
Result<Comparison> compare(File& file, File& other, const HashOptions& options = {});

}  // namespace pressmark
