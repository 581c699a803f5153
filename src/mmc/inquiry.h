// Standard INQUIRY data (SPC-4). Vital product data is not asked for: drives that ignore the EVPD bit send standard
// data instead, whose second byte is 80h as well, and a serial number comes from feature 0108h.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "pressmark/error.h"

namespace pressmark::mmc {

inline constexpr std::uint16_t kInquiryBytes = 96;
/// Peripheral device type of every CD, DVD and BD drive.
inline constexpr std::uint8_t kMultimediaDevice = 0x05;

struct Inquiry {
  std::uint8_t device_type = 0;
  bool removable = false;
  std::string vendor, product, revision;  ///< without trailing blanks; empty where the reply ends before them
  friend bool operator==(const Inquiry&, const Inquiry&) = default;
};

/// Needs 5 bytes. The additional length is not asked: old drives leave it too small, and what came is what counts.
Result<Inquiry> decode_inquiry(std::span<const std::byte> reply);

}  // namespace pressmark::mmc
