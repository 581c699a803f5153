// How many files of a volume are whole on the image, hit by unreadable sectors, or still to come; kept up step by step.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "pressmark/events.h"
#include "pressmark/filesystem.h"
#include "pressmark/map.h"

namespace pressmark {

class FileTally {
 public:
  /// `wanted`: by number in Volume::files, as files::Tiers has it. Nothing counts until `enter`.
  FileTally(const Volume& volume, std::vector<bool> wanted);

  /// Before a range of the map changes, and after: what costs time is the range, not the disc.
  void leave(const RipMap& map, SectorRange range) { add(map, range, -1); }
  void enter(const RipMap& map, SectorRange range) { add(map, range, +1); }
  [[nodiscard]] const FileCount& count() const { return count_; }

  /// Unreadable sectors of a file, by its number in Volume::files.
  [[nodiscard]] std::int64_t unreadable(std::size_t file) const { return files_[file].unreadable; }

 private:
  struct Piece {
    std::int64_t first = 0, count = 0;
    std::uint32_t file = 0;
    [[nodiscard]] std::int64_t end() const { return first + count; }
  };
  struct Sectors {
    std::int64_t pending = 0, unreadable = 0;
  };
  void add(const RipMap& map, SectorRange range, int sign);
  void add(const GradedRun& run, int sign);
  void count(std::uint32_t file, int sign);

  std::vector<Piece> pieces_;           // by first sector
  std::vector<std::int64_t> furthest_;  // the furthest end among the pieces up to here
  std::vector<Sectors> files_;
  std::vector<bool> wanted_;
  FileCount count_;
};

}  // namespace pressmark
