// pressmark identify: which known game an image or a disc is.
#include "pressmark/identify.h"

#include <fmt/format.h>

#include "pressmark/catalog_report.h"
#include "pressmark/disc_source.h"
#include "pressmark/report.h"

#include "cli/known.h"
#include "core/try.h"

namespace pressmark::cli {
namespace {

struct IdentifyArgs : DriveArgs {
  std::optional<std::string> catalog;
  std::optional<std::uint64_t> track;
  bool fast = false, json = false, quiet = false;
};

std::vector<OptionRow<IdentifyArgs>> identify_rows() {
  return joined(
      drive_rows<IdentifyArgs>(),
      {{catalog_option(), &IdentifyArgs::catalog},
       {{.names = "--fast", .help = "read no more than decides which game it is; the rest is not vouched for"},
        &IdentifyArgs::fast},
       {{.names = "--track", .value = "N", .help = "read this data track of a disc in a drive that has several"},
        &IdentifyArgs::track,
        Range{1, 99}},
       {{.names = "--json", .help = "one JSON object on stdout (docs/identify.md)"}, &IdentifyArgs::json},
       {{.names = "-q,--quiet", .help = "no progress, only the answer"}, &IdentifyArgs::quiet}});
}

/// A drive and what is read from it, or files alone.
struct Subject {
  std::unique_ptr<Drive> drive;
  std::unique_ptr<PieceSource> pieces;
};

/// Of a disc that is not one data track, the only one that there is. Says so: the others are not read.
std::optional<std::uint8_t> only_data_track(const Disc& disc) {
  std::vector<std::uint8_t> data;
  for (const Track& track : disc.tracks)
    if (track.is_data()) data.push_back(track.number);
  if (disc.tracks.size() == 1 || data.size() != 1) return std::nullopt;
  print_error(fmt::format("{}: data track {} is identified; an image with a cue sheet is identified by all tracks\n",
                          describe_layout(disc), data.front()));
  return data.front();
}

Result<Subject> open_subject(const IdentifyArgs& args) {
  Subject subject;
  std::error_code ignored;
  const bool file = !args.source.empty() && std::filesystem::is_regular_file(args.source, ignored);
  if (const std::string end = Path{args.source}.extension().string(); file && (end == ".cue" || end == ".CUE")) {
    TRY(auto medium, open_cue(args.source));
    subject.pieces = pieces_of(std::move(medium), args.source);
    return subject;
  }
  if (file) {
    TRY(auto source, open_file_source(system_files(), args.source));
    subject.pieces = pieces_of(std::move(source), Lba{0});
    return subject;
  }
  TRY(Source source, open(args));
  TRY(subject.drive, Drive::open(std::move(source.transport)));
  DiscSourceOptions options{.stop = stop_requested};
  CHECK(subject.drive->wait_ready(options.ready_limit, [](const ReadyProgress&) { return !stop_requested(); }));
  TRY(const Disc disc, subject.drive->identify());
  options.track = args.track ? static_cast<std::uint8_t>(*args.track) : only_data_track(disc);
  TRY(auto disc_source, open_disc_source(*subject.drive, options));
  const std::optional<Lba> first = disc_source->first_on_cd();
  subject.pieces = pieces_of(std::move(disc_source), first);
  return subject;
}

Result<int> run_identify(const IdentifyArgs& args) {
  TRY(const auto catalog, open_catalog(args.catalog, CatalogMode::read));
  catch_signals();
  TRY(Subject subject, open_subject(args));
  const bool show = stderr_is_terminal() && !args.quiet;
  Duration shown{0};
  IdentifyOptions options{.fast = args.fast};
  options.candidates = [&](const SizeCandidates& candidates) {
    if (!args.quiet) print_error(candidates_text(candidates));
  };
  options.hash.progress = [&](const VerifyProgress& progress) {
    const Duration now = system_clock().now();
    if (show && now - shown > std::chrono::milliseconds{200}) {
      shown = now;
      print_error(fmt::format("\r{} of {} ", format_bytes(progress.bytes_done), format_bytes(progress.bytes_total)));
    }
    return !stop_requested();
  };
  auto known = identify(*catalog, *subject.pieces, options);
  if (show) print_error("\r" + std::string(40, ' ') + "\r");
  if (!known) return std::unexpected(std::move(known).error());
  print(args.json ? identification_json(*known) : identification_text(*known));
  return known->recognition == Recognition::full ? kAllGood : kBadNews;
}

int run(const IdentifyArgs& args) {
  const auto code = run_identify(args);
  return code ? *code : report(code.error());
}

}  // namespace

CommandSpec identify_command() {
  return command<IdentifyArgs>(
      "identify", "say which known game an image or a disc is",
      "Holds an image, the tracks of a cue sheet or the disc in a drive against the catalog (pressmark catalog "
      "import): "
      "a full match; a partial one, k of n tracks; the right size and other digests; or unknown. It names the DAT and "
      "its version, the game and its serial. Sizes pick the candidates before anything is read. Tracks are hashed as "
      "Redump has them: as stored, each from its pre-gap on. DATs of CDs have 2352-byte sectors: where an image or a "
      "drive gives 2048 bytes of each, they are regenerated as Mode 1 sectors and looked up as well, and it is said."
      "\n\nExit status: 0 full match; 1 any other answer; 2 wrong usage; 3 device or file trouble, or no catalog; "
      "4 interrupted.",
      identify_rows(), run);
}

}  // namespace pressmark::cli
