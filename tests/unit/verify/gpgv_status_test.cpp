// Lines as gpgv 2.2 printed them, and what must not be believed.
#include "verify/gpgv_status.h"

#include <gtest/gtest.h>

namespace pressmark {
namespace {

using Kind = GpgvSignature::Kind;

constexpr std::string_view kGood =
    "[GNUPG:] NEWSIG\n"
    "[GNUPG:] KEY_CONSIDERED 2219DE7664CD6F438FAFD6C3A136309019E33458 0\n"
    "[GNUPG:] SIG_ID dO5HJQcWXejfXgyg4p5Ed9AHo4I 2026-11-25 1795637317\n"
    "[GNUPG:] GOODSIG A136309019E33458 Test Signer <t@example.org>\n"
    "[GNUPG:] VALIDSIG 2219DE7664CD6F438FAFD6C3A136309019E33458 2026-11-25 1795637317 0 4 0 22 8 00 "
    "2219DE7664CD6F438FAFD6C3A136309019E33458\n";

TEST(GpgvStatusTest, AGoodSignatureTellsWhoAndWhen) {
  const auto status = parse_gpgv_status(kGood);
  ASSERT_EQ(status.signatures.size(), 1U);
  EXPECT_EQ(status.signatures[0].kind, Kind::good);
  EXPECT_EQ(status.signatures[0].signer, "Test Signer <t@example.org>");
  EXPECT_EQ(status.signatures[0].key, "2219DE7664CD6F438FAFD6C3A136309019E33458");
  EXPECT_EQ(status.signatures[0].made, "2026-11-25");
}

TEST(GpgvStatusTest, GoodWithoutItsProofIsNotGood) {
  const std::string text{kGood};
  const auto kind_of = [](std::string_view t) { return parse_gpgv_status(t).signatures.at(0).kind; };
  const std::size_t valid = text.find("[GNUPG:] VALIDSIG");
  EXPECT_EQ(kind_of(text.substr(0, valid)), Kind::failed);
  std::string other = text;
  other.replace(other.find("VALIDSIG 2219"), 49, "VALIDSIG 2219DE7664CD6F438FAFD6C3A136309019E33459");
  EXPECT_EQ(kind_of(other), Kind::failed) << "another key's proof";
  EXPECT_EQ(kind_of(text.substr(valid) + text.substr(0, valid)), Kind::failed) << "the proof comes after";
}

TEST(GpgvStatusTest, EveryTruncationIsGoodOnlyAtTheEnd) {
  for (std::size_t length = 0; length < kGood.size() - 60; ++length) {
    const auto status = parse_gpgv_status(kGood.substr(0, length));
    for (const GpgvSignature& signature : status.signatures)
      if (length < kGood.find("VALIDSIG") + 49) {
        EXPECT_NE(signature.kind, Kind::good) << length;
      }
  }
}

TEST(GpgvStatusTest, WhatIsNotGoodIsToldApart) {
  const std::pair<std::string_view, Kind> lines[] = {
      {"[GNUPG:] BADSIG A136309019E33458 Test", Kind::bad},
      {"[GNUPG:] EXPSIG A136309019E33458 Test", Kind::expired},
      {"[GNUPG:] REVKEYSIG A136309019E33458 Test", Kind::revoked},
      {"[GNUPG:] ERRSIG A136309019E33458 22 8 00 1795637317 9 2219DE7664CD6F438FAFD6C3A136309019E33458", Kind::no_key},
      {"[GNUPG:] ERRSIG A136309019E33458 22 8 00 1795637317 4 -", Kind::failed},
      {"[GNUPG:] ERRSIG A136309019E33458", Kind::failed}};
  for (const auto& [line, kind] : lines) {
    const auto status = parse_gpgv_status(line);
    ASSERT_EQ(status.signatures.size(), 1U) << line;
    EXPECT_EQ(status.signatures[0].kind, kind) << line;
    EXPECT_EQ(status.signatures[0].key, "A136309019E33458");
  }
  EXPECT_TRUE(parse_gpgv_status("[GNUPG:] NODATA 1\n").no_data);
}

TEST(GpgvStatusTest, ANameCannotForgeALine) {
  const auto status = parse_gpgv_status(
      "[GNUPG:] BADSIG A136309019E33458 Evil%0A[GNUPG:] GOODSIG A136309019E33458 \x1b[2Jx%\n"
      "gpgv: [GNUPG:] GOODSIG A136309019E33458 on the wrong descriptor\n");
  ASSERT_EQ(status.signatures.size(), 1U);
  EXPECT_EQ(status.signatures[0].kind, Kind::bad);
  EXPECT_EQ(status.signatures[0].signer, "Evil?[GNUPG:] GOODSIG A136309019E33458 ?[2Jx%");
}

}  // namespace
}  // namespace pressmark
