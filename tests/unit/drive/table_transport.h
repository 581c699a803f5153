// A drive that gives each CDB one answer, whenever it is asked, and 05/20/00 to what it does not know.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "unit/drive/scripted_transport.h"

namespace pressmark::test {

class TableTransport final : public Transport {
 public:
  struct Answer {
    Bytes data;
    std::optional<Bytes> sense;
    std::optional<Error> failure;
    Duration takes{0};
  };
  struct State {
    std::map<Bytes, Answer> answers;     ///< by whole CDB
    std::map<std::uint8_t, Answer> any;  ///< by opcode, where the CDB has no answer of its own
    std::vector<Bytes> asked;
    std::vector<Bytes> sent_data;
    /// Given to the next command whatever it is, then dropped.
    std::vector<Bytes> attentions;
    std::function<void(const Bytes& cdb)> on_command;  ///< for drives with a state, such as a cache
    VirtualClock clock;
    TransportInfo info{.driver = "table", .path = "table:", .max_transfer_bytes = 64 * 1024};
  };

  explicit TableTransport(std::shared_ptr<State> state) : state_(std::move(state)) {}

  Result<Reply> execute(const Command& command) override {
    const Bytes cdb{command.cdb_bytes().begin(), command.cdb_bytes().end()};
    state_->asked.push_back(cdb);
    if (!state_->attentions.empty()) {
      const Bytes first = state_->attentions.front();
      state_->attentions.erase(state_->attentions.begin());
      return check(first);
    }
    const Answer* answer = find(cdb);
    if (answer == nullptr) return check(sense(5, 0x20, 0));
    state_->clock.advance(answer->takes);
    if (state_->on_command) state_->on_command(cdb);
    if (answer->failure) return fail(*answer->failure);
    if (answer->sense) return check(*answer->sense);
    if (command.direction == Direction::out) state_->sent_data.emplace_back(command.data.begin(), command.data.end());
    const std::size_t count = std::min(answer->data.size(), command.data.size());
    std::copy_n(answer->data.begin(), count, command.data.begin());
    return Reply{.transferred =
                     static_cast<std::uint32_t>(command.direction == Direction::out ? command.data.size() : count)};
  }
  const TransportInfo& info() const override { return state_->info; }
  Clock& clock() override { return state_->clock; }

 private:
  const Answer* find(const Bytes& cdb) const {
    if (const auto it = state_->answers.find(cdb); it != state_->answers.end()) return &it->second;
    if (const auto it = state_->any.find(std::to_integer<std::uint8_t>(cdb[0])); it != state_->any.end())
      return &it->second;
    return nullptr;
  }
  static Reply check(const Bytes& sense_bytes) {
    Reply reply{.status = Status::check_condition};
    reply.sense_length = static_cast<std::uint8_t>(sense_bytes.size());
    std::copy(sense_bytes.begin(), sense_bytes.end(), reply.sense.begin());
    return reply;
  }

  std::shared_ptr<State> state_;
};

}  // namespace pressmark::test
