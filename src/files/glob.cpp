// The pattern is a row of tokens, and a path is run through it once with the set of all places in the row where the match may
// stand: no pattern can make this slow.
#include "files/glob.h"

#include <algorithm>
#include <cstdint>

namespace pressmark::files {

namespace {

char32_t folded(char32_t c) { return c >= U'A' && c <= U'Z' ? c + (U'a' - U'A') : c; }

/// The character that `text` begins with, and how many bytes it has; a byte that is no UTF-8 is a character.
char32_t first_character(std::string_view text, std::size_t& bytes) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = at(0);
  bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  if (bytes > text.size()) bytes = 1;
  if (bytes == 1) return lead;
  char32_t c = lead & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) c = c << 6U | (at(i) & 0x3FU);
  return c;
}

std::vector<char32_t> characters(std::string_view text) {
  std::vector<char32_t> found;
  for (std::size_t bytes = 0; !text.empty(); text.remove_prefix(bytes)) found.push_back(first_character(text, bytes));
  return found;
}

}  // namespace

/// "[...]" at `at`: its token, and `at` on its ']'. Nothing if there is none.
std::optional<Glob::Token> Glob::set_at(const std::vector<char32_t>& text, std::size_t& at) {
  Token token{.kind = Token::Kind::set};
  std::size_t from = at + 1;
  token.negated = from < text.size() && (text[from] == U'!' || text[from] == U'^');
  if (token.negated) ++from;
  std::size_t end = from + 1;  // a ']' that comes first is one of the set
  while (end < text.size() && text[end] != U']') ++end;
  if (end >= text.size()) return std::nullopt;
  for (; from < end; ++from) {
    const bool range = from + 2 < end && text[from + 1] == U'-';
    token.ranges.emplace_back(folded(text[from]), folded(text[range ? from + 2 : from]));
    if (range) from += 2;
  }
  at = end;
  return token;
}

/// The stars at `at`, which moves on to the last of what they take.
Glob::Token Glob::stars_at(const std::vector<char32_t>& text, std::size_t& at) {
  const bool name_begins = at == 0 || text[at - 1] == U'/';
  std::size_t behind = at;
  while (behind < text.size() && text[behind] == U'*') ++behind;
  const bool deep = behind - at > 1;
  const bool directories = deep && name_begins && behind < text.size() && text[behind] == U'/';
  at = directories ? behind : behind - 1;
  return {.kind = directories ? Token::Kind::directories : deep ? Token::Kind::deep : Token::Kind::star};
}

Glob::Glob(std::string_view pattern) {
  while (pattern.ends_with('/')) pattern.remove_suffix(1);
  if (pattern.find('/') == std::string_view::npos) tokens_.push_back({.kind = Token::Kind::directories});
  if (pattern.starts_with('/')) pattern.remove_prefix(1);
  const std::vector<char32_t> text = characters(pattern);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::optional<Token> token;
    if (text[i] == U'\\' && i + 1 < text.size())
      token = Token{.character = folded(text[++i])};
    else if (text[i] == U'?')
      token = Token{.kind = Token::Kind::any};
    else if (text[i] == U'*')
      token = stars_at(text, i);
    else if (text[i] == U'[')
      token = set_at(text, i);
    tokens_.push_back(token ? std::move(*token) : Token{.character = folded(text[i])});
  }
}

bool Glob::takes(const Token& token, char32_t c) {
  switch (token.kind) {
    case Token::Kind::character: return c == token.character;
    case Token::Kind::any:
    case Token::Kind::star: return c != U'/';
    case Token::Kind::set: {
      const bool in = std::ranges::any_of(token.ranges, [&](const auto& r) { return c >= r.first && c <= r.second; });
      return c != U'/' && in != token.negated;
    }
    case Token::Kind::deep:
    case Token::Kind::directories: return true;
  }
  return false;
}

bool Glob::may_be_empty(const Token& token) {
  return token.kind == Token::Kind::star || token.kind == Token::Kind::deep;
}

bool Glob::matches(std::string_view path) const {
  // at[i]: tokens 0 to i-1 have matched what has passed, and token i is next. `directories` is left only where a name begins.
  std::vector<bool> at(tokens_.size() + 1), next(tokens_.size() + 1);
  const auto close = [&](std::vector<bool>& places, bool name_begins) {
    for (std::size_t i = 0; i < tokens_.size(); ++i)
      if (places[i] && (may_be_empty(tokens_[i]) || (tokens_[i].kind == Token::Kind::directories && name_begins)))
        places[i + 1] = true;
  };
  at[0] = true;
  close(at, true);
  for (std::size_t bytes = 0; !path.empty(); path.remove_prefix(bytes)) {
    const char32_t c = folded(first_character(path, bytes));
    if (c == U'/' && at.back()) return true;  // a directory: all that is in it
    next.assign(next.size(), false);
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (!at[i] || !takes(tokens_[i], c)) continue;
      const bool stays = may_be_empty(tokens_[i]) || tokens_[i].kind == Token::Kind::directories;
      next[stays ? i : i + 1] = true;
    }
    close(next, c == U'/');
    at.swap(next);
  }
  return at.back();
}

}  // namespace pressmark::files
