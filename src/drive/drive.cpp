// A Drive is a Channel, what it has learned about drive and disc, and what it must put back.
//
// Three rules run through it. Nothing is believed because a drive claims it: raw reading is tried and checked. Whatever
// a drive refuses has a second way or is survivable. What is changed is remembered before it is changed.
#include "pressmark/drive.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

#include "pressmark/sector.h"

#include "core/try.h"
#include "drive/channel.h"
#include "drive/drive_impl.h"
#include "drive/identify.h"
#include "drive/quirks.h"
#include "mmc/configuration.h"
#include "mmc/event.h"
#include "mmc/inquiry.h"

namespace pressmark {

using drive::Channel;

Drive::Drive(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Drive::~Drive() { (void)restore(); }

const DriveIdentity& Drive::identity() const { return impl_->identity; }
bool Drive::has(Quirk quirk) const { return drive::model_has(impl_->identity.vendor, impl_->identity.product, quirk); }
Transport& Drive::transport() { return impl_->channel.transport(); }
Clock& Drive::clock() { return impl_->channel.clock(); }
Duration Drive::last_command_time() const { return impl_->channel.last_command_time(); }

// ---- who and what ----

Result<std::unique_ptr<Drive>> Drive::open(std::unique_ptr<Transport> transport) {
  auto impl = std::make_unique<Impl>(std::move(transport));
  CHECK(impl->ask_who());
  return std::unique_ptr<Drive>(new Drive(std::move(impl)));
}

Result<void> Drive::reconnect(std::unique_ptr<Transport> transport) {
  auto fresh = std::make_unique<Impl>(std::move(transport));
  CHECK(fresh->ask_who());
  DriveIdentity now = fresh->identity;
  if (now.serial.empty()) now.serial = impl_->identity.serial;  // not every drive tells it while it spins up
  if (impl_->identity.serial.empty()) now.serial.clear();
  if (now != impl_->identity)
    return fail(Error{.kind = ErrorKind::mismatch,
                      .tried = "go on with the same drive",
                      .where = fresh->channel.info().path,
                      .got = fmt::format("it is a {} {} {}", now.vendor, now.product, now.revision),
                      .next = "connect the drive that the work was begun with"});
  fresh->identity = std::move(now);
  fresh->first_recovery_page = impl_->first_recovery_page;
  fresh->speed_set_by = impl_->speed_set_by;
  fresh->tray_locked = impl_->tray_locked;
  fresh->stop = impl_->stop;
  fresh->hanging = impl_->hanging;
  fresh->fua_hangs = impl_->fua_hangs;
  fresh->elsewhere = impl_->elsewhere;
  fresh->disc = impl_->disc;
  fresh->channel.set_medium_news(true);
  impl_ = std::move(fresh);
  return {};
}

void Drive::stop_when(std::function<bool()> asked) { impl_->stop = std::move(asked); }

Result<void> Drive::Impl::ask_who() {
  std::array<std::byte, mmc::kInquiryBytes> buffer{};
  TRY(const auto reply, channel.ask(mmc::encode_inquiry(mmc::kInquiryBytes), buffer));
  TRY(const mmc::Inquiry inquiry, mmc::decode_inquiry(reply));
  if (inquiry.device_type != mmc::kMultimediaDevice)
    return fail(Error{.kind = ErrorKind::unsupported,
                      .tried = "use it as a CD, DVD or BD drive",
                      .where = channel.info().path,
                      .got = fmt::format("it says it is SCSI device type {:02X}h", inquiry.device_type),
                      .next = "name an optical drive, such as /dev/sr0"});
  identity = {.vendor = inquiry.vendor, .product = inquiry.product, .revision = inquiry.revision, .serial = {}};
  std::array<std::byte, 256> more{};
  const auto features =
      channel.ask(mmc::encode_get_configuration({.scope = mmc::FeatureScope::one,
                                                 .first = std::to_underlying(mmc::FeatureCode::serial_number),
                                                 .allocation = static_cast<std::uint16_t>(more.size())}),
                  more);
  if (!features) return {};  // a serial number is nice to have
  if (const auto configuration = mmc::decode_configuration(*features))
    identity.serial = mmc::serial_number(*configuration);
  return {};
}

Result<Disc> Drive::identify() {
  // An attention in the middle means that the answers so far may be another disc's.
  constexpr int kTries = 4;
  for (int i = 1;; ++i) {
    CHECK(impl_->take_in_events());  // news up to here is what identifying is about
    impl_->channel.set_medium_news(false);
    auto disc = impl_->noticed(drive::identify_disc(impl_->channel, impl_->hanging));
    const bool disturbed = disc ? impl_->channel.medium_news() : drive::is_attention(disc.error());
    if (disturbed && i < kTries) continue;
    if (disc) {
      impl_->cache_defeat = Impl::CacheDefeat::unknown;
      impl_->fua = impl_->fua_hangs ? Impl::Fua::ignored : Impl::Fua::unknown;
      impl_->last_good_read.reset();
      if (std::exchange(impl_->disc, disc->identity) != disc->identity) impl_->elsewhere = {};
      impl_->kind = disc->profile.kind;
      impl_->sectors = disc->sectors;
    }
    return disc;
  }
}

/// Events are told once each; the channel keeps what they said about the medium. Drives without them are no matter, nor
/// is one that hangs when asked: it is not asked again.
Result<void> Drive::Impl::take_in_events() {
  if (!has_events) return {};
  std::array<std::byte, mmc::kEventBytes> buffer{};
  const auto reply = noticed(channel.ask(mmc::encode_get_event_status(mmc::kMediaEvents, mmc::kEventBytes), buffer));
  if (!reply) {
    const bool hung = reply.error().kind == ErrorKind::timeout;
    if (hung || drive::not_supported(reply.error())) has_events = false;
    if (hung || reply.error().sense || !drive::ends_the_conversation(reply.error())) return {};
    return fail(reply.error());
  }
  const auto status = mmc::decode_media_event(*reply);
  if (status && *status && mmc::may_be_another_disc((*status)->event)) channel.set_medium_news(true);
  return {};
}

bool Drive::heard_of_change() const { return impl_->channel.medium_news(); }

Result<bool> Drive::medium_may_have_changed() {
  Channel& channel = impl_->channel;
  CHECK(impl_->take_in_events());
  if (channel.medium_news()) return true;
  // Not every drive has events; all have unit attentions.
  const auto ready = impl_->noticed(channel.send(mmc::encode_test_unit_ready(), {}, {.resend_after_attention = true}));
  if (!ready && !ready.error().sense) return fail(ready.error());
  return channel.medium_news();
}

// ---- reading ----

std::uint32_t Drive::sectors_per_transfer(std::uint32_t bytes_per_sector) const {
  const std::uint32_t fit = std::max(impl_->channel.info().max_transfer_bytes / bytes_per_sector, 1U);
  const std::uint32_t block = ecc_block_sectors(impl_->kind);
  return fit < block ? fit : fit - fit % block;
}

Result<void> Drive::Impl::read(const Encode& encode, LbaRange range, std::uint32_t sector_bytes,
                               std::span<std::byte> out, std::chrono::milliseconds timeout) {
  if (range.count <= 0 || out.size() != static_cast<std::size_t>(range.count) * sector_bytes)
    return fail(Error{.kind = ErrorKind::usage,
                      .tried = fmt::format("read {} sectors of {} bytes", range.count, sector_bytes),
                      .where = channel.info().path,
                      .got = fmt::format("a buffer of {} bytes", out.size()),
                      .next = "this is a mistake in the program: please report it"});
  const std::int64_t most = std::max<std::int64_t>(channel.info().max_transfer_bytes / sector_bytes, 1);
  while (range.count > 0) {
    const LbaRange piece{range.first, std::min(range.count, most)};
    const auto bytes = static_cast<std::size_t>(piece.count) * sector_bytes;
    CHECK(noticed(channel.read(encode(piece.first, static_cast<std::uint32_t>(piece.count)), out.first(bytes),
                               {.sectors = piece, .timeout = timeout})));
    last_good_read = piece.first;
    out = out.subspan(bytes);
    range = {piece.end(), range.count - piece.count};
  }
  return {};
}

Result<void> Drive::read_user(Lba first, std::uint32_t count, std::span<std::byte> out, const ReadOptions& how) {
  bool fua = how.past_cache;
  if (how.past_cache && impl_->kind == MediaKind::cd) {
    CHECK(defeat_cache(first));  // CD drives accept FUA on a read and ignore it
    fua = false;
  } else if (how.past_cache) {
    if (impl_->fua == Impl::Fua::unknown) CHECK(impl_->find_fua(impl_->last_good_read.value_or(first)));
    if (impl_->fua != Impl::Fua::works) {  // not seen to work
      CHECK(impl_->read_elsewhere(first));
      fua = false;
    }
  }
  const auto encode = [&fua](Lba at, std::uint32_t sectors) {
    const mmc::ReadRequest request{.first = at, .count = sectors, .force_unit_access = fua};
    return sectors <= UINT16_MAX ? mmc::encode_read_10(request) : mmc::encode_read_12(request);
  };
  auto result = impl_->read(encode, {first, count}, kUserBytes, out, how.timeout);
  if (!result && fua && drive::not_supported(result.error())) {
    fua = false;
    CHECK(defeat_cache(first));
    result = impl_->read(encode, {first, count}, kUserBytes, out, how.timeout);
  }
  return result;
}

Result<void> Drive::read_raw(Lba first, std::uint32_t count, std::span<std::byte> out, const ReadOptions& how) {
  if (how.past_cache) CHECK(defeat_cache(first));
  const auto encode = [](Lba at, std::uint32_t sectors) {
    return mmc::encode_read_cd(at, sectors, mmc::MainChannel::all, mmc::Subchannel::none);
  };
  return impl_->read(encode, {first, count}, kRawBytes, out, how.timeout);
}

bool Drive::can_read_raw(Lba probe) {
  // One probe may lie in a scratch or meet an attention: then a few places further on decide. A drive that does not know
  // the command says so at once.
  constexpr std::array<std::int64_t, 5> kSteps{0, 1, 75, 750, 7500};
  for (const std::int64_t step : kSteps) {
    const Lba lba = probe + step;
    if (step > 0 && lba.value >= impl_->sectors) break;
    // Filled with what no sector holds, so that a drive that says good and sends nothing is found out.
    std::array<std::byte, kRawBytes> sector{};
    sector.fill(std::byte{0xA5});
    const auto read = read_raw(lba, 1, sector);
    if (read) {
      const SectorCheck check = check_sector(sector);
      // Form 2 without EDC proves nothing, but its sync and address show that this is what READ CD was asked for.
      const bool bare_form2 = check.sync && check.address == lba && check.edc_absent;
      if (check.proven(lba) || bare_form2) return true;
    }
    // Only the drive's "I cannot" decides; a disturbance or a damaged place is no answer, and the next place is asked.
    if (!read && drive::not_supported(read.error())) return false;
  }
  return false;
}

}  // namespace pressmark
