// What several JSON documents have in common.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "pressmark/digest.h"
#include "pressmark/identify.h"

namespace pressmark {

/// {"sha1": "0123...", ...}
[[nodiscard]] nlohmann::ordered_json digests_json(const std::vector<Digest>& digests);

/// An identification, for whatever record it becomes part of.
[[nodiscard]] nlohmann::ordered_json identification_members(const Identification& identification);

}  // namespace pressmark
