// DATs and sum files as they are written: bytes in, games out, one at a time, so that memory does not grow with the file.
//
//   Logiqx      XML: `<datafile><header/><game name><rom name size crc md5 sha1 sha256 status serial/></game></datafile>`
//               (Logiqx ROM Management Datafile DTD); `machine` is another word for `game`
//   ClrMamePro  `game ( name "..." serial "..." rom ( name "..." size 1 crc 01234567 md5 ... sha1 ... ) )`
//   sums        whatever verify/sums.h reads
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "pressmark/catalog.h"
#include "pressmark/verify.h"

namespace pressmark {

/// More than any DAT comes near to; what has more is no DAT, or wants to do harm.
inline constexpr std::size_t kLongestField = 4096;  // bytes
inline constexpr std::size_t kMostRomsInGame = 65'536;
inline constexpr int kDeepestDat = 32;  // elements or blocks in each other
inline constexpr std::uint64_t kLargestDatBytes = 2ULL << 30U;

/// What a parser asks its source for at once.
inline constexpr std::size_t kDatPieceBytes = 64 * 1024;

/// Takes what a parser finds; a failure ends the parsing and is what it fails with.
struct DatSink {
  virtual ~DatSink() = default;
  /// Once, before the games. A name that is not given is empty.
  virtual Result<void> header(DatHeader header) = 0;
  virtual Result<void> game(KnownGame game) = 0;
};

/// Each fails with: parse (names the line), and what `next` and the sink fail with. `where` names the file in errors.
Result<void> parse_logiqx(const ByteSource& next, std::string_view where, DatSink& sink);
Result<void> parse_clrmamepro(const ByteSource& next, std::string_view where, DatSink& sink);
/// Tracks and sheets of one disc become one game, by their names ("X (Track 1).bin", "X.cue"); every other file is one. Fails also:
/// unsupported (no digest of a kind that a catalog holds).
Result<void> parse_sum_dat(std::string_view text, std::string_view where, DatSink& sink);

/// What a file is by its first bytes.
[[nodiscard]] DatFormat sniff_dat(std::string_view head);

/// Sets a field of a rom by the name that DATs have for it ("size", "crc", "sha1", ...); others are passed over. Returns what is
/// wrong with the value, or nothing.
[[nodiscard]] std::string set_field(KnownRom& rom, std::string_view field, std::string_view value);

/// The end of a parser: "game.dat, line 7".
[[nodiscard]] std::unexpected<Error> bad_dat(std::string_view where, std::uint64_t line, std::string got);

}  // namespace pressmark
