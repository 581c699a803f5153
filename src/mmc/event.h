// GET EVENT STATUS NOTIFICATION, class 4: media events (MMC-6).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "pressmark/error.h"

namespace pressmark::mmc {

inline constexpr std::uint16_t kEventBytes = 8;

enum class MediaEvent : std::uint8_t {
  no_change = 0,
  eject_request = 1,
  new_media = 2,
  media_removal = 3,
  media_changed = 4,
  format_completed = 5,
  format_restarted = 6,
};

struct MediaStatus {
  MediaEvent event = MediaEvent::no_change;
  bool medium_present = false;
  bool tray_open = false;
  friend bool operator==(const MediaStatus&, const MediaStatus&) = default;
};

/// Nothing if the drive has no media events to tell (NEA, or another class came). Fails: parse (cut short).
Result<std::optional<MediaStatus>> decode_media_event(std::span<const std::byte> reply);

/// True for events after which another disc may be there.
[[nodiscard]] bool may_be_another_disc(MediaEvent event);

}  // namespace pressmark::mmc
