#include <algorithm>
#include <cstring>
#include <sys/stat.h>
#include <vector>

#include "pressmark/medium.h"
#include "pressmark/sector.h"

#include "unit/temp_folder.h"

namespace pressmark {
namespace {

/// `sectors` sectors of `bytes` bytes, each filled with a letter of its own.
std::string letters(std::size_t sectors, std::size_t bytes, char first) {
  std::string text;
  for (std::size_t i = 0; i < sectors; ++i) text += std::string(bytes, static_cast<char>(first + static_cast<char>(i)));
  return text;
}

std::string little_endian(std::uint32_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xFF);
  return text;
}

struct WaveShape {
  std::uint32_t format = 1, channels = 2, rate = 44'100, bits = 16;
  std::uint32_t data_length = 0;  // 0: as it is
};

std::string wave(const std::string& samples, WaveShape shape = {}) {
  const std::string format = little_endian(shape.format, 2) + little_endian(shape.channels, 2) +
                             little_endian(shape.rate, 4) + little_endian(176'400, 4) + little_endian(4, 2) +
                             little_endian(shape.bits, 2);
  const auto length = shape.data_length != 0 ? shape.data_length : static_cast<std::uint32_t>(samples.size());
  // An odd chunk in front, with its padding byte.
  const std::string body = "WAVELIST" + little_endian(3, 4) + "abc" + '\0' + "fmt " + little_endian(16, 4) + format +
                           "data" + little_endian(length, 4) + samples;
  return "RIFF" + little_endian(static_cast<std::uint32_t>(body.size()), 4) + body;
}

class CueMediumTest : public TempFolderTest {
 protected:
  std::unique_ptr<Medium> opened(std::string_view sheet) const {
    auto medium = open_cue(write("x.cue", sheet));
    EXPECT_TRUE(medium) << describe(medium.error());
    return medium ? std::move(*medium) : nullptr;
  }
  Error refused(std::string_view sheet) const {
    auto medium = open_cue(write("x.cue", sheet));
    EXPECT_FALSE(medium);
    return medium ? Error{} : medium.error();
  }
  /// The first byte of each sector.
  static std::string first_bytes(Medium& medium, Lba first, std::uint32_t count) {
    const MediumTrack* track = track_at(medium, first);
    if (track == nullptr) return "outside";
    std::vector<std::byte> out(std::size_t{count} * track->stored_bytes);
    if (const auto read = medium.read_stored(first, count, out); !read) return describe(read.error());
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += std::to_integer<char>(out[i * track->stored_bytes]);
    return text;
  }
};

TEST_F(CueMediumTest, ReadsEachTrackFromItsFile) {
  write("data.bin", letters(5, 2352, 'a'));
  write("music.bin", letters(6, 2352, 'A'));
  auto medium = opened(
      "FILE \"data.bin\" BINARY\nTRACK 01 MODE1/2352\nINDEX 01 00:00:00\n"
      "FILE \"music.bin\" BINARY\nTRACK 02 AUDIO\nINDEX 00 00:00:00\nINDEX 01 00:00:02\nTRACK 03 AUDIO\nINDEX 01 "
      "00:00:04\n");
  ASSERT_TRUE(medium);
  EXPECT_EQ(medium->kind(), MediaKind::cd);
  EXPECT_EQ(medium->end(), Lba{11});
  EXPECT_EQ(first_bytes(*medium, Lba{0}, 5), "abcde");
  EXPECT_EQ(first_bytes(*medium, Lba{5}, 4), "ABCD");  // pre-gap and track 2
  EXPECT_EQ(first_bytes(*medium, Lba{9}, 2), "EF");
  EXPECT_EQ(track_at(*medium, Lba{5})->number, 2);
  EXPECT_EQ(track_at(*medium, Lba{9})->number, 3);
  EXPECT_EQ(track_at(*medium, Lba{11}), nullptr);
  EXPECT_EQ(track_at(*medium, Lba{-1}), nullptr);
}

TEST_F(CueMediumTest, ReadingAcrossTracksOrOutsideIsTheCallersMistake) {
  write("a.bin", letters(6, 2352, 'a'));
  auto medium =
      opened("FILE a.bin BINARY\nTRACK 01 MODE1/2352\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 00:00:03\n");
  ASSERT_TRUE(medium);
  std::vector<std::byte> out(2 * 2352);
  EXPECT_EQ(medium->read_stored(Lba{2}, 2, out).error().kind, ErrorKind::usage);
  EXPECT_EQ(medium->read_stored(Lba{5}, 2, out).error().kind, ErrorKind::usage);
  EXPECT_EQ(medium->read_stored(Lba{0}, 1, out).error().kind, ErrorKind::usage);
  EXPECT_TRUE(medium->read_stored(Lba{3}, 2, out));
}

TEST_F(CueMediumTest, CountedGapsReadAsZeros) {
  write("a.bin", letters(4, 2352, 'a'));
  auto medium = opened(
      "FILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nPREGAP 00:00:02\nINDEX 01 "
      "00:00:02\nPOSTGAP 00:00:01\n");
  ASSERT_TRUE(medium);
  EXPECT_EQ(first_bytes(*medium, Lba{0}, 2), "ab");
  EXPECT_EQ(first_bytes(*medium, Lba{2}, 5), std::string("\0\0cd\0", 5));
}

TEST_F(CueMediumTest, CountedGapsOfDataAreSectorsOfZeros) {
  const struct {
    const char* word;
    SectorMode mode;
  } modes[] = {{"MODE1/2352", SectorMode::mode1}, {"MODE2/2352", SectorMode::mode2_form1}};
  write("a.bin", letters(1, 2352, 'a'));
  for (const auto& row : modes) {
    auto medium =
        opened(std::string("FILE a.bin BINARY\nTRACK 01 ") + row.word + "\nINDEX 01 00:00:00\nPOSTGAP 00:00:02\n");
    ASSERT_TRUE(medium);
    std::vector<std::byte> out(2 * 2352, std::byte{1});
    ASSERT_TRUE(medium->read_stored(Lba{1}, 2, out));
    const SectorCheck check = check_sector(std::span{out}.last<2352>());
    EXPECT_TRUE(check.proven(Lba{2})) << row.word;
    EXPECT_EQ(check.mode, row.mode);
    EXPECT_TRUE(check.p && check.q);
  }
}

TEST_F(CueMediumTest, SessionsShareAFileButNotTheGapBetweenThem) {
  write("a.bin", letters(4, 2352, 'a'));
  auto medium = opened(
      "FILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nREM SESSION 02\nTRACK 02 MODE2/2352\nINDEX 01 00:00:03\n");
  ASSERT_TRUE(medium);
  EXPECT_EQ(first_bytes(*medium, Lba{11'403}, 1), "d");
  EXPECT_EQ(track_at(*medium, Lba{3}), nullptr);
  EXPECT_EQ(track_at(*medium, Lba{11'402}), nullptr);
  EXPECT_EQ(medium->end(), Lba{11'404});
}

TEST_F(CueMediumTest, MotorolaSamplesAreTurnedAndItsDataIsNot) {
  std::string bytes = letters(1, 2352, 'd') + letters(1, 2352, 'x');
  for (std::size_t i = 0; i < bytes.size(); i += 2) bytes[i] = '1';
  write("a.bin", bytes);
  auto medium =
      opened("FILE a.bin MOTOROLA\nTRACK 01 MODE1/2352\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 00:00:01\n");
  ASSERT_TRUE(medium);
  std::vector<std::byte> out(2352);
  ASSERT_TRUE(medium->read_stored(Lba{0}, 1, out));
  EXPECT_EQ(out[0], std::byte{'1'});
  EXPECT_EQ(out[1], std::byte{'d'});
  ASSERT_TRUE(medium->read_stored(Lba{1}, 1, out));
  EXPECT_EQ(out[0], std::byte{'x'});
  EXPECT_EQ(out[1], std::byte{'1'});
  EXPECT_EQ(out[2351], std::byte{'1'});
}

TEST_F(CueMediumTest, WaveSamplesComeWithoutTheirHeaderAndAreFilledUp) {
  write("a.wav", wave(letters(2, 2352, 'a') + "cccc"));
  auto medium = opened("FILE a.wav WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n");
  ASSERT_TRUE(medium);
  EXPECT_EQ(medium->end(), Lba{3});
  EXPECT_EQ(first_bytes(*medium, Lba{0}, 3), "abc");
  std::vector<std::byte> out(2352, std::byte{1});
  ASSERT_TRUE(medium->read_stored(Lba{2}, 1, out));
  EXPECT_EQ(out[3], std::byte{'c'});
  EXPECT_TRUE(std::ranges::all_of(out.begin() + 4, out.end(), [](std::byte b) { return b == std::byte{0}; }));
}

TEST_F(CueMediumTest, AWaveLengthIsBelievedOnlyAsFarAsTheFileGoes) {
  for (const std::uint32_t length : {0xFFFFFFFFU, 0x7FFFFFFFU}) {
    write("a.wav", wave(letters(2, 2352, 'a'), {.data_length = length}));
    auto medium = opened("FILE a.wav WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n");
    ASSERT_TRUE(medium);
    EXPECT_EQ(medium->end(), Lba{2});
  }
}

TEST_F(CueMediumTest, WaveThatACdCannotCarryIsRefused) {
  const std::string_view sheet = "FILE a.wav WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n";
  for (const WaveShape& shape :
       {WaveShape{.format = 3}, WaveShape{.channels = 1}, WaveShape{.rate = 48'000}, WaveShape{.bits = 24}}) {
    write("a.wav", wave(letters(1, 2352, 'a'), shape));
    EXPECT_EQ(refused(sheet).kind, ErrorKind::unsupported);
  }
  const std::string whole = wave(letters(1, 2352, 'a'));
  for (std::size_t length = 0; length < whole.size() - 2352; ++length) {
    write("a.wav", whole.substr(0, length));
    EXPECT_EQ(refused(sheet).kind, ErrorKind::parse) << length;
  }
}

TEST_F(CueMediumTest, NamesAreRelativeToTheSheetAndForgiveCaseAndSlashes) {
  write("sub/Track 1.BIN", letters(1, 2352, 'a'));
  for (const char* name : {"sub/Track 1.BIN", "sub\\Track 1.BIN", "sub/track 1.bin"}) {
    auto medium = opened(std::string("FILE \"") + name + "\" BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n");
    ASSERT_TRUE(medium) << name;
    EXPECT_EQ(first_bytes(*medium, Lba{0}, 1), "a");
  }
  write("other.bin", letters(1, 2352, 'o'));
  auto moved = opened("FILE \"C:\\rips\\OTHER.BIN\" BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n");
  ASSERT_TRUE(moved);
  EXPECT_EQ(first_bytes(*moved, Lba{0}, 1), "o");
}

TEST_F(CueMediumTest, TheExactNameWinsAndAnUnclearOneIsRefused) {
  write("a.bin", letters(1, 2352, 'x'));
  write("A.bin", letters(1, 2352, 'y'));
  auto medium = opened("FILE A.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n");
  ASSERT_TRUE(medium);
  EXPECT_EQ(first_bytes(*medium, Lba{0}, 1), "y");
  EXPECT_EQ(refused("FILE A.BIN BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n").kind, ErrorKind::usage);
}

TEST_F(CueMediumTest, Latin1AndUtf8NamesFindEachOther) {
  const char* sheets[] = {"FILE \"caf\xE9.bin\" BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n",
                          "FILE \"CAF\xC3\x89.bin\" BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n"};
  for (const char* name : {"Caf\xE9.bin", "Caf\xC3\xA9.bin"}) {
    const auto path = write(name, letters(1, 2352, 'q'));
    for (const char* sheet : sheets) EXPECT_TRUE(opened(sheet)) << name;
    std::filesystem::remove(path);
  }
}

TEST_F(CueMediumTest, AMissingFileIsNamedWithItsLine) {
  const Error error = refused("REM\nFILE \"gone.bin\" BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n");
  EXPECT_EQ(error.kind, ErrorKind::not_found);
  EXPECT_NE(describe(error).find("gone.bin"), std::string::npos);
  EXPECT_NE(error.where.find("x.cue, line 2"), std::string::npos);
}

TEST_F(CueMediumTest, APipeOrFolderIsNotOpened) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(refused("FILE pipe BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n").kind, ErrorKind::not_found);
  EXPECT_EQ(refused("FILE . BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n").kind, ErrorKind::not_found);
  EXPECT_EQ(open_cue(folder_ / "pipe").error().kind, ErrorKind::unsupported);
}

TEST_F(CueMediumTest, AFileThatShrinksWhileItIsReadIsNotTakenForZeros) {
  const auto path = write("a.bin", letters(4, 2352, 'a'));
  auto medium = opened("FILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n");
  ASSERT_TRUE(medium);
  std::filesystem::resize_file(path, 2352);
  std::vector<std::byte> out(2 * 2352);
  const auto read = medium->read_stored(Lba{1}, 2, out);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::io);
}

}  // namespace
}  // namespace pressmark
