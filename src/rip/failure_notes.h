// What was seen of sectors that failed, each sector noted once: how often it was tried, and what came back last.
//
// Reads of the same place come in different lengths (a transfer, a block, one sector of it): notes are cut where they
// overlap, so that the tries of every sector are its own.
#pragma once

#include <cstdint>
#include <functional>
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
  /// What came back is one of few texts, on a hundred thousand places: each is kept once.
  struct Note {
    std::int64_t count = 0;
    std::uint32_t tries = 0;
    std::uint32_t last = 0;  // index into texts_
  };
  void split(std::int64_t sector);
  std::uint32_t text(const std::string& last);
  [[nodiscard]] std::uint32_t still_disputed(std::uint32_t before, std::uint32_t last);

  std::map<std::int64_t, Note> notes_;  // by first sector
  std::vector<std::string> texts_;
  std::map<std::string, std::uint32_t, std::less<>> numbers_;  // of texts_
};

}  // namespace pressmark
