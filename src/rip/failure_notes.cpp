#include "rip/failure_notes.h"

#include <algorithm>
#include <iterator>

#include "rip/reader.h"

namespace pressmark {

/// No note reaches over the beginning of `sector` afterwards.
void FailureNotes::split(std::int64_t sector) {
  auto note = notes_.lower_bound(sector);
  if (note == notes_.begin()) return;
  FailureNote& before = std::prev(note)->second;
  const std::int64_t end = before.first + before.count;
  if (end <= sector) return;
  FailureNote rest = before;
  before.count = sector - before.first;
  rest.first = sector;
  rest.count = end - sector;
  notes_.emplace_hint(note, sector, std::move(rest));
}

void FailureNotes::enter(SectorRange range, const std::string& last, std::uint32_t tries) {
  split(range.first);
  split(range.end());
  auto note = notes_.lower_bound(range.first);
  for (std::int64_t at = range.first; at < range.end();) {
    if (note == notes_.end() || note->first > at) {
      const std::int64_t end = note == notes_.end() ? range.end() : std::min(note->first, range.end());
      notes_.emplace_hint(note, at, FailureNote{.first = at, .count = end - at, .tries = tries, .last = last});
      at = end;
      continue;
    }
    FailureNote& known = note->second;
    known.tries += tries;
    const bool was_disputed = known.last.contains(SectorReader::kReadingsDiffer);
    known.last = last;
    if (was_disputed && !last.contains(SectorReader::kReadingsDiffer))
      known.last.append("; ").append(SectorReader::kReadingsDiffer);
    at = known.first + known.count;
    ++note;
  }
}

std::uint32_t FailureNotes::tries(std::int64_t sector, std::string_view like) const {
  const auto after = notes_.upper_bound(sector);
  if (after == notes_.begin()) return 0;
  const FailureNote& note = std::prev(after)->second;
  return sector < note.first + note.count && note.last.starts_with(like) ? note.tries : 0;
}

std::vector<FailureNote> FailureNotes::list() const {
  std::vector<FailureNote> all;
  for (const auto& [first, note] : notes_) {
    FailureNote* before = all.empty() ? nullptr : &all.back();
    if (before != nullptr && before->first + before->count == first && before->tries == note.tries &&
        before->last == note.last)
      before->count += note.count;
    else
      all.push_back(note);
  }
  return all;
}

}  // namespace pressmark
