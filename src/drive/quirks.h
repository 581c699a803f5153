// The table of drive models' habits (drivers/quirks/*.tsv), as rows.
#pragma once

#include <span>
#include <string_view>

#include "pressmark/drive.h"

namespace pressmark::drive {

struct QuirkRow {
  std::string_view vendor, product;  ///< patterns: a `*` at the end stands for any rest
  Quirk quirk;
  std::string_view source;
};
[[nodiscard]] std::span<const QuirkRow> quirk_rows();

/// `pattern` equals `text`, or ends in `*` and what is before it begins `text`. Capitals count.
[[nodiscard]] constexpr bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.ends_with('*')) return text.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == text;
}

[[nodiscard]] bool model_has(std::string_view vendor, std::string_view product, Quirk quirk);

}  // namespace pressmark::drive
