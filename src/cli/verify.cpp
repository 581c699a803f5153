// pressmark verify: digests of an image or a disc, and what they are held against.
#include "pressmark/verify.h"

#include <algorithm>
#include <fmt/format.h>

#include "pressmark/catalog_report.h"
#include "pressmark/disc_source.h"
#include "pressmark/map.h"
#include "pressmark/report.h"

#include "cli/common.h"
#include "cli/known.h"
#include "core/try.h"

namespace pressmark::cli {
namespace {

constexpr std::size_t kRangesShown = 20;

/// What --against takes for the catalog; a file of this name is ./catalog.
constexpr std::string_view kCatalog = "catalog";

struct VerifyArgs : DriveArgs {
  std::optional<std::string> catalog;
  std::vector<std::string> against;
  std::string digests;
  std::optional<std::uint64_t> track;
  std::uint64_t retries = 2;
  bool quiet = false, json = false;
};

std::vector<OptionRow<VerifyArgs>> rows() {
  return joined(
      drive_rows<VerifyArgs>(),
      {{{.names = "-a,--against",
         .value = "X",
         .help = "a digest (sha1:HEX, or bare hex), a sum file (*sum, SFV), another image, or the word catalog: what "
                 "pressmark catalog knows; repeatable",
         .completes = Completes::file,
         .repeats = true},
        &VerifyArgs::against},
       {catalog_option(), &VerifyArgs::catalog},
       {{.names = "--digests",
         .value = "LIST",
         .help = "digests to compute besides: crc32, md5, sha1, sha256, sha512, blake2b"},
        &VerifyArgs::digests},
       {{.names = "--track", .value = "N", .help = "verify this data track of a disc with several"},
        &VerifyArgs::track,
        Range{1, 99}},
       {{.names = "--retries", .value = "COUNT", .help = "further readings of what a drive could not read (2)"},
        &VerifyArgs::retries,
        Range{0, 255}},
       {{.names = "-q,--quiet", .help = "only what is wrong"}, &VerifyArgs::quiet}});
}

std::string_view answer_words(Answer answer) {
  switch (answer) {
    case Answer::matched: return "matches";
    case Answer::differs: return "DIFFERS";
    case Answer::unknown: return "unknown: not every sector could be read";
  }
  return {};
}

void list(std::string& text, std::string_view what, const SectorRanges& found) {
  if (found.empty()) return;
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "  {} sectors {}\n", found.sectors, what);
  for (std::size_t i = 0; i < std::min(found.ranges.size(), kRangesShown); ++i) {
    const LbaRange& range = found.ranges[i];
    fmt::format_to(out, "    LBA {}{}\n", range.first.value,
                   range.count > 1 ? fmt::format("-{}", range.end().value - 1) : "");
  }
  const std::uint64_t hidden = found.ranges_omitted + found.ranges.size() - std::min(found.ranges.size(), kRangesShown);
  if (hidden > 0) fmt::format_to(out, "    and {} more ranges\n", hidden);
}

std::string words(const Outcome& outcome) {
  if (const auto* image = std::get_if<ExpectedImage>(&outcome.expectation)) {
    std::string text = fmt::format("  {}: {}\n", image->path.string(), answer_words(outcome.answer));
    if (!outcome.comparison) return text;
    const Comparison& c = *outcome.comparison;
    if (c.bytes != c.other_bytes) text += fmt::format("    {} bytes, not {}\n", c.bytes, c.other_bytes);
    if (c.first_difference)
      text += fmt::format("    first difference at byte {} (LBA {})\n", *c.first_difference,
                          *c.first_difference / kUserBytes);
    list(text, "differ", c.different);
    return text;
  }
  const auto& expected = std::get<ExpectedDigest>(outcome.expectation);
  std::string text =
      fmt::format("  {} {}: {}\n", to_string(expected.digest.kind), expected.given_by, answer_words(outcome.answer));
  if (outcome.answer == Answer::differs && outcome.computed)
    text += fmt::format("    expected {}\n    computed {}\n", expected.digest.hex(), outcome.computed->hex());
  return text;
}

std::string render(const VerifyReport& report, bool quiet) {
  std::string text;
  if (!quiet) text += fmt::format("{}: {}\n", report.source, format_bytes(report.bytes));
  for (const Outcome& outcome : report.outcomes)
    if (!quiet || outcome.answer != Answer::matched) text += words(outcome);
  list(text, "could not be read; no digest is taken over what is missing", report.unreadable);
  if (!quiet)
    for (const Digest& digest : report.digests)
      text += fmt::format("  {:<8}{}\n", to_string(digest.kind), digest.hex());
  return text;
}

/// A drive and what is read from it, or a file alone.
struct Subject {
  std::unique_ptr<Drive> drive;
  std::unique_ptr<SectorSource> source;
};

bool is_cue(const std::string& name) { return name.size() > 4 && (name.ends_with(".cue") || name.ends_with(".CUE")); }

Result<Subject> open_subject(const VerifyArgs& args) {
  Subject subject;
  Files& files = system_files();
  const auto track = static_cast<std::uint8_t>(args.track.value_or(0));
  if (is_cue(args.source)) {
    TRY(auto medium, open_cue(args.source));
    TRY(subject.source, medium_source(std::move(medium), args.source, track));
    return subject;
  }
  std::error_code ignored;
  if (!args.source.empty() && std::filesystem::is_regular_file(args.source, ignored)) {
    TRY(subject.source, open_file_source(files, args.source));
    return subject;
  }
  TRY(Source source, open(args));
  TRY(subject.drive, Drive::open(std::move(source.transport)));
  DiscSourceOptions options{.retries = static_cast<std::uint32_t>(args.retries), .stop = stop_requested};
  if (args.track) options.track = track;
  TRY(subject.source, open_disc_source(*subject.drive, options));
  return subject;
}

/// A rip's image has filler where its map says so: whoever hashes it should know.
std::string note_of_map(const std::string& source) {
  Path map{source};
  if (map.extension() != ".iso") return {};
  map.replace_extension(".map");
  const auto text = read_text(system_files(), map, 1U << 30U);
  const auto file = text ? parse_mapfile(*text, map.string()) : fail(text.error());
  if (!file || file->map.good() == file->map.sectors()) return {};
  return fmt::format("  note: {} says that {} sectors were never read: what stands there is filler\n", map.string(),
                     file->map.sectors() - file->map.good());
}

/// What the catalog knows it as. A cue sheet is known by all of its tracks, of which only data was verified: its files are read for it.
Result<Identification> known_as(Catalog& catalog, const VerifyArgs& args, const VerifyReport& report,
                                const HashOptions& options) {
  std::error_code ignored;
  const bool file = std::filesystem::is_regular_file(args.source, ignored);
  if (file && is_cue(args.source)) {
    TRY(auto medium, open_cue(args.source));
    const auto pieces = pieces_of(std::move(medium), args.source);
    return identify(catalog, *pieces, {.hash = options});
  }
  HashedImage image{.name = report.source, .bytes = report.bytes, .digests = report.digests, .first = Lba{0}};
  if (file) image.image = args.source;
  return identify_hashed(catalog, image, options);
}

Result<int> run_verify(const VerifyArgs& args) {
  Files& files = system_files();
  VerifyOptions options;
  if (!args.digests.empty()) {
    TRY(options.kinds, parse_digest_kinds(args.digests));
  } else if (args.against.empty()) {
    options.kinds.assign(kDefaultDigests.begin(), kDefaultDigests.end());
  }
  std::vector<Expectation> expectations;
  std::unique_ptr<Catalog> catalog;
  for (const std::string& x : args.against) {
    if (x == kCatalog) {
      TRY(catalog, open_catalog(args.catalog, CatalogMode::read));
      options.kinds = joined<DigestKind>({kDefaultDigests.begin(), kDefaultDigests.end()}, std::move(options.kinds));
      continue;
    }
    TRY(auto more, read_expectations(files, x, args.source));
    expectations.insert(expectations.end(), more.begin(), more.end());
  }
  catch_signals();
  TRY(Subject subject, open_subject(args));
  const bool show = stderr_is_terminal() && !args.quiet;
  Duration shown{0};
  options.hash.progress = [&](const VerifyProgress& progress) {
    const Duration now = system_clock().now();
    if (show && now - shown > std::chrono::milliseconds{200}) {
      shown = now;
      const double percent = progress.bytes_total > 0 ? 100.0 * static_cast<double>(progress.bytes_done) /
                                                            static_cast<double>(progress.bytes_total)
                                                      : 0;
      print_error(fmt::format("\r{:5.1f}%  {} of {} ", percent, format_bytes(progress.bytes_done),
                              format_bytes(progress.bytes_total)));
    }
    return !stop_requested();
  };
  const auto report = verify(*subject.source, expectations, files, options);
  if (show) print_error("\r" + std::string(40, ' ') + "\r");
  if (!report) return std::unexpected(report.error());
  print(render(*report, args.quiet) + note_of_map(args.source));
  bool known = true;
  if (catalog) {
    TRY(const auto identification, known_as(*catalog, args, *report, options.hash));
    known = identification.recognition == Recognition::full;
    if (!known || !args.quiet) print(identification_text(identification));
  }
  return report->good() && known ? kAllGood : kBadNews;
}

int run(const VerifyArgs& args) {
  const auto code = run_verify(args);
  return code ? *code : report(code.error());
}

}  // namespace

CommandSpec verify_command() {
  return command<VerifyArgs>("verify", "hold an image or a disc against digests, sum files or another image",
                             "Reads SOURCE once, computes every digest that is asked for or needed, and answers each "
                             "--against X: a digest, every digest that "
                             "a sum file gives for this image, or another image compared sector by sector. A drive is "
                             "read through and nothing is stored; its "
                             "unreadable sectors are listed, and no digest is taken over what is missing. A cue sheet "
                             "stands for the user data of its data "
                             "track.\n\nExit status: 0 everything was read and matches; 1 something differs or could "
                             "not be read; 2 wrong usage; 3 device or file trouble; 4 interrupted.",
                             rows(), run);
}

}  // namespace pressmark::cli
