#include "mmc/event.h"

#include <utility>

#include "core/bytes.h"
#include "mmc/decode.h"

namespace pressmark::mmc {

Result<std::optional<MediaStatus>> decode_media_event(std::span<const std::byte> reply) {
  constexpr std::uint8_t kMediaClass = 4;
  ByteReader in{reply};
  const std::uint16_t length = in.be16(0);
  const std::uint8_t flags = in.u8(2);
  if (!in.holds(0, 4)) return fail(malformed("GET EVENT STATUS NOTIFICATION", "no header", reply.size()));
  const bool none_available = (flags & 0x80U) != 0;
  if (none_available || (flags & 0x07U) != kMediaClass) return std::nullopt;

  // Codes above 6 are reserved: news of some kind, so treated as the most cautious one.
  const std::uint8_t code = in.u8(4) & 0x0FU;
  const std::uint8_t state = in.u8(5);
  if (in.truncated() || length < 4)
    return fail(malformed("GET EVENT STATUS NOTIFICATION", "the media event is cut", reply.size()));
  const bool known = code <= std::to_underlying(MediaEvent::format_restarted);
  return MediaStatus{.event = known ? MediaEvent{code} : MediaEvent::media_changed,
                     .medium_present = (state & 0x02U) != 0,
                     .tray_open = (state & 0x01U) != 0};
}

bool may_be_another_disc(MediaEvent event) {
  switch (event) {
    case MediaEvent::new_media:
    case MediaEvent::media_removal:
    case MediaEvent::media_changed: return true;
    case MediaEvent::no_change:
    case MediaEvent::eject_request:
    case MediaEvent::format_completed:
    case MediaEvent::format_restarted: return false;
  }
  return true;
}

}  // namespace pressmark::mmc
