// A transport that keeps the CDBs that went through it, for tests of what a drive is told and what not.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "pressmark/transport.h"

namespace pressmark::test {

class WatchedTransport final : public Transport {
 public:
  explicit WatchedTransport(std::unique_ptr<Transport> inside) : inside_(std::move(inside)) {}

  std::vector<std::vector<std::byte>> cdbs;
  /// Asked before each command; an answer is given instead of the drive's.
  std::function<std::optional<Result<Reply>>(const Command&)> instead;

  [[nodiscard]] std::size_t count(unsigned opcode) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(cdbs, [&](const auto& cdb) { return std::to_integer<unsigned>(cdb[0]) == opcode; }));
  }

  /// To the drive, past `instead`.
  Result<Reply> pass(const Command& command) { return inside_->execute(command); }
  /// No answer until the command's time is out.
  Result<Reply> hang(const Command& command) {
    clock().sleep_for(command.timeout);
    return fail({.kind = ErrorKind::timeout, .tried = "send a command", .got = "nothing"});
  }
  Result<Reply> execute(const Command& command) override {
    cdbs.emplace_back(command.cdb_bytes().begin(), command.cdb_bytes().end());
    if (instead)
      if (auto answer = instead(command)) return std::move(*answer);
    return inside_->execute(command);
  }
  [[nodiscard]] const TransportInfo& info() const override { return inside_->info(); }
  [[nodiscard]] Clock& clock() override { return inside_->clock(); }

 private:
  std::unique_ptr<Transport> inside_;
};

/// CHECK CONDITION with fixed sense.
inline Reply sense_reply(unsigned key, unsigned asc, unsigned ascq) {
  Reply reply{.status = Status::check_condition, .sense_length = 18, .elapsed = std::chrono::milliseconds{1}};
  reply.sense[0] = std::byte{0x70};
  reply.sense[2] = static_cast<std::byte>(key);
  reply.sense[7] = std::byte{10};
  reply.sense[12] = static_cast<std::byte>(asc);
  reply.sense[13] = static_cast<std::byte>(ascq);
  return reply;
}

}  // namespace pressmark::test
