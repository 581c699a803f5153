// One place turns a Reply into success or an Error, so that no caller ever looks at a status byte.
//
// INFORMATION is believed only inside the range that was asked for: drives leave stale or made-up addresses there. A
// deferred error speaks of an earlier command while this one was not carried out, so the command is sent once more.
#include "drive/channel.h"

#include <array>
#include <fmt/format.h>

namespace pressmark::drive {

namespace {

constexpr int kResends = 4;
constexpr std::uint8_t kMediumNotPresent = 0x3A, kMediumChanged = 0x28;

ErrorKind kind_of(const Sense& sense) {
  const bool attention = sense.key == sense_key::unit_attention;
  if ((attention || sense.key == sense_key::not_ready) && sense.asc == kMediumNotPresent) return ErrorKind::no_medium;
  if (attention && sense.asc == kMediumChanged) return ErrorKind::medium_changed;
  return ErrorKind::sense;
}

std::string advice_for(const Sense& sense) {
  switch (advise(sense)) {
    case Verdict::none:
    case Verdict::retry: return "the command can be sent again";
    case Verdict::give_up: return sense.asc == kMediumNotPresent ? "put a disc in" : "";
    case Verdict::wait: return "wait until the drive is ready";
    case Verdict::later: return "other sectors may still be read; clean the disc, or try another speed or drive";
    case Verdict::identify: return "the disc must be identified again";
    case Verdict::stop: return "the drive reports trouble of its own: eject, power it off and on, then run again";
  }
  return {};
}

std::string tried_of(const mmc::Cdb& cdb, const Asked& asked) {
  if (!asked.sectors) return std::string{cdb.spec->name};
  return fmt::format("{} of {} sector{}", cdb.spec->name, asked.sectors->count, asked.sectors->count == 1 ? "" : "s");
}

}  // namespace

Result<std::uint32_t> Channel::send(const mmc::Cdb& cdb, std::span<std::byte> data, const Asked& asked) {
  Result<std::uint32_t> sent = send_once(cdb, data, asked);
  for (int i = 0; i < kResends && !sent && sent.error().sense; ++i) {
    const bool resend = sent.error().sense->deferred || (asked.resend_after_attention && is_attention(sent.error()));
    if (!resend) break;
    sent = send_once(cdb, data, asked);
  }
  return sent;
}

Result<std::span<const std::byte>> Channel::ask(const mmc::Cdb& cdb, std::span<std::byte> buffer) {
  const auto moved = send(cdb, buffer, {.resend_after_attention = true});
  if (!moved) return fail(moved.error());
  return buffer.first(std::min<std::size_t>(*moved, buffer.size()));
}

Result<void> Channel::read(const mmc::Cdb& cdb, std::span<std::byte> out, const Asked& asked) {
  const auto moved = send(cdb, out, asked);
  if (!moved) return fail(moved.error());
  if (*moved == out.size()) return {};
  Error error{.kind = ErrorKind::short_transfer,
              .tried = tried_of(cdb, asked),
              .where = info().path,
              .got = fmt::format("{} of {} bytes, and the drive called it good", *moved, out.size()),
              .next = "read fewer sectors at once"};
  if (asked.sectors && asked.sectors->count > 0) {
    error.lba = asked.sectors->first + *moved / (static_cast<std::int64_t>(out.size()) / asked.sectors->count);
    error.where += fmt::format(", LBA {}", asked.sectors->first.value);
  }
  return fail(std::move(error));
}

Result<std::uint32_t> Channel::send_once(const mmc::Cdb& cdb, std::span<std::byte> data, const Asked& asked) {
  const auto reply = transport_->execute(mmc::to_command(cdb, data, asked.timeout));
  last_command_time_ = reply ? reply->elapsed : Duration{0};
  if (!reply) {
    Error error = reply.error();
    error.tried = tried_of(cdb, asked);  // the transport knows the operation code only
    if (error.where.empty()) error.where = info().path;
    if (asked.sectors && !error.lba) error.where += fmt::format(", LBA {}", asked.sectors->first.value);
    if (error.kind == ErrorKind::device_gone)
      medium_news_ = true;  // whoever hears of it: it may come back with another disc
    return fail(std::move(error));
  }
  if (reply->status == Status::good) return reply->transferred;
  Error error = judge(cdb, *reply, asked);
  // NO SENSE means that the reason was lost, not that there was none: sectors that came with it are none.
  const bool nothing_wrong = error.sense && !error.sense->deferred && advise(*error.sense) == Verdict::none;
  const bool recovered =
      nothing_wrong && (!asked.sectors || data.empty() || error.sense->key == sense_key::recovered_error);
  if (recovered) return reply->transferred;
  return fail(std::move(error));
}

Error Channel::judge(const mmc::Cdb& cdb, const Reply& reply, const Asked& asked) {
  Error error{.kind = ErrorKind::sense, .tried = tried_of(cdb, asked), .where = info().path};
  if (asked.sectors) error.where += fmt::format(", LBA {}", asked.sectors->first.value);
  if (reply.status != Status::check_condition) {
    error.kind = reply.status == Status::task_aborted ? ErrorKind::bus : ErrorKind::busy;
    error.got = fmt::format("status {:02X}h", std::to_underlying(reply.status));
    error.next = "something else may be using the drive: close it, then run again";
    return error;
  }
  error.sense = sense_of(reply);
  if (!error.sense) {
    error.got = "CHECK CONDITION without sense";
    return error;
  }
  const Sense& sense = *error.sense;
  error.kind = kind_of(sense);
  error.got = fmt::format("{} {}", to_string(sense), meaning(sense));
  error.next = advice_for(sense);
  if (sense.key == sense_key::unit_attention && advise(sense) == Verdict::identify) medium_news_ = true;
  if (error.kind == ErrorKind::no_medium) medium_news_ = true;
  if (asked.sectors && sense.information && !sense.deferred && *sense.information <= INT32_MAX) {
    const Lba at{static_cast<std::int64_t>(*sense.information)};
    if (asked.sectors->contains(at)) error.lba = at;
  }
  return error;
}

std::optional<Sense> Channel::sense_of(const Reply& reply) {
  if (auto sense = decode_sense(reply.sense_bytes())) return sense;
  std::array<std::byte, 96> buffer{};
  const auto answer =
      transport_->execute(mmc::to_command(mmc::encode_request_sense(static_cast<std::uint8_t>(buffer.size())), buffer));
  if (!answer || answer->status != Status::good) return std::nullopt;
  const auto sense = decode_sense(std::span{buffer}.first(std::min<std::size_t>(answer->transferred, buffer.size())));
  // Key 0 here means that the drive has forgotten, not that nothing was wrong.
  return sense && sense->key != 0 ? sense : std::nullopt;
}

bool ends_the_conversation(const Error& error) {
  switch (error.kind) {
    case ErrorKind::timeout:
    case ErrorKind::bus:
    case ErrorKind::device_gone:
    case ErrorKind::no_medium:
    case ErrorKind::medium_changed:
    case ErrorKind::interrupted:
    case ErrorKind::busy: return true;
    case ErrorKind::sense: return is_attention(error) || (error.sense && advise(*error.sense) == Verdict::stop);
    case ErrorKind::usage:
    case ErrorKind::not_found:
    case ErrorKind::no_permission:
    case ErrorKind::io:
    case ErrorKind::no_space:
    case ErrorKind::parse:
    case ErrorKind::short_transfer:
    case ErrorKind::unsupported:
    case ErrorKind::mismatch: return false;
  }
  return false;
}

bool not_supported(const Error& error) {
  if (error.kind == ErrorKind::unsupported || error.kind == ErrorKind::no_permission) return true;
  return error.sense && error.sense->key == sense_key::illegal_request &&
         (error.sense->asc == 0x20 || error.sense->asc == 0x24 || error.sense->asc == 0x26);
}

bool is_attention(const Error& error) { return error.sense && error.sense->key == sense_key::unit_attention; }

}  // namespace pressmark::drive
