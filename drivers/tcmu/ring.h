// The memory shared with the kernel: a ring of SCSI commands and a data area (linux/target_core_user.h, version 2).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pressmark/error.h"
#include "pressmark/transport.h"

namespace pressmark::tcmu {

/// The command that waits longest. `pieces` lie in the shared memory, in order; together they are its data buffer.
struct Request {
  std::array<std::byte, 16> cdb{};
  std::uint8_t cdb_length = 0;
  std::vector<std::span<std::byte>> pieces;
  std::size_t bytes = 0;  ///< of all pieces
};

/// Single-threaded. Commands are answered strictly in order.
class Ring {
 public:
  /// Maps a uio device ("/dev/uio0"). Fails: io, unsupported (another version of the interface).
  static Result<Ring> map(const std::string& uio_path, std::size_t size);
  Ring(Ring&& other) noexcept;
  Ring& operator=(Ring&&) = delete;
  ~Ring();

  /// Readable when the kernel put something into the ring.
  [[nodiscard]] int descriptor() const { return fd_; }
  /// Takes note of the kernel's signal, so that `descriptor` falls silent.
  void acknowledge();

  /// The first unanswered command, or nothing. Fails: parse (the ring makes no sense: stop serving).
  Result<std::optional<Request>> front();
  /// True if the kernel wants the front command aborted (it timed out, or the device is being reset).
  [[nodiscard]] bool abort_wanted();

  /// Answers the front command and tells the kernel.
  void complete(Status status, std::uint32_t transferred, std::span<const std::byte> sense);

 private:
  Ring(int fd, std::span<std::byte> memory) : fd_(fd), memory_(memory) {}
  template <class T>
  [[nodiscard]] std::optional<T> read(std::size_t offset) const;
  [[nodiscard]] Result<Request> request_at(std::size_t offset, std::size_t length) const;
  [[nodiscard]] std::uint32_t head() const;
  [[nodiscard]] std::uint32_t tail() const;
  void advance_tail(std::uint32_t length);

  int fd_ = -1;
  std::span<std::byte> memory_;
  std::uint32_t ring_offset_ = 0;
  std::uint32_t ring_size_ = 0;
};

/// The length of a CDB by its operation code's group, as the kernel counts it (SPC-4 4.2.5.1; vendor groups: 10).
[[nodiscard]] std::uint8_t cdb_length_of(std::byte operation_code);

/// Which way an optical drive's command moves data (MMC-6): the ring does not say.
[[nodiscard]] Direction direction_of(std::byte operation_code);

}  // namespace pressmark::tcmu
