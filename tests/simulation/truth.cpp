#include "simulation/truth.h"

#include <algorithm>
#include <stdexcept>

namespace pressmark::simulation {

Truth::Truth(std::unique_ptr<SimulatedDrive> drive) : drive_(std::move(drive)) {
  Medium& medium = drive_->pristine();
  kind_ = medium.kind();
  const auto sectors = static_cast<std::size_t>(medium.end().value);
  held_.resize(sectors);
  bytes_.resize(sectors * kUserBytes);
  for (const MediumTrack& track : medium.tracks()) {
    if (track.mode == TrackMode::audio) continue;
    const bool mode2 = track.mode == TrackMode::mode2;
    const Lba first = track.start - track.pregap;
    const std::uint32_t count = track.sectors + track.pregap;
    std::vector<std::byte> stored(std::size_t{count} * track.stored_bytes);
    if (!medium.read_stored(first, count, stored)) throw std::runtime_error("the pristine medium cannot be read");
    const std::size_t skip = mode2 ? 8 : 0;  // 2336 bytes: two subheaders first
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto at = static_cast<std::size_t>(first.value) + i;
      held_[at] = mode2 ? Holds::mode2 : Holds::mode1;
      std::copy_n(stored.begin() + static_cast<std::ptrdiff_t>(std::size_t{i} * track.stored_bytes + skip), kUserBytes,
                  bytes_.begin() + static_cast<std::ptrdiff_t>(at * kUserBytes));
    }
  }
}

std::optional<std::span<const std::byte>> Truth::user(Lba lba) const {
  if (lba.value < 0 || lba >= end() || held_[static_cast<std::size_t>(lba.value)] == Holds::nothing)
    return std::nullopt;
  return std::span{bytes_}.subspan(static_cast<std::size_t>(lba.value) * kUserBytes, kUserBytes);
}

std::size_t Truth::user_offset(Lba lba) const {
  return user(lba) && held_[static_cast<std::size_t>(lba.value)] == Holds::mode2 ? 24 : 16;
}

SectorFate Truth::fate(Lba lba) const { return user(lba) ? drive_->fate(lba) : SectorFate::dead; }

}  // namespace pressmark::simulation
