// Any text as the record of a rip: what it says of bad sectors is in order, and within an image that a disc can have.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "pressmark/files_report.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pressmark;
  const auto damage = damage_in_record({reinterpret_cast<const char*>(data), size}, "fuzz.rip.json");
  if (!damage) return 0;
  std::int64_t last = 0;
  for (const SectorRange& range : damage->bad) {
    if (range.count <= 0 || range.first < last || range.end() > INT32_MAX) std::abort();
    last = range.end() + 1;
  }
  return 0;
}
