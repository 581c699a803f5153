// The rows come from the build (drivers/quirks/CMakeLists.txt); a name that is no Quirk stops the compiler here.
#include "drive/quirks.h"

#include <algorithm>
#include <array>

namespace pressmark {

namespace {

struct Name {
  Quirk quirk;
  std::string_view name;
};
constexpr std::array kNames{Name{Quirk::c2_is_stale, "c2_is_stale"},
                            Name{Quirk::subchannel_is_stale, "subchannel_is_stale"}};

}  // namespace

std::string_view to_string(Quirk quirk) { return std::ranges::find(kNames, quirk, &Name::quirk)->name; }

namespace drive {

namespace {

constexpr Quirk quirk_named(std::string_view name) {
  for (const Name& each : kNames)
    if (each.name == name) return each.quirk;
  throw "no such quirk";  // in a constant expression: a compile error
}

struct TextRow {
  const char *vendor, *product, *quirk, *source;
};
constexpr TextRow kTextRows[] = {
#include "quirk_rows.inc"
};

constexpr auto kRows = [] {
  std::array<QuirkRow, std::size(kTextRows)> rows{};
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i] = {kTextRows[i].vendor, kTextRows[i].product, quirk_named(kTextRows[i].quirk), kTextRows[i].source};
  return rows;
}();

}  // namespace

std::span<const QuirkRow> quirk_rows() { return kRows; }

bool model_has(std::string_view vendor, std::string_view product, Quirk quirk) {
  return std::ranges::any_of(kRows, [&](const QuirkRow& row) {
    return row.quirk == quirk && matches(row.vendor, vendor) && matches(row.product, product);
  });
}

}  // namespace drive
}  // namespace pressmark
