// An identification as members of a JSON object, for whatever record it becomes part of.
#pragma once

#include <nlohmann/json.hpp>

#include "pressmark/identify.h"

namespace pressmark {

[[nodiscard]] nlohmann::ordered_json identification_members(const Identification& identification);

}  // namespace pressmark
