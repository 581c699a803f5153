// The loop: the planner decides, the reader reads, the writer keeps. How a rip begins, what to do when the drive does not
// answer as it should, and how readings are kept stand in ripper_begin.cpp, ripper_trouble.cpp and ripper_keep.cpp.
#include "rip/ripper.h"

#include <cmath>
#include <fmt/format.h>

#include "core/try.h"
#include "rip/trouble.h"

namespace pressmark {
namespace {

/// The head comes straight on: what the read takes is the drive's pace.
bool reads_on(const Step& step) {
  return step.approach == Approach::sequential && !step.past_cache &&
         (step.phase == RipProgress::Phase::stream || step.phase == RipProgress::Phase::gather);
}

}  // namespace

namespace rip_errors {

std::unexpected<Error> another_disc(std::string where, std::string got) {
  return fail({.kind = ErrorKind::medium_changed,
               .tried = "continue the rip",
               .where = std::move(where),
               .got = std::move(got),
               .next = "put the right disc in and run the same command, or choose another name with -o"});
}

}  // namespace rip_errors

/// The run ends with `error`; its advice says how to continue.
std::unexpected<Error> Ripper::stop_with(Error error) const {
  // These say all there is to do: another disc, or one that this program cannot make an image of.
  if (error.kind == ErrorKind::medium_changed || error.kind == ErrorKind::unsupported) return fail(std::move(error));
  // The same command with --overwrite would begin anew.
  const std::string go_on = fmt::format("run the same command again{} to continue: everything read so far is kept",
                                        options_.overwrite ? ", without --overwrite," : "");
  error.next = error.next.empty() ? go_on : fmt::format("{}; then {}", error.next, go_on);
  return fail(std::move(error));
}

Result<RipOutcome> Ripper::run() {
  begun_ = drive_.clock().now();
  outcome_.begun = drive_.clock().wall();
  outcome_.source = options_.source;
  CHECK(prepare());
  if (nothing_left()) return already_whole();
  if (auto begun = begin(); !begun) {
    put_drive_back();
    return fail(std::move(begun).error());
  }
  if (auto done = read_all(); !done) return give_up(std::move(done).error());
  put_drive_back();
  if (auto done = conclude(); !done) return give_up(std::move(done).error());
  return std::move(outcome_);
}

std::int64_t Ripper::pending() const {
  return outcome_.map.count(Grade::untried) + outcome_.map.count(Grade::untrimmed);
}

Error Ripper::why_stopped() const {
  Error error{
      .kind = ErrorKind::interrupted, .tried = "read the whole disc", .where = options_.source, .got = "asked to stop"};
  if (!asked_to_stop())
    error.got = fmt::format(
        "the budget of {:.0f} s of drive time is spent: {} sectors are good, {} not yet tried by "
        "themselves, {} unreadable so far",
        seconds(options_.budget), outcome_.map.good(), pending(), outcome_.map.count(Grade::unreadable));
  return error;
}

/// Whatever went wrong, what is in hand is kept, and the drive gets back what was changed. The first error is the one to tell.
std::unexpected<Error> Ripper::give_up(Error error) {
  if (error.kind != ErrorKind::no_space && error.kind != ErrorKind::io) (void)commit_if_due(true);
  put_drive_back();
  Stopped stopped{.reason = Stopped::Reason::trouble,
                  .good = outcome_.map.good(),
                  .unreadable = outcome_.map.count(Grade::unreadable),
                  .pending = pending()};
  if (error.kind == ErrorKind::interrupted)
    stopped.reason = asked_to_stop() ? Stopped::Reason::asked : Stopped::Reason::budget;
  // A wait that the budget ended says only that it was ended.
  if (stopped.reason == Stopped::Reason::budget) error = stop_with(why_stopped()).error();
  stopped.error = error;
  emit(stopped);
  return fail(std::move(error));
}

std::string_view to_string(Stopped::Reason reason) {
  switch (reason) {
    case Stopped::Reason::asked: return "asked";
    case Stopped::Reason::budget: return "budget";
    case Stopped::Reason::trouble: return "trouble";
  }
  return {};
}

std::string_view to_string(Until until) {
  switch (until) {
    case Until::tries: return "tries";
    case Until::complete: return "complete";
    case Until::proven: return "proven";
  }
  return {};
}

void Ripper::put_drive_back() {
  if (planner_ && planner_->settled_blocks() > 0)
    note(Note::Level::info, fmt::format("{} blocks were not read again and again: their wrong answers repeat",
                                        planner_->settled_blocks()));
  outcome_.reading = drive_.clock().now() - begun_;
  if (manner_) outcome_.failing = manner_->failing();
  if (pace_) {
    outcome_.slowness = pace_->slowness();
    if (outcome_.slowness.times > 0)
      note(Note::Level::info,
           fmt::format("errors have slowed the drive down {}: {:.0f} s of slow reading",
                       outcome_.slowness.times == 1 ? "once" : fmt::format("{} times", outcome_.slowness.times),
                       seconds(outcome_.slowness.time)));
  }
  if (auto restored = drive_.restore(); !restored)
    note(Note::Level::warning, "the drive did not take back its settings: " + restored.error().got);
}

Result<void> Ripper::read_all() {
  CHECK(find_files());
  // An earlier run counted rounds by its tiers. Without tiers nothing would be streamed any more.
  if (progress_.phase == RipProgress::Phase::stream && tiers_.empty() && Stream::tier_of(progress_.round) > 0)
    progress_ = {};
  while (const auto step = planner_->next(outcome_.map, progress_)) CHECK(step_on(*step));
  return {};
}

/// One step of the work: read, kept, told of.
Result<void> Ripper::step_on(const Step& step) {
  if (must_stop()) return stop_with(why_stopped());
  if (!walking_) announce_phase(step);
  CHECK(take(step));
  const RipMap& map = outcome_.map;
  emit(Progress{.phase = step.phase,
                .round = step.round,
                .position = lba(step.first + step.count),
                .sectors = map.sectors(),
                .good = map.good(),
                .unreadable = map.count(Grade::unreadable),
                .pending = pending(),
                .files = tally_ ? std::optional{tally_->count()} : std::nullopt});
  return commit_if_due(false);
}

/// Bytes to buffer_, grades to grades_.
Result<void> Ripper::read_step(const Step& step) {
  CHECK(keep_pace());
  const Duration begun = drive_.clock().now();
  step_seconds_ = 0;
  TRY(const bool past_cache, manner_->assume(step, outcome_.map));
  ++outcome_.reads;
  auto read = reader_->read(step.first, step.count, std::span{buffer_}.first(std::size_t{step.count} * kUserBytes),
                            std::span{grades_}.first(step.count),
                            {.past_cache = past_cache,
                             .past_cache_only = step.phase == RipProgress::Phase::confirm,
                             .read_twice = step.read_twice});
  step_seconds_ = seconds(read ? drive_.clock().now() - begun : drive_.last_command_time());
  if (read) {
    if (reads_on(step)) pace_->read(step.first, step.count, step.speed_kb_per_s, step_seconds_);
    return {};
  }
  ++outcome_.failed_reads;
  constexpr std::uint8_t kMediumError = 3;
  if (read.error().sense && read.error().sense->key == kMediumError) {
    manner_->failed(step.effort, drive_.last_command_time());
    pace_->failed(step.first);
  }
  if (read.error().kind == ErrorKind::timeout) manner_->hung(step.effort);
  emit(ReadFailed{.phase = step.phase, .range = {lba(step.first), step.count}, .error = read.error()});
  return read;
}

/// A drive that has become slow is helped, as far as that helps.
Result<void> Ripper::keep_pace() {
  for (std::string& text : pace_->news()) note(Note::Level::info, std::move(text));
  switch (pace_->due()) {
    case Pace::Remedy::nothing: return {};
    case Pace::Remedy::say_speed: return manner_->say_speed_again();
    case Pace::Remedy::stand_still: return manner_->stop_and_start();
  }
  return {};
}

Result<void> Ripper::take(const Step& step) {
  for (int tries = 1;; ++tries) {
    const auto read = read_step(step);
    if (read) {
      untested_troubles_ = 0;
      cheap_troubles_ = 0;
      return enter_readings(step);
    }
    const auto answer = answer_to(step, read.error(), tries);
    if (!answer) {
      remember_the_end(step, read.error(), answer.error());
      return std::unexpected(answer.error());
    }
    if (*answer == Answer::failed) {
      enter_failure(step, read.error(), trouble_of(read.error()) != Trouble::place && !is_cheap(read.error()));
      return {};
    }
    if (must_stop()) return {};  // the step is planned again by the next run
  }
}

/// A failure of `step` that is the `end` of the run is known all the same: the next run does not begin with what ended this one.
/// A drive that vanishes, is reset or not ready, or has forgotten its commands (05/xx) says nothing about sectors the first
/// time. The user, a full disk and another disc end runs too, and say nothing about sectors at all.
void Ripper::remember_the_end(const Step& step, const Error& error, const Error& end) {
  const bool gone = end.kind == ErrorKind::device_gone;
  const Trouble trouble = trouble_of(error);
  const bool hung = trouble == Trouble::suspect && !is_cheap(error);
  const bool nothing_reads_any_more = hung && end.kind == ErrorKind::medium_changed;
  const bool ended_by_it = (end.kind == error.kind && end.got == error.got) || nothing_reads_any_more;
  if ((!gone && !ended_by_it) || trouble == Trouble::person || error.kind == ErrorKind::no_medium) return;
  const bool may_be_chance = gone || trouble == Trouble::unready || trouble == Trouble::news || is_cheap(error);
  const std::uint32_t noted = gone ? 1 : 0;  // by wait_for_drive
  if (!may_be_chance || tries_at(step.first, gone ? end : error) > noted)
    enter_failure(step, gone ? end : error, true);
  else if (noted == 0)
    note_failure(step.first, step.count, error);
}

void Ripper::announce_phase(const Step& step) {
  // Gathering is one thing for people, in however many sweeps, and so is coming closer to damage.
  std::uint32_t round = progress_.phase == RipProgress::Phase::gather ? 0 : progress_.round;
  if (progress_.phase == RipProgress::Phase::stream && Stream::sweep_of(progress_) == Stream::Sweep::halves)
    round -= round % RipProgress::kStreamSweeps - 1;
  if (std::exchange(announced_, std::pair{progress_.phase, round}) == std::pair{progress_.phase, round}) return;
  emit(PhaseBegun{.phase = progress_.phase,
                  .round = progress_.round,
                  .sectors = remaining(),
                  .speed_kb_per_s = step.speed_kb_per_s,
                  .part = part()});
}

/// Tells of each state once, and keeps on unless asked to stop.
bool Ripper::still_waiting(const ReadyProgress& ready) {
  if (std::exchange(waiting_for_, ready.state) != ready.state)
    note(Note::Level::info, "waiting for the drive: " + ready.state);
  return !must_stop();
}

std::uint32_t to_kilobytes_per_second(SpeedWish wish, MediaKind kind) {
  if (wish.times <= 0) return wish.kilobytes_per_second;
  // MMC-6 6.37: SET CD SPEED counts raw bytes, 176.4 kB/s at 1x; the others count user data (ECMA-267, BD white paper).
  constexpr double kOnce[]{1385.0, 176.4, 1385.0, 4495.5};
  return static_cast<std::uint32_t>(std::lround(wish.times * kOnce[static_cast<std::size_t>(kind)]));
}

Result<RipOutcome> rip(Drive& drive, const RipOptions& options, Files& files, const RipHooks& hooks) {
  drive.stop_when(hooks.stop);
  auto outcome = Ripper{drive, options, files, hooks}.run();
  drive.stop_when({});
  return outcome;
}

}  // namespace pressmark
