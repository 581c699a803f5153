// What becomes of readings: good bytes into the image, grades into the map, failures into the notes; commits; and the end,
// when the image gets its digests and its name.
#include <algorithm>
#include <cassert>
#include <fmt/format.h>

#include "core/try.h"
#include "rip/ripper.h"
#include "rip/standing.h"
#include "rip/trouble.h"

namespace pressmark {
namespace {

constexpr std::string_view kReadingsDiffer = SectorReader::kReadingsDiffer;

/// What a note says of a failure: the same words whenever the same happens, without the seconds that it took.
std::string short_text(const Error& error) {
  if (error.sense) return to_string(*error.sense);
  const bool told_by_kind = error.kind == ErrorKind::timeout || error.kind == ErrorKind::device_gone;
  return told_by_kind ? std::string{to_string(error.kind)} : error.got;
}

}  // namespace

void Ripper::enter_failure(const Step& step, const Error& error, bool put_off) {
  std::optional<std::int64_t> at;
  if (error.lba) at = *error.lba - outcome_.range.first;
  const bool inside = at && *at >= step.first && *at < step.first + step.count;
  const std::int64_t block = reader_->plan().block_sectors;
  const std::int64_t first = inside ? std::max(*at / block * block, step.first) : step.first;
  const std::int64_t end = step.first + step.count;
  if (!Drive::cannot_empty_cache(error))
    note_failure(first, inside ? std::min(first - first % block + block, end) - first : step.count, error);
  apply(step, {.failed = true,
               .hung = put_off,
               .failed_at = inside ? at : std::nullopt,
               .grades = {},
               .repeated = {},
               .seconds = step_seconds_});
}

void Ripper::apply(const Step& step, const StepResult& result) {
  const SectorRange range{step.first, step.count};
  const Standing good{outcome_.map, range};
  const bool may_take_back = step.phase == RipProgress::Phase::confirm;
  assert(may_take_back || good.empty());
  // A step may settle what another part of the same longer read was: its grade changes with this one's.
  const std::int64_t reach = reader_->plan().transfer_sectors;
  const std::int64_t from = std::max<std::int64_t>(range.first - reach, 0);
  const SectorRange around{from, std::min(range.end() + reach, outcome_.map.sectors()) - from};
  if (tally_) tally_->leave(outcome_.map, around);
  planner_->apply(outcome_.map, progress_, step, result);
  if (!may_take_back) good.restore(outcome_.map);
  if (tally_) tally_->enter(outcome_.map, around);
  if (const auto helps = planner_->quick_helps(); helps && !std::exchange(effort_told_, true)) tell_effort(*helps);
}

/// The planner knows now whether the drive gives up sooner when told to: from a block that failed quickly, and its next reading.
void Ripper::tell_effort(bool helps) {
  const FailingReads quick = manner_->failing()[0], usual = manner_->failing()[1];
  const auto mean = [](const FailingReads& reads) { return seconds(reads.time) / static_cast<double>(reads.count); };
  if (quick.count == 0 || usual.count == 0) return;  // the block read the second time
  note(Note::Level::info,
       fmt::format("a failing read takes the drive {:.2f} s when told to give up early, {:.2f} s by its own setting: "
                   "telling it {}",
                   mean(quick), mean(usual), helps ? "helps" : "does not help"));
}

/// The bytes are in buffer_, their grades in grades_. Stores the good ones, then tells the map.
Result<void> Ripper::enter_readings(const Step& step) {
  const auto grades = std::span{grades_}.first(step.count);
  repeated_.assign(step.count, 0);
  if (step.phase == RipProgress::Phase::confirm) {
    CHECK(compare_with_image(step));
  } else {
    hear_answers(step);
    CHECK(keep(step, grades));
  }
  apply(step, {.failed = false, .failed_at = {}, .grades = grades, .repeated = repeated_, .seconds = step_seconds_});
  return {};
}

/// A second reading of what the image holds already. Without a code of its own a sector that differs is believed
/// neither way; with one (a CD that another drive could not read raw) the code decides.
Result<void> Ripper::compare_with_image(const Step& step) {
  std::vector<std::byte> image(std::size_t{step.count} * kUserBytes);
  CHECK(writer_->read_back(step.first, image));
  std::vector<std::uint32_t> wrong_in_image;
  for (std::uint32_t i = 0; i < step.count; ++i) {
    const std::int64_t sector = step.first + i;
    const auto bytes = [&](std::span<const std::byte> of) {
      return of.subspan(std::size_t{i} * kUserBytes, kUserBytes);
    };
    const bool same = std::ranges::equal(bytes(image), bytes(buffer_));
    const bool proven = grades_[i] == Grade::proven;
    if (outcome_.raw && !proven) {
      grades_[i] = outcome_.map.at(sector);  // the first reading stands for what it is
      continue;
    }
    if (!same) digest_.forget_if_past(sector);
    if (proven) {
      if (!same) wrong_in_image.push_back(i);
      continue;
    }
    grades_[i] = same ? Grade::agreed : Grade::unreadable;
    if (same) continue;
    answers_.dispute({sector, 1});
    note(Note::Level::warning,
         fmt::format("LBA {}: a second reading gave other bytes than the first; neither is believed",
                     lba(sector).value));
    note_failure(sector, 1, {.got = std::string{kReadingsDiffer}});
  }
  return wrong_in_image.empty() ? Result<void>{} : mend_image(step, wrong_in_image);
}

/// Proven bytes take the place of wrong ones that the map on disk calls good. It gives them up first: a power cut in the midst
/// of the write must leave nothing that is called good and is half of each.
Result<void> Ripper::mend_image(const Step& step, std::span<const std::uint32_t> wrong) {
  const Standing before{outcome_.map, {step.first, step.count}};
  for (const std::uint32_t i : wrong) outcome_.map.set(step.first + i, 1, Grade::untrimmed);
  const auto committed = commit();
  before.restore(outcome_.map);
  CHECK(committed);
  for (const std::uint32_t i : wrong) {
    const std::int64_t sector = step.first + i;
    note(Note::Level::warning, fmt::format("LBA {}: the image had wrong bytes; its EDC holds now", lba(sector).value));
    CHECK(writer_->store(sector, std::span{buffer_}.subspan(std::size_t{i} * kUserBytes, kUserBytes)));
    bytes_since_commit_ += kUserBytes;
  }
  return {};
}

/// Wrong answers are remembered; where readings have differed before, right ones are weighed. What may have come out of the
/// cache is no answer of this way of reading.
void Ripper::hear_answers(const Step& step) {
  const auto other_ways = [&](std::int64_t sector, std::span<const std::byte> bytes) -> std::uint8_t {
    return reader_->maybe_from_cache() ? 0 : answers_.enter(sector, fingerprint(bytes), step);
  };
  for (std::uint32_t i = 0; i < step.count; ++i) {
    const std::int64_t sector = step.first + i;
    if (outcome_.raw) {
      if (!is_good(grades_[i])) repeated_[i] = other_ways(sector, reader_->raw_sector(i));
    } else if (!is_good(grades_[i])) {
      answers_.dispute({sector, 1});
    } else if (answers_.disputed(sector)) {
      const auto bytes = std::span{buffer_}.subspan(std::size_t{i} * kUserBytes, kUserBytes);
      if (other_ways(sector, bytes) > 0) continue;
      grades_[i] = Grade::unreadable;
      reader_->complain(lba(sector),
                        fmt::format("{} before, and one way of reading alone gives these bytes", kReadingsDiffer));
    }
  }
  if (std::ranges::any_of(repeated_, [](std::uint8_t ways) { return ways > 0; }))
    reader_->complain(reader_->complaint().lba.value_or(lba(step.first)),
                      reader_->complaint().got + "; the same wrong bytes as in another way of reading");
}

Result<void> Ripper::keep(const Step& step, std::span<const Grade> grades) {
  const Standing good{outcome_.map, {step.first, step.count}};
  const auto stands = [&](std::uint32_t i) { return good.holds(step.first + i, grades[i]); };
  bool complained = false;
  for (std::uint32_t i = 0; i < step.count;) {
    std::uint32_t next = i;
    while (next < step.count && grades[next] == grades[i] && stands(next) == stands(i)) ++next;
    const std::int64_t first = step.first + i;
    if (stands(i)) {
      // The image keeps what it has.
    } else if (is_good(grades[i])) {
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

/// How often a failure like this one was noted at `sector`.
std::uint32_t Ripper::tries_at(std::int64_t sector, const Error& like) const {
  return failures_.tries(sector, short_text(like));
}

void Ripper::note_failure(std::int64_t first, std::int64_t count, const Error& error) {
  failures_.enter({first, count}, short_text(error));
}

MapFile Ripper::map_file() const {
  MapFile file;
  file.progress = progress_;
  file.disc_identity = outcome_.disc.identity;
  file.disc_name = fmt::format("{}, {} sectors{}{}", outcome_.disc.profile.name, outcome_.disc.sectors,
                               outcome_.disc.volume_id.empty() ? "" : ", ", outcome_.disc.volume_id);
  file.first_lba = outcome_.range.first.value;
  file.failures = failures_.list();
  return file;
}

/// The map is lent to the file: a copy would double what a disc with a hundred thousand bad ranges takes.
Result<void> Ripper::commit() {
  MapFile file = map_file();
  std::swap(file.map, outcome_.map);
  auto committed = writer_->commit(file);
  std::swap(file.map, outcome_.map);
  return committed;
}

Result<void> Ripper::commit_if_due(bool now) {
  const Duration since = drive_.clock().now() - last_commit_;
  if (!now && since < options_.commit_interval && bytes_since_commit_ < options_.commit_bytes) return {};
  CHECK(commit());
  last_commit_ = drive_.clock().now();
  bytes_since_commit_ = 0;
  emit(Committed{outcome_.map.good()});
  return {};
}

Result<void> Ripper::conclude() {
  // What was believed at the last commit and is not any more: the map on disk must say so before the fill stands there.
  CHECK(commit());
  CHECK(fill_unreadable());
  CHECK(writer_->finish(outcome_.map.sectors()));
  CHECK(commit_if_due(true));
  CHECK(finish_digests());
  CHECK(conclude_files());
  if (hooks_.before_publish) CHECK(hooks_.before_publish(outcome_));
  CHECK(writer_->publish());
  emit(finished());
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

}  // namespace pressmark
