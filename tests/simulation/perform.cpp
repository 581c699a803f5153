// Bounds. With S sectors, blocks of b, T sectors a read, D blocks that are not plainly sound, R retries and F faults that
// pass, a run takes at most
//     2000 + 4 S/b + (D + F (T/b + 64)) 2 (R + 8) E + [confirm all] 2 (S/min(T, b) + D) E + 500 F
// commands, where E = 4 + S/16 is what a read costs that reads elsewhere first to get past a cache; 100 more where a read may
// end in a reset, after which the disc is identified and proven again. Generous, because it is there to find what never ends,
// not what is slow.
#include "simulation/perform.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "pressmark/drive.h"

namespace pressmark::simulation {
namespace {

using test::MemoryFiles;

Truth open_truth(const nlohmann::json& scenario) {
  auto drive = open_scenario(scenario.dump());
  if (!drive) throw std::runtime_error("the scenario is refused: " + describe(drive.error()));
  return Truth{std::move(*drive)};
}

/// What a run said on its way.
struct Ledger final : EventSink {
  void on(const Event& event, Duration) override {
    if (const auto* progress = std::get_if<Progress>(&event)) {
      good = progress->good;
      least_since_commit = std::min(least_since_commit, good);
    }
    if (const auto* committed = std::get_if<Committed>(&event)) committed_good = least_since_commit = committed->good;
  }
  std::int64_t good = 0, committed_good = 0, least_since_commit = 0;
};

class Player {
 public:
  Player(const Story& story, Aloud aloud)
      : story_(story),
        aloud_(aloud),
        truth_(open_truth(story.calm.scenario)),
        other_(open_truth(story.other_disc)),
        files_(std::make_unique<MemoryFiles>()) {}

  Performance play();

 private:
  /// What came of one run; nothing in `error`: it ended well.
  struct Ending {
    std::optional<Error> error;
    std::optional<RipOutcome> outcome;
    bool power_lost = false;
  };
  Ending run(const Act& act);
  void calm_runs();
  void put_other_rip_in_the_way();
  void rewrite_map();
  void take_drive(const Act& act);
  Result<std::unique_ptr<Transport>> find_drive(const Act& act);
  [[nodiscard]] Tap::Ears ears() { return {.truth = truth_, .readings = readings_, .traffic = tally_.traffic}; }
  void look_back(const Act& act, const Ending& ending, const Claims& before);
  void check_ending(const Act& act, const Ending& ending);
  void check_outcome(const Act& act, const RipOutcome& outcome, const Claims& claims);
  void compare_with_undisturbed(const Claims& claims);
  void check_against_disc(const Claims& claims);
  [[nodiscard]] bool only_dead_sectors_decide() const;
  [[nodiscard]] int troubles() const;
  [[nodiscard]] std::uint64_t command_bound(const Act& act) const;
  [[nodiscard]] std::int64_t suspect_blocks() const;
  [[nodiscard]] bool refusal_is_fair(const Error& error, const Claims& claims) const;
  void complain(std::string what) { violations_.push_back(fmt::format("run {}: {}", runs_, std::move(what))); }
  template <class... Args>
  void say(fmt::format_string<Args...> format, Args&&... args) const {
    if (aloud_ != Aloud::nothing) fmt::print("{}\n", fmt::format(format, std::forward<Args>(args)...));
  }

  const Story& story_;
  Aloud aloud_;
  Truth truth_, other_;
  std::unique_ptr<MemoryFiles> files_;
  std::unique_ptr<SimulatedDrive> drive_;
  std::vector<std::unique_ptr<SimulatedDrive>> past_drives_;  // of this run: its Drive may still speak to them
  Tally tally_;
  Violations violations_;
  std::string fingerprint_;
  Readings readings_;
  Ledger ledger_;
  Owner owner_ = Owner::nobody;
  std::optional<ErrorKind> last_error_;
  int runs_ = 0;
  std::array<std::int64_t, kGradeCount> wrong_{};
  std::optional<std::int64_t> suspects_;
};

int Player::troubles() const {
  int n = 0;
  for (const Act& act : story_.acts) n += act.troubles;
  return n;
}

bool Player::only_dead_sectors_decide() const {
  return troubles() == 0 && !story_.has_falsifiers() && !story_.has(Feature::marginal_blocks) &&
         !story_.has(Feature::lasting_trouble) && !story_.has(Feature::slow_failures) &&
         !story_.has(Feature::other_drives) && !story_.has(Feature::foreign_maps) &&
         !story_.has(Feature::changing_options);
}

std::int64_t Player::suspect_blocks() const {
  std::set<std::int64_t> blocks;
  for (Lba lba{0}; lba < truth_.end(); lba += 1)
    if (truth_.fate(lba) != SectorFate::sound) blocks.insert(std::int64_t{lba.value} / story_.block_sectors);
  for (const auto& fault : story_.calm.scenario["faults"])
    for (std::int64_t s = fault["first"], end = s + fault["count"].get<std::int64_t>(); s < end; ++s)
      blocks.insert(s / story_.block_sectors);
  constexpr std::int64_t kMostBeyondTheEnd = 200;  // see draft_disc
  return std::ssize(blocks) + (story_.has(Feature::wrong_sizes) ? kMostBeyondTheEnd : 0);
}

std::uint64_t Player::command_bound(const Act& act) const {
  const std::int64_t size = truth_.end().value, block = story_.block_sectors, suspects = *suspects_;
  const std::int64_t transfer = std::max<std::int64_t>(act.options.transfer_bytes / kUserBytes, block);
  const bool resets = story_.has(Feature::lasting_trouble) || story_.has(Feature::slow_failures);
  const std::int64_t elsewhere = 4 + size / 16 + (resets ? 100 : 0), faults = act.troubles;
  const std::int64_t again = 2 * (act.options.retries + 8) * elsewhere;
  std::int64_t bound = 2000 + 4 * size / block + (suspects + faults * (transfer / block + 64)) * again + 500 * faults;
  if (act.options.confirm == Confirm::all) bound += 2 * (size / std::min(transfer, block) + suspects) * elsewhere;
  return static_cast<std::uint64_t>(bound);
}

// ---------------------------------------------------------------- one run

void Player::take_drive(const Act& act) {
  const bool as_left = act.same_drive && drive_ && last_error_ != ErrorKind::device_gone;
  if (!as_left) {
    auto drive = open_scenario(act.scenario.dump());
    if (!drive) throw std::runtime_error("the scenario is refused: " + describe(drive.error()));
    drive_ = std::move(*drive);
    return;
  }
  Command load{.cdb_length = 6};  // somebody closes the tray: START STOP UNIT, LOEJ and START (MMC-6 6.42)
  load.cdb[0] = std::byte{0x1B};
  load.cdb[4] = std::byte{3};
  (void)drive_->execute(load);
}

/// The drive that the program looks for while it is away. With luck it is there; perhaps somebody has used the time.
Result<std::unique_ptr<Transport>> Player::find_drive(const Act& act) {
  if (act.swapped_while_away && past_drives_.empty()) {
    nlohmann::json scenario = act.scenario;
    scenario["disc"] = story_.other_disc["disc"];
    scenario["faults"] = scenario["damage"] = nlohmann::json::array();
    scenario["start"] = "ready";
    auto drive = open_scenario(scenario.dump());
    if (!drive) return fail(drive.error());
    past_drives_.push_back(std::exchange(drive_, std::move(*drive)));
    say("    the drive comes back with the other disc");
  }
  return std::make_unique<Tap>(*drive_, ears());
}

/// What another tool leaves of a map: the lines that are not ours.
void Player::rewrite_map() {
  const Path path{"rips/disc.map"};
  const auto text = files_->content(path);
  if (text.empty()) return;
  const std::string_view all{reinterpret_cast<const char*>(text.data()), text.size()};
  std::string kept;
  for (std::size_t at = 0; at < all.size();) {
    const auto end = std::min(all.find('\n', at), all.size() - 1);
    if (const auto line = all.substr(at, end + 1 - at); !line.starts_with("# pressmark")) kept += line;
    at = end + 1;
  }
  const auto bytes = std::as_bytes(std::span{kept});
  files_->put(path, {bytes.begin(), bytes.end()});
  say("    another tool rewrites the map");
}

Player::Ending Player::run(const Act& act) {
  ++runs_;
  ++tally_.rips;
  take_drive(act);
  if (act.foreign_map) rewrite_map();
  const Claims before = read_claims(*files_, act.options.name, violations_);
  RipOptions options = act.options;
  options.overwrite =
      story_.has(Feature::overwrites) && (owner_ == Owner::other_disc || last_error_ == ErrorKind::usage);

  readings_ = {};
  ledger_ = {};
  ledger_.committed_good = ledger_.least_since_commit = options.overwrite ? 0 : before.good();
  if (act.cut == Cut::power) files_->cut_at = files_->operations + static_cast<std::uint64_t>(act.cut_at);
  files_->capacity_bytes = act.cut == Cut::full_disk ? static_cast<std::uint64_t>(act.cut_at) : ~std::uint64_t{0};
  const std::uint64_t bound = command_bound(act);
  std::uint64_t asked = 0;
  RipHooks hooks{
      .events = &ledger_,
      .stop =
          [&] {
            const auto at = static_cast<std::uint64_t>(act.cut_at);
            return ++asked > (act.cut == Cut::stop ? at : 8 * bound);
          },
  };
  if (story_.has(Feature::reopening)) hooks.reopen = [&](const DriveIdentity&) { return find_drive(act); };
  Ending ending;
  const std::uint64_t commands_before = tally_.traffic.commands;
  tally_.traffic.limit = commands_before + bound;
  {
    auto tap = std::make_unique<Tap>(*drive_, ears());
    if (auto drive = Drive::open(std::move(tap)); !drive)
      ending.error = drive.error();
    else if (auto outcome = rip(**drive, options, *files_, hooks); !outcome)
      ending.error = outcome.error();
    else
      ending.outcome = std::move(*outcome);
  }
  past_drives_.clear();
  const std::uint64_t commands = tally_.traffic.commands - commands_before;
  say("run {}: {} commands of at most {}; {}", runs_, commands, bound,
      ending.error ? describe(*ending.error)
                   : fmt::format("ended well, {} unreadable", ending.outcome->map.count(Grade::unreadable)));
  if (commands > bound) complain(fmt::format("more than {} commands", bound));
  if (act.cut != Cut::stop && asked > 8 * bound) complain("the loop goes round and round");
  ending.power_lost = files_->operations > files_->cut_at;
  last_error_ = ending.error ? std::optional{ending.error->kind} : std::nullopt;
  look_back(act, ending, before);
  return ending;
}

/// Everything that must hold whenever a run is over, however it ended.
void Player::look_back(const Act& act, const Ending& ending, const Claims& before) {
  const Path& name = act.options.name;
  const Witnesses witnesses{.disc = truth_, .other = other_, .before = &before, .readings = &readings_};
  const bool overwritten = story_.has(Feature::overwrites) && owner_ != Owner::disc;
  if (!ending.power_lost) {  // the power could be lost now
    Violations then;
    const auto next = files_->after_power_cut(act.unsynced);
    (void)judge(read_claims(*next, name, then), witnesses, then);
    for (const std::string& what : then) complain("if the power were lost: " + what);
  } else {
    ++tally_.power_cuts;
    files_ = files_->after_power_cut(act.unsynced);
    say("    the power was lost at file operation {}; unsynced: {}", act.cut_at, static_cast<int>(act.unsynced));
  }
  files_->cut_at = ~std::uint64_t{0};
  Violations found;
  const Claims claims = read_claims(*files_, name, found);
  const Judgement judgement = judge(claims, witnesses, found);
  for (const std::string& what : found) complain(what);
  wrong_ = judgement.wrong;
  tally_.disputed += judgement.disputed;
  say("    on disk: {} good of {}, {} unreadable, {}", claims.good(), claims.map ? claims.map->map.sectors() : 0,
      claims.map ? claims.map->map.count(Grade::unreadable) : 0, claims.published ? "published" : "not published");

  if (!overwritten && claims.good() < std::min(ledger_.committed_good, ledger_.least_since_commit))
    complain(fmt::format("{} sectors were committed, {} are left", ledger_.committed_good, claims.good()));
  const bool kept = !ending.power_lost && ending.error && ending.error->kind != ErrorKind::io &&
                    ending.error->kind != ErrorKind::no_space;
  if (!overwritten && kept && claims.good() < std::min(ledger_.good, ledger_.least_since_commit))
    complain(fmt::format("the run had {} good sectors in hand, {} are on disk", ledger_.good, claims.good()));
  if (!overwritten && !story_.has_falsifiers())
    for (std::int64_t s = 0; before.map && s < before.map->map.sectors(); ++s)
      if (is_good(before.grade(s)) && !is_good(claims.grade(s))) {
        complain(fmt::format("sector {} was good and is {}", s, to_string(claims.grade(s))));
        break;
      }
  if (judgement.owner == Owner::other_disc && owner_ != Owner::other_disc) {
    if (before.good() > 0) complain("the rip of one disc went on with another");
    ++tally_.other_disc_ripped;
    say("    this is a rip of the other disc");
  }
  owner_ = judgement.owner;
  // A map that claims nothing can be another disc's, too.
  if (ending.error && ending.error->kind == ErrorKind::medium_changed && claims.map && claims.good() == 0)
    owner_ = Owner::other_disc;
  check_ending(act, ending);
  if (ending.outcome) check_outcome(act, *ending.outcome, claims);
  fingerprint_ += fmt::format("{:x} {} {:x}\n", drive_->log().trace_hash,
                              ending.error ? describe(*ending.error) : "ended well", Readings::hash(claims.image));
  const auto text = files_->content("rips/disc.map");
  fingerprint_.append(reinterpret_cast<const char*>(text.data()), text.size());
  if (owner_ == Owner::other_disc && !story_.has(Feature::overwrites)) {  // its owner takes those files away
    files_ = std::make_unique<MemoryFiles>();
    owner_ = Owner::nobody;
  }
}

/// The reason a run gives is one that it was given.
void Player::check_ending(const Act& act, const Ending& ending) {
  if (!ending.error) {
    ++tally_.ended_well;
    return;
  }
  const ErrorKind kind = ending.error->kind;
  const bool expected = (kind == ErrorKind::interrupted && act.cut == Cut::stop) ||
                        (kind == ErrorKind::io && ending.power_lost) ||
                        (kind == ErrorKind::no_space && act.cut == Cut::full_disk) ||
                        (kind == ErrorKind::usage && story_.has(Feature::overwrites)) ||
                        (kind == ErrorKind::timeout && act.options.ready_limit < std::chrono::seconds{10});
  tally_.stopped += kind == ErrorKind::interrupted ? 1U : 0U;
  tally_.full_disks += kind == ErrorKind::no_space ? 1U : 0U;
  tally_.refused += kind == ErrorKind::medium_changed ? 1U : 0U;
  tally_.other_errors += expected || kind == ErrorKind::medium_changed ? 0 : 1;
  const bool something_was_wrong = troubles() > 0 || story_.has_falsifiers() || story_.has(Feature::lasting_trouble) ||
                                   story_.has(Feature::slow_failures);
  const bool another =
      kind == ErrorKind::medium_changed && (owner_ == Owner::other_disc || story_.has(Feature::marginal_blocks));
  if (!expected && !another && !something_was_wrong) complain("ended without a reason: " + describe(*ending.error));
}

void Player::check_outcome(const Act& act, const RipOutcome& outcome, const Claims& claims) {
  Violations found;
  judge_finished(claims, act.options.fill, found);
  for (const std::string& what : found) complain(what);
  if (claims.map && outcome.map != claims.map->map) complain("the map on disk is not the one that was returned");
  if (!story_.has(Feature::wrong_sizes) && !story_.has(Feature::tracks) && owner_ == Owner::disc &&
      outcome.range != LbaRange{Lba{0}, truth_.end().value})
    complain(fmt::format("{} sectors from LBA {} were ripped of a disc of {}", outcome.range.count,
                         outcome.range.first.value, truth_.end().value));
  HashSet hashes{act.options.digests};
  hashes.update(claims.image);
  if (hashes.finish() != outcome.digests) complain("a digest is not that of the image");
  for (const GradedRun& run : outcome.map.runs())
    for (std::int64_t s = run.first; run.grade == Grade::unreadable && s < run.end(); ++s)
      if (std::ranges::none_of(
              outcome.failures,
              [&](const FailureNote& note) { return note.first <= s && s < note.first + note.count; }) &&
          !story_.has(Feature::foreign_maps)) {
        complain(fmt::format("unreadable sector {} stands in no list of failures", s));
        return;
      }
}

// ---------------------------------------------------------------- the end of a story

/// A disc that gives other bytes than the image has, or none, where it is asked to prove itself, may be refused.
bool Player::refusal_is_fair(const Error& error, const Claims& claims) const {
  if (error.kind != ErrorKind::medium_changed) return false;
  if (story_.has_falsifiers()) return true;
  if (!claims.map) return false;
  const std::int64_t first = claims.map->first_lba;
  for (std::int64_t s = 0; s < claims.map->map.sectors(); ++s)
    if (is_good(claims.grade(s)) && truth_.fate(Lba{first + s}) == SectorFate::sound) return false;
  return true;
}

void Player::calm_runs() {
  // A run stops after five time-outs in a row, so that trouble that lasts takes several to get over.
  const bool lasting = story_.has(Feature::lasting_trouble) || story_.has(Feature::slow_failures);
  const std::int64_t reruns_allowed = 2 + (lasting ? *suspects_ * (story_.calm.options.retries + 3) : 0);
  std::int64_t failed = 0;
  for (int ended_well = 0; ended_well < 3;) {
    const Ending ending = run(story_.calm);
    const Claims claims = read_claims(*files_, story_.calm.options.name, violations_);
    if (!ending.outcome) {
      if (refusal_is_fair(*ending.error, claims)) return;
      if (++failed <= reruns_allowed) continue;
      return complain(fmt::format("nothing disturbs the rip, and after {} runs it has not ended: {}", failed,
                                  describe(*ending.error)));
    }
    failed = 0;
    if (++ended_well == 1 && only_dead_sectors_decide()) compare_with_undisturbed(claims);
    if (ended_well < 3 && ending.outcome->map.count(Grade::unreadable) > 0) continue;
    check_against_disc(claims);
    for (std::size_t i = 0; i < kGradeCount; ++i) {
      tally_.sectors[i] += ending.outcome->map.count(static_cast<Grade>(i));
      tally_.wrong[i] += wrong_[i];
    }
    return;
  }
}

/// Sound sectors are good in the end, dead ones never. Between them lie those that read in some ways: which of these a rip
/// gets depends on how it came to them, and so on every cut. A block that reaches past the end of a disc whose length was
/// told wrongly may be lost as a whole.
void Player::check_against_disc(const Claims& claims) {
  if (!claims.map) return;
  const bool trouble_may_stick = troubles() > 0 && story_.calm.options.retries == 0;
  const bool lasting = story_.has(Feature::lasting_trouble) || story_.has(Feature::slow_failures);
  const auto block = static_cast<std::int32_t>(story_.block_sectors);
  for (std::int64_t s = 0; s < claims.map->map.sectors(); ++s) {
    const Lba lba{claims.map->first_lba + s};
    const SectorFate fate = truth_.fate(lba);
    const bool good = is_good(claims.grade(s));
    if (story_.has(Feature::wrong_sizes) && lba.value / block == truth_.end().value / block) continue;
    if (!good && fate == SectorFate::sound && !trouble_may_stick && !lasting)
      return complain(fmt::format("sector {} is sound and called {}", s, to_string(claims.grade(s))));
    if (good && fate == SectorFate::dead && !story_.has_falsifiers() && !story_.has(Feature::marginal_blocks))
      return complain(fmt::format("sector {} can never be read and is called {}", s, to_string(claims.grade(s))));
  }
}

void Player::compare_with_undisturbed(const Claims& claims) {
  ++tally_.compared;
  auto drive = open_scenario(story_.calm.scenario.dump());
  Traffic traffic{.limit = command_bound(story_.calm)};
  Readings readings;
  MemoryFiles files;
  auto opened =
      Drive::open(std::make_unique<Tap>(**drive, Tap::Ears{.truth = truth_, .readings = readings, .traffic = traffic}));
  if (!opened) return complain("undisturbed: " + describe(opened.error()));
  if (const auto outcome = rip(**opened, story_.calm.options, files, {}); !outcome)
    return complain("undisturbed: " + describe(outcome.error()));
  const Claims other = read_claims(files, story_.calm.options.name, violations_);
  if (!other.map || !claims.map || other.map->map != claims.map->map)
    complain("went on and claims other things than a run that nothing disturbed");
  if (other.image != claims.image) complain("went on and made another image than a run that nothing disturbed");
}

void Player::put_other_rip_in_the_way() {
  Act act = story_.calm;
  act.scenario = story_.other_disc;
  auto drive = open_scenario(act.scenario.dump());
  if (!drive) throw std::runtime_error("the scenario is refused: " + describe(drive.error()));
  auto opened = Drive::open(std::move(*drive));
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

}  // namespace

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
