// A text as a source of bytes that comes in pieces of so many, so that every token is cut somewhere.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>

#include "pressmark/verify.h"

namespace pressmark {

inline ByteSource in_pieces(std::string_view text, std::size_t piece) {
  return [text, piece](std::span<std::byte> out) mutable -> Result<std::size_t> {
    const std::size_t count = std::min({text.size(), piece, out.size()});
    std::ranges::copy(std::as_bytes(std::span{text.substr(0, count)}), out.begin());
    text.remove_prefix(count);
    return count;
  };
}

}  // namespace pressmark
