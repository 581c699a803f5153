// Any text as a mapfile: what is accepted is a map that is written and read again without a change.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "pressmark/map.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pressmark;
  const auto file = parse_mapfile({reinterpret_cast<const char*>(data), size}, "a.map");
  if (!file) return 0;
  std::int64_t sectors = 0;
  for (const GradedRun& run : file->map.runs()) {
    if (run.count <= 0 || run.first != sectors) std::abort();
    sectors = run.end();
  }
  if (sectors != file->map.sectors()) std::abort();
  const auto again = parse_mapfile(format_mapfile(*file), "a.map");
  if (!again || again->map != file->map || again->first_lba != file->first_lba || !again->warnings.empty())
    std::abort();
  return 0;
}
