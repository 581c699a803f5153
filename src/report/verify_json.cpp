// docs/verify-json.md: one object, whether one image was verified or many.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pressmark/verify_report.h"

#include "report/members.h"

namespace pressmark {
namespace {

using Json = nlohmann::ordered_json;

Json sectors_json(SectorRange range) { return {{"first", range.first}, {"sectors", range.count}}; }

Json hit_json(const HitNames& hit) {
  Json files = Json::array();
  for (const HitNames::File& file : hit.files)
    files.push_back({{"path", file.path}, {"bytes", file.bytes}, {"sectors", file.sectors}});
  return {{"files", std::move(files)},      {"file_count", hit.file_count},
          {"structures", hit.structures},   {"structure_count", hit.structure_count},
          {"nobodys_sectors", hit.nobodys}, {"certain", hit.certain}};
}

Json ranges_json(const SectorRanges& found, const std::optional<HitNames>& hit = std::nullopt) {
  Json ranges = Json::array();
  for (const LbaRange& range : found.ranges) ranges.push_back(sectors_json({range.first.value, range.count}));
  Json json{{"sectors", found.sectors}, {"ranges", std::move(ranges)}, {"ranges_omitted", found.ranges_omitted}};
  if (hit) json["belong_to"] = hit_json(*hit);
  return json;
}

Json outcome_json(const Outcome& outcome, const std::optional<HitNames>& hit) {
  if (const auto* image = std::get_if<ExpectedImage>(&outcome.expectation)) {
    Json json{{"against", image->path.string()}, {"answer", to_string(outcome.answer)}};
    if (!outcome.comparison) return json;
    const Comparison& comparison = *outcome.comparison;
    json["other_bytes"] = comparison.other_bytes;
    if (comparison.first_difference) json["first_difference"] = *comparison.first_difference;
    json["different"] = ranges_json(comparison.different, hit);
    return json;
  }
  const auto& expected = std::get<ExpectedDigest>(outcome.expectation);
  Json json{{"against", expected.given_by},
            {"answer", to_string(outcome.answer)},
            {"digest", to_string(expected.digest.kind)},
            {"expected", expected.digest.hex()}};
  if (outcome.computed) json["computed"] = outcome.computed->hex();
  return json;
}

Json seal_json(const SealOutcome& seal) {
  Json json{{"kind", to_string(seal.kind)}, {"answer", to_string(seal.answer)}, {"covers", sectors_json(seal.covers)}};
  if (seal.expected) json["expected"] = seal.expected->hex();
  if (seal.computed) json["computed"] = seal.computed->hex();
  if (seal.damage) json["first_damage_in"] = sectors_json(*seal.damage);
  if (!seal.note.empty()) json["note"] = seal.note;
  return json;
}

Json image_json(const VerifyFindings& findings) {
  Json json{{"source", findings.source}};
  if (!findings.outcome) {
    json["good"] = false;
    json["error"] = {{"kind", to_string(findings.outcome.error().kind)}, {"text", describe(findings.outcome.error())}};
    return json;
  }
  const VerifiedImage& image = *findings.outcome;
  const VerifyReport& report = image.report;
  Json outcomes = Json::array();
  for (std::size_t i = 0; i < report.outcomes.size(); ++i)
    outcomes.push_back(
        outcome_json(report.outcomes[i], i < findings.differing_in.size() ? findings.differing_in[i] : std::nullopt));
  Json seals = Json::array();
  for (const SealOutcome& seal : report.seals) seals.push_back(seal_json(seal));
  json["good"] = findings.good();
  json["bytes"] = report.bytes;
  json["digests"] = digests_json(report.digests);
  json["outcomes"] = std::move(outcomes);
  json["seals"] = std::move(seals);
  json["unreadable"] = ranges_json(report.unreadable, findings.unreadable_in);
  if (image.never_read) {
    json["never_read"] = ranges_json(image.never_read->sectors, findings.never_read_in);
    json["never_read"]["told_by"] = image.never_read->told_by.string();
  }
  if (findings.known_as) json["identification"] = identification_members(*findings.known_as);
  return json;
}

Json sums_json(const UsedSums& sums) {
  Json json{{"file", sums.name}};
  if (!sums.checked) {
    json["signature"] = "not checked";
    return json;
  }
  json["signature"] = sums.signature ? to_string(sums.signature->state) : "none";
  if (!sums.signature) return json;
  json["signature_file"] = sums.signature->file.string();
  json["signer"] = sums.signature->signer;
  json["fingerprint"] = sums.signature->fingerprint;
  if (!sums.signature->made.empty()) json["made"] = sums.signature->made;
  json["notes"] = sums.signature->notes;
  return json;
}

}  // namespace

std::string verify_json(std::span<const VerifyFindings> findings, std::span<const UsedSums> sums,
                        const BatchSummary& summary, bool good) {
  Json images = Json::array();
  for (const VerifyFindings& one : findings) images.push_back(image_json(one));
  Json used = Json::array();
  for (const UsedSums& one : sums) used.push_back(sums_json(one));
  const Json json{{"schema", "pressmark-verify"},
                  {"schema_version", 1},
                  {"tool", {{"name", "pressmark"}, {"version", PRESSMARK_VERSION}}},
                  {"good", good},
                  {"sum_files", std::move(used)},
                  {"images", std::move(images)},
                  {"summary",
                   {{"good", summary.good},
                    {"bad", summary.bad},
                    {"missing", summary.missing},
                    {"failed", summary.failed},
                    {"not_done", summary.not_done},
                    {"bytes", summary.bytes}}}};
  // What names on disk are is not always UTF-8.
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pressmark
