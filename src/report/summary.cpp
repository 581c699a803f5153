#include <algorithm>
#include <fmt/format.h>

#include "pressmark/report.h"

#include "report/text.h"

namespace pressmark {
namespace {

constexpr std::size_t kFilesShown = 20;

std::string_view grade_words(Grade grade) {
  switch (grade) {
    case Grade::untried: return "not yet read";
    case Grade::untrimmed: return "to be read by themselves";
    case Grade::unreadable: return "tried, never good; filled";
    case Grade::drive: return "the drive said good, once";
    case Grade::agreed: return "two readings agree";
    case Grade::rebuilt: return "rebuilt by ECC, EDC holds";
    case Grade::proven: return "EDC and address hold";
  }
  return {};
}

/// The reason that the failures give for a run; the last one heard.
std::string reason(const RipOutcome& outcome, const GradedRun& run) {
  const FailureNote* best = nullptr;
  for (const FailureNote& failure : outcome.failures)
    if (failure.first < run.end() && run.first < failure.first + failure.count &&
        (best == nullptr || failure.tries > best->tries))
      best = &failure;
  return best == nullptr ? std::string{} : fmt::format("{}, tried {} times", best->last, best->tries);
}

/// What the unreadable sectors have cost, by name.
std::string file_lines(const FilesOutcome& files) {
  // Where directories are lost, so is the knowledge of what they listed.
  const bool listing_lost = files.hit_structure_count > 0 || files.trouble_count > 0;
  std::string text = fmt::format("  files      {} of {} {}", files.count.whole, files.count.files,
                                 listing_lost ? "still listed are whole" : "whole");
  const auto out = std::back_inserter(text);
  if (files.count.wanted > 0)
    fmt::format_to(out, "; of those wanted {} of {}", files.count.wanted_whole, files.count.wanted);
  text += '\n';
  for (std::size_t i = 0; i < std::min(files.hit.size(), kFilesShown); ++i)
    fmt::format_to(out, "    {}{}: {} of {} sectors unreadable\n", files.hit[i].path,
                   files.hit[i].wanted ? " (wanted)" : "", files.hit[i].unreadable, files.hit[i].sectors);
  if (files.count.hit > kFilesShown)
    fmt::format_to(out, "    and {} more files; the record lists up to 1000\n", files.count.hit - kFilesShown);
  for (std::size_t i = 0; i < std::min(files.hit_structures.size(), kFilesShown); ++i)
    fmt::format_to(out, "    {}: unreadable; what it lists may be missing here\n", files.hit_structures[i]);
  return text;
}

}  // namespace

std::string rip_summary(const RipOutcome& outcome) {
  const auto bytes = static_cast<std::uint64_t>(outcome.map.sectors()) * kUserBytes;
  std::string text = fmt::format("{}: {} sectors, {}, read in {}\n", outcome.image.string(), outcome.map.sectors(),
                                 format_bytes(bytes), format_duration(outcome.reading));
  const auto out = std::back_inserter(text);
  for (std::size_t i = kGradeCount; i-- > 0;) {
    const auto grade = static_cast<Grade>(i);
    if (outcome.map.count(grade) > 0)
      fmt::format_to(out, "  {:<11}{:>9}  {}\n", to_string(grade), outcome.map.count(grade), grade_words(grade));
  }
  std::size_t shown = 0, hidden = 0;
  for (auto run = outcome.map.find(0, Grade::unreadable); run; run = outcome.map.find(run->end(), Grade::unreadable)) {
    if (shown++ >= kRangesShown) {
      ++hidden;
      continue;
    }
    fmt::format_to(out, "    {}: {}\n", range_words({outcome.range.first + run->first, run->count}),
                   reason(outcome, *run));
  }
  if (hidden > 0) fmt::format_to(out, "    and {} more ranges, all of them in the record\n", hidden);
  if (outcome.files) text += file_lines(*outcome.files);
  for (const Digest& digest : outcome.digests) fmt::format_to(out, "  {:<8}{}\n", to_string(digest.kind), digest.hex());
  return text;
}

}  // namespace pressmark
