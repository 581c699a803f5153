// Curves of recovered share over drive time as one SVG, a panel a profile.
#pragma once

#include <string>
#include <vector>

#include "bench/recovery/world.h"

namespace pressmark::recovery {

struct PlotLine {
  std::string label;
  std::string colour;  ///< of SVG; to be seen on white and on black
  std::string dashes;  ///< stroke-dasharray; empty: drawn through
  double width = 1.5;
};

struct PlotPanel {
  std::string title;
  std::vector<const Outcome*> outcomes;  ///< one a line; null: not drawn
};

struct Plot {
  std::string title;
  std::vector<PlotLine> lines;
  std::vector<PlotPanel> panels;
  double from_s = 10, to_s = 1e6;  ///< the time axis, logarithmic
};

/// The background is left transparent, text is of a grey that both white and black carry.
[[nodiscard]] std::string svg(const Plot& plot);

}  // namespace pressmark::recovery
