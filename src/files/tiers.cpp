// Ranges are rounded out first and then told apart: a block that holds a structure and a file is a structure's.
#include "files/tiers.h"

#include <algorithm>

#include "files/glob.h"

namespace pressmark::files {

namespace {

using Ranges = std::vector<SectorRange>;

SectorRange rounded_out(SectorRange range, const TierOptions& options) {
  const std::int64_t block = options.block_sectors;
  const std::int64_t first = range.first / block * block;
  const std::int64_t end = std::min((range.end() + block - 1) / block * block, options.sectors);
  return {first, std::max<std::int64_t>(end - first, 0)};
}

Ranges merged(Ranges ranges) {
  std::ranges::sort(ranges);
  Ranges out;
  for (const SectorRange& range : ranges) {
    if (range.count == 0) continue;
    if (!out.empty() && range.first <= out.back().end())
      out.back().count = std::max(out.back().end(), range.end()) - out.back().first;
    else
      out.push_back(range);
  }
  return out;
}

/// What of `from` is not in `taken`; both sorted and disjoint.
Ranges without(const Ranges& from, const Ranges& taken) {
  Ranges out;
  auto next = taken.begin();
  for (SectorRange range : from) {
    while (next != taken.end() && next->end() <= range.first) ++next;
    for (auto it = next; it != taken.end() && it->first < range.end(); ++it) {
      if (it->first > range.first) out.push_back({range.first, it->first - range.first});
      const std::int64_t end = range.end();
      range.first = std::min(it->end(), end);
      range.count = end - range.first;
    }
    if (range.count > 0) out.push_back(range);
  }
  return out;
}

/// Which files some pattern matches by one of their paths.
void choose(const Volume& volume, const TierOptions& options, Tiers& tiers) {
  tiers.wanted.assign(volume.files().size(), false);
  for (const std::string& pattern : options.want) {
    const Glob glob{pattern};
    bool any = false;
    for (std::size_t i = 0; i < volume.files().size(); ++i) {
      const auto paths = volume.paths(volume.files()[i]);
      if (std::ranges::none_of(paths, [&](const Volume::Path& path) { return glob.matches(path.text); })) continue;
      tiers.wanted[i] = any = true;
    }
    if (!any) tiers.unmatched.push_back(pattern);
  }
}

}  // namespace

Tiers tiers_of(const Volume& volume, const TierOptions& options) {
  Tiers tiers;
  choose(volume, options, tiers);
  Ranges structures, wanted, others;
  for (const VolumeStructure& structure : volume.structures())
    structures.push_back(rounded_out(structure.where, options));
  for (std::size_t i = 0; i < volume.files().size(); ++i)
    for (const SectorRange& range : volume.sectors(volume.files()[i]))
      (tiers.wanted[i] ? wanted : others).push_back(rounded_out(range, options));
  structures = merged(std::move(structures));
  wanted = without(merged(std::move(wanted)), structures);
  Ranges before = structures;
  before.insert(before.end(), wanted.begin(), wanted.end());
  others = without(merged(std::move(others)), merged(std::move(before)));
  tiers.ranges = {std::move(structures), std::move(wanted), std::move(others)};
  return tiers;
}

}  // namespace pressmark::files
