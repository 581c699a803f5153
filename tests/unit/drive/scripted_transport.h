// A transport that answers from a list of expected CDBs. Commands must come in the order of the script, byte for byte.
#pragma once

#include <cstdint>
#include <deque>
#include <gmock/gmock.h>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pressmark/clock.h"
#include "pressmark/transport.h"

namespace pressmark::test {

using Bytes = std::vector<std::byte>;

inline Bytes bytes(std::initializer_list<int> values) {
  Bytes out;
  for (const int v : values) out.push_back(static_cast<std::byte>(v));
  return out;
}

/// One exchange: what the drive is asked and what it answers.
struct Exchange {
  Bytes cdb;
  Bytes data;                    ///< sent to the host
  std::optional<Bytes> sense;    ///< CHECK CONDITION with this sense
  std::optional<Error> failure;  ///< the transport fails
  Status status = Status::good;
  Duration takes{0};
};

/// Fixed format sense, 18 bytes (SPC-4 4.5.3), with INFORMATION where given.
inline Bytes sense(int key, int asc, int ascq, std::optional<std::uint32_t> information = std::nullopt) {
  Bytes s(18);
  s[0] = static_cast<std::byte>(information ? 0xF0 : 0x70);
  s[2] = static_cast<std::byte>(key);
  const std::uint32_t info = information.value_or(0);
  for (std::size_t i = 0; i < 4; ++i) s[3 + i] = static_cast<std::byte>(info >> (24 - 8 * i) & 0xFF);
  s[7] = std::byte{10};
  s[12] = static_cast<std::byte>(asc);
  s[13] = static_cast<std::byte>(ascq);
  return s;
}

class ScriptedTransport final : public Transport {
 public:
  struct State {
    std::deque<Exchange> script;
    std::vector<Bytes> sent_data;  ///< what `out` commands carried
    VirtualClock clock;
    TransportInfo info{.driver = "scripted", .path = "script:", .max_transfer_bytes = 64 * 1024};
    bool lenient = false;  ///< past the script's end: 05/20/00 to everything, instead of a test failure
  };

  explicit ScriptedTransport(std::shared_ptr<State> state) : state_(std::move(state)) {}

  Result<Reply> execute(const Command& command) override {
    const Bytes cdb{command.cdb_bytes().begin(), command.cdb_bytes().end()};
    if (state_->script.empty()) {
      if (!state_->lenient) ADD_FAILURE() << "an unexpected command: " << hex(cdb);
      return check(sense(5, 0x20, 0), 0);
    }
    const Exchange next = state_->script.front();
    state_->script.pop_front();
    EXPECT_EQ(hex(cdb), hex(next.cdb));
    state_->clock.advance(next.takes);
    if (next.failure) return fail(*next.failure);
    if (command.direction == Direction::out) state_->sent_data.emplace_back(command.data.begin(), command.data.end());
    const std::size_t count = std::min(next.data.size(), command.data.size());
    std::copy_n(next.data.begin(), count, command.data.begin());
    const auto moved = static_cast<std::uint32_t>(command.direction == Direction::out ? command.data.size() : count);
    if (next.sense) return check(*next.sense, moved);
    return Reply{.status = next.status, .transferred = moved, .elapsed = next.takes};
  }
  const TransportInfo& info() const override { return state_->info; }
  Clock& clock() override { return state_->clock; }

  static std::string hex(const Bytes& b) {
    std::string text;
    for (const std::byte v : b) {
      constexpr char kDigits[] = "0123456789ABCDEF";
      text += kDigits[std::to_integer<unsigned>(v) >> 4U];
      text += kDigits[std::to_integer<unsigned>(v) & 15U];
      text += ' ';
    }
    return text;
  }

 private:
  static Reply check(const Bytes& sense_bytes, std::uint32_t moved) {
    Reply reply{.status = Status::check_condition, .transferred = moved};
    reply.sense_length = static_cast<std::uint8_t>(sense_bytes.size());
    std::copy(sense_bytes.begin(), sense_bytes.end(), reply.sense.begin());
    return reply;
  }

  std::shared_ptr<State> state_;
};

}  // namespace pressmark::test
