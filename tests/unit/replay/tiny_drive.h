// The smallest drive that can be read: a few hundred sectors in memory, answered by the letter of SPC-4 and MMC-6. It keeps tests of
// transports free of everything that can go wrong in a bigger one.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "pressmark/transport.h"

namespace pressmark::test {

inline constexpr std::uint32_t kTinySectors = 400;

/// Byte `i` of sector `lba`: tells every sector and every place apart.
constexpr std::byte tiny_byte(std::uint32_t lba, std::uint32_t i) {
  return static_cast<std::byte>((lba * 2654435761U + i * 40503U + (lba ^ i)) >> 7U);
}

class TinyDrive final : public Transport {
 public:
  Result<Reply> execute(const Command& command) override {
    if (const auto n = command.cdb_length;
        (n != 6 && n != 10 && n != 12 && n != 16) || command.data.size() > info_.max_transfer_bytes) {
      return fail({.kind = ErrorKind::usage, .tried = "send a command", .where = info_.path});
    }
    clock_.advance(Duration{1'500'000});
    Reply reply = answer(command);
    reply.elapsed = Duration{1'500'000};
    return reply;
  }
  [[nodiscard]] const TransportInfo& info() const override { return info_; }
  [[nodiscard]] Clock& clock() override { return clock_; }

 private:
  static std::uint32_t number(const Command& c, std::size_t at, std::size_t bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value = value << 8U | static_cast<std::uint32_t>(c.cdb[at + i]);
    return value;
  }

  static Reply illegal(std::uint8_t asc) {
    Reply reply{.status = Status::check_condition, .sense_length = 18};
    reply.sense[0] = std::byte{0x70};
    reply.sense[2] = std::byte{0x05};
    reply.sense[7] = std::byte{10};
    reply.sense[12] = std::byte{asc};
    return reply;
  }

  static Reply give(const Command& c, std::span<const std::uint8_t> bytes, std::size_t allocation) {
    const std::size_t n = std::min({bytes.size(), allocation, c.data.size()});
    if (n > 0) std::memcpy(c.data.data(), bytes.data(), n);
    return {.transferred = static_cast<std::uint32_t>(n)};
  }

  static Reply answer(const Command& c) {
    switch (static_cast<std::uint8_t>(c.cdb[0])) {
      case 0x00: return {};
      case 0x03: {
        constexpr std::array<std::uint8_t, 18> kNoSense{0x70, 0, 0, 0, 0, 0, 0, 10};
        return give(c, kNoSense, number(c, 4, 1));
      }
      case 0x12: {
        std::array<std::uint8_t, 36> data{0x05, 0x80, 0x05, 0x02, 31};
        std::memcpy(&data[8], "TINY    DRIVE IN MEMORY 1.0 ", 28);
        return give(c, data, number(c, 3, 2));
      }
      case 0x25: {
        constexpr std::uint32_t kLast = kTinySectors - 1;
        return give(c, std::array<std::uint8_t, 8>{0, 0, kLast >> 8U, kLast & 0xFFU, 0, 0, 8, 0}, 8);
      }
      case 0x28: return read(c, number(c, 2, 4), number(c, 7, 2));
      default: return illegal(0x20);
    }
  }

  static Reply read(const Command& c, std::uint32_t lba, std::uint32_t count) {
    if (lba > kTinySectors || count > kTinySectors - lba) return illegal(0x21);
    const std::size_t n = std::min<std::size_t>(c.data.size(), std::size_t{count} * 2048);
    for (std::size_t i = 0; i < n; ++i) {
      c.data[i] = tiny_byte(lba + static_cast<std::uint32_t>(i / 2048), static_cast<std::uint32_t>(i % 2048));
    }
    return {.transferred = static_cast<std::uint32_t>(n)};
  }

  TransportInfo info_{.driver = "tiny", .path = "tiny", .max_transfer_bytes = 2 * 1024 * 1024};
  VirtualClock clock_;
};

}  // namespace pressmark::test
