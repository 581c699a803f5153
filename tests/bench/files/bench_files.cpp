// `files --damaged` on a volume of 500,000 files with 10,000 bad ranges: the walk, then whose the ranges are. Target: under 2 s and under
// 256 MiB in all. The look-up is shown as a ratio to the walk in the same run, and to the obvious way of looking up, every range
// asked of every file, of which a tenth of the ranges is measured. The volume's sectors are made as they are asked for, which the walk's
// time includes. Repetitions alternate; the least of each counts.
//
// bench_files [REPETITIONS]
#include <chrono>
#include <cstdlib>
#include <fmt/format.h>
#include <limits>
#include <sys/resource.h>

#include "pressmark/owners.h"

#include "unit/files/huge_iso.h"

namespace {

using namespace pressmark;

constexpr std::int64_t kRanges = 10'000, kShareOfPlain = 10;

double seconds_of(const auto& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double peak_mebibytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// The yardstick: no index, no order.
std::size_t plain(const Volume& volume, std::span<const SectorRange> ranges) {
  std::size_t hits = 0;
  for (const SectorRange& range : ranges)
    for (const VolumeFile& file : volume.files())
      for (const VolumeExtent& extent : volume.extents(file)) {
        const SectorRange where = extent.sectors();
        if (where.first < range.end() && where.end() > range.first) ++hits;
      }
  return hits;
}

}  // namespace

int main(int argc, char** argv) {
  const int wanted = argc > 1 ? std::atoi(argv[1]) : 0;
  const int repetitions = wanted > 0 ? wanted : 5;
  std::vector<SectorRange> bad;
  for (std::int64_t i = 0; i < kRanges; ++i) bad.push_back({HugeIso::kSectors * i / kRanges, 1 + i % 12});

  HugeIso disc;
  const ReadSectors read = disc.reader();
  double walk = std::numeric_limits<double>::infinity(), look_up = walk, slow = walk, walk_peak = 0, all_peak = 0;
  std::size_t files = 0, hit = 0, parts = 0;
  for (int i = 0; i < repetitions; ++i) {
    Result<Volume> volume;
    walk = std::min(walk, seconds_of([&] { volume = walk_volume(read, {.sectors = HugeIso::kSectors}); }));
    if (!volume) return 3;
    if (i == 0) walk_peak = peak_mebibytes();
    Damage damage;
    look_up = std::min(look_up, seconds_of([&] { damage = damage_of(*volume, HugeIso::kSectors, bad); }));
    if (i == 0) all_peak = peak_mebibytes();
    files = volume->files().size();
    hit = damage.files.size();
    parts = damage.parts.size();
    if (i > 0) continue;
    std::vector<SectorRange> some;
    for (std::size_t r = 0; r < bad.size(); r += kShareOfPlain) some.push_back(bad[r]);
    std::size_t hits = 0;
    slow = seconds_of([&] { hits = plain(*volume, some); }) * kShareOfPlain;
    if (hits == 0) return 3;
  }
  fmt::print("{} files, {} bad ranges: {} files hit, {} parts\n", files, bad.size(), hit, parts);
  fmt::print("walk            {:8.3f} s  peak {:6.1f} MiB\n", walk, walk_peak);
  fmt::print("owners          {:8.3f} s  peak {:6.1f} MiB\n", look_up, all_peak);
  fmt::print("every pair      {:8.3f} s  (a tenth of the ranges, times ten)\n", slow);
  fmt::print(
      "owners to walk {:.3f}; owners to every pair {:.6f}; together {:.3f} s (target 2), {:.1f} MiB (target 256)\n",
      look_up / walk, look_up / slow, walk + look_up, all_peak);
}
