// The composition root: the only place that knows every driver.
#include "pressmark/source.h"

#include <algorithm>
#include <fmt/format.h>

#include "pressmark/drive.h"
#include "pressmark/medium.h"

#include "core/try.h"
#include "drivers/libcdio/libcdio.h"
#include "drivers/linux_sg/linux_sg.h"
#include "drivers/replay/recorder.h"
#include "drivers/replay/replay.h"
#include "source/reopen.h"

namespace pressmark {
namespace {

constexpr std::string_view kSimulated = "sim:";
constexpr std::string_view kReplay = "replay:";

/// The one drive with a disc in it.
Result<std::string> only_drive() {
  TRY(const std::vector<FoundDrive> drives, find_drives());
  std::vector<std::string> loaded, all;
  for (const FoundDrive& drive : drives) {
    all.push_back(
        fmt::format("{} ({} {}{})", drive.path, drive.vendor, drive.product, drive.has_medium ? ", disc in it" : ""));
    if (drive.has_medium) loaded.push_back(drive.path);
  }
  if (loaded.size() == 1) return loaded[0];
  if (drives.size() == 1) return drives[0].path;
  return fail(
      {.kind = ErrorKind::usage,
       .tried = "choose a drive",
       .got = all.empty() ? "no optical drive was found" : fmt::format("there are several: {}", fmt::join(all, ", ")),
       .next = all.empty() ? "connect one, or name a source: an image, or sim:demo for a simulated drive"
                           : "name one of them"});
}

bool has_extension(const Path& path, std::string_view extension) {
  std::string end = path.extension().string();
  std::ranges::transform(end, end.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return end == extension;
}

Result<std::unique_ptr<Transport>> open_device(const std::string& path, const std::string& driver) {
  if (driver == "libcdio") return open_libcdio(path);
  return open_linux_sg(path);
}

Result<void> open_unrecorded(Source& source, const SourceOptions& options) {
  const std::string& name = source.name;
  const bool image = has_extension(name, ".iso") || has_extension(name, ".cue");
  if (name.starts_with(kReplay)) {
    TRY(source.transport, open_replay(system_files(), name.substr(kReplay.size())));
  } else if (name.starts_with(kSimulated) || image) {
    TRY(auto drive, open_simulated(name.starts_with(kSimulated) ? name.substr(kSimulated.size()) : name, options.seed));
    source.simulated = drive.get();
    source.transport = std::move(drive);
  } else {
    TRY(source.transport, open_device(name, options.driver));
  }
  return {};
}

}  // namespace

Result<Source> open_source(const std::string& name, const SourceOptions& options) {
  Source source{.name = name};
  if (name.empty()) {
    TRY(source.name, only_drive());
  }
  CHECK(open_unrecorded(source, options));
  const bool device = source.simulated == nullptr && !source.name.starts_with(kReplay);
  auto socket = std::make_unique<Socket>(std::move(source.transport));
  Socket& plugged = *socket;
  std::shared_ptr<Transport> line = std::move(socket);
  if (options.record) {
    TRY(line, record_to(system_files(), *options.record, std::make_unique<SharedTransport>(line)));
  }
  source.transport = std::make_unique<SharedTransport>(line);
  source.reopen = [line, &plugged, device, path = source.name,
                   driver = options.driver](const DriveIdentity& who) -> Result<std::unique_ptr<Transport>> {
    if (device) {
      TRY(auto found, find_drive_again(path, who, [&](const std::string& at) { return open_device(at, driver); }));
      plugged.plug(std::move(found));
    }
    return std::make_unique<SharedTransport>(line);
  };
  return source;
}

}  // namespace pressmark
