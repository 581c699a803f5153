// Bytes written out, and the truncation test every decoder goes through.
#pragma once

#include <gtest/gtest.h>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/error.h"

#include "mmc/command.h"

namespace pressmark::test {

using Bytes = std::vector<std::byte>;

inline Bytes bytes(std::initializer_list<int> values) {
  Bytes out;
  for (const int v : values) out.push_back(static_cast<std::byte>(v));
  return out;
}

inline Bytes text(std::string_view s) {
  Bytes out;
  for (const char c : s) out.push_back(static_cast<std::byte>(c));
  return out;
}

inline Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// The bytes that go over the wire.
inline Bytes wire(const mmc::Cdb& cdb) { return {cdb.bytes.begin(), cdb.bytes.begin() + cdb.spec->cdb_length}; }

/// Every prefix of a good reply: fewer than `least` bytes must give a parse error in words, more must not crash. Each
/// prefix is a buffer of its own, so that the address sanitizer sees a byte read too far.
template <class Decode>
void expect_truncations_are_errors(const Bytes& reply, std::size_t least, Decode decode) {
  for (std::size_t length = 0; length <= reply.size(); ++length) {
    const Bytes prefix{reply.begin(), reply.begin() + static_cast<std::ptrdiff_t>(length)};
    const auto result = decode(std::span<const std::byte>{prefix});
    if (length < least) {
      ASSERT_FALSE(result.has_value()) << "took a reply of " << length << " bytes";
      EXPECT_EQ(result.error().kind, ErrorKind::parse);
      EXPECT_FALSE(result.error().got.empty());
    } else {
      EXPECT_TRUE(result.has_value()) << "refused a reply of " << length << " bytes";
    }
  }
}

}  // namespace pressmark::test
