// Discs that exist only as a rule: an ISO 9660 head, and filler computed from the address.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pressmark/medium.h"

namespace pressmark::simulated {

/// One track of a generated disc.
struct GeneratedTrack {
  TrackMode mode = TrackMode::mode1;
  std::uint32_t sectors = 0;
  std::uint8_t session = 1;
  std::uint32_t pregap = 0;  ///< stored sectors of index 00 before it
};

struct GeneratedOptions {
  MediaKind kind = MediaKind::cd;
  std::vector<GeneratedTrack> tracks;  ///< exactly one, mode1, for DVD and BD
  std::string volume_id = "SIMULATED";
  std::uint64_t seed = 1;
};

/// Sectors between the end of one session and the first track of the next: lead-out, lead-in and pre-gap
/// (MMC-6 4.2.3.5: 6750 + 4500 + 150 after the first session, 2250 + 4500 + 150 after later ones).
[[nodiscard]] constexpr std::uint32_t session_gap(std::uint8_t ended_session) {
  return ended_session == 1 ? 11400 : 6900;
}

/// Memory: the head (under 100 KiB) and one pool of 256 KiB, whatever the size of the disc. Making a sector costs one
/// copy of 2048 bytes. The options must have been checked (scenario_parse.cpp does).
[[nodiscard]] std::unique_ptr<Medium> generate_medium(const GeneratedOptions& options);

}  // namespace pressmark::simulated
