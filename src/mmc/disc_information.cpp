// Numbers above 255 have their high bytes far behind their low ones, where old drives' replies end before them.
#include "mmc/disc_information.h"

#include "core/bytes.h"
#include "core/try.h"
#include "mmc/decode.h"

namespace pressmark::mmc {

namespace {

Result<std::span<const std::byte>> body_of(std::string_view what, std::span<const std::byte> reply, std::size_t least) {
  ByteReader in{reply};
  const std::size_t declared = std::size_t{in.be16(0)} + 2;
  if (in.truncated()) return fail(malformed(what, "no header", reply.size()));
  // A drive may declare more than was allocated for; what is needed must have come.
  return declared_part(what, reply, declared > reply.size() && reply.size() >= least ? reply.size() : declared, least);
}

std::uint16_t joined(ByteReader& in, std::size_t low, std::size_t high) {
  const unsigned top = in.holds(high, 1) ? in.u8(high) : 0U;
  return static_cast<std::uint16_t>(top << 8U | in.u8(low));
}

}  // namespace

Result<DiscInformation> decode_disc_information(std::span<const std::byte> reply) {
  TRY(const auto body, body_of("READ DISC INFORMATION", reply, 24));
  ByteReader in{body};
  const std::uint8_t status = in.u8(2);
  DiscInformation info{.status = DiscStatus{static_cast<std::uint8_t>(status & 0x03U)},
                       .last_session_state = static_cast<std::uint8_t>(status >> 2U & 0x03U),
                       .erasable = (status & 0x10U) != 0,
                       .first_track = in.u8(3),
                       .sessions = joined(in, 4, 9),
                       .first_track_of_last_session = joined(in, 5, 10),
                       .last_track = joined(in, 6, 11),
                       .disc_type = in.u8(8)};
  if ((in.u8(7) & 0x80U) != 0) info.disc_id = in.be32(12);
  return info;
}

Result<TrackInformation> decode_track_information(std::span<const std::byte> reply) {
  TRY(const auto body, body_of("READ TRACK INFORMATION", reply, 28));
  ByteReader in{body};
  const std::uint8_t mode = in.u8(5), flags = in.u8(6), valid = in.u8(7);
  TrackInformation info{.track = joined(in, 2, 32),
                        .session = joined(in, 3, 33),
                        .track_mode = static_cast<std::uint8_t>(mode & 0x0FU),
                        .data_mode = static_cast<std::uint8_t>(flags & 0x0FU),
                        .damaged = (mode & 0x20U) != 0,
                        .blank = (flags & 0x40U) != 0,
                        .packet = (flags & 0x20U) != 0,
                        .reserved = (flags & 0x80U) != 0,
                        .start = Lba{static_cast<std::int32_t>(in.be32(8))},
                        .sectors = in.be32(24)};
  if ((valid & 0x01U) != 0) info.next_writable = Lba{static_cast<std::int32_t>(in.be32(12))};
  if ((valid & 0x02U) != 0 && in.holds(28, 4)) info.last_recorded = Lba{static_cast<std::int32_t>(in.be32(28))};
  return info;
}

}  // namespace pressmark::mmc
