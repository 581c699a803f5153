// Reading JSON that people write by hand: every mistake is told with its place and with what was expected there.
//
// A reader walks one object. Each take(...) reads a key if it is there and leaves the default if it is not; `finish`
// complains of keys that nobody took. The first mistake is kept and later ones are not looked for, so that code reads
// as if all went well.
#pragma once

#include <cstdint>
#include <fmt/format.h>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/error.h"

namespace pressmark::simulated {

/// Where the first mistake goes.
class JsonMistake {
 public:
  explicit JsonMistake(std::string_view origin) : origin_(origin) {}
  void note(const std::string& path, const std::string& found, const std::string& expected);
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  std::string origin_;
  std::optional<Error> error_;
};

/// A word of the JSON form and the value it stands for.
template <class T>
struct Word {
  std::string_view word;
  T value;
};

class JsonReader {
 public:
  JsonReader(const nlohmann::json& value, std::string path, JsonMistake& mistake);

  [[nodiscard]] bool has(std::string_view key) const { return value_ != nullptr && value_->contains(key); }
  [[nodiscard]] const std::string& path() const { return path_; }
  /// Complains about this object as a whole, or about one of its keys.
  void complain(std::string_view key, const std::string& expected);

  void number(std::string_view key, double low, double high, double& out);
  template <class T>
  void integer(std::string_view key, std::uint64_t low, std::uint64_t high, T& out) {
    if (const auto v = unsigned_value(key, low, high)) out = static_cast<T>(*v);
  }
  void text(std::string_view key, std::size_t longest, std::string& out);
  void boolean(std::string_view key, bool& out);
  template <class T>
  void choice(std::string_view key, std::span<const Word<T>> words, T& out) {
    const nlohmann::json* v = take(key);
    if (v == nullptr) return;
    std::string expected = "one of";
    for (const Word<T>& w : words) {
      if (v->is_string() && v->get_ref<const std::string&>() == w.word) {
        out = w.value;
        return;
      }
      expected += fmt::format(" \"{}\"", w.word);
    }
    complain(key, expected);
  }
  template <class T>
  void optional_number(std::string_view key, double low, double high, std::optional<T>& out) {
    if (!has(key)) return;
    double v = 0;
    number(key, low, high, v);
    out = v;
  }
  template <class T>
  void optional_integer(std::string_view key, std::uint64_t low, std::uint64_t high, std::optional<T>& out) {
    if (const auto v = unsigned_value(key, low, high)) out = static_cast<T>(*v);
  }
  /// An object; an empty reader if the key is absent.
  JsonReader child(std::string_view key);
  /// A list of objects; empty if the key is absent.
  std::vector<JsonReader> children(std::string_view key);
  /// The elements of a list of plain values, each with its path.
  std::vector<std::pair<const nlohmann::json*, std::string>> values(std::string_view key);
  /// Every key must have been taken by now.
  void finish();

 private:
  const nlohmann::json* take(std::string_view key);
  std::optional<std::uint64_t> unsigned_value(std::string_view key, std::uint64_t low, std::uint64_t high);

  const nlohmann::json* value_ = nullptr;  ///< null: an absent object
  std::string path_;
  JsonMistake* mistake_;
  std::vector<std::string> known_;
};

/// The whole text. Mistakes of JSON itself carry line and column. Null value after a mistake.
[[nodiscard]] nlohmann::json parse_json(std::string_view text, JsonMistake& mistake);

}  // namespace pressmark::simulated
