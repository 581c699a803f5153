// One known game against the pieces of what is there. Pure.
#pragma once

#include <span>

#include "pressmark/identify.h"

namespace pressmark {

[[nodiscard]] GameMatch match_game(const CatalogGame& game, std::span<const Piece> pieces);

/// Every track has its size among the pieces, and no piece is left over: what could be this game, for all that sizes tell.
[[nodiscard]] bool is_candidate(const GameMatch& match);

}  // namespace pressmark
