// What was seen of sectors that failed, each sector noted once: how often it was tried, and what came back last.
//
// Reads of the same place come in different lengths (a transfer, a block, one sector of it): notes are cut where they
// overlap, so that the tries of every sector are its own.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/lba.h"
#include "pressmark/map.h"

namespace pressmark {

class FailureNotes {
 public:
  /// The sectors of `range` were tried `tries` more times; `last` came back in the end. A dispute outlasts what comes after it:
  /// a note that says SectorReader::kReadingsDiffer goes on saying so, for the next run must know.
  void enter(SectorRange range, const std::string& last, std::uint32_t tries = 1);

  /// How often `sector` was tried, if what came back last begins with `like`; else 0.
  [[nodiscard]] std::uint32_t tries(std::int64_t sector, std::string_view like) const;

  /// In order of address; no sector is in two, and neighbours that say the same are one.
  [[nodiscard]] std::vector<FailureNote> list() const;

 private:
  void split(std::int64_t sector);

  std::map<std::int64_t, FailureNote> notes_;  // by first sector
};

}  // namespace pressmark
