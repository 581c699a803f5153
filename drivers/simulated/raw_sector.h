// CD raw sectors and Q subchannel, made slowly and plainly (ECMA-130 clauses 14 to 16, 22, annex A; ECMA-168 forms).
//
// A second implementation on purpose: nothing here comes from src/sector, so that a mistake there is not mirrored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "pressmark/lba.h"
#include "pressmark/medium.h"

namespace pressmark::simulated {

/// What a sector is, as READ CD tells them apart (MMC-6 table 350).
enum class SectorType : std::uint8_t { audio, mode1, mode2_formless, mode2_form1, mode2_form2 };

/// Turns a sector as stored (2048, 2336 or 2352 bytes) into the 2352 bytes that are on the disc. A 2048-byte sector of
/// a Mode 2 track becomes form 1.
void make_raw(Lba lba, TrackMode mode, std::span<const std::byte> stored, std::span<std::byte, kRawBytes> raw);

/// Completes a Mode 2 form 1 sector whose 2048 data bytes are at 24 and whose subheader is at 16..23.
void finish_form1(std::span<std::byte, kRawBytes> raw);

/// Tells by mode byte and submode what a raw sector of a track of this mode is.
[[nodiscard]] SectorType sector_type(TrackMode mode, std::span<const std::byte, kRawBytes> raw);

/// EDC as ECMA-130 14.3 writes it: remainder modulo (x^16+x^15+x^2+1)(x^16+x^2+x+1), least significant bit first.
[[nodiscard]] std::uint32_t error_detection_code(std::span<const std::byte> bytes);

/// The Q frame of one sector, 12 bytes with its CRC (ECMA-130 22.3.3): control, track and times as told.
struct QPosition {
  std::uint8_t control = 4;
  std::uint8_t track = 1;
  std::uint8_t index = 1;
  std::int64_t relative = 0;  ///< frames from index 01, or still to go before it in index 00
  Lba absolute;
};
void make_q(const QPosition& position, std::span<std::byte, 12> q);

}  // namespace pressmark::simulated
