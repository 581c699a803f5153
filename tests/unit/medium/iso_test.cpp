#include <sys/stat.h>
#include <vector>

#include "pressmark/medium.h"

#include "unit/temp_folder.h"

namespace pressmark {
namespace {

using IsoMediumTest = TempFolderTest;

TEST(KindForSize, CdDvdBdByWhatTheDiscsHold) {
  EXPECT_EQ(kind_for_size(1), MediaKind::cd);
  EXPECT_EQ(kind_for_size(737'280'000), MediaKind::cd);   // 80 minutes of Mode 1
  EXPECT_EQ(kind_for_size(912'384'000), MediaKind::cd);   // 99 minutes
  EXPECT_EQ(kind_for_size(912'386'048), MediaKind::dvd);  // one sector more
  EXPECT_EQ(kind_for_size(4'707'319'808), MediaKind::dvd);
  EXPECT_EQ(kind_for_size(8'547'991'552), MediaKind::dvd);  // DVD+R DL, the largest DVD
  EXPECT_EQ(kind_for_size(25'025'314'816), MediaKind::bd);
}

TEST(MediaKindName, IsWhatPeopleWrite) {
  EXPECT_EQ(to_string(MediaKind::cd), "CD");
  EXPECT_EQ(to_string(MediaKind::bd), "BD");
}

TEST_F(IsoMediumTest, IsOneDataTrackOfItsSectors) {
  std::string bytes(3 * 2048, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>('A' + i / 2048);
  auto medium = open_iso(write("a.iso", bytes));
  ASSERT_TRUE(medium);
  EXPECT_EQ((*medium)->kind(), MediaKind::cd);
  EXPECT_EQ((*medium)->end(), Lba{3});
  ASSERT_EQ((*medium)->tracks().size(), 1U);
  EXPECT_EQ((*medium)->tracks()[0].mode, TrackMode::mode1);
  EXPECT_EQ((*medium)->tracks()[0].control, 4);
  EXPECT_EQ((*medium)->tracks()[0].sectors, 3U);
  std::vector<std::byte> out(2 * 2048);
  ASSERT_TRUE((*medium)->read_stored(Lba{1}, 2, out));
  EXPECT_EQ(out.front(), std::byte{'B'});
  EXPECT_EQ(out.back(), std::byte{'C'});
}

TEST_F(IsoMediumTest, ALastSectorThatIsCutIsFilledWithZeros) {
  auto medium = open_iso(write("a.iso", std::string(2048 + 5, 'x')));
  ASSERT_TRUE(medium);
  EXPECT_EQ((*medium)->end(), Lba{2});
  std::vector<std::byte> out(2048, std::byte{0xAA});
  ASSERT_TRUE((*medium)->read_stored(Lba{1}, 1, out));
  EXPECT_EQ(out[4], std::byte{'x'});
  EXPECT_EQ(out[5], std::byte{0});
  EXPECT_EQ(out[2047], std::byte{0});
}

TEST_F(IsoMediumTest, ReadingOutsideOrIntoAWrongBufferIsTheCallersMistake) {
  auto medium = open_iso(write("a.iso", std::string(2 * 2048, 'x')));
  ASSERT_TRUE(medium);
  std::vector<std::byte> out(2 * 2048);
  EXPECT_EQ((*medium)->read_stored(Lba{1}, 2, out).error().kind, ErrorKind::usage);
  EXPECT_EQ((*medium)->read_stored(Lba{-1}, 2, out).error().kind, ErrorKind::usage);
  EXPECT_EQ((*medium)->read_stored(Lba{0}, 1, out).error().kind, ErrorKind::usage);
}

TEST_F(IsoMediumTest, AFileThatShrinksWhileItIsReadIsNotTakenForZeros) {
  const auto path = write("a.iso", std::string(4 * 2048, 'x'));
  auto medium = open_iso(path);
  ASSERT_TRUE(medium);
  std::filesystem::resize_file(path, 2048);
  std::vector<std::byte> out(4 * 2048);
  EXPECT_EQ((*medium)->read_stored(Lba{0}, 4, out).error().kind, ErrorKind::io);
}

TEST_F(IsoMediumTest, TheKindCanBeSaid) {
  auto medium = open_iso(write("a.iso", std::string(2048, 'x')), MediaKind::bd);
  ASSERT_TRUE(medium);
  EXPECT_EQ((*medium)->kind(), MediaKind::bd);
}

TEST_F(IsoMediumTest, ARawImageIsNamedForWhatItIs) {
  std::string raw(2352, '\0');
  for (std::size_t i = 1; i < 11; ++i) raw[i] = '\xFF';
  const auto medium = open_iso(write("a.iso", raw));
  ASSERT_FALSE(medium);
  EXPECT_EQ(medium.error().kind, ErrorKind::unsupported);
  EXPECT_NE(medium.error().next.find("MODE1/2352"), std::string::npos);
}

TEST_F(IsoMediumTest, EmptyMissingAndOtherThanFilesAreRefused) {
  EXPECT_EQ(open_iso(write("a.iso", "")).error().kind, ErrorKind::parse);
  EXPECT_EQ(open_iso(folder_ / "b.iso").error().kind, ErrorKind::not_found);
  EXPECT_EQ(open_iso(folder_).error().kind, ErrorKind::unsupported);
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(open_iso(folder_ / "pipe").error().kind, ErrorKind::unsupported);
}

}  // namespace
}  // namespace pressmark
