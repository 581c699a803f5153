// One image with what lies beside it.
#include "pressmark/verify_files.h"

#include <algorithm>
#include <fmt/format.h>

#include "pressmark/map.h"

#include "core/try.h"
#include "verify/record.h"

namespace pressmark {
namespace {

constexpr std::uint64_t kLargestMapBytes = 1U << 30U;

Path beside(const Path& image, std::string_view ending) {
  Path path = image;
  path.replace_extension(ending);
  return path;
}

SectorRanges not_good(const RipMap& map) {
  SectorRanges ranges;
  for (const GradedRun& run : map.runs())
    if (!is_good(run.grade)) ranges.add({Lba{run.first}, run.count});
  return ranges;
}

SectorRanges all_of(std::span<const SectorRange> some) {
  SectorRanges ranges;
  for (const SectorRange& range : some) ranges.add({Lba{range.first}, range.count});
  return ranges;
}

std::optional<NeverRead> told(Path by, SectorRanges sectors) {
  if (sectors.empty()) return std::nullopt;
  return NeverRead{.told_by = std::move(by), .sectors = std::move(sectors)};
}

Result<std::vector<Expectation>> expectations_about(std::span<const Against> against, std::string_view image_name) {
  std::vector<Expectation> all;
  for (const Against& one : against) {
    TRY(auto more, one.about(image_name));
    std::ranges::move(more, std::back_inserter(all));
  }
  return all;
}

/// The image against what was asked for and `more`.
Result<VerifiedImage> verified(Files& files, SectorSource& source, const VerifyFileOptions& options,
                               std::vector<Expectation> more) {
  TRY(auto expectations, expectations_about(options.against, source.name()));
  VerifiedImage result{.report = {}, .asked_outcomes = expectations.size(), .never_read = std::nullopt};
  std::ranges::move(more, std::back_inserter(expectations));
  TRY(result.report, verify(source, expectations, files, options.verify));
  for (const Against& one : options.against)
    if (const RecordedImage* record = one.record()) result.never_read = told(one.name(), all_of(record->never_read));
  return result;
}

}  // namespace

bool VerifiedImage::good() const {
  const auto asked = std::span{report.outcomes}.first(asked_outcomes);
  const bool known = std::ranges::any_of(asked, [](const Outcome& o) { return o.answer == Answer::matched; });
  return report.good() && (!never_read || known);
}

Result<std::optional<NeverRead>> never_read(Files& files, const Path& image) {
  if (is_cue(image)) return std::nullopt;
  if (const Path path = beside(image, ".rip.json"); files.exists(path)) {
    TRY(const std::string text, read_text(files, path, kLargestRecordBytes));
    TRY(RecordedImage record, parse_record(text, path.string()));
    return told(path, all_of(record.never_read));
  }
  if (const Path path = beside(image, ".map"); files.exists(path)) {
    TRY(const std::string text, read_text(files, path, kLargestMapBytes));
    TRY(const MapFile file, parse_mapfile(text, path.string()));
    return told(path, not_good(file.map));
  }
  return std::nullopt;
}

Result<VerifiedImage> verify_source(Files& files, SectorSource& source, const VerifyFileOptions& options) {
  return verified(files, source, options, {});
}

Result<VerifiedImage> verify_file(Files& files, const Path& path, const VerifyFileOptions& options) {
  TRY(const auto source, open_image(files, path, options.track));
  std::vector<Expectation> from_record;
  std::optional<NeverRead> filler;
  if (options.beside) {
    TRY(filler, never_read(files, path));
    const Path record = beside(path, ".rip.json");
    if (!is_cue(path) && files.exists(record)) {
      TRY(const Against against, Against::read(files, record.string(), {.check = false}));
      TRY(from_record, against.about(path.string()));
    }
  }
  TRY(VerifiedImage result, verified(files, *source, options, std::move(from_record)));
  if (filler) result.never_read = std::move(filler);
  return result;
}

}  // namespace pressmark
