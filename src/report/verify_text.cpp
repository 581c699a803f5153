// A verification in words: what was held against what, what came of it, and whose the damage is.
#include <algorithm>
#include <fmt/format.h>

#include "pressmark/catalog_report.h"
#include "pressmark/owners.h"
#include "pressmark/report.h"
#include "pressmark/verify_report.h"

#include "report/text.h"

namespace pressmark {
namespace {

constexpr std::size_t kNamesShown = 20;

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
  fmt::format_to(out, "  {} {}\n", counted(found.sectors, "sector"), what);
  const std::size_t shown = std::min(found.ranges.size(), kRangesShown);
  for (const LbaRange& range : std::span{found.ranges}.first(shown))
    fmt::format_to(out, "    {}\n", range_words(range));
  const std::uint64_t hidden = found.ranges_omitted + found.ranges.size() - shown;
  if (hidden > 0) fmt::format_to(out, "    and {} more ranges\n", hidden);
}

void list(std::string& text, const std::optional<HitNames>& hit) {
  if (!hit) return;
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "    of {}{}\n", counted(static_cast<std::int64_t>(hit->file_count), "file"),
                 hit->certain ? "" : " (at least: not every directory could be followed)");
  for (std::size_t i = 0; i < std::min(hit->files.size(), kNamesShown); ++i)
    fmt::format_to(out, "      {}: {} in {}\n", hit->files[i].path,
                   counted(static_cast<std::int64_t>(hit->files[i].bytes), "byte"),
                   counted(static_cast<std::int64_t>(hit->files[i].sectors), "sector"));
  if (hit->file_count > kNamesShown) fmt::format_to(out, "      and {} more files\n", hit->file_count - kNamesShown);
  for (std::size_t i = 0; i < std::min(hit->structures.size(), kNamesShown); ++i)
    fmt::format_to(out, "      {}\n", hit->structures[i]);
  if (hit->structure_count > kNamesShown)
    fmt::format_to(out, "      and {} more structures\n", hit->structure_count - kNamesShown);
  if (hit->nobodys > 0)
    fmt::format_to(out, "      nobody: {}\n", counted(static_cast<std::int64_t>(hit->nobodys), "sector"));
}

std::string words(const Outcome& outcome, const std::optional<HitNames>& hit) {
  if (const auto* image = std::get_if<ExpectedImage>(&outcome.expectation)) {
    std::string text = fmt::format("  {}: {}\n", image->path.string(), answer_words(outcome.answer));
    if (!outcome.comparison) return text;
    const Comparison& c = *outcome.comparison;
    if (c.bytes != c.other_bytes) text += fmt::format("    {} bytes, not {}\n", c.bytes, c.other_bytes);
    if (c.first_difference)
      text += fmt::format("    first difference at byte {} (LBA {})\n", *c.first_difference,
                          *c.first_difference / kUserBytes);
    list(text, c.different.sectors == 1 ? "differs" : "differ", c.different);
    list(text, hit);
    return text;
  }
  const auto& expected = std::get<ExpectedDigest>(outcome.expectation);
  std::string text =
      fmt::format("  {} {}: {}\n", to_string(expected.digest.kind), expected.given_by, answer_words(outcome.answer));
  if (outcome.answer == Answer::differs && outcome.computed)
    text += fmt::format("    expected {}\n    computed {}\n", expected.digest.hex(), outcome.computed->hex());
  return text;
}

std::string words(const SealOutcome& seal) {
  std::string text = fmt::format("  seal: {} over {}: {}\n", to_string(seal.kind), named_sectors(seal.covers),
                                 seal.answer == Answer::matched ? "holds" : answer_words(seal.answer));
  if (!seal.note.empty()) text += fmt::format("    {}\n", seal.note);
  if (seal.damage) text += fmt::format("    the first damage lies in {}\n", named_sectors(*seal.damage));
  if (seal.answer == Answer::differs && seal.expected && seal.computed)
    text += fmt::format("    expected {}\n    computed {}\n", seal.expected->hex(), seal.computed->hex());
  return text;
}

std::string bad_words(const VerifiedImage& image) {
  std::vector<std::string> reasons;
  for (const Outcome& outcome : image.report.outcomes) {
    if (outcome.answer == Answer::matched) continue;
    const std::string_view verdict = outcome.answer == Answer::differs ? "differs" : "unknown";
    if (const auto* other = std::get_if<ExpectedImage>(&outcome.expectation))
      reasons.push_back(fmt::format("{} {} from {}", outcome.comparison ? outcome.comparison->different.sectors : 0,
                                    "sectors differ", other->path.string()));
    else
      reasons.push_back(fmt::format("{} {} ({})", to_string(std::get<ExpectedDigest>(outcome.expectation).digest.kind),
                                    verdict, std::get<ExpectedDigest>(outcome.expectation).given_by));
  }
  for (const SealOutcome& seal : image.report.seals)
    if (seal.answer != Answer::matched)
      reasons.push_back(fmt::format("{} seal {}{}", to_string(seal.kind),
                                    seal.answer == Answer::differs ? "broken" : "unknown",
                                    seal.damage ? ", first damage in " + named_sectors(*seal.damage) : ""));
  if (!image.report.unreadable.empty())
    reasons.push_back(counted(image.report.unreadable.sectors, "sector") + " not readable");
  if (image.never_read) reasons.push_back(counted(image.never_read->sectors.sectors, "sector") + " never read");
  return fmt::format("{}", fmt::join(reasons, "; "));
}

std::string good_words(const VerifiedImage& image) {
  std::vector<std::string> held;
  for (const Outcome& outcome : image.report.outcomes) {
    const auto* digest = std::get_if<ExpectedDigest>(&outcome.expectation);
    held.emplace_back(digest != nullptr ? to_string(digest->digest.kind) : "image");
  }
  const auto implanted = std::ranges::count(image.report.seals, SealKind::isomd5sum, &SealOutcome::kind);
  const auto tags = std::ssize(image.report.seals) - implanted;
  if (implanted > 0) held.emplace_back("isomd5sum seal");
  if (tags > 0) held.push_back(fmt::format("{} libisofs seals", tags));
  return held.empty() ? "nothing to hold it against" : fmt::format("{}", fmt::join(held, ", "));
}

}  // namespace

bool VerifyFindings::good() const {
  return outcome && outcome->good() && (!known_as || known_as->recognition == Recognition::full);
}

std::string verify_text(const VerifyFindings& findings, bool quiet) {
  if (!findings.outcome) return fmt::format("{}: {}\n", findings.source, describe(findings.outcome.error()));
  const VerifiedImage& image = *findings.outcome;
  const VerifyReport& report = image.report;
  std::string text;
  if (!quiet) text += fmt::format("{}: {}\n", report.source, format_bytes(report.bytes));
  for (std::size_t i = 0; i < report.outcomes.size(); ++i)
    if (!quiet || report.outcomes[i].answer != Answer::matched)
      text += words(report.outcomes[i], i < findings.differing_in.size() ? findings.differing_in[i] : std::nullopt);
  for (const SealOutcome& seal : report.seals)
    if (!quiet || seal.answer != Answer::matched) text += words(seal);
  list(text, "unreadable; no digest is taken over what is missing", report.unreadable);
  list(text, findings.unreadable_in);
  if (!quiet)
    for (const Digest& digest : report.digests)
      text += fmt::format("  {:<8}{}\n", to_string(digest.kind), digest.hex());
  if (image.never_read)
    list(text, fmt::format("never read, says {}: what stands there is filler", image.never_read->told_by.string()),
         image.never_read->sectors);
  list(text, findings.never_read_in);
  if (findings.known_as && (!quiet || !findings.good())) text += identification_text(*findings.known_as);
  return text;
}

std::string verify_line(const VerifyFindings& findings) {
  if (!findings.outcome) {
    const Error& error = findings.outcome.error();
    return fmt::format("{}: {}\n", findings.source, describe(error));
  }
  const VerifiedImage& image = *findings.outcome;
  if (image.good() && !findings.good())
    return fmt::format("{}: BAD: the catalog does not know it in full\n", findings.source);
  if (image.good())
    return fmt::format("{}: good ({}{})\n", findings.source, good_words(image),
                       image.never_read ? "; part of it is filler" : "");
  return fmt::format("{}: BAD: {}\n", findings.source, bad_words(image));
}

std::string verify_summary(const BatchSummary& summary) {
  std::string text = fmt::format("{} files, {}: {} good", summary.good + summary.bad + summary.missing + summary.failed,
                                 format_bytes(summary.bytes), summary.good);
  const auto add = [&](std::size_t count, std::string_view what) {
    if (count > 0) text += fmt::format(", {} {}", count, what);
  };
  add(summary.bad, "bad");
  add(summary.missing, "missing");
  add(summary.failed, "could not be verified");
  if (summary.not_done > 0) text += fmt::format("; interrupted: {} not verified", summary.not_done);
  return text + '\n';
}

bool UsedSums::good() const {
  if (!signature) return !demanded || !checked;
  return signature->state == SignatureState::good;
}

std::string signature_text(const UsedSums& sums) {
  if (!sums.checked) return fmt::format("{}: whether it is signed was not looked at\n", sums.name);
  if (!sums.signature)
    return fmt::format("{}: {}\n", sums.name,
                       sums.demanded ? "UNSIGNED, and --keyring asks for a signature" : "unsigned");
  const Signature& signature = *sums.signature;
  std::string text;
  switch (signature.state) {
    case SignatureState::good: text = "signed by"; break;
    case SignatureState::bad: text = "BAD SIGNATURE: the file is not what was signed by"; break;
    case SignatureState::expired: text = "its signature HAS EXPIRED; it was made by"; break;
    case SignatureState::revoked: text = "its signature is by a REVOKED key of"; break;
  }
  text = fmt::format("{}: {} {} ({}{}{})\n", sums.name, text, signature.signer, signature.fingerprint,
                     signature.made.empty() ? "" : ", " + signature.made,
                     signature.file == Path{sums.name} ? "" : ", " + signature.file.string());
  for (const std::string& note : signature.notes) text += fmt::format("  {}\n", note);
  return text;
}

std::optional<HitNames> hit_names(const Volume& volume, std::int64_t sectors, const SectorRanges& ranges) {
  if (volume.views().empty() || ranges.empty()) return std::nullopt;
  std::vector<SectorRange> asked;
  for (const LbaRange& range : ranges.ranges) asked.push_back({range.first.value, range.count});
  const Damage damage = damage_of(volume, sectors, asked);
  HitNames names{.file_count = damage.files.size(),
                 .structure_count = damage.structures.size(),
                 .nobodys = damage.unallocated + damage.padding + damage.unknown + damage.outside,
                 .certain = damage.certain && ranges.ranges_omitted == 0};
  for (const FileHit& hit : std::span{damage.files}.first(std::min(damage.files.size(), HitNames::kMost)))
    names.files.push_back({.path = volume.path(volume.files()[hit.file]), .bytes = hit.bytes, .sectors = hit.sectors});
  for (const StructureHit& hit :
       std::span{damage.structures}.first(std::min(damage.structures.size(), HitNames::kMost)))
    names.structures.push_back(volume.name(volume.structures()[hit.structure]));
  return names;
}

}  // namespace pressmark
