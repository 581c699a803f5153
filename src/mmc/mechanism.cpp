#include "mmc/mechanism.h"

#include "core/bytes.h"
#include "mmc/decode.h"

namespace pressmark::mmc {

Result<MechanismStatus> decode_mechanism_status(std::span<const std::byte> reply) {
  ByteReader in{reply};
  const std::uint8_t changer = in.u8(0), drive = in.u8(1);
  const MechanismStatus status{.fault = (changer & 0x80U) != 0,
                               .slots = static_cast<std::uint8_t>(in.u8(5) & 0x3FU),
                               .current_slot = static_cast<std::uint8_t>(changer & 0x1FU),
                               .state = static_cast<std::uint8_t>(drive >> 5U),
                               .door_open = (drive & 0x10U) != 0,
                               .current = Lba{in.be24(2)}};
  if (in.truncated() || reply.size() < kMechanismBytes)
    return fail(malformed("MECHANISM STATUS", "needs 8 bytes", reply.size()));
  return status;
}

}  // namespace pressmark::mmc
