// Words, quoted words and parentheses that stand alone. Blocks hold fields (a word and its value) and blocks; what is not known is
// passed over, at any depth up to a bound, since programs have added to this format for twenty years.
#include <algorithm>
#include <fmt/format.h>

#include "catalog/dat_parser.h"
#include "core/printable.h"
#include "core/text.h"
#include "core/try.h"

namespace pressmark {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

enum class TokenKind : std::uint8_t { word, open, close, end };
struct Token {
  TokenKind kind = TokenKind::end;
  std::string text;
};

class Tokens {
 public:
  Tokens(const ByteSource& next, std::string_view where) : next_(next), where_(where), buffer_(kDatPieceBytes, '\0') {}

  Result<Token> take() {
    TRY(std::string_view text, after_space());
    if (text.empty()) return Token{};
    if (text.front() == '"') return quoted();
    Token token{.kind = TokenKind::word};
    // A word may reach from one piece of the file into the next.
    while (!text.empty()) {
      const auto length = static_cast<std::size_t>(std::ranges::find_if(text, is_space) - text.begin());
      if (token.text.size() + length > kLongestField) return bad("a word is too long");
      token.text += text.substr(0, length);
      unread_.remove_prefix(length);
      if (length < text.size()) break;
      TRY(text, unread());
    }
    if (token.text == "(") token.kind = TokenKind::open;
    if (token.text == ")") token.kind = TokenKind::close;
    return token;
  }

  [[nodiscard]] std::unexpected<Error> bad(std::string got) const { return bad_dat(where_, line_, std::move(got)); }

 private:
  static bool is_space(char c) { return is_blank(c) || c == '\n' || c == '\r'; }

  /// What has been read of the file and not been taken; empty only at the file's end.
  Result<std::string_view> unread() {
    if (!unread_.empty()) return unread_;
    TRY(const std::size_t got, next_(std::as_writable_bytes(std::span{buffer_})));
    return unread_ = std::string_view{buffer_}.substr(0, got);
  }

  Result<std::string_view> after_space() {
    while (true) {
      TRY(const std::string_view text, unread());
      if (text.empty() || !is_space(text.front())) return text;
      if (text.front() == '\n') ++line_;
      unread_.remove_prefix(1);
    }
  }

  /// Up to the closing quote; `\"` and `\\` stand for the second character of each.
  Result<Token> quoted() {
    Token token{.kind = TokenKind::word};
    unread_.remove_prefix(1);
    for (bool escaped = false;;) {
      TRY(const std::string_view text, unread());
      if (text.empty() || text.front() == '\n') return bad("a quoted text does not end on its line");
      if (token.text.size() >= kLongestField) return bad("a quoted text is too long");
      const char c = text.front();
      unread_.remove_prefix(1);
      if (!escaped && c == '"') return token;
      const bool begins_escape = !escaped && c == '\\';
      if (escaped && c != '"' && c != '\\') token.text += '\\';
      if (!begins_escape) token.text += c;
      escaped = begins_escape;
    }
  }

  const ByteSource& next_;
  std::string_view where_;
  std::string buffer_;
  std::string_view unread_;  // of buffer_
  std::uint64_t line_ = 1;
};

class ClrMameProParser {
 public:
  ClrMameProParser(const ByteSource& next, std::string_view where, DatSink& sink) : tokens_(next, where), sink_(sink) {}

  Result<void> parse() {
    for (bool first = true;; first = false) {
      TRY(Token word, tokens_.take());
      if (first && word.text.starts_with(kByteOrderMark)) {
        word.text.erase(0, kByteOrderMark.size());
        if (word.text.empty()) continue;
      }
      if (word.kind == TokenKind::end) return tell_header();
      if (word.kind != TokenKind::word) return tokens_.bad("a parenthesis stands where a block should begin");
      TRY(const Token open, tokens_.take());
      if (open.kind != TokenKind::open)
        return tokens_.bad(fmt::format("no ( behind {}", in_quotes(printable(word.text))));
      CHECK(block(lower(word.text)));
    }
  }

 private:
  Result<void> block(const std::string& name) {
    if (name == "clrmamepro") {
      if (header_told_) return tokens_.bad("a header stands behind games, or twice");
      CHECK(fields([this](const std::string& field, std::string value) -> Result<void> {
        if (field == "name")
          header_.name = std::move(value);
        else if (field == "version")
          header_.version = std::move(value);
        return {};
      }));
      return tell_header();
    }
    CHECK(tell_header());
    if (name != "game" && name != "machine" && name != "resource") return pass_over();
    return game();
  }

  Result<void> game() {
    KnownGame game;
    CHECK(fields(
        [&](const std::string& field, std::string value) -> Result<void> {
          if (field == "name")
            game.name = std::move(value);
          else if (field == "serial")
            game.serial = std::move(value);
          return {};
        },
        [&](const std::string& block) -> Result<void> { return block == "rom" ? rom(game) : pass_over(); }));
    return sink_.game(std::move(game));
  }

  Result<void> rom(KnownGame& game) {
    if (game.roms.size() >= kMostRomsInGame)
      return tokens_.bad(fmt::format("a game has more than {} roms", kMostRomsInGame));
    KnownRom& rom = game.roms.emplace_back();
    return fields([&](const std::string& field, const std::string& value) -> Result<void> {
      std::string wrong = set_field(rom, field, value);
      if (!wrong.empty()) return tokens_.bad(fmt::format("rom {}: {}", in_quotes(printable(rom.name)), wrong));
      return {};
    });
  }

  /// Up to the parenthesis that closes the block: fields and blocks in turn.
  template <class OnField>
  Result<void> fields(const OnField& on_field) {
    return fields(on_field, [this](const std::string&) { return pass_over(); });
  }
  template <class OnField, class OnBlock>
  Result<void> fields(const OnField& on_field, const OnBlock& on_block) {
    while (true) {
      TRY(const Token field, tokens_.take());
      if (field.kind == TokenKind::close) return {};
      if (field.kind != TokenKind::word) return unfinished(field);
      const std::string name = lower(field.text);
      TRY(Token value, tokens_.take());
      if (value.kind == TokenKind::open) {
        CHECK(on_block(name));
      } else if (value.kind == TokenKind::word) {
        CHECK(on_field(name, std::move(value.text)));
      } else {
        return unfinished(value);
      }
    }
  }

  /// To the end of a block that has begun.
  Result<void> pass_over() {
    for (int depth = 1; depth > 0;) {
      TRY(const Token token, tokens_.take());
      if (token.kind == TokenKind::end) return unfinished(token);
      if (token.kind == TokenKind::open && ++depth > kDeepestDat)
        return tokens_.bad(fmt::format("blocks stand in each other more than {} deep", kDeepestDat));
      if (token.kind == TokenKind::close) --depth;
    }
    return {};
  }

  Result<void> tell_header() {
    if (std::exchange(header_told_, true)) return {};
    header_.format = DatFormat::clrmamepro;
    return sink_.header(header_);
  }

  [[nodiscard]] std::unexpected<Error> unfinished(const Token& token) const {
    return tokens_.bad(token.kind == TokenKind::end ? "it ends inside a block"
                                                    : "a parenthesis stands where a field or its value should");
  }

  Tokens tokens_;
  DatSink& sink_;
  DatHeader header_;
  bool header_told_ = false;
};

}  // namespace

Result<void> parse_clrmamepro(const ByteSource& next, std::string_view where, DatSink& sink) {
  return ClrMameProParser{next, where, sink}.parse();
}

}  // namespace pressmark
