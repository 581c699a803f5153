// What a failed read means: send it again, count the sectors as unreadable this way, look at drive and disc again, or end
// the run and leave the drive to a person.
#include "core/try.h"
#include "rip/ripper.h"

namespace pressmark {
namespace {

/// How often in a row a kind of trouble is met before the run stops and leaves the drive to a person.
constexpr int kSameStepTries = 3;
constexpr int kTimeoutsInARow = 5;
constexpr int kHardwareErrorsInARow = 3;
constexpr Duration kPauseAfterHardwareError = std::chrono::seconds{5};

}  // namespace

using rip_errors::another_disc;
using rip_errors::stop_with;

/// What a failed read means: send it again, count the sectors as unreadable this way, or (an error) end the run.
Result<Ripper::Answer> Ripper::answer_to(const Error& error, int tries) {
  switch (error.kind) {
    case ErrorKind::sense:
      switch (error.sense ? advise(*error.sense) : Verdict::later) {
        case Verdict::none:
        case Verdict::retry: return tries < kSameStepTries ? Answer::again : Answer::unreadable;
        case Verdict::give_up:
        case Verdict::later: return Answer::unreadable;
        case Verdict::wait: return tries < kSameStepTries ? wait_until_ready() : Answer::unreadable;
        case Verdict::identify: return tries < kSameStepTries ? identify_again() : Result<Answer>{stop_with(error)};
        case Verdict::stop:
          if (++hardware_errors_ >= kHardwareErrorsInARow) return stop_with(error);
          drive_.clock().sleep_for(kPauseAfterHardwareError);
          return Answer::unreadable;
      }
      return Answer::unreadable;
    case ErrorKind::timeout: {
      if (++timeouts_ >= kTimeoutsInARow) return stop_with(error);
      TRY(const Answer ready, wait_until_ready());
      (void)ready;
      return Answer::unreadable;
    }
    case ErrorKind::bus:
      if (tries >= kSameStepTries) return stop_with(error);
      return wait_until_ready();
    case ErrorKind::short_transfer: return tries < kSameStepTries ? Answer::again : Answer::unreadable;
    case ErrorKind::medium_changed: return tries < kSameStepTries ? identify_again() : Result<Answer>{stop_with(error)};
    case ErrorKind::unsupported: return fail(error);
    case ErrorKind::usage:
    case ErrorKind::not_found:
    case ErrorKind::no_permission:
    case ErrorKind::busy:
    case ErrorKind::io:
    case ErrorKind::no_space:
    case ErrorKind::parse:
    case ErrorKind::device_gone:
    case ErrorKind::no_medium:
    case ErrorKind::interrupted:
    case ErrorKind::mismatch: return stop_with(error);
  }
  return stop_with(error);
}

Result<Ripper::Answer> Ripper::wait_until_ready() {
  if (auto ready = drive_.wait_ready(options_.ready_limit,
                                     [&](const ReadyProgress& progress) { return still_waiting(progress); });
      !ready)
    return stop_with(std::move(ready).error());
  // A reset or a hang may hide that somebody changed the disc meanwhile.
  auto changed = drive_.medium_may_have_changed();
  return changed && *changed ? identify_again() : Result<Answer>{Answer::again};
}

Result<Ripper::Answer> Ripper::identify_again() {
  note(Note::Level::info, "the drive says that the disc may have been changed: identifying it again");
  if (auto ready = drive_.wait_ready(options_.ready_limit, [&](const ReadyProgress&) { return !asked_to_stop(); });
      !ready)
    return stop_with(std::move(ready).error());
  auto disc = drive_.identify();
  if (!disc) return stop_with(std::move(disc).error());
  if (disc->identity != outcome_.disc.identity)
    return another_disc(options_.source, "another disc was put in while this one was being read");
  CHECK(commit_if_due(true));  // the proof compares with what is on disk
  CHECK(prove_same_disc());
  if (auto locked = drive_.lock_tray(); !locked)
    note(Note::Level::info, "the tray stays unlocked: " + locked.error().got);
  manner_->forget();
  return Answer::again;
}

}  // namespace pressmark
