// What a catalog holds and what a disc is known as, for people and for programs (docs/identify.md).
#pragma once

#include <span>
#include <string>

#include "pressmark/catalog.h"
#include "pressmark/identify.h"

namespace pressmark {

// For people: several lines. Names come from others: what a terminal might obey is shown as '?'.

[[nodiscard]] std::string identification_text(const Identification& identification);
/// "3 known games have a track of this size: A, B, C": said before anything is read.
[[nodiscard]] std::string candidates_text(const SizeCandidates& candidates);
[[nodiscard]] std::string dats_text(std::span<const Dat> dats);
[[nodiscard]] std::string imported_text(const Imported& imported);
[[nodiscard]] std::string found_text(const FoundGames& found);

// For programs: one JSON object that ends with a line break.

[[nodiscard]] std::string identification_json(const Identification& identification);
[[nodiscard]] std::string dats_json(std::span<const Dat> dats);
[[nodiscard]] std::string imported_json(const Imported& imported);
[[nodiscard]] std::string found_json(const FoundGames& found);

}  // namespace pressmark
