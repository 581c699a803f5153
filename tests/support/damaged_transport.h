// A transport whose disc has sectors that never read: the plainest damage, for tests of what lies above a drive. It looks at
// the CDBs of READ(10), READ(12) and READ CD itself (MMC-6 6.15, SBC-3 5.10, 5.11) and passes everything else through.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>

#include "pressmark/transport.h"

namespace pressmark::test {

class DamagedTransport final : public Transport {
 public:
  explicit DamagedTransport(std::unique_ptr<Transport> inside) : inside_(std::move(inside)) {}

  std::set<std::int64_t> dead;  ///< reads that touch one fail with 03/11/05 and name it
  std::uint64_t reads = 0;
  std::optional<std::uint64_t> gone_at_read;  ///< from this read on the drive is gone
  std::function<std::optional<Error>(std::uint64_t read)> before_read;

  Result<Reply> execute(const Command& command) override {
    const auto range = read_range(command);
    if (!range) return inside_->execute(command);
    ++reads;
    if (gone_at_read && reads >= *gone_at_read)
      return fail({.kind = ErrorKind::device_gone, .tried = "read", .got = "no such device"});
    if (before_read)
      if (auto error = before_read(reads)) return fail(*error);
    const auto bad = dead.lower_bound(range->first);
    if (bad == dead.end() || *bad >= range->second) return inside_->execute(command);
    return medium_error(static_cast<std::uint32_t>(*bad));
  }
  [[nodiscard]] const TransportInfo& info() const override { return inside_->info(); }
  [[nodiscard]] Clock& clock() override { return inside_->clock(); }

 private:
  static std::optional<std::pair<std::int64_t, std::int64_t>> read_range(const Command& command) {
    const auto at = [&](std::size_t i) { return std::to_integer<std::int64_t>(command.cdb[i]); };
    const std::int64_t lba = at(2) << 24 | at(3) << 16 | at(4) << 8 | at(5);
    switch (at(0)) {
      case 0x28: return std::pair{lba, lba + (at(7) << 8 | at(8))};
      case 0xA8: return std::pair{lba, lba + (at(6) << 24 | at(7) << 16 | at(8) << 8 | at(9))};
      case 0xBE: return std::pair{lba, lba + (at(6) << 16 | at(7) << 8 | at(8))};
      default: return std::nullopt;
    }
  }
  static Reply medium_error(std::uint32_t lba) {
    Reply reply{.status = Status::check_condition, .sense_length = 18, .elapsed = std::chrono::milliseconds{100}};
    const std::array<unsigned, 18> bytes{0xF0, 0, 3,    lba >> 24, lba >> 16 & 255, lba >> 8 & 255, lba & 255, 10, 0, 0,
                                         0,    0, 0x11, 5};
    for (std::size_t i = 0; i < bytes.size(); ++i) reply.sense[i] = static_cast<std::byte>(bytes[i]);
    return reply;
  }

  std::unique_ptr<Transport> inside_;
};

}  // namespace pressmark::test
