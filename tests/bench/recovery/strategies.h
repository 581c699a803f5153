// Who is compared: one row a strategy.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "bench/recovery/world.h"

namespace pressmark::recovery {

enum class Role : std::uint8_t {
  bound,  ///< knows what nobody can
  ours,
  other,  ///< what there is besides: the baselines
};

struct Strategy {
  std::string name;
  std::string summary;
  std::function<void(World&)> play;  ///< reads until it has done all that it does
  Role role = Role::other;
  bool ddrescue = false;  ///< counts for "the best of ddrescue's settings"
  bool shown = true;      ///< false: only if asked for by name
};

/// All of them, in the order in which they are shown.
[[nodiscard]] std::span<const Strategy> strategies();
/// Null if there is none of this name.
[[nodiscard]] const Strategy* find_strategy(std::string_view name);

}  // namespace pressmark::recovery
