// The order matters: an ioctl that failed filled nothing in, so its errno comes first; the host's word goes before the
// driver's, because a time-out shows in both on old kernels and the host's code says more.
#include "drivers/linux_sg/sg_answer.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <string_view>
#include <system_error>

namespace pressmark::linux_sg {
namespace {

constexpr std::uint8_t kCheckCondition = 0x02;

/// Host codes (include/scsi/scsi_status.h of the kernel). `from_drive`: the kernel sets it itself when it reads certain sense
/// data, some versions leave it in: with CHECK CONDITION the drive did answer.
struct HostCode {
  std::uint16_t code;
  ErrorKind kind;
  bool from_drive;
  std::string_view words;
};
constexpr std::array kHostCodes = {
    HostCode{0x01, ErrorKind::device_gone, false, "no connection to the device"},
    HostCode{0x02, ErrorKind::bus, false, "bus busy for too long"},
    HostCode{0x03, ErrorKind::timeout, false, "time-out"},
    HostCode{0x04, ErrorKind::bus, false, "no such target"},
    HostCode{0x05, ErrorKind::bus, false, "aborted"},
    HostCode{0x06, ErrorKind::bus, false, "parity error"},
    HostCode{0x07, ErrorKind::bus, false, "error in the host adapter"},
    HostCode{0x08, ErrorKind::bus, false, "reset"},
    HostCode{0x09, ErrorKind::bus, false, "unexpected interrupt"},
    HostCode{0x0A, ErrorKind::bus, false, "forced through"},
    HostCode{0x0B, ErrorKind::bus, false, "soft error"},
    HostCode{0x0C, ErrorKind::bus, false, "to be sent again"},
    HostCode{0x0D, ErrorKind::bus, false, "to be queued again"},
    HostCode{0x0E, ErrorKind::bus, false, "transport disrupted"},
    HostCode{0x0F, ErrorKind::bus, false, "transport failed fast"},
    HostCode{0x10, ErrorKind::bus, true, "target failure"},
    HostCode{0x11, ErrorKind::bus, true, "nexus failure"},
    HostCode{0x12, ErrorKind::bus, true, "space allocation failure"},
    HostCode{0x13, ErrorKind::bus, true, "medium error"},
};
static_assert(std::ranges::is_sorted(kHostCodes, {}, &HostCode::code));

// The low four bits; the upper ones were a suggestion, never used.
constexpr std::uint16_t kDriverMask = 0x0F;
constexpr std::uint16_t kDriverTimeout = 0x06;
constexpr std::uint16_t kDriverSense = 0x08;  // "sense data is there": not a failure

ErrorKind kind_of_errno(int code) {
  switch (code) {
    case ENODEV:
    case ENXIO: return ErrorKind::device_gone;
    case EPERM:
    case EACCES: return ErrorKind::no_permission;
    case ETIMEDOUT: return ErrorKind::timeout;
    case EBUSY: return ErrorKind::busy;
    default: return ErrorKind::bus;
  }
}

}  // namespace

std::optional<Failure> failure_of(const SgAnswer& answer) {
  if (answer.ioctl_errno != 0) {
    return Failure{kind_of_errno(answer.ioctl_errno),
                   fmt::format("SG_IO: {}", std::generic_category().message(answer.ioctl_errno))};
  }
  if (answer.host_status != 0) {
    const auto* row = std::ranges::find(kHostCodes, answer.host_status, &HostCode::code);
    if (row == kHostCodes.end()) return Failure{ErrorKind::bus, fmt::format("host status {:02x}", answer.host_status)};
    if (!row->from_drive || answer.status != kCheckCondition) {
      return Failure{row->kind, fmt::format("host status {:02x} ({})", answer.host_status, row->words)};
    }
  }
  const auto driver = static_cast<std::uint16_t>(answer.driver_status & kDriverMask);
  if (driver == 0 || driver == kDriverSense) return std::nullopt;
  return Failure{driver == kDriverTimeout ? ErrorKind::timeout : ErrorKind::bus,
                 fmt::format("driver status {:02x}", answer.driver_status)};
}

}  // namespace pressmark::linux_sg
