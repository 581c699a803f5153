// libcdio drops the residual and calls a failure of the host adapter success. So the buffer is marked before each read: bytes that still
// carry their mark were not written, and a buffer that carries all of them means that nothing came, whatever libcdio says.
#include "drivers/libcdio/libcdio.h"

#include <algorithm>
#include <array>
#include <cdio/cdio.h>
#include <cdio/logging.h>
#include <cdio/mmc.h>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "drivers/libcdio/received.h"

namespace pressmark {
namespace {

namespace fs = std::filesystem;

// What every system and adapter carries; libcdio cannot say more.
constexpr std::uint32_t kMostTransferBytes = 64 * 1024;
// Adapters' drivers write straight into our pages only if address and length are multiples of this (less on most); else the
// kernel copies, zeros included.
constexpr std::size_t kDirectBytes = 512;
constexpr std::size_t kPageBytes = 4096;
// So few bytes at the end may carry their mark by chance.
constexpr std::size_t kDoubtfulBytes = 3;

struct CloseDrive {
  void operator()(CdIo_t* drive) const { cdio_destroy(drive); }
};
struct FreeMemory {
  void operator()(void* memory) const { std::free(memory); }
};
using CdIo = std::unique_ptr<CdIo_t, CloseDrive>;

void no_log(cdio_log_level_t, const char*) {}

/// Reads of user data change nothing in the drive: they can be sent twice.
bool is_read(std::byte operation_code) {
  const auto code = static_cast<unsigned>(operation_code);
  return code == 0x28 || code == 0xA8 || code == 0xBE;
}

class LibcdioDrive final : public Transport {
 public:
  LibcdioDrive(CdIo drive, std::string path) : drive_(std::move(drive)) {
    info_ = {.driver = "libcdio", .path = std::move(path), .max_transfer_bytes = kMostTransferBytes};
    pages_.reset(static_cast<std::byte*>(std::aligned_alloc(kPageBytes, kMostTransferBytes)));
  }

  Result<Reply> execute(const Command& command) override;
  [[nodiscard]] const TransportInfo& info() const override { return info_; }
  [[nodiscard]] Clock& clock() override { return system_clock(); }

 private:
  Result<Reply> send(const Command& command, std::uint64_t marks);
  [[nodiscard]] Result<Reply> check_condition(Reply reply) const;
  [[nodiscard]] Error failure(const Command& command, ErrorKind kind, std::string got, std::string next = {}) const;
  [[nodiscard]] ErrorKind kind_of_silence(const Command& command, Duration elapsed) const;

  CdIo drive_;
  TransportInfo info_;
  std::unique_ptr<std::byte, FreeMemory> pages_;
  std::uint64_t commands_ = 0;
};

Error LibcdioDrive::failure(const Command& command, ErrorKind kind, std::string got, std::string next) const {
  return {.kind = kind,
          .tried = fmt::format("send command {:02x}", static_cast<unsigned>(command.cdb[0])),
          .where = info_.path,
          .got = std::move(got),
          .next = std::move(next)};
}

Result<Reply> LibcdioDrive::execute(const Command& command) {
  const auto length = command.cdb_length;
  if (length == 16)
    return fail(failure(command, ErrorKind::unsupported, "libcdio sends at most 12 bytes of a command"));
  if ((length != 6 && length != 10 && length != 12) || command.data.size() > kMostTransferBytes) {
    return fail(failure(command, ErrorKind::usage,
                        fmt::format("a CDB of {} bytes and a transfer of {} bytes, where {} is the most", length,
                                    command.data.size(), kMostTransferBytes)));
  }
  const std::uint64_t marks = ++commands_;
  auto reply = send(command, marks);
  // A last byte that equals its mark cannot equal the mark's complement as well.
  const bool doubtful = reply && reply->status == Status::good && command.direction == Direction::in &&
                        reply->transferred < command.data.size() &&
                        command.data.size() - reply->transferred <= kDoubtfulBytes;
  if (doubtful && is_read(command.cdb[0])) return send(command, ~marks);
  return reply;
}

Result<Reply> LibcdioDrive::send(const Command& command, std::uint64_t marks) {
  const bool reads = command.direction == Direction::in && !command.data.empty();
  const bool writes = command.direction == Direction::out && !command.data.empty();
  const std::size_t whole = (command.data.size() + kDirectBytes - 1) / kDirectBytes * kDirectBytes;
  const std::span<std::byte> pages{pages_.get(), whole};
  if (reads) libcdio::mark(pages, marks);
  if (writes) std::ranges::copy(command.data, pages.begin());

  mmc_cdb_t cdb{};
  std::memcpy(cdb.field, command.cdb.data(), std::min<std::size_t>(command.cdb_length, sizeof cdb.field));
  const Duration start = clock().now();
  const driver_return_code_t outcome = mmc_run_cmd_len(
      drive_.get(), static_cast<unsigned>(std::clamp<std::int64_t>(command.timeout.count(), 1, 1'000'000'000)), &cdb,
      command.cdb_length,
      reads    ? SCSI_MMC_DATA_READ
      : writes ? SCSI_MMC_DATA_WRITE
               : SCSI_MMC_DATA_NONE,
      static_cast<unsigned>(reads    ? whole
                            : writes ? command.data.size()
                                     : 0),
      pages.data());
  Reply reply{.elapsed = std::max(clock().now() - start, Duration{1})};

  if (outcome == DRIVER_OP_NOT_PERMITTED) {
    return fail(failure(command, ErrorKind::no_permission, "the system refused this command",
                        "ask for write access to the drive (group cdrom, or the udev rule)"));
  }
  if (outcome != DRIVER_OP_SUCCESS) {
    if (auto checked = check_condition(reply)) return checked;
    return fail(failure(command, kind_of_silence(command, reply.elapsed),
                        fmt::format("libcdio: {}", cdio_driver_errmsg(outcome))));
  }
  if (reply.elapsed >= command.timeout) {
    return fail(failure(command, ErrorKind::timeout, fmt::format("the answer took {:.1f} s", seconds(reply.elapsed))));
  }
  if (writes) reply.transferred = static_cast<std::uint32_t>(command.data.size());
  if (!reads) return reply;

  const std::size_t came = std::min(libcdio::received(pages, marks), command.data.size());
  if (came == 0) {
    return fail(failure(command, kind_of_silence(command, reply.elapsed),
                        "success without a single byte: the command was lost on the way"));
  }
  std::ranges::copy(pages.first(came), command.data.begin());
  reply.transferred = static_cast<std::uint32_t>(came);
  return reply;
}

/// The drive's own word, if libcdio kept one.
Result<Reply> LibcdioDrive::check_condition(Reply reply) const {
  cdio_mmc_request_sense_t* bytes = nullptr;
  const int length = mmc_last_cmd_sense(drive_.get(), &bytes);
  const std::unique_ptr<void, FreeMemory> owned{bytes};
  if (length <= 0) return fail({.kind = ErrorKind::bus});
  reply.status = Status::check_condition;
  reply.sense_length =
      static_cast<std::uint8_t>(std::min<std::size_t>(static_cast<std::size_t>(length), reply.sense.size()));
  std::memcpy(reply.sense.data(), bytes, reply.sense_length);
  return reply;
}

/// What it most likely was when nothing came back.
ErrorKind LibcdioDrive::kind_of_silence(const Command& command, Duration elapsed) const {
  struct stat node{};
  if (::stat(info_.path.c_str(), &node) < 0) return ErrorKind::device_gone;
  return elapsed >= command.timeout ? ErrorKind::timeout : ErrorKind::bus;
}

Error open_error(const fs::path& path, ErrorKind kind, std::string got, std::string next = {}) {
  return {.kind = kind,
          .tried = "open the drive with libcdio",
          .where = path.string(),
          .got = std::move(got),
          .next = std::move(next)};
}

/// libcdio opens /dev/null, too.
bool is_optical(Transport& drive) {
  std::array<std::byte, 36> data{};
  Command inquiry{.cdb_length = 6, .direction = Direction::in, .data = data};
  inquiry.cdb[0] = std::byte{0x12};
  inquiry.cdb[4] = std::byte{36};
  const auto reply = drive.execute(inquiry);
  return reply && reply->status == Status::good && reply->transferred > 0 &&
         (data[0] & std::byte{0x1F}) == std::byte{0x05};
}

}  // namespace

Result<std::unique_ptr<Transport>> open_libcdio(const fs::path& path) {
  struct stat node{};
  if (::stat(path.c_str(), &node) < 0) {
    const int code = errno;
    return fail(open_error(path, code == EACCES ? ErrorKind::no_permission : ErrorKind::not_found,
                           std::generic_category().message(code)));
  }
  if (!S_ISBLK(node.st_mode) && !S_ISCHR(node.st_mode)) {
    return fail(open_error(path, ErrorKind::usage, "not a device", "name a drive such as /dev/sr0"));
  }
  if (::access(path.c_str(), R_OK) < 0) {
    return fail(open_error(path, ErrorKind::no_permission, std::generic_category().message(errno),
                           "join the group that may use it (often cdrom), or install pressmark's udev rule"));
  }
  cdio_log_set_handler(no_log);  // it would write to the terminal
  CdIo drive;
  for (const char* mode : {"MMC_RDWR", "IOCTL"}) {
    drive.reset(cdio_open_am(path.c_str(), DRIVER_DEVICE, mode));
    if (drive) break;
  }
  if (!drive)
    return fail(
        open_error(path, ErrorKind::io, "libcdio does not take it for a drive", "name a drive such as /dev/sr0"));
  auto transport = std::make_unique<LibcdioDrive>(std::move(drive), path.string());
  if (!is_optical(*transport)) {
    return fail(open_error(path, ErrorKind::usage, "not an optical drive", "name a drive such as /dev/sr0"));
  }
  return transport;
}

}  // namespace pressmark
