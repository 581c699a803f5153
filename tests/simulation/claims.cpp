#include "simulation/claims.h"

#include <algorithm>
#include <fmt/format.h>

namespace pressmark::simulation {

bool equal(std::optional<std::span<const std::byte>> truth, std::span<const std::byte> bytes) {
  return truth && std::ranges::equal(*truth, bytes);
}
namespace {

Path with(const Path& name, std::string_view extension) {
  Path path = name;
  path += extension;
  return path;
}

bool disputed(const Witnesses& w, Lba lba) {
  if (w.readings == nullptr) return false;
  const Readings::Of& readings = w.readings->of(lba);
  return readings.right > 0 || readings.wrong.size() > 1;
}

/// Why a wrong sector may not be called good; nothing if it may.
std::optional<std::string> excuse_missing(const Claims& claims, const Witnesses& w, std::int64_t sector) {
  const Lba lba{claims.map->first_lba + sector};
  const Grade grade = claims.grade(sector);
  const auto bytes = claims.bytes(sector);
  if (grade == Grade::proven || grade == Grade::rebuilt) return "has other bytes than the disc";
  const bool known =
      w.before != nullptr && is_good(w.before->grade(sector)) && std::ranges::equal(w.before->bytes(sector), bytes);
  if (w.readings == nullptr || (known && w.before->grade(sector) >= grade)) return std::nullopt;
  if (w.disc.fate(lba) != SectorFate::false_good) return "has other bytes than the disc, and the drive is honest there";
  const Readings::Of& readings = w.readings->of(lba);
  const auto same = readings.wrong.find(Readings::hash(bytes));
  const std::uint64_t times = (same == readings.wrong.end() ? 0 : same->second) + (known ? 1 : 0);
  if (times == 0) return "has bytes that the drive never gave for it";
  if (grade == Grade::drive) return std::nullopt;
  if (times < 2) return "has wrong bytes that only one reading gave";
  return std::nullopt;
}

}  // namespace

std::span<const std::byte> Claims::bytes(std::int64_t sector) const {
  const auto first = std::min(static_cast<std::size_t>(sector) * kUserBytes, image.size());
  return std::span{image}.subspan(first, std::min<std::size_t>(kUserBytes, image.size() - first));
}

Claims read_claims(const test::MemoryFiles& files, const Path& name, Violations& violations) {
  Claims claims;
  const auto names = files.list();
  const auto there = [&](std::string_view extension) {
    return std::ranges::find(names, with(name, extension)) != names.end();
  };
  claims.published = !there(".iso.part") && there(".iso");
  claims.image = files.content(with(name, claims.published ? ".iso" : ".iso.part"));
  if (!there(".map")) return claims;
  const auto text = files.content(with(name, ".map"));
  auto map = parse_mapfile({reinterpret_cast<const char*>(text.data()), text.size()}, "the map");
  if (!map) {
    violations.push_back(fmt::format("the map on disk cannot be read: {}", describe(map.error())));
    return claims;
  }
  claims.map = std::move(*map);
  return claims;
}

Judgement judge(const Claims& claims, const Witnesses& w, Violations& violations) {
  Judgement judgement;
  if (!claims.map) return judgement;
  std::int64_t ours = 0, theirs = 0;
  std::vector<std::pair<std::int64_t, std::string>> wrong;
  for (const GradedRun& run : claims.map->map.runs()) {
    if (!is_good(run.grade)) continue;
    for (std::int64_t s = run.first; s < run.end(); ++s) {
      const Lba lba{claims.map->first_lba + s};
      const auto bytes = claims.bytes(s);
      const bool is_ours = equal(w.disc.user(lba), bytes), is_theirs = equal(w.other.user(lba), bytes);
      ours += is_ours && !is_theirs ? 1 : 0;
      theirs += is_theirs && !is_ours ? 1 : 0;
      if (!is_ours && !is_theirs) {
        ++judgement.wrong[static_cast<std::size_t>(run.grade)];
        if (run.grade == Grade::agreed && disputed(w, lba)) ++judgement.disputed;
        if (const auto why = excuse_missing(claims, w, s)) wrong.emplace_back(s, *why);
      }
    }
  }
  if (ours != theirs) judgement.owner = theirs > ours ? Owner::other_disc : Owner::disc;
  // Sectors that both discs have say nothing; a length may.
  const Lba last{claims.map->first_lba + claims.map->map.sectors() - 1};
  if (claims.good() > 0 && ours == theirs && !w.disc.user(last) && w.other.user(last))
    judgement.owner = Owner::other_disc;
  if (ours > 0 && theirs > 0)
    violations.push_back(fmt::format("bytes of two discs: {} sectors are of one, {} of the other", ours, theirs));
  // One line a kind is enough to see what is wrong; the first sector is where to look.
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> kinds;
  for (const auto& [sector, why] : wrong) {
    auto& [first, count] = kinds[fmt::format("a sector called {} {}", to_string(claims.grade(sector)), why)];
    if (count++ == 0) first = sector;
  }
  for (const auto& [why, where] : kinds)
    violations.push_back(fmt::format("{} (sector {}, {} in all)", why, where.first, where.second));
  return judgement;
}

void judge_finished(const Claims& claims, std::byte fill, Violations& violations) {
  if (!claims.map || !claims.published) {
    violations.emplace_back("the rip ended well, and image or map is not there under its name");
    return;
  }
  const RipMap& map = claims.map->map;
  if (std::ssize(claims.image) != map.sectors() * kUserBytes)
    violations.push_back(fmt::format("the image has {} bytes, its map {} sectors", claims.image.size(), map.sectors()));
  if (!map.all_tried()) violations.emplace_back("the rip ended well and left sectors untried");
  for (const GradedRun& run : map.runs()) {
    if (run.grade != Grade::unreadable) continue;
    for (std::int64_t s = run.first; s < run.end(); ++s)
      if (std::ranges::any_of(claims.bytes(s), [&](std::byte b) { return b != fill; })) {
        violations.push_back(fmt::format("unreadable sector {} does not hold the fill", s));
        return;
      }
  }
}

}  // namespace pressmark::simulation
