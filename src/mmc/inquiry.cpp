// Standard INQUIRY data has three blank-padded strings at fixed places; drives differ in how much of it they send.
#include "mmc/inquiry.h"

#include <algorithm>

#include "core/bytes.h"
#include "mmc/decode.h"

namespace pressmark::mmc {

namespace {

struct Place {
  std::size_t at, length;
};
constexpr Place kVendor{8, 8}, kProduct{16, 16}, kRevision{32, 4};

std::string text(std::span<const std::byte> reply, Place place) {
  if (reply.size() <= place.at) return {};
  return ByteReader{reply}.ascii(place.at, std::min(place.length, reply.size() - place.at));
}

}  // namespace

Result<Inquiry> decode_inquiry(std::span<const std::byte> reply) {
  ByteReader in{reply};
  Inquiry inquiry{.device_type = static_cast<std::uint8_t>(in.u8(0) & 0x1FU),
                  .removable = (in.u8(1) & 0x80U) != 0,
                  .vendor = text(reply, kVendor),
                  .product = text(reply, kProduct),
                  .revision = text(reply, kRevision)};
  in.u8(4);
  if (in.truncated()) return fail(malformed("INQUIRY", "too short to say what it is", reply.size()));
  return inquiry;
}

}  // namespace pressmark::mmc
