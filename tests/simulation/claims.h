// What a rip's files say, and whether it is so.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "pressmark/map.h"

#include "simulation/tap.h"
#include "simulation/truth.h"
#include "support/memory_files.h"

namespace pressmark::simulation {

using Violations = std::vector<std::string>;

/// The files of a rip as the next run would find them.
struct Claims {
  std::optional<MapFile> map;  ///< nothing: no claim is made
  std::vector<std::byte> image;
  bool published = false;  ///< the image has its final name
  [[nodiscard]] std::int64_t good() const { return map ? map->map.good() : 0; }
  [[nodiscard]] Grade grade(std::int64_t sector) const {
    return map && sector < map->map.sectors() ? map->map.at(sector) : Grade::untried;
  }
  /// The image's bytes of a sector; shorter where the file ends.
  [[nodiscard]] std::span<const std::byte> bytes(std::int64_t sector) const;
};

/// A map that is there and cannot be parsed is a violation.
[[nodiscard]] Claims read_claims(const test::MemoryFiles& files, const Path& name, Violations& violations);

/// What a disc has at an address, or nothing, against bytes of an image.
[[nodiscard]] bool equal(std::optional<std::span<const std::byte>> truth, std::span<const std::byte> bytes);

/// Whose bytes the good sectors are.
enum class Owner : std::uint8_t { nobody, disc, other_disc };

struct Judgement {
  Owner owner = Owner::nobody;
  std::array<std::int64_t, kGradeCount> wrong{};  ///< good sectors with other bytes than the disc's
  std::int64_t disputed = 0;  ///< of the wrong ones called agreed: the drive gave other bytes, too, as good
};

struct Witnesses {
  const Truth& disc;
  const Truth& other;
  const Claims* before = nullptr;      ///< the claims from which the run went on; null: they are not asked about
  const Readings* readings = nullptr;  ///< of the run
};

/// Safety. Every sector that is called good must have the disc's bytes in the image; or `before` had it so already; or,
/// for `drive` and `agreed`, the drive itself gave these bytes as good, for `agreed` twice. (Whether it gave others as well is
/// counted, not judged: the program also reads for other ends, such as measuring, and does not look at what came then.)
/// Never may bytes of two discs stand side by side.
[[nodiscard]] Judgement judge(const Claims& claims, const Witnesses& witnesses, Violations& violations);

/// An image that is done: its length, the fill in unreadable sectors, nothing left untried.
void judge_finished(const Claims& claims, std::byte fill, Violations& violations);

}  // namespace pressmark::simulation
