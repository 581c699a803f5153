// Addresses on a DVD: physical sector numbers rise from 30000h. On an opposite track path disc layer 1 runs outside in,
// and its sector numbers are the bitwise complements of those of layer 0 at the same radius (ECMA-267): the
// first one after the break is the complement of the last one before it.
#include "mmc/disc_structure.h"

#include "core/bytes.h"
#include "core/try.h"
#include "mmc/decode.h"

namespace pressmark::mmc {

namespace {

constexpr std::size_t kStructureHeaderBytes = 4;
constexpr std::uint32_t kPsnMask = 0xFF'FFFF;

/// The structure behind the header. Drives differ in what length they declare, so what is needed must have come,
/// whatever they say.
Result<std::span<const std::byte>> structure_of(std::string_view what, std::span<const std::byte> reply,
                                                std::size_t least) {
  ByteReader in{reply};
  const std::size_t declared = std::size_t{in.be16(0)} + 2;
  if (in.truncated() || reply.size() < kStructureHeaderBytes + least)
    return fail(malformed(what, "cut short", reply.size()));
  if (declared < kStructureHeaderBytes + least)
    return fail(malformed(what, "declares less than it needs", reply.size()));
  return reply.subspan(kStructureHeaderBytes);
}

}  // namespace

Result<PhysicalFormat> decode_physical_format(std::span<const std::byte> reply) {
  TRY(const auto body, structure_of("READ DISC STRUCTURE format 00h", reply, 16));
  ByteReader in{body};
  const std::uint8_t book = in.u8(0), size = in.u8(1), layout = in.u8(2);
  return PhysicalFormat{.book_type = static_cast<std::uint8_t>(book >> 4U),
                        .part_version = static_cast<std::uint8_t>(book & 0x0FU),
                        .disc_size = static_cast<std::uint8_t>(size >> 4U),
                        .maximum_rate = static_cast<std::uint8_t>(size & 0x0FU),
                        .layers = static_cast<std::uint8_t>((layout >> 5U & 0x03U) + 1),
                        .opposite_track_path = (layout & 0x10U) != 0,
                        .first_psn = in.be24(5),
                        .last_psn = in.be24(9),
                        .last_psn_layer0 = in.be24(13)};
}

std::optional<std::int64_t> PhysicalFormat::sectors() const {
  if (const auto break_at = layer_break()) {
    const std::uint32_t first_of_layer1 = ~last_psn_layer0 & kPsnMask;
    if (last_psn < first_of_layer1) return std::nullopt;
    return break_at->value + std::int64_t{last_psn} - first_of_layer1 + 1;
  }
  if (last_psn < first_psn) return std::nullopt;
  return std::int64_t{last_psn} - first_psn + 1;
}

std::optional<Lba> PhysicalFormat::layer_break() const {
  if (layers < 2 || !opposite_track_path || last_psn_layer0 < first_psn) return std::nullopt;
  return Lba{std::int64_t{last_psn_layer0} - first_psn + 1};
}

Result<Copyright> decode_copyright(std::span<const std::byte> reply) {
  TRY(const auto body, structure_of("READ DISC STRUCTURE format 01h", reply, 4));
  ByteReader in{body};
  return Copyright{.protection = in.u8(0), .regions = in.u8(1)};
}

Result<BdInformation> decode_bd_information(std::span<const std::byte> reply) {
  constexpr std::string_view kWhat = "READ DISC STRUCTURE of a BD, format 00h";
  TRY(const auto body, structure_of(kWhat, reply, 16));
  ByteReader in{body};
  if (in.ascii(0, 2) != "DI") return fail(malformed(kWhat, "does not begin with DI", reply.size()));
  return BdInformation{
      .type = in.ascii(8, 3), .format = in.u8(2), .layers = static_cast<std::uint8_t>(in.u8(12) >> 4U)};
}

}  // namespace pressmark::mmc
