// A stand-in for gpgv, a shell script, says what a test wants: the real one is tests/cli/verify_test.py's.
#include "pressmark/signature.h"

#include <fmt/format.h>

#include "unit/temp_folder.h"

namespace pressmark {
namespace {

class SignatureTest : public TempFolderTest {
 protected:
  void SetUp() override {
    TempFolderTest::SetUp();
    write("SUMS", "the text\n");
    write("SUMS.gpg", "a signature");
  }
  /// A gpgv that prints `status` on descriptor 3, and before that does what `script` says.
  Result<SignedText> read(std::string_view status, std::string_view script = {}) {
    const Path program = write("gpgv", fmt::format("#!/bin/sh\n{}\ncat <<'END' >&3\n{}\nEND\n", script, status));
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    return read_signed(system_files(), folder_ / "SUMS", 1000,
                       {.keyrings = keyrings_, .program = program.string(), .stop = {}});
  }

  std::vector<Path> keyrings_;
  static constexpr std::string_view kGood =
      "[GNUPG:] GOODSIG A136309019E33458 Anna\n"
      "[GNUPG:] VALIDSIG 2219DE7664CD6F438FAFD6C3A136309019E33458 2026-11-25 1795637317 0 4 0 22 8 00 "
      "2219DE7664CD6F438FAFD6C3A136309019E33458";
};

TEST_F(SignatureTest, TheProgramGetsTheTextThroughAPipeAndTheSignatureByName) {
  keyrings_ = {write("-keys", "")};
  const auto result = read(kGood, fmt::format("cat > '{0}/text'; echo \"$@\" > '{0}/words'", folder_.string()));
  ASSERT_TRUE(result) << describe(result.error());
  EXPECT_EQ(result->text, "the text\n");
  EXPECT_EQ(result->signature->state, SignatureState::good);
  EXPECT_EQ(read_text(system_files(), folder_ / "text").value(), "the text\n");
  EXPECT_EQ(read_text(system_files(), folder_ / "words").value(),
            fmt::format("--status-fd 3 --keyring {0}/-keys -- {0}/SUMS.gpg -\n", folder_.string()));
}

TEST_F(SignatureTest, OneBadSignatureIsBadWhateverTheOthersAre) {
  const auto bad = read(fmt::format("{}\n[GNUPG:] BADSIG B136309019E33458 Otto", kGood));
  ASSERT_TRUE(bad);
  EXPECT_EQ(bad->signature->state, SignatureState::bad);
  EXPECT_EQ(bad->signature->signer, "Otto");
  const auto good = read(fmt::format("[GNUPG:] ERRSIG B136309019E33458 22 8 00 1795637317 9 -\n{}", kGood));
  ASSERT_TRUE(good);
  EXPECT_EQ(good->signature->state, SignatureState::good);
  ASSERT_EQ(good->signature->notes.size(), 1U);
  EXPECT_NE(good->signature->notes[0].find("B136309019E33458"), std::string::npos);
}

TEST_F(SignatureTest, WhatCannotBeCheckedIsAnErrorAndNoAnswer) {
  EXPECT_EQ(read("[GNUPG:] ERRSIG B136309019E33458 22 8 00 1795637317 9 -").error().kind, ErrorKind::not_found);
  EXPECT_EQ(read("[GNUPG:] NODATA 1").error().kind, ErrorKind::parse);
  EXPECT_EQ(read("").error().kind, ErrorKind::unsupported);
  EXPECT_EQ(read("", "exit 3").error().kind, ErrorKind::unsupported);
  EXPECT_EQ(read("[GNUPG:] GOODSIG A136309019E33458 Anna").error().kind, ErrorKind::unsupported) << "no VALIDSIG";
  keyrings_ = {folder_ / "no-such-keys"};
  EXPECT_EQ(read(kGood).error().kind, ErrorKind::not_found);
}

TEST_F(SignatureTest, OfAClearSignedFileTheTextIsWhatWasSigned) {
  std::filesystem::remove(folder_ / "SUMS.gpg");
  write("SUMS", "unsigned\n-----BEGIN PGP SIGNED MESSAGE-----\n");
  const auto result = read(kGood, "cat > /dev/null; echo signed");
  ASSERT_TRUE(result) << describe(result.error());
  EXPECT_EQ(result->text, "signed\n");
}

TEST_F(SignatureTest, UnsignedAndUnaskedRunNothing) {
  const SignatureOptions no_program{.keyrings = {}, .program = "/no/such/program", .stop = {}};
  EXPECT_EQ(read_signed(system_files(), folder_ / "SUMS", 1000, no_program).error().kind, ErrorKind::not_found);
  SignatureOptions unasked = no_program;
  unasked.check = false;
  EXPECT_FALSE(read_signed(system_files(), folder_ / "SUMS", 1000, unasked).value().signature);
  std::filesystem::remove(folder_ / "SUMS.gpg");
  EXPECT_FALSE(read_signed(system_files(), folder_ / "SUMS", 1000, no_program).value().signature);
}

}  // namespace
}  // namespace pressmark
