// What is not needed is dropped while parsing: the failures of a bad disc are many. Nesting is measured before the parser sees the
// text, since it would pay for every level.
#include "verify/record.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/text.h"
#include "core/try.h"

namespace pressmark {
namespace {

using Json = nlohmann::json;

constexpr int kDeepest = 16;
constexpr std::array<std::string_view, 3> kFillGrades{"unreadable", "untrimmed", "untried"};
constexpr std::array<std::string_view, 6> kWanted{"schema", "schema_version", "image", "grades", "digests", "complete"};

bool nests_too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kDeepest) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

bool among(std::span<const std::string_view> names, const Json& name) {
  return name.is_string() && std::ranges::find(names, name.get_ref<const std::string&>()) != names.end();
}

/// Members of the record that are asked about, and grades that are no good ones.
bool keep(int depth, Json::parse_event_t event, const Json& parsed) {
  if (event != Json::parse_event_t::key) return true;
  constexpr std::array<std::string_view, 4> kGoodGrades{"drive", "agreed", "rebuilt", "proven"};
  if (depth == 1) return among(kWanted, parsed);
  return depth != 2 || !among(kGoodGrades, parsed);
}

class RecordReader {
 public:
  explicit RecordReader(std::string_view where) : where_(where) {}

  Result<RecordedImage> read(std::string_view text) {
    if (nests_too_deep(text)) return wrong(fmt::format("it nests deeper than {} levels", kDeepest));
    const Json json = Json::parse(text, keep, false);
    if (json.is_discarded() || !json.is_object()) return wrong("it is no JSON object");
    if (!json.contains("schema") || json["schema"] != "pressmark-rip") return wrong("its schema is not pressmark-rip");
    const std::int64_t version = integer(json, "schema_version").value_or(0);
    if (version != 1)
      return fail({.kind = ErrorKind::unsupported,
                   .tried = "read the rip record",
                   .where = std::string{where_},
                   .got = fmt::format("it is of schema version {}, this program knows 1", version),
                   .next = "use the program that wrote it, or a newer one"});
    TRY(RecordedImage image, image_of(json));
    CHECK(digests_of(json, image));
    CHECK(never_read_of(json, image));
    return image;
  }

 private:
  static std::optional<std::int64_t> integer(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number_integer()) return std::nullopt;
    if (found->is_number_unsigned() && found->get<std::uint64_t>() > INT64_MAX) return std::nullopt;
    return found->get<std::int64_t>();
  }

  Result<RecordedImage> image_of(const Json& json) {
    const auto image = json.find("image");
    if (image == json.end() || !image->is_object()) return wrong("it has no member image");
    const auto file = image->find("file");
    const auto bytes = integer(*image, "bytes");
    const auto range = image->find("range");
    if (file == image->end() || !file->is_string() || !bytes || *bytes < 0 || range == image->end() ||
        !range->is_object())
      return wrong("image does not say its file, bytes and range");
    const auto first = integer(*range, "lba");
    const auto sectors = integer(*range, "sectors");
    constexpr std::int64_t kMost = INT32_MAX;
    if (!first || !sectors || *first < -kMost || *first > kMost || *sectors < 1 || *sectors > kMost)
      return wrong("image/range is no range of a disc");
    first_ = *first;
    sectors_ = *sectors;
    return RecordedImage{.file = file->get<std::string>(),
                         .bytes = static_cast<std::uint64_t>(*bytes),
                         .first_lba = first_,
                         .digests = {},
                         .never_read = {}};
  }

  Result<void> digests_of(const Json& json, RecordedImage& image) {
    const auto digests = json.find("digests");
    if (digests == json.end()) return {};
    if (!digests->is_object()) return wrong("digests is no object");
    for (const auto& [name, hex] : digests->items()) {
      if (!digest_kind(name)) continue;  // of a later program
      if (!hex.is_string()) return wrong(fmt::format("digests/{} is no text", name));
      auto digest = parse_digest(name + ':' + hex.get<std::string>());
      if (!digest) return wrong(fmt::format("digests/{}: {}", name, digest.error().got));
      image.digests.push_back(std::move(*digest));
    }
    return {};
  }

  Result<void> never_read_of(const Json& json, RecordedImage& image) {
    const auto grades = json.find("grades");
    if (grades == json.end() || !grades->is_object()) return wrong("it has no member grades");
    std::vector<SectorRange>& found = image.never_read;
    for (std::string_view name : kFillGrades) {
      const auto grade = grades->find(name);
      if (grade == grades->end()) continue;
      const auto ranges = grade->is_object() ? grade->find("ranges") : grade->end();
      if (!grade->is_object() || ranges == grade->end() || !ranges->is_array())
        return wrong(fmt::format("grades/{} has no ranges", name));
      for (const Json& range : *ranges) {
        const auto lba = range.is_object() ? integer(range, "lba") : std::nullopt;
        const auto count = range.is_object() ? integer(range, "sectors") : std::nullopt;
        const bool inside = lba && count && *count > 0 && *lba >= first_ && *lba - first_ < sectors_ &&
                            *count <= sectors_ - (*lba - first_);
        if (!inside) return wrong(fmt::format("grades/{} has a range that is not in the image", name));
        found.push_back({*lba - first_, *count});
      }
    }
    std::ranges::sort(found);
    std::int64_t end = 0;
    for (const SectorRange& range : found) {
      if (range.first < end) return wrong("grades give a sector twice");
      end = range.end();
    }
    return {};
  }

  [[nodiscard]] std::unexpected<Error> wrong(std::string got) const {
    return fail({.kind = ErrorKind::parse,
                 .tried = "read the rip record",
                 .where = std::string{where_},
                 .got = std::move(got),
                 .next = "restore it from a copy, or verify against something else"});
  }

  std::string_view where_;
  std::int64_t first_ = 0, sectors_ = 0;
};

}  // namespace

bool looks_like_record(std::string_view head) {
  const std::size_t at = head.find_first_not_of(" \t\r\n");
  return at != std::string_view::npos && head[at] == '{' && head.find("\"pressmark-rip\"") != std::string_view::npos;
}

Result<RecordedImage> parse_record(std::string_view text, std::string_view where) {
  return RecordReader{where}.read(text);
}

}  // namespace pressmark
