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

Result<void> open_unrecorded(Source& source, const SourceOptions& options) {
  const std::string& name = source.name;
  const bool image = has_extension(name, ".iso") || has_extension(name, ".cue");
  if (name.starts_with(kReplay)) {
    TRY(source.transport, open_replay(system_files(), name.substr(kReplay.size())));
  } else if (name.starts_with(kSimulated) || image) {
    TRY(auto drive, open_simulated(name.starts_with(kSimulated) ? name.substr(kSimulated.size()) : name, options.seed));
    source.simulated = drive.get();
    source.transport = std::move(drive);
  } else if (options.driver == "libcdio") {
    TRY(source.transport, open_libcdio(name));
  } else {
    TRY(source.transport, open_linux_sg(name));
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
  if (options.record) {
    TRY(source.transport, record_to(system_files(), *options.record, std::move(source.transport)));
  }
  return source;
}

}  // namespace pressmark
