// READ(10), READ(12) and READ CD (MMC-6 6.15, 6.17, 6.18): a plan of what each sector's bytes are to be, the
// mechanism's word on when and whether they come, and then the bytes themselves.
#include <algorithm>
#include <array>

#include "drivers/simulated/machine.h"
#include "drivers/simulated/random.h"
#include "drivers/simulated/sector_form.h"

namespace pressmark::simulated {

/// What one read command asks for.
struct Machine::ReadPlan {
  LbaRange range;
  SectorForm form;
  bool past_cache = false;
};

Answer Machine::read_blocks(const Request& request) {
  const bool fua = request.bit(1, 3) && scenario_.drive.honours_fua;
  if (request.bit(1, 0)) return check(kInvalidField);  // RELADR is long obsolete
  const ReadPlan plan{.range = {Lba{request.lba}, request.amount}, .form = SectorForm::user_data(), .past_cache = fua};
  if (request.amount == 0) {
    if (request.lba < 0 || Lba{request.lba} > disc_->medium().end()) return check(kOutOfRange);
    if (fua) disc_->mechanism().flush();
    return {};
  }
  return read(plan, request);
}

Answer Machine::read_cd(const Request& request) {
  if (disc_->kind() != MediaKind::cd) return check(kIncompatibleMedium);
  const auto form = SectorForm::decode(request, scenario_.drive);
  if (!form) return check(kInvalidField);
  if (request.amount == 0) return {};
  return read({.range = {Lba{request.lba}, request.amount}, .form = *form}, request);
}

std::optional<SenseCode> Machine::refuses(const ReadPlan& plan) const {
  const std::int64_t first = plan.range.first.value, end = first + plan.range.count;
  if (first < 0 || end > disc_->medium().end().value) return kOutOfRange;
  for (Lba at = plan.range.first; at.value < end;) {
    const MediumTrack* track = disc_->track_at(at);
    if (track == nullptr) return kOutOfRange;  // between two sessions
    if (!plan.form.allows(track->mode)) return kIllegalMode;
    at = track->start + track->sectors;
  }
  return std::nullopt;
}

Answer Machine::read(const ReadPlan& plan, const Request& request) {
  if (const auto refusal = refuses(plan)) return check(*refusal);
  const auto size = plan.form.sector_bytes(*disc_, plan.range.first);
  if (!size) return check(kInvalidField);
  const auto first = static_cast<std::uint32_t>(plan.range.first.value);
  auto count = static_cast<std::uint32_t>(plan.range.count);

  Mechanism& mechanism = disc_->mechanism();
  const bool raw = plan.form.uncorrected && scenario_.drive.raw_damage == RawDamage::returned;
  const std::uint32_t retries = scenario_.drive.honours_retry_count ? recovery_[1] : scenario_.drive.default_retries;
  const double started = now();
  const Mechanism::Outcome outcome = mechanism.read(
      {first, count},
      {.past_cache = plan.past_cache, .raw = raw, .retries = retries, .reply_bytes = double(count) * *size}, started);
  ++log_.reads;
  Answer answer{.extra_s = std::max(0.0, outcome.done - started - scenario_.drive.command_ms / 1000)};
  if (outcome.failed_block) {
    ++log_.failing_reads;
    const std::uint32_t failed = std::max(first, *outcome.failed_block * disc_->form().block_sectors);
    answer.sense = kUnreadable;
    answer.information = failed;
    count = failed - first;  // what came before it is transferred
  }
  count = static_cast<std::uint32_t>(std::min<std::size_t>(count, *size == 0 ? count : request.data.size() / *size));
  log_.sectors_read += count;
  const std::span<std::byte> out = request.data.first(std::size_t{count} * *size);
  if (const auto trouble = fill(plan, count, out)) return check(*trouble);
  falsify(plan, count, outcome, out);
  last_read_ = plan.range;
  answer.transferred = static_cast<std::uint32_t>(out.size());
  return answer;
}

/// Content as the medium has it, in the form asked for. Returns what went wrong, if anything did.
std::optional<SenseCode> Machine::fill(const ReadPlan& plan, std::uint32_t count, std::span<std::byte> out) {
  if (count == 0) return std::nullopt;
  const std::size_t size = out.size() / count;
  for (std::uint32_t done = 0; done < count;) {
    const Lba at = plan.range.first + done;
    const MediumTrack& track = *disc_->track_at(at);
    const auto here =
        static_cast<std::uint32_t>(std::min<std::int64_t>(count - done, track.start + track.sectors - at));
    const std::span<std::byte> part = out.subspan(done * size, here * size);
    if (plan.form.plain_user_data && track.stored_bytes == kUserBytes && at >= track.start) {
      if (!disc_->medium().read_stored(at, here, part)) return kInternalFailure;
    } else {
      for (std::uint32_t i = 0; i < here; ++i)
        if (const auto trouble = make_sector(plan, at + i, at + i, part.subspan(i * size, size))) return trouble;
    }
    done += here;
  }
  return std::nullopt;
}

bool Machine::raw_sector(Lba lba, std::span<std::byte, kRawBytes> raw) {
  const MediumTrack* track = disc_->track_at(lba);
  if (track == nullptr) return false;
  std::array<std::byte, kRawBytes> buffer{};
  const std::span<std::byte> stored = std::span{buffer}.first(track->stored_bytes);
  if (auto read = disc_->medium().read_stored(lba, 1, stored); !read) {
    if (lba >= track->start) return false;
    std::ranges::fill(stored, std::byte{0});  // a pre-gap that the image does not store is silence, or zero data
  }
  make_raw(lba, track->mode, stored, raw);
  return true;
}

/// The sector at `lba` with the content of the one at `content`: the same, but for a drive that mistakes one for the
/// other.
std::optional<SenseCode> Machine::make_sector(const ReadPlan& plan, Lba lba, Lba content, std::span<std::byte> out) {
  std::array<std::byte, kRawBytes> raw{};
  if (!raw_sector(content, raw)) return kInternalFailure;
  return plan.form.compose(raw, *disc_->track_at(content), lba, out) ? std::nullopt : std::optional{kIllegalMode};
}

void Machine::falsify(const ReadPlan& plan, std::uint32_t count, const Mechanism::Outcome& outcome,
                      std::span<std::byte> out) {
  if (count == 0) return;
  const LbaRange given{plan.range.first, count};
  const std::size_t size = out.size() / count;
  const auto sector = [&](Lba lba) { return out.subspan(static_cast<std::size_t>(lba - given.first) * size, size); };

  for (const std::uint32_t block : outcome.unread_blocks)  // raw reads of a CD, where a block is a sector
    if (const Lba lba{block}; given.contains(lba)) scar(plan, lba, disc_->mechanism().way_of(block), sector(lba));

  if (!faults_.has_falsifiers() || disc_ != first_disc_.get()) return;
  for (const FaultSpec* f : faults_.falsifiers(given))
    for (Lba lba = std::max(given.first, f->range.first); lba < std::min(given.end(), f->range.end()); lba += 1)
      falsify_sector(*f, plan, lba, sector(lba));
}

void Machine::falsify_sector(const FaultSpec& fault, const ReadPlan& plan, Lba lba, std::span<std::byte> out) {
  if (fault.kind == FaultKind::stale_cache) {
    if (!plan.past_cache && last_read_)
      (void)make_sector(plan, lba, last_read_->first + (lba - plan.range.first) % last_read_->count, out);
    return;
  }
  if (fault.kind == FaultKind::wrong_lba) {
    (void)make_sector(plan, lba, lba + fault.offset, out);  // off the disc: the drive's mistake comes out right
    return;
  }
  const Way way = disc_->mechanism().way_of(static_cast<std::uint32_t>(lba.value) / disc_->form().block_sectors);
  Random random(draw({scenario_.seed, static_cast<std::uint32_t>(lba.value), speed_class(way.speed_x),
                      static_cast<unsigned>(way.approach), 0xF}));
  if (out.empty() || random.uniform() >= fault.probability) return;
  for (std::uint32_t n = 0; n < fault.wrong_bytes; ++n) {
    const std::uint64_t bits = random.bits();
    trace_.add(bits);
    out[bits % out.size()] ^= static_cast<std::byte>(1 + (bits >> 32) % 255);
  }
}

/// A raw sector that did not read: some bytes are always wrong, some half of the time, and C2 tells of most of them. A
/// drive's answers repeat after `raw_answers` readings.
void Machine::scar(const ReadPlan& plan, Lba lba, const Way& way, std::span<std::byte> out) {
  const DriveModel& d = scenario_.drive;
  const std::uint32_t visit = raw_visits_[lba.value]++ % std::max(1U, d.raw_answers);
  Random places(draw({scenario_.seed, static_cast<std::uint32_t>(lba.value), 0x5CA2}));
  Random answers(draw({scenario_.seed, static_cast<std::uint32_t>(lba.value), speed_class(way.speed_x),
                       static_cast<unsigned>(way.approach), visit, 0x5CA2}));
  trace_.add(answers.bits());
  const std::uint64_t wrong = 40 + places.bits() % 400;
  for (std::uint64_t i = 0; i < wrong; ++i) {
    const std::size_t at = places.bits() % kRawBytes;
    const bool always = places.uniform() < 0.1;
    const std::uint64_t bits = answers.bits();
    const bool now_wrong = always || (bits & 1) != 0;
    const bool flagged = d.c2_honesty == C2Honesty::honest && answers.uniform() >= d.c2_unflagged;
    if (now_wrong) plan.form.spoil(out, at, static_cast<std::uint8_t>(1 + (bits >> 8) % 255), flagged);
  }
  if (d.c2_honesty == C2Honesty::noisy)
    for (int i = 0; i < 100; ++i) plan.form.spoil(out, answers.bits() % kRawBytes, 0, true);
}

}  // namespace pressmark::simulated
