#include "rip/answers.h"

#include <algorithm>
#include <bit>
#include <iterator>

namespace pressmark {

std::uint64_t fingerprint(std::span<const std::byte> bytes) {
  // FNV-1a (draft-eastlake-fnv).
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const std::byte b : bytes) hash = (hash ^ std::to_integer<std::uint64_t>(b)) * 0x100000001B3;
  return hash;
}

/// There are fewer than 32 ways in any run; more would share the last bit and count as one.
std::uint32_t Answers::bit_of(const Step& step) {
  const std::pair way{step.speed_kb_per_s, step.approach};
  const auto known = std::ranges::find(ways_, way);
  const auto index = std::min<std::ptrdiff_t>(known - ways_.begin(), 31);
  if (known == ways_.end()) ways_.push_back(way);
  return std::uint32_t{1} << static_cast<unsigned>(index);
}

std::uint8_t Answers::enter(std::int64_t sector, std::uint64_t answer, const Step& step) {
  const std::uint32_t bit = bit_of(step);
  if (answers_.size() >= kMostSectors && !answers_.contains(sector)) return 0;
  std::vector<Answer>& heard = answers_[sector];
  auto same = std::ranges::find(heard, answer, &Answer::fingerprint);
  if (same == heard.end()) {
    if (heard.size() >= kMostAnswers) return 0;
    same = heard.insert(same, {.fingerprint = answer});
  }
  same->ways |= bit;
  return static_cast<std::uint8_t>(std::popcount(same->ways & ~bit));
}

void Answers::dispute(SectorRange range) {
  if (range.count <= 0) return;
  std::int64_t first = range.first, end = range.end();
  auto run = disputed_.upper_bound(first);
  if (run != disputed_.begin() && std::prev(run)->second >= first) --run;
  while (run != disputed_.end() && run->first <= end) {
    first = std::min(first, run->first);
    end = std::max(end, run->second);
    run = disputed_.erase(run);
  }
  disputed_.emplace_hint(run, first, end);
}

bool Answers::disputed(std::int64_t sector) const {
  const auto after = disputed_.upper_bound(sector);
  return after != disputed_.begin() && sector < std::prev(after)->second;
}

}  // namespace pressmark
