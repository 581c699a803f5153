// Finding drives: udev's word, sysfs' word, and whether a node can be opened. Roots are arguments so that a test can
// have its own.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/drive.h"

namespace pressmark::drive {

/// Where the system keeps things; the defaults are Linux's.
struct SystemPaths {
  std::filesystem::path sys = "/sys";
  std::filesystem::path dev = "/dev";
};

/// What udev knows of a drive that sysfs does not.
struct UdevDrive {
  std::filesystem::path node;  ///< "/dev/sr0"
  bool has_medium = false;     ///< ID_CDROM_MEDIA=1
};
/// Block devices with ID_CDROM=1. Empty where no udevd has run, because then nothing has that property. Fails: io.
Result<std::vector<UdevDrive>> find_by_udev();

/// Every /sys/block/sr*, in order of number. `has_medium` is not known from here and stays false. Fails: io (no such
/// folder).
Result<std::vector<FoundDrive>> find_by_sysfs(const SystemPaths& paths);

/// Model and sg node of one block device ("sr0"), as far as sysfs tells.
[[nodiscard]] FoundDrive describe_block_device(const SystemPaths& paths, const std::string& name);

/// What an errno of opening `node`, which belongs to `group`, means, and what to type.
[[nodiscard]] Error refusal(const std::filesystem::path& node, int reason, std::string_view group);

/// Why this user cannot use a node, and what to type; nothing if nothing stands in the way.
[[nodiscard]] std::optional<Error> why_not_usable(const std::filesystem::path& node);

}  // namespace pressmark::drive
