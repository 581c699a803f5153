// Tracks find their pieces by digests first, and only then do those that are left find some of their size: two tracks may
// have the same size, and two may be the same.
#include "catalog/match.h"

#include <algorithm>
#include <array>

namespace pressmark {
namespace {

/// The strongest first.
constexpr std::array kByStrength{DigestKind::sha256, DigestKind::sha1, DigestKind::md5, DigestKind::crc32};

/// The strongest digest that both have, if all that both have are equal and the sizes do not differ.
std::optional<DigestKind> agreement(const KnownRom& rom, const PieceReading& reading) {
  if (rom.bytes && *rom.bytes != reading.bytes) return std::nullopt;
  std::optional<DigestKind> strongest;
  for (const DigestKind kind : kByStrength) {
    const auto known = std::ranges::find(rom.digests, kind, &Digest::kind);
    const auto found = std::ranges::find(reading.digests, kind, &Digest::kind);
    if (known == rom.digests.end() || found == reading.digests.end()) continue;
    if (*known != *found) return std::nullopt;
    if (!strongest) strongest = kind;
  }
  return strongest;
}

class Matcher {
 public:
  Matcher(const CatalogGame& game, std::span<const Piece> pieces) : pieces_(pieces), taken_(pieces.size(), false) {
    result_ = {.dat = game.dat, .game = game.game.name, .serial = game.game.serial};
    for (const KnownRom& rom : game.game.roms)
      if (rom.is_track()) result_.track_matches.push_back({.rom = rom});
  }

  GameMatch match() {
    for (TrackMatch& track : result_.track_matches) by_digest(track);
    for (TrackMatch& track : result_.track_matches) by_size(track);
    for (const TrackMatch& track : result_.track_matches) {
      result_.tracks += track.answer == TrackAnswer::undumped ? 0 : 1;
      result_.matched += track.answer == TrackAnswer::matched ? 1 : 0;
    }
    for (std::size_t i = 0; i < pieces_.size(); ++i)
      if (!taken_[i]) result_.left_over.push_back(i);
    result_.recognition = recognition();
    return std::move(result_);
  }

 private:
  void by_digest(TrackMatch& track) {
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      if (taken_[i]) continue;
      for (const PieceReading& reading : pieces_[i].readings)
        if (const auto by = agreement(track.rom, reading)) {
          take(track, i, reading.form, TrackAnswer::matched);
          track.by = *by;
          return;
        }
    }
  }

  void by_size(TrackMatch& track) {
    const bool undumped = track.rom.digests.empty();
    if (undumped) track.answer = TrackAnswer::undumped;
    if (track.answer == TrackAnswer::matched || !track.rom.bytes) return;
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      if (taken_[i]) continue;
      for (const PieceReading& reading : pieces_[i].readings)
        if (reading.bytes == *track.rom.bytes) {
          const bool read = !reading.digests.empty();
          take(track, i, reading.form,
               undumped ? TrackAnswer::undumped
               : read   ? TrackAnswer::differs
                        : TrackAnswer::unread);
          return;
        }
    }
  }

  void take(TrackMatch& track, std::size_t piece, PieceForm form, TrackAnswer answer) {
    taken_[piece] = true;
    track.piece = piece;
    track.form = form;
    track.answer = answer;
  }

  [[nodiscard]] Recognition recognition() const {
    if (result_.matched > 0)
      return result_.matched == result_.tracks && result_.left_over.empty() ? Recognition::full : Recognition::partial;
    const auto wrong = [](const TrackMatch& track) {
      return track.answer == TrackAnswer::differs || track.answer == TrackAnswer::undumped;
    };
    const bool all_wrong = result_.tracks > 0 && std::ranges::all_of(result_.track_matches, wrong);
    return all_wrong && result_.left_over.empty() ? Recognition::wrong_hash : Recognition::unknown;
  }

  std::span<const Piece> pieces_;
  std::vector<bool> taken_;
  GameMatch result_;
};

}  // namespace

GameMatch match_game(const CatalogGame& game, std::span<const Piece> pieces) { return Matcher{game, pieces}.match(); }

bool is_candidate(const GameMatch& match) {
  const auto sized = [](const TrackMatch& track) { return track.answer != TrackAnswer::missing; };
  return match.tracks > 0 && match.left_over.empty() && std::ranges::all_of(match.track_matches, sized);
}

std::string_view to_string(PieceForm form) {
  switch (form) {
    case PieceForm::stored: return "stored";
    case PieceForm::without_pregap: return "without-pregap";
    case PieceForm::regenerated: return "regenerated";
  }
  return {};
}

std::string_view to_string(Recognition recognition) {
  switch (recognition) {
    case Recognition::full: return "full";
    case Recognition::partial: return "partial";
    case Recognition::wrong_hash: return "wrong-hash";
    case Recognition::unknown: return "unknown";
  }
  return {};
}

std::string_view to_string(TrackAnswer answer) {
  switch (answer) {
    case TrackAnswer::matched: return "matched";
    case TrackAnswer::differs: return "differs";
    case TrackAnswer::unread: return "unread";
    case TrackAnswer::missing: return "missing";
    case TrackAnswer::undumped: return "undumped";
  }
  return {};
}

}  // namespace pressmark
