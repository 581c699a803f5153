// What a Drive sets and puts back: speed, error recovery, tray lock, spindle.
//
// Drives round, ignore or refuse what they are told. So a mode page is read back and what came of it returned; a speed
// command that is refused has another to fall back to; and the first value of whatever was changed is kept for
// `restore`.
#include <algorithm>
#include <array>
#include <functional>
#include <utility>
#include <vector>

#include "core/try.h"
#include "drive/drive_impl.h"
#include "mmc/capacity.h"
#include "mmc/performance.h"

namespace pressmark {

Result<void> Drive::Impl::set(const mmc::Cdb& cdb, std::span<std::byte> data) {
  const auto sent = noticed(channel.send(cdb, data, {.resend_after_attention = true}));
  if (!sent) return fail(sent.error());
  return {};
}

Result<std::int64_t> Drive::Impl::size() {
  if (sectors > 0) return sectors;
  std::array<std::byte, mmc::kCapacityBytes> buffer{};
  TRY(const auto reply, noticed(channel.ask(mmc::encode_read_capacity(), buffer)));
  TRY(const auto capacity, mmc::decode_read_capacity(reply));
  return capacity.sectors;
}

// ---- speed ----

Result<void> Drive::Impl::stream(std::uint32_t kilobytes_per_second) {
  TRY(const std::int64_t end, size());
  auto list = mmc::encode_streaming({.restore_defaults = kilobytes_per_second == 0,
                                     .last = Lba{end - 1},
                                     .read_kilobytes_per_second = kilobytes_per_second});
  CHECK(set(mmc::encode_set_streaming(static_cast<std::uint16_t>(list.size())), list));
  speed_set_by = SpeedSetBy::streaming;
  return {};
}

Result<void> Drive::Impl::set_cd_speed(std::uint32_t kilobytes_per_second) {
  constexpr std::uint32_t kFastest = 0xFFFF;
  const std::uint32_t speed = kilobytes_per_second == 0 ? kFastest : std::min(kilobytes_per_second, kFastest);
  CHECK(set(mmc::encode_set_cd_speed(static_cast<std::uint16_t>(speed))));
  speed_set_by = SpeedSetBy::cd_speed;
  return {};
}

Result<void> Drive::Impl::set_speed(std::uint32_t kilobytes_per_second) {
  using Way = Result<void> (Impl::*)(std::uint32_t);
  const bool cd = kind == MediaKind::cd;
  const std::array<Way, 2> ways{cd ? &Impl::set_cd_speed : &Impl::stream, cd ? &Impl::stream : &Impl::set_cd_speed};
  const auto first = (this->*ways[0])(kilobytes_per_second);
  if (!first && drive::ends_the_conversation(first.error())) return first;
  if (!first && !(this->*ways[1])(kilobytes_per_second)) return first;
  asked_speed = kilobytes_per_second;
  return {};
}

Result<void> Drive::set_speed(std::uint32_t kilobytes_per_second) { return impl_->set_speed(kilobytes_per_second); }

Result<std::vector<std::uint32_t>> Drive::speeds() {
  std::vector<std::uint32_t> speeds;
  std::vector<std::byte> buffer(mmc::kPerformanceBytes);
  const auto reply =
      impl_->noticed(impl_->channel.ask(mmc::encode_get_performance({.type = mmc::PerformanceType::write_speed,
                                                                     .descriptors = mmc::kPerformanceDescriptors}),
                                        buffer));
  if (!reply && drive::ends_the_conversation(reply.error())) return fail(reply.error());
  if (reply) {
    if (const auto descriptors = mmc::decode_speed_descriptors(*reply))
      for (const auto& d : *descriptors) speeds.push_back(d.read_kilobytes_per_second);
  }
  if (speeds.empty()) {
    const auto capabilities = impl_->capabilities();
    if (!capabilities && drive::ends_the_conversation(capabilities.error())) return fail(capabilities.error());
    if (capabilities) speeds = {capabilities->max_read_speed, capabilities->current_read_speed};
  }
  std::ranges::sort(speeds, std::greater{});
  speeds.erase(std::ranges::unique(speeds).begin(), speeds.end());
  std::erase(speeds, 0U);
  return speeds;
}

Result<std::uint32_t> Drive::current_speed() {
  TRY(const auto capabilities, impl_->capabilities());
  return capabilities.current_read_speed;
}

// ---- error recovery ----

Result<mmc::ModePage> Drive::Impl::mode_page(mmc::PageCode code) {
  std::vector<std::byte> buffer(mmc::kModeBytes);
  TRY(const auto reply,
      noticed(channel.ask(mmc::encode_mode_sense_10({.page = std::to_underlying(code), .allocation = mmc::kModeBytes}),
                          buffer)));
  return mmc::decode_mode_sense_10(reply, code);
}

Result<mmc::Capabilities> Drive::Impl::capabilities() {
  TRY(const auto page, mode_page(mmc::PageCode::capabilities));
  return mmc::decode_capabilities(page);
}

Result<ErrorRecovery> Drive::error_recovery() {
  TRY(const auto page, impl_->mode_page(mmc::PageCode::error_recovery));
  TRY(const auto values, mmc::decode_recovery_page(page));
  return ErrorRecovery{.flags = values.flags, .retries = values.read_retries};
}

Result<ErrorRecovery> Drive::set_error_recovery(ErrorRecovery wanted) {
  TRY(const auto page, impl_->mode_page(mmc::PageCode::error_recovery));
  CHECK(mmc::decode_recovery_page(page));
  if (!impl_->first_recovery_page) impl_->first_recovery_page = page;
  auto list = mmc::encode_mode_list(mmc::with_recovery(page, {.flags = wanted.flags, .read_retries = wanted.retries}));
  CHECK(impl_->set(mmc::encode_mode_select_10(static_cast<std::uint16_t>(list.size())), list));
  return error_recovery();
}

// ---- tray and spindle ----

Result<void> Drive::lock_tray() {
  impl_->tray_locked = true;  // also if the answer gets lost: unlocking an unlocked tray does no harm
  auto locked = impl_->set(mmc::encode_prevent_allow(true));
  if (!locked && drive::not_supported(locked.error())) impl_->tray_locked = false;
  return locked;
}

Result<void> Drive::unlock_tray() {
  CHECK(impl_->set(mmc::encode_prevent_allow(false)));
  impl_->tray_locked = false;
  return {};
}

Result<void> Drive::spin_down() { return impl_->set(mmc::encode_start_stop(mmc::Spindle::stop)); }
Result<void> Drive::spin_up() { return impl_->set(mmc::encode_start_stop(mmc::Spindle::start)); }

Result<void> Drive::eject() {
  if (impl_->tray_locked) CHECK(unlock_tray());
  return impl_->set(mmc::encode_start_stop(mmc::Spindle::eject));
}

Result<void> Drive::restore() {
  Result<void> first;
  const auto note = [&first](Result<void> result) {
    if (!result && first) first = std::move(result);
  };
  Impl& impl = *impl_;
  if (impl.first_recovery_page && !impl.gone) {
    auto list = mmc::encode_mode_list(*impl.first_recovery_page);
    note(impl.set(mmc::encode_mode_select_10(static_cast<std::uint16_t>(list.size())), list));
  }
  impl.first_recovery_page.reset();
  const auto speed_set_by = std::exchange(impl.speed_set_by, Impl::SpeedSetBy::nobody);
  if (!impl.gone) {
    switch (speed_set_by) {
      case Impl::SpeedSetBy::nobody: break;
      case Impl::SpeedSetBy::cd_speed: note(impl.set_cd_speed(0)); break;
      case Impl::SpeedSetBy::streaming: note(impl.stream(0)); break;
    }
  }
  impl.speed_set_by = Impl::SpeedSetBy::nobody;
  if (std::exchange(impl.tray_locked, false) && !impl.gone) note(impl.set(mmc::encode_prevent_allow(false)));
  return first;
}

}  // namespace pressmark
