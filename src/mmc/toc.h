// READ TOC/PMA/ATIP (MMC-6): what the lead-in says about sessions and tracks.
//
// Every decoder checks what a disc or drive can get wrong: lengths, track numbers, order. What comes out can be used as
// it is.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "pressmark/error.h"
#include "pressmark/lba.h"

namespace pressmark::mmc {

/// Room for a full TOC: header and 100 points in each of 99 sessions never come together; real discs stay below 4 KiB.
inline constexpr std::uint16_t kTocBytes = 8192;
inline constexpr std::uint8_t kLeadOutTrack = 0xAA;
/// A CD ends before 100 minutes: MSF addresses go no further (ECMA-130 clause 22).
inline constexpr Lba kCdEnd{100 * 60 * 75 - 150};

/// Format 0: one track's start, or the lead-out's.
struct TocEntry {
  std::uint8_t track = 0;    ///< 1..99
  std::uint8_t control = 0;  ///< Q control nibble; bit 2 set: data
  Lba start;
  friend bool operator==(const TocEntry&, const TocEntry&) = default;
};
struct Toc {
  std::uint8_t first_track = 0, last_track = 0;
  std::vector<TocEntry> tracks;  ///< in order of number and address, at least one
  Lba lead_out;                  ///< of the last session
  friend bool operator==(const Toc&, const Toc&) = default;
};
/// Format 0 with LBAs. Fails: parse (cut short, no lead-out, numbers outside 1..99 or not rising, addresses that fall).
/// `limit`: where the disc must end at the latest; DVD and BD drives make up a table of contents whose addresses go
/// further.
Result<Toc> decode_toc(std::span<const std::byte> reply, Lba limit = kCdEnd);

/// Format 1: where the last complete session starts.
struct SessionInformation {
  std::uint8_t first_session = 0, last_session = 0;
  std::uint8_t first_track_of_last = 0;
  std::uint8_t control = 0;
  Lba start_of_last;
  friend bool operator==(const SessionInformation&, const SessionInformation&) = default;
};
Result<SessionInformation> decode_session_information(std::span<const std::byte> reply);

/// Formats 2 and 3: one Q subchannel entry of a lead-in or of the PMA, as it stands.
struct QEntry {
  std::uint8_t session = 0, adr = 0, control = 0, tno = 0, point = 0;
  Msf time;  ///< MIN, SEC, FRAME
  std::uint8_t zero = 0;
  Msf pointed;  ///< PMIN, PSEC, PFRAME
  friend bool operator==(const QEntry&, const QEntry&) = default;
};
struct QTable {
  std::uint8_t first_session = 0, last_session = 0;
  std::vector<QEntry> entries;
  friend bool operator==(const QTable&, const QTable&) = default;
};
/// Formats 2 (full TOC) and 3 (PMA). Fails: parse (cut short, not whole entries).
Result<QTable> decode_q_table(std::span<const std::byte> reply);

/// A session as a full TOC tells of it.
struct Session {
  std::uint8_t number = 1;
  std::uint8_t type = 0;  ///< A0h PSEC: 00h CD-DA and CD-ROM, 10h CD-I, 20h CD-ROM XA
  std::vector<TocEntry> tracks;
  Lba lead_out;
  friend bool operator==(const Session&, const Session&) = default;
};
/// The sessions of a full TOC, in order. Fails: parse, where `decode_toc` would: points that are not valid, tracks out
/// of order, a session without tracks or lead-out.
Result<std::vector<Session>> sessions_of(const QTable& full_toc);

/// Format 4: what a blank or recordable disc was made for.
struct Atip {
  bool rewritable = false;
  std::uint8_t subtype = 0;
  std::uint8_t indicative_power = 0;
  Msf lead_in_start;  ///< names the maker
  Msf last_possible_lead_out;
  friend bool operator==(const Atip&, const Atip&) = default;
};
Result<Atip> decode_atip(std::span<const std::byte> reply);

}  // namespace pressmark::mmc
