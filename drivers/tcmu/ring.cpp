// A mailbox at offset 0 tells where the ring is. The kernel puts entries at the head; we take them at the tail, put the answer into the
// entry's own place, and move the tail. Paddings at the ring's end and task-management notes are stepped over.
//
// Everything read from the map is copied out and bounded by the map: a confused kernel must not make us write elsewhere. The layout
// is given as offsets, because linux/target_core_user.h is C only: it does not pass a C++ compiler.
#include "drivers/tcmu/ring.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace pressmark::tcmu {
namespace {

// struct tcmu_mailbox
constexpr std::size_t kVersion = 0, kFlags = 2, kRingOffset = 4, kRingSize = 8, kHead = 12, kTail = 64;
constexpr std::uint16_t kKnownVersion = 2;
constexpr std::uint16_t kNeededFlags = 0x02 | 0x04;  // short reads (READ_LEN), notes of aborts (TMR)

// struct tcmu_cmd_entry: a header, then the request, over which the response is written
constexpr std::size_t kLengthAndKind = 0, kUserFlags = 7, kHeaderBytes = 8;
constexpr std::size_t kPieceCount = 8, kCdbOffset = 24, kPieces = 48;
constexpr std::size_t kStatus = 8, kReadLength = 12, kSense = 16, kSenseBytes = 96, kEntryBytes = 112;
constexpr std::uint32_t kKindMask = 0x07, kCommand = 1, kTaskManagement = 2;
constexpr std::byte kHasReadLength{0x02};

// struct iovec, of a 64-bit kernel
constexpr std::size_t kPieceLength = 8, kPieceBytes = 16;

std::unexpected<Error> failed(ErrorKind kind, std::string tried, std::string where, std::string got) {
  return fail({.kind = kind, .tried = std::move(tried), .where = std::move(where), .got = std::move(got)});
}

/// Head and tail are written by one side while the other looks.
std::atomic_ref<std::uint32_t> shared_word(std::span<std::byte> memory, std::size_t offset) {
  return std::atomic_ref(*reinterpret_cast<std::uint32_t*>(memory.data() + offset));
}

}  // namespace

Result<Ring> Ring::map(const std::string& uio_path, std::size_t size) {
  const int fd = ::open(uio_path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return failed(ErrorKind::io, "open the command ring", uio_path, std::generic_category().message(errno));
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) {
    const int code = errno;
    ::close(fd);
    return failed(ErrorKind::io, "map the command ring", uio_path, std::generic_category().message(code));
  }
  Ring ring{fd, {static_cast<std::byte*>(memory), size}};
  const auto offset = ring.read<std::uint32_t>(kRingOffset).value_or(0);
  const auto ring_size = ring.read<std::uint32_t>(kRingSize).value_or(0);
  if (size < kTail + 4 || *ring.read<std::uint16_t>(kVersion) != kKnownVersion ||
      (*ring.read<std::uint16_t>(kFlags) & kNeededFlags) != kNeededFlags || offset > size ||
      ring_size > size - offset || ring_size == 0) {
    return failed(ErrorKind::unsupported, "use the command ring", uio_path,
                  "the kernel's interface is another version or lacks short reads or abort notes (Linux 5.9 has them)");
  }
  ring.ring_offset_ = offset;
  ring.ring_size_ = ring_size;
  return ring;
}

Ring::Ring(Ring&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      memory_(std::exchange(other.memory_, {})),
      ring_offset_(other.ring_offset_),
      ring_size_(other.ring_size_) {}

Ring::~Ring() {
  if (!memory_.empty()) ::munmap(memory_.data(), memory_.size());
  if (fd_ >= 0) ::close(fd_);
}

void Ring::acknowledge() {
  std::uint32_t count = 0;
  [[maybe_unused]] const auto ignored = ::read(fd_, &count, sizeof count);
}

template <class T>
std::optional<T> Ring::read(std::size_t offset) const {
  if (offset > memory_.size() || sizeof(T) > memory_.size() - offset) return std::nullopt;
  T value;
  std::memcpy(&value, memory_.data() + offset, sizeof value);
  return value;
}

std::uint32_t Ring::head() const { return shared_word(memory_, kHead).load(std::memory_order_acquire) % ring_size_; }

std::uint32_t Ring::tail() const { return shared_word(memory_, kTail).load(std::memory_order_relaxed) % ring_size_; }

void Ring::advance_tail(std::uint32_t length) {
  shared_word(memory_, kTail).store((tail() + length) % ring_size_, std::memory_order_release);
}

Result<std::optional<Request>> Ring::front() {
  const auto senseless = [] {
    return failed(ErrorKind::parse, "read the command ring", "target_core_user", "an entry that lies outside the ring");
  };
  while (tail() != head()) {
    const std::size_t offset = std::size_t{ring_offset_} + tail();
    const auto header = read<std::uint32_t>(offset + kLengthAndKind);
    if (!header) return senseless();
    const std::uint32_t length = *header & ~kKindMask;
    if (length < kHeaderBytes || length > ring_size_ - tail()) return senseless();
    if ((*header & kKindMask) == kCommand) {
      auto request = request_at(offset, length);
      if (!request) return fail(std::move(request).error());
      return std::move(*request);
    }
    advance_tail(length);
  }
  return std::nullopt;
}

Result<Request> Ring::request_at(std::size_t offset, std::size_t length) const {
  const auto senseless = [] {
    return failed(ErrorKind::parse, "read the command ring", "target_core_user",
                  "a command whose data lies outside the map");
  };
  const auto pieces = read<std::uint32_t>(offset + kPieceCount);
  const auto cdb = read<std::uint64_t>(offset + kCdbOffset);
  if (!pieces || !cdb || length < kEntryBytes || *pieces > (length - kPieces) / kPieceBytes) return senseless();

  Request request;
  const auto operation_code = read<std::byte>(*cdb);
  if (!operation_code) return senseless();
  request.cdb_length = cdb_length_of(*operation_code);
  for (std::size_t i = 0; i < request.cdb_length; ++i) {
    const auto byte = read<std::byte>(*cdb + i);
    if (!byte) return senseless();
    request.cdb[i] = *byte;
  }
  for (std::size_t at = offset + kPieces; at < offset + kPieces + *pieces * kPieceBytes; at += kPieceBytes) {
    const auto start = read<std::uint64_t>(at);
    const auto size = read<std::uint64_t>(at + kPieceLength);
    if (!start || !size || *start > memory_.size() || *size > memory_.size() - *start) return senseless();
    request.pieces.push_back(memory_.subspan(*start, *size));
    request.bytes += *size;
  }
  return request;
}

bool Ring::abort_wanted() {
  for (std::uint32_t at = tail(); at != head();) {
    const auto header = read<std::uint32_t>(std::size_t{ring_offset_} + at + kLengthAndKind);
    if (!header || (*header & ~kKindMask) == 0) return false;
    if ((*header & kKindMask) == kTaskManagement) return true;
    at = (at + (*header & ~kKindMask)) % ring_size_;
  }
  return false;
}

// `front` gave this entry, so it lies in the map whole.
void Ring::complete(Status status, std::uint32_t transferred, std::span<const std::byte> sense) {
  const auto entry = memory_.subspan(std::size_t{ring_offset_} + tail(), kEntryBytes);
  std::uint32_t header = 0;
  std::memcpy(&header, &entry[kLengthAndKind], sizeof header);
  entry[kUserFlags] |= kHasReadLength;
  std::ranges::fill(entry.subspan(kHeaderBytes), std::byte{0});
  entry[kStatus] = static_cast<std::byte>(status);
  // 0 would mean "all of it" to the kernel: one byte is the nearest to nothing that it can carry.
  const std::uint32_t carried = std::max(transferred, 1U);
  std::memcpy(&entry[kReadLength], &carried, sizeof carried);
  std::ranges::copy(sense.first(std::min(sense.size(), kSenseBytes)), entry.begin() + kSense);
  advance_tail(header & ~kKindMask);
  const std::uint32_t wake = 0;
  [[maybe_unused]] const auto ignored = ::write(fd_, &wake, sizeof wake);
}

std::uint8_t cdb_length_of(std::byte operation_code) {
  constexpr std::array<std::uint8_t, 8> kByGroup{6, 10, 10, 12, 16, 12, 10, 10};
  return kByGroup[static_cast<std::size_t>(operation_code) >> 5U];
}

Direction direction_of(std::byte operation_code) {
  constexpr std::array<std::uint8_t, 20> kOut{
      0x04, 0x0A, 0x15, 0x1D, 0x2A, 0x2E, 0x3B, 0x3F, 0x4C, 0x54,   // FORMAT UNIT .. SEND OPC INFORMATION
      0x55, 0x5D, 0x5F, 0x8A, 0xA2, 0xA3, 0xAA, 0xAE, 0xB6, 0xBF};  // MODE SELECT(10) .. SEND DISC STRUCTURE
  return std::ranges::find(kOut, static_cast<std::uint8_t>(operation_code)) != kOut.end() ? Direction::out
                                                                                          : Direction::in;
}

}  // namespace pressmark::tcmu
