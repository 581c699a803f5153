#include "simulation/player.h"

namespace pressmark::simulation {

using test::MemoryFiles;

/// Nothing was ever read, and what the drive says could be its own trouble as well as the disc's: addresses that do not exist.
bool Player::gave_nothing(const Error& error, const Claims& claims) const {
  return claims.good() == 0 && error.kind == ErrorKind::sense && story_.has(Feature::wrong_sizes);
}

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
      if (refusal_is_fair(*ending.error, claims) || gave_nothing(*ending.error, claims)) return;
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
    // Of a disc that has the same bytes there, and was in the drive for a while: nobody can tell.
    const bool may_be_of_another = story_.has(Feature::medium_changes) && equal(other_.user(lba), claims.bytes(s));
    if (good && fate == SectorFate::dead && !story_.has_falsifiers() && !story_.has(Feature::marginal_blocks) &&
        !may_be_of_another)
      return complain(fmt::format("sector {} can never be read and is called {}", s, to_string(claims.grade(s))));
  }
}

namespace {

RipMap once_is_as_good_as_twice(RipMap map) {
  for (auto run = map.find(0, Grade::agreed); run; run = map.find(run->end(), Grade::agreed))
    map.set(run->first, run->count, Grade::drive);
  return map;
}

}  // namespace

void Player::compare_with_undisturbed(const Claims& claims) {
  ++tally_.compared;
  const auto drive = open_drive(story_.calm.scenario);
  Traffic traffic{.limit = command_bound(story_.calm)};
  Readings readings;
  MemoryFiles files;
  auto opened =
      Drive::open(std::make_unique<Tap>(*drive, Tap::Ears{.truth = truth_, .readings = readings, .traffic = traffic}));
  if (!opened) return complain("undisturbed: " + describe(opened.error()));
  if (const auto outcome = rip(**opened, story_.calm.options, files, {}); !outcome)
    return complain("undisturbed: " + describe(outcome.error()));
  const Claims other = read_claims(files, story_.calm.options.name, violations_);
  const auto grades = [this](const RipMap& map) { return cache_may_stay() ? once_is_as_good_as_twice(map) : map; };
  if (!other.map || !claims.map || grades(other.map->map) != grades(claims.map->map))
    complain("went on and claims other things than a run that nothing disturbed");
  if (other.image != claims.image) complain("went on and made another image than a run that nothing disturbed");
}

}  // namespace pressmark::simulation
