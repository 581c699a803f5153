#include <gtest/gtest.h>
#include <new>
#include <thread>

#include "pressmark/verify.h"

#include "memory_file.h"

namespace pressmark {
namespace {

struct Vector {
  std::size_t bytes;
  const char *crc32, *md5, *sha1, *sha256;
};
// md5sum, sha1sum, sha256sum of coreutils 9.1, zlib.crc32 of Python 3.11, over `pattern`. 262,144 bytes are one chunk of the ring.
constexpr Vector kVectors[] = {
    {0, "00000000", "d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {1, "d202ef8d", "93b885adfe0da089cdf634904fd59f71", "5ba93c9db0cff93f52b521d7420e43f6eda2784f",
     "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
    {262144, "aba99ba3", "43a3b1cf9b6edab1b7aeeec72d038c62", "75d22d1391a2cf1f7e9a6f58ec636c27a17573fd",
     "8593d87a27b6162056f10ecd8ddb5912eab3f235cc347cced7726d5d3ea267d4"},
    {262145, "8977e80b", "dfd990a6f036e012627054cd89bc9415", "4b8fc3f3b9f5426b1a1048c41c6a02bfb8b26003",
     "b734c0997eee15c9ffacb9d1447497c0941240fcf3262a56c799118f8a3954cb"},
    {5000000, "9a25bf2e", "7b8ef69cd42aa79c26d0308dd6a6b0c4", "0fb81b7fc808a145c14cb5947b48231fe22b82e7",
     "dc1d73396413341991f09f91bffc9e23913443223c9869e19cd03efeb7bdfc1a"},
};

std::vector<std::string> hex(const Result<std::vector<Digest>>& digests) {
  std::vector<std::string> text;
  if (!digests) return {describe(digests.error())};
  for (const Digest& digest : *digests) text.push_back(digest.hex());
  return text;
}

TEST(HashFileTest, GivesWhatCoreutilsGiveOnAnyNumberOfThreads) {
  for (const Vector& vector : kVectors)
    for (unsigned threads : {1U, 2U, 3U, 5U, 16U}) {
      MemoryFile file{pattern(vector.bytes)};
      EXPECT_EQ(hex(hash_file(file, {0, vector.bytes}, kDefaultDigests, {.threads = threads})),
                (std::vector<std::string>{vector.crc32, vector.md5, vector.sha1, vector.sha256}))
          << vector.bytes << " bytes, " << threads << " threads";
    }
}

TEST(HashFileTest, TheLongDigestsToo) {
  MemoryFile file{pattern(5'000'000)};
  constexpr std::array kinds{DigestKind::blake2b, DigestKind::sha512};
  EXPECT_EQ(hex(hash_file(file, {0, 5'000'000}, kinds, {.threads = 2})),
            (std::vector<std::string>{
                "b8b5bf14363757405232972b53fc0d5e7a00ef2e8f86f2f353cd4a6d0360b73af680dd18a9a1a89d400f1d5a3682da5140668"
                "65bdfd4d4ff2c26d9dcfaf9b007",
                "54f805cdcaf6043f788bc825ffd8e315d74532304b35d9a3e38c3f3018bcaaa2c621ed80891e300858450f31cacd8e7333fce"
                "29a58453170cde3b011669c7a50"}));
}

TEST(HashFileTest, ARangeIsHashedAlone) {
  std::vector<std::byte> bytes(1000, std::byte{0xEE});
  const auto middle = pattern(262145);
  bytes.insert(bytes.end(), middle.begin(), middle.end());
  bytes.resize(bytes.size() + 77, std::byte{0xEE});
  MemoryFile file{bytes};
  EXPECT_EQ(hex(hash_file(file, {1000, 262145}, kDefaultDigests)).at(1), kVectors[3].md5);
}

TEST(HashFileTest, AFileThatEndsTooSoonHasNoDigest) {
  MemoryFile file{pattern(5'000'000)};
  for (unsigned threads : {1U, 2U}) {
    const auto digests = hash_file(file, {0, 5'000'001}, kDefaultDigests, {.threads = threads});
    ASSERT_FALSE(digests);
    EXPECT_EQ(digests.error().kind, ErrorKind::io);
  }
}

TEST(HashFileTest, AReadErrorInTheMiddleEndsIt) {
  MemoryFile file{pattern(5'000'000), {{Lba{2000}, 1}}};
  const auto digests = hash_file(file, {0, 5'000'000}, kDefaultDigests, {.threads = 3});
  ASSERT_FALSE(digests);
  EXPECT_EQ(digests.error().kind, ErrorKind::io);
}

TEST(HashFileTest, NoDigestsWantedIsNoError) {
  MemoryFile file{pattern(5'000'000)};
  EXPECT_EQ(hex(hash_file(file, {0, 5'000'000}, {}, {.threads = 2})), std::vector<std::string>{});
}

TEST(HashFileTest, ProgressRisesToTheEndAndFalseStops) {
  MemoryFile file{pattern(5'000'000)};
  std::vector<std::uint64_t> done;
  const auto record = [&](const VerifyProgress& at) {
    EXPECT_EQ(at.bytes_total, 5'000'000U);
    done.push_back(at.bytes_done);
    return true;
  };
  ASSERT_TRUE(hash_file(file, {0, 5'000'000}, kDefaultDigests, {.threads = 2, .progress = record}));
  EXPECT_TRUE(std::ranges::is_sorted(done));
  ASSERT_FALSE(done.empty());
  EXPECT_EQ(done.back(), 5'000'000U);
  EXPECT_GE(done.size(), 19U);

  for (unsigned threads : {1U, 2U, 5U}) {
    int calls = 0;
    const auto digests =
        hash_file(file, {0, 5'000'000}, kDefaultDigests,
                  {.threads = threads, .progress = [&](const VerifyProgress&) { return ++calls < 3; }});
    ASSERT_FALSE(digests);
    EXPECT_EQ(digests.error().kind, ErrorKind::interrupted);
    EXPECT_EQ(calls, 3);
  }
}

TEST(HashStreamTest, ReadsOnTheCallingThreadOnlyAndNothingTwice) {
  const auto bytes = pattern(5'000'000);
  std::size_t at = 0;
  const ByteSource next = [&, caller = std::this_thread::get_id()](std::span<std::byte> out) -> Result<std::size_t> {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    const std::size_t count = std::min(out.size(), bytes.size() - at);
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), count, out.begin());
    at += count;
    return count;
  };
  EXPECT_EQ(hex(hash_stream(next, bytes.size(), kDefaultDigests, {.threads = 4})).at(3), kVectors[4].sha256);
  EXPECT_EQ(at, bytes.size());
}

TEST(HashStreamTest, ASourceThatThrowsDoesNotLeaveThreadsBehind) {
  int calls = 0;
  const ByteSource next = [&](std::span<std::byte> out) -> Result<std::size_t> {
    if (++calls == 4) throw std::bad_alloc{};
    return out.size();
  };
  EXPECT_THROW((void)hash_stream(next, 5'000'000, kDefaultDigests, {.threads = 3}), std::bad_alloc);
}

TEST(HashRestTest, GoesOnWhereTheSetStopped) {
  const auto bytes = pattern(5'000'000);
  for (std::size_t begun : {0U, 1U, 2'048'000U, 5'000'000U}) {
    HashSet set{kDefaultDigests};
    set.update(std::span{bytes}.first(begun));
    MemoryFile file{bytes};
    ASSERT_TRUE(hash_rest(set, file, bytes.size(), {.threads = 2}));
    EXPECT_EQ(set.bytes_seen(), bytes.size());
    EXPECT_EQ(set.finish().at(2).hex(), kVectors[4].sha1) << begun;
  }
}

}  // namespace
}  // namespace pressmark
