#include "bench/recovery/strategies.h"

#include <algorithm>
#include <fmt/format.h>
#include <vector>

#include "bench/recovery/baselines.h"
#include "bench/recovery/ddrescue.h"

namespace pressmark::recovery {
namespace {

constexpr std::int64_t kKi = 1024, kMi = 1024 * kKi;

/// One of ddrescue's units for each kind of disc: -b2048 on CD, -b32768 on DVD, -b65536 on BD.
Strategy ecc_sized(std::string name, std::string summary, DdrescueOptions options, bool shown) {
  options.cluster = 1;
  return {.name = std::move(name),
          .summary = std::move(summary),
          .play =
              [options](World& world) mutable {
                options.sector = world.block_sectors();
                ddrescue(world, options);
              },
          .ddrescue = true,
          .shown = shown};
}

/// The first skip, whether it stays or doubles up to a hundredth of the disc, and whether passes alternate.
void add_skip_settings(std::vector<Strategy>& table) {
  table.push_back(ecc_sized("ddrescue-ecc-K0", "-d -c1, -b one ECC block, -K0: no skipping", {.skip_bytes = 0}, false));
  for (const std::int64_t skip : {64 * kKi, 256 * kKi, kMi, 4 * kMi, 16 * kMi})
    for (const bool fixed : {false, true})
      for (const bool unidirectional : {false, true}) {
        if (skip == 64 * kKi && !fixed && !unidirectional) continue;  // its default
        const std::string setting =
            fmt::format("K{}Ki{}{}", skip / kKi, fixed ? "-fixed" : "", unidirectional ? "-u" : "");
        const std::string told =
            fmt::format("-d -c1, -b one ECC block, -K{}Ki{}{}", skip / kKi,
                        fixed ? fmt::format(",{}Ki", skip / kKi) : "", unidirectional ? " -u" : "");
        table.push_back(ecc_sized(
            "ddrescue-ecc-" + setting, told,
            {.skip_bytes = skip, .max_skip_bytes = fixed ? skip : -1, .unidirectional = unidirectional}, false));
      }
}

std::vector<Strategy> make_table() {
  std::vector<Strategy> table{
      {.name = "oracle",
       .summary = "knows which blocks are dead: the lower bound",
       .play = oracle,
       .role = Role::bound},
      {.name = "pressmark",
       .summary = "our planner",
       .play = [](World& world) { pressmark_planner(world, {}); },
       .role = Role::ours},
      {.name = "pressmark-effort",
       .summary = "our planner, early passes with firmware retries turned down",
       .play = [](World& world) { pressmark_planner(world, {.effort = true}); },
       .role = Role::ours},
      {.name = "pressmark-blind",
       .summary = "our planner without the disc's geometry",
       .play = [](World& world) { pressmark_planner(world, {.foresee = false}); },
       .role = Role::ours},
      {.name = "linear", .summary = "every ECC block once, in order", .play = linear},
      {.name = "dvdisaster", .summary = "dvdisaster -r: spin-up, then ECC blocks in order", .play = dvdisaster},
      {.name = "redumper",
       .summary = "redumper dump (32 sectors a read) and refine (one sector a read)",
       .play = [](World& w) { redumper(w, 1, 1); }},
      {.name = "redumper-block",
       .summary = "the same, refining by ECC block, three tries",
       .play = [](World& w) { redumper(w, w.block_sectors(), 3); }},
      {.name = "readom",
       .summary = "readom -noerror (128 tries a sector), given up after a week",
       .play = [](World& w) { readom(w, 128); },
       .shown = false},
      {.name = "safecopy", .summary = "safecopy --sync -b 2048 -L 0", .play = [](World& w) { safecopy(w, {}); }},
      {.name = "ddrescue-2048",
       .summary = "ddrescue -d -b2048",
       .play = [](World& w) { ddrescue(w, {}); },
       .ddrescue = true},
      {.name = "ddrescue-2048-r3",
       .summary = "ddrescue -d -b2048 -r3",
       .play = [](World& w) { ddrescue(w, {.retries = 3}); },
       .ddrescue = true,
       .shown = false},
      ecc_sized("ddrescue-ecc", "ddrescue -d -c1, -b one ECC block", {}, true),
      ecc_sized("ddrescue-ecc-r3", "ddrescue -d -c1 -r3, -b one ECC block", {.retries = 3}, false),
  };
  add_skip_settings(table);
  return table;
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
