// The simulated drive's own CDB decoder: one table row a command.
//
// A row says where a command keeps its address and its amount (a transfer length in sectors, or an allocation or
// parameter list length in bytes), which way data goes, and what must be so before it runs. Written from MMC-6
// clause 6 and SPC-4 clause 6, and on purpose sharing nothing with src/mmc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "pressmark/transport.h"

#include "drivers/simulated/bytes.h"

namespace pressmark::simulated {

enum class Opcode : std::uint8_t {
  test_unit_ready = 0x00,
  request_sense = 0x03,
  inquiry = 0x12,
  start_stop_unit = 0x1B,
  prevent_allow = 0x1E,
  read_capacity = 0x25,
  read_10 = 0x28,
  read_toc = 0x43,
  get_configuration = 0x46,
  get_event_status = 0x4A,
  read_disc_information = 0x51,
  read_track_information = 0x52,
  mode_select_10 = 0x55,
  mode_sense_10 = 0x5A,
  report_luns = 0xA0,
  read_12 = 0xA8,
  get_performance = 0xAC,
  read_disc_structure = 0xAD,
  set_streaming = 0xB6,
  set_cd_speed = 0xBB,
  mechanism_status = 0xBD,
  read_cd = 0xBE,
};

/// Where in the CDB a number lies. Zero bytes: the command has none.
struct Field {
  std::uint8_t at = 0, bytes = 0;
};

enum class Needs : std::uint8_t {
  nothing,  ///< answered in any state
  medium,   ///< NOT READY until a disc is in and up to speed
};

enum class Attention : std::uint8_t {
  reports,  ///< a pending unit attention is reported instead of running it
  passes,   ///< runs in spite of one (MMC-6 4.1.6.1.4; SAM-5 5.14)
};

struct CommandRow {
  Opcode opcode;
  std::uint8_t length;
  Direction direction;
  Needs needs;
  Attention attention;
  Field lba, amount;
  std::string_view name;
};

// clang-format off
inline constexpr auto kCommands = [] {
  using enum Opcode;
  using enum Direction;
  using enum Needs;
  using enum Attention;
  return std::array{
    CommandRow{test_unit_ready,        6,  none, medium,  reports, {},     {},     "TEST UNIT READY"},
    CommandRow{request_sense,          6,  in,   nothing, passes,  {},     {4, 1}, "REQUEST SENSE"},
    CommandRow{inquiry,                6,  in,   nothing, passes,  {},     {3, 2}, "INQUIRY"},
    CommandRow{start_stop_unit,        6,  none, nothing, reports, {},     {},     "START STOP UNIT"},
    CommandRow{prevent_allow,          6,  none, nothing, reports, {},     {},     "PREVENT ALLOW MEDIUM REMOVAL"},
    CommandRow{read_capacity,          10, in,   medium,  reports, {2, 4}, {},     "READ CAPACITY"},
    CommandRow{read_10,                10, in,   medium,  reports, {2, 4}, {7, 2}, "READ(10)"},
    CommandRow{read_toc,               10, in,   medium,  reports, {},     {7, 2}, "READ TOC/PMA/ATIP"},
    CommandRow{get_configuration,      10, in,   nothing, passes,  {},     {7, 2}, "GET CONFIGURATION"},
    CommandRow{get_event_status,       10, in,   nothing, passes,  {},     {7, 2}, "GET EVENT STATUS NOTIFICATION"},
    CommandRow{read_disc_information,  10, in,   medium,  reports, {},     {7, 2}, "READ DISC INFORMATION"},
    CommandRow{read_track_information, 10, in,   medium,  reports, {2, 4}, {7, 2}, "READ TRACK INFORMATION"},
    CommandRow{mode_select_10,         10, out,  nothing, reports, {},     {7, 2}, "MODE SELECT(10)"},
    CommandRow{mode_sense_10,          10, in,   nothing, reports, {},     {7, 2}, "MODE SENSE(10)"},
    CommandRow{report_luns,            12, in,   nothing, passes,  {},     {6, 4}, "REPORT LUNS"},
    CommandRow{read_12,                12, in,   medium,  reports, {2, 4}, {6, 4}, "READ(12)"},
    CommandRow{get_performance,        12, in,   medium,  reports, {2, 4}, {8, 2}, "GET PERFORMANCE"},
    CommandRow{read_disc_structure,    12, in,   medium,  reports, {2, 4}, {8, 2}, "READ DISC STRUCTURE"},
    CommandRow{set_streaming,          12, out,  medium,  reports, {},     {9, 2}, "SET STREAMING"},
    CommandRow{set_cd_speed,           12, none, nothing, reports, {},     {},     "SET CD SPEED"},
    CommandRow{mechanism_status,       12, in,   nothing, reports, {},     {8, 2}, "MECHANISM STATUS"},
    CommandRow{read_cd,                12, in,   medium,  reports, {2, 4}, {6, 3}, "READ CD"},
  };
}();
// clang-format on

/// SPC-4 4.2.5.1: the opcode's top three bits are its group, and the group fixes the length.
constexpr bool lengths_follow_opcode_groups() {
  for (const CommandRow& row : kCommands) {
    const auto group = static_cast<std::uint8_t>(row.opcode) >> 5;
    const int length = group == 0 ? 6 : group == 5 ? 12 : 10;
    if (row.length != length) return false;
    if (row.lba.at + row.lba.bytes > length - 1 || row.amount.at + row.amount.bytes > length - 1) return false;
  }
  return true;
}
static_assert(lengths_follow_opcode_groups());

constexpr bool opcodes_ascend() {
  for (std::size_t i = 1; i < kCommands.size(); ++i)
    if (kCommands[i - 1].opcode >= kCommands[i].opcode) return false;
  return true;
}
static_assert(opcodes_ascend());

/// One command as the drive sees it: its row, its numbers, and its bytes (zero past the end).
struct Request {
  const CommandRow* row = nullptr;
  std::array<std::byte, 16> cdb{};
  std::int32_t lba = 0;
  std::uint32_t amount = 0;
  std::span<std::byte> data;  ///< the host's buffer: what `in` fills, what `out` reads

  [[nodiscard]] bool reads_sectors() const {
    using enum Opcode;
    return row != nullptr && amount > 0 && (row->opcode == read_10 || row->opcode == read_12 || row->opcode == read_cd);
  }
  [[nodiscard]] std::uint8_t byte(std::size_t at) const { return std::to_integer<std::uint8_t>(cdb[at]); }
  [[nodiscard]] bool bit(std::size_t at, unsigned n) const { return (static_cast<unsigned>(byte(at)) >> n & 1U) != 0; }
  [[nodiscard]] std::uint32_t number(std::size_t at, std::size_t width) const {
    return read_big_endian(cdb, at, width);
  }
};

/// `row` stays null for an opcode the table does not know, or a CDB shorter than its opcode's group demands.
[[nodiscard]] Request decode(const Command& command);

}  // namespace pressmark::simulated
