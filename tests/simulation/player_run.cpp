#include "simulation/player.h"

namespace pressmark::simulation {

using test::MemoryFiles;

void Player::take_drive(const Act& act) {
  const bool as_left = act.same_drive && drive_ && last_error_ != ErrorKind::device_gone;
  if (!as_left) {
    drive_ = open_drive(act.scenario);
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
    past_drives_.push_back(std::exchange(drive_, open_drive(scenario)));
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

  // What a second reading denies is committed as such before its bytes are overwritten, and told of afterwards.
  const std::int64_t denied =
      ending.power_lost && story_.has_falsifiers() ? act.options.transfer_bytes / kUserBytes : std::int64_t{0};
  if (!overwritten && claims.good() + denied < std::min(ledger_.committed_good, ledger_.least_since_commit))
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
    if (owner_ == Owner::disc) complain("the rip of one disc went on with another");
    ++tally_.other_disc_ripped;
    say("    this is a rip of the other disc");
  }
  owner_ = judgement.owner;
  // A map that claims nothing, or only what both discs have, can be another disc's, too.
  if (ending.error && ending.error->kind == ErrorKind::medium_changed && claims.map && owner_ == Owner::nobody)
    owner_ = Owner::other_disc;
  check_ending(act, ending, claims);
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
void Player::check_ending(const Act& act, const Ending& ending, const Claims& claims) {
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
  if (!expected && !another && !something_was_wrong && !gave_nothing(*ending.error, claims))
    complain("ended without a reason: " + describe(*ending.error));
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

}  // namespace pressmark::simulation
