// The scenarios that come with the program, as the JSON a user could have written.
#pragma once

#include <string_view>

namespace pressmark::simulated {

/// Null-free: an empty view if there is none of this name.
[[nodiscard]] std::string_view built_in_json(std::string_view name);

}  // namespace pressmark::simulated
