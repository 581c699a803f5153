// Joins CDBs with buffers and puts them into words. Both follow the command table; nothing here knows a command by
// name.
#include "mmc/command.h"

#include <algorithm>
#include <bit>
#include <fmt/format.h>

namespace pressmark::mmc {

namespace {

std::string describe_field(const CdbField& field, std::span<const std::byte> cdb) {
  using Show = CdbField::Show;
  std::uint32_t raw = 0;
  for (const std::byte b : cdb.subspan(field.at, field.width)) raw = raw << 8U | std::to_integer<std::uint32_t>(b);
  const std::uint32_t value = (raw & field.mask) >> static_cast<unsigned>(std::countr_zero(field.mask));
  switch (field.show) {
    case Show::absent: return {};
    case Show::decimal: return fmt::format(" {} {}", field.label, value);
    case Show::address: return fmt::format(" {} {}", field.label, static_cast<std::int32_t>(value));
    case Show::hex: return fmt::format(" {} {:02X}h", field.label, value);
    case Show::flag: return value != 0 ? fmt::format(" {}", field.label) : std::string{};
  }
  return {};
}

}  // namespace

Command to_command(const Cdb& cdb, std::span<std::byte> data, std::chrono::milliseconds timeout) {
  return Command{.cdb = cdb.bytes,
                 .cdb_length = cdb.spec->cdb_length,
                 .direction = cdb.spec->direction,
                 .data = data,
                 .timeout = timeout.count() > 0 ? timeout : cdb.spec->timeout};
}

const CommandSpec* find_command(std::uint8_t opcode) {
  const auto it = std::ranges::find(kCommands, opcode, &CommandSpec::opcode);
  return it != kCommands.end() ? *it : nullptr;
}

std::string describe_cdb(std::span<const std::byte> cdb) {
  if (cdb.empty()) return "an empty command";
  const CommandSpec* spec = find_command(std::to_integer<std::uint8_t>(cdb[0]));
  if (spec == nullptr || cdb.size() < spec->cdb_length) {
    std::string hex = "command";
    for (const std::byte b : cdb) hex += fmt::format(" {:02X}", std::to_integer<unsigned>(b));
    return hex;
  }
  std::string text{spec->name};
  for (const CdbField& field : spec->fields) text += describe_field(field, cdb);
  return text;
}

}  // namespace pressmark::mmc
