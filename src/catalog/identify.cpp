// Look-ups give games that have some piece; those that have most of them are held against all pieces, track by track. Only what no
// digest finds is asked for by its shape: so many tracks, so many bytes.
#include "pressmark/identify.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

#include "catalog/match.h"
#include "core/try.h"

namespace pressmark {
namespace {

constexpr std::size_t kNamesShown = 5;
/// Of games that share a track (a silent one, say) those with most pieces are looked at closely.
constexpr std::size_t kMostLookedAt = 64;

using GameIds = std::vector<std::int64_t>;

void add(std::set<std::int64_t>& all, const GameIds& more) { all.insert(more.begin(), more.end()); }

/// Games that have one of a piece's digests.
Result<std::set<std::int64_t>> games_with(Catalog& catalog, const Piece& piece) {
  std::set<std::int64_t> games;
  for (const PieceReading& reading : piece.readings) {
    if (reading.digests.empty()) continue;
    TRY(const GameIds found, catalog.games_with(reading.digests, reading.bytes));
    add(games, found);
  }
  return games;
}

/// A game, and how many pieces have spoken for it.
struct Ranked {
  std::int64_t id = 0;
  std::size_t pieces = 0;
};

/// Games by digests, those with most pieces first.
Result<std::vector<Ranked>> by_digests(Catalog& catalog, std::span<const Piece> pieces) {
  std::map<std::int64_t, std::size_t> count;
  for (const Piece& piece : pieces) {
    TRY(const auto games, games_with(catalog, piece));
    for (const std::int64_t id : games) ++count[id];
  }
  std::vector<Ranked> ranked;
  for (const auto& [id, of_it] : count) ranked.push_back({id, of_it});
  std::ranges::stable_sort(ranked, std::ranges::greater{}, &Ranked::pieces);
  return ranked;
}

/// Games of as many tracks as there are pieces, whose bytes are those of the pieces in one of their forms.
Result<std::vector<Ranked>> by_shape(Catalog& catalog, std::span<const Piece> pieces) {
  std::set<std::int64_t> all;
  for (const PieceForm form : {PieceForm::stored, PieceForm::without_pregap, PieceForm::regenerated}) {
    std::uint64_t bytes = 0;
    bool any = false;
    for (const Piece& piece : pieces) {
      const auto reading = std::ranges::find(piece.readings, form, &PieceReading::form);
      any = any || reading != piece.readings.end();
      bytes += reading != piece.readings.end() ? reading->bytes : piece.readings.front().bytes;
    }
    if (!any) continue;
    TRY(const GameIds found, catalog.games_of_shape(pieces.size(), bytes));
    add(all, found);
  }
  std::vector<Ranked> games;
  for (const std::int64_t id : all) games.push_back({.id = id});
  return games;
}

/// Holds the pieces against each game. Once one matches in full, those that fewer pieces speak for are not looked at.
Result<void> look_closely(Catalog& catalog, std::span<const Ranked> ranked, Identification& result) {
  std::size_t in_full = 0;  // tracks of the best full match
  std::size_t looked_at = 0;
  for (const Ranked& candidate : ranked) {
    if (candidate.pieces < in_full) return {};
    if (looked_at++ == kMostLookedAt) {
      result.games_omitted = ranked.size() - kMostLookedAt;
      return {};
    }
    auto game = catalog.game(candidate.id);
    if (!game && game.error().kind == ErrorKind::not_found) continue;  // removed meanwhile
    if (!game) return std::unexpected(std::move(game).error());
    GameMatch match = match_game(*game, result.pieces);
    if (match.recognition == Recognition::full) in_full = std::max(in_full, match.matched);
    if (match.recognition != Recognition::unknown || is_candidate(match)) result.games.push_back(std::move(match));
  }
  return {};
}

/// Leaves the games of the best recognition, of partial ones those with most tracks.
void keep_best(Identification& result) {
  std::ranges::stable_sort(result.games, [](const GameMatch& a, const GameMatch& b) {
    return a.recognition != b.recognition ? a.recognition < b.recognition : a.matched > b.matched;
  });
  if (result.games.empty()) return;
  const GameMatch& best = result.games.front();
  result.recognition = best.recognition;
  const auto worse = std::ranges::find_if(result.games, [&](const GameMatch& game) {
    return game.recognition != best.recognition || game.matched < best.matched;
  });
  result.games.erase(worse, result.games.end());
  if (result.games.size() <= Identification::kMostGames) return;
  result.games_omitted += result.games.size() - Identification::kMostGames;
  result.games.resize(Identification::kMostGames);
}

/// Whether no DAT has more than one game with all of these pieces: then nothing that is still to be read can change the name.
Result<bool> decided(Catalog& catalog, const std::set<std::int64_t>& games) {
  std::set<std::string> dats;
  for (const std::int64_t id : games) {
    TRY(const CatalogGame game, catalog.game(id));
    if (!dats.insert(game.dat.name).second) return false;
  }
  return !games.empty();
}

class FastReader {
 public:
  FastReader(Catalog& catalog, const SizeCandidates& by_size) : catalog_(catalog), by_size_(by_size) {}

  /// Sizes alone say that no game has this piece.
  Result<bool> ruled_out(const Piece& piece) {
    if (by_size_.unsized) return false;
    for (const PieceReading& reading : piece.readings) {
      TRY(const GameIds games, catalog_.games_with_size(reading.bytes));
      if (!games.empty()) return false;
    }
    return true;
  }

  /// Takes what was just read; true if that is enough.
  Result<bool> enough(const Piece& piece) {
    TRY(auto games, games_with(catalog_, piece));
    if (games.empty()) return false;
    if (!left_.empty()) std::erase_if(games, [&](std::int64_t id) { return !left_.contains(id); });
    left_ = std::move(games);
    return decided(catalog_, left_);
  }

 private:
  Catalog& catalog_;
  const SizeCandidates& by_size_;
  std::set<std::int64_t> left_;
};

/// The stored form always; others if something of their size is known.
Result<std::vector<PieceForm>> forms_worth_hashing(Catalog& catalog, const Piece& piece) {
  std::vector<PieceForm> forms;
  for (const PieceReading& reading : piece.readings) {
    TRY(const GameIds games, catalog.games_with_size(reading.bytes));
    if (reading.form == PieceForm::stored || !games.empty()) forms.push_back(reading.form);
  }
  return forms;
}

/// All in their order; with `fast` the smallest first, since any may decide.
std::vector<std::size_t> reading_order(std::span<const Piece> pieces, bool fast) {
  std::vector<std::size_t> order(pieces.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  if (fast) std::ranges::stable_sort(order, {}, [&](std::size_t i) { return pieces[i].readings.front().bytes; });
  return order;
}

}  // namespace

bool Piece::read() const {
  return std::ranges::any_of(readings, [](const PieceReading& reading) { return !reading.digests.empty(); });
}

Result<SizeCandidates> candidates_by_size(Catalog& catalog, std::span<const Piece> pieces) {
  std::set<std::int64_t> games;
  SizeCandidates result;
  for (const Piece& piece : pieces)
    for (const PieceReading& reading : piece.readings) {
      TRY(const GameIds found, catalog.games_with_size(reading.bytes));
      result.at_least = result.at_least || found.size() == Catalog::kMostIds;
      result.regenerated = result.regenerated || (reading.form == PieceForm::regenerated && !found.empty());
      add(games, found);
    }
  result.games = games.size();
  for (const std::int64_t id : games) {
    if (result.names.size() == kNamesShown) break;
    if (const auto game = catalog.game(id)) result.names.push_back(game->game.name);
  }
  TRY(result.unsized, catalog.has_unsized());
  return result;
}

Result<Identification> identify(Catalog& catalog, std::string source, std::vector<Piece> pieces) {
  Identification result{.source = std::move(source), .pieces = std::move(pieces)};
  TRY(result.by_size, candidates_by_size(catalog, result.pieces));
  TRY(auto ranked, by_digests(catalog, result.pieces));
  CHECK(look_closely(catalog, ranked, result));
  if (result.games.empty()) {
    TRY(ranked, by_shape(catalog, result.pieces));
    CHECK(look_closely(catalog, ranked, result));
  }
  keep_best(result);
  return result;
}

Result<Identification> identify(Catalog& catalog, PieceSource& source, const IdentifyOptions& options) {
  std::vector<Piece> pieces = source.pieces();
  TRY(const SizeCandidates by_size, candidates_by_size(catalog, pieces));
  if (options.candidates) options.candidates(by_size);
  FastReader fast{catalog, by_size};
  std::size_t not_read = 0;
  bool enough = false;
  for (const std::size_t i : reading_order(pieces, options.fast)) {
    if (options.fast && !enough) {
      TRY(const bool ruled_out, fast.ruled_out(pieces[i]));
      if (ruled_out) {
        ++not_read;
        continue;
      }
    }
    if (enough) {
      ++not_read;
      continue;
    }
    TRY(const auto forms, forms_worth_hashing(catalog, pieces[i]));
    CHECK(source.hash(i, forms, options.hash, pieces[i]));
    if (options.fast) {
      TRY(enough, fast.enough(pieces[i]));
    }
  }
  TRY(auto result, identify(catalog, source.name(), std::move(pieces)));
  result.pieces_not_read = not_read;
  return result;
}

}  // namespace pressmark
