// A mode reply is a header of 8 bytes (length, medium type, block descriptor length), block descriptors (asked to be
// left out, which some drives ignore), and pages of code, length, content.
#include "mmc/mode_page.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "core/bytes.h"
#include "core/try.h"
#include "mmc/decode.h"

namespace pressmark::mmc {

namespace {

constexpr std::size_t kModeListHeaderBytes = 8;

}  // namespace

Result<ModePage> decode_mode_sense_10(std::span<const std::byte> reply, PageCode wanted) {
  constexpr std::string_view kWhat = "MODE SENSE(10)";
  ByteReader in{reply};
  // The header's length covers all pages of the drive even where the allocation cut them: the page's own length
  // decides.
  const std::size_t at = kModeListHeaderBytes + in.be16(6);
  const std::uint8_t code = in.u8(at) & 0x3FU;
  const std::size_t length = std::size_t{in.u8(at + 1)} + 2;
  const auto page = in.slice(at, length);
  if (in.truncated()) return fail(malformed(kWhat, "the page is cut", reply.size()));
  if (code != std::to_underlying(wanted))
    return fail(malformed(kWhat,
                          fmt::format("asked for page {:02X}h, page {:02X}h came", std::to_underlying(wanted), code),
                          reply.size()));
  return ModePage{.bytes = {page.begin(), page.end()}};
}

std::vector<std::byte> encode_mode_list(const ModePage& page) {
  std::vector<std::byte> list(kModeListHeaderBytes + page.bytes.size());
  std::ranges::copy(page.bytes, list.begin() + kModeListHeaderBytes);
  list[kModeListHeaderBytes] &= std::byte{0x7F};
  return list;
}

Result<RecoveryPage> decode_recovery_page(const ModePage& page) {
  ByteReader in{page.bytes};
  const RecoveryPage values{.flags = in.u8(2), .read_retries = in.u8(3)};
  if (in.truncated()) return fail(malformed("MODE SENSE(10), page 01h", "the page is cut", page.bytes.size()));
  return values;
}

ModePage with_recovery(ModePage page, RecoveryPage values) {
  if (page.bytes.size() < 4) return page;
  page.bytes[2] = std::byte{values.flags};
  page.bytes[3] = std::byte{values.read_retries};
  return page;
}

Result<Capabilities> decode_capabilities(const ModePage& page) {
  ByteReader in{page.bytes};
  const std::uint8_t reads = in.u8(2), audio = in.u8(5), mechanics = in.u8(6);
  const Capabilities capabilities{.reads_cd_r = (reads & 0x01U) != 0,
                                  .reads_dvd_rom = (reads & 0x08U) != 0,
                                  .c2_pointers = (audio & 0x10U) != 0,
                                  .rw_subchannel = (audio & 0x04U) != 0,
                                  .accurate_stream = (audio & 0x02U) != 0,
                                  .can_lock = (mechanics & 0x01U) != 0,
                                  .locked = (mechanics & 0x02U) != 0,
                                  .can_eject = (mechanics & 0x08U) != 0,
                                  .loading_mechanism = static_cast<std::uint8_t>(mechanics >> 5U),
                                  .max_read_speed = in.be16(8),
                                  .current_read_speed = in.be16(14),
                                  .buffer_kilobytes = in.be16(12)};
  if (in.truncated()) return fail(malformed("MODE SENSE(10), page 2Ah", "the page is cut", page.bytes.size()));
  return capabilities;
}

}  // namespace pressmark::mmc
