// Games of a few sectors, in DATs that tests write; digests that DATs carry are taken with Hasher over bytes that the tests make.
// Raw sectors come from the second implementation of ECMA-130.
#include "pressmark/identify.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "pressmark/disc_source.h"
#include "pressmark/simulated.h"

#include "unit/catalog/catalog_support.h"
#include "unit/sector/ecma130.h"

namespace pressmark {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

using Bytes = std::string;

Bytes content(std::size_t bytes, std::uint32_t seed) {
  Bytes text(bytes, '\0');
  for (char& c : text) c = static_cast<char>((seed = seed * 1664525 + 1013904223) >> 24);
  return text;
}

std::string hex(DigestKind kind, std::string_view bytes) {
  Hasher hasher{kind};
  hasher.update(std::as_bytes(std::span{bytes}));
  return hasher.finish().hex();
}

std::string rom(std::string_view name, std::string_view bytes, std::string_view more = "") {
  return fmt::format("<rom name=\"{}\" size=\"{}\" crc=\"{}\" md5=\"{}\" sha1=\"{}\" {}/>", name, bytes.size(),
                     hex(DigestKind::crc32, bytes), hex(DigestKind::md5, bytes), hex(DigestKind::sha1, bytes), more);
}

std::string game(std::string_view name, std::string_view roms) {
  return fmt::format("<game name=\"{}\" serial=\"S-{}\">{}</game>", name, name, roms);
}

/// The 2352-byte sectors of a Mode 1 track that begins at `lba`.
Bytes raw_mode1(std::string_view user, int lba) {
  Bytes raw;
  const auto bcd = [](int value) { return static_cast<std::uint8_t>(value / 10 * 16 + value % 10); };
  for (std::size_t i = 0; i < user.size() / 2048; ++i) {
    const int at = lba + 150 + static_cast<int>(i);
    std::array<std::uint8_t, 2048> data{};
    std::ranges::copy(user.substr(i * 2048, 2048), data.begin());
    const auto sector = ecma130::mode1({bcd(at / 4500), bcd(at / 75 % 60), bcd(at % 75)}, data);
    raw.append(sector.begin(), sector.end());
  }
  return raw;
}

class IdentifyTest : public CatalogTest {
 protected:
  void known(std::string_view games, std::string_view dat = "Discs") {
    if (!catalog_) catalog_ = opened();
    const auto imported = import(*catalog_, std::string{dat} + ".dat", logiqx(dat, "7", games));
    ASSERT_TRUE(imported) << describe(imported.error());
  }

  Identification image(std::string_view bytes, IdentifyOptions options = {}) {
    auto source = open_file_source(system_files(), write("x.iso", bytes)).value();
    return answer(pieces_of(std::move(source), Lba{0}), options);
  }
  Identification cue(std::string_view sheet, IdentifyOptions options = {}) {
    return answer(pieces_of(open_cue(write("x.cue", sheet)).value(), "x.cue"), options);
  }
  Identification answer(std::unique_ptr<PieceSource> pieces, const IdentifyOptions& options = {}) {
    auto result = identify(*catalog_, *pieces, options);
    EXPECT_TRUE(result) << describe(result.error());
    return result ? std::move(*result) : Identification{};
  }

  /// A data track, then two audio tracks of which the second has a pre-gap of two sectors in its file, as Redump has it.
  void write_three_tracks() {
    write("x (Track 1).bin", one_);
    write("x (Track 2).bin", two_);
    write("x (Track 3).bin", three_);
  }
  static constexpr std::string_view kSheet =
      "FILE \"x (Track 1).bin\" BINARY\n  TRACK 01 MODE1/2352\n    INDEX 01 00:00:00\n"
      "FILE \"x (Track 2).bin\" BINARY\n  TRACK 02 AUDIO\n    INDEX 00 00:00:00\n    INDEX 01 00:00:02\n"
      "FILE \"x (Track 3).bin\" BINARY\n  TRACK 03 AUDIO\n    INDEX 01 00:00:00\n";
  std::string three_tracks(std::string_view third) const {
    return rom("x.cue", "sheet") + rom("x (Track 1).bin", one_) + rom("x (Track 2).bin", two_) +
           rom("x (Track 3).bin", third);
  }

  std::unique_ptr<Catalog> catalog_;
  Bytes one_ = raw_mode1(content(8 * 2048, 1), 0);
  Bytes two_ = content(7 * 2352, 2), three_ = content(5 * 2352, 3);
};

std::vector<std::string> answers(const GameMatch& match) {
  std::vector<std::string> all;
  for (const TrackMatch& track : match.track_matches) all.emplace_back(to_string(track.answer));
  return all;
}

TEST_F(IdentifyTest, AnImageThatIsKnownMatchesInFull) {
  const Bytes bytes = content(100 * 2048, 9);
  known(game("G", rom("g.cue", "x") + rom("g.iso", bytes, "status='verified'")) +
        game("Other", rom("o.iso", content(100 * 2048, 8))));
  const Identification result = image(bytes);
  EXPECT_EQ(result.recognition, Recognition::full);
  ASSERT_THAT(result.games, SizeIs(1));
  const GameMatch& match = result.games[0];
  EXPECT_EQ(match.game, "G");
  EXPECT_EQ(match.serial, "S-G");
  EXPECT_EQ(match.dat.name, "Discs");
  EXPECT_EQ(match.dat.version, "7");
  ASSERT_THAT(match.track_matches, SizeIs(1)) << "the sheet is no track";
  EXPECT_EQ(match.track_matches[0].by, DigestKind::sha1);
  EXPECT_EQ(match.track_matches[0].rom.status, DumpStatus::verified);
  EXPECT_EQ(result.by_size.games, 2U);
}

TEST_F(IdentifyTest, EveryDatThatKnowsItIsNamed) {
  const Bytes bytes = content(10 * 2048, 9);
  known(game("G", rom("g.iso", bytes)), "One");
  known(game("H", rom("h.iso", bytes)), "Two");
  EXPECT_THAT(image(bytes).games, SizeIs(2));
}

TEST_F(IdentifyTest, TheRightSizeWithOtherDigestsIsNoMatch) {
  known(game("G", rom("g.iso", content(10 * 2048, 9))));
  const Identification result = image(content(10 * 2048, 8));
  EXPECT_EQ(result.recognition, Recognition::wrong_hash);
  ASSERT_THAT(result.games, SizeIs(1));
  EXPECT_THAT(answers(result.games[0]), ElementsAre("differs"));
}

TEST_F(IdentifyTest, WhatNobodyKnowsIsUnknown) {
  known(game("G", rom("g.iso", content(10 * 2048, 9))));
  const Identification result = image(content(11 * 2048, 8));
  EXPECT_EQ(result.recognition, Recognition::unknown);
  EXPECT_THAT(result.games, IsEmpty());
  EXPECT_TRUE(result.pieces.at(0).read()) << "its digests are there to be looked up elsewhere";
}

TEST_F(IdentifyTest, DigestsThatContradictEachOtherAreNoMatch) {
  const Bytes bytes = content(10 * 2048, 9);
  known(game("G", fmt::format("<rom name='g.iso' size='{}' md5='{}' sha1='{}'/>", bytes.size(),
                              hex(DigestKind::md5, bytes), std::string(40, '0'))));
  EXPECT_EQ(image(bytes).recognition, Recognition::wrong_hash);
}

TEST_F(IdentifyTest, ACrcAloneCountsWithItsSize) {
  const Bytes bytes = content(10 * 2048, 9);
  known(game("G", fmt::format("<rom name='g.iso' size='{}' crc='{}'/>", bytes.size(), hex(DigestKind::crc32, bytes))));
  const Identification result = image(bytes);
  EXPECT_EQ(result.recognition, Recognition::full);
  EXPECT_EQ(result.games.at(0).track_matches.at(0).by, DigestKind::crc32);
}

TEST_F(IdentifyTest, ARomOfUnknownSizeIsFoundByItsDigest) {
  const Bytes bytes = content(10 * 2048, 9);
  catalog_ = opened();
  ASSERT_TRUE(import(*catalog_, "SUMS", hex(DigestKind::sha256, bytes) + "  some.iso\n"));
  const Identification result = image(bytes);
  EXPECT_EQ(result.recognition, Recognition::full);
  EXPECT_EQ(result.games.at(0).track_matches.at(0).by, DigestKind::sha256);
  EXPECT_TRUE(result.by_size.unsized);
}

TEST_F(IdentifyTest, TracksOfACueSheetMatchOneByOne) {
  write_three_tracks();
  known(game("G", three_tracks(three_)));
  const Identification result = cue(kSheet);
  EXPECT_EQ(result.recognition, Recognition::full);
  EXPECT_EQ(result.games.at(0).matched, 3U);
}

TEST_F(IdentifyTest, OneFileOfAllTracksIsTakenApartAsRedumpDoes) {
  write("x.bin", one_ + two_ + three_);
  known(game("G", three_tracks(three_)));
  const Identification result = cue(
      "FILE \"x.bin\" BINARY\n  TRACK 01 MODE1/2352\n    INDEX 01 00:00:00\n  TRACK 02 AUDIO\n    INDEX 00 00:00:08\n"
      "    INDEX 01 00:00:10\n  TRACK 03 AUDIO\n    INDEX 01 00:00:15\n");
  EXPECT_EQ(result.recognition, Recognition::full) << "a track's pre-gap begins its file";
}

TEST_F(IdentifyTest, SomeTracksAreAPartialMatch) {
  write_three_tracks();
  known(game("G", three_tracks(content(three_.size(), 7))) + game("Shares one", rom("a", one_) + rom("b", "b")));
  const Identification result = cue(kSheet);
  EXPECT_EQ(result.recognition, Recognition::partial);
  ASSERT_THAT(result.games, SizeIs(1)) << "the game with more of its tracks here";
  EXPECT_EQ(result.games[0].matched, 2U);
  EXPECT_EQ(result.games[0].tracks, 3U);
  EXPECT_THAT(answers(result.games[0]), ElementsAre("matched", "matched", "differs"));
}

TEST_F(IdentifyTest, ATrackTooManyIsNoFullMatch) {
  write_three_tracks();
  known(game("G", rom("a", one_) + rom("b", two_)));
  const Identification result = cue(kSheet);
  EXPECT_EQ(result.recognition, Recognition::partial);
  EXPECT_THAT(result.games.at(0).left_over, ElementsAre(2U));
}

TEST_F(IdentifyTest, OneTrackOfSeveralIsAPartialMatch) {
  known(game("G", three_tracks(three_)));
  const Identification result = image(two_);
  EXPECT_EQ(result.recognition, Recognition::partial);
  EXPECT_THAT(answers(result.games.at(0)), ElementsAre("missing", "matched", "missing"));
}

TEST_F(IdentifyTest, EqualTracksNeedAsManyPieces) {
  write("a.bin", two_);
  write("b.bin", two_);
  known(game("Twice", rom("1", two_) + rom("2", two_)) + game("Once", rom("1", two_)));
  const Identification result = cue(
      "FILE \"a.bin\" BINARY\n TRACK 01 AUDIO\n INDEX 01 00:00:00\nFILE \"b.bin\" BINARY\n TRACK 02 AUDIO\n INDEX 01 "
      "00:00:00\n");
  EXPECT_EQ(result.recognition, Recognition::full);
  ASSERT_THAT(result.games, SizeIs(1));
  EXPECT_EQ(result.games[0].game, "Twice");
  EXPECT_EQ(image(two_).games.at(0).game, "Once");
}

TEST_F(IdentifyTest, SizesOfAllTracksWithOtherDigestsAreAWrongHash) {
  write_three_tracks();
  known(game("G", rom("1", content(one_.size(), 4)) + rom("2", content(two_.size(), 5)) +
                      rom("3", content(three_.size(), 6))));
  EXPECT_EQ(cue(kSheet).recognition, Recognition::wrong_hash);
}

TEST_F(IdentifyTest, ATrackThatNobodyDumpedIsNotHeldAgainstIt) {
  write_three_tracks();
  known(game(
      "G", rom("1", one_) + rom("2", two_) + fmt::format("<rom name='3' size='{}' status='nodump'/>", three_.size())));
  const Identification result = cue(kSheet);
  EXPECT_EQ(result.recognition, Recognition::full);
  EXPECT_EQ(result.games.at(0).tracks, 2U);
  EXPECT_THAT(answers(result.games.at(0)), ElementsAre("matched", "matched", "undumped"));
}

TEST_F(IdentifyTest, ThePregapThatOpensASessionMayBeLeftOut) {
  write("x.bin", content(3 * 2352, 4) + three_);
  known(game("G", rom("x.bin", three_)));
  const Identification result = cue("FILE \"x.bin\" BINARY\n TRACK 01 AUDIO\n INDEX 00 00:00:00\n INDEX 01 00:00:03\n");
  EXPECT_EQ(result.recognition, Recognition::full);
  EXPECT_EQ(result.games.at(0).track_matches.at(0).form, PieceForm::without_pregap);
}

TEST_F(IdentifyTest, RawSectorsAreRegeneratedFromUserData) {
  const Bytes user = content(8 * 2048, 1);
  known(game("G", rom("g.cue", "x") + rom("g.bin", one_)));
  const Identification result = image(user);
  EXPECT_EQ(result.recognition, Recognition::full);
  EXPECT_EQ(result.games.at(0).track_matches.at(0).form, PieceForm::regenerated);
  EXPECT_TRUE(result.by_size.regenerated);
  EXPECT_EQ(image(content(8 * 2048, 2)).recognition, Recognition::wrong_hash);
  EXPECT_EQ(image(one_).games.at(0).track_matches.at(0).form, PieceForm::stored) << "a raw image as it is";
}

TEST_F(IdentifyTest, RegeneratedSectorsHaveTheAddressesOfTheirTrack) {
  const Bytes user = content(8 * 2048, 1);
  known(game("G", rom("g.bin", raw_mode1(user, 4500))));
  EXPECT_EQ(image(user).recognition, Recognition::wrong_hash);
  auto source = open_file_source(system_files(), write("y.iso", user)).value();
  EXPECT_EQ(answer(pieces_of(std::move(source), Lba{4500})).recognition, Recognition::full);
}

TEST_F(IdentifyTest, LongRunsAreHashedLikeShortOnes) {
  const Bytes user = content(150 * 2048, 1);  // more than the lanes' chunks and a read
  known(game("G", rom("g.iso", user)) + game("R", rom("g.bin", raw_mode1(user, 0))));
  const Identification result = image(user);
  EXPECT_EQ(result.recognition, Recognition::full);
  EXPECT_THAT(result.games, SizeIs(2));
}

TEST_F(IdentifyTest, AnImageThatEndsInsideASectorIsTakenAsItIs) {
  const Bytes bytes = content(10 * 2048 + 77, 9);
  known(game("G", rom("g.bin", bytes)));
  EXPECT_EQ(image(bytes).recognition, Recognition::full);
}

// --- drives ---

class DriveIdentifyTest : public IdentifyTest {
 protected:
  Identification drive(std::string_view name, std::optional<Lba> first, const IdentifyOptions& options = {}) {
    auto simulated = open_simulated(name).value();
    simulated_ = simulated.get();
    drive_ = Drive::open(std::move(simulated)).value();
    auto source = open_disc_source(*drive_).value();
    sectors_before_ = simulated_->log().sectors_read;
    return answer(pieces_of(std::move(source), first), options);
  }
  SimulatedDrive* simulated_ = nullptr;
  std::unique_ptr<Drive> drive_;
  std::uint64_t sectors_before_ = 0;
};

TEST_F(DriveIdentifyTest, SizesPickCandidatesBeforeAByteIsRead) {
  const Bytes user = content(40 * 2048, 1);
  const std::string path = write("disc.iso", user).string();
  known(game("G", rom("g.bin", raw_mode1(user, 0))));
  std::uint64_t read_by_then = 99;
  SizeCandidates told;
  const Identification result = drive(path, Lba{0}, {.candidates = [&](const SizeCandidates& candidates) {
                                        told = candidates;
                                        read_by_then = simulated_->log().sectors_read;
                                      }});
  EXPECT_EQ(read_by_then, sectors_before_);
  EXPECT_EQ(told.games, 1U);
  EXPECT_THAT(told.names, ElementsAre("G"));
  EXPECT_EQ(result.recognition, Recognition::full);
}

TEST_F(DriveIdentifyTest, FastReadsNothingOfADiscWhoseSizeNobodyKnows) {
  const std::string path = write("disc.iso", content(40 * 2048, 1)).string();
  known(game("G", rom("g.iso", content(10 * 2048, 2))));
  const Identification result = drive(path, Lba{0}, {.fast = true});
  EXPECT_EQ(result.recognition, Recognition::unknown);
  EXPECT_EQ(result.pieces_not_read, 1U);
  EXPECT_EQ(simulated_->log().sectors_read, sectors_before_);
}

TEST_F(DriveIdentifyTest, FastReadsWhereSizesAreNotKnown) {
  const Bytes user = content(40 * 2048, 1);
  const std::string path = write("disc.iso", user).string();
  catalog_ = opened();
  ASSERT_TRUE(import(*catalog_, "SUMS", hex(DigestKind::md5, user) + "  g.iso\n"));
  EXPECT_EQ(drive(path, Lba{0}, {.fast = true}).recognition, Recognition::full);
}

TEST_F(DriveIdentifyTest, ADamagedDiscHasNoDigestsOnlyCandidates) {
  known("<game name='G'><rom name='g.bin' size='14112000' sha1='aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d'/></game>");
  const Identification result = drive("demo", Lba{0});  // 6000 sectors of 2352 bytes
  EXPECT_EQ(result.recognition, Recognition::unknown);
  EXPECT_GT(result.pieces.at(0).unreadable.sectors, 0);
  EXPECT_FALSE(result.pieces.at(0).read());
  ASSERT_THAT(result.games, SizeIs(1));
  EXPECT_THAT(answers(result.games[0]), ElementsAre("unread"));
}

TEST_F(IdentifyTest, FastStopsAtTheTrackThatDecides) {
  write_three_tracks();
  known(game("G", three_tracks(three_)) +
        game("H", three_tracks(three_).replace(three_tracks(three_).find("<rom name=\"x (Track 3)"), std::string::npos,
                                               "")));
  // The third track is the smallest, and only one game has it.
  const Identification result = cue(kSheet, {.fast = true});
  EXPECT_EQ(result.pieces_not_read, 2U);
  EXPECT_EQ(result.recognition, Recognition::partial);
  EXPECT_EQ(result.games.at(0).game, "G");
  EXPECT_THAT(answers(result.games[0]), ElementsAre("unread", "unread", "matched"));
}

TEST_F(IdentifyTest, FastReadsOnWhileTwoGamesAreLeft) {
  write_three_tracks();
  known(game("G", three_tracks(three_)) +
        game("H", rom("1", content(one_.size(), 77)) + rom("2", two_) + rom("3", three_)));
  const Identification result = cue(kSheet, {.fast = true});
  EXPECT_EQ(result.recognition, Recognition::full);
  EXPECT_EQ(result.pieces_not_read, 0U);
  EXPECT_EQ(result.games.at(0).game, "G");
}

TEST_F(IdentifyTest, ManyGamesAreCutAndCounted) {
  const Bytes bytes = content(2048, 9);
  std::string games;
  for (int i = 0; i < 300; ++i) games += game("G" + std::to_string(i), rom("g.iso", bytes));
  known(games);
  const Identification result = image(bytes);
  EXPECT_EQ(result.recognition, Recognition::full);
  EXPECT_THAT(result.games, SizeIs(Identification::kMostGames));
  EXPECT_EQ(result.games_omitted, 300 - Identification::kMostGames);
}

// ---- regenerated on the way ----

/// So many sectors of `content`, of which one may not be readable.
struct Sectors final : SectorSource {
  explicit Sectors(std::int64_t count)
      : bytes_(content(static_cast<std::size_t>(std::min<std::int64_t>(count, 64)) * 2048, 5)), count_(count) {}
  std::string name() const override { return "test"; }
  std::uint64_t bytes() const override { return static_cast<std::uint64_t>(count_) * 2048; }
  Result<void> read(Lba first, std::uint32_t count, std::span<std::byte> out,
                    std::vector<LbaRange>& unreadable) override {
    const auto from = std::as_bytes(std::span{bytes_})
                          .subspan(static_cast<std::size_t>(first.value) * 2048, std::size_t{count} * 2048);
    std::ranges::copy(from, out.begin());
    if (bad >= first.value && bad < (first + count).value) unreadable.push_back({Lba{bad}, 1});
    return {};
  }
  std::int64_t bad = -1;
  std::string bytes_;

 private:
  std::int64_t count_;
};

/// What comes out after these reads of a CD's sectors 400 and on.
std::vector<Digest> regenerated(Sectors& source, std::initializer_list<std::pair<int, std::uint32_t>> reads) {
  RegeneratingSource through{source, Lba{400}};
  std::vector<LbaRange> unreadable;
  for (const auto& [first, count] : reads) {
    std::vector<std::byte> out(std::size_t{count} * 2048);
    EXPECT_TRUE(through.read(Lba{first}, count, out, unreadable));
  }
  return through.finish();
}

TEST(RegeneratingSource, HasTheDigestsOfTheRawSectors) {
  Sectors source{7};
  const auto digests = regenerated(source, {{0, 4}, {4, 1}, {5, 2}});
  const Bytes raw = raw_mode1(source.bytes_, 400);
  ASSERT_THAT(digests, SizeIs(3));
  for (const Digest& digest : digests) EXPECT_EQ(digest.hex(), hex(digest.kind, raw));
}

TEST(RegeneratingSource, VouchesForNothingThatItDidNotSeeInOrderOrWhole) {
  Sectors source{7};
  EXPECT_THAT(regenerated(source, {{0, 6}}), IsEmpty()) << "not all";
  EXPECT_THAT(regenerated(source, {{4, 3}, {0, 4}}), IsEmpty()) << "not in order";
  EXPECT_THAT(regenerated(source, {{0, 4}, {0, 4}, {4, 3}}), IsEmpty()) << "twice";
  source.bad = 5;
  EXPECT_THAT(regenerated(source, {{0, 7}}), IsEmpty()) << "not readable";
}

TEST(RegeneratingSource, ADiscLongerThanAnyCdHasNoSuchSectors) {
  Sectors source{500'000};
  EXPECT_THAT(regenerated(source, {{0, 7}}), IsEmpty());
}

}  // namespace
}  // namespace pressmark
