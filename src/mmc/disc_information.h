// READ DISC INFORMATION and READ TRACK INFORMATION (MMC-6).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "pressmark/error.h"
#include "pressmark/lba.h"

namespace pressmark::mmc {

inline constexpr std::uint16_t kDiscInformationBytes = 34;
inline constexpr std::uint16_t kTrackInformationBytes = 48;

/// Byte 2, bits 1-0.
enum class DiscStatus : std::uint8_t { empty = 0, incomplete = 1, complete = 2, other = 3 };

struct DiscInformation {
  DiscStatus status = DiscStatus::other;
  std::uint8_t last_session_state = 0;  ///< 0 empty, 1 incomplete, 3 complete
  bool erasable = false;
  std::uint16_t first_track = 0;
  std::uint16_t sessions = 0;
  std::uint16_t first_track_of_last_session = 0;
  std::uint16_t last_track = 0;
  std::uint8_t disc_type = 0xFF;         ///< 00h CD-DA or CD-ROM, 10h CD-I, 20h CD-ROM XA, FFh not told
  std::optional<std::uint32_t> disc_id;  ///< where the drive says it is valid
  friend bool operator==(const DiscInformation&, const DiscInformation&) = default;
};
/// Standard disc information (data type 000b); needs 24 bytes.
Result<DiscInformation> decode_disc_information(std::span<const std::byte> reply);

struct TrackInformation {
  std::uint16_t track = 0;
  std::uint16_t session = 0;
  std::uint8_t track_mode = 0;  ///< Q control nibble
  std::uint8_t data_mode = 0;   ///< 1 Mode 1 or DVD/BD, 2 Mode 2, 15 unknown or none
  bool damaged = false, blank = false, packet = false, reserved = false;
  Lba start;
  std::int64_t sectors = 0;
  std::optional<Lba> next_writable;  ///< where NWA_V is set
  std::optional<Lba> last_recorded;  ///< where LRA_V is set
  friend bool operator==(const TrackInformation&, const TrackInformation&) = default;
};
/// Needs 28 bytes; the last recorded address and the numbers' high bytes are taken where the reply has them.
Result<TrackInformation> decode_track_information(std::span<const std::byte> reply);

}  // namespace pressmark::mmc
