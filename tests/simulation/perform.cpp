// Bounds. With S sectors, blocks of b, T sectors a read, D sectors in blocks that are not plainly sound (each of which may be good in
// part and is then read in pieces), R retries and F faults that pass, a run takes at most
//     2000 + 4 S/b + (D + F (T/b + 64)) 2 (R + 8) E + min(G T, S)/b E + [confirm all] 2 (S/min(T, b) + D) E + 500 F
// commands, where E = 4 + S/16 is what a read costs that reads elsewhere first to get past a cache; 100 more where a read may
// end in a reset, after which the disc is identified and proven again. Each of the G faults of all runs may have left a read's
// sectors to be trimmed one by one. Where a CD drive is so slow that a transfer takes longer than a command may, or another
// tool has written the map, every block is suspect. Generous, because it is there to find what never ends, not what is slow.
#include "simulation/perform.h"

#include <limits>
#include <set>
#include <stdexcept>

#include "simulation/player.h"

namespace pressmark::simulation {

std::unique_ptr<SimulatedDrive> open_drive(const nlohmann::json& scenario) {
  auto drive = open_scenario(scenario.dump());
  if (!drive) throw std::runtime_error("the scenario is refused: " + describe(drive.error()));
  return std::move(*drive);
}

int Player::troubles() const {
  int n = 0;
  for (const Act& act : story_.acts) n += act.troubles;
  return n;
}

namespace {

/// What a CD drive gives in the minute that a command may take, and the emptying of its cache, while an error slows it down.
double bytes_in_a_slow_minute(const nlohmann::json& scenario) {
  const double slow_down = scenario.value("drive", nlohmann::json::object()).value("slow_down_x", 0.0);
  constexpr double kBytesPerSecondAt1x = 75 * kUserBytes;
  const bool slow = scenario["disc"]["kind"] == "cd" && slow_down > 0;
  return slow ? slow_down * kBytesPerSecondAt1x * 60 : std::numeric_limits<double>::infinity();
}

}  // namespace

bool Player::only_dead_sectors_decide() const {
  // Of a block that reaches past the end only retries read the part that is there; every run that goes on after a rip that
  // ended has another set of them.
  const bool ends_inside_a_block =
      story_.has(Feature::wrong_sizes) && truth_.end().value % static_cast<std::int32_t>(story_.block_sectors) != 0;
  return !ends_inside_a_block && troubles() == 0 && !story_.has_falsifiers() && !story_.has(Feature::marginal_blocks) &&
         !story_.has(Feature::lasting_trouble) && !story_.has(Feature::slow_failures) &&
         !story_.has(Feature::other_drives) && !story_.has(Feature::foreign_maps) &&
         !story_.has(Feature::changing_options);
}

bool Player::cache_may_stay() const {
  return suspect_blocks() > 0 ||
         bytes_in_a_slow_minute(story_.calm.scenario) < static_cast<double>(truth_.end().value) * kUserBytes;
}

std::int64_t Player::suspect_blocks() const {
  // Where a drive tells lies of single sectors, a block that is partly good is read sector by sector.
  const std::int64_t sectors_a_block = story_.has(Feature::false_good) ? 1 : story_.block_sectors;
  std::set<std::int64_t> blocks;
  for (Lba lba{0}; lba < truth_.end(); lba += 1)
    if (truth_.fate(lba) != SectorFate::sound) blocks.insert(std::int64_t{lba.value} / sectors_a_block);
  for (const auto& fault : story_.calm.scenario["faults"])
    for (std::int64_t s = fault["first"], end = s + fault["count"].get<std::int64_t>(); s < end; ++s)
      blocks.insert(s / sectors_a_block);
  constexpr std::int64_t kMostBeyondTheEnd = 200;  // see draft_disc
  return std::ssize(blocks) + (story_.has(Feature::wrong_sizes) ? kMostBeyondTheEnd : 0);
}

std::uint64_t Player::command_bound(const Act& act) const {
  const std::int64_t size = truth_.end().value, block = story_.block_sectors;
  const std::int64_t pieces = story_.has(Feature::false_good) ? 1 : block;  // as in suspect_blocks
  const bool transfers_time_out = bytes_in_a_slow_minute(act.scenario) < act.options.transfer_bytes;
  const bool any_may_be = transfers_time_out || story_.has(Feature::foreign_maps);
  const std::int64_t suspects = pieces * (any_may_be ? size / block + 1 : *suspects_);
  const std::int64_t transfer = std::max<std::int64_t>(act.options.transfer_bytes / kUserBytes, block);
  const bool resets = story_.has(Feature::lasting_trouble) || story_.has(Feature::slow_failures);
  const std::int64_t elsewhere = 4 + size / 16 + (resets ? 100 : 0), faults = act.troubles;
  const std::int64_t again = 2 * (act.options.retries + 8) * elsewhere;
  std::int64_t bound = 2000 + 4 * size / block + (suspects + faults * (transfer / block + 64)) * again + 500 * faults;
  bound += std::min(troubles() * transfer, size) / block * elsewhere;
  if (act.options.confirm == Confirm::all) bound += 2 * (size / std::min(transfer, block) + suspects) * elsewhere;
  return static_cast<std::uint64_t>(bound);
}

void Player::put_other_rip_in_the_way() {
  Act act = story_.calm;
  act.scenario = story_.other_disc;
  auto opened = Drive::open(open_drive(act.scenario));
  if (!opened || !rip(**opened, act.options, *files_, {}))
    throw std::runtime_error("the other disc, which is sound, cannot be ripped");
  owner_ = Owner::other_disc;
}

Performance Player::play() {
  ++tally_.stories;
  tally_.traffic.told = aloud_ == Aloud::commands;
  suspects_ = suspect_blocks();
  if (story_.has(Feature::overwrites)) put_other_rip_in_the_way();
  for (const Act& act : story_.acts) (void)run(act);
  if (violations_.empty()) calm_runs();
  return {.tally = tally_, .violations = violations_, .fingerprint = fingerprint_};
}

void Tally::add(const Tally& o) {
  stories += o.stories, rips += o.rips, ended_well += o.ended_well, stopped += o.stopped, power_cuts += o.power_cuts;
  full_disks += o.full_disks, refused += o.refused, other_errors += o.other_errors;
  other_disc_ripped += o.other_disc_ripped, compared += o.compared, played_twice += o.played_twice;
  disputed += o.disputed;
  traffic.commands += o.traffic.commands, traffic.timeouts += o.traffic.timeouts;
  traffic.bus_failures += o.traffic.bus_failures, traffic.gone += o.traffic.gone;
  traffic.senses += o.traffic.senses, traffic.attentions += o.traffic.attentions;
  for (std::size_t i = 0; i < kGradeCount; ++i) sectors[i] += o.sectors[i], wrong[i] += o.wrong[i];
}

std::string Tally::line() const {
  const auto of = [](const auto& list, Grade grade) { return list[static_cast<std::size_t>(grade)]; };
  return fmt::format(
      "{} stories ({} played twice, {} compared with an undisturbed run), {} rips: {} ended well, {} stopped, {} power "
      "cuts, {} full disks, {} refused a disc, {} other errors, {} of another disc from the start; {} commands, {} "
      "time-outs, {} bus failures, {} to a drive that was gone, {} attentions, {} other errors; sectors in the end: {} "
      "proven, {} rebuilt, {} agreed ({} wrong as the drive said twice, {} of all runs though it had said others), {} "
      "drive ({} wrong as the drive said), {} "
      "unreadable",
      stories, played_twice, compared, rips, ended_well, stopped, power_cuts, full_disks, refused, other_errors,
      other_disc_ripped, traffic.commands, traffic.timeouts, traffic.bus_failures, traffic.gone, traffic.attentions,
      traffic.senses, of(sectors, Grade::proven), of(sectors, Grade::rebuilt), of(sectors, Grade::agreed),
      of(wrong, Grade::agreed), disputed, of(sectors, Grade::drive), of(wrong, Grade::drive),
      of(sectors, Grade::unreadable));
}

Performance perform(const Story& story, Aloud aloud) { return Player{story, aloud}.play(); }

}  // namespace pressmark::simulation
