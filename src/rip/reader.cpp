#include "rip/reader.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/try.h"
#include "rip/trouble.h"

namespace pressmark {
namespace {

std::unexpected<Error> refuse(const Disc& disc, std::string got, std::string next) {
  return fail({.kind = ErrorKind::usage,
               .tried = "make one image of this disc",
               .where = describe_layout(disc),
               .got = std::move(got),
               .next = std::move(next)});
}

/// Where a data track is followed by audio, the audio track's pause of two seconds lies between them and is no data (ECMA-130
/// 20.2); the table of contents counts it to the track before.
constexpr std::int64_t kPause = 150;

/// "1, 2 and 5": the data tracks a user can pick from.
std::string data_track_numbers(const Disc& disc) {
  std::vector<std::string> numbers;
  for (const Track& track : disc.tracks)
    if (track.is_data()) numbers.push_back(fmt::to_string(track.number));
  if (numbers.size() < 2) return fmt::format("{}", fmt::join(numbers, ""));
  const std::string last = numbers.back();
  numbers.pop_back();
  return fmt::format("{} or {}", fmt::join(numbers, ", "), last);
}

Result<LbaRange> choose_range(const Disc& disc, std::optional<std::uint8_t> wanted) {
  if (disc.tracks.empty()) return refuse(disc, "the drive lists no tracks", "check that the disc is not blank");
  const std::string choices = data_track_numbers(disc);
  const std::string hint =
      choices.empty() ? "it has no data track to rip" : "pick a data track with --track " + choices;
  if (wanted) {
    const auto track = std::ranges::find(disc.tracks, *wanted, &Track::number);
    if (track == disc.tracks.end()) return refuse(disc, fmt::format("there is no track {}", *wanted), hint);
    if (!track->is_data()) return refuse(disc, fmt::format("track {} is audio", *wanted), hint);
    const auto next = track + 1;
    const bool audio_next = next != disc.tracks.end() && next->session == track->session && !next->is_data();
    return LbaRange{track->start, track->sectors - (audio_next ? std::min(kPause, track->sectors) : 0)};
  }
  const bool audio = std::ranges::any_of(disc.tracks, [](const Track& t) { return !t.is_data(); });
  if (audio) return refuse(disc, "audio does not fit an image of 2048-byte sectors", hint);
  if (disc.sessions > 1) return refuse(disc, "its sessions do not make one image", hint);
  return LbaRange{Lba{0}, disc.sectors};
}

/// The sector's own codes failed: says how, most telling first.
std::string why_not(const SectorCheck& check, Lba expected) {
  if (!check.sync) return "no sync pattern: not a data sector";
  if (!check.address) return "the header's address is not valid BCD";
  if (*check.address != expected) return fmt::format("the header says LBA {}", check.address->value);
  if (check.mode == SectorMode::mode0 || check.mode == SectorMode::unknown) return "its mode has no user data to check";
  return "EDC mismatch: the drive returned damage as good";
}

bool cannot_empty_cache(const Result<void>& read) { return !read && Drive::cannot_empty_cache(read.error()); }

}  // namespace

Result<ImagePlan> plan_image(Drive& drive, const Disc& disc, const ImageChoice& choice) {
  ImagePlan plan;
  TRY(plan.range, choose_range(disc, choice.track));
  plan.block_sectors = ecc_block_sectors(disc.profile.kind);
  plan.raw = choice.raw && disc.profile.kind == MediaKind::cd && plan.range.count > 0 &&
             drive.can_read_raw(plan.range.first + std::min<std::int64_t>(16, plan.range.count - 1));
  const std::uint32_t sector_bytes = plan.raw ? kRawBytes : kUserBytes;
  const std::uint32_t most = std::min(drive.sectors_per_transfer(sector_bytes), choice.transfer_bytes / sector_bytes);
  plan.transfer_sectors = std::max(most / plan.block_sectors, 1U) * plan.block_sectors;
  return plan;
}

SectorReader::SectorReader(Drive& drive, ImagePlan plan) : drive_(drive), plan_(plan) {
  raw_.resize(std::size_t{plan_.transfer_sectors} * (plan_.raw ? kRawBytes : kUserBytes));
  checks_.resize(plan_.transfer_sectors);
}

void SectorReader::complain(Lba lba, std::string got) {
  complaint_ = {.kind = ErrorKind::mismatch,
                .tried = plan_.raw ? "check a raw sector" : "read a sector twice",
                .where = fmt::format("{}, LBA {}", drive_.transport().info().path, lba.value),
                .got = std::move(got),
                .lba = lba};
}

Result<void> SectorReader::read(std::int64_t first, std::uint32_t count, std::span<std::byte> out,
                                std::span<Grade> grades, How how) {
  const Lba lba = plan_.range.first + first;
  auto read = plan_.raw ? read_checked(lba, count, out, grades, how) : read_believed(lba, count, out, grades, how);
  // Another command (a speed, a lock) may have taken in the attention that this read would have met. What is damaged then may
  // be another disc.
  const bool of_the_disc = read || trouble_of(read.error()) == Trouble::place;
  if (!of_the_disc || !drive_.heard_of_change()) return read;
  return fail({.kind = ErrorKind::medium_changed,
               .tried = fmt::format("read {} sectors", count),
               .where = fmt::format("{}, LBA {}", drive_.transport().info().path, lba.value),
               .got = "the drive was reset, or says that its disc may have been changed"});
}

Result<void> SectorReader::read_checked(Lba lba, std::uint32_t count, std::span<std::byte> out, std::span<Grade> grades,
                                        How how) {
  const auto raw = std::span{raw_}.first(std::size_t{count} * kRawBytes);
  const auto checks = std::span{checks_}.first(count);
  auto read = drive_.read_raw(lba, count, raw, {.past_cache = how.past_cache});
  maybe_from_cache_ = !how.past_cache_only && cannot_empty_cache(read);
  if (maybe_from_cache_) read = drive_.read_raw(lba, count, raw);
  CHECK(std::move(read));
  if (check_and_strip(lba, raw, out, checks) == count) {
    std::ranges::fill(grades, Grade::proven);
    return {};
  }
  bool complained = false;
  for (std::uint32_t i = 0; i < count; ++i) {
    const bool proven = checks[i].proven(lba + i);
    const bool form2 = checks[i].mode == SectorMode::mode2_form2 && checks[i].sync && checks[i].address == lba + i;
    if (form2 && (checks[i].edc || checks[i].edc_absent))
      return fail({.kind = ErrorKind::unsupported,
                   .tried = "put a sector into an image of 2048-byte sectors",
                   .where = fmt::format("LBA {}", (lba + i).value),
                   .got = "it is Mode 2 form 2 and holds 2324 bytes",
                   .next = "this disc needs a raw image, which pressmark does not write yet",
                   .lba = lba + i});
    grades[i] = proven ? Grade::proven : Grade::unreadable;
    if (!proven && !complained) complain(lba + i, why_not(checks[i], lba + i));
    complained = complained || !proven;
  }
  return {};
}

Result<void> SectorReader::read_believed(Lba lba, std::uint32_t count, std::span<std::byte> out,
                                         std::span<Grade> grades, How how) {
  auto read = drive_.read_user(lba, count, out, {.past_cache = how.past_cache});
  maybe_from_cache_ = !how.past_cache_only && cannot_empty_cache(read);
  if (maybe_from_cache_) read = drive_.read_user(lba, count, out);
  CHECK(std::move(read));
  std::ranges::fill(grades, Grade::drive);
  if (!how.read_twice || maybe_from_cache_) return {};
  const auto again = std::span{raw_}.first(std::size_t{count} * kUserBytes);
  const auto second = drive_.read_user(lba, count, again, {.past_cache = true});
  // Some blocks read in passing only, or now and then: what was had once and not denied stands for what it is. Where the drive hung
  // the next command is told of the reset.
  const Trouble trouble = second ? Trouble::place : trouble_of(second.error());
  if (!second && (trouble == Trouble::place || trouble == Trouble::suspect)) return {};
  if (!second) return fail(second.error());
  bool complained = false;
  for (std::uint32_t i = 0; i < count; ++i) {
    const bool same = std::ranges::equal(out.subspan(std::size_t{i} * kUserBytes, kUserBytes),
                                         again.subspan(std::size_t{i} * kUserBytes, kUserBytes));
    grades[i] = same ? Grade::agreed : Grade::unreadable;
    if (!same && !complained) complain(lba + i, fmt::format("{}: the drive returned damage as good", kReadingsDiffer));
    complained = complained || !same;
  }
  return {};
}

}  // namespace pressmark
