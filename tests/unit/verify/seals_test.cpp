// Seals made byte by byte, by rules written a second time here; that the real programs agree is tests/cli/verify_test.py's.
#include <cstring>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "pressmark/seal.h"

#include "memory_file.h"
#include "verify/isomd5.h"
#include "verify/libisofs.h"

namespace pressmark {
namespace {

using Bytes = std::vector<std::byte>;

void put(Bytes& image, std::size_t at, std::string_view text) { std::memcpy(&image[at], text.data(), text.size()); }

std::string md5_hex(std::span<const std::byte> bytes) {
  Hasher hasher{DigestKind::md5};
  hasher.update(bytes);
  return hasher.finish().hex();
}

/// Sectors of a pattern with volume descriptors at `start` + 16.
Bytes volume(std::size_t sectors, std::size_t start = 0) {
  Bytes image = pattern(sectors * kUserBytes);
  for (const auto& [at, type] : {std::pair{start + 16, 1}, {start + 17, 255}}) {
    std::fill_n(image.begin() + static_cast<std::ptrdiff_t>(at * kUserBytes), kUserBytes, std::byte{' '});
    image[at * kUserBytes] = static_cast<std::byte>(type);
    put(image, at * kUserBytes + 1, "CD001\1");
  }
  const std::size_t size = (start + 16) * kUserBytes + 84;
  for (std::size_t i = 0; i < 4; ++i) image[size + i] = static_cast<std::byte>(sectors >> (24 - 8 * i) & 0xFF);
  return image;
}

constexpr std::size_t kField = 16 * 2048 + 883;

/// What implantisomd5 does, the slow way: every digest from the start.
void implant(Bytes& image, std::string_view change = {}, std::string_view into = {}) {
  const std::size_t covered = image.size() - 15 * std::size_t{2048};
  const auto all = std::span<const std::byte>{image};
  std::string sums;
  std::size_t before = 0;
  for (std::size_t at = 0; at < covered; at += 32768) {
    const std::size_t fragment = at * 21 / covered;
    if (fragment == before) continue;
    before = fragment;
    const std::string hex = md5_hex(all.first(std::min(at + 32768, covered)));
    for (std::size_t i = 0; i < 3; ++i) sums += hex[2 * i] == '0' ? hex[2 * i + 1] : hex[2 * i];
  }
  std::string text =
      fmt::format("ISO MD5SUM = {};SKIPSECTORS = 15;RHLISOSTATUS=0;FRAGMENT SUMS = {};FRAGMENT COUNT = 20;",
                  md5_hex(all.first(covered)), sums);
  if (const auto at = text.find(change); !change.empty() && at != std::string::npos)
    text.replace(at, change.size(), into);
  put(image, kField, text);
}

Bytes sealed(std::size_t sectors = 1000) {
  Bytes image = volume(sectors);
  implant(image);
  return image;
}

std::vector<SealOutcome> checked(const Bytes& image, std::size_t piece = 256 * 1024, std::size_t taken = SIZE_MAX) {
  std::vector<SealOutcome> all;
  const auto bytes = std::span{image};
  for (const auto& seal : find_seals(bytes.first(std::min(bytes.size(), kSealHeadBytes)))) {
    for (std::size_t at = 0; at < std::min(bytes.size(), taken); at += piece)
      seal->take(bytes.subspan(at, std::min({piece, bytes.size() - at, taken - at})));
    std::ranges::move(seal->outcomes(bytes.size()), std::back_inserter(all));
  }
  return all;
}

TEST(IsoMd5Test, HoldsHoweverTheBytesCome) {
  for (std::size_t piece : {2048U, 6144U, 32768U, 65536U, 262144U}) {
    const auto seals = checked(sealed(), piece);
    ASSERT_EQ(seals.size(), 1U);
    EXPECT_EQ(seals[0].kind, SealKind::isomd5sum);
    EXPECT_EQ(seals[0].answer, Answer::matched) << piece;
    EXPECT_EQ(seals[0].covers, (SectorRange{0, 985}));
    EXPECT_FALSE(seals[0].damage);
  }
}

TEST(IsoMd5Test, EverySectorThatIsDamagedLiesWhereItIsSaidTo) {
  Bytes image = sealed();
  for (std::int64_t sector = 0; sector < 985; sector += 6) {
    const auto at = static_cast<std::size_t>(sector) * 2048 + 100;
    image[at] ^= std::byte{1};
    const auto seals = checked(image);
    ASSERT_EQ(seals[0].answer, Answer::differs) << sector;
    ASSERT_TRUE(seals[0].damage) << sector;
    EXPECT_LE(seals[0].damage->first, sector);
    EXPECT_GT(seals[0].damage->end(), sector);
    EXPECT_LE(seals[0].damage->count, 64) << "a twenty-first of the image, in pieces of 16 sectors";
    image[at] ^= std::byte{1};
  }
}

TEST(IsoMd5Test, TheLastSectorsAndTheFieldAreLeftOut) {
  Bytes image = sealed();
  image[985 * 2048] ^= std::byte{1};
  put(image, kField + 500, "other words");
  EXPECT_EQ(checked(image)[0].answer, Answer::matched);
}

TEST(IsoMd5Test, AnImageThatEndsTooSoonDiffersAndOneThatCouldNotBeReadIsUnknown) {
  Bytes image = sealed();
  EXPECT_EQ(checked(image, 65536, 500 * 2048)[0].answer, Answer::unknown);
  image.resize(900 * 2048);
  const auto seals = checked(image);
  EXPECT_EQ(seals[0].answer, Answer::differs);
  EXPECT_FALSE(seals[0].note.empty());
  EXPECT_FALSE(seals[0].computed);
}

TEST(IsoMd5Test, ASmallImageGoesWithoutFragments) {
  Bytes image = sealed(200);
  EXPECT_EQ(find_isomd5(image)->fragments, 0U);
  EXPECT_EQ(checked(image)[0].answer, Answer::matched);
  image[100 * 2048] ^= std::byte{1};
  EXPECT_EQ(checked(image)[0].damage, (SectorRange{0, 185}));
}

TEST(IsoMd5Test, WhatCannotBeIsNoSeal) {
  const std::pair<const char*, const char*> changes[] = {{"ISO MD5SUM", "ISO MD4SUM"},
                                                         {"MD5SUM = ", "MD5SUM = x"},
                                                         {"SKIPSECTORS = 15", "SKIPSECTORS = -1"},
                                                         {"SKIPSECTORS = 15", "SKIPSECTORS = 99999999999"},
                                                         {"SKIPSECTORS = 15", "SKIPSECTORS = 990"},
                                                         {"SKIPSECTORS = 15", "SKIPSECTORS = 1000"}};
  for (const auto& [change, into] : changes) {
    Bytes image = volume(1000);
    implant(image, change, into);
    EXPECT_FALSE(find_isomd5(image)) << into;
  }
  // Fragments that cannot be: the seal stands without them.
  for (const auto& [change, into] : {std::pair{"COUNT = 20", "COUNT = 0"},
                                     {"COUNT = 20", "COUNT = 61"},
                                     {"COUNT = 20", "COUNT = 7"},
                                     {"SUMS = ", "SUMS = g"}}) {
    Bytes image = volume(1000);
    implant(image, change, into);
    ASSERT_TRUE(find_isomd5(image)) << into;
    EXPECT_EQ(find_isomd5(image)->fragments, 0U) << into;
    EXPECT_EQ(checked(image)[0].answer, Answer::matched);
  }
}

TEST(IsoMd5Test, EveryTruncationIsReadWithinItsBounds) {
  const Bytes image = sealed(40);
  for (std::size_t length = 0; length < image.size(); length += 97)
    (void)find_isomd5(Bytes(image.begin(), image.begin() + static_cast<std::ptrdiff_t>(length)));
}

// ------------------------------------------------------------------------------------------------ libisofs

std::string tag_line(std::string_view word, std::size_t position, std::size_t start, std::string_view next,
                     std::string_view md5) {
  const std::string line = fmt::format("libisofs_{}checksum_tag_v1 pos={} range_start={} range_size={}{} md5={}", word,
                                       position, start, position - start, next, md5);
  return fmt::format("{} self={}\n", line, md5_hex(std::as_bytes(std::span{line})));
}

void put_tag(Bytes& image, std::string_view word, std::size_t position, std::size_t start, std::string_view next = {}) {
  const auto range = std::span{image}.subspan(start * 2048, (position - start) * 2048);
  const std::string line = tag_line(word, position, start, next, md5_hex(range));
  std::fill_n(image.begin() + static_cast<std::ptrdiff_t>(position * 2048), 2048, std::byte{0});
  put(image, position * 2048, line);
}

/// A session from `start`: tags at +18, +24 and `end`.
void put_session(Bytes& image, std::size_t start, std::size_t end) {
  put_tag(image, "sb_", start + 18, start, fmt::format(" next={}", start + 24));
  put_tag(image, "tree_", start + 24, start, fmt::format(" next={}", end));
  put_tag(image, "", end, start);
}

Bytes tagged() {
  Bytes image = volume(700, 32);
  put_session(image, 32, 300);
  put_session(image, 320, 650);
  put_tag(image, "rlsb32_", 18, 0, " session_start=320");
  return image;
}

std::vector<Answer> answers(const std::vector<SealOutcome>& seals) {
  std::vector<Answer> all;
  for (const SealOutcome& seal : seals) all.push_back(seal.answer);
  return all;
}

TEST(LibisofsTest, EveryTagOfEverySessionHoldsHoweverTheBytesCome) {
  for (std::size_t piece : {2048U, 4096U, 38912U, 131072U, 262144U}) {
    const auto seals = checked(tagged(), piece);
    EXPECT_EQ(answers(seals), std::vector<Answer>(7, Answer::matched)) << piece;
    EXPECT_EQ(seals[3].kind, SealKind::libisofs_session);
    EXPECT_EQ(seals[3].covers, (SectorRange{32, 268}));
  }
}

TEST(LibisofsTest, DamageLiesBehindTheLastTagThatHolds) {
  struct Case {
    std::size_t sector;
    std::size_t wrong;
    SectorRange place;
  };
  for (const Case& c :
       {Case{40, 3, {32, 18}}, {54, 2, {50, 6}}, {56 + 100, 1, {56, 244}}, {325, 3, {320, 18}}, {5, 1, {0, 18}}}) {
    Bytes image = tagged();
    image[c.sector * 2048 + 7] ^= std::byte{8};
    const auto seals = checked(image);
    EXPECT_EQ(std::ranges::count(seals, Answer::differs, &SealOutcome::answer), static_cast<std::ptrdiff_t>(c.wrong))
        << c.sector;
    EXPECT_EQ(std::ranges::find(seals, Answer::differs, &SealOutcome::answer)->damage, c.place) << c.sector;
  }
}

TEST(LibisofsTest, ATagThatIsDamagedOrGoneIsMissed) {
  for (std::size_t sector : {18U + 32, 24U + 32, 300U, 650U}) {
    Bytes image = tagged();
    image[sector * 2048 + 45] ^= std::byte{1};
    const auto seals = checked(image);
    EXPECT_GT(std::ranges::count(seals, Answer::differs, &SealOutcome::answer), 0) << sector;
  }
}

TEST(LibisofsTest, ANewestSessionThatIsCutOffIsMissed) {
  Bytes image = tagged();
  image.resize(310 * 2048);
  const auto seals = checked(image);
  EXPECT_EQ(seals.back().answer, Answer::differs);
  EXPECT_EQ(seals.back().covers.first, 320);
  image = tagged();
  image.resize(500 * 2048);
  EXPECT_EQ(checked(image).back().answer, Answer::differs);
  EXPECT_EQ(checked(tagged(), 65536, 512 * 2048).back().answer, Answer::unknown) << "not read is not gone";
}

TEST(LibisofsTest, TagsOfAnImageWithinTheImageAreNotOurs) {
  Bytes inner = volume(100);
  put_session(inner, 0, 90);
  Bytes image = tagged();
  std::ranges::copy(inner, image.begin() + 100 * 2048);
  put_session(image, 32, 300);  // sealed anew, with the inner image in it
  put_tag(image, "rlsb32_", 18, 0, " session_start=320");
  EXPECT_EQ(answers(checked(image)), std::vector<Answer>(7, Answer::matched));
}

TEST(LibisofsTest, ALineIsATagOnlyIfAllOfItIs) {
  const std::string good = tag_line("sb_", 50, 32, " next=56", std::string(32, 'a'));
  const auto parsed = [](std::string text) {
    text.resize(2048);
    return parse_libisofs_tag(std::as_bytes(std::span{text}));
  };
  ASSERT_TRUE(parsed(good));
  EXPECT_EQ(parsed(good)->position, 50);
  EXPECT_EQ(parsed(good)->next, 56);
  for (std::size_t length = 0; length + 1 < good.size(); ++length)
    EXPECT_FALSE(parsed(good.substr(0, length))) << length;
  for (std::size_t at = 0; at + 1 < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    EXPECT_FALSE(parsed(bad)) << at;
  }
  EXPECT_FALSE(parse_libisofs_tag(std::as_bytes(std::span{good}))) << "less than a sector";
  EXPECT_FALSE(parsed(tag_line("sb_", 50, 50, " next=56", std::string(32, 'a')))) << "an empty range";
  EXPECT_FALSE(parsed(tag_line("other_", 50, 32, " next=56", std::string(32, 'a'))));
}

TEST(LibisofsTest, BothSealsInOneImage) {
  Bytes image = volume(1000);
  put_session(image, 0, 980);
  implant(image);
  EXPECT_EQ(answers(checked(image)), std::vector<Answer>(4, Answer::matched));
}

}  // namespace
}  // namespace pressmark
