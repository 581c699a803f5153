#include "cli/verify_run.h"

#include <algorithm>
#include <fmt/format.h>

#include "pressmark/disc_source.h"
#include "pressmark/filesystem.h"
#include "pressmark/report.h"
#include "pressmark/sum_files.h"

#include "cli/known.h"
#include "core/try.h"

namespace pressmark::cli {
namespace {

/// A drive and what is read from it.
struct DriveSubject {
  std::unique_ptr<Drive> drive;
  std::unique_ptr<DiscImageSource> source;
};

Result<DriveSubject> open_drive(const VerifyArgs& args) {
  DriveSubject subject;
  TRY(Source source, open(args));
  TRY(subject.drive, Drive::open(std::move(source.transport)));
  DiscSourceOptions options{.retries = static_cast<std::uint32_t>(args.retries), .stop = stop_requested};
  if (args.track) options.track = static_cast<std::uint8_t>(*args.track);
  TRY(subject.source, open_disc_source(*subject.drive, options));
  return subject;
}

bool is_image_file(const std::string& name) {
  std::error_code ignored;
  return !name.empty() && std::filesystem::is_regular_file(name, ignored);
}

/// A line that moves, on a terminal.
class ProgressLine {
 public:
  explicit ProgressLine(bool shown) : shown_(shown) {}
  ~ProgressLine() {
    if (shown_) print_error("\r" + std::string(40, ' ') + "\r");
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  bool operator()(const VerifyProgress& progress) {
    const Duration now = system_clock().now();
    if (shown_ && now - drawn_ > std::chrono::milliseconds{200}) {
      drawn_ = now;
      const double percent = progress.bytes_total > 0 ? 100.0 * static_cast<double>(progress.bytes_done) /
                                                            static_cast<double>(progress.bytes_total)
                                                      : 0;
      print_error(fmt::format("\r{:5.1f}%  {} of {} ", percent, format_bytes(progress.bytes_done),
                              format_bytes(progress.bytes_total)));
    }
    return !stop_requested();
  }

 private:
  bool shown_;
  Duration drawn_{0};
};

/// `lost` counts as unreadable whatever stands there.
ReadSectors sectors_of(SectorSource& source, const SectorRanges& lost) {
  return [&](std::int64_t first, std::uint32_t count, std::span<std::byte> out) -> Result<bool> {
    const auto behind = std::ranges::upper_bound(lost.ranges, Lba{first}, {}, &LbaRange::end);
    if (behind != lost.ranges.end() && behind->first < Lba{first} + count) return false;
    std::vector<LbaRange> unreadable;
    CHECK(source.read(Lba{first}, count, out, unreadable));
    return unreadable.empty();
  };
}

/// Whose `ranges` of `source` are. What cannot be walked has no names, and that is all: the verification itself stands.
std::optional<HitNames> names_of(SectorSource& source, const SectorRanges& ranges, const SectorRanges& lost) {
  if (ranges.empty() || stop_requested()) return std::nullopt;
  const auto volume = walk_volume(sectors_of(source, lost), {.sectors = source.sectors()});
  return volume ? hit_names(*volume, source.sectors(), ranges) : std::nullopt;
}

/// Differences are named by the image that is the measure, damage by what is left of the image itself.
void name_files(VerifyFindings& findings, SectorSource& source) {
  const VerifyReport& report = findings.outcome->report;
  findings.unreadable_in = names_of(source, report.unreadable, report.unreadable);
  if (const auto& filler = findings.outcome->never_read)
    findings.never_read_in = names_of(source, filler->sectors, filler->sectors);
  for (const Outcome& outcome : report.outcomes) {
    std::optional<HitNames> names;
    const auto* expected = std::get_if<ExpectedImage>(&outcome.expectation);
    if (expected != nullptr && outcome.comparison && !outcome.comparison->different.empty())
      if (const auto measure = open_image(system_files(), expected->path))
        names = names_of(**measure, outcome.comparison->different, {});
    findings.differing_in.push_back(std::move(names));
  }
}

Result<void> write_sums(const VerifyArgs& args, const VerifyPlan& plan, const VerifiedImage& image, const Path& path) {
  if (plan.write.empty()) return {};
  TRY(const auto written,
      write_sum_files(system_files(), image, path,
                      {.kinds = plan.write, .overwrite = args.overwrite, .with_filler = args.with_filler}));
  for (const Path& sums : written)
    if (!args.quiet && !args.json) print(fmt::format("  written: {}\n", sums.string()));
  return {};
}

/// What is known before anything is read.
Result<void> may_write_sums(const VerifyArgs& args) {
  if (!is_image_file(args.source))
    return fail({.kind = ErrorKind::usage,
                 .tried = "write sum files",
                 .where = args.source,
                 .got = "there is no image file that they would lie beside",
                 .next = "rip the disc first, or give an image"});
  TRY(auto filler, never_read(system_files(), args.source));
  if (!filler || args.with_filler) return {};
  VerifiedImage unread;
  unread.never_read = std::move(filler);
  CHECK(write_sum_files(system_files(), unread, args.source, {}));
  return {};
}

void print_signatures(const VerifyArgs& args, const VerifyPlan& plan) {
  if (args.json) return;
  for (const UsedSums& sums : plan.sums) {
    if (!args.quiet || !sums.good()) print(signature_text(sums));
  }
}

bool is_good(const VerifyArgs& args, const VerifyFindings& findings) {
  return findings.good() && !(args.seal && findings.outcome->report.seals.empty());
}

/// What a CD's raw sectors are known by, where only their user data was read.
struct OnCd {
  std::optional<Lba> first = Lba{0};  ///< nothing: no CD
  std::vector<Digest> regenerated = {};
};

/// What the catalog knows `findings` as. A cue sheet is known by all of its tracks, of which only data was verified: its files are
/// read for it.
Result<void> ask_catalog(const VerifyPlan& plan, const Path& path, const OnCd& on_cd, VerifyFindings& findings) {
  if (!plan.catalog || !findings.outcome) return {};
  const HashOptions options{.progress = [](const VerifyProgress&) { return !stop_requested(); }};
  const VerifyReport& report = findings.outcome->report;
  const bool file = is_image_file(path.string());
  if (file && is_cue(path)) {
    TRY(auto medium, open_cue(path));
    const auto pieces = pieces_of(std::move(medium), path.string());
    TRY(findings.known_as, identify(*plan.catalog, *pieces, {.hash = options}));
    return {};
  }
  HashedImage image{.name = report.source,
                    .bytes = report.bytes,
                    .digests = report.digests,
                    .first = on_cd.first,
                    .regenerated = on_cd.regenerated};
  if (file) image.image = path;
  TRY(findings.known_as, identify_hashed(*plan.catalog, image, options));
  return {};
}

/// Verifies and names; the source stays open in between.
Result<VerifyFindings> find_out(const VerifyArgs& args, const VerifyPlan& plan, OnCd& on_cd) {
  const VerifyFileOptions& options = plan.file;
  Files& files = system_files();
  VerifyFindings findings{.source = args.source, .outcome = VerifiedImage{}};
  if (!is_image_file(args.source)) {
    TRY(const DriveSubject subject, open_drive(args));
    findings.source = subject.source->name();
    on_cd.first = plan.catalog ? subject.source->first_on_cd() : std::nullopt;
    if (on_cd.first) {
      RegeneratingSource through{*subject.source, *on_cd.first};
      TRY(findings.outcome, verify_source(files, through, options));
      on_cd.regenerated = through.finish();
    } else {
      TRY(findings.outcome, verify_source(files, *subject.source, options));
    }
    name_files(findings, *subject.source);
    return findings;
  }
  TRY(findings.outcome, verify_file(files, args.source, options));
  if (const auto source = open_image(files, args.source, options.track)) name_files(findings, **source);
  return findings;
}

}  // namespace

bool VerifyPlan::signatures_good() const {
  return std::ranges::all_of(sums, [](const UsedSums& used) { return used.good(); });
}

Result<int> verify_one_source(const VerifyArgs& args, VerifyPlan plan) {
  if (!plan.write.empty()) CHECK(may_write_sums(args));
  std::vector<VerifyFindings> found;
  {
    ProgressLine line{stderr_is_terminal() && !args.quiet};
    plan.file.verify.hash.progress = [&line](const VerifyProgress& at) { return line(at); };
    OnCd on_cd;
    TRY(VerifyFindings findings, find_out(args, plan, on_cd));
    CHECK(ask_catalog(plan, args.source, on_cd, findings));
    found.push_back(std::move(findings));
  }
  const VerifiedImage& image = *found.front().outcome;
  const bool good = is_good(args, found.front());
  print_signatures(args, plan);
  if (args.json) {
    const BatchSummary summary{.good = good ? 1U : 0U, .bad = good ? 0U : 1U, .bytes = image.report.bytes};
    print(verify_json(found, plan.sums, summary, good && plan.signatures_good()));
  } else {
    print(verify_text(found.front(), args.quiet));
    if (args.seal && image.report.seals.empty()) print("  no seal was found in it\n");
  }
  CHECK(write_sums(args, plan, image, args.source));
  return good && plan.signatures_good() ? kAllGood : kBadNews;
}

Result<int> verify_many_files(const VerifyArgs& args, const VerifyPlan& plan, const std::vector<Path>& paths) {
  const BatchOptions options{
      .file = plan.file, .workers = static_cast<unsigned>(args.jobs), .stop = [] { return stop_requested(); }};
  const bool held = !args.against.empty() || args.all;
  std::vector<VerifyFindings> all;
  bool good = plan.signatures_good();
  print_signatures(args, plan);
  const auto tell = [&](const BatchItem& item) {
    VerifyFindings findings{.source = item.path.string(), .outcome = item.outcome};
    if (auto asked = ask_catalog(plan, item.path, {}, findings); !asked)
      findings.outcome = fail(std::move(asked).error());
    const bool this_good = is_good(args, findings);
    good = good && this_good;
    const bool names_shown = args.json || !held;
    if (findings.outcome && !this_good && names_shown)
      if (const auto source = open_image(system_files(), item.path, plan.file.track)) name_files(findings, **source);
    if (findings.outcome)
      if (const auto written = write_sums(args, plan, *findings.outcome, item.path); !written) {
        print_error(fmt::format("pressmark: {}\n", describe(written.error())));
        good = false;
      }
    if (args.json)
      all.push_back(std::move(findings));
    else if (!held)
      print(verify_text(findings, args.quiet));
    else if (!args.quiet || !this_good)
      print(verify_line(findings));
  };
  const BatchSummary summary = verify_files(system_files(), paths, options, tell);
  if (args.json)
    print(verify_json(all, plan.sums, summary, good && summary.not_done == 0));
  else
    print(verify_summary(summary));
  if (summary.not_done > 0)
    return fail({.kind = ErrorKind::interrupted,
                 .tried = "verify all files",
                 .got = fmt::format("asked to stop; {} of {} were not verified", summary.not_done, paths.size())});
  if (summary.failed > 0 && summary.bad == 0 && summary.missing == 0) return kTrouble;
  return good ? kAllGood : kBadNews;
}

}  // namespace pressmark::cli
