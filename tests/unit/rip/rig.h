// A drive with a disc whose sectors can be dead, for whole rips.
#pragma once

#include <algorithm>
#include <gtest/gtest.h>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "pressmark/digest.h"
#include "pressmark/drive.h"
#include "pressmark/medium.h"
#include "pressmark/rip.h"
#include "pressmark/simulated.h"

#include "support/damaged_transport.h"
#include "support/memory_medium.h"

namespace pressmark::test {

struct DiscSetup {
  MediaKind kind = MediaKind::dvd;
  std::size_t sectors = 400;
  std::uint32_t seed = 1;
  std::set<std::int64_t> dead;
};

struct Rig {
  std::unique_ptr<Drive> drive;
  DamagedTransport* transport = nullptr;
};

inline Rig rig(const DiscSetup& setup) {
  auto simulated = simulate(std::make_unique<MemoryMedium>(setup.kind, content(setup.sectors, setup.seed)));
  auto damaged = std::make_unique<DamagedTransport>(std::move(simulated));
  damaged->dead = setup.dead;
  Rig r{.transport = damaged.get()};
  auto drive = Drive::open(std::move(damaged));
  EXPECT_TRUE(drive) << describe(drive.error());
  if (drive) r.drive = std::move(*drive);
  return r;
}

inline std::set<std::int64_t> run_of(std::int64_t first, std::int64_t count) {
  std::set<std::int64_t> sectors;
  while (count-- > 0) sectors.insert(first++);
  return sectors;
}

/// What these rips are told if nothing else is said.
inline RipOptions rig_options() {
  RipOptions o{.name = "d/x", .source = "test"};
  o.retries = 1;
  o.commit_bytes = 64 * kUserBytes;
  return o;
}

/// The image with filler where nothing was read.
inline std::vector<std::byte> filled(std::vector<std::byte> truth, const std::set<std::int64_t>& unreadable) {
  for (const std::int64_t s : unreadable) std::fill_n(truth.begin() + s * kUserBytes, kUserBytes, std::byte{0x55});
  return truth;
}

inline std::string sha1(std::span<const std::byte> bytes) {
  Hasher hasher{DigestKind::sha1};
  hasher.update(bytes);
  return hasher.finish().hex();
}

inline const Digest& digest(const RipOutcome& outcome, DigestKind kind) {
  return *std::ranges::find(outcome.digests, kind, &Digest::kind);
}

/// A DVD of which one sector reads differently each time.
class TwoFaced final : public Medium {
 public:
  static constexpr std::int64_t kBad = 150;
  explicit TwoFaced(std::vector<std::byte> bytes) : plain_(MediaKind::dvd, std::move(bytes)) {}
  [[nodiscard]] MediaKind kind() const override { return plain_.kind(); }
  [[nodiscard]] std::span<const MediumTrack> tracks() const override { return plain_.tracks(); }
  [[nodiscard]] Lba end() const override { return plain_.end(); }
  Result<void> read_stored(Lba first, std::uint32_t count, std::span<std::byte> out) override {
    auto done = plain_.read_stored(first, count, out);
    if (first <= Lba{kBad} && Lba{kBad} < first + count)
      out[static_cast<std::size_t>(Lba{kBad} - first) * kUserBytes + 7] ^= static_cast<std::byte>(++times_);
    return done;
  }

 private:
  MemoryMedium plain_;
  int times_ = 0;
};

}  // namespace pressmark::test
