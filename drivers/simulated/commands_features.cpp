// What the drive can do and how it is set: features, mode pages, performance, speed (MMC-6 clause 5, 6.6, 6.8, 7.3,
// annex E).
#include <algorithm>
#include <array>
#include <cmath>

#include "drivers/simulated/machine.h"

namespace pressmark::simulated {
namespace {

struct ProfileRow {
  std::uint16_t number;
  MediaKind kind;
};
constexpr std::array kProfiles{ProfileRow{0x0040, MediaKind::bd}, ProfileRow{0x0010, MediaKind::dvd},
                               ProfileRow{0x0008, MediaKind::cd}};

/// A feature descriptor's first four bytes (MMC-6 5.2.2).
struct FeatureRow {
  std::uint16_t code;
  std::uint8_t version;
  bool persistent;
  MediaKind needs;  ///< current only with such a disc; none: always
};

void descriptor(ReplyBytes& out, const FeatureRow& row, bool current, const ReplyBytes& data) {
  out.u16(row.code)
      .u8(std::uint32_t{row.version} << 2U | (row.persistent ? 2U : 0U) | (current ? 1U : 0U))
      .u8(data.size())
      .append(data);
}

constexpr std::array kFeatures{
    FeatureRow{0x0000, 0, true, MediaKind::none},   // profile list
    FeatureRow{0x0001, 2, true, MediaKind::none},   // core
    FeatureRow{0x0003, 1, true, MediaKind::none},   // removable medium
    FeatureRow{0x0010, 0, false, MediaKind::none},  // random readable
    FeatureRow{0x001E, 2, false, MediaKind::cd},    // CD read
    FeatureRow{0x001F, 0, false, MediaKind::dvd},   // DVD read
    FeatureRow{0x0040, 0, false, MediaKind::bd},    // BD read
    FeatureRow{0x0107, 4, false, MediaKind::none},  // real-time streaming
    FeatureRow{0x0108, 0, true, MediaKind::none},   // serial number
};
static_assert(std::ranges::is_sorted(kFeatures, {}, &FeatureRow::code));

ReplyBytes feature_data(std::uint16_t code, std::uint16_t profile, const DriveModel& d, const LoadedDisc* disc) {
  ReplyBytes b;
  switch (code) {
    case 0x0000:
      for (const ProfileRow& p : kProfiles) b.u16(p.number).u8(p.number == profile ? 1 : 0).u8(0);
      break;
    case 0x0001: b.u32(7).u8(1).zeros(3); break;  // serial ATA; DBE clear, INQ2 clear
    case 0x0003: b.u8(0x29).zeros(3); break;      // tray, ejects, locks
    case 0x0010: b.u32(2048).u16(disc != nullptr ? disc->form().block_sectors : 1).u8(1).u8(0); break;  // has page 01h
    case 0x001E: b.u8(d.c2 ? 0x02 : 0x00).zeros(3); break;
    case 0x001F: b.zeros(4); break;
    case 0x0040: b.zeros(4).zeros(8).zeros(8).u16(0x0003).zeros(6); break;  // reads BD-ROM of version 1
    case 0x0107: b.u8(0x08).zeros(3); break;                                // SCS: SET CD SPEED
    case 0x0108: b.text(d.serial, (d.serial.size() + 3) / 4 * 4); break;
    default: break;
  }
  return b;
}

constexpr std::uint8_t kPageRecovery = 0x01, kPageCapabilities = 0x2A, kAllPages = 0x3F;
enum PageControl : std::uint8_t { kCurrent = 0, kChangeable = 1, kDefault = 2, kSaved = 3 };

}  // namespace

std::uint16_t Machine::current_profile() const {
  if (disc_ == nullptr || tray_ == Tray::open || disc_->mechanism().becoming_ready(now())) return 0;
  return std::ranges::find(kProfiles, disc_->kind(), &ProfileRow::kind)->number;
}

Answer Machine::get_configuration(const Request& request) {
  const unsigned wanted = request.byte(1) & 3U;
  if (wanted == 3) return check(kInvalidField);
  const std::uint32_t start = request.number(2, 2);
  const std::uint16_t profile = current_profile();
  ReplyBytes r;
  r.u32(0).u16(0).u16(profile);
  for (const FeatureRow& f : kFeatures) {
    if (wanted == 2 ? f.code != start : f.code < start) continue;
    const bool current =
        f.needs == MediaKind::none ? f.persistent || profile != 0 : profile != 0 && disc_->kind() == f.needs;
    if (wanted == 1 && !current) continue;
    descriptor(r, f, current, feature_data(f.code, profile, scenario_.drive, profile != 0 ? disc_ : nullptr));
  }
  r.put32(0, r.size() - 4);
  return reply(request, r);
}

ReplyBytes Machine::error_recovery_page(std::uint8_t control) const {
  std::array<std::uint8_t, 2> v = recovery_;
  const bool changeable = scenario_.drive.accepts_mode_select;
  if (control == kChangeable) v = changeable ? std::array<std::uint8_t, 2>{0x3F, 0xFF} : std::array<std::uint8_t, 2>{};
  if (control == kDefault) v = {0, scenario_.drive.default_retries};
  return ReplyBytes{}.u8(kPageRecovery).u8(10).u8(v[0]).u8(v[1]).zeros(8);
}

ReplyBytes Machine::capabilities_page(std::uint8_t control) const {
  ReplyBytes r;
  r.u8(kPageCapabilities).u8(30);
  if (control == kChangeable) return r.zeros(30);
  const MediaKind kind = current_profile() != 0 ? disc_->kind() : MediaKind::cd;
  const DiscForm& form = disc_form(kind);
  const double most = scenario_.drive.speeds(kind).speeds_x.back() * form.kilobytes_per_second_1x;
  const double set = current_profile() != 0 ? disc_->mechanism().set_speed_x() * form.kilobytes_per_second_1x : most;
  r.u8(0x0B).u8(0x00);                              // reads CD-R, CD-RW, DVD-ROM; writes nothing
  r.u8(0x70);                                       // Mode 2 forms 1 and 2, several sessions
  r.u8(0x03 | (scenario_.drive.c2 ? 0x10 : 0x00));  // CD-DA, accurate; C2
  r.u8(0x29 | (locked_ ? 0x02 : 0x00)).u8(0);       // tray, ejects, locks
  r.u16(static_cast<std::uint64_t>(most)).u16(0).u16(scenario_.drive.cache_kib).u16(static_cast<std::uint64_t>(set));
  return r.zeros(14).u16(0);
}

Answer Machine::mode_sense(const Request& request) {
  const auto page = static_cast<std::uint8_t>(request.byte(2) & 0x3FU);
  const auto control = static_cast<std::uint8_t>(request.byte(2) >> 6);
  if (control == kSaved) return check(kSavingNotSupported);
  if (page != kPageRecovery && page != kPageCapabilities && page != kAllPages) return check(kInvalidField);
  ReplyBytes r;
  r.u16(0).zeros(6);
  if (page != kPageCapabilities) r.append(error_recovery_page(control));
  if (page != kPageRecovery) r.append(capabilities_page(control));
  r.put16(0, r.size() - 2);
  return reply(request, r);
}

Answer Machine::mode_select(const Request& request) {
  if (request.amount == 0) return {};
  const std::span<const std::byte> list = request.data;
  if (request.amount > list.size() || request.amount < 8) return check(kParameterListLength);
  const std::uint32_t blocks = read_big_endian(list, 6, 2);
  const std::size_t at = 8 + std::size_t{blocks};
  if (at == request.amount) return {};  // no page
  if (at + 12 > request.amount) return check(kParameterListLength);
  if ((std::to_integer<unsigned>(list[at]) & 0x3FU) != kPageRecovery || std::to_integer<unsigned>(list[at + 1]) != 10)
    return check(kInvalidParameter);
  if (scenario_.drive.accepts_mode_select)
    recovery_ = {std::to_integer<std::uint8_t>(list[at + 2]), std::to_integer<std::uint8_t>(list[at + 3])};
  return {.transferred = request.amount};
}

Answer Machine::get_performance(const Request& request) {
  const std::uint8_t type = request.byte(10);
  const std::uint32_t most_descriptors = request.amount;
  const DiscForm& form = disc_->form();
  const SpeedTable& table = scenario_.drive.speeds(disc_->kind());
  const auto kilobytes = [&](double x) { return static_cast<std::uint64_t>(x * form.kilobytes_per_second_1x); };
  ReplyBytes descriptors;
  const std::uint32_t last = disc_->end() - 1;
  if (type == 0x00) {
    if ((request.byte(1) & 0x07U) != 0) {  // write performance and exceptions: none
    } else if (const auto first = static_cast<std::uint32_t>(request.lba); first <= last && most_descriptors > 0) {
      Mechanism& m = disc_->mechanism();
      descriptors.u32(first).u32(kilobytes(m.speed_at(first, now())));
      descriptors.u32(last).u32(kilobytes(m.speed_at(last, now())));
    }
  } else if (type == 0x03) {
    std::uint32_t n = 0;
    for (auto x = table.speeds_x.rbegin(); x != table.speeds_x.rend() && n < most_descriptors; ++x, ++n)
      descriptors.u8(*x > table.clv_up_to_x ? 0x08 : 0x00).zeros(3).u32(last).u32(kilobytes(*x)).u32(0);
  } else {
    return check(kInvalidField);
  }
  ReplyBytes r;
  r.u32(4 + descriptors.size()).u8(0).zeros(3).append(descriptors);
  Request whole = request;  // this command counts descriptors, not bytes
  whole.amount = static_cast<std::uint32_t>(r.size());
  return reply(whole, r);
}

void Machine::apply_speed(double kilobytes_per_second) {
  if (!scenario_.drive.sets_speed || disc_ == nullptr) return;
  disc_->mechanism().set_speed(kilobytes_per_second / disc_->form().kilobytes_per_second_1x, now());
}

Answer Machine::set_cd_speed(const Request& request) {
  if (!scenario_.drive.sets_speed) return check(kInvalidOpcode);
  const std::uint32_t speed = request.number(2, 2);
  apply_speed(speed == 0xFFFF ? 1e9 : speed);
  return {};
}

Answer Machine::set_streaming(const Request& request) {
  if (!scenario_.drive.sets_speed) return check(kInvalidOpcode);
  if (request.amount != 28 || request.data.size() < 28) return check(kParameterListLength);
  const std::span<const std::byte> list = request.data;
  const bool defaults = (list[0] & std::byte{0x04}) != std::byte{0};
  const double kilobytes = read_big_endian(list, 12, 4), milliseconds = read_big_endian(list, 16, 4);
  if (!defaults && (milliseconds == 0 || kilobytes == 0)) return check(kInvalidParameter);
  apply_speed(defaults ? 1e9 : kilobytes * 1000 / milliseconds);
  return {.transferred = 28};
}

}  // namespace pressmark::simulated
