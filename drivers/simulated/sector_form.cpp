// A sector is a row of parts, some absent in some types. The parts asked for must be neighbours; which ones there are
// gives the size.
#include "drivers/simulated/sector_form.h"

#include <algorithm>
#include <array>

namespace pressmark::simulated {
namespace {

enum PartBit : std::uint8_t { kEcc = 0x08, kUser = 0x10, kHeader = 0x20, kSubheader = 0x40, kSync = 0x80 };

struct Part {
  std::uint8_t bit;
  std::uint16_t at, bytes;
};
using Parts = std::array<Part, 5>;

// MMC-6 table 351 to 356, drawn as in ECMA-130 and ECMA-168; one row a type, in the order of SectorType.
constexpr std::array<Parts, 5> kParts{{
    {{{kSync, 0, 0}, {kHeader, 0, 0}, {kSubheader, 0, 0}, {kUser, 0, 2352}, {kEcc, 2352, 0}}},        // audio
    {{{kSync, 0, 12}, {kHeader, 12, 4}, {kSubheader, 16, 0}, {kUser, 16, 2048}, {kEcc, 2064, 288}}},  // Mode 1
    {{{kSync, 0, 12}, {kHeader, 12, 4}, {kSubheader, 16, 0}, {kUser, 16, 2336}, {kEcc, 2352, 0}}},    // Mode 2
    {{{kSync, 0, 12}, {kHeader, 12, 4}, {kSubheader, 16, 8}, {kUser, 24, 2048}, {kEcc, 2072, 280}}},  // form 1
    {{{kSync, 0, 12}, {kHeader, 12, 4}, {kSubheader, 16, 8}, {kUser, 24, 2324}, {kEcc, 2348, 4}}},    // form 2
}};

constexpr bool parts_cover_every_sector() {
  for (const Parts& parts : kParts) {
    std::uint32_t at = 0;
    for (const Part& p : parts) {
      if (p.at != at) return false;
      at += p.bytes;
    }
    if (at != kRawBytes) return false;
  }
  return true;
}
static_assert(parts_cover_every_sector());

struct Cut {
  std::uint32_t at = 0, bytes = 0;
};

/// The bytes that the wanted parts occupy; nothing if something unwanted lies between them.
std::optional<Cut> cut(SectorType type, std::uint8_t wanted) {
  Cut c;
  bool ended = false;
  for (const Part& p : kParts[static_cast<std::size_t>(type)]) {
    if (p.bytes == 0) continue;
    if ((wanted & p.bit) == 0) {
      ended = c.bytes > 0;
    } else {
      if (ended) return std::nullopt;
      if (c.bytes == 0) c.at = p.at;
      c.bytes += p.bytes;
    }
  }
  return c;
}

bool type_fits(std::uint8_t expected, SectorType type) {
  switch (expected) {
    case 0: return true;
    case 1: return type == SectorType::audio;
    case 2: return type == SectorType::mode1;
    case 3: return type == SectorType::mode2_formless;
    case 4: return type == SectorType::mode2_form1;
    case 5: return type == SectorType::mode2_form2;
    default: return false;
  }
}

std::uint32_t c2_bytes(C2Form form) { return form == C2Form::none ? 0 : form == C2Form::bits ? 294 : 296; }
std::uint32_t sub_bytes(SubForm form) { return form == SubForm::none ? 0 : form == SubForm::q ? 16 : 96; }

SectorType type_at(const LoadedDisc& disc, Lba lba) {
  const MediumTrack& track = *disc.track_at(lba);
  switch (track.mode) {
    case TrackMode::audio: return SectorType::audio;
    case TrackMode::mode1: return SectorType::mode1;
    case TrackMode::mode2: break;
  }
  return SectorType::mode2_form1;
}

void put_subchannel(SubForm form, const MediumTrack& track, Lba lba, std::span<std::byte> out) {
  std::array<std::byte, 12> q{};
  const std::int64_t from_start = lba - track.start;
  make_q({.control = track.control,
          .track = track.number,
          .index = static_cast<std::uint8_t>(from_start < 0 ? 0 : 1),
          .relative = from_start < 0 ? -from_start : from_start,
          .absolute = lba},
         q);
  const bool pause = from_start < 0;  // P is set in the pre-gap (ECMA-130 22.2)
  switch (form) {
    case SubForm::none: break;
    case SubForm::raw_pw:  // one byte a frame: P in bit 7, Q in bit 6, then R to W
      for (std::size_t i = 0; i < out.size(); ++i) {
        const bool q_bit = (std::to_integer<unsigned>(q[i / 8]) >> (7 - i % 8) & 1U) != 0;
        out[i] = static_cast<std::byte>((pause ? 0x80 : 0) | (q_bit ? 0x40 : 0));
      }
      break;
    case SubForm::q:
      std::ranges::fill(out, std::byte{0});
      std::ranges::copy(q, out.begin());
      out[15] = pause ? std::byte{0x80} : std::byte{0};
      break;
    case SubForm::rw: std::ranges::fill(out, std::byte{0}); break;
  }
}

}  // namespace

std::optional<SectorForm> SectorForm::decode(const Request& request, const DriveModel& drive) {
  SectorForm f;
  f.expected_type = static_cast<std::uint8_t>(request.byte(1) >> 2 & 7U);
  f.parts = static_cast<std::uint8_t>(request.byte(9) & 0xF8U);
  f.order = drive.c2_order;
  switch (request.byte(9) >> 1 & 3U) {
    case 0: break;
    case 1: f.c2 = C2Form::bits; break;
    case 2: f.c2 = C2Form::bits_and_block; break;
    default: return std::nullopt;
  }
  switch (request.byte(10) & 7U) {
    case 0: break;
    case 1: f.sub = SubForm::raw_pw; break;
    case 2: f.sub = SubForm::q; break;
    case 4: f.sub = SubForm::rw; break;
    default: return std::nullopt;
  }
  if (f.expected_type > 5 || (request.byte(9) & 1U) != 0) return std::nullopt;
  if (f.c2 != C2Form::none && !drive.c2) return std::nullopt;
  if (f.c2 != C2Form::none && f.sub != SubForm::none && !drive.c2_with_subchannel) return std::nullopt;
  f.uncorrected = (f.parts & kSync) != 0 || (f.parts & (kUser | kEcc)) == (kUser | kEcc);
  return f;
}

bool SectorForm::allows(TrackMode mode) const {
  if (plain_user_data) return mode != TrackMode::audio;
  if (expected_type == 0) return true;
  if (expected_type == 1) return mode == TrackMode::audio;
  return mode == (expected_type == 2 ? TrackMode::mode1 : TrackMode::mode2);
}

std::optional<std::uint32_t> SectorForm::sector_bytes(const LoadedDisc& disc, Lba lba) const {
  if (plain_user_data) return kUserBytes;
  SectorType type = type_at(disc, lba);
  if (expected_type == 3) type = SectorType::mode2_formless;
  if (expected_type == 5) type = SectorType::mode2_form2;
  const auto c = cut(type, parts);
  if (!c) return std::nullopt;
  return c->bytes + c2_bytes(c2) + sub_bytes(sub);
}

bool SectorForm::compose(std::span<const std::byte, kRawBytes> raw, const MediumTrack& track, Lba lba,
                         std::span<std::byte> out) const {
  const SectorType type = sector_type(track.mode, raw);
  if (!type_fits(expected_type, type)) return false;
  const auto c = cut(type, parts);
  if (!c || c->bytes + c2_bytes(c2) + sub_bytes(sub) != out.size()) return false;
  std::copy_n(raw.begin() + c->at, c->bytes, out.begin());
  const std::span<std::byte> rest = out.subspan(c->bytes);
  const bool c2_first = order == C2Order::c2_then_sub;
  std::ranges::fill(c2_first ? rest.first(c2_bytes(c2)) : rest.last(c2_bytes(c2)), std::byte{0});
  put_subchannel(sub, track, lba, c2_first ? rest.last(sub_bytes(sub)) : rest.first(sub_bytes(sub)));
  return true;
}

void SectorForm::spoil(std::span<std::byte> out, std::size_t at, std::uint8_t change, bool flagged) const {
  const std::size_t main = out.size() - c2_bytes(c2) - sub_bytes(sub);
  if (main == kRawBytes) out[at] ^= static_cast<std::byte>(change);
  if (!flagged || c2 == C2Form::none) return;
  const std::span<std::byte> c2_field =
      out.subspan(main + (order == C2Order::c2_then_sub ? 0 : sub_bytes(sub)), c2_bytes(c2));
  c2_field[at / 8] |= static_cast<std::byte>(0x80U >> (at % 8));
  if (c2 == C2Form::bits_and_block) c2_field[294] = std::byte{0xFF};
}

}  // namespace pressmark::simulated
