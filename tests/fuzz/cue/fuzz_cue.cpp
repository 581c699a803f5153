// Any text as a cue sheet, over files of any size: whatever is accepted must be a disc that holds together.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

#include "medium/cue_layout.h"
#include "medium/cue_sheet.h"

namespace {

using namespace pressmark;

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const CueLayout& layout, const std::vector<std::uint64_t>& file_bytes) {
  Lba at{0};
  for (const MediumTrack& track : layout.tracks) {
    require(track.sectors > 0 && track.start - track.pregap >= at);
    at = track.start + track.sectors;
  }
  require(layout.end == at);
  at = Lba{0};
  for (const CueExtent& extent : layout.extents) {
    require(extent.sectors > 0 && extent.first >= at && extent.end() <= layout.end);
    at = extent.end();
    const MediumTrack* owner = nullptr;
    for (const MediumTrack& track : layout.tracks)
      if (extent.first >= track.start - track.pregap && extent.end() <= track.start + track.sectors) owner = &track;
    require(owner != nullptr);
    if (extent.file)
      require(extent.offset + std::uint64_t{extent.sectors} * owner->stored_bytes <= file_bytes[*extent.file]);
  }
}

}  // namespace

/// The first 8 bytes choose the files' sizes, the rest is the sheet.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::uint64_t seed = 0;
  if (size < sizeof seed) return 0;
  std::memcpy(&seed, data, sizeof seed);
  const std::string_view text{reinterpret_cast<const char*>(data) + sizeof seed, size - sizeof seed};
  const auto sheet = parse_cue(text, "x.cue");
  if (!sheet) return 0;
  std::vector<std::uint64_t> file_bytes;
  for (std::size_t i = 0; i < sheet->files.size(); ++i) {
    file_bytes.push_back((seed & 1) != 0 ? seed : (seed >> 40) * 2352);
    seed = seed << 7 | seed >> 57;
  }
  if (const auto layout = lay_out_cue(*sheet, file_bytes, "x.cue")) check(*layout, file_bytes);
  return 0;
}
