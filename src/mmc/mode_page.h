// MODE SENSE(10) and MODE SELECT(10): the read/write error recovery page (01h) and the capabilities page (2Ah) (MMC-6,
// SPC-4).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "pressmark/error.h"

namespace pressmark::mmc {

inline constexpr std::uint16_t kModeBytes = 512;

enum class PageCode : std::uint8_t { error_recovery = 0x01, capabilities = 0x2A };

/// A mode page as it came: page code, length and content, so that it can be sent back with little changed.
struct ModePage {
  std::vector<std::byte> bytes;  ///< from the page code byte on
  friend bool operator==(const ModePage&, const ModePage&) = default;
};

/// The page of that code in a MODE SENSE(10) reply; block descriptors are skipped. Fails: parse (cut short, another
/// page).
Result<ModePage> decode_mode_sense_10(std::span<const std::byte> reply, PageCode wanted);

/// The parameter list that sets `page`: header of 8 zero bytes, then the page with its PS bit cleared.
[[nodiscard]] std::vector<std::byte> encode_mode_list(const ModePage& page);

/// Page 01h, bytes 2 and 3.
struct RecoveryPage {
  std::uint8_t flags = 0;
  std::uint8_t read_retries = 0;
  friend bool operator==(const RecoveryPage&, const RecoveryPage&) = default;
};
Result<RecoveryPage> decode_recovery_page(const ModePage& page);
/// The same page with other flags and retries, all else as the drive had it.
[[nodiscard]] ModePage with_recovery(ModePage page, RecoveryPage values);

/// Page 2Ah. Legacy, yet most drives still fill it in. Speeds in kB/s (1000 bytes).
struct Capabilities {
  bool reads_cd_r = false, reads_dvd_rom = false;
  bool c2_pointers = false;      ///< claimed
  bool rw_subchannel = false;    ///< claimed
  bool accurate_stream = false;  ///< claimed
  bool can_lock = false, locked = false, can_eject = false;
  std::uint8_t loading_mechanism = 0;  ///< 0 caddy, 1 tray, 2 pop-up, 4 and 5 changers
  std::uint16_t max_read_speed = 0, current_read_speed = 0;
  std::uint16_t buffer_kilobytes = 0;  ///< units of 1024 bytes
  friend bool operator==(const Capabilities&, const Capabilities&) = default;
};
/// Needs the 16 bytes up to the current read speed.
Result<Capabilities> decode_capabilities(const ModePage& page);

}  // namespace pressmark::mmc
