// A drive by libcdio's mmc_run_cmd: the way on systems without SG_IO (FreeBSD, macOS, Windows). On Linux use linux_sg.
#pragma once

#include <filesystem>
#include <memory>

#include "pressmark/error.h"
#include "pressmark/transport.h"

namespace pressmark {

/// Opens a drive, for writing where that is allowed.
///
/// libcdio says less than a Transport promises; the README of this folder tells what is made of it. In short: `transferred` is
/// inferred: up to three bytes too low, or too high up to the end of a page; a CHECK CONDITION without sense comes as `bus`; the
/// time-out is the system's own (a command that took longer than asked comes as `timeout`); a CDB of 16 bytes is unsupported; a command
/// without data that failed on the way can come back as good.
///
/// Fails: not_found, no_permission, usage (not a device), io (libcdio will not open it).
Result<std::unique_ptr<Transport>> open_libcdio(const std::filesystem::path& path);

}  // namespace pressmark
