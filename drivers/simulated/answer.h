// What a command came to, before it is put into the form the transport carries.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "pressmark/transport.h"

#include "drivers/simulated/bytes.h"
#include "drivers/simulated/cdb.h"
#include "drivers/simulated/drive_model.h"

namespace pressmark::simulated {

struct SenseCode {
  std::uint8_t key = 0, asc = 0, ascq = 0;
};

// MMC-6 annex F.
inline constexpr SenseCode kNoSense{0, 0x00, 0x00};
inline constexpr SenseCode kBecomingReady{2, 0x04, 0x01};
inline constexpr SenseCode kNoMediumClosed{2, 0x3A, 0x01};
inline constexpr SenseCode kNoMediumOpen{2, 0x3A, 0x02};
inline constexpr SenseCode kUnreadable{3, 0x11, 0x05};
inline constexpr SenseCode kInternalFailure{4, 0x44, 0x00};
inline constexpr SenseCode kParameterListLength{5, 0x1A, 0x00};
inline constexpr SenseCode kInvalidOpcode{5, 0x20, 0x00};
inline constexpr SenseCode kOutOfRange{5, 0x21, 0x00};
inline constexpr SenseCode kInvalidField{5, 0x24, 0x00};
inline constexpr SenseCode kInvalidParameter{5, 0x26, 0x00};
inline constexpr SenseCode kIncompatibleMedium{5, 0x30, 0x02};
inline constexpr SenseCode kSavingNotSupported{5, 0x39, 0x00};
inline constexpr SenseCode kRemovalPrevented{5, 0x53, 0x02};
inline constexpr SenseCode kIllegalMode{5, 0x64, 0x00};
inline constexpr SenseCode kMediumChanged{6, 0x28, 0x00};
inline constexpr SenseCode kReset{6, 0x29, 0x00};

struct Answer {
  SenseCode sense;                           ///< key 0: good
  std::optional<std::uint32_t> information;  ///< failing LBA
  std::uint32_t transferred = 0;
  double extra_s = 0;  ///< beyond what every command takes
  [[nodiscard]] bool good() const { return sense.key == 0; }
};

[[nodiscard]] inline Answer check(SenseCode sense) { return {.sense = sense}; }

/// As much of `bytes` as the allocation length and the host's buffer take (SPC-4 4.2.5.6).
[[nodiscard]] Answer reply(const Request& request, const ReplyBytes& bytes);

/// Sense data in the drive's format; at most 32 bytes (SPC-4 4.5.2, 4.5.3).
[[nodiscard]] ReplyBytes make_sense(SenseFormat format, SenseCode code, std::optional<std::uint32_t> information);

}  // namespace pressmark::simulated
