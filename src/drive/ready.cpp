// Waiting for a disc: TEST UNIT READY every half second, and the sense table says whether waiting helps.
//
// A drive that has just been closed says "no medium" for a moment before it notices the disc, so an empty drive is
// believed only after some seconds; an open tray is believed at once. A bus that fails gets as long: after a reset it is down
// for a moment.
#include <algorithm>
#include <fmt/format.h>

#include "drive/drive_impl.h"

namespace pressmark {

namespace {

using namespace std::chrono_literals;

constexpr Duration kPoll = 500ms;
constexpr Duration kEmptyGrace = 5s;
constexpr Duration kBusGrace = 5s;
constexpr std::uint8_t kTrayOpen = 0x02;

bool needs_start(const Sense& sense) { return sense.key == 2 && sense.asc == 0x04 && sense.ascq == 0x02; }

/// True if waiting can change this answer, `waited` being what has been waited already.
bool worth_waiting(const Error& error, Duration waited) {
  if (error.kind == ErrorKind::busy) return true;
  if (error.kind == ErrorKind::bus) return waited < kBusGrace;
  if (!error.sense) return false;
  if (error.kind == ErrorKind::no_medium) return error.sense->ascq != kTrayOpen && waited < kEmptyGrace;
  switch (advise(*error.sense)) {
    case Verdict::wait:
    case Verdict::retry:
    case Verdict::identify:
    case Verdict::later: return true;
    case Verdict::none:
    case Verdict::give_up:
    case Verdict::stop: return false;
  }
  return false;
}

std::string state_of(const Error& error) {
  return error.sense ? fmt::format("{} ({})", meaning(*error.sense), to_string(*error.sense)) : error.got;
}

}  // namespace

Result<void> Drive::wait_ready(Duration limit, const std::function<bool(const ReadyProgress&)>& progress) {
  Impl& impl = *impl_;
  const Duration start = clock().now();
  bool started = false;
  for (;;) {
    const auto ready = impl.set(mmc::encode_test_unit_ready());
    if (ready) return {};
    Error error = ready.error();
    const Duration waited = clock().now() - start;
    if (!worth_waiting(error, waited)) return fail(std::move(error));
    if (waited >= limit) {
      if (error.kind == ErrorKind::no_medium) return fail(std::move(error));
      return fail(Error{.kind = ErrorKind::timeout,
                        .tried = fmt::format("get a disc ready within {:.0f} s", seconds(limit)),
                        .where = error.where,
                        .got = state_of(error),
                        .next = "take the disc out, clean it and put it back",
                        .sense = error.sense});
    }
    if (progress && !progress({.waited = waited, .state = state_of(error)}))
      return fail(Error{.kind = ErrorKind::interrupted,
                        .tried = "wait for the disc to become ready",
                        .where = error.where,
                        .got = "stopped by you",
                        .sense = error.sense});
    if (error.sense && needs_start(*error.sense) && !std::exchange(started, true)) (void)spin_up();
    clock().sleep_for(std::min(kPoll, std::max(limit - waited, Duration{1ms})));
  }
}

}  // namespace pressmark
