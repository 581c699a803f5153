// Settings first, because a drive may take seconds to change its speed; then the head, which must not be moved again
// before the read.
#include "rip/manner.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/try.h"
#include "drive/channel.h"

namespace pressmark {
namespace {

/// More sectors than 200 turns hold at the outer edge, by kind (none, CD, DVD, BD): 22.8, 71 and 163 a turn.
constexpr std::int64_t kFar[]{14'400, 4'800, 14'400, 33'600};
/// The walk through far sectors begins again after so many blocks.
constexpr std::int64_t kWalk = 512;
constexpr Duration kStandstill = std::chrono::seconds{3};
/// A failing read that takes a command's 60 s makes a time-out and a reset of every dead block.
constexpr Duration kTooMuch = std::chrono::seconds{15};

/// Retry counts to ask for, best first: some drives refuse 0, some take no more than a few bits' worth.
std::vector<std::uint8_t> counts_for(Effort effort, std::uint8_t own) {
  const auto times = [own](int n) { return static_cast<std::uint8_t>(std::min(own * n, 255)); };
  switch (effort) {
    case Effort::quick: return {0, 1};
    case Effort::usual: return {own};
    case Effort::most: return {times(4), times(3), times(2)};
  }
  return {own};
}

/// An answer that says nothing of what the drive can: it is asked again with the next step.
bool passes(const Error& error) {
  if (error.kind == ErrorKind::sense) return !error.sense || error.sense->key != sense_key::illegal_request;
  return error.kind == ErrorKind::short_transfer;
}

std::size_t index(Effort effort) { return static_cast<std::size_t>(effort); }

/// The last good run that begins at or before `limit`, clipped to it.
std::optional<GradedRun> good_before(const RipMap& map, std::int64_t limit) {
  std::optional<GradedRun> last;
  for (auto run = map.find(0, is_good); run && run->first <= limit; run = map.find(run->end(), is_good)) {
    run->count = std::min(run->end(), limit + 1) - run->first;
    last = run;
  }
  return last;
}

}  // namespace

std::int64_t far_sector(const RipMap& map, std::int64_t from, MediaKind kind, std::uint64_t nth) {
  const std::int64_t far = kFar[static_cast<std::size_t>(kind)];
  const std::int64_t block = ecc_block_sectors(kind);
  const auto after = map.find(from + far, is_good);
  const auto before = from >= far ? good_before(map, from - far) : std::nullopt;
  const bool nearer_after = after && (!before || after->first - from <= from - (before->end() - 1));
  const auto run = nearer_after ? after : before;
  if (!run) return from * 2 >= map.sectors() ? 0 : map.sectors() - 1;
  const std::int64_t blocks = std::clamp<std::int64_t>(run->count / block, 1, kWalk);
  const std::int64_t last = nearer_after ? run->first + (blocks - 1) * block : run->end() - 1;
  return last - static_cast<std::int64_t>(nth % static_cast<std::uint64_t>(blocks)) * block;
}

Manner::Manner(Drive& drive, SectorReader& reader, Setup setup)
    : drive_(drive), reader_(reader), setup_(std::move(setup)) {}

std::int64_t Manner::next_far_sector(const RipMap& map, std::int64_t from) {
  return far_sector(map, from, setup_.kind, far_reads_++);
}

void Manner::forget() {
  speed_.reset();
  if (first_) effort_.reset();
  effort_refused_ = spindle_refused_ = false;  // it may have been confused
}

Result<bool> Manner::assume(const Step& step, const RipMap& map) {
  CHECK(use_speed(step.speed_kb_per_s));
  CHECK(use_effort(step.effort));
  switch (step.approach) {
    case Approach::sequential: return step.past_cache;
    case Approach::seek: {
      CHECK(come_from_afar(step, map));
      return step.past_cache;
    }
    case Approach::spin_up: {
      // A standstill need not empty the cache, and whatever passes it by afterwards would be the first read instead.
      Result<void> past;
      if (step.past_cache) past = drive_.defeat_cache(reader_.plan().range.first + step.first);
      if (!past && !Drive::cannot_empty_cache(past.error())) return std::unexpected(std::move(past).error());
      CHECK(stop_and_start());
      return step.past_cache && (spindle_refused_ || !past);
    }
  }
  return step.past_cache;
}

void Manner::tell_once(bool& told, std::string text) {
  if (!std::exchange(told, true)) setup_.tell(Note::Level::warning, std::move(text));
}

Result<void> Manner::use_speed(std::uint32_t kb_per_s) {
  if (kb_per_s == speed_) return {};
  speed_.reset();
  if (auto set = drive_.set_speed(kb_per_s); !set) {
    if (drive::ends_the_conversation(set.error())) return set;
    if (passes(set.error())) return {};
    tell_once(speed_told_, "the drive does not let its speed be set: " + set.error().got);
  }
  speed_ = kb_per_s;
  return {};
}

Result<void> Manner::say_speed_again() {
  const auto speed = std::exchange(speed_, std::nullopt);
  return use_speed(speed.value_or(0));
}

Result<void> Manner::use_effort(Effort effort) {
  if (effort == Effort::most && most_is_too_much_) effort = Effort::usual;
  if (effort == effort_ || effort_refused_) return {};
  effort_.reset();
  if (!first_) {
    auto page = drive_.error_recovery();
    if (!page && drive::ends_the_conversation(page.error())) return std::unexpected(std::move(page).error());
    if (!page && passes(page.error())) return {};
    if (!page) {
      effort_refused_ = true;
      tell_once(effort_told_, "the drive does not say how long it retries, and is not told: " + page.error().got);
      return {};
    }
    first_ = *page;
  }
  const auto wanted = counts_for(effort, first_->retries);
  for (const std::uint8_t retries : wanted) {
    TRY(const Taken taken, try_retries(effort, retries));
    if (taken == Taken::who_knows) return {};
    if (taken == Taken::yes) break;
    if (retries != wanted.back()) continue;
    effort_refused_ = true;
    tell_once(effort_told_,
              fmt::format("the drive keeps its own retry count, {}, whatever it is told", first_->retries));
  }
  effort_ = effort;
  return {};
}

/// Whether the drive says now that it has gone the way of `effort`.
Result<Manner::Taken> Manner::try_retries(Effort effort, std::uint8_t retries) {
  const auto taken = drive_.set_error_recovery({.flags = first_->flags, .retries = retries});
  if (!taken && drive::ends_the_conversation(taken.error())) return fail(taken.error());
  if (!taken) return passes(taken.error()) ? Taken::who_knows : Taken::no;
  bool went = false;
  switch (effort) {
    case Effort::quick: went = taken->retries < first_->retries || first_->retries <= retries; break;
    case Effort::usual: went = taken->retries == first_->retries; break;
    case Effort::most: went = taken->retries > first_->retries || first_->retries >= retries; break;
  }
  return went ? Taken::yes : Taken::no;
}

/// Damage there does not matter: the head has moved.
Result<void> Manner::come_from_afar(const Step& step, const RipMap& map) {
  std::array<std::byte, kUserBytes> sector{};
  Grade grade{};
  auto read = reader_.read(next_far_sector(map, step.first), 1, sector, {&grade, 1}, {});
  if (!read && drive::ends_the_conversation(read.error())) return read;
  return {};
}

Result<void> Manner::stop_and_start() {
  if (spindle_refused_) return {};
  auto stopped = drive_.spin_down();
  if (!stopped && drive::ends_the_conversation(stopped.error())) return stopped;
  if (!stopped && passes(stopped.error())) return {};
  if (!stopped) {
    spindle_refused_ = true;
    tell_once(spindle_told_, "the drive does not let its disc be stopped: " + stopped.error().got);
    return {};
  }
  drive_.clock().sleep_for(kStandstill);
  // A drive that does not start on being told starts when it is read.
  if (auto started = drive_.spin_up(); !started && drive::ends_the_conversation(started.error())) return started;
  return drive_.wait_ready(setup_.ready_limit, [&](const ReadyProgress&) { return !setup_.stop(); });
}

void Manner::failed(Effort effort, Duration took) {
  FailingReads& reads = failing_[index(effort)];
  ++reads.count;
  reads.time += took;
  if (effort == Effort::most && took > kTooMuch) most_is_too_much_ = true;
}

void Manner::hung(Effort effort) {
  if (effort == Effort::most) most_is_too_much_ = true;
}

}  // namespace pressmark
