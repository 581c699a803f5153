// All formats share a header: a length that counts what follows it, then the first and the last number of what is
// listed.
//
// Hostile discs are met here: 99 tracks claimed and none sent, a lead-out before the tracks, the same track twice.
// `check_tracks` is the one judge of a list of tracks, whichever format it came from.
#include "mmc/toc.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "core/bytes.h"
#include "core/try.h"
#include "mmc/decode.h"

namespace pressmark::mmc {

namespace {

constexpr std::size_t kTocHeaderBytes = 4;

/// The entries after the header, all whole, each `entry_bytes` long.
Result<std::span<const std::byte>> entries_of(std::string_view what, std::span<const std::byte> reply,
                                              std::size_t entry_bytes) {
  ByteReader in{reply};
  const std::size_t declared = std::size_t{in.be16(0)} + 2;
  if (in.truncated()) return fail(malformed(what, "no header", reply.size()));
  TRY(const auto whole, declared_part(what, reply, declared, kTocHeaderBytes));
  const auto entries = whole.subspan(kTocHeaderBytes);
  if (entries.size() % entry_bytes != 0) return fail(malformed(what, "the last entry is cut", reply.size()));
  return entries;
}

Result<void> check_tracks(std::string_view what, std::span<const TocEntry> tracks, Lba lead_out, Lba limit) {
  if (tracks.empty()) return fail(malformed(what, "lists no track"));
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    const TocEntry& track = tracks[i];
    const Lba end = i + 1 < tracks.size() ? tracks[i + 1].start : lead_out;
    if (track.track < 1 || track.track > 99 || (i > 0 && track.track <= tracks[i - 1].track))
      return fail(malformed(what, fmt::format("track number {} is not valid there", track.track)));
    if (track.start < Lba{-150} || track.start >= end || end > limit)
      return fail(malformed(
          what, fmt::format("track {} is said to run from {} to {}", track.track, track.start.value, end.value)));
  }
  return {};
}

Msf msf_at(ByteReader& in, std::size_t at) { return {in.u8(at), in.u8(at + 1), in.u8(at + 2)}; }

/// A TOC points into the program area only, where times from 90 minutes on are addresses like any other.
Lba program_lba(Msf t) { return Lba{(std::int64_t{t.minute} * 60 + t.second) * 75 + t.frame - 150}; }

bool is_time(Msf t) { return t.minute <= 99 && t.second <= 59 && t.frame <= 74; }

}  // namespace

Result<Toc> decode_toc(std::span<const std::byte> reply, Lba limit) {
  constexpr std::string_view kWhat = "READ TOC format 0";
  constexpr std::size_t kEntryBytes = 8;
  TRY(const auto entries, entries_of(kWhat, reply, kEntryBytes));
  Toc toc{.first_track = std::to_integer<std::uint8_t>(reply[2]),
          .last_track = std::to_integer<std::uint8_t>(reply[3])};
  std::optional<Lba> lead_out;
  for (std::size_t at = 0; at < entries.size(); at += kEntryBytes) {
    ByteReader in{entries.subspan(at, kEntryBytes)};
    const std::uint8_t track = in.u8(2);
    const Lba start{static_cast<std::int32_t>(in.be32(4))};
    if (track == kLeadOutTrack) {
      lead_out = start;
    } else {
      toc.tracks.push_back({.track = track, .control = static_cast<std::uint8_t>(in.u8(1) & 0x0FU), .start = start});
    }
  }
  if (!lead_out) return fail(malformed(kWhat, "does not say where the lead-out starts", reply.size()));
  toc.lead_out = *lead_out;
  CHECK(check_tracks(kWhat, toc.tracks, toc.lead_out, limit));
  return toc;
}

Result<SessionInformation> decode_session_information(std::span<const std::byte> reply) {
  constexpr std::string_view kWhat = "READ TOC format 1";
  TRY(const auto entries, entries_of(kWhat, reply, 8));
  if (entries.empty()) return fail(malformed(kWhat, "names no session", reply.size()));
  ByteReader in{reply};
  const SessionInformation info{.first_session = in.u8(2),
                                .last_session = in.u8(3),
                                .first_track_of_last = in.u8(6),
                                .control = static_cast<std::uint8_t>(in.u8(5) & 0x0FU),
                                .start_of_last = Lba{static_cast<std::int32_t>(in.be32(8))}};
  if (info.first_session < 1 || info.last_session < info.first_session || info.last_session > 99 ||
      info.start_of_last >= kCdEnd)
    return fail(malformed(
        kWhat, fmt::format("sessions {} to {} are not possible", info.first_session, info.last_session), reply.size()));
  return info;
}

Result<QTable> decode_q_table(std::span<const std::byte> reply) {
  constexpr std::size_t kEntryBytes = 11;
  TRY(const auto entries, entries_of("READ TOC format 2", reply, kEntryBytes));
  QTable table{.first_session = std::to_integer<std::uint8_t>(reply[2]),
               .last_session = std::to_integer<std::uint8_t>(reply[3])};
  for (std::size_t at = 0; at < entries.size(); at += kEntryBytes) {
    ByteReader in{entries.subspan(at, kEntryBytes)};
    table.entries.push_back({.session = in.u8(0),
                             .adr = static_cast<std::uint8_t>(in.u8(1) >> 4U),
                             .control = static_cast<std::uint8_t>(in.u8(1) & 0x0FU),
                             .tno = in.u8(2),
                             .point = in.u8(3),
                             .time = msf_at(in, 4),
                             .zero = in.u8(7),
                             .pointed = msf_at(in, 8)});
  }
  return table;
}

Result<std::vector<Session>> sessions_of(const QTable& full_toc) {
  constexpr std::string_view kWhat = "READ TOC format 2";
  struct Found {
    Session session;
    std::optional<Lba> lead_out;
  };
  std::map<std::uint8_t, Found> found;
  for (const QEntry& q : full_toc.entries) {
    if (q.session < 1 || q.session > 99)
      return fail(malformed(kWhat, fmt::format("session number {} is not valid", q.session)));
    if (q.adr != 1) continue;  // mode 5 carries multi-session pointers that the track entries make unnecessary
    Found& at = found[q.session];
    at.session.number = q.session;
    if (q.point == 0xA0) {
      at.session.type = q.pointed.second;
    } else if (q.point == 0xA2) {
      if (!is_time(q.pointed)) return fail(malformed(kWhat, "a lead-out is at an impossible time"));
      at.lead_out = program_lba(q.pointed);
    } else if (q.point >= 1 && q.point <= 99) {
      if (!is_time(q.pointed)) return fail(malformed(kWhat, fmt::format("track {} is at an impossible time", q.point)));
      at.session.tracks.push_back({.track = q.point, .control = q.control, .start = program_lba(q.pointed)});
    }
  }
  std::vector<Session> sessions;
  for (auto& [number, at] : found) {
    if (!at.lead_out) return fail(malformed(kWhat, fmt::format("session {} has no lead-out", number)));
    at.session.lead_out = *at.lead_out;
    std::ranges::sort(at.session.tracks, {}, &TocEntry::track);
    CHECK(check_tracks(kWhat, at.session.tracks, at.session.lead_out, kCdEnd));
    if (!sessions.empty() && at.session.tracks.front().start < sessions.back().lead_out)
      return fail(malformed(kWhat, fmt::format("session {} starts inside the one before it", number)));
    if (!sessions.empty() && at.session.tracks.front().track <= sessions.back().tracks.back().track)
      return fail(malformed(kWhat, fmt::format("session {} repeats a track number", number)));
    sessions.push_back(std::move(at.session));
  }
  if (sessions.empty()) return fail(malformed(kWhat, "lists no session"));
  return sessions;
}

Result<Atip> decode_atip(std::span<const std::byte> reply) {
  constexpr std::string_view kWhat = "READ TOC format 4";
  ByteReader header{reply};
  const std::size_t declared = std::size_t{header.be16(0)} + 2;
  if (header.truncated()) return fail(malformed(kWhat, "no header", reply.size()));
  TRY(const auto whole, declared_part(kWhat, reply, declared, 16));
  ByteReader in{whole};
  return Atip{.rewritable = (in.u8(6) & 0x40U) != 0,
              .subtype = static_cast<std::uint8_t>(in.u8(6) >> 3U & 0x07U),
              .indicative_power = static_cast<std::uint8_t>(in.u8(4) >> 4U & 0x07U),
              .lead_in_start = msf_at(in, 8),
              .last_possible_lead_out = msf_at(in, 12)};
}

}  // namespace pressmark::mmc
