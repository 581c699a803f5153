// When a read fails. Three questions, in this order: is the drive there, is it well, is it the disc's fault?
//
// A drive that is gone is waited for, opened again, and proven to hold the same disc. One that hangs, fails in its own
// parts or forgets its commands reads a touchstone: a sector that was read well before. If that comes out right, the
// trouble belongs to the place: its sectors are entered as failed and others come next, so that nothing hangs twice in a
// row on the same spot. If not, the drive gets time, growing, then its spindle stopped and started, then a fresh
// connection; when nothing helps, the run ends with everything kept. Sectors are never given up for a drive that gives
// up on all of them.
#include <algorithm>
#include <array>
#include <bit>
#include <fmt/format.h>

#include "core/try.h"
#include "rip/good_sectors.h"
#include "rip/ripper.h"
#include "rip/trouble.h"

namespace pressmark {
namespace {

/// A read that was disturbed, or met a drive that was not ready, is sent so often before its place is doubted.
constexpr int kSameStepTries = 3;
/// Without a touchstone (nothing was read yet) so many places in a row may be in trouble before the drive is.
constexpr int kUntestedTroubles = 5;
/// Good sectors tried as a touchstone: on a disc that rots some read only now and then.
constexpr std::int64_t kTouchstones = 8;
constexpr Duration kAskForDrive = std::chrono::seconds{2};

enum class Remedy : std::uint8_t { time, spindle, reopen };
struct RemedyRow {
  Duration pause;
  Remedy remedy;
};
constexpr auto kRemedies = std::to_array<RemedyRow>({
    {std::chrono::seconds{2}, Remedy::time},
    {std::chrono::seconds{5}, Remedy::time},
    {std::chrono::seconds{10}, Remedy::spindle},
    {std::chrono::seconds{20}, Remedy::reopen},
    {std::chrono::seconds{30}, Remedy::spindle},
    {std::chrono::seconds{60}, Remedy::reopen},
});

}  // namespace

using rip_errors::another_disc;

/// What a failed read means: send it again, count its sectors as failed this way, or (an error) end the run.
Result<Ripper::Answer> Ripper::answer_to(const Step& step, const Error& error, int tries) {
  if (Drive::cannot_empty_cache(error)) return Answer::failed;  // a confirmation less
  switch (trouble_of(error)) {
    case Trouble::place: return Answer::failed;
    case Trouble::disturbed:
      if (tries < kSameStepTries && error.kind != ErrorKind::bus) return Answer::again;
      [[fallthrough]];
    case Trouble::unready:
    case Trouble::news: {
      if (tries >= kSameStepTries) return examine(step, error);
      auto looked = look_again();
      if (looked) return Answer::again;
      if (looked.error().kind == ErrorKind::device_gone) return wait_for_drive(step, looked.error());
      return for_a_person(looked.error()) ? stop_with(std::move(looked).error()) : examine(step, error);
    }
    case Trouble::suspect: return examine(step, error);
    case Trouble::gone: return wait_for_drive(step, error);
    case Trouble::person: break;
  }
  return stop_with(error);
}

/// After looking at drive and disc: true if no patience will change this answer.
bool Ripper::for_a_person(const Error& error) const {
  if (error.kind == ErrorKind::medium_changed)
    return !drive_.heard_of_change();  // seen to be another disc, not only told
  return error.kind == ErrorKind::no_medium || trouble_of(error) == Trouble::person;
}

/// Waits until the drive is ready. Where it speaks of news, the disc must still call itself the same. True: there were news.
Result<bool> Ripper::settle() {
  CHECK(
      drive_.wait_ready(options_.ready_limit, [&](const ReadyProgress& progress) { return still_waiting(progress); }));
  TRY(const bool changed, drive_.medium_may_have_changed());
  if (!changed && !unidentified_) return false;
  unidentified_ = true;  // news are told once
  note(Note::Level::info, "the drive was reset, or says that its disc may have been changed: identifying it again");
  auto disc = drive_.identify();
  if (!disc && disc.error().kind == ErrorKind::unsupported) {
    // This disc was identified before: a drive that calls it none may be confused. If it stays at that, it is so.
    strange_disc_ = disc.error();
    disc.error().kind = ErrorKind::bus;
  }
  if (!disc) return fail(std::move(disc).error());
  strange_disc_.reset();
  if (disc->identity != outcome_.disc.identity)
    return another_disc(options_.source, "another disc was put in while this one was being read");
  unidentified_ = false;
  if (!manner_) return true;  // nothing was set yet
  manner_->forget();
  pace_->forget();
  if (auto locked = drive_.lock_tray(); !locked)
    note(Note::Level::info, "the tray stays unlocked: " + locked.error().got);
  return true;
}

/// As settle; after news the disc is proven to be the one of these files.
Result<void> Ripper::look_again() {
  TRY(const bool news, settle());
  in_doubt_ = in_doubt_ || news;
  if (!in_doubt_) return {};
  CHECK(commit_if_due(true));  // the proof compares with what is on disk
  CHECK(prove_same_disc());
  proof_troubles_ = {};
  in_doubt_ = false;
  return {};
}

/// Reads what was read well before. Each time in vain it begins with another sector: one may have come to hang the drive
/// itself. Fails: with what the drive says now; bus (other bytes than in the image, or none that are whole).
Result<void> Ripper::touch(const Step& step, const Error& cause, std::int64_t in_vain) {
  if (outcome_.map.good() == 0) {
    // A disc of which nothing reads may be shorter than it says: that is no drive's illness.
    constexpr std::uint8_t kAddressOutOfRange = 0x21;
    if (is_cheap(cause) && cause.sense->asc == kAddressOutOfRange) return {};
    if (++untested_troubles_ < kUntestedTroubles) return {};
    return fail({.kind = ErrorKind::timeout,
                 .tried = "read anything of this disc",
                 .where = options_.source,
                 .got = fmt::format("{} places in a row gave nothing", untested_troubles_)});
  }
  std::array<std::byte, kUserBytes> fresh{}, image{};
  Result<void> last;
  for (std::int64_t i = in_vain; i < in_vain + kTouchstones; ++i) {
    // The first from afar, where no cache has it; the others spread over all that is good.
    const std::int64_t stone = i % kTouchstones;
    std::int64_t sector = manner_->next_far_sector(outcome_.map, step.first);
    if (stone > 0 || !is_good(outcome_.map.at(sector)))
      sector = GoodSectors{outcome_.map}.from(outcome_.map.good() * stone / kTouchstones, 1).first;
    Grade grade{};
    last = reader_->read(sector, 1, fresh, {&grade, 1}, {});
    if (last && !is_good(grade)) {  // it came with damage: another one tells
      last = fail({.kind = ErrorKind::bus, .tried = "read a good sector again", .got = reader_->complaint().got});
      continue;
    }
    if (last) {
      CHECK(writer_->read_back(sector, image));
      if (fresh == image) return {};
      last = fail({.kind = ErrorKind::bus,
                   .tried = "read a good sector again",
                   .where = fmt::format("{}, LBA {}", options_.source, lba(sector).value),
                   .got = "other bytes than those in the image"});
    }
    if (trouble_of(last.error()) != Trouble::place) return last;
  }
  // A disc that rots away. But a drive that looks for these sectors has not forgotten its commands: it refused this one.
  return is_cheap(cause) && !is_cheap(last.error()) ? Result<void>{} : last;
}

/// Whose fault it is that the step failed with `cause`.
Result<Ripper::Answer> Ripper::examine(const Step& step, const Error& cause) {
  // Thousands of sectors beyond the end of a disc must not cost a touchstone each.
  if (is_cheap(cause) && ++cheap_troubles_ > kSameStepTries && !std::has_single_bit(cheap_troubles_))
    return Answer::failed;
  for (std::size_t tried = 0;; ++tried) {
    auto well = look_again();
    if (well) well = touch(step, cause, static_cast<std::int64_t>(tried));
    if (well && tried > 0) note(Note::Level::info, "the drive reads again: going on elsewhere");
    if (well) return Answer::failed;
    if (well.error().kind == ErrorKind::device_gone) return wait_for_drive(step, well.error());
    if (for_a_person(well.error())) return stop_with(std::move(well).error());
    if (tried == kRemedies.size()) return stop_with(strange_disc_.value_or(cause));
    if (tried == 0)
      note(
          Note::Level::warning,
          fmt::format("the drive is in trouble ({}) and does not read sectors that it read before ({}): giving it time",
                      cause.got, well.error().got));
    CHECK(rest(kRemedies[tried].pause));
    auto treated = Result<void>{};
    switch (kRemedies[tried].remedy) {
      case Remedy::time: break;
      case Remedy::spindle: treated = manner_->stop_and_start(); break;
      case Remedy::reopen:
        if (hooks_.reopen) treated = open_again();
        break;
    }
    if (!treated && treated.error().kind == ErrorKind::interrupted) return stop_with(std::move(treated).error());
  }
}

Result<void> Ripper::open_again() {
  unidentified_ = true;  // also where the new connection fails at once: what answers then may be another drive
  TRY(auto transport, hooks_.reopen(outcome_.drive));
  CHECK(drive_.reconnect(std::move(transport)));
  return look_again();
}

/// The drive is not there. The first time its step is read again when it is back; a step that loses the drive again, in
/// this run or a later one, is put last.
Result<Ripper::Answer> Ripper::wait_for_drive(const Step& step, const Error& gone) {
  const bool again = tries_at(step.first, gone) == 0;
  note_failure(step.first, step.count, gone);
  CHECK(commit_if_due(true));
  if (!hooks_.reopen || options_.return_limit <= Duration::zero()) return stop_with(gone);
  note(Note::Level::warning, fmt::format("the drive went away ({}): waiting up to {:.0f} s for it to come back",
                                         gone.got, seconds(options_.return_limit)));
  const Duration deadline = drive_.clock().now() + options_.return_limit;
  Error last = gone;
  while (drive_.clock().now() < deadline) {
    CHECK(rest(kAskForDrive));
    auto back = open_again();
    if (back) {
      note(Note::Level::info, "the drive is back, with the same disc: going on");
      return again ? Answer::again : Answer::failed;
    }
    last = std::move(back).error();
    if (last.kind == ErrorKind::interrupted || last.kind == ErrorKind::io || last.kind == ErrorKind::no_space)
      return stop_with(std::move(last));
  }
  return stop_with({.kind = last.kind == ErrorKind::medium_changed ? last.kind : ErrorKind::device_gone,
                    .tried = "go on reading",
                    .where = options_.source,
                    .got = fmt::format("the drive went away and was not back with its disc within {:.0f} s ({})",
                                       seconds(options_.return_limit), last.got),
                    .next = "connect it again"});
}

/// Sleeps by the drive's clock, with an ear for the user.
Result<void> Ripper::rest(Duration pause) {
  constexpr Duration kSlice = std::chrono::milliseconds{500};
  const Duration end = drive_.clock().now() + pause;
  while (drive_.clock().now() < end) {
    if (must_stop()) return stop_with(why_stopped());
    drive_.clock().sleep_for(std::min(kSlice, end - drive_.clock().now()));
  }
  return {};
}

}  // namespace pressmark
