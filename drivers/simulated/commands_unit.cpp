// The unit itself: who it is, whether it is ready, its tray, its events (SPC-4 6.4 to 6.39, MMC-6 6.6, 6.11, 6.39,
// 6.44).
#include <algorithm>

#include "drivers/simulated/machine.h"

namespace pressmark::simulated {

Answer Machine::inquiry(const Request& request) {
  const DriveModel& d = scenario_.drive;
  const bool vital = request.bit(1, 0);
  const std::uint8_t page = request.byte(2);
  if (!vital && page != 0) return check(kInvalidField);
  ReplyBytes r;
  if (!vital) {
    r.u8(0x05).u8(0x80).u8(0x05).u8(0x02).u8(31).zeros(3);  // MM device, removable, SPC-3, 31 bytes follow
    r.text(d.vendor, 8).text(d.product, 16).text(d.revision, 4);
    return reply(request, r);
  }
  switch (page) {
    case 0x00: return reply(request, r.u8(0x05).u8(0x00).u16(2).u8(0x00).u8(0x80));
    case 0x80: return reply(request, r.u8(0x05).u8(0x80).u16(d.serial.size()).text(d.serial, d.serial.size()));
    default: return check(kInvalidField);
  }
}

Answer Machine::request_sense(const Request& request) {
  SenseCode code = kNoSense;
  if (!attention_.empty()) {
    code = attention_.front();
    attention_.pop_front();
  } else if (const auto answer = not_ready()) {
    code = answer->sense;
  }
  const SenseFormat format = request.bit(1, 0) ? SenseFormat::descriptor : SenseFormat::fixed;
  return reply(request, make_sense(format, code, std::nullopt));
}

Answer Machine::start_stop_unit(const Request& request) {
  const bool start = request.bit(4, 0), tray = request.bit(4, 1), immediate = request.bit(1, 0);
  if (request.byte(4) >> 4 != 0) return {};  // power conditions: accepted, and of no effect here
  Answer answer;
  if (tray && !start) {
    if (locked_) return check(kRemovalPrevented);
    answer.extra_s = tray_ == Tray::closed && !immediate ? scenario_.drive.load_s : 0;
    open_tray();
  } else if (tray) {
    if (tray_ == Tray::open) close_tray(scenario_.drive.load_s);
  } else if (disc_ != nullptr && tray_ == Tray::closed) {
    start ? disc_->mechanism().start(now(), 0) : disc_->mechanism().stop();
  }
  if (start && !immediate && tray_ == Tray::closed && disc_ != nullptr)
    answer.extra_s = std::max(0.0, disc_->mechanism().ready_at() - now());
  return answer;
}

Answer Machine::prevent_allow(const Request& request) {
  locked_ = request.bit(4, 0);
  return {};
}

Answer Machine::report_luns(const Request& request) { return reply(request, ReplyBytes{}.u32(8).u32(0).zeros(8)); }

Answer Machine::event_status(const Request& request) {
  constexpr unsigned kMedia = 4;
  if (!request.bit(1, 0)) return check(kInvalidField);  // asynchronous operation is not supported
  ReplyBytes r;
  if ((request.byte(4) >> kMedia & 1) == 0)  // none of the classes asked for: header alone, NEA set
    return reply(request, r.u16(2).u8(0x80).u8(1U << kMedia));
  const unsigned status = (tray_ == Tray::open ? 1U : 0U) | (disc_ != nullptr && tray_ == Tray::closed ? 2U : 0U);
  r.u16(6).u8(kMedia).u8(1U << kMedia);
  r.u8(static_cast<std::uint8_t>(event_)).u8(status).u16(0);
  event_ = MediaEvent::none;
  return reply(request, r);
}

Answer Machine::mechanism_status(const Request& request) {
  const std::uint32_t at = disc_ != nullptr ? disc_->mechanism().position() : 0;
  ReplyBytes r;
  r.u8(0).u8(tray_ == Tray::open ? 0x10 : 0x00).u24(at).u8(0).u16(0);
  return reply(request, r);
}

}  // namespace pressmark::simulated
