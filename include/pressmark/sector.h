// CD sectors: check, strip, synthesise (ECMA-130 clauses 14 to 16 and annexes A, B; ECMA-168 for Mode 2 forms).
//
// A raw sector is 2352 bytes:
//   Mode 1         sync 12 | header 4 | data 2048 | EDC 4 @2064 | zero 8 | P 172 @2076 | Q 104 @2248
//   Mode 2 form 1  sync 12 | header 4 | subheader 8 | data 2048 @24 | EDC 4 @2072 | P | Q   (P, Q over a zero header)
//   Mode 2 form 2  sync 12 | header 4 | subheader 8 | data 2324 @24 | EDC 4 @2348 (may be zero)
// An all-zero sector satisfies EDC, P and Q: only sync and header tell it from a real one, so `proven` needs all.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "pressmark/lba.h"

namespace pressmark {

using RawSector = std::span<const std::byte, kRawBytes>;
using RawSectorOut = std::span<std::byte, kRawBytes>;

enum class SectorMode : std::uint8_t { mode0, mode1, mode2_form1, mode2_form2, unknown };
[[nodiscard]] std::string_view to_string(SectorMode mode);

/// What was found in one raw sector. Nothing here is a guess: `proven` is the only statement that the user data is right.
struct SectorCheck {
  SectorMode mode =
      SectorMode::unknown;     ///< by header mode byte and, in Mode 2, the submode's form bit (both copies equal)
  bool sync = false;           ///< 00 FF x10 00
  std::optional<Lba> address;  ///< from the header, if it is valid BCD
  bool edc = false;            ///< the mode's EDC holds (form 2: holds or is absent, see edc_absent)
  bool edc_absent = false;     ///< form 2 with a zero EDC: nothing to hold it to
  bool p = false, q = false;   ///< all P / Q words have zero syndromes (false in modes without them)

  /// Sync, header address equal to `expected`, a mode with an EDC, and that EDC holds.
  [[nodiscard]] bool proven(Lba expected) const;
  friend bool operator==(const SectorCheck&, const SectorCheck&) = default;
};

/// Which implementation runs. All give the same answers; the choice is made once, at first use, from the processor. Asking for
/// an engine that the processor does not have runs the plain one.
enum class SectorEngine : std::uint8_t { plain, ssse3, avx2, avx512 };
[[nodiscard]] SectorEngine best_sector_engine();
[[nodiscard]] bool sector_engine_available(SectorEngine engine);
[[nodiscard]] std::string_view to_string(SectorEngine engine);

/// Checks everything above, P and Q included.
[[nodiscard]] SectorCheck check_sector(RawSector sector);
[[nodiscard]] SectorCheck check_sector(RawSector sector, SectorEngine engine);

/// The 2048 user bytes in place, for Mode 1 and Mode 2 form 1; nothing for other modes. Strips, does not judge.
[[nodiscard]] std::optional<std::span<const std::byte, kUserBytes>> user_data(RawSector sector, SectorMode mode);

/// Checks `raw` (n x 2352 bytes, sectors first, first+1, ...) and copies the user data of each proven Mode 1 or Mode 2
/// form 1 sector to its place in `out` (n x 2048 bytes); the place of any other is left as it was. `checks` has n
/// elements. If the spans do not match, only the sectors that all three hold whole are handled. Returns how many were
/// copied. This is the ripper's hot path.
std::size_t check_and_strip(Lba first, std::span<const std::byte> raw, std::span<std::byte> out,
                            std::span<SectorCheck> checks);
std::size_t check_and_strip(Lba first, std::span<const std::byte> raw, std::span<std::byte> out,
                            std::span<SectorCheck> checks, SectorEngine engine);

/// Writes sync, header, EDC, zero bytes, P and Q around data that is already in place: bytes 16..2063 (Mode 1), 16..2071 (Mode
/// 2 form 1, both subheaders included), 16..2347 (form 2). Modes mode0 (2336 zero bytes) too. `mode` must not be unknown;
/// `lba` must be one that a header can say: -45150..404849.
void synthesise_sector(RawSectorOut sector, Lba lba, SectorMode mode);
void synthesise_sector(RawSectorOut sector, Lba lba, SectorMode mode, SectorEngine engine);

/// EDC of ECMA-130 14.3: CRC-32 with polynomial 8001801Bh, reflected, from zero, not inverted.
[[nodiscard]] std::uint32_t edc(std::span<const std::byte> bytes);

/// Scrambles or descrambles (the same operation) bytes 12..2351 in place (ECMA-130 annex B).
void scramble(RawSectorOut sector);

}  // namespace pressmark
