#include "mmc/capacity.h"

#include "core/bytes.h"
#include "mmc/decode.h"

namespace pressmark::mmc {

Result<Capacity> decode_read_capacity(std::span<const std::byte> reply) {
  ByteReader in{reply};
  const Capacity capacity{.sectors = std::int64_t{in.be32(0)} + 1, .block_bytes = in.be32(4)};
  if (in.truncated()) return fail(malformed("READ CAPACITY", "needs 8 bytes", reply.size()));
  return capacity;
}

}  // namespace pressmark::mmc
