// The loop: the planner decides, the reader reads, the writer keeps. How a rip begins, what to do when the drive does not
// answer as it should, and how readings are kept stand in ripper_begin.cpp, ripper_trouble.cpp and ripper_keep.cpp.
#include "rip/ripper.h"

#include <cmath>
#include <fmt/format.h>

#include "core/try.h"

namespace pressmark {

namespace rip_errors {

std::unexpected<Error> stop_with(Error error) {
  error.next = error.next.empty() ? std::string{rip_errors::kGoOn} : fmt::format("{}; then {}", error.next, kGoOn);
  return fail(std::move(error));
}

std::unexpected<Error> another_disc(std::string where, std::string got) {
  return fail({.kind = ErrorKind::medium_changed,
               .tried = "continue the rip",
               .where = std::move(where),
               .got = std::move(got),
               .next = "put the right disc in and run the same command, or choose another name with -o"});
}

}  // namespace rip_errors

Result<RipOutcome> Ripper::run() {
  begun_ = drive_.clock().now();
  outcome_.begun = drive_.clock().wall();
  outcome_.source = options_.source;
  CHECK(prepare());
  if (nothing_left()) return already_whole();
  CHECK(begin());
  if (auto done = read_all(); !done) {
    // Whatever went wrong, what is in hand is kept; the first error is the one to tell.
    if (done.error().kind != ErrorKind::no_space && done.error().kind != ErrorKind::io) (void)commit_if_due(true);
    return std::unexpected(std::move(done).error());
  }
  CHECK(conclude());
  return std::move(outcome_);
}

Result<void> Ripper::read_all() {
  while (const auto step = planner_->next(outcome_.map, progress_)) {
    if (asked_to_stop())
      return fail({.kind = ErrorKind::interrupted,
                   .tried = "read the whole disc",
                   .where = fmt::format("{}, LBA {}", options_.source, lba(step->first).value),
                   .got = "asked to stop",
                   .next = std::string{rip_errors::kGoOn}});
    use_speed(step->speed_kb_per_s);
    announce_phase();
    CHECK(take(*step));
    const RipMap& map = outcome_.map;
    emit(Progress{.phase = step->phase,
                  .round = step->round,
                  .position = lba(step->first + step->count),
                  .sectors = map.sectors(),
                  .good = map.good(),
                  .unreadable = map.count(Grade::unreadable),
                  .pending = map.count(Grade::untried) + map.count(Grade::untrimmed)});
    CHECK(commit_if_due(false));
  }
  return {};
}

Result<void> Ripper::take(const Step& step) {
  const auto out = std::span{buffer_}.first(std::size_t{step.count} * kUserBytes);
  const auto grades = std::span{grades_}.first(step.count);
  for (int tries = 1;; ++tries) {
    ++outcome_.reads;
    auto read = reader_->read(step.first, step.count, out, grades,
                              {.past_cache = step.past_cache, .read_twice = step.read_twice});
    if (read) {
      timeouts_ = hardware_errors_ = 0;
      return enter_readings(step);
    }
    ++outcome_.failed_reads;
    emit(ReadFailed{.phase = step.phase, .range = {lba(step.first), step.count}, .error = read.error()});
    const auto answer = answer_to(read.error(), tries);
    if (!answer) {
      // The failure that ends the run is known all the same: the next run need not pay for it again.
      if (read.error().kind == ErrorKind::timeout || read.error().kind == ErrorKind::sense)
        enter_failure(step, read.error());
      return std::unexpected(answer.error());
    }
    if (*answer == Answer::unreadable) {
      enter_failure(step, read.error());
      return {};
    }
    if (asked_to_stop()) return {};  // the step is planned again by the next run
  }
}

void Ripper::use_speed(std::uint32_t kb_per_s) {
  if (kb_per_s == speed_) return;
  speed_ = kb_per_s;
  if (auto set = drive_.set_speed(kb_per_s); !set && !std::exchange(speed_refused_, true))
    note(Note::Level::warning, "the drive does not let its speed be set: " + set.error().got);
}

void Ripper::announce_phase() {
  if (announced_ == std::pair{progress_.phase, progress_.round}) return;
  announced_ = {progress_.phase, progress_.round};
  emit(PhaseBegun{.phase = progress_.phase,
                  .round = progress_.round,
                  .sectors = Planner::remaining(outcome_.map, progress_.phase),
                  .speed_kb_per_s = speed_.value_or(0)});
}

/// Tells of each state once, and keeps on unless asked to stop.
bool Ripper::still_waiting(const ReadyProgress& ready) {
  if (std::exchange(waiting_for_, ready.state) != ready.state)
    note(Note::Level::info, "waiting for the drive: " + ready.state);
  return !asked_to_stop();
}

std::uint32_t to_kilobytes_per_second(SpeedWish wish, MediaKind kind) {
  if (wish.times <= 0) return wish.kilobytes_per_second;
  // MMC-6 6.37: SET CD SPEED counts raw bytes, 176.4 kB/s at 1x; the others count user data (ECMA-267, BD white paper).
  constexpr double kOnce[]{1385.0, 176.4, 1385.0, 4495.5};
  return static_cast<std::uint32_t>(std::lround(wish.times * kOnce[static_cast<std::size_t>(kind)]));
}

Result<RipOutcome> rip(Drive& drive, const RipOptions& options, Files& files, const RipHooks& hooks) {
  return Ripper{drive, options, files, hooks}.run();
}

}  // namespace pressmark
