// The record of a rip, read back: only what an image without its map is asked about. A record is a file like any other: every member may
// be missing or of another form.
#include <fmt/format.h>
#include <limits>
#include <nlohmann/json.hpp>

#include "pressmark/files_report.h"

namespace pressmark {
namespace {

using Json = nlohmann::json;

std::unexpected<Error> broken(std::string_view name, std::string got) {
  return fail({.kind = ErrorKind::parse,
               .tried = "read the record of a rip",
               .where = std::string{name},
               .got = std::move(got),
               .next = "give the map of the image with --map, or move the record away"});
}

const Json* member(const Json* json, const char* name) {
  if (json == nullptr || !json->is_object()) return nullptr;
  const auto found = json->find(name);
  return found == json->end() ? nullptr : &*found;
}

/// A whole number that an address or a count can be.
std::optional<std::int64_t> number(const Json* json) {
  if (json == nullptr || !json->is_number_integer()) return std::nullopt;
  const auto value = json->get<std::int64_t>();
  if (value < std::numeric_limits<std::int32_t>::min() || value > std::numeric_limits<std::int32_t>::max())
    return std::nullopt;
  return value;
}

}  // namespace

Result<RecordDamage> damage_in_record(std::string_view text, std::string_view name) {
  constexpr const char* kBad[] = {"untried", "untrimmed", "unreadable"};
  const Json record = Json::parse(text, nullptr, false);
  const Json* schema = member(&record, "schema");
  if (schema == nullptr || *schema != "pressmark-rip") return broken(name, "it is no record of a rip");
  const Json* range = member(member(&record, "image"), "range");
  const auto first = number(member(range, "lba")), sectors = number(member(range, "sectors"));
  const Json* grades = member(&record, "grades");
  if (!first || !sectors || grades == nullptr) return broken(name, "it does not say which sectors its image has");
  RecordDamage damage{.first_lba = *first, .bad = {}};
  for (const char* grade : kBad) {
    const Json* ranges = member(member(grades, grade), "ranges");
    if (ranges == nullptr) continue;
    for (const Json& bad : *ranges) {
      const auto lba = number(member(&bad, "lba")), count = number(member(&bad, "sectors"));
      if (!lba || !count || *lba < *first || *count < 0 || *lba + *count > *first + *sectors)
        return broken(name, fmt::format("a range of {} sectors is none of its image", grade));
      damage.bad.push_back({*lba - *first, *count});
    }
  }
  damage.bad = merged_ranges(damage.bad);
  return damage;
}

}  // namespace pressmark
