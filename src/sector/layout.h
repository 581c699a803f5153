// Where things lie in a raw CD sector (ECMA-130 clause 14; for Mode 2 forms ECMA-168, which took them from the
// CD-ROM XA specification). Offsets and lengths are in bytes; offsets count from the first byte of the sync pattern.
//
// The error-correcting code sees the sector without its sync: the `matrix`, 26 rows of 86 bytes that start at the header.
// Rows 0..23 are header, data, EDC and filler; rows 24 and 25 are P. Q follows the matrix (ECMA-130 annex A).
#pragma once

#include <cstddef>

#include "pressmark/lba.h"

namespace pressmark::sector {

inline constexpr std::size_t kSync = 0;
inline constexpr std::size_t kSyncBytes = 12;
inline constexpr std::size_t kHeader = 12;  ///< minute, second, frame (BCD), mode
inline constexpr std::size_t kHeaderBytes = 4;
inline constexpr std::size_t kModeByte = 15;
inline constexpr std::size_t kSubheader = 16;  ///< Mode 2: file, channel, submode, coding; then the same again
inline constexpr std::size_t kSubheaderCopyBytes = 4;
inline constexpr std::size_t kSubmode = kSubheader + 2;
inline constexpr std::size_t kSubmodeForm2Bit = 5;

inline constexpr std::size_t kMode1Data = 16;
inline constexpr std::size_t kMode1Edc = kMode1Data + kUserBytes;
inline constexpr std::size_t kMode1Zero = kMode1Edc + 4;
inline constexpr std::size_t kMode1ZeroBytes = 8;
inline constexpr std::size_t kForm1Data = 24;
inline constexpr std::size_t kForm1Edc = kForm1Data + kUserBytes;
inline constexpr std::size_t kForm2Edc = 2348;
inline constexpr std::size_t kEdcBytes = 4;

inline constexpr std::size_t kMatrix = kHeader;
inline constexpr std::size_t kRowBytes = 86;
inline constexpr std::size_t kRows = 26;
inline constexpr std::size_t kDataRows = 24;
inline constexpr std::size_t kMatrixBytes = kRows * kRowBytes;
inline constexpr std::size_t kP = kMatrix + kDataRows * kRowBytes;
inline constexpr std::size_t kPBytes = 2 * kRowBytes;
inline constexpr std::size_t kQ = kMatrix + kMatrixBytes;
inline constexpr std::size_t kQBytes = 104;

static_assert(kMode1Edc == 2064 && kMode1Zero == 2068 && kMode1Zero + kMode1ZeroBytes == kP);
static_assert(kForm1Edc == 2072 && kForm1Edc + kEdcBytes == kP);
static_assert(kForm2Edc + kEdcBytes == kRawBytes);
static_assert(kP == 2076 && kQ == 2248 && kP + kPBytes == kQ && kQ + kQBytes == kRawBytes);

}  // namespace pressmark::sector
