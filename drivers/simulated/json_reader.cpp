// Paths are JSON pointers (RFC 6901), such as /damage/0/width_mm, because an editor can jump to them.
#include "drivers/simulated/json_reader.h"

#include <algorithm>

namespace pressmark::simulated {
namespace {

std::string shown(const nlohmann::json& v) {
  std::string text = v.dump();
  if (text.size() > 40) text = text.substr(0, 37) + "...";
  return text;
}

}  // namespace

void JsonMistake::note(const std::string& path, const std::string& found, const std::string& expected) {
  if (error_) return;
  error_ = Error{.kind = ErrorKind::parse,
                 .tried = "read a scenario",
                 .where = fmt::format("{}, {}", origin_, path.empty() ? "/" : path),
                 .got = fmt::format("{}; expected {}", found, expected),
                 .next = "docs/scenario.md describes every key",
                 .sense = {},
                 .lba = {}};
}

JsonReader::JsonReader(const nlohmann::json& value, std::string path, JsonMistake& mistake)
    : path_(std::move(path)), mistake_(&mistake) {
  if (value.is_object())
    value_ = &value;
  else
    mistake.note(path_, shown(value), "an object");
}

const nlohmann::json* JsonReader::take(std::string_view key) {
  known_.emplace_back(key);
  if (value_ == nullptr || mistake_->error()) return nullptr;
  const auto found = value_->find(key);
  return found == value_->end() ? nullptr : &*found;
}

void JsonReader::complain(std::string_view key, const std::string& expected) {
  const bool present = has(key);
  mistake_->note(key.empty() ? path_ : fmt::format("{}/{}", path_, key),
                 present       ? shown((*value_)[std::string{key}])
                 : key.empty() ? "this object"
                               : "nothing",
                 expected);
}

void JsonReader::number(std::string_view key, double low, double high, double& out) {
  const nlohmann::json* v = take(key);
  if (v == nullptr) return;
  if (v->is_number() && v->get<double>() >= low && v->get<double>() <= high)
    out = v->get<double>();
  else
    complain(key, fmt::format("a number from {} to {}", low, high));
}

std::optional<std::uint64_t> JsonReader::unsigned_value(std::string_view key, std::uint64_t low, std::uint64_t high) {
  const nlohmann::json* v = take(key);
  if (v == nullptr) return std::nullopt;
  if (v->is_number_unsigned() && v->get<std::uint64_t>() >= low && v->get<std::uint64_t>() <= high)
    return v->get<std::uint64_t>();
  complain(key, fmt::format("a whole number from {} to {}", low, high));
  return std::nullopt;
}

void JsonReader::text(std::string_view key, std::size_t longest, std::string& out) {
  const nlohmann::json* v = take(key);
  if (v == nullptr) return;
  if (v->is_string() && v->get_ref<const std::string&>().size() <= longest)
    out = v->get<std::string>();
  else
    complain(key, fmt::format("a text of at most {} bytes", longest));
}

void JsonReader::boolean(std::string_view key, bool& out) {
  const nlohmann::json* v = take(key);
  if (v == nullptr) return;
  if (v->is_boolean())
    out = v->get<bool>();
  else
    complain(key, "true or false");
}

JsonReader JsonReader::child(std::string_view key) {
  static const nlohmann::json kNothing = nlohmann::json::object();
  const nlohmann::json* v = take(key);
  return {v == nullptr ? kNothing : *v, fmt::format("{}/{}", path_, key), *mistake_};
}

std::vector<std::pair<const nlohmann::json*, std::string>> JsonReader::values(std::string_view key) {
  std::vector<std::pair<const nlohmann::json*, std::string>> out;
  const nlohmann::json* v = take(key);
  if (v == nullptr) return out;
  if (!v->is_array()) complain(key, "a list");
  for (std::size_t i = 0; v->is_array() && i < v->size(); ++i)
    out.emplace_back(&(*v)[i], fmt::format("{}/{}/{}", path_, key, i));
  return out;
}

std::vector<JsonReader> JsonReader::children(std::string_view key) {
  std::vector<JsonReader> out;
  for (const auto& [value, path] : values(key)) out.emplace_back(*value, path, *mistake_);
  return out;
}

void JsonReader::finish() {
  if (value_ == nullptr || mistake_->error()) return;
  for (const auto& [key, value] : value_->items()) {
    if (std::ranges::find(known_, key) != known_.end()) continue;
    mistake_->note(fmt::format("{}/{}", path_, key), "a key that means nothing here",
                   fmt::format("one of {}", fmt::join(known_, ", ")));
  }
}

nlohmann::json parse_json(std::string_view text, JsonMistake& mistake) {
  // Showing a value in an error walks it by recursion, so nothing may nest deeper than a scenario can.
  constexpr int kDeepest = 16;
  bool too_deep = false;
  const auto watch = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    too_deep = too_deep || depth > kDeepest;
    return depth <= kDeepest;
  };
  try {
    nlohmann::json value = nlohmann::json::parse(text, watch);
    if (too_deep) mistake.note("", "deeper nesting", fmt::format("objects and lists at most {} deep", kDeepest));
    return value;
  } catch (const nlohmann::json::exception& e) {
    // "[json.exception.parse_error.101] parse error at line 3, column 5: ...", or a number that overflows
    std::string_view what = e.what();
    if (const auto at = what.find("] "); at != std::string_view::npos) what.remove_prefix(at + 2);
    mistake.note("", std::string{what}, "JSON");
    return {};
  }
}

}  // namespace pressmark::simulated
