// What a drive says when a command did not go well (SPC-4 4.5, MMC-6 annex F), and what to do about it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pressmark {

/// Sense keys (SPC-4 4.5.6), those that drives answer reads with.
namespace sense_key {
inline constexpr std::uint8_t recovered_error = 0x1, not_ready = 0x2, medium_error = 0x3, hardware_error = 0x4,
                              illegal_request = 0x5, unit_attention = 0x6, aborted_command = 0xB;
}

/// Sense data, decoded from either format: fixed (70h/71h) or descriptor (72h/73h).
struct Sense {
  std::uint8_t key = 0;   ///< 0..15 (sense_key)
  std::uint8_t asc = 0;   ///< additional sense code
  std::uint8_t ascq = 0;  ///< its qualifier
  bool deferred = false;  ///< 71h/73h: about an earlier command, not the one it came with
  /// INFORMATION, only where the drive set VALID: for a failed read, the first LBA that failed.
  std::optional<std::uint64_t> information;

  friend bool operator==(const Sense&, const Sense&) = default;
};

/// Reads sense bytes of any length; nothing if they are too short or of no known format ("no sense" is
/// not "no error").
[[nodiscard]] std::optional<Sense> decode_sense(std::span<const std::byte> bytes);

/// What a ripper should do next. One row of the sense table each; see `advise`.
enum class Verdict : std::uint8_t {
  none,      ///< not an error (key 1, or 0 where no sectors were read): the data can be used
  give_up,   ///< asking again will not help: wrong command, address, or medium
  wait,      ///< the drive is getting ready: ask again after a moment, within a limit
  later,     ///< the sectors cannot be read this way: go on, and come back another way
  retry,     ///< the command was disturbed, the medium is not to blame: send it again
  identify,  ///< the medium may be another: identify it before another byte is stored
  stop,      ///< the drive itself is in trouble: stop, and resume when it has been seen to
};

/// The table's advice for a sense; the row that fits key/ASC/ASCQ best, then key/ASC, then the key alone.
[[nodiscard]] Verdict advise(const Sense& sense);

/// The standard's words for it, such as "L-EC uncorrectable error"; never empty.
[[nodiscard]] std::string_view meaning(const Sense& sense);

/// "03/11/05", as the field writes it.
[[nodiscard]] std::string to_string(const Sense& sense);

[[nodiscard]] std::string_view to_string(Verdict verdict);

}  // namespace pressmark
