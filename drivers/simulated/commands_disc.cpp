// What the drive knows of the disc without reading its sectors: capacity, TOC, disc and track information, structures
// (MMC-6 6.22 to 6.32). The discs here are pressed ones: complete, closed, not writable.
#include <algorithm>
#include <cstdint>

#include "drivers/simulated/machine.h"

namespace pressmark::simulated {
namespace {

void put_msf(ReplyBytes& out, Lba lba) {
  const auto frames = static_cast<std::uint64_t>(lba.value) + 150;
  out.u8(std::min<std::uint64_t>(frames / 4500, 255)).u8(frames / 75 % 60).u8(frames % 75);
}

/// An address as READ TOC gives it: four bytes of LBA, or 0, minute, second, frame in plain binary.
void put_address(ReplyBytes& out, Lba lba, bool msf) {
  if (!msf) {
    out.u32(static_cast<std::uint32_t>(lba.value));
    return;
  }
  put_msf(out.u8(0), lba);
}

std::uint8_t adr_control(const MediumTrack& t) { return static_cast<std::uint8_t>(0x10 | t.control); }

struct Session {
  const MediumTrack *first = nullptr, *last = nullptr;
  [[nodiscard]] Lba lead_out() const { return last->start + last->sectors; }
};

std::vector<Session> sessions(std::span<const MediumTrack> tracks) {
  std::vector<Session> out;
  for (const MediumTrack& t : tracks) {
    if (out.empty() || out.back().last->session != t.session) out.push_back({&t, &t});
    out.back().last = &t;
  }
  return out;
}

/// Full TOC entry (MMC-6 6.26.3.4): session, ADR/control, TNO 0, POINT, time of the entry (not kept), ZERO, then
/// P-time.
ReplyBytes& full_entry(ReplyBytes& out, unsigned session, std::uint8_t adr, std::uint8_t point) {
  return out.u8(session).u8(adr).u8(0).u8(point).zeros(3).u8(0);
}

ReplyBytes full_toc(const LoadedDisc& disc, unsigned from_session) {
  const auto all = sessions(disc.medium().tracks());
  ReplyBytes r;
  r.u16(0).u8(1).u8(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Session& s = all[i];
    const auto number = static_cast<unsigned>(i + 1);
    if (number < from_session) continue;
    const bool xa = s.first->mode == TrackMode::mode2;
    full_entry(r, number, adr_control(*s.first), 0xA0).u8(s.first->number).u8(xa ? 0x20 : 0x00).u8(0);
    full_entry(r, number, adr_control(*s.last), 0xA1).u8(s.last->number).u8(0).u8(0);
    put_msf(full_entry(r, number, adr_control(*s.last), 0xA2), s.lead_out());
    for (const MediumTrack* t = s.first; t <= s.last; ++t)
      put_msf(full_entry(r, number, adr_control(*t), t->number), t->start);
  }
  r.put16(0, r.size() - 2);
  return r;
}

/// Physical format information (MMC-6 table 407, ECMA-267 clause 27.2): sector numbers start at 30000h.
ReplyBytes physical_format(const LoadedDisc& disc) {
  constexpr std::uint32_t kFirst = 0x30000;
  const Spiral& spiral = disc.spiral();
  const bool dual = spiral.layers() > 1;
  const bool opposite = dual && spiral.options().path == TrackPath::opposite;
  const std::uint32_t end0 = kFirst + spiral.layer_end(0) - 1;
  std::uint32_t last = end0;
  if (dual) {
    const std::uint32_t layer1 = spiral.layer_end(1) - spiral.layer_begin(1);
    last = opposite ? (~end0 & 0xFFFFFF) + layer1 - 1 : kFirst + layer1 - 1;
  }
  ReplyBytes d;
  d.u8(0x01);                                                    // DVD-ROM, part version 1
  d.u8(0x02);                                                    // 120 mm, 10.08 Mbit/s
  d.u8((dual ? 0x20 : 0x00) | (opposite ? 0x10 : 0x00) | 0x01);  // layers, path, embossed
  d.u8(dual ? 0x10 : 0x00);                                      // 0.293 or 0.267 um a bit, 0.74 um a track
  d.u8(0).u24(kFirst).u8(0).u24(last).u8(0).u24(dual && opposite ? end0 : dual ? end0 : 0).u8(0);
  return d.zeros(2048 - d.size());
}

/// Disc information unit of a BD-ROM (MMC-6 6.22.3.3): "DI", one unit a layer, of 112 bytes.
ReplyBytes disc_information_units(const LoadedDisc& disc) {
  ReplyBytes d;
  const std::uint32_t layers = disc.spiral().layers();
  for (std::uint32_t layer = 0; layer < layers; ++layer) {
    ReplyBytes unit;
    unit.text("DI", 2).u8(1).u8(layers).u8(layer).u8(0).u8(112).u8(0).text("BDO", 3).u8(0x01);
    unit.u8(layers << 4 | 1).u8(0x02);
    d.append(unit.zeros(112 - unit.size()));
  }
  return d.zeros(4096 - d.size());
}

ReplyBytes with_header(const ReplyBytes& data) {
  ReplyBytes r;
  return r.u16(2 + data.size()).u16(0).append(data);
}

}  // namespace

Answer Machine::read_capacity(const Request& request) {
  if (request.lba != 0 && !request.bit(8, 0)) return check(kInvalidField);
  const std::uint64_t sectors = disc_->spec().capacity_sectors.value_or(disc_->end());
  Request whole = request;  // this command has no allocation length
  whole.amount = 8;
  return reply(whole, ReplyBytes{}.u32(sectors - 1).u32(kUserBytes));
}

Answer Machine::read_toc(const Request& request) {
  const bool msf = request.bit(1, 1);
  unsigned format = request.byte(2) & 0x0FU;
  if (format == 0) format = request.byte(9) >> 6;  // where the first ATAPI drives had it; Linux still sends it there
  const unsigned from = request.byte(6);
  const std::span<const MediumTrack> tracks = disc_->medium().tracks();
  ReplyBytes r;
  switch (format) {
    case 0: {
      constexpr unsigned kLeadOut = 0xAA;
      if (from > tracks.back().number && from != kLeadOut) return check(kInvalidField);
      r.u16(0).u8(tracks.front().number).u8(tracks.back().number);
      for (const MediumTrack& t : tracks) {
        if (t.number < from) continue;
        put_address(r.u8(0).u8(adr_control(t)).u8(t.number).u8(0), t.start, msf);
      }
      put_address(r.u8(0).u8(adr_control(tracks.back())).u8(kLeadOut).u8(0), disc_->medium().end(), msf);
      r.put16(0, r.size() - 2);
      return reply(request, r);
    }
    case 1: {
      const Session last = sessions(tracks).back();
      r.u16(10).u8(1).u8(last.first->session);
      put_address(r.u8(0).u8(adr_control(*last.first)).u8(last.first->number).u8(0), last.first->start, msf);
      return reply(request, r);
    }
    case 2:
      if (disc_->kind() != MediaKind::cd || from > tracks.back().session) return check(kInvalidField);
      return reply(request, full_toc(*disc_, from));
    case 4:  // ATIP is in the groove of a recordable disc; a pressed one has none
      return check(kInvalidField);
    case 5:  // CD-TEXT: a header, and no packs
      if (disc_->kind() != MediaKind::cd) return check(kInvalidField);
      return reply(request, r.u16(2).u16(0));
    default: return check(kInvalidField);
  }
}

Answer Machine::read_disc_information(const Request& request) {
  if ((request.byte(1) & 0x07U) != 0) return check(kInvalidField);
  const auto tracks = disc_->medium().tracks();
  const Session last = sessions(tracks).back();
  const bool xa = disc_->kind() == MediaKind::cd && tracks.front().mode == TrackMode::mode2;
  ReplyBytes r;
  r.u16(32).u8(0x0E).u8(tracks.front().number);  // last session complete, disc complete
  r.u8(last.first->session).u8(last.first->number).u8(last.last->number);
  r.u8(0x20).u8(disc_->kind() != MediaKind::cd ? 0xFF : xa ? 0x20 : 0x00).zeros(3);  // unrestricted use; disc type
  r.u32(0).u32(0xFFFFFFFF).u32(0xFFFFFFFF).zeros(8).u8(0).u8(0);
  return reply(request, r);
}

Answer Machine::read_track_information(const Request& request) {
  const auto tracks = disc_->medium().tracks();
  const MediumTrack* track = nullptr;
  const auto by = [&](auto member, std::int32_t value) {
    const auto found = std::ranges::find(tracks, value, member);
    return found == tracks.end() ? nullptr : &*found;
  };
  switch (request.byte(1) & 0x03U) {
    case 0: track = disc_->track_at(Lba{request.lba}); break;
    case 1: track = by(&MediumTrack::number, request.lba); break;
    case 2: track = by(&MediumTrack::session, request.lba); break;
    default: break;
  }
  if (track == nullptr) return check((request.byte(1) & 0x03U) == 0 ? kOutOfRange : kInvalidField);
  const unsigned data_mode = track->mode == TrackMode::audio ? 0x0F : track->mode == TrackMode::mode2 ? 2 : 1;
  ReplyBytes r;
  r.u16(0).u8(track->number).u8(track->session).u8(0).u8(track->control).u8(data_mode).u8(0);
  r.u32(static_cast<std::uint32_t>(track->start.value)).u32(0).u32(0).u32(0).u32(track->sectors).u32(0);
  r.zeros(4);
  r.put16(0, r.size() - 2);
  return reply(request, r);
}

Answer Machine::read_disc_structure(const Request& request) {
  if (disc_->kind() == MediaKind::cd) return check(kIncompatibleMedium);
  const bool bd = disc_->kind() == MediaKind::bd;
  const unsigned media_type = request.byte(1) & 0x0FU;
  const unsigned layer = request.byte(6), format = request.byte(7);
  if (media_type != (bd ? 1U : 0U)) return check(kIncompatibleMedium);
  if (layer >= disc_->spiral().layers()) return check(kInvalidField);
  if (bd) return format == 0 ? reply(request, with_header(disc_information_units(*disc_))) : check(kInvalidField);
  switch (format) {
    case 0x00: return reply(request, with_header(physical_format(*disc_)));
    case 0x01: return reply(request, with_header(ReplyBytes{}.u32(0)));       // no protection, all regions
    case 0x04: return reply(request, with_header(ReplyBytes{}.zeros(2048)));  // manufacturing information
    default: return check(kInvalidField);
  }
}

}  // namespace pressmark::simulated
