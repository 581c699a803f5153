// What an SG_IO answer means: the part of the driver that needs no device to be tested.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "pressmark/error.h"

namespace pressmark::linux_sg {

/// The four places in which SG_IO can say that something went wrong. A reply is the drive's own word only if all do not.
struct SgAnswer {
  int ioctl_errno = 0;              ///< 0 if the ioctl itself succeeded
  std::uint8_t status = 0;          ///< SCSI status byte (sg_io_hdr.status)
  std::uint16_t host_status = 0;    ///< DID_*: what the host adapter's driver says
  std::uint16_t driver_status = 0;  ///< DRIVER_*: what the kernel's middle layer says (always 0 or 8 since Linux 5.14)
};

struct Failure {
  ErrorKind kind = ErrorKind::bus;
  std::string words;  ///< "host status 03 (time-out)"
};

/// Nothing if the answer is the drive's own word, good or CHECK CONDITION; else why it is not.
[[nodiscard]] std::optional<Failure> failure_of(const SgAnswer& answer);

}  // namespace pressmark::linux_sg
