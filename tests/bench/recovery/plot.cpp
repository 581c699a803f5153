#include "bench/recovery/plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <span>

namespace pressmark::recovery {
namespace {

constexpr int kColumns = 3;
constexpr double kWidth = 280, kHeight = 150, kLeft = 46, kTop = 78, kGapX = 34, kGapY = 52, kMargin = 14;
constexpr double kLegendX = 170, kLegendY = 18;
constexpr double kFinest = 0.15;  ///< pixels by which a simplified curve may be off
constexpr const char* kGrey = "#808890";

struct Tick {
  double seconds;
  const char* text;
};
constexpr std::array kTicks{Tick{10, "10 s"},  Tick{60, "1 min"},   Tick{600, "10 min"},
                            Tick{3600, "1 h"}, Tick{36000, "10 h"}, Tick{360000, "100 h"}};

struct Pixel {
  double x = 0, y = 0;
};

/// Keeps the points without which the curve would be off by more than kFinest (Ramer, Douglas and Peucker), between two kept ones.
void simplify(std::span<const Pixel> points, std::vector<Pixel>& kept) {
  const Pixel a = points.front(), b = points.back();
  const double length = std::max(std::hypot(b.x - a.x, b.y - a.y), 1e-9);
  double worst = kFinest;
  std::size_t at = 0;
  for (std::size_t i = 1; i + 1 < points.size(); ++i) {
    const double off = std::abs((b.x - a.x) * (points[i].y - a.y) - (b.y - a.y) * (points[i].x - a.x)) / length;
    if (off <= worst) continue;
    worst = off;
    at = i;
  }
  if (at == 0) return;
  simplify(points.first(at + 1), kept);
  kept.push_back(points[at]);
  simplify(points.subspan(at), kept);
}

class Drawing {
 public:
  explicit Drawing(const Plot& plot) : plot_(plot) {}

  std::string draw() {
    const auto rows = (plot_.panels.size() + kColumns - 1) / kColumns;
    const double width = kLeft + kColumns * kWidth + (kColumns - 1) * kGapX + kMargin;
    const double height = kTop + static_cast<double>(rows) * (kHeight + kGapY);
    add("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" "
        "height=\"{1:.0f}\" "
        "role=\"img\" aria-label=\"{2}\">\n"
        "<g font-family=\"sans-serif\" font-size=\"11\" fill=\"{3}\">\n",
        width, height, plot_.title, kGrey);
    add("<text x=\"{}\" y=\"18\" font-size=\"14\">{}</text>\n", kMargin, plot_.title);
    legend();
    for (std::size_t i = 0; i < plot_.panels.size(); ++i) {
      const auto column = static_cast<double>(i % kColumns), row = static_cast<double>(i / kColumns);
      panel(plot_.panels[i], kLeft + column * (kWidth + kGapX), kTop + row * (kHeight + kGapY));
    }
    text_ += "</g>\n</svg>\n";
    return std::move(text_);
  }

 private:
  template <class... Values>
  void add(fmt::format_string<Values...> pattern, Values&&... values) {
    fmt::format_to(std::back_inserter(text_), pattern, std::forward<Values>(values)...);
  }

  static std::string stroke(const PlotLine& line) {
    return fmt::format("fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"{}", line.colour, line.width,
                       line.dashes.empty() ? "" : fmt::format(" stroke-dasharray=\"{}\"", line.dashes));
  }

  void legend() {
    for (std::size_t i = 0; i < plot_.lines.size(); ++i) {
      const double x = kMargin + static_cast<double>(i % 5) * kLegendX, y = 36 + static_cast<double>(i / 5) * kLegendY;
      add("<path d=\"M{} {}h26\" {}/><text x=\"{}\" y=\"{}\">{}</text>\n", x, y, stroke(plot_.lines[i]), x + 32, y + 4,
          plot_.lines[i].label);
    }
  }

  [[nodiscard]] double across(double seconds) const {
    const double share = std::log(seconds / plot_.from_s) / std::log(plot_.to_s / plot_.from_s);
    return kWidth * std::clamp(share, 0.0, 1.0);
  }

  void axes(double x, double y) {
    add("<g stroke=\"{}\" stroke-width=\"0.5\" stroke-opacity=\"0.5\">\n", kGrey);
    for (const double share : {0.0, 0.25, 0.5, 0.75, 1.0})
      add("<path d=\"M{} {}h{}\"/>", x, y + kHeight * share, kWidth);
    for (const Tick& tick : kTicks) add("<path d=\"M{:.1f} {}v{}\"/>", x + across(tick.seconds), y, kHeight);
    text_ += "\n</g>\n";
    for (const int percent : {0, 50, 100})
      add("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{} %</text>", x - 5, y + kHeight * (100 - percent) / 100 + 4,
          percent);
    for (const Tick& tick : kTicks)
      add("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>", x + across(tick.seconds), y + kHeight + 14,
          tick.text);
    text_ += "\n";
  }

  void panel(const PlotPanel& panel, double x, double y) {
    axes(x, y);
    add("<text x=\"{}\" y=\"{}\" font-size=\"12\" font-weight=\"bold\">{}</text>\n", x, y - 6, panel.title);
    for (std::size_t i = 0; i < panel.outcomes.size(); ++i)
      if (panel.outcomes[i] != nullptr) curve(*panel.outcomes[i], plot_.lines[i], x, y);
  }

  void curve(const Outcome& outcome, const PlotLine& line, double x, double y) {
    std::vector<Pixel> points, kept;
    const auto point = [&](double seconds, double recovered) {
      points.push_back({x + across(seconds), y + kHeight * (1 - recovered / static_cast<double>(outcome.can_be_had))});
    };
    point(plot_.from_s, outcome.recovered_at(plot_.from_s));
    for (const auto& p : outcome.curve)
      if (p.seconds > plot_.from_s) point(p.seconds, static_cast<double>(p.recovered));
    kept.push_back(points.front());
    simplify(points, kept);
    kept.push_back(points.back());
    add("<path {} stroke-linejoin=\"round\" d=\"", stroke(line));
    for (std::size_t i = 0; i < kept.size(); ++i) add("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", kept[i].x, kept[i].y);
    text_ += "\"/>\n";
  }

  const Plot& plot_;
  std::string text_;
};

}  // namespace

std::string svg(const Plot& plot) { return Drawing{plot}.draw(); }

}  // namespace pressmark::recovery
