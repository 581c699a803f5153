// A file is as good as its worst sector: whole without pending and unreadable ones, hit if one is unreadable. Extents of different
// files may overlap, on odd discs; then each counts the sector as its own.
#include "rip/file_tally.h"

#include <algorithm>

namespace pressmark {

FileTally::FileTally(const Volume& volume, std::vector<bool> wanted)
    : files_(volume.files().size()), wanted_(std::move(wanted)) {
  wanted_.resize(files_.size());
  for (std::uint32_t i = 0; i < files_.size(); ++i) {
    for (const SectorRange& range : volume.sectors(volume.files()[i])) pieces_.push_back({range.first, range.count, i});
    ++count_.files;
    if (wanted_[i]) ++count_.wanted;
    count(i, +1);
  }
  std::ranges::sort(pieces_, {}, &Piece::first);
  furthest_.reserve(pieces_.size());
  std::int64_t furthest = 0;
  for (const Piece& piece : pieces_) furthest_.push_back(furthest = std::max(furthest, piece.end()));
}

void FileTally::count(std::uint32_t file, int sign) {
  const auto enter = [&](std::uint32_t& counter) { counter += static_cast<std::uint32_t>(sign); };
  const bool hit = files_[file].unreadable > 0, whole = !hit && files_[file].pending == 0;
  if (whole) enter(count_.whole);
  if (hit) enter(count_.hit);
  if (whole && wanted_[file]) enter(count_.wanted_whole);
  if (hit && wanted_[file]) enter(count_.wanted_hit);
}

void FileTally::add(const RipMap& map, SectorRange range, int sign) {
  for (auto run = map.find(range.first, [](Grade grade) { return !is_good(grade); }); run && run->first < range.end();
       run = map.find(run->end(), [](Grade grade) { return !is_good(grade); })) {
    run->count = std::min(run->end(), range.end()) - run->first;
    add(*run, sign);
  }
}

void FileTally::add(const GradedRun& run, int sign) {
  // The first piece that may reach the run: all before it end too early.
  auto at = static_cast<std::size_t>(std::ranges::upper_bound(furthest_, run.first) - furthest_.begin());
  for (; at < pieces_.size() && pieces_[at].first < run.end(); ++at) {
    const Piece& piece = pieces_[at];
    const std::int64_t shared = std::min(piece.end(), run.end()) - std::max(piece.first, run.first);
    if (shared <= 0) continue;
    count(piece.file, -1);
    Sectors& sectors = files_[piece.file];
    (run.grade == Grade::unreadable ? sectors.unreadable : sectors.pending) += sign * shared;
    count(piece.file, +1);
  }
}

}  // namespace pressmark
