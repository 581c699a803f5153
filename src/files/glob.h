// Patterns for paths, as `--want` takes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pressmark::files {

/// `*` any characters of one name, `?` one character, `[a-z]` `[!a-z]` one of (not of) these, `**` any characters, '/' included;
/// `\` takes the next character as it is. Without '/' a pattern means names in every directory, with '/' a path from the root.
/// A pattern that matches a directory matches all that is in it. A to Z and a to z are the same, since discs write names in
/// either. Everything is a valid pattern: a '[' without its ']' is itself.
class Glob {
 public:
  explicit Glob(std::string_view pattern);
  /// `path`: UTF-8, no '/' in front. Takes time in proportion to pattern times path, whatever they are.
  [[nodiscard]] bool matches(std::string_view path) const;

 private:
  struct Token {
    enum class Kind : std::uint8_t { character, any, set, star, deep, directories } kind = Kind::character;
    char32_t character = 0;
    bool negated = false;
    std::vector<std::pair<char32_t, char32_t>> ranges = {};
  };
  static std::optional<Token> set_at(const std::vector<char32_t>& text, std::size_t& at);
  static Token stars_at(const std::vector<char32_t>& text, std::size_t& at);
  static bool takes(const Token& token, char32_t c);
  static bool may_be_empty(const Token& token);

  std::vector<Token> tokens_;
};

}  // namespace pressmark::files
