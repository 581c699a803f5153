// pressmark drives: which drives there are, and why one cannot be used.
#include <fmt/format.h>

#include "pressmark/drive.h"

#include "cli/common.h"
#include "core/try.h"

namespace pressmark::cli {
namespace {

struct DrivesArgs {
  bool quiet = false;
};

int run(const DrivesArgs& args) {
  const auto drives = find_drives();
  if (!drives) return report(drives.error());
  for (const FoundDrive& drive : *drives) {
    if (args.quiet) {
      print(drive.path + "\n");
      continue;
    }
    print(fmt::format("{}  {} {} {}  {}\n", drive.path, drive.vendor, drive.product, drive.revision,
                      drive.has_medium ? "disc in it" : "no disc known"));
    if (drive.cannot_open) print(fmt::format("    {}\n", describe(*drive.cannot_open)));
  }
  if (drives->empty()) print_error("pressmark: no optical drive found; sim:demo is a simulated one\n");
  return drives->empty() ? kBadNews : kAllGood;
}

}  // namespace

CommandSpec drives_command() {
  return command<DrivesArgs>("drives", "list the optical drives of this machine",
                             "Lists every optical drive that udev (or /sys, where no udevd runs) knows, and for one "
                             "that cannot be opened the reason and what to "
                             "type. Exit status 1 if there is none.",
                             {{{.names = "-q,--quiet", .help = "paths only"}, &DrivesArgs::quiet}}, run);
}

}  // namespace pressmark::cli
