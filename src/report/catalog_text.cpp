// Known hashes for people: the answer in the first line, then whose word it is, then the tracks.
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "pressmark/catalog_report.h"
#include "pressmark/report.h"

#include "core/printable.h"

namespace pressmark {
namespace {

constexpr std::size_t kTracksShown = 99;

std::string dat_words(const DatHeader& dat) {
  return fmt::format("{}{}", printable(dat.name),
                     dat.version.empty() ? ", of no version" : ", version " + printable(dat.version));
}

std::string game_words(std::string_view game, std::string_view serial) {
  return fmt::format("{}{}", printable(game), serial.empty() ? "" : ", serial " + printable(serial));
}

std::string_view status_words(DumpStatus status) {
  switch (status) {
    case DumpStatus::good: return "";
    case DumpStatus::verified: return "; the DAT calls this dump verified";
    case DumpStatus::bad: return "; the DAT calls this dump bad: the best there is, and known to be wrong";
    case DumpStatus::none: return "; the DAT says that it was never dumped";
  }
  return {};
}

std::string_view form_words(PieceForm form) {
  switch (form) {
    case PieceForm::stored: return "";
    case PieceForm::without_pregap: return ", without the pre-gap that opens the session";
    case PieceForm::regenerated: return ", its 2352-byte sectors regenerated (Mode 1) from 2048-byte ones";
  }
  return {};
}

std::string track_words(const TrackMatch& track) {
  switch (track.answer) {
    case TrackAnswer::matched:
      return fmt::format("matches by {}{}{}", to_string(track.by), form_words(track.form),
                         track.by == DigestKind::crc32 ? " (32 bits alone: weak)" : "");
    case TrackAnswer::differs: return fmt::format("DIFFERS: the right size, other digests{}", form_words(track.form));
    case TrackAnswer::unread:
      return track.form == PieceForm::regenerated ? "the right size, as 2352-byte sectors; not compared"
                                                  : "the right size; not read";
    case TrackAnswer::missing: return "not there";
    case TrackAnswer::undumped: return "cannot be compared";
  }
  return {};
}

/// The answer in a line.
std::string verdict_words(const Identification& identification) {
  switch (identification.recognition) {
    case Recognition::full: return "full match";
    case Recognition::partial:
      return fmt::format("partial match: {} of {} tracks", identification.games.front().matched,
                         identification.games.front().tracks);
    case Recognition::wrong_hash: return "the right size of a known game, and other digests";
    case Recognition::unknown: return "unknown";
  }
  return {};
}

/// Why nothing was found.
std::string unknown_words(const Identification& identification) {
  std::int64_t unreadable = 0;
  for (const Piece& piece : identification.pieces) unreadable += piece.unreadable.sectors;
  if (unreadable > 0) return "  some of it could not be read: there is nothing to look up but its size\n";
  if (identification.pieces_not_read == identification.pieces.size())
    return "  no known game has a track of this size: nothing was read\n";
  return "  no DAT in the catalog has these digests\n";
}

std::string piece_lines(const Piece& piece) {
  std::string text;
  for (const PieceReading& reading : piece.readings) {
    if (reading.digests.empty()) continue;
    text += fmt::format("  {}: {} bytes{}\n", printable(piece.name), reading.bytes, form_words(reading.form));
    for (const Digest& digest : reading.digests)
      text += fmt::format("    {:<8}{}\n", to_string(digest.kind), digest.hex());
  }
  return text;
}

std::string game_lines(const GameMatch& game, const std::vector<Piece>& pieces) {
  std::string text = fmt::format("  {}\n    of {}\n", game_words(game.game, game.serial), dat_words(game.dat));
  const auto out = std::back_inserter(text);
  std::size_t shown = 0;
  for (const TrackMatch& track : game.track_matches) {
    if (shown++ == kTracksShown) break;
    fmt::format_to(out, "    {}: {}{}\n", printable(track.rom.name), track_words(track),
                   status_words(track.rom.status));
  }
  if (game.track_matches.size() > kTracksShown)
    fmt::format_to(out, "    and {} more; --json has all\n", game.track_matches.size() - kTracksShown);
  for (const std::size_t piece : game.left_over)
    fmt::format_to(out, "    {}: no track of this game\n", printable(pieces[piece].name));
  return text;
}

}  // namespace

std::string identification_text(const Identification& identification) {
  std::string text = fmt::format("{}: {}\n", printable(identification.source), verdict_words(identification));
  const bool unknown = identification.recognition == Recognition::unknown;
  if (unknown) text += unknown_words(identification);
  if (unknown && !identification.games.empty()) text += "  by size it could be:\n";
  for (const GameMatch& game : identification.games) text += game_lines(game, identification.pieces);
  if (identification.games_omitted > 0)
    text += fmt::format("  and up to {} more games\n", identification.games_omitted);
  if (identification.pieces_not_read > 0 && identification.recognition == Recognition::partial)
    text += fmt::format("  {} of {} tracks were not read: what was read decides which game it is\n",
                        identification.pieces_not_read, identification.pieces.size());
  const bool wrong = identification.recognition == Recognition::wrong_hash;
  if (wrong && identification.by_size.regenerated)
    text += "  note: of a Mode 2 disc the 2352-byte sectors cannot be regenerated; if it is one, this says nothing\n";
  if (unknown || wrong)
    for (const Piece& piece : identification.pieces) text += piece_lines(piece);
  return text;
}

std::string candidates_text(const SizeCandidates& candidates) {
  if (candidates.games == 0)
    return candidates.unsized ? "by size: no known game, but the catalog does not know the size of every track\n"
                              : "by size: no known game\n";
  std::vector<std::string> names;
  for (const std::string& name : candidates.names) names.push_back(printable(name));
  return fmt::format("by size: {}{} known game{}{}: {}{}\n", candidates.at_least ? "at least " : "", candidates.games,
                     candidates.games == 1 ? "" : "s",
                     candidates.regenerated ? " (2352-byte sectors will be regenerated to compare)" : "",
                     fmt::join(names, "; "), candidates.games > names.size() ? "; ..." : "");
}

std::string dats_text(std::span<const Dat> dats) {
  std::string text;
  for (const Dat& dat : dats)
    text += fmt::format("{}\n  {} games, {} roms, {}, from {}, imported {:%Y-%m-%d %H:%M} UTC\n", dat_words(dat.header),
                        dat.games, dat.roms, to_string(dat.header.format), printable(dat.file),
                        std::chrono::time_point_cast<std::chrono::seconds>(dat.imported));
  return text;
}

std::string imported_text(const Imported& imported) {
  std::string text;
  for (const ImportedDat& dat : imported.dats) {
    text += fmt::format("{}: {} games, {} roms\n", dat_words(dat.dat.header), dat.dat.games, dat.dat.roms);
    if (dat.replaced)
      text += fmt::format("  replaces {} with {} games, imported {:%Y-%m-%d}\n",
                          dat.replaced->header.version.empty() ? "one of no version"
                                                               : "version " + printable(dat.replaced->header.version),
                          dat.replaced->games, dat.replaced->imported);
  }
  if (imported.passed_over > 0)
    text += fmt::format("  {} other files in the archive passed over\n", imported.passed_over);
  return text;
}

std::string found_text(const FoundGames& found) {
  std::string text;
  for (const CatalogGame& game : found.games) {
    text += fmt::format("{}\n  of {}\n", game_words(game.game.name, game.game.serial), dat_words(game.dat));
    for (const KnownRom& rom : game.game.roms) {
      text += fmt::format("  {}{}{}\n", printable(rom.name), rom.bytes ? fmt::format(", {} bytes", *rom.bytes) : "",
                          status_words(rom.status));
      for (const Digest& digest : rom.digests)
        text += fmt::format("    {:<8}{}\n", to_string(digest.kind), digest.hex());
    }
  }
  if (found.more) text += "and more: --most N shows more of them\n";
  return text;
}

}  // namespace pressmark
