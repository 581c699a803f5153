// Runs in an ordered map from first sector to grade: every change costs the logarithm of the number of runs, and a disc
// with 100,000 bad places a few megabytes.
#include "pressmark/map.h"

#include <cassert>
#include <iterator>

namespace pressmark {
namespace {

constexpr std::array<std::string_view, kGradeCount> kGradeNames{"untried", "untrimmed", "unreadable", "drive",
                                                                "agreed",  "rebuilt",   "proven"};

}  // namespace

std::string_view to_string(Grade grade) { return kGradeNames[static_cast<std::size_t>(grade)]; }

std::optional<Grade> grade(std::string_view name) {
  for (std::size_t i = 0; i < kGradeCount; ++i)
    if (kGradeNames[i] == name) return static_cast<Grade>(i);
  return std::nullopt;
}

RipMap::RipMap(std::int64_t sectors) : sectors_(sectors) {
  assert(sectors >= 0);
  if (sectors > 0) runs_.emplace(0, Grade::untried);
  counts_[0] = sectors;
}

std::map<std::int64_t, Grade>::const_iterator RipMap::run_at(std::int64_t sector) const {
  assert(sector >= 0 && sector < sectors_);
  return std::prev(runs_.upper_bound(sector));
}

Grade RipMap::at(std::int64_t sector) const { return run_at(sector)->second; }

void RipMap::split(std::int64_t sector) {
  if (sector <= 0 || sector >= sectors_) return;
  const auto run = run_at(sector);
  if (run->first != sector) runs_.emplace_hint(std::next(run), sector, run->second);
}

void RipMap::set(std::int64_t first, std::int64_t count, Grade grade) {
  assert(first >= 0 && count >= 0 && first + count <= sectors_);
  if (count == 0) return;
  split(first);
  split(first + count);
  auto run = runs_.find(first);
  while (run != runs_.end() && run->first < first + count) {
    const auto next = std::next(run);
    const std::int64_t end = next == runs_.end() ? sectors_ : next->first;
    counts_[static_cast<std::size_t>(run->second)] -= end - run->first;
    run = runs_.erase(run);
  }
  counts_[static_cast<std::size_t>(grade)] += count;
  run = runs_.emplace_hint(run, first, grade);
  if (const auto next = std::next(run); next != runs_.end() && next->second == grade) runs_.erase(next);
  if (run != runs_.begin() && std::prev(run)->second == grade) runs_.erase(run);
}

std::optional<GradedRun> RipMap::find(std::int64_t from, const std::function<bool(Grade)>& wanted) const {
  if (from < 0) from = 0;
  if (from >= sectors_) return std::nullopt;
  for (auto run = run_at(from); run != runs_.end(); ++run) {
    if (!wanted(run->second)) continue;
    const auto next = std::next(run);
    const std::int64_t end = next == runs_.end() ? sectors_ : next->first;
    const std::int64_t first = std::max(run->first, from);
    return GradedRun{first, end - first, run->second};
  }
  return std::nullopt;
}

std::optional<GradedRun> RipMap::find(std::int64_t from, Grade wanted) const {
  if (count(wanted) == 0) return std::nullopt;
  return find(from, [wanted](Grade g) { return g == wanted; });
}

std::vector<GradedRun> RipMap::runs() const {
  std::vector<GradedRun> all;
  all.reserve(runs_.size());
  for (auto run = runs_.begin(); run != runs_.end(); ++run) {
    const auto next = std::next(run);
    all.push_back({run->first, (next == runs_.end() ? sectors_ : next->first) - run->first, run->second});
  }
  return all;
}

std::int64_t RipMap::good() const {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < kGradeCount; ++i)
    if (is_good(static_cast<Grade>(i))) sum += counts_[i];
  return sum;
}

bool RipMap::all_tried() const { return count(Grade::untried) == 0 && count(Grade::untrimmed) == 0; }

void RipMap::resize(std::int64_t sectors) {
  assert(sectors >= 0);
  RipMap other{sectors};
  for (const GradedRun& run : runs())
    if (run.first < sectors) other.set(run.first, std::min(run.end(), sectors) - run.first, run.grade);
  *this = std::move(other);
}

}  // namespace pressmark
