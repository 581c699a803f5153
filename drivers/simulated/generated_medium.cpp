// A filler sector is 2048 bytes out of a pool of random bytes, from an offset that its address chooses, with its
// address and seed stamped over the first 16. So no two sectors are equal, no sector is its neighbour shifted, and
// making one is a copy.
#include "drivers/simulated/generated_medium.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstring>
#include <fmt/format.h>

#include "drivers/simulated/random.h"
#include "drivers/simulated/raw_sector.h"
#include "drivers/simulated/tiny_iso.h"

namespace pressmark::simulated {
namespace {

constexpr std::size_t kPoolBytes = 256 * 1024;
constexpr std::size_t kPoolGrain = 64;  // offsets are whole cache lines
constexpr std::size_t kPoolSlots = kPoolBytes / kPoolGrain;
static_assert(std::has_single_bit(kPoolSlots));

void put_little(std::span<std::byte> out, std::uint64_t v) {
  for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<std::byte>(v >> (8 * i));
}

class GeneratedMedium final : public Medium {
 public:
  explicit GeneratedMedium(const GeneratedOptions& options) : kind_(options.kind), seed_(options.seed) {
    pool_.resize(kPoolBytes + kRawBytes);
    Random random(mix(options.seed));
    for (std::size_t i = 0; i + 8 <= pool_.size(); i += 8) put_little(std::span{pool_}.subspan(i, 8), random.bits());

    std::int64_t at = 0;
    for (std::size_t i = 0; i < options.tracks.size(); ++i) {
      const GeneratedTrack& t = options.tracks[i];
      if (i > 0 && t.session != options.tracks[i - 1].session) at += session_gap(options.tracks[i - 1].session);
      const bool audio = t.mode == TrackMode::audio;
      at += t.pregap;
      tracks_.push_back({.number = static_cast<std::uint8_t>(i + 1),
                         .session = t.session,
                         .mode = t.mode,
                         .control = static_cast<std::uint8_t>(audio ? 0 : 4),
                         .start = Lba{at},
                         .sectors = t.sectors,
                         .pregap = t.pregap,
                         .stored_bytes = audio                        ? kRawBytes
                                         : t.mode == TrackMode::mode2 ? 2336U
                                                                      : kUserBytes,
                         .isrc = {}});
      at += t.sectors;
    }
    end_ = Lba{at};
    for (std::size_t i = 0; i < tracks_.size() && head_.empty(); ++i) {
      if (tracks_[i].mode == TrackMode::audio || tracks_[i].start != Lba{0}) continue;
      head_ = tiny_iso_head({.volume_id = options.volume_id, .sectors = tracks_[i].sectors});
    }
  }

  [[nodiscard]] MediaKind kind() const override { return kind_; }
  [[nodiscard]] std::span<const MediumTrack> tracks() const override { return tracks_; }
  [[nodiscard]] Lba end() const override { return end_; }

  Result<void> read_stored(Lba first, std::uint32_t count, std::span<std::byte> out) override {
    const MediumTrack* track = find(first, count);
    if (track == nullptr || out.size() != std::size_t{count} * track->stored_bytes)
      return fail({.kind = ErrorKind::usage,
                   .tried = fmt::format("read {} sectors of a generated disc", count),
                   .where = fmt::format("LBA {}", first.value),
                   .got = "not in one track, or a buffer of another size",
                   .next = "ask for sectors of one track",
                   .sense = {},
                   .lba = first});
    for (std::uint32_t i = 0; i < count; ++i)
      make(*track, first + i, out.subspan(std::size_t{i} * track->stored_bytes, track->stored_bytes));
    return {};
  }

 private:
  [[nodiscard]] const MediumTrack* find(Lba first, std::uint32_t count) const {
    for (const MediumTrack& t : tracks_)
      if (first >= t.start - t.pregap && first + count <= t.start + t.sectors) return &t;
    return nullptr;
  }

  void make(const MediumTrack& track, Lba lba, std::span<std::byte> out) const {
    if (track.stored_bytes == kUserBytes) return make_user(lba, out);
    if (track.mode == TrackMode::audio) return make_filler(lba, out);
    std::array<std::byte, kRawBytes> raw{};
    std::array<std::byte, kUserBytes> user{};
    make_user(lba, user);
    make_raw(lba, TrackMode::mode2, user, raw);
    std::copy_n(raw.begin() + 16, 2336, out.begin());
  }

  void make_user(Lba lba, std::span<std::byte> out) const {
    const auto at = static_cast<std::uint64_t>(lba.value) * kUserBytes;
    if (lba.value < 0 || at >= head_.size()) return make_filler(lba, out);
    std::memcpy(out.data(), head_.data() + at, out.size());
  }

  void make_filler(Lba lba, std::span<std::byte> out) const {
    const std::uint64_t h = mix(seed_ ^ static_cast<std::uint32_t>(lba.value));
    std::memcpy(out.data(), pool_.data() + (h % kPoolSlots) * kPoolGrain, out.size());
    put_little(out.first(8), static_cast<std::uint32_t>(lba.value));
    put_little(out.subspan(8, 8), h);
  }

  MediaKind kind_;
  std::uint64_t seed_;
  std::vector<MediumTrack> tracks_;
  Lba end_;
  std::vector<std::byte> head_, pool_;
};

}  // namespace

std::unique_ptr<Medium> generate_medium(const GeneratedOptions& options) {
  assert(!options.tracks.empty());
  return std::make_unique<GeneratedMedium>(options);
}

}  // namespace pressmark::simulated
