// The loop: the planner decides, the reader reads, the writer keeps. What remains here is what to do when a drive does
// not answer as it should, and the order in which a rip begins and ends.
#include <algorithm>
#include <cassert>
#include <cmath>
#include <fmt/format.h>
#include <map>

#include "pressmark/rip.h"

#include "core/try.h"
#include "rip/planner.h"
#include "rip/reader.h"
#include "rip/stream_digest.h"
#include "rip/writer.h"

namespace pressmark {
namespace {

constexpr std::string_view kGoOn = "run the same command again to continue: everything read so far is kept";

/// How often in a row a kind of trouble is met before the run stops and leaves the drive to a person.
constexpr int kSameStepTries = 3;
constexpr int kTimeoutsInARow = 5;
constexpr int kHardwareErrorsInARow = 3;
constexpr Duration kPauseAfterHardwareError = std::chrono::seconds{5};

/// Blocks read again to prove that this is the disc the files are of.
constexpr std::int64_t kProofs = 16;
constexpr std::int64_t kProofTries = 64;

class Ripper {
 public:
  Ripper(Drive& drive, const RipOptions& options, Files& files, const RipHooks& hooks)
      : drive_(drive), options_(options), files_(files), hooks_(hooks), digest_(options.digests) {}

  Result<RipOutcome> run();

 private:
  enum class Answer : std::uint8_t { again, unreadable };

  Result<void> prepare();
  Result<void> begin();
  Result<void> resume();
  [[nodiscard]] bool nothing_left() const;
  Result<RipOutcome> already_whole();
  Result<void> prove_same_disc();
  void choose_speeds();
  Result<void> read_all();
  Result<void> take(const Step& step);
  Result<Answer> answer_to(const Error& error, int tries);
  Result<Answer> wait_until_ready();
  Result<Answer> identify_again();
  void enter_failure(const Step& step, const Error& error);
  Result<void> enter_readings(const Step& step);
  Result<void> keep(const Step& step, std::span<const Grade> before);
  void note_failure(std::int64_t first, std::int64_t count, const Error& error);
  Result<void> commit_if_due(bool now);
  Result<void> conclude();
  Result<void> finish_digests();
  [[nodiscard]] Finished finished() const;
  Result<void> fill_unreadable();

  bool still_waiting(const ReadyProgress& ready);
  void use_speed(std::uint32_t kb_per_s);
  void announce_phase();
  void emit(const Event& event) {
    if (hooks_.events != nullptr) hooks_.events->on(event, drive_.clock().now() - begun_);
  }
  void note(Note::Level level, std::string text) {
    if (level == Note::Level::warning) outcome_.notes.push_back(text);
    emit(Note{level, std::move(text)});
  }
  [[nodiscard]] bool asked_to_stop() const { return hooks_.stop && hooks_.stop(); }
  [[nodiscard]] MapFile map_file() const;
  [[nodiscard]] Lba lba(std::int64_t sector) const { return outcome_.range.first + sector; }

  Drive& drive_;
  const RipOptions& options_;
  Files& files_;
  const RipHooks& hooks_;

  RipOutcome outcome_;
  RipProgress progress_;
  StreamDigest digest_;
  std::optional<SectorReader> reader_;
  std::optional<Planner> planner_;
  std::unique_ptr<ImageWriter> writer_;
  std::vector<std::uint32_t> speeds_;
  std::map<std::int64_t, FailureNote> failures_;
  std::vector<std::byte> buffer_;
  std::vector<Grade> grades_;

  Duration begun_{0}, last_commit_{0};
  std::uint64_t bytes_since_commit_ = 0;
  std::optional<std::uint32_t> speed_ = 0;  // asked for; nothing: whatever a reset left
  std::string waiting_for_;
  bool speed_refused_ = false;
  int timeouts_ = 0, hardware_errors_ = 0;
  std::optional<std::pair<RipProgress::Phase, std::uint32_t>> announced_;
};

std::unexpected<Error> stop_with(Error error) {
  error.next = error.next.empty() ? std::string{kGoOn} : fmt::format("{}; then {}", error.next, kGoOn);
  return fail(std::move(error));
}

std::unexpected<Error> another_disc(std::string where, std::string got) {
  return fail({.kind = ErrorKind::medium_changed,
               .tried = "continue the rip",
               .where = std::move(where),
               .got = std::move(got),
               .next = "put the right disc in and run the same command, or choose another name with -o"});
}

std::string short_text(const Error& error) { return error.sense ? to_string(*error.sense) : error.got; }

// ---------------------------------------------------------------- beginning

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

Result<void> Ripper::prepare() {
  CHECK(drive_.wait_ready(options_.ready_limit, [&](const ReadyProgress& ready) { return still_waiting(ready); }));
  TRY(outcome_.disc, drive_.identify());
  outcome_.drive = drive_.identity();
  TRY(const ImagePlan plan,
      plan_image(drive_, outcome_.disc,
                 {.track = options_.track, .raw = options_.raw, .transfer_bytes = options_.transfer_bytes}));
  outcome_.range = plan.range;
  outcome_.raw = plan.raw;
  if (plan.range.count <= 0)
    return fail({.kind = ErrorKind::unsupported,
                 .tried = "rip the disc",
                 .where = options_.source,
                 .got = "it has no sectors",
                 .next = "check that the disc is not blank"});
  reader_.emplace(drive_, plan);
  outcome_.map = RipMap{plan.range.count};
  buffer_.resize(std::size_t{plan.transfer_sectors} * kUserBytes);
  grades_.resize(plan.transfer_sectors);

  TRY(writer_, ImageWriter::open(files_, RipNames{options_.name}, options_.overwrite));
  writer_->sparse = options_.sparse;
  return resume();
}

/// From here on the files change.
Result<void> Ripper::begin() {
  CHECK(writer_->begin());
  const ImagePlan& plan = reader_->plan();
  choose_speeds();
  planner_.emplace(PlanOptions{.block_sectors = plan.block_sectors,
                               .transfer_sectors = plan.transfer_sectors,
                               .retries = options_.retries,
                               .speeds = speeds_,
                               .confirm = plan.raw ? Confirm::none : options_.confirm});
  if (auto locked = drive_.lock_tray(); !locked)
    note(Note::Level::info, "the tray stays unlocked: " + locked.error().got);
  emit(RipBegun{.drive = outcome_.drive,
                .source = outcome_.source,
                .disc = outcome_.disc,
                .range = plan.range,
                .raw = plan.raw,
                .resumed = outcome_.resumed,
                .good = outcome_.map.good()});
  if (outcome_.disc.profile.kind == MediaKind::cd && options_.raw && !plan.raw)
    note(
        Note::Level::warning,
        "this drive gives no raw CD sectors: what it calls good is graded drive; --confirm all reads everything twice");
  const Path folder = options_.name.parent_path();
  const auto free = files_.free_bytes(folder);
  const auto needed = static_cast<std::uint64_t>(plan.range.count - outcome_.map.good()) * kUserBytes;
  if (free && *free < needed && !options_.sparse)
    note(Note::Level::warning, fmt::format("up to {} bytes are still to be written, but {} has only {} free", needed,
                                           folder.empty() ? "the folder" : folder.string(), *free));
  last_commit_ = drive_.clock().now();
  return {};
}

/// Tells of each state once, and keeps on unless asked to stop.
bool Ripper::still_waiting(const ReadyProgress& ready) {
  if (std::exchange(waiting_for_, ready.state) != ready.state)
    note(Note::Level::info, "waiting for the drive: " + ready.state);
  return !asked_to_stop();
}

void Ripper::choose_speeds() {
  speeds_.clear();
  for (const SpeedWish wish : options_.speeds)
    speeds_.push_back(to_kilobytes_per_second(wish, outcome_.disc.profile.kind));
  if (!speeds_.empty()) return;
  speeds_ = {0};
  const auto offered = drive_.speeds();
  if (!offered || offered->size() < 2) return;
  speeds_.push_back(offered->back());
  if (offered->size() > 2) speeds_.push_back((*offered)[offered->size() / 2]);
}

Result<void> Ripper::resume() {
  if (!writer_->found().map) return {};
  const MapFile& old = *writer_->found().map;
  const std::string where = RipNames{options_.name}.map.string();
  for (const std::string& warning : old.warnings) note(Note::Level::warning, warning);
  if (!old.disc_identity.empty() && old.disc_identity != outcome_.disc.identity)
    return another_disc(where, fmt::format("the files are of another disc ({})", old.disc_name));
  if (!old.disc_identity.empty() && old.first_lba != outcome_.range.first.value)
    return another_disc(where, fmt::format("the files begin at LBA {}, not {}: they are of another track",
                                           old.first_lba, outcome_.range.first.value));
  outcome_.resumed = true;
  outcome_.map = old.map;
  if (outcome_.map.sectors() != outcome_.range.count) {
    if (outcome_.map.good() > 0 && outcome_.map.sectors() > outcome_.range.count)
      return another_disc(where,
                          fmt::format("the map has {} sectors, this disc {}", old.map.sectors(), outcome_.range.count));
    outcome_.map.resize(outcome_.range.count);
  }
  progress_ = old.progress;
  for (const FailureNote& failure : old.failures) failures_[failure.first] = failure;
  CHECK(prove_same_disc());
  // A rip that had ended begins another set of retries; one that was cut off just before its end only ends.
  if (writer_->found().published && outcome_.map.count(Grade::unreadable) > 0)
    progress_ = {RipProgress::Phase::retry, 0, 0};
  // Areas may have been set back to untried by hand or by another tool, and a second reading of all may be asked for later.
  const bool finished = progress_.phase == RipProgress::Phase::finished;
  if (finished && !outcome_.map.all_tried()) progress_ = {};
  if (finished && options_.confirm == Confirm::all && !outcome_.raw && outcome_.map.count(Grade::drive) > 0)
    progress_ = {RipProgress::Phase::confirm, 0, 0};
  return {};
}

/// Reads good blocks, spread over the disc, again and compares them with the image. Without one that is equal nothing
/// is written; with one that differs neither.
Result<void> Ripper::prove_same_disc() {
  std::vector<GradedRun> good;
  for (const GradedRun& run : outcome_.map.runs())
    if (is_good(run.grade)) good.push_back(run);
  if (good.empty()) return {};
  const std::int64_t total = outcome_.map.good();
  const std::uint32_t block = std::min<std::uint32_t>(reader_->plan().block_sectors, reader_->plan().transfer_sectors);
  std::vector<std::byte> image(std::size_t{block} * kUserBytes);
  std::int64_t equal = 0;
  std::optional<Error> last;
  for (std::int64_t i = 0; i < kProofTries && equal < kProofs; ++i) {
    // Evenly spread over the good sectors: first a coarse comb, then the gaps between its teeth.
    std::int64_t nth =
        i < kProofs ? total * i / kProofs : total * (2 * (i - kProofs) + 1) / (2 * (kProofTries - kProofs));
    const auto run =
        std::ranges::find_if(good, [&](const GradedRun& r) { return nth < r.count || (nth -= r.count, false); });
    assert(run != good.end());
    const auto count = static_cast<std::uint32_t>(std::min<std::int64_t>(block, run->end() - (run->first + nth)));
    const std::int64_t sector = run->first + nth;
    const auto bytes = std::size_t{count} * kUserBytes;
    CHECK(writer_->read_back(sector, std::span{image}.first(bytes)));
    const auto fresh = std::span{buffer_}.first(bytes);
    const auto grades = std::span{grades_}.first(count);
    if (auto read = reader_->read(sector, count, fresh, grades, {}); !read) {
      if (read.error().kind != ErrorKind::sense && read.error().kind != ErrorKind::timeout)
        return std::unexpected(std::move(read).error());
      last = std::move(read).error();
      continue;
    }
    if (!std::ranges::all_of(grades, is_good)) continue;
    if (!std::ranges::equal(fresh, std::span{image}.first(bytes)))
      return another_disc(
          fmt::format("{}, LBA {}", options_.source, lba(sector).value),
          "the disc has other bytes there than the image: it is another disc, or the image was changed");
    ++equal;
  }
  if (equal > 0) return {};
  return fail({.kind = ErrorKind::medium_changed,
               .tried = "prove that this is the disc the files are of",
               .where = options_.source,
               .got = last ? "no good sector can be read again: " + last->got : "no good sector can be read again",
               .next = "clean the disc or try another drive"});
}

// ---------------------------------------------------------------- reading

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

Result<void> Ripper::read_all() {
  while (const auto step = planner_->next(outcome_.map, progress_)) {
    if (asked_to_stop())
      return fail({.kind = ErrorKind::interrupted,
                   .tried = "read the whole disc",
                   .where = fmt::format("{}, LBA {}", options_.source, lba(step->first).value),
                   .got = "asked to stop",
                   .next = std::string{kGoOn}});
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
  speed_.reset();
  return Answer::again;
}

void Ripper::enter_failure(const Step& step, const Error& error) {
  std::optional<std::int64_t> at;
  if (error.lba) at = *error.lba - outcome_.range.first;
  const bool inside = at && *at >= step.first && *at < step.first + step.count;
  const std::int64_t block = reader_->plan().block_sectors;
  const std::int64_t first = inside ? std::max(*at / block * block, step.first) : step.first;
  const std::int64_t end = step.first + step.count;
  note_failure(first, inside ? std::min(first - first % block + block, end) - first : step.count, error);
  planner_->apply(outcome_.map, progress_, step,
                  {.failed = true, .failed_at = inside ? at : std::nullopt, .grades = {}});
}

/// The bytes are in buffer_, their grades in grades_. Stores the good ones, then tells the map.
Result<void> Ripper::enter_readings(const Step& step) {
  const auto grades = std::span{grades_}.first(step.count);
  if (step.phase == RipProgress::Phase::confirm) {
    std::vector<std::byte> image(std::size_t{step.count} * kUserBytes);
    CHECK(writer_->read_back(step.first, image));
    for (std::uint32_t i = 0; i < step.count; ++i) {
      const std::size_t at = std::size_t{i} * kUserBytes;
      const bool same =
          std::ranges::equal(std::span{image}.subspan(at, kUserBytes), std::span{buffer_}.subspan(at, kUserBytes));
      grades[i] = same ? Grade::agreed : Grade::unreadable;
      if (same) continue;
      digest_.forget_if_past(step.first + i);
      note(Note::Level::warning,
           fmt::format("LBA {}: a second reading gave other bytes than the first; neither is believed",
                       lba(step.first + i).value));
      note_failure(step.first + i, 1, {.got = "two readings differ"});
    }
  } else {
    CHECK(keep(step, grades));
  }
  planner_->apply(outcome_.map, progress_, step, {.failed = false, .failed_at = {}, .grades = grades});
  return {};
}

Result<void> Ripper::keep(const Step& step, std::span<const Grade> grades) {
  bool complained = false;
  for (std::uint32_t i = 0; i < step.count;) {
    std::uint32_t next = i;
    while (next < step.count && grades[next] == grades[i]) ++next;
    const std::int64_t first = step.first + i;
    if (is_good(grades[i])) {
      const auto bytes = std::span{buffer_}.subspan(std::size_t{i} * kUserBytes, std::size_t{next - i} * kUserBytes);
      CHECK(writer_->store(first, bytes));
      digest_.stored(first, bytes);
      bytes_since_commit_ += bytes.size();
      if (step.phase != RipProgress::Phase::stream)
        emit(Recovered{.phase = step.phase, .range = {lba(first), next - i}, .grade = grades[i]});
    } else {
      note_failure(first, next - i, reader_->complaint());
      if (!std::exchange(complained, true))
        emit(ReadFailed{.phase = step.phase, .range = {lba(first), next - i}, .error = reader_->complaint()});
    }
    i = next;
  }
  return {};
}

void Ripper::note_failure(std::int64_t first, std::int64_t count, const Error& error) {
  FailureNote& failure = failures_[first];
  failure.first = first;
  failure.count = std::max(failure.count, count);
  ++failure.tries;
  failure.last = short_text(error);
}

// ---------------------------------------------------------------- keeping

MapFile Ripper::map_file() const {
  MapFile file;
  file.map = outcome_.map;
  file.progress = progress_;
  file.disc_identity = outcome_.disc.identity;
  file.disc_name = fmt::format("{}, {} sectors{}{}", outcome_.disc.profile.name, outcome_.disc.sectors,
                               outcome_.disc.volume_id.empty() ? "" : ", ", outcome_.disc.volume_id);
  file.first_lba = outcome_.range.first.value;
  for (const auto& [first, failure] : failures_) {
    FailureNote* last = file.failures.empty() ? nullptr : &file.failures.back();
    if (last != nullptr && last->first + last->count == first && last->tries == failure.tries &&
        last->last == failure.last)
      last->count += failure.count;
    else
      file.failures.push_back(failure);
  }
  return file;
}

Result<void> Ripper::commit_if_due(bool now) {
  const Duration since = drive_.clock().now() - last_commit_;
  if (!now && since < options_.commit_interval && bytes_since_commit_ < options_.commit_bytes) return {};
  CHECK(writer_->commit(map_file()));
  last_commit_ = drive_.clock().now();
  bytes_since_commit_ = 0;
  emit(Committed{outcome_.map.good()});
  return {};
}

Result<void> Ripper::fill_unreadable() {
  if (outcome_.map.count(Grade::unreadable) == 0) return {};
  const std::vector<std::byte> fill(std::size_t{1} << 18U, options_.fill);
  constexpr std::int64_t kSectors = (1 << 18) / kUserBytes;
  for (const GradedRun& run : outcome_.map.runs())
    if (run.grade == Grade::unreadable)
      for (std::int64_t at = run.first; at < run.end(); at += kSectors)
        CHECK(writer_->store(
            at, std::span{fill}.first(static_cast<std::size_t>(std::min(kSectors, run.end() - at)) * kUserBytes)));
  return {};
}

Result<void> Ripper::conclude() {
  outcome_.reading = drive_.clock().now() - begun_;
  if (auto restored = drive_.restore(); !restored)
    note(Note::Level::warning, "the drive did not take back its settings: " + restored.error().got);
  CHECK(fill_unreadable());
  CHECK(writer_->finish(outcome_.map.sectors()));
  CHECK(commit_if_due(true));
  CHECK(finish_digests());
  if (hooks_.before_publish) CHECK(hooks_.before_publish(outcome_));
  CHECK(writer_->publish());
  emit(finished());
  return {};
}

Finished Ripper::finished() const {
  return {.image = outcome_.image.string(),
          .sectors = outcome_.map.sectors(),
          .good = outcome_.map.good(),
          .unreadable = outcome_.map.count(Grade::unreadable),
          .digests = outcome_.digests};
}

Result<void> Ripper::finish_digests() {
  outcome_.failures = map_file().failures;
  outcome_.image = RipNames{options_.name}.image;
  const auto total = static_cast<std::uint64_t>(outcome_.map.sectors()) * kUserBytes;
  TRY(outcome_.digests, digest_.finish(writer_->file(), total, [&](std::uint64_t done) {
    emit(Digesting{done, total});
    return !asked_to_stop();
  }));
  return {};
}

bool Ripper::nothing_left() const {
  return writer_->found().published && progress_.phase == RipProgress::Phase::finished && outcome_.map.all_tried() &&
         outcome_.map.count(Grade::unreadable) == 0;
}

/// An earlier run did it all, and this is the disc: the files stay as they are, only the digests are made again.
Result<RipOutcome> Ripper::already_whole() {
  note(Note::Level::info, "the image is already whole: nothing is left to read");
  CHECK(finish_digests());
  emit(finished());
  return std::move(outcome_);
}

}  // namespace

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
