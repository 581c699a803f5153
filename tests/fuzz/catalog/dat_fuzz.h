// What the fuzzers of DATs share: games as text, so that two parsings can be compared, and what must be true of every game.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fmt/format.h>
#include <string>
#include <string_view>

#include "catalog/dat_parser.h"
#include "support/in_pieces.h"

namespace pressmark::fuzz {

inline void require(bool holds) {
  if (!holds) std::abort();
}

struct Kept final : DatSink {
  Result<void> header(DatHeader head) override {
    require(headers++ == 0 && games == 0);
    require(head.name.size() <= kLongestField && head.version.size() <= kLongestField);
    text += fmt::format("{}\n{}\n", head.name, head.version);
    return {};
  }
  Result<void> game(KnownGame game) override {
    require(headers == 1 && game.roms.size() <= kMostRomsInGame);
    ++games;
    text += fmt::format("{} {}\n", game.name, game.serial);
    for (const KnownRom& rom : game.roms) {
      text += fmt::format("{} {} {}", rom.name, rom.bytes.value_or(0), to_string(rom.status));
      for (const Digest& digest : rom.digests) {
        require(digest.bytes.size() == digest_bytes(digest.kind));
        text += digest.hex();
      }
      text += '\n';
    }
    return {};
  }
  std::string text;
  int headers = 0;
  std::size_t games = 0;
};

using Parser = Result<void>(const ByteSource&, std::string_view, DatSink&);

/// Parses it whole and in small pieces: both must find the same.
inline void parse_twice(Parser& parser, std::string_view text, std::size_t piece) {
  Kept whole, pieces;
  const auto first = parser(in_pieces(text, text.size() + 1), "x", whole);
  const auto second = parser(in_pieces(text, piece), "x", pieces);
  require(first.has_value() == second.has_value());
  require(first ? whole.text == pieces.text : !first.error().got.empty() && !first.error().where.empty());
}

/// The first byte says whether the rest stands by itself or inside `before` and `after`, and how large pieces are.
inline void fuzz(Parser& parser, std::string_view all, std::string_view before, std::string_view after) {
  if (all.empty()) return;
  const auto choice = static_cast<std::uint8_t>(all.front());
  std::string text{all.substr(1)};
  if ((choice & 1) != 0) text = fmt::format("{}{}{}", before, text, after);
  parse_twice(parser, text, 1U + (choice >> 1U));
}

}  // namespace pressmark::fuzz
