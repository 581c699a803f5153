// A drive by the Linux kernel's SG_IO ioctl (<scsi/sg.h>, version 3), on /dev/srN or /dev/sgN.
#pragma once

#include <filesystem>
#include <memory>

#include "pressmark/error.h"
#include "pressmark/transport.h"

namespace pressmark {

/// Opens a drive. For writing where that is allowed: the kernel lets SET CD SPEED, SET STREAMING and MODE SELECT
/// through only then. Else read-only: reading works, those commands fail with no_permission.
///
/// The limit on one transfer is the smaller of the request queue's max_hw_sectors_kb and what fits its max_segments when
/// no two pages are neighbours; 64 KiB where sysfs does not say.
///
/// Time-outs are the kernel's: on /dev/srN it waits at least 7 s whatever is asked, on /dev/sgN exactly as long as asked.
/// After a short transfer, bytes past `transferred` are zero.
///
/// Fails: not_found, no_permission (says which group), device_gone (a node without a drive behind it), busy, usage (a directory,
/// a file, a disk, a pipe: says what it is).
Result<std::unique_ptr<Transport>> open_linux_sg(const std::filesystem::path& path);

}  // namespace pressmark
