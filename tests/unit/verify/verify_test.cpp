#include "pressmark/verify.h"

#include "memory_file.h"
#include "unit/temp_folder.h"

namespace pressmark {
namespace {

class VerifyTest : public TempFolderTest {
 protected:
  static constexpr std::size_t kBytes = 5'000'000;                         // 2442 sectors, the last of 832 bytes
  static constexpr const char* kMd5 = "7b8ef69cd42aa79c26d0308dd6a6b0c4";  // md5sum
  static constexpr const char* kSha1 = "0fb81b7fc808a145c14cb5947b48231fe22b82e7";  // sha1sum

  static Expectation digest(std::string_view text) {
    return ExpectedDigest{.digest = parse_digest(text).value(), .given_by = std::string(text)};
  }
  Expectation image(const std::vector<std::byte>& bytes, const char* name = "other.iso") const {
    std::string text(bytes.size(), '\0');
    std::memcpy(text.data(), bytes.data(), bytes.size());
    return ExpectedImage{write(name, text)};
  }
  static VerifyReport verified(SectorSource& source, const std::vector<Expectation>& expectations,
                               const VerifyOptions& options = {}) {
    auto report = verify(source, expectations, system_files(), options);
    EXPECT_TRUE(report) << describe(report.error());
    return report.value_or(VerifyReport{});
  }
};

TEST_F(VerifyTest, EveryExpectationGetsItsAnswerInOnePass) {
  MemorySource source{pattern(kBytes)};
  const auto report = verified(
      source, {digest(kMd5), digest("md5:00000000000000000000000000000000"), digest(kSha1), image(pattern(kBytes))},
      {.kinds = {DigestKind::crc32}});
  EXPECT_EQ(source.sectors_given, 2442);
  ASSERT_EQ(report.outcomes.size(), 4U);
  EXPECT_EQ(report.outcomes[0].answer, Answer::matched);
  EXPECT_EQ(report.outcomes[1].answer, Answer::differs);
  EXPECT_EQ(report.outcomes[1].computed->hex(), kMd5);
  EXPECT_EQ(report.outcomes[2].answer, Answer::matched);
  EXPECT_EQ(report.outcomes[3].answer, Answer::matched);
  ASSERT_EQ(report.digests.size(), 3U);
  EXPECT_EQ(report.digests[0].hex(), "9a25bf2e");
  EXPECT_EQ(report.source, "sim:test");
  EXPECT_EQ(report.bytes, kBytes);
  EXPECT_FALSE(report.good());
}

TEST_F(VerifyTest, AllMatchedIsGood) {
  MemorySource source{pattern(kBytes)};
  EXPECT_TRUE(verified(source, {digest(kMd5), image(pattern(kBytes))}).good());
  EXPECT_TRUE(verified(source, {}, {.kinds = {DigestKind::md5}}).good());
}

TEST_F(VerifyTest, UnreadableSectorsAreListedToTheEndAndNoDigestIsMade) {
  MemorySource source{pattern(kBytes), {{Lba{3}, 2}, {Lba{127}, 3}, {Lba{2441}, 1}}};
  const auto report = verified(source, {digest(kMd5)}, {.kinds = {DigestKind::sha256}});
  EXPECT_TRUE(report.digests.empty());
  EXPECT_EQ(report.unreadable.ranges, (std::vector<LbaRange>{{Lba{3}, 2}, {Lba{127}, 3}, {Lba{2441}, 1}}));
  EXPECT_EQ(report.unreadable.sectors, 6);
  EXPECT_EQ(report.outcomes[0].answer, Answer::unknown);
  EXPECT_FALSE(report.outcomes[0].computed);
  EXPECT_FALSE(report.good());
}

TEST_F(VerifyTest, ADigestOfTheFillerIsNotComputed) {
  // The source fills with 55h; an image with 55h there would match if filler were hashed or compared.
  auto filled = pattern(kBytes);
  std::fill_n(filled.begin() + 100 * 2048, 2048, std::byte{0x55});
  Hasher hasher{DigestKind::sha1};
  hasher.update(filled);
  MemorySource source{pattern(kBytes), {{Lba{100}, 1}}};
  const auto report = verified(source, {digest("sha1:" + hasher.finish().hex()), image(filled)});
  EXPECT_EQ(report.outcomes[0].answer, Answer::unknown);
  EXPECT_EQ(report.outcomes[1].answer, Answer::unknown);
}

TEST_F(VerifyTest, WhatCouldBeReadStillTellsImagesApart) {
  auto other = pattern(kBytes);
  other[200 * 2048] ^= std::byte{1};
  other[100 * 2048] ^= std::byte{1};
  MemorySource source{pattern(kBytes), {{Lba{100}, 1}}};
  const auto report = verified(source, {image(other)});
  EXPECT_EQ(report.outcomes[0].answer, Answer::differs);
  EXPECT_EQ(report.outcomes[0].comparison->different.ranges, (std::vector<LbaRange>{{Lba{200}, 1}}));
  EXPECT_EQ(report.outcomes[0].comparison->first_difference, 200U * 2048);
}

TEST_F(VerifyTest, SeveralImagesAreToldApart) {
  auto other = pattern(kBytes);
  other[0] ^= std::byte{1};
  MemorySource source{pattern(kBytes)};
  const auto report = verified(source, {image(other, "bad.iso"), digest(kMd5), image(pattern(kBytes), "good.iso"),
                                        image(pattern(2048), "short.iso")});
  EXPECT_EQ(report.outcomes[0].answer, Answer::differs);
  EXPECT_EQ(report.outcomes[1].answer, Answer::matched);
  EXPECT_EQ(report.outcomes[2].answer, Answer::matched);
  EXPECT_EQ(report.outcomes[3].answer, Answer::differs);
  EXPECT_EQ(report.outcomes[3].comparison->other_bytes, 2048U);
}

TEST_F(VerifyTest, ALostDriveIsAnErrorNotAnAnswer) {
  MemorySource source{pattern(kBytes), {{Lba{3}, 1}}};
  source.gone_from = Lba{1500};
  const auto report = verify(source, std::vector{digest(kMd5)}, system_files());
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::device_gone);
}

TEST_F(VerifyTest, AnImageThatIsNotThereIsSaidBeforeAnythingIsRead) {
  MemorySource source{pattern(kBytes)};
  const auto report = verify(source, std::vector<Expectation>{ExpectedImage{folder_ / "no.iso"}}, system_files());
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::not_found);
  EXPECT_EQ(source.sectors_given, 0);
}

TEST_F(VerifyTest, ProgressReachesTheEndWithDamageTooAndFalseStops) {
  for (const std::vector<LbaRange>& bad : {std::vector<LbaRange>{}, std::vector<LbaRange>{{Lba{300}, 1}}}) {
    MemorySource source{pattern(kBytes), bad};
    std::vector<std::uint64_t> done;
    const auto record = [&](const VerifyProgress& at) {
      done.push_back(at.bytes_done);
      return true;
    };
    verified(source, {digest(kMd5)}, {.hash = {.progress = record}});
    ASSERT_FALSE(done.empty());
    EXPECT_TRUE(std::ranges::is_sorted(done));
    EXPECT_EQ(done.back(), kBytes);
    const auto stopped =
        verify(source, std::vector{digest(kMd5)}, system_files(),
               {.hash = {.progress = [](const VerifyProgress& at) { return at.bytes_done < kBytes / 2; }}});
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().kind, ErrorKind::interrupted);
  }
}

}  // namespace
}  // namespace pressmark
