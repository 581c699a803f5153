// The seam through which every command reaches a drive, real or not (SAM-5 4.2, SPC-4 4.3).
//
// A Transport carries CDB bytes one way and status, data and sense the other. It knows nothing of what they
// mean. Implementations: drivers/linux_sg, drivers/libcdio, drivers/replay, drivers/simulated; decorators
// (recorder, trace) wrap one. All pass tests/conformance.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "pressmark/clock.h"
#include "pressmark/error.h"

namespace pressmark {

enum class Direction : std::uint8_t { none, in, out };

/// One command. `data` is borrowed for the call: filled for `in`, only read for `out`, empty for `none`.
struct Command {
  std::array<std::byte, 16> cdb{};
  std::uint8_t cdb_length = 0;  ///< 6, 10, 12 or 16
  Direction direction = Direction::none;
  std::span<std::byte> data;
  std::chrono::milliseconds timeout{30'000};

  [[nodiscard]] std::span<const std::byte> cdb_bytes() const { return std::span{cdb}.first(cdb_length); }
};

/// SAM-5 5.3.1. Values a drive is known to send; others are passed on as they are.
enum class Status : std::uint8_t {
  good = 0x00,
  check_condition = 0x02,
  busy = 0x08,
  reservation_conflict = 0x18,
  task_aborted = 0x40
};

/// What the drive answered. Only ever returned when transport, host and driver status are clean: a reply
/// that is here is the drive's own word.
struct Reply {
  Status status = Status::good;
  /// Bytes that really moved: requested length minus residual. The rest of the buffer is as it was, or zero. With CHECK
  /// CONDITION an upper bound only: host adapters differ in what they count then.
  std::uint32_t transferred = 0;
  std::array<std::byte, 96> sense{};
  std::uint8_t sense_length = 0;  ///< 0 with check_condition means "no sense came", not "no error"
  Duration elapsed{0};            ///< by the transport's clock

  [[nodiscard]] std::span<const std::byte> sense_bytes() const { return std::span{sense}.first(sense_length); }
};

/// What is known about the way to the drive, before any command.
struct TransportInfo {
  std::string driver;                            ///< "linux_sg", "simulated", ...
  std::string path;                              ///< "/dev/sr0", "sim:demo": as the user would type it
  std::uint32_t max_transfer_bytes = 64 * 1024;  ///< the most one command may move
};

struct Transport {
  virtual ~Transport() = default;

  /// Sends one command and waits for the answer, no longer than its time-out.
  /// Fails: timeout (bus may have been reset), bus, device_gone, no_permission (the OS refused the opcode), usage (a
  /// transfer above max_transfer_bytes). After a failure the content of an `in` buffer is unspecified.
  /// A CHECK CONDITION is a Reply, not a failure. Fewer bytes than asked is a Reply too: look at `transferred`.
  virtual Result<Reply> execute(const Command& command) = 0;

  [[nodiscard]] virtual const TransportInfo& info() const = 0;
  /// The clock this drive lives by: the system's, or a simulated drive's own. Outlives nothing but *this.
  [[nodiscard]] virtual Clock& clock() = 0;
};

}  // namespace pressmark
