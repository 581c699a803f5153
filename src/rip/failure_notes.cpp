#include "rip/failure_notes.h"

#include <algorithm>
#include <iterator>

#include "rip/reader.h"

namespace pressmark {

std::uint32_t FailureNotes::text(const std::string& last) {
  const auto [number, is_new] = numbers_.try_emplace(last, static_cast<std::uint32_t>(texts_.size()));
  if (is_new) texts_.push_back(last);
  return number->second;
}

/// What to say where `last` came back after `before`.
std::uint32_t FailureNotes::still_disputed(std::uint32_t before, std::uint32_t last) {
  const auto disputed = [&](std::uint32_t t) { return texts_[t].contains(SectorReader::kReadingsDiffer); };
  if (!disputed(before) || disputed(last)) return last;
  return text((texts_[last] + "; ").append(SectorReader::kReadingsDiffer));
}

/// No note reaches over the beginning of `sector` afterwards.
void FailureNotes::split(std::int64_t sector) {
  const auto note = notes_.lower_bound(sector);
  if (note == notes_.begin()) return;
  const auto before = std::prev(note);
  const std::int64_t end = before->first + before->second.count;
  if (end <= sector) return;
  Note rest = before->second;
  before->second.count = sector - before->first;
  rest.count = end - sector;
  notes_.emplace_hint(note, sector, rest);
}

void FailureNotes::enter(SectorRange range, const std::string& last, std::uint32_t tries) {
  split(range.first);
  split(range.end());
  const std::uint32_t now = text(last);
  auto note = notes_.lower_bound(range.first);
  for (std::int64_t at = range.first; at < range.end();) {
    if (note == notes_.end() || note->first > at) {
      const std::int64_t end = note == notes_.end() ? range.end() : std::min(note->first, range.end());
      notes_.emplace_hint(note, at, Note{.count = end - at, .tries = tries, .last = now});
      at = end;
      continue;
    }
    Note& known = note->second;
    known.tries += tries;
    known.last = still_disputed(known.last, now);
    at += known.count;
    ++note;
  }
}

std::uint32_t FailureNotes::tries(std::int64_t sector, std::string_view like) const {
  const auto after = notes_.upper_bound(sector);
  if (after == notes_.begin()) return 0;
  const auto& [first, note] = *std::prev(after);
  return sector < first + note.count && texts_[note.last].starts_with(like) ? note.tries : 0;
}

std::vector<FailureNote> FailureNotes::list() const {
  std::vector<FailureNote> all;
  for (auto note = notes_.begin(); note != notes_.end();) {
    const auto& [first, run] = *note;
    std::int64_t end = first;
    while (note != notes_.end() && note->first == end && note->second.tries == run.tries &&
           note->second.last == run.last)
      end += (note++)->second.count;
    all.push_back({.first = first, .count = end - first, .tries = run.tries, .last = texts_[run.last]});
  }
  return all;
}

}  // namespace pressmark
