// Replies are cut to what the host asked for; sense comes in one of the two formats.
#include "drivers/simulated/answer.h"

#include <algorithm>

namespace pressmark::simulated {

Answer reply(const Request& request, const ReplyBytes& bytes) {
  const std::size_t room = std::min<std::size_t>(request.amount, request.data.size());
  const std::size_t sent = std::min(room, bytes.size());
  std::copy_n(bytes.bytes().begin(), sent, request.data.begin());
  return {.transferred = static_cast<std::uint32_t>(sent)};
}

ReplyBytes make_sense(SenseFormat format, SenseCode code, std::optional<std::uint32_t> information) {
  ReplyBytes s;
  switch (format) {
    case SenseFormat::fixed:
      s.u8(information ? 0xF0 : 0x70).u8(0).u8(code.key).u32(information.value_or(0)).u8(10);
      s.u32(0).u8(code.asc).u8(code.ascq).u8(0).zeros(3);
      break;
    case SenseFormat::descriptor:
      s.u8(0x72).u8(code.key).u8(code.asc).u8(code.ascq).zeros(3).u8(information ? 12 : 0);
      if (information) s.u8(0x00).u8(0x0A).u8(0x80).u8(0).u32(0).u32(*information);
      break;
  }
  return s;
}

}  // namespace pressmark::simulated
