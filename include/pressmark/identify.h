// Which known game is this? A disc or an image, in pieces (its tracks), held against a catalog.
//
// Sizes are compared first: they rule out most games before anything is read through. Then each piece is hashed, once, and its
// digests are looked up. A piece may be looked up in more than one form: a DAT of CDs keeps 2352-byte sectors where an image
// holds only the 2048 user bytes of each. Of Mode 1 those determine the rest, which is made again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/catalog.h"
#include "pressmark/digest.h"
#include "pressmark/error.h"
#include "pressmark/lba.h"
#include "pressmark/verify.h"

namespace pressmark {

// --- what is identified ---

/// How the bytes that are looked up come from those that are there.
enum class PieceForm : std::uint8_t {
  stored,          ///< as they are
  without_pregap,  ///< of a session's first track, without the pre-gap that its file holds: Redump leaves it out
  regenerated,     ///< as 2352-byte Mode 1 sectors around 2048-byte ones (ECMA-130 14.2)
};
[[nodiscard]] std::string_view to_string(PieceForm form);

struct PieceReading {
  PieceForm form = PieceForm::stored;
  std::uint64_t bytes = 0;
  std::vector<Digest> digests;  ///< empty: not read, or some of it could not be
};

/// An image, or a track of one. The first reading is the stored one.
struct Piece {
  std::string name;
  std::vector<PieceReading> readings;
  SectorRanges unreadable;
  [[nodiscard]] bool read() const;
};

/// Where pieces come from. `hash` reads piece `index` once and fills in the digests of the readings of `forms`; unreadable sectors
/// are noted and leave digests empty. Fails: as SectorSource::read; interrupted.
struct PieceSource {
  virtual ~PieceSource() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  /// Sizes only.
  [[nodiscard]] virtual std::vector<Piece> pieces() const = 0;
  virtual Result<void> hash(std::size_t index, std::span<const PieceForm> forms, const HashOptions& options,
                            Piece& piece) = 0;
};

/// One image or disc of 2048-byte sectors, or any file as it is. `first`: the address of its first sector on a CD, from which its
/// sectors can be regenerated, if it is of whole sectors that a CD can address; nothing where it is known to be no CD's.
std::unique_ptr<PieceSource> pieces_of(std::unique_ptr<SectorSource> source, std::optional<Lba> first);

/// The forms in which an image of so many bytes may be known, without digests; `first` as above.
std::vector<PieceReading> image_readings(std::uint64_t bytes, std::optional<Lba> first);

/// Hands a CD's sectors through and hashes them on their way as the 2352-byte sectors that they were, if their track is Mode 1: a disc need
/// not be read a second time for it.
class RegeneratingSource final : public SectorSource {
 public:
  /// `first`: the address of the first sector of `source`, which must outlive this.
  RegeneratingSource(SectorSource& source, Lba first);
  ~RegeneratingSource() override;
  RegeneratingSource(const RegeneratingSource&) = delete;
  RegeneratingSource& operator=(const RegeneratingSource&) = delete;

  [[nodiscard]] std::string name() const override { return source_.name(); }
  [[nodiscard]] std::uint64_t bytes() const override { return source_.bytes(); }
  Result<void> read(Lba first, std::uint32_t count, std::span<std::byte> out,
                    std::vector<LbaRange>& unreadable) override;
  /// CRC-32, MD5 and SHA-1; none if not every sector was read, once and in order, or if no CD has such sectors.
  /// Call once.
  [[nodiscard]] std::vector<Digest> finish();

 private:
  struct Hashes;
  SectorSource& source_;
  std::unique_ptr<Hashes> hashes_;
};

/// The tracks of a cue sheet, each as it would stand in a file of its own: from its pre-gap on, as stored.
std::unique_ptr<PieceSource> pieces_of(std::unique_ptr<Medium> medium, std::string name);

// --- answers ---

enum class Recognition : std::uint8_t {
  full,        ///< every track of the game matches, and nothing is left over
  partial,     ///< some tracks match
  wrong_hash,  ///< the sizes are a known game's, the digests are not
  unknown,     ///< nothing known has these digests; or it could not be read
};
[[nodiscard]] std::string_view to_string(Recognition recognition);  // "full", "partial", "wrong-hash", "unknown"

enum class TrackAnswer : std::uint8_t {
  matched,
  differs,   ///< a piece has the size and other digests
  unread,    ///< a piece has the size and was not read
  missing,   ///< no piece has even the size
  undumped,  ///< the DAT has no digests of it
};
[[nodiscard]] std::string_view to_string(TrackAnswer answer);

struct TrackMatch {
  KnownRom rom;
  TrackAnswer answer = TrackAnswer::missing;
  std::optional<std::size_t> piece;    ///< index
  PieceForm form = PieceForm::stored;  ///< in which it matched, or has the size
  DigestKind by = DigestKind::crc32;   ///< the strongest digest that matched
};

struct GameMatch {
  DatHeader dat;
  std::string game, serial;
  Recognition recognition = Recognition::unknown;
  std::size_t matched = 0, tracks = 0;  ///< tracks: those that have digests
  std::vector<TrackMatch> track_matches;
  std::vector<std::size_t> left_over;  ///< pieces that are none of its tracks
};

/// What sizes alone say.
struct SizeCandidates {
  std::size_t games = 0;           ///< that have a track of a piece's size
  bool at_least = false;           ///< there are more than were counted
  std::vector<std::string> names;  ///< of the first few
  bool unsized = false;            ///< the catalog also has roms of unknown size
  bool regenerated = false;        ///< some only for a CD's sectors made again
};

struct Identification {
  std::string source;
  Recognition recognition = Recognition::unknown;
  std::vector<Piece> pieces;
  SizeCandidates by_size;
  /// The best there are, all of the same recognition: at most kMostGames. With `unknown`: games of these sizes, if pieces
  /// were not read.
  std::vector<GameMatch> games;
  std::uint64_t games_omitted = 0;
  std::size_t pieces_not_read = 0;  ///< since one decided, or sizes ruled all out (`fast`)
  static constexpr std::size_t kMostGames = 20;
};

/// What sizes say, before anything is read.
Result<SizeCandidates> candidates_by_size(Catalog& catalog, std::span<const Piece> pieces);

/// Looks up digests that were computed before. Fails: as Catalog.
Result<Identification> identify(Catalog& catalog, std::string source, std::vector<Piece> pieces);

struct IdentifyOptions {
  bool fast = false;  ///< stop reading when one game of each DAT is left, or none
  HashOptions hash;
  /// Called before the first byte is read.
  std::function<void(const SizeCandidates&)> candidates;
};

/// Reads what is to be identified, once, and looks it up. Fails: as Catalog and PieceSource.
Result<Identification> identify(Catalog& catalog, PieceSource& source, const IdentifyOptions& options = {});

}  // namespace pressmark
