// pressmark files: what a disc or image holds, and whose the bad sectors are.
#include <fmt/format.h>

#include "pressmark/files_report.h"

#include "cli/common.h"
#include "cli/volume_source.h"
#include "core/try.h"

namespace pressmark::cli {
namespace {

struct FilesArgs : VolumeArgs {
  std::vector<std::string> ranges;
  bool damaged = false, structures = false, read = false, json = false;
};

std::vector<OptionRow<FilesArgs>> files_rows() {
  return joined(
      volume_rows<FilesArgs>(),
      {{{.names = "--damaged", .help = "instead of a list: which files and structures the bad sectors have hit"},
        &FilesArgs::damaged},
       {{.names = "--range",
         .value = "FIRST-LAST",
         .help =
             "instead of a list: whose are these sectors of the image; with --damaged they count as bad; repeatable",
         .repeats = true},
        &FilesArgs::ranges},
       {{.names = "--read", .help = "with --damaged: read all of a disc or image to find what is bad"},
        &FilesArgs::read},
       {{.names = "--structures", .help = "list descriptors, path tables, directories and the like too"},
        &FilesArgs::structures},
       {{.names = "--json", .help = "as JSON (docs/files.md)"}, &FilesArgs::json}});
}

/// The bad ranges, and what says that they are.
struct Bad {
  std::vector<SectorRange> ranges;
  std::string evidence;
};

Result<void> read_through(VolumeSource& source) {
  const bool show = stderr_is_terminal();
  Duration shown{0};
  const auto read = source.read_all([&](std::int64_t done) {
    const Duration now = system_clock().now();
    if (!show || now - shown < std::chrono::milliseconds{200}) return;
    shown = now;
    print_error(fmt::format("\rreading {} of {} sectors ", done, source.sectors()));
  });
  if (show) print_error("\r" + std::string(50, ' ') + "\r");
  return read;
}

Result<Bad> find_bad(VolumeSource& source, const FilesArgs& args) {
  Bad bad;
  for (const std::string& text : args.ranges) {
    TRY(const SectorRange range, parse_range(text));
    bad.ranges.push_back(range);
    bad.evidence = "as given with --range";
  }
  if (!args.damaged || (!args.ranges.empty() && !args.read)) return bad;
  const auto add = [&](const std::vector<SectorRange>& ranges, std::string_view evidence) {
    bad.ranges.insert(bad.ranges.end(), ranges.begin(), ranges.end());
    bad.evidence += fmt::format("{}{}", bad.evidence.empty() ? "" : "; ", evidence);
  };
  if (!source.evidence().empty()) add(source.known_bad(), "by " + source.evidence());
  const bool all = args.read || source.has_codes();
  if (all) CHECK(read_through(source));
  if (source.has_codes())
    add(source.met_bad(), "every sector's own EDC and address");
  else if (args.read)
    add(source.met_bad(), "by reading all of it");
  else if (source.evidence().empty())
    add(source.met_bad(), "what the walk over the file system met; no map, and the rest was not read: see --read");
  return bad;
}

Result<int> run_files(const FilesArgs& args) {
  if (args.read && !args.damaged)
    return fail({.kind = ErrorKind::usage,
                 .tried = "read everything",
                 .got = "nothing says what for",
                 .next = "add --damaged"});
  catch_signals();
  TRY(VolumeSource source, VolumeSource::open(args));
  TRY(const Volume volume, source.walk());
  FilesReport report{.source = source.name(),
                     .sectors = source.sectors(),
                     .volume = &volume,
                     .structures = args.structures,
                     .evidence = {}};
  Damage damage;
  if (args.damaged || !args.ranges.empty()) {
    TRY(const Bad bad, find_bad(source, args));
    damage = damage_of(volume, source.sectors(), bad.ranges);
    report.damage = &damage;
    report.evidence = bad.evidence;
    report.asked = !args.damaged;
  }
  (args.json ? files_json : files_text)(report, print);
  return is_bad_news(report) ? kBadNews : kAllGood;
}

int run(const FilesArgs& args) {
  const auto code = run_files(args);
  return code ? *code : report(code.error());
}

}  // namespace

CommandSpec files_command() {
  return command<FilesArgs>("files", "list a disc's files, or say which of them bad sectors have hit",
                            "Walks every file system that SOURCE holds (ISO 9660 with Joliet and Rock Ridge, UDF, HFS "
                            "and HFS+; the last of several "
                            "sessions first) and lists its files with their sectors. With --damaged it says instead "
                            "which file, directory or other "
                            "structure each bad sector belongs to, and how much of each file is lost. What is bad "
                            "comes from the map or record beside "
                            "an image; from the codes of the sectors themselves, where a cue sheet's tracks are stored "
                            "raw; or, for a disc in a "
                            "drive, from what could not be read. Nothing is written.\n\n"
                            "Exit status: 0 nothing is wrong; 1 files or structures are hit, or the file system could "
                            "not be followed everywhere; "
                            "2 wrong usage; 3 device or file trouble; 4 interrupted.",
                            files_rows(), run);
}

}  // namespace pressmark::cli
