// udev tells which block devices are optical drives and which have a disc; sysfs tells model and sg node, and stands in
// for udev in containers and rescue systems, where an optical drive is known by its name: the sr driver's.
#include "drive/find.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <grp.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "core/try.h"

namespace pressmark {

namespace fs = std::filesystem;

namespace drive {

namespace {

/// The first line of a sysfs attribute, trimmed; empty if there is none.
std::string attribute(const fs::path& file) {
  std::ifstream in{file};
  std::string line;
  std::getline(in, line);
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

/// The name of the only, or first, entry of a folder; empty if there is none.
std::string first_entry(const fs::path& folder) {
  std::error_code none;
  std::string first;
  for (fs::directory_iterator it{folder, none}, end; !none && it != end; it.increment(none)) {
    const std::string name = it->path().filename();
    if (first.empty() || name < first) first = name;
  }
  return first;
}

/// The N of "srN"; nothing for other names.
std::optional<int> sr_number(std::string_view name) {
  if (!name.starts_with("sr")) return std::nullopt;
  int number = 0;
  const auto [end, error] = std::from_chars(name.data() + 2, name.data() + name.size(), number);
  if (error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  return number;
}

std::string group_of(const struct stat& node) {
  std::array<char, 4096> text{};
  struct group entry{};
  struct group* found = nullptr;
  ::getgrgid_r(node.st_gid, &entry, text.data(), text.size(), &found);
  return found != nullptr ? found->gr_name : fmt::format("{}", node.st_gid);
}

}  // namespace

FoundDrive describe_block_device(const SystemPaths& paths, const std::string& name) {
  const fs::path device = paths.sys / "block" / name / "device";
  const std::string sg = first_entry(device / "scsi_generic");
  return {.path = paths.dev / name,
          .sg_path = sg.empty() ? std::string{} : (paths.dev / sg).string(),
          .vendor = attribute(device / "vendor"),
          .product = attribute(device / "model"),
          .revision = attribute(device / "rev")};
}

Result<std::vector<FoundDrive>> find_by_sysfs(const SystemPaths& paths) {
  const fs::path folder = paths.sys / "block";
  std::error_code error;
  std::vector<int> numbers;
  for (fs::directory_iterator it{folder, error}, end; !error && it != end; it.increment(error))
    if (const auto number = sr_number(it->path().filename().string())) numbers.push_back(*number);
  if (error)
    return fail(Error{.kind = ErrorKind::io,
                      .tried = "look for optical drives",
                      .where = folder,
                      .got = error.message(),
                      .next = "name the drive, such as /dev/sr0"});
  std::ranges::sort(numbers);
  std::vector<FoundDrive> found;
  found.reserve(numbers.size());
  for (const int number : numbers) found.push_back(describe_block_device(paths, fmt::format("sr{}", number)));
  return found;
}

Error refusal(const fs::path& node, int reason, std::string_view group) {
  Error error{.kind = ErrorKind::io, .tried = "use the drive", .where = node, .got = std::strerror(reason), .next = {}};
  if (reason == ENOENT) {
    error.kind = ErrorKind::not_found;
    error.next =
        "the kernel has the drive but there is no device node: in a container, pass it in (docker run --device)";
  } else if (reason == EACCES || reason == EPERM) {
    error.kind = ErrorKind::no_permission;
    error.next = fmt::format(
        "it belongs to group {0}: type `sudo usermod -aG {0} $USER` and log in again, or install the udev rule "
        "60-pressmark.rules",
        group);
  }
  return error;
}

std::optional<Error> why_not_usable(const fs::path& node) {
  if (::access(node.c_str(), R_OK | W_OK) == 0) return std::nullopt;
  const int reason = errno;
  struct stat status{};
  const bool there = ::stat(node.c_str(), &status) == 0;
  return refusal(node, reason, there ? group_of(status) : "cdrom");
}

}  // namespace drive

Result<std::vector<FoundDrive>> find_drives() {
  const drive::SystemPaths paths;
  const auto by_udev = drive::find_by_udev();
  auto by_sysfs = drive::find_by_sysfs(paths);
  if (!by_udev && !by_sysfs) return fail(by_sysfs.error());

  std::vector<FoundDrive> found = by_sysfs ? std::move(*by_sysfs) : std::vector<FoundDrive>{};
  if (by_udev) {
    for (const drive::UdevDrive& known : *by_udev) {
      auto it = std::ranges::find(found, known.node.string(), &FoundDrive::path);
      if (it == found.end()) {
        found.push_back(drive::describe_block_device(paths, known.node.filename()));
        it = found.end() - 1;
        it->path = known.node;
      }
      it->has_medium = known.has_medium;
    }
  }
  for (FoundDrive& each : found) each.cannot_open = drive::why_not_usable(each.path);
  return found;
}

}  // namespace pressmark
