// How a rip begins: what the drive and the disc are, what an earlier run left, and the order in which files change.
#include <fmt/format.h>

#include "core/try.h"
#include "rip/ripper.h"

namespace pressmark {

using rip_errors::another_disc;

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

Result<void> Ripper::resume() {
  if (!writer_->found().map) return {};
  const MapFile& old = *writer_->found().map;
  const std::string where = RipNames{options_.name}.map.string();
  for (const std::string& warning : old.warnings) note(Note::Level::warning, warning);
  const bool nothing_read = old.map.good() == 0 && old.failures.empty() && !writer_->found().published;
  const bool same = old.disc_identity == outcome_.disc.identity && old.first_lba == outcome_.range.first.value;
  if (nothing_read && !same) {
    writer_->forget_found();  // the wrong disc was in the drive, and taken out in time
    return {};
  }
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
  for (const FailureNote& failure : old.failures) {
    failures_.enter({failure.first, failure.count}, failure.last, failure.tries);
    if (failure.last.contains(SectorReader::kReadingsDiffer)) answers_.dispute({failure.first, failure.count});
  }
  CHECK(prove_same_disc());
  // A rip that had ended begins another set of retries; one that was cut off just before its end only ends.
  if (writer_->found().published && outcome_.map.count(Grade::unreadable) > 0)
    progress_ = {RipProgress::Phase::retry, 0, 0};
  // Areas may have been set back to untried by hand or by another tool, and a second reading of all may be asked for later.
  const bool finished = progress_.phase == RipProgress::Phase::finished;
  if (finished && !outcome_.map.all_tried()) progress_ = {};
  if (finished && confirm() == Confirm::all && outcome_.map.count(Grade::drive) > 0)
    progress_ = {RipProgress::Phase::confirm, 0, 0};
  return {};
}

/// From here on the files change.
Result<void> Ripper::begin() {
  CHECK(writer_->begin());
  if (!writer_->found().map) CHECK(commit());  // from here on no byte stands without a map
  const ImagePlan& plan = reader_->plan();
  choose_speeds();
  manner_.emplace(drive_, *reader_,
                  Manner::Setup{.kind = outcome_.disc.profile.kind,
                                .ready_limit = options_.ready_limit,
                                .tell = [this](Note::Level level, std::string text) { note(level, std::move(text)); },
                                .stop = [this] { return must_stop(); }});
  pace_.emplace(geometry());
  effort_ = drive_.error_recovery().value_or(ErrorRecovery{}).retries > 0;
  planner_.emplace(plan_options({}));
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

/// Sectors of a raw reading are proven, but those that a drive which could not read raw left are only its word.
Confirm Ripper::confirm() const {
  const Confirm wanted = options_.until == Until::proven ? Confirm::all : options_.confirm;
  if (!outcome_.raw || wanted == Confirm::none) return wanted;
  return outcome_.map.count(Grade::drive) > 0 ? Confirm::all : Confirm::none;
}

/// Known of a whole disc only.
std::optional<DiscGeometry> Ripper::geometry() const {
  if (reader_->plan().range.first != Lba{0}) return std::nullopt;
  return nominal_geometry(outcome_.disc);
}

PlanOptions Ripper::plan_options(std::vector<std::vector<SectorRange>> tiers) {
  const ImagePlan& plan = reader_->plan();
  return {.block_sectors = plan.block_sectors,
          .transfer_sectors = plan.transfer_sectors,
          .retries = options_.retries,
          .exhaust = options_.until != Until::tries,
          .speeds = speeds_,
          .confirm = confirm(),
          .effort = effort_,
          .geometry = geometry(),
          .tiers = std::move(tiers)};
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

}  // namespace pressmark
