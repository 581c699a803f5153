// A disc as a value: what is in the drive, how long it is and by whose word, its tracks, and what tells it from
// another.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/lba.h"
#include "pressmark/media_kind.h"

namespace pressmark {

/// MMC-6 5.3.1, table 92: the current profile says what kind of disc the drive takes this one for.
struct Profile {
  std::uint16_t number = 0;
  MediaKind kind = MediaKind::none;
  std::string_view name;  ///< "DVD-ROM"
};
[[nodiscard]] Profile profile(std::uint16_t number);

/// Sectors in one ECC block, which is read or lost as a whole: CD 1, DVD 16 (ECMA-267 18), BD 32.
[[nodiscard]] std::uint32_t ecc_block_sectors(MediaKind kind);

/// A track as the drive tells of it (READ TOC formats 0 and 2, READ TRACK INFORMATION).
struct Track {
  std::uint8_t number = 1;
  std::uint8_t session = 1;
  std::uint8_t control = 4;  ///< Q control nibble; bit 2 set: data
  Lba start;
  std::int64_t sectors = 0;
  [[nodiscard]] bool is_data() const { return (control & 4) != 0; }
  friend bool operator==(const Track&, const Track&) = default;
};

/// One of several sources that claim to know how long the disc is. They differ on recordables and some DVD-9s.
struct SizeOpinion {
  std::string source;  ///< "READ CAPACITY", "READ TRACK INFORMATION", "TOC lead-out", "PFI", "ISO 9660", "UDF"
  std::int64_t sectors = 0;
  friend bool operator==(const SizeOpinion&, const SizeOpinion&) = default;
};

struct Disc {
  Profile profile;
  std::vector<Track> tracks;  ///< in order of address; at least one on a disc that can be read
  std::uint8_t sessions = 1;
  std::vector<SizeOpinion> sizes;  ///< every opinion that could be had, in the order above
  std::int64_t sectors = 0;        ///< what Pressmark goes by; the reason is in `size_reason`
  std::string size_reason;
  std::uint8_t layers = 1;
  bool opposite_track_path = false;  ///< layer 1 runs outside in (PFI)
  std::optional<Lba> layer_break;    ///< first sector of layer 1 in LBA order (PFI), where there is one
  std::string volume_id;             ///< ISO 9660 volume identifier, trimmed; empty where there is none
  /// Tells this disc from another: SHA-256 over kind, size, TOC and PFI bytes, in hex. Two pressings of one
  /// master share it; it identifies content only together with sectors that are read again (see rip).
  std::string identity;
};

/// "two audio tracks and one data track", "3 sessions": what a person would call it.
[[nodiscard]] std::string describe_layout(const Disc& disc);

}  // namespace pressmark
