#include "pressmark/digest.h"

#include <gtest/gtest.h>
#include <map>
#include <string>

namespace pressmark {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span{text}); }

std::string hex_of(DigestKind kind, std::string_view text) {
  Hasher hasher{kind};
  hasher.update(bytes_of(text));
  return hasher.finish().hex();
}

// "abc" from FIPS 180-4's examples, RFC 1321 A.5, RFC 7693 appendix A; the CRC-32 check value of "123456789" from
// the CRC catalogue.
TEST(Digest, PublishedVectors) {
  EXPECT_EQ(hex_of(DigestKind::crc32, "123456789"), "cbf43926");
  EXPECT_EQ(hex_of(DigestKind::md5, "abc"), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(hex_of(DigestKind::sha1, "abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hex_of(DigestKind::sha256, "abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex_of(DigestKind::sha512, "abc").substr(0, 32), "ddaf35a193617abacc417349ae204131");
  EXPECT_EQ(hex_of(DigestKind::blake2b, "abc").substr(0, 32), "ba80a53f981c4d0d6a2797b69f12f6e9");
}

TEST(Digest, OfNothing) {
  EXPECT_EQ(hex_of(DigestKind::crc32, ""), "00000000");
  EXPECT_EQ(hex_of(DigestKind::sha1, ""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

TEST(Digest, InPiecesEqualsInOneGo) {
  std::string text(300'000, '\0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * i >> 7);
  HashSet whole{kAllDigests};
  whole.update(bytes_of(text));
  HashSet pieces{kAllDigests};
  for (std::size_t at = 0, step = 1; at < text.size(); at += step, step = step * 3 % 70'001 + 1)
    pieces.update(bytes_of(std::string_view{text}.substr(at, step)));
  EXPECT_EQ(pieces.bytes_seen(), text.size());
  EXPECT_EQ(whole.finish(), pieces.finish());
}

TEST(ParseDigest, TellsTheKindByLengthOrName) {
  EXPECT_EQ(parse_digest("CBF43926")->kind, DigestKind::crc32);
  EXPECT_EQ(parse_digest("sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709")->kind, DigestKind::sha1);
  EXPECT_EQ(parse_digest("SHA-256:" + std::string(64, 'a'))->kind, DigestKind::sha256);
  EXPECT_EQ(parse_digest(std::string(128, '0'))->kind, DigestKind::sha512);
  EXPECT_EQ(parse_digest("blake2b:" + std::string(128, '0'))->kind, DigestKind::blake2b);
  EXPECT_EQ(parse_digest("0001ffFE")->hex(), "0001fffe");
}

TEST(ParseDigest, RefusesWhatIsNone) {
  for (const char* text :
       {"", "xyz", "sha1:", "sha1:abcd", "md4:900150983cd24fb0d6963f7d28e17f72", "abc", "abcdefgh", ":00000000"}) {
    const auto digest = parse_digest(text);
    ASSERT_FALSE(digest) << text;
    EXPECT_EQ(digest.error().kind, ErrorKind::usage);
    EXPECT_FALSE(digest.error().next.empty());
  }
}

TEST(Digest, WhatHasBeenFedSoFarIsToldWithoutAnEnd) {
  const std::string text = "123456789";
  for (DigestKind kind : kAllDigests) {
    Hasher hasher{kind};
    Hasher whole{kind};
    whole.update(std::as_bytes(std::span{text}));
    hasher.update(std::as_bytes(std::span{text}).first(4));
    const Digest part = hasher.so_far();
    EXPECT_EQ(part, hasher.so_far());
    hasher.update(std::as_bytes(std::span{text}).subspan(4));
    EXPECT_NE(part, hasher.so_far());
    EXPECT_EQ(hasher.so_far(), whole.finish());
  }
}

}  // namespace
}  // namespace pressmark
