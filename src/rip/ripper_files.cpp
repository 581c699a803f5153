// Files first: the file system is walked through the ripper itself, so that every sector of it is read once, graded, stored, and
// found in the image by a run that goes on from here; what it lists then orders the stream.
#include <algorithm>
#include <fmt/format.h>

#include "core/try.h"
#include "files/tiers.h"
#include "rip/ripper.h"

namespace pressmark {
namespace {

/// Hit files, hit structures and troubles that a record lists; how many there are is told in any case.
constexpr std::size_t kListed = 1000;

std::int64_t sectors_in(const std::vector<SectorRange>& ranges) {
  std::int64_t sum = 0;
  for (const SectorRange& range : ranges) sum += range.count;
  return sum;
}

std::int64_t untried_in(const RipMap& map, SectorRange range) {
  std::int64_t untried = 0;
  for (auto run = map.find(range.first, Grade::untried); run && run->first < range.end();
       run = map.find(run->end(), Grade::untried))
    untried += std::min(run->end(), range.end()) - run->first;
  return untried;
}

bool all_good(const RipMap& map, SectorRange range) {
  const auto bad = map.find(range.first, [](Grade grade) { return !is_good(grade); });
  return !bad || bad->first >= range.end();
}

}  // namespace

/// What of the block of `at`, and of those up to `end`, is to be read in one go: as the stream reads if it is untried, its own
/// block by itself if that has failed. It is the run that holds `at`: what else lies in the block may be good.
Step Ripper::structure_step(std::int64_t at, std::int64_t end) const {
  const RipMap& map = outcome_.map;
  const ImagePlan& plan = reader_->plan();
  const std::int64_t block = plan.block_sectors;
  const Grade grade = map.at(at);
  std::int64_t first = at;
  while (first % block != 0 && map.at(first - 1) == grade) --first;
  const bool failed = grade == Grade::untrimmed;
  std::int64_t last = std::min((failed ? at / block + 1 : (end + block - 1) / block) * block, map.sectors());
  last = std::min(last, first / plan.transfer_sectors * plan.transfer_sectors + plan.transfer_sectors);
  last = std::min(last, map.find(at, grade)->end());
  return {.phase = failed ? RipProgress::Phase::split : RipProgress::Phase::stream,
          .first = first,
          .count = static_cast<std::uint32_t>(last - first),
          .speed_kb_per_s = speeds_[0],
          .read_twice = failed && confirm() != Confirm::none};
}

/// For the walk: from the image, and from the disc what is not there yet. False: unreadable, so far.
Result<bool> Ripper::read_structure(std::int64_t first, std::uint32_t count, std::span<std::byte> out) {
  const std::int64_t end = first + count;
  bool one_by_one = false;  // a longer read failed as a whole
  for (std::int64_t at = first; at < end;) {
    const Grade grade = outcome_.map.at(at);
    if (is_good(grade)) {
      ++at;
      continue;
    }
    if (grade == Grade::unreadable) return false;
    // The stream's place is its own: the walk goes here and there.
    const RipProgress before = progress_;
    const auto left = std::pair{outcome_.map.count(Grade::untried), outcome_.map.count(Grade::untrimmed)};
    CHECK(step_on(structure_step(at, one_by_one ? at + 1 : end)));
    progress_ = before;
    const bool moved = left != std::pair{outcome_.map.count(Grade::untried), outcome_.map.count(Grade::untrimmed)};
    if (!moved && std::exchange(one_by_one, true)) return false;
  }
  CHECK(writer_->read_back(first, out));
  return true;
}

Result<void> Ripper::find_files() {
  if (!options_.files_first) return {};
  note(Note::Level::info, "reading the file system first");
  walking_ = true;
  TRY(volume_, walk_volume([this](auto first, auto count, auto out) { return read_structure(first, count, out); },
                           {.sectors = outcome_.map.sectors(), .origin = outcome_.range.first.value}));
  walking_ = false;
  if (volume_->views().empty()) {
    volume_.reset();
    note(Note::Level::warning, "no file system that is known here: reading in plain order");
    return {};
  }
  tell_files();
  return {};
}

/// From here on the plan has tiers, and progress counts files.
void Ripper::tell_files() {
  files::Tiers tiers = files::tiers_of(
      *volume_,
      {.want = options_.want, .sectors = outcome_.map.sectors(), .block_sectors = reader_->plan().block_sectors});
  for (const std::string& pattern : tiers.unmatched)
    note(Note::Level::warning, fmt::format("no file on the disc is '{}'", pattern));
  FilesFound found{.files = static_cast<std::uint32_t>(volume_->files().size()),
                   .wanted = static_cast<std::uint32_t>(std::ranges::count(tiers.wanted, true)),
                   .structure_sectors = sectors_in(tiers.ranges[0]),
                   .wanted_sectors = sectors_in(tiers.ranges[1]),
                   .other_sectors = sectors_in(tiers.ranges[2]),
                   .troubles = volume_->trouble_count()};
  for (const VolumeSummary& view : volume_->views()) found.views.push_back(view.version);
  if (!volume_->troubles().empty())
    note(Note::Level::warning,
         fmt::format("the file system could not be followed everywhere: {}{}", volume_->troubles()[0].text,
                     found.troubles > 1 ? fmt::format(" (and {} more)", found.troubles - 1) : ""));
  tally_.emplace(*volume_, std::move(tiers.wanted));
  tally_->enter(outcome_.map, {0, outcome_.map.sectors()});
  tiers_ = std::move(tiers.ranges);
  planner_.emplace(plan_options(tiers_));
  if (progress_.phase == RipProgress::Phase::stream && !came_this_way()) progress_ = {};
  outcome_.files.emplace().found = found;
  emit(std::move(found));
}

/// What the stream is reading now, in words.
std::string Ripper::part() const {
  constexpr std::string_view kParts[] = {"structures", "wanted files", "other files", "the rest"};
  if (tiers_.empty() || progress_.phase != RipProgress::Phase::stream) return {};
  return std::string{kParts[std::min(Stream::tier_of(progress_.round), std::size(kParts) - 1)]};
}

/// Sectors that the phase, or the stream's part of it, will look at.
std::int64_t Ripper::remaining() const {
  const RipMap& map = outcome_.map;
  const std::size_t tier = Stream::tier_of(progress_.round);
  if (part().empty() || tier >= tiers_.size()) return Planner::remaining(map, progress_.phase);
  std::int64_t untried = 0;
  for (const SectorRange& range : tiers_[tier]) untried += untried_in(map, range);
  return untried;
}

/// Whether the stream that an earlier run left may go on from its place in these tiers: most of what lies before it has been read,
/// and the rest was passed over. Otherwise that run went by another order (none, or other files wanted).
bool Ripper::came_this_way() const {
  const std::size_t now = Stream::tier_of(progress_.round);
  for (std::size_t tier = 0; tier <= now && tier < tiers_.size(); ++tier) {
    std::int64_t behind = 0, untried = 0;
    for (SectorRange range : tiers_[tier]) {
      if (tier == now) range.count = std::min(range.end(), progress_.position) - range.first;
      if (range.count <= 0) continue;
      behind += range.count;
      untried += untried_in(outcome_.map, range);
    }
    if (untried * 4 > behind) return false;
  }
  return true;
}

/// Which files and structures the unreadable sectors have cost. The directories that came late list more than the walk at the
/// beginning saw: it is done again, from the image alone.
Result<void> Ripper::conclude_files() {
  if (!volume_) return {};
  const RipMap& map = outcome_.map;
  const auto from_image = [&](std::int64_t first, std::uint32_t count, std::span<std::byte> out) -> Result<bool> {
    if (!all_good(map, {first, count})) return false;
    CHECK(writer_->read_back(first, out));
    return true;
  };
  TRY(const Volume volume, walk_volume(from_image, {.sectors = map.sectors(), .origin = outcome_.range.first.value}));
  const files::Tiers tiers = files::tiers_of(
      volume, {.want = options_.want, .sectors = map.sectors(), .block_sectors = reader_->plan().block_sectors});
  FileTally tally{volume, tiers.wanted};
  tally.enter(map, {0, map.sectors()});
  FilesOutcome& outcome = *outcome_.files;
  outcome.count = tally.count();
  for (std::size_t i = 0; i < volume.files().size() && outcome.hit.size() < kListed; ++i)
    if (const VolumeFile& file = volume.files()[i]; tally.unreadable(i) > 0)
      outcome.hit.push_back({.path = volume.path(file),
                             .bytes = file.bytes,
                             .sectors = sectors_in(volume.sectors(file)),
                             .unreadable = tally.unreadable(i),
                             .wanted = tiers.wanted[i]});
  for (const VolumeStructure& structure : volume.structures()) {
    if (all_good(map, structure.where)) continue;
    if (outcome.hit_structure_count++ < kListed) outcome.hit_structures.push_back(volume.name(structure));
  }
  outcome.trouble_count = volume.trouble_count();
  for (const VolumeTrouble& trouble : volume.troubles()) outcome.troubles.push_back(trouble.text);
  return {};
}

}  // namespace pressmark
