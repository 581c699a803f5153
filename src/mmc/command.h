// The commands Pressmark sends (MMC-6 clause 6, SPC-4 clause 6): one row a command, one encoder a command. The
// standards have a clause for each command under the command's own name, which is how they are cited here.
//
// An encoder is pure and gives a `Cdb`; `to_command` joins it with a buffer for a Transport. Allocation lengths are the
// buffer's length, so that a drive can never be asked for more than fits.
#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "pressmark/lba.h"
#include "pressmark/transport.h"

#include "core/bytes.h"

namespace pressmark::mmc {

using namespace std::chrono_literals;

/// A field of a CDB worth a word in a trace.
struct CdbField {
  enum class Show : std::uint8_t { absent, decimal, address, hex, flag };
  std::string_view label;
  std::uint8_t at = 0;
  std::uint8_t width = 0;
  Show show = Show::absent;
  std::uint32_t mask = 0xFFFF'FFFF;
};

/// What is true of a command wherever it is sent.
struct CommandSpec {
  std::uint8_t opcode = 0;
  std::uint8_t cdb_length = 0;
  Direction direction = Direction::none;
  std::chrono::milliseconds timeout{0};  ///< long enough for a drive that spins up or retries first
  std::string_view name;                 ///< the standard's
  std::array<CdbField, 4> fields{};      ///< shown by `describe_cdb`
};

namespace detail {
using enum CdbField::Show;
constexpr CdbField bytes_at(std::uint8_t at, std::uint8_t width) { return {"bytes", at, width, decimal}; }
constexpr CdbField lba_at(std::uint8_t at) { return {"lba", at, 4, address}; }
constexpr CdbField kFua{"fua", 1, 1, flag, 0x08};
}  // namespace detail

// clang-format off
inline constexpr CommandSpec kTestUnitReady     {0x00,  6, Direction::none, 30s, "TEST UNIT READY", {}};
inline constexpr CommandSpec kRequestSense      {0x03,  6, Direction::in,   10s, "REQUEST SENSE", {{detail::bytes_at(4, 1)}}};
inline constexpr CommandSpec kInquiry           {0x12,  6, Direction::in,   10s, "INQUIRY", {{detail::bytes_at(3, 2)}}};
inline constexpr CommandSpec kStartStopUnit     {0x1B,  6, Direction::none, 60s, "START STOP UNIT", {{{"load-eject", 4, 1, detail::flag, 0x02}, {"start", 4, 1, detail::flag, 0x01}}}};
inline constexpr CommandSpec kPreventAllow      {0x1E,  6, Direction::none, 10s, "PREVENT ALLOW MEDIUM REMOVAL", {{{"prevent", 4, 1, detail::flag, 0x01}}}};
inline constexpr CommandSpec kReadCapacity      {0x25, 10, Direction::in,   30s, "READ CAPACITY", {}};
inline constexpr CommandSpec kRead10            {0x28, 10, Direction::in,   60s, "READ(10)", {{detail::lba_at(2), {"count", 7, 2, detail::decimal}, detail::kFua}}};
inline constexpr CommandSpec kReadToc           {0x43, 10, Direction::in,   60s, "READ TOC/PMA/ATIP", {{{"format", 2, 1, detail::decimal, 0x0F}, {"track", 6, 1, detail::decimal}, detail::bytes_at(7, 2)}}};
inline constexpr CommandSpec kGetConfiguration  {0x46, 10, Direction::in,   30s, "GET CONFIGURATION", {{{"type", 1, 1, detail::decimal, 0x03}, {"from", 2, 2, detail::hex}, detail::bytes_at(7, 2)}}};
inline constexpr CommandSpec kGetEventStatus    {0x4A, 10, Direction::in,   10s, "GET EVENT STATUS NOTIFICATION", {{{"classes", 4, 1, detail::hex}, detail::bytes_at(7, 2)}}};
inline constexpr CommandSpec kReadDiscInfo      {0x51, 10, Direction::in,   60s, "READ DISC INFORMATION", {{{"type", 1, 1, detail::decimal, 0x07}, detail::bytes_at(7, 2)}}};
inline constexpr CommandSpec kReadTrackInfo     {0x52, 10, Direction::in,   60s, "READ TRACK INFORMATION", {{{"by", 1, 1, detail::decimal, 0x03}, {"number", 2, 4, detail::decimal}, detail::bytes_at(7, 2)}}};
inline constexpr CommandSpec kModeSelect10      {0x55, 10, Direction::out,  30s, "MODE SELECT(10)", {{detail::bytes_at(7, 2)}}};
inline constexpr CommandSpec kModeSense10       {0x5A, 10, Direction::in,   30s, "MODE SENSE(10)", {{{"page", 2, 1, detail::hex, 0x3F}, detail::bytes_at(7, 2)}}};
inline constexpr CommandSpec kRead12            {0xA8, 12, Direction::in,   60s, "READ(12)", {{detail::lba_at(2), {"count", 6, 4, detail::decimal}, detail::kFua}}};
inline constexpr CommandSpec kGetPerformance    {0xAC, 12, Direction::in,   30s, "GET PERFORMANCE", {{{"type", 10, 1, detail::hex}, detail::lba_at(2), {"descriptors", 8, 2, detail::decimal}}}};
inline constexpr CommandSpec kReadDiscStructure {0xAD, 12, Direction::in,   60s, "READ DISC STRUCTURE", {{{"media", 1, 1, detail::decimal, 0x0F}, {"layer", 6, 1, detail::decimal}, {"format", 7, 1, detail::hex}, detail::bytes_at(8, 2)}}};
inline constexpr CommandSpec kSetStreaming      {0xB6, 12, Direction::out,  30s, "SET STREAMING", {{detail::bytes_at(9, 2)}}};
inline constexpr CommandSpec kSetCdSpeed        {0xBB, 12, Direction::none, 30s, "SET CD SPEED", {{{"read", 2, 2, detail::decimal}, {"write", 4, 2, detail::decimal}}}};
inline constexpr CommandSpec kMechanismStatus   {0xBD, 12, Direction::in,   10s, "MECHANISM STATUS", {{detail::bytes_at(8, 2)}}};
inline constexpr CommandSpec kReadCd            {0xBE, 12, Direction::in,   60s, "READ CD", {{detail::lba_at(2), {"count", 6, 3, detail::decimal}, {"main", 9, 1, detail::hex}, {"sub", 10, 1, detail::hex, 0x07}}}};
// clang-format on

inline constexpr std::array<const CommandSpec*, 21> kCommands{&kTestUnitReady,  &kRequestSense,      &kInquiry,
                                                              &kStartStopUnit,  &kPreventAllow,      &kReadCapacity,
                                                              &kRead10,         &kReadToc,           &kGetConfiguration,
                                                              &kGetEventStatus, &kReadDiscInfo,      &kReadTrackInfo,
                                                              &kModeSelect10,   &kModeSense10,       &kRead12,
                                                              &kGetPerformance, &kReadDiscStructure, &kSetStreaming,
                                                              &kSetCdSpeed,     &kMechanismStatus,   &kReadCd};

/// SPC-4, operation code: its group says how long its CDB is.
[[nodiscard]] constexpr std::uint8_t cdb_length_of(std::uint8_t opcode) {
  constexpr std::array<std::uint8_t, 8> kByGroup{6, 10, 10, 0, 16, 12, 0, 0};
  return kByGroup[opcode >> 5U];
}
static_assert(
    [] {
      for (std::size_t i = 0; i < kCommands.size(); ++i) {
        if (i > 0 && kCommands[i - 1]->opcode >= kCommands[i]->opcode) return false;
        if (kCommands[i]->cdb_length != cdb_length_of(kCommands[i]->opcode)) return false;
      }
      return true;
    }(),
    "the commands are in order of opcode, each once, with the CDB length of their group");

/// A command descriptor block, ready to be sent.
struct Cdb {
  const CommandSpec* spec = nullptr;
  std::array<std::byte, 16> bytes{};

  constexpr explicit Cdb(const CommandSpec& command) : spec(&command) { bytes[0] = std::byte{command.opcode}; }
  constexpr Cdb& set(std::size_t at, std::size_t width, std::uint64_t value) {
    put_be(bytes, at, width, value);
    return *this;
  }
  [[nodiscard]] constexpr std::uint8_t operator[](std::size_t at) const {
    return std::to_integer<std::uint8_t>(bytes[at]);
  }
};

/// Joins a CDB with the buffer it fills or sends. `timeout` 0: the command's own.
[[nodiscard]] Command to_command(const Cdb& cdb, std::span<std::byte> data = {},
                                 std::chrono::milliseconds timeout = std::chrono::milliseconds{0});

/// "READ(10) lba 16 count 32"; for commands that are not in the table, the bytes in hex.
[[nodiscard]] std::string describe_cdb(std::span<const std::byte> cdb);

/// The row of an opcode; null for a command Pressmark does not send.
[[nodiscard]] const CommandSpec* find_command(std::uint8_t opcode);

// ---- encoders ----

[[nodiscard]] constexpr Cdb encode_test_unit_ready() { return Cdb{kTestUnitReady}; }

/// Asks for sense in fixed format; `allocation` at most 252.
[[nodiscard]] constexpr Cdb encode_request_sense(std::uint8_t allocation) {
  return Cdb{kRequestSense}.set(4, 1, allocation);
}

/// Standard INQUIRY data.
[[nodiscard]] constexpr Cdb encode_inquiry(std::uint16_t allocation) { return Cdb{kInquiry}.set(3, 2, allocation); }

/// LoEj and Start together say what the tray and the spindle do.
enum class Spindle : std::uint8_t { stop = 0, start = 1, eject = 2, load = 3 };
[[nodiscard]] constexpr Cdb encode_start_stop(Spindle action, bool immediate = false) {
  return Cdb{kStartStopUnit}.set(1, 1, immediate ? 1 : 0).set(4, 1, std::to_underlying(action));
}

/// The prevention is not persistent: it ends with a reset.
[[nodiscard]] constexpr Cdb encode_prevent_allow(bool prevent) { return Cdb{kPreventAllow}.set(4, 1, prevent ? 1 : 0); }

[[nodiscard]] constexpr Cdb encode_read_capacity() { return Cdb{kReadCapacity}; }

struct ReadRequest {
  Lba first;
  std::uint32_t count = 0;  ///< READ(10): at most 65,535
  bool force_unit_access = false;
};
[[nodiscard]] constexpr Cdb encode_read_10(ReadRequest r) {
  return Cdb{kRead10}
      .set(1, 1, r.force_unit_access ? 0x08 : 0)
      .set(2, 4, static_cast<std::uint32_t>(r.first.value))
      .set(7, 2, r.count);
}
[[nodiscard]] constexpr Cdb encode_read_12(ReadRequest r) {
  return Cdb{kRead12}
      .set(1, 1, r.force_unit_access ? 0x08 : 0)
      .set(2, 4, static_cast<std::uint32_t>(r.first.value))
      .set(6, 4, r.count);
}

/// Byte 9 of READ CD: which parts of the sector are sent.
enum class MainChannel : std::uint8_t {
  none = 0x00,
  user = 0x10,          ///< the user data alone
  all = 0xF8,           ///< sync, headers, user data, EDC and ECC: 2352 bytes of any sector
  all_c2 = 0xFA,        ///< the same and 294 bytes of C2 flags
  all_c2_block = 0xFC,  ///< the same and 296 bytes: C2 flags, block error byte, pad
};
/// Byte 10 of READ CD: 0, 96, 16 or 96 bytes a sector.
enum class Subchannel : std::uint8_t { none = 0, raw = 1, q = 2, rw = 4 };

/// Bytes a sector takes on the wire.
[[nodiscard]] constexpr std::uint32_t read_cd_bytes(MainChannel main, Subchannel sub) {
  std::uint32_t bytes = 0;
  switch (main) {
    case MainChannel::none: break;
    case MainChannel::user: bytes = kUserBytes; break;
    case MainChannel::all: bytes = kRawBytes; break;
    case MainChannel::all_c2: bytes = kRawBytes + 294; break;
    case MainChannel::all_c2_block: bytes = kRawBytes + 296; break;
  }
  switch (sub) {
    case Subchannel::none: break;
    case Subchannel::q: bytes += 16; break;
    case Subchannel::raw:
    case Subchannel::rw: bytes += kSubchannelBytes; break;
  }
  return bytes;
}

/// Any expected sector type. `count` below 2^24.
[[nodiscard]] constexpr Cdb encode_read_cd(Lba first, std::uint32_t count, MainChannel main, Subchannel sub) {
  return Cdb{kReadCd}
      .set(2, 4, static_cast<std::uint32_t>(first.value))
      .set(6, 3, count)
      .set(9, 1, std::to_underlying(main))
      .set(10, 1, std::to_underlying(sub));
}

/// READ TOC/PMA/ATIP, byte 2: 0 TOC, 1 session information, 2 full TOC, 3 PMA, 4 ATIP, 5 CD-TEXT.
enum class TocFormat : std::uint8_t { toc = 0, session = 1, full = 2, pma = 3, atip = 4, cd_text = 5 };
/// Addresses are asked for as LBAs where the format has a choice (0 and 1); the others give MSF. They are told so all the
/// same (byte 1, MSF): QEMU's SCSI drive gives LBAs in the MSF fields of format 2 where that bit is not set. `number`:
/// first track (format 0) or session (format 2) of interest.
struct TocRequest {
  TocFormat format = TocFormat::toc;
  std::uint8_t number = 0;
  std::uint16_t allocation = 0;
};
[[nodiscard]] constexpr Cdb encode_read_toc(TocRequest r) {
  const bool always_msf = r.format == TocFormat::full || r.format == TocFormat::pma || r.format == TocFormat::atip;
  return Cdb{kReadToc}
      .set(1, 1, always_msf ? 0x02 : 0x00)
      .set(2, 1, std::to_underlying(r.format))
      .set(6, 1, r.number)
      .set(7, 2, r.allocation);
}

/// Which features are told: all, those that are current, or the one named by `first`.
enum class FeatureScope : std::uint8_t { all = 0, current = 1, one = 2 };
struct ConfigurationRequest {
  FeatureScope scope = FeatureScope::all;
  std::uint16_t first = 0;
  std::uint16_t allocation = 0;
};
[[nodiscard]] constexpr Cdb encode_get_configuration(ConfigurationRequest r) {
  return Cdb{kGetConfiguration}.set(1, 1, std::to_underlying(r.scope)).set(2, 2, r.first).set(7, 2, r.allocation);
}

/// Notification class request: bit n asks for class n; Pressmark asks for class 4, media, and does not wait (polled).
inline constexpr std::uint8_t kMediaEvents = 1U << 4U;
[[nodiscard]] constexpr Cdb encode_get_event_status(std::uint8_t classes, std::uint16_t allocation) {
  return Cdb{kGetEventStatus}.set(1, 1, 0x01).set(4, 1, classes).set(7, 2, allocation);
}

[[nodiscard]] constexpr Cdb encode_read_disc_information(std::uint16_t allocation) {
  return Cdb{kReadDiscInfo}.set(7, 2, allocation);
}

/// The track that holds an address, a track by number, or the first track of a session.
enum class TrackBy : std::uint8_t { lba = 0, track = 1, session = 2 };
struct TrackInformationRequest {
  TrackBy by = TrackBy::track;
  std::uint32_t number = 1;
  std::uint16_t allocation = 0;
};
[[nodiscard]] constexpr Cdb encode_read_track_information(TrackInformationRequest r) {
  return Cdb{kReadTrackInfo}.set(1, 1, std::to_underlying(r.by)).set(2, 4, r.number).set(7, 2, r.allocation);
}

/// Block descriptors are left out (DBD).
struct ModeSenseRequest {
  std::uint8_t page = 0x3F;
  std::uint16_t allocation = 0;
};
[[nodiscard]] constexpr Cdb encode_mode_sense_10(ModeSenseRequest r) {
  return Cdb{kModeSense10}.set(1, 1, 0x08).set(2, 1, r.page & 0x3FU).set(7, 2, r.allocation);
}
/// Page format, not saved.
[[nodiscard]] constexpr Cdb encode_mode_select_10(std::uint16_t list_length) {
  return Cdb{kModeSelect10}.set(1, 1, 0x10).set(7, 2, list_length);
}

/// 00h performance (nominal, 10% tolerance), 03h write speed descriptors (which carry read speeds as well).
enum class PerformanceType : std::uint8_t { nominal = 0x00, write_speed = 0x03 };
struct PerformanceRequest {
  PerformanceType type = PerformanceType::nominal;
  Lba first;
  std::uint16_t descriptors = 1;
};
[[nodiscard]] constexpr Cdb encode_get_performance(PerformanceRequest r) {
  const bool nominal = r.type == PerformanceType::nominal;
  return Cdb{kGetPerformance}
      .set(1, 1, nominal ? 0x10 : 0)
      .set(2, 4, nominal ? static_cast<std::uint32_t>(r.first.value) : 0)
      .set(8, 2, r.descriptors)
      .set(10, 1, std::to_underlying(r.type));
}

/// Media type 0 DVD and HD DVD, 1 BD.
enum class StructureMedia : std::uint8_t { dvd = 0, bd = 1 };
/// Formats of media type 0: 00h physical, 01h copyright, 04h manufacturing; of media type 1: 00h disc information.
struct DiscStructureRequest {
  StructureMedia media = StructureMedia::dvd;
  std::uint8_t format = 0;
  std::uint8_t layer = 0;
  std::uint16_t allocation = 0;
};
[[nodiscard]] constexpr Cdb encode_read_disc_structure(DiscStructureRequest r) {
  return Cdb{kReadDiscStructure}
      .set(1, 1, std::to_underlying(r.media))
      .set(6, 1, r.layer)
      .set(7, 1, r.format)
      .set(8, 2, r.allocation);
}

/// In kB/s (1000 bytes); 0xFFFF is the most. The write speed is asked to stay at its most.
[[nodiscard]] constexpr Cdb encode_set_cd_speed(std::uint16_t read_kilobytes_per_second) {
  return Cdb{kSetCdSpeed}.set(2, 2, read_kilobytes_per_second).set(4, 2, 0xFFFF);
}

/// Type 00h (performance descriptor of 28 bytes, see performance.h).
[[nodiscard]] constexpr Cdb encode_set_streaming(std::uint16_t list_length) {
  return Cdb{kSetStreaming}.set(9, 2, list_length);
}

[[nodiscard]] constexpr Cdb encode_mechanism_status(std::uint16_t allocation) {
  return Cdb{kMechanismStatus}.set(8, 2, allocation);
}

static_assert(encode_read_cd(Lba{16}, 1, MainChannel::all, Subchannel::none)[5] == 16);
static_assert(encode_read_cd(Lba{-151}, 1, MainChannel::all, Subchannel::none)[2] == 0xFF);
static_assert(encode_read_10({.first = Lba{0x01020304}, .count = 0x0506, .force_unit_access = true})[8] == 0x06);
static_assert(read_cd_bytes(MainChannel::all_c2, Subchannel::raw) == 2742);

}  // namespace pressmark::mmc
