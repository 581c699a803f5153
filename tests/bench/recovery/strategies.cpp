#include "bench/recovery/strategies.h"

#include <algorithm>
#include <vector>

#include "bench/recovery/baselines.h"

namespace pressmark::recovery {
namespace {

std::vector<Strategy> make_table() {
  return {
      {.name = "oracle", .summary = "knows which blocks are dead: the lower bound", .play = oracle},
      {.name = "linear", .summary = "every block once, in order", .play = linear},
      {.name = "pressmark", .summary = "our planner", .play = [](World& world) { pressmark_planner(world, {}); }},
      {.name = "pressmark-effort",
       .summary = "our planner, early passes with firmware retries turned down",
       .play = [](World& world) { pressmark_planner(world, {.effort = true}); }},
      {.name = "pressmark-blind",
       .summary = "our planner without the disc's geometry",
       .play = [](World& world) { pressmark_planner(world, {.foresee = false}); }},
  };
}

}  // namespace

std::span<const Strategy> strategies() {
  static const std::vector<Strategy> table = make_table();
  return table;
}

const Strategy* find_strategy(std::string_view name) {
  const auto all = strategies();
  const auto row = std::ranges::find(all, name, &Strategy::name);
  return row == all.end() ? nullptr : &*row;
}

}  // namespace pressmark::recovery
