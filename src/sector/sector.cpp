// Check, strip and synthesise, in terms of an engine's EDC and parity. What tells the modes apart is in one table.

#include "pressmark/sector.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#include "sector/dispatch.h"
#include "sector/engine.h"
#include "sector/layout.h"

namespace pressmark {
namespace {

using sector::Engine;
using sector::functions_of;
using sector::Parity;
using sector::QOver;

constexpr std::array<std::byte, sector::kSyncBytes> kSyncPattern = [] {
  std::array<std::byte, sector::kSyncBytes> pattern{};
  std::fill(pattern.begin() + 1, pattern.end() - 1, std::byte{0xFF});
  return pattern;
}();

/// What a mode protects its data with. The EDC covers the bytes from `edc_from` to itself.
struct ModeRow {
  SectorMode mode;
  std::string_view name;
  std::uint8_t mode_byte;
  std::size_t user_data;  ///< 0: no 2048 bytes to be had
  std::size_t edc_from;
  std::size_t edc_at;  ///< 0: no EDC
  bool has_parity;
  bool parity_over_zero_header;
};
constexpr ModeRow kModes[] = {
    {SectorMode::mode0, "Mode 0", 0, 0, 0, 0, false, false},
    {SectorMode::mode1, "Mode 1", 1, sector::kMode1Data, sector::kSync, sector::kMode1Edc, true, false},
    {SectorMode::mode2_form1, "Mode 2 form 1", 2, sector::kForm1Data, sector::kSubheader, sector::kForm1Edc, true,
     true},
    {SectorMode::mode2_form2, "Mode 2 form 2", 2, 0, sector::kSubheader, sector::kForm2Edc, false, false},
    {SectorMode::unknown, "unknown mode", 0xFF, 0, 0, 0, false, false},
};
constexpr const ModeRow& row(SectorMode mode) { return kModes[static_cast<std::size_t>(mode)]; }
static_assert([] {
  for (std::size_t i = 0; i < std::size(kModes); ++i) {
    if (kModes[i].mode != static_cast<SectorMode>(i)) return false;
  }
  return row(SectorMode::unknown).mode == SectorMode::unknown;
}());

constexpr std::size_t kCacheLineBytes = 64;

/// The addresses that three BCD bytes can say: 00:00:00 to 99:59:74, the last ten minutes standing for the lead-in.
[[maybe_unused]] constexpr LbaRange kHeaderAddresses{to_lba(Msf{90, 0, 0}), 100 * 60 * 75};

std::optional<Lba> header_address(RawSector raw) {
  const auto minute = from_bcd(std::to_integer<std::uint8_t>(raw[sector::kHeader]));
  const auto second = from_bcd(std::to_integer<std::uint8_t>(raw[sector::kHeader + 1]));
  const auto frame = from_bcd(std::to_integer<std::uint8_t>(raw[sector::kHeader + 2]));
  if (!minute || !second || !frame || *second >= 60 || *frame >= 75) return std::nullopt;
  return to_lba(Msf{*minute, *second, *frame});
}

SectorMode mode_of(RawSector raw) {
  switch (std::to_integer<int>(raw[sector::kModeByte])) {
    case 0: return SectorMode::mode0;
    case 1: return SectorMode::mode1;
    case 2: break;
    default: return SectorMode::unknown;
  }
  const auto first = raw.subspan<sector::kSubheader, sector::kSubheaderCopyBytes>();
  const auto second = raw.subspan<sector::kSubheader + sector::kSubheaderCopyBytes, sector::kSubheaderCopyBytes>();
  if (!std::ranges::equal(first, second)) return SectorMode::unknown;
  const bool form2 = (std::to_integer<unsigned>(raw[sector::kSubmode]) >> sector::kSubmodeForm2Bit & 1) != 0;
  return form2 ? SectorMode::mode2_form2 : SectorMode::mode2_form1;
}

bool edc_is_zero(RawSector raw, const ModeRow& mode) {
  const auto stored = raw.subspan(mode.edc_at, sector::kEdcBytes);
  return std::ranges::all_of(stored, [](std::byte b) { return b == std::byte{0}; });
}

/// Bytes and their EDC, least significant byte first, leave no remainder together.
bool edc_holds(const Engine& engine, RawSector raw, const ModeRow& mode) {
  return engine.edc(raw.data() + mode.edc_from, mode.edc_at + sector::kEdcBytes - mode.edc_from) == 0;
}

SectorCheck check(const Engine& engine, RawSector raw) {
  SectorCheck found{
      .mode = mode_of(raw),
      .sync = std::ranges::equal(raw.first<sector::kSyncBytes>(), kSyncPattern),
      .address = header_address(raw),
  };
  const ModeRow& mode = row(found.mode);
  if (mode.edc_at != 0) {
    // Only form 2 may leave its EDC out (ECMA-168 annex; "reserved" there). In the others zero is a value like any other.
    found.edc_absent = found.mode == SectorMode::mode2_form2 && edc_is_zero(raw, mode);
    found.edc = found.edc_absent || edc_holds(engine, raw, mode);
  }
  if (mode.has_parity) {
    Parity right;
    engine.parity({.sector = raw.data(), .header_as_zero = mode.parity_over_zero_header, .q_over = QOver::stored_p},
                  right);
    found.p = std::memcmp(right.p, raw.data() + sector::kP, sector::kPBytes) == 0;
    found.q = std::memcmp(right.q, raw.data() + sector::kQ, sector::kQBytes) == 0;
  }
  return found;
}

void write_sync_and_header(RawSectorOut out, Lba lba, const ModeRow& mode) {
  const Msf time = to_msf(lba);
  std::ranges::copy(kSyncPattern, out.begin());
  out[sector::kHeader] = std::byte{to_bcd(time.minute)};
  out[sector::kHeader + 1] = std::byte{to_bcd(time.second)};
  out[sector::kHeader + 2] = std::byte{to_bcd(time.frame)};
  out[sector::kModeByte] = std::byte{mode.mode_byte};
}

void write_edc(const Engine& engine, RawSectorOut out, const ModeRow& mode) {
  const std::uint32_t value = engine.edc(out.data() + mode.edc_from, mode.edc_at - mode.edc_from);
  for (std::size_t i = 0; i < sector::kEdcBytes; ++i) out[mode.edc_at + i] = static_cast<std::byte>(value >> (8 * i));
}

void write_parity(const Engine& engine, RawSectorOut out, const ModeRow& mode) {
  Parity parity;
  engine.parity({.sector = out.data(), .header_as_zero = mode.parity_over_zero_header, .q_over = QOver::computed_p},
                parity);
  std::memcpy(out.data() + sector::kP, parity.p, sector::kPBytes);
  std::memcpy(out.data() + sector::kQ, parity.q, sector::kQBytes);
}

/// Asks for memory before it is needed, so that it comes while the codes of another sector are being computed. Without
/// this the processor waits for memory about as long as it computes.
void fetch_to_read(std::span<const std::byte> bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += kCacheLineBytes) __builtin_prefetch(&bytes[at], 0);
}
void fetch_to_write(std::span<std::byte> bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += kCacheLineBytes) __builtin_prefetch(&bytes[at], 1);
}

}  // namespace

std::string_view to_string(SectorMode mode) { return row(mode).name; }

bool SectorCheck::proven(Lba expected) const {
  return sync && address == expected && row(mode).edc_at != 0 && edc && !edc_absent;
}

SectorCheck check_sector(RawSector sector) { return check_sector(sector, best_sector_engine()); }

SectorCheck check_sector(RawSector sector, SectorEngine engine) { return check(functions_of(engine), sector); }

std::optional<std::span<const std::byte, kUserBytes>> user_data(RawSector sector, SectorMode mode) {
  const std::size_t at = row(mode).user_data;
  if (at == 0) return std::nullopt;
  return sector.subspan(at).first<kUserBytes>();
}

std::size_t check_and_strip(Lba first, std::span<const std::byte> raw, std::span<std::byte> out,
                            std::span<SectorCheck> checks) {
  return check_and_strip(first, raw, out, checks, best_sector_engine());
}

std::size_t check_and_strip(Lba first, std::span<const std::byte> raw, std::span<std::byte> out,
                            std::span<SectorCheck> checks, SectorEngine engine) {
  const Engine& functions = functions_of(engine);
  const std::size_t count = std::min({checks.size(), raw.size() / kRawBytes, out.size() / kUserBytes});
  std::size_t proven = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const RawSector sector = raw.subspan(i * kRawBytes).first<kRawBytes>();
    if (i + 1 < count) fetch_to_read(raw.subspan((i + 1) * kRawBytes).first(kRawBytes));
    fetch_to_write(out.subspan(i * kUserBytes, kUserBytes));
    checks[i] = check(functions, sector);
    if (!checks[i].proven(first + static_cast<std::int64_t>(i))) continue;
    const auto data = user_data(sector, checks[i].mode);
    if (!data) continue;
    std::memcpy(out.data() + i * kUserBytes, data->data(), kUserBytes);
    ++proven;
  }
  return proven;
}

void synthesise_sector(RawSectorOut sector, Lba lba, SectorMode mode) {
  synthesise_sector(sector, lba, mode, best_sector_engine());
}

void synthesise_sector(RawSectorOut sector, Lba lba, SectorMode mode, SectorEngine engine) {
  assert(mode != SectorMode::unknown);
  assert(kHeaderAddresses.contains(lba));
  const Engine& functions = functions_of(engine);
  const ModeRow& facts = row(mode);
  write_sync_and_header(sector, lba, facts);
  if (mode == SectorMode::mode0)
    std::ranges::fill(sector.subspan<sector::kHeader + sector::kHeaderBytes>(), std::byte{0});
  if (facts.edc_at != 0) write_edc(functions, sector, facts);
  if (mode == SectorMode::mode1) {
    std::ranges::fill(sector.subspan<sector::kMode1Zero, sector::kMode1ZeroBytes>(), std::byte{0});
  }
  if (facts.has_parity) write_parity(functions, sector, facts);  // last: it covers the EDC
}

}  // namespace pressmark
