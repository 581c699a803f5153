// pressmark rip: from the command line to pressmark::rip, and its events to the screen, the log and the record.
#include "pressmark/rip.h"

#include <algorithm>
#include <fmt/format.h>

#include "pressmark/catalog_report.h"
#include "pressmark/report.h"

#include "cli/common.h"
#include "cli/known.h"
#include "core/try.h"

namespace pressmark::cli {
namespace {

struct RipArgs : DriveArgs {
  std::string name;
  std::uint64_t retries = 4;
  std::optional<std::string> speed;
  std::optional<std::uint64_t> track;
  std::string confirm = "near";
  std::string digests = "crc32,md5,sha1,sha256";
  std::optional<std::string> wait, budget;
  std::string until = "tries";
  std::vector<std::string> want;
  bool files_first = false;
  bool identify = false;
  std::optional<std::string> catalog;
  bool no_raw = false, overwrite = false, sparse = false, json = false, quiet = false;
};

std::vector<OptionRow<RipArgs>> rip_rows() {
  return joined(
      drive_rows<RipArgs>(),
      {{{.names = "-o,--output",
         .value = "NAME",
         .help = "write NAME.iso, NAME.map, NAME.rip.json and NAME.log",
         .completes = Completes::file,
         .required = true},
        &RipArgs::name},
       {{.names = "--retries",
         .value = "COUNT",
         .help = "ways in which what failed is read again (4); with 0, once with the drive's own patience if it was "
                 "told to give up early"},
        &RipArgs::retries,
        Range{0, 255}},
       {{.names = "--until",
         .value = "WHEN",
         .help = "stop after the retries; or go on until the image is complete or every way of reading has failed; or "
                 "until all that is proven or read twice as well (tries)",
         .completes = Completes::choices,
         .choices = {"tries", "complete", "proven"}},
        &RipArgs::until},
       {{.names = "--budget",
         .value = "TIME",
         .help = "stop after so much drive time, such as 30m or 1h30m; the same command continues"},
        &RipArgs::budget},
       {{.names = "--speed",
         .value = "LIST",
         .help = "read speeds, such as max,8x,4x: the first to stream, the others in turn for retries"},
        &RipArgs::speed},
       {{.names = "--track", .value = "N", .help = "rip this data track of a disc with several tracks or sessions"},
        &RipArgs::track,
        Range{1, 99}},
       {{.names = "--confirm",
         .value = "WHICH",
         .help = "sectors without a code of their own that are read twice: none, those "
                 "near damage, or all (near)",
         .completes = Completes::choices,
         .choices = {"none", "near", "all"}},
        &RipArgs::confirm},
       {{.names = "--digests",
         .value = "LIST",
         .help = "digests to compute: crc32, md5, sha1, sha256, sha512, blake2b"},
        &RipArgs::digests},
       {{.names = "--wait-for-drive",
         .value = "TIME",
         .help = "how long a drive that went away is waited for, such as 60s, 10m (60s); 0s: not at all"},
        &RipArgs::wait},
       {{.names = "--files-first", .help = "the file system first, then the files it lists, last what belongs to none"},
        &RipArgs::files_first},
       {{.names = "--want",
         .value = "GLOB",
         .help = "files that come before all others, such as '*.exe' or /data/**; implies --files-first; repeatable",
         .repeats = true},
        &RipArgs::want},
       {{.names = "--identify",
         .help = "at the end, say which known game the image is (pressmark identify); digests for it are added"},
        &RipArgs::identify},
       {catalog_option(), &RipArgs::catalog},
       {{.names = "--no-raw", .help = "read CDs as 2048-byte sectors and believe the drive"}, &RipArgs::no_raw},
       {{.names = "--overwrite", .help = "start anew over files that are there"}, &RipArgs::overwrite},
       {{.names = "--sparse", .help = "leave long runs of zeros as holes in the image file"}, &RipArgs::sparse},
       {{.names = "--json", .help = "events as JSON lines on stdout"}, &RipArgs::json},
       {{.names = "-q,--quiet", .help = "no progress, only the summary"}, &RipArgs::quiet}});
}

/// NAME without a trailing ".iso", which people type. Fails: usage (no name, a folder, the source itself).
Result<Path> output_name(const RipArgs& args) {
  Path name{args.name};
  if (name.extension() == ".iso") name.replace_extension();
  const auto refuse = [&](std::string got, std::string next) {
    return fail({.kind = ErrorKind::usage,
                 .tried = "name the output",
                 .where = args.name,
                 .got = std::move(got),
                 .next = std::move(next)});
  };
  std::error_code ignored;
  if (!name.has_filename() || name.filename() == "." || name.filename() == "..")
    return refuse("it is no name of a file", "give for example -o " + (name / "game").string());
  if (std::filesystem::is_directory(name, ignored))
    return refuse("it is a folder", "give a name in it, for example -o " + (name / "game").string());
  const std::string source = args.source.starts_with("sim:") ? args.source.substr(4) : args.source;
  if (std::filesystem::equivalent(source, Path{name.string() + ".iso"}, ignored))
    return refuse("the image would replace its own source", "choose another name");
  return name;
}

Result<RipOptions> options_of(const RipArgs& args) {
  RipOptions options{.source = args.source};
  TRY(options.name, output_name(args));
  options.retries = static_cast<std::uint32_t>(args.retries);
  if (args.track) options.track = static_cast<std::uint8_t>(*args.track);
  if (args.speed) {
    TRY(options.speeds, parse_speeds(*args.speed));
  }
  TRY(options.digests, parse_digest_kinds(args.digests));
  if (args.identify)
    for (const DigestKind kind : kDefaultDigests)
      if (std::ranges::find(options.digests, kind) == options.digests.end()) options.digests.push_back(kind);
  options.confirm = args.confirm == "none" ? Confirm::none : args.confirm == "all" ? Confirm::all : Confirm::near;
  options.until = args.until == "proven" ? Until::proven : args.until == "complete" ? Until::complete : Until::tries;
  if (args.budget) {
    TRY(options.budget, parse_duration(*args.budget));
    if (options.budget == Duration::zero())
      return fail({.kind = ErrorKind::usage,
                   .tried = "read a budget",
                   .where = *args.budget,
                   .got = "no time at all reads nothing",
                   .next = "give for example --budget 30m"});
  }
  if (args.wait) {
    TRY(options.return_limit, parse_duration(*args.wait));
  }
  options.raw = !args.no_raw;
  options.files_first = args.files_first || !args.want.empty();
  options.want = args.want;
  options.overwrite = args.overwrite;
  options.sparse = args.sparse;
  return options;
}

/// NAME.log, under NAME.log.part until the rip is whole; runs on the same files add to it. Nothing is written before the rip
/// itself has begun: a refused run leaves no file.
class LogFile {
 public:
  LogFile(Files& files, const Path& name)
      : files_(files), part_(name.string() + ".log.part"), whole_(name.string() + ".log") {}

  /// `continued`: a finished log of the same files comes first.
  void begin(bool continued) {
    if (continued && !files_.exists(part_) && files_.exists(whole_))
      if (auto before = read_text(files_, whole_)) waiting_ = *before + waiting_;
    auto file = files_.open(part_, files_.exists(part_) ? OpenMode::update : OpenMode::create);
    if (!file) {
      failure_ = file.error();
      return;
    }
    file_ = std::move(*file);
    end_ = file_->size().value_or(0);
    write(std::exchange(waiting_, {}));
  }
  void write(std::string_view text) {
    if (!file_) {
      waiting_ += text;
      return;
    }
    // A log that cannot be written must not end a rip: the failure is told when the log would be published.
    if (auto done = file_->write_at(end_, std::as_bytes(std::span{text})); !done && !failure_) failure_ = done.error();
    end_ += text.size();
  }
  Result<void> publish() {
    if (failure_) return fail(*failure_);
    if (!file_) return {};  // nothing was done
    CHECK(file_->sync());
    return files_.rename(part_, whole_);
  }

 private:
  Files& files_;
  Path part_, whole_;
  std::unique_ptr<File> file_;
  std::uint64_t end_ = 0;
  std::string waiting_;
  std::optional<Error> failure_;
};

/// Opens the log when the rip begins.
struct LogOpener final : EventSink {
  explicit LogOpener(LogFile& file) : log(file) {}
  void on(const Event& event, Duration) override {
    if (const auto* begun = std::get_if<RipBegun>(&event)) log.begin(begun->resumed);
  }
  LogFile& log;
};

std::unique_ptr<EventSink> screen(const RipArgs& args) {
  if (args.json) return json_events(print, system_clock());
  if (args.quiet) return tee({});
  if (stderr_is_terminal())
    return terminal_progress(print_error, {.measure = terminal_columns, .colour = true}, system_clock());
  return plain_progress(print_error, system_clock());
}

void print_simulated(const Source& source, bool json) {
  if (source.simulated == nullptr || json) return;
  const SimulatedLog log = source.simulated->log();
  print_error(fmt::format("simulated drive: {:.1f} virtual seconds, {} commands, {} failing reads\n",
                          log.virtual_seconds, log.commands, log.failing_reads));
}

/// What the image is known as. Of an image with holes only the size can be looked up.
Result<Identification> identify_rip(Catalog& catalog, const RipOutcome& outcome, const RipOptions& options) {
  const std::string image = options.name.string() + ".iso";
  const bool whole = outcome.map.good() == outcome.map.sectors();
  HashedImage hashed{.name = image,
                     .bytes = static_cast<std::uint64_t>(outcome.map.sectors()) * kUserBytes,
                     .image = system_files().exists(image + ".part") ? image + ".part" : image};
  if (whole) hashed.digests = outcome.digests;
  if (outcome.disc.profile.kind == MediaKind::cd) hashed.first = outcome.range.first;
  return identify_hashed(catalog, hashed, {.progress = [](const VerifyProgress&) { return !stop_requested(); }});
}

Result<int> run_rip(const RipArgs& args) {
  TRY(RipOptions options, options_of(args));
  std::unique_ptr<Catalog> catalog;
  if (args.identify) {
    TRY(catalog, open_catalog(args.catalog, CatalogMode::read));
  }
  TRY(Source source, open(args));
  options.source = source.name;
  Files& files = system_files();
  TRY(const auto drive, Drive::open(std::move(source.transport)));
  LogFile log{files, options.name};

  log.write(fmt::format("pressmark {} rip {} -o {}\n", PRESSMARK_VERSION, source.name, args.name));
  const auto log_sink = text_log([&](std::string_view text) { log.write(text); });
  LogOpener opener{log};
  auto on_screen = screen(args);
  const auto events = tee({&opener, log_sink.get(), on_screen.get()});
  std::optional<Result<Identification>> known;
  const auto publish_records = [&](const RipOutcome& outcome) -> Result<void> {
    if (catalog) known = identify_rip(*catalog, outcome, options);
    const Identification* identification = known && *known ? &**known : nullptr;
    CHECK(replace_text(files, Path{options.name.string() + ".rip.json"}, rip_record(outcome, options, identification)));
    log.write(rip_summary(outcome));
    if (identification != nullptr) log.write(identification_text(*identification));
    return log.publish();
  };
  catch_signals();
  auto outcome =
      rip(*drive, options, files,
          {.events = events.get(), .reopen = source.reopen, .stop = stop_requested, .before_publish = publish_records});
  on_screen.reset();  // its last line is wiped before anything else is said
  print_simulated(source, args.json);
  if (!outcome) {
    log.write("ended: " + describe(outcome.error()) + "\n");
    return std::unexpected(std::move(outcome).error());
  }
  if (!args.json) print(rip_summary(*outcome));
  if (known && *known && !args.json) print(identification_text(**known));
  if (known && !*known) print_error(fmt::format("pressmark: the rip is done; {}\n", describe(known->error())));
  const bool once_is_enough = options.until != Until::proven || outcome->map.count(Grade::drive) == 0;
  return outcome->map.good() == outcome->map.sectors() && once_is_enough ? kAllGood : kBadNews;
}

int run(const RipArgs& args) {
  const auto code = run_rip(args);
  return code ? *code : report(code.error());
}

}  // namespace

CommandSpec rip_command() {
  return command<RipArgs>(
      "rip", "read a disc to an exact image, with the evidence for every sector",
      "Reads the disc in SOURCE to NAME.iso, an image of 2048-byte sectors. CDs are read raw: "
      "pressmark checks each sector's EDC and "
      "header address itself, and what holds is called proven. NAME.map is a GNU ddrescue mapfile "
      "and the state that a later run "
      "continues from: stop with Ctrl-C, pull the cable, run the same command again. NAME.rip.json "
      "is the record, NAME.log the story. "
      "Unreadable sectors are filled with 55h and listed.\n\n--files-first reads the file system's "
      "structures (ISO 9660, "
      "Joliet, Rock Ridge, UDF), then what files take, last the rest, and counts files as it goes; "
      "the record names those that unreadable sectors have cost. A GLOB for --want may use * and ? "
      "(within a name), [a-z], [!a-z], and ** (across directories); without / it is a name in any "
      "directory, with / a path from the root; a directory means all in it; A to Z and a to z are "
      "the same.\n\n--identify holds the digests of the finished image against the catalog; where a CD's DAT has "
      "2352-byte sectors, the image is read once more from the disk, never from the disc. What it "
      "finds is in the summary, the log and the record, and does not change the exit status.\n\nExit status: 0 every "
      "sector was read; "
      "1 some were not, or with --until proven only once; 2 wrong usage, or a disc that does not "
      "make one image; 3 device or file trouble; 4 interrupted or out of budget, can be continued.",
      rip_rows(), run);
}

}  // namespace pressmark::cli
