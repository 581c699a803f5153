// ISO 9660 volumes written record by record: what tools do not make (or only at gigabytes), and what nobody should.
#include <gmock/gmock.h>

#include "unit/files/iso_image.h"

namespace pressmark {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr std::uint8_t kDirectory = 2, kMore = 0x80;
const std::string kSharing = susp("SP", std::string("\xBE\xEF\0", 3));

TEST(Iso, RecordsOfOneFileAreOneFile) {
  IsoImage made;
  made.directory(IsoImage::kRoot, {{"BIG.;1", 40, 4096, kMore, ""},
                                   {"BIG.;1", 42, 2048, kMore, ""},
                                   {"BIG.;1", 60, 100, 0, ""},
                                   {"NEXT.;1", 70, 5, 0, ""}});
  const auto volume = made.finish().walk();
  ASSERT_TRUE(volume);
  EXPECT_THAT(texts(volume->troubles()), IsEmpty());
  const auto files = files_of(*volume, VolumeView::iso9660);
  ASSERT_THAT(files, SizeIs(2));
  EXPECT_EQ(files.at("BIG")->bytes, 4096U + 2048U + 100U);
  EXPECT_THAT(volume->extents(*files.at("BIG")),
              ElementsAre(VolumeExtent{40 * 2048, 6144}, VolumeExtent{60 * 2048, 100}));
  EXPECT_EQ(files.at("NEXT")->bytes, 5U);
}

TEST(Iso, AFileWithoutItsLastRecordIsNotWhole) {
  IsoImage made;
  made.directory(IsoImage::kRoot, {{"BIG.;1", 40, 4096, kMore, ""}, {"NEXT.;1", 70, 5, 0, ""}});
  const auto volume = made.finish().walk();
  ASSERT_TRUE(volume);
  const auto files = files_of(*volume, VolumeView::iso9660);
  ASSERT_THAT(files, SizeIs(2));
  EXPECT_FALSE(files.at("BIG")->whole);
  EXPECT_TRUE(files.at("NEXT")->whole);
}

TEST(Iso, TheSameBytesUnderTwoNamesAreOneFile) {
  IsoImage made;
  made.directory(IsoImage::kRoot, {{"A", 40, 4096, 0, ""},
                                   {"B", 40, 4096, 0, ""},
                                   {"C", 40, 4095, 0, ""},
                                   {"D", 40, 0, 0, ""},
                                   {"E", 40, 0, 0, ""}});
  const auto volume = made.finish().walk();
  ASSERT_TRUE(volume);
  ASSERT_THAT(volume->files(), SizeIs(4));
  EXPECT_THAT(volume->paths(volume->files()[0]), SizeIs(2));
  EXPECT_EQ(volume->path(volume->files()[0]), "A");
}

TEST(Iso, ADirectoryLoopEnds) {
  IsoImage made;
  made.directory(IsoImage::kRoot, {{"DOWN", 30, 2048, kDirectory, ""}});
  made.directory(30, {{"UP", IsoImage::kRoot, 2048, kDirectory, ""}, {"SELF", 30, 2048, kDirectory, ""}});
  const auto volume = made.finish().walk();
  ASSERT_TRUE(volume);
  EXPECT_EQ(volume->views()[0].directories, 2U);
  EXPECT_THAT(texts(volume->troubles()),
              ElementsAre("loop: a directory in /DOWN is /DOWN again", "loop: a directory in /DOWN is / again"));
}

TEST(Iso, DepthAndEntriesHaveLimits) {
  IsoImage made;
  for (std::uint32_t i = 0; i < 30; ++i)
    made.directory(IsoImage::kRoot + i,
                   {{"D", IsoImage::kRoot + i + 1, 2048, kDirectory, ""}, {"F", 90, i + 1, 0, ""}});
  Image& image = made.finish();
  const auto deep = image.walk({.limits = {.depth = 10}});
  ASSERT_TRUE(deep);
  EXPECT_EQ(deep->views()[0].directories, 10U);
  EXPECT_THAT(texts(deep->troubles()), ElementsAre(HasSubstr("limit: directories in /D/D/D/D/D/D/D/D/D are nested")));
  const auto many = image.walk({.limits = {.entries = 12}});
  ASSERT_TRUE(many);
  EXPECT_EQ(many->views()[0].directories + many->files().size(), 12U);
  EXPECT_THAT(texts(many->troubles()), ElementsAre(HasSubstr("limit: more than 12")));
  const auto reads = image.walk({.limits = {.sectors_read = 8}});
  ASSERT_TRUE(reads);
  EXPECT_THAT(texts(reads->troubles()), ::testing::Contains(HasSubstr("limit: more than 8 sectors")));
}

TEST(Iso, LengthsBeyondTheImageAreCut) {
  IsoImage made;
  made.directory(IsoImage::kRoot, {{"HUGE", 90, 0xFFFFFFFF, 0, ""},
                                   {"GONE", 0xFFFFFFFF, 2048, 0, ""},
                                   {"DIR", 0xFFFFFFF0, 0xFFFFFFFF, kDirectory, ""},
                                   {"LONG", 30, 0xFFFFFFFF, kDirectory, ""}});
  made.directory(30, {{"F", 80, 10, 0, ""}});
  const auto volume = made.finish().walk();
  ASSERT_TRUE(volume);
  const auto files = files_of(*volume, VolumeView::iso9660);
  ASSERT_TRUE(files.contains("HUGE") && files.contains("GONE") && files.contains("LONG/F"));
  EXPECT_FALSE(files.at("HUGE")->whole);
  EXPECT_EQ(volume->sectors(*files.at("HUGE")), (std::vector{SectorRange{90, 10}}));
  EXPECT_FALSE(files.at("GONE")->whole);
  EXPECT_TRUE(files.at("LONG/F")->whole);
  EXPECT_EQ(volume->trouble_count(), 4U) << ::testing::PrintToString(texts(volume->troubles()));
}

TEST(Iso, NamesCannotLeaveTheirDirectory) {
  IsoImage made;
  const auto named = [](const std::string& name) { return susp("NM", '\0' + name); };
  made.directory(IsoImage::kRoot,
                 {{"A", 40, 1, 0, named("..")},
                  {"B", 41, 1, 0, named("x/../../y")},
                  {"C", 42, 1, 0, named(std::string("a\0b\n", 4))},
                  {"D", 43, 1, 0, named("caf\xE9")},
                  {"E", 44, 1, 0, named("caf\xC3\xA9")}},
                 kSharing);
  const auto volume = made.finish().walk();
  ASSERT_TRUE(volume);
  std::vector<std::string> paths;
  for (const VolumeFile& file : volume->files()) paths.push_back(volume->path(file));
  EXPECT_THAT(paths, ElementsAre("__", "x_.._.._y", "a_b_", "café", "café"));
}

TEST(Iso, ARockRidgeNameOverSeveralEntriesAndAContinuation) {
  IsoImage made;
  made.directory(IsoImage::kRoot,
                 {{"A", 40, 1, 0, susp("NM", "\1first ") + susp("CE", le_be(50) + le_be(100) + le_be(40))}}, kSharing);
  made.put(50, 100, susp("NM", std::string("\0second", 7)));
  const auto volume = made.finish().walk();
  ASSERT_TRUE(volume);
  ASSERT_THAT(volume->files(), SizeIs(1));
  EXPECT_EQ(volume->path(volume->files()[0]), "first second");
}

TEST(Iso, AContinuationWithoutEndEnds) {
  IsoImage made;
  const std::string again = susp("CE", le_be(50) + le_be(0) + le_be(28));
  made.directory(IsoImage::kRoot, {{"A", 40, 1, 0, again}}, kSharing);
  made.put(50, 0, again);
  const auto volume = made.finish().walk();
  ASSERT_TRUE(volume);
  EXPECT_EQ(volume->path(volume->files().front()), "A");
  EXPECT_THAT(texts(volume->troubles()), ElementsAre(HasSubstr("without its continuation")));
}

TEST(Iso, ABrokenRecordCostsTheRestOfItsSector) {
  IsoImage made;
  made.directory(IsoImage::kRoot, {{"A", 40, 1, 0, ""}, {"B", 41, 1, 0, ""}});
  Image& image = made.finish();
  image.at(IsoImage::kRoot)[68 + 34] =
      std::byte{200};  // B claims a length that its name does not fill: a longer record
  image.at(IsoImage::kRoot)[68 + 34 + 32] = std::byte{250};
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  ASSERT_THAT(volume->files(), SizeIs(1));
  EXPECT_THAT(texts(volume->troubles()), ElementsAre("malformed: directory /: a broken record"));
}

TEST(Iso, DirectoriesAreReadOnceAndInOrderOfAddress) {
  IsoImage made;
  made.directory(IsoImage::kRoot,
                 {{"A", 60, 2048, kDirectory, ""}, {"B", 30, 2048, kDirectory, ""}, {"C", 50, 2048, kDirectory, ""}});
  for (std::uint32_t s : {30U, 50U, 60U}) made.directory(s, {{"F", 70 + s / 10, 1, 0, ""}});
  Image& image = made.finish();
  ASSERT_TRUE(image.walk({.sessions = {0}}));
  std::vector<std::int64_t> directories;
  for (std::int64_t s : image.asked)
    if (s >= IsoImage::kRoot && (directories.empty() || directories.back() != s)) directories.push_back(s);
  EXPECT_THAT(directories, ElementsAre(IsoImage::kRoot, 30, 50, 60));
}

TEST(Iso, FilesByPathAreInOrderNameByName) {
  IsoImage made{200};
  made.directory(IsoImage::kRoot, {{"B", 30, 2048, kDirectory, ""},
                                   {"A.;1", 90, 5, 0, ""},
                                   {"A B", 31, 2048, kDirectory, ""},
                                   {"A", 32, 2048, kDirectory, ""},
                                   {"Z.;1", 91, 5, 0, ""}});
  made.directory(30, {{"X.;1", 92, 5, 0, ""}, {"C", 33, 2048, kDirectory, ""}});
  made.directory(31, {{"X.;1", 93, 5, 0, ""}});
  made.directory(32, {{"Y.;1", 94, 5, 0, ""}, {"X.;1", 95, 5, 0, ""}});
  made.directory(33, {{"D.;1", 96, 5, 0, ""}});
  const auto volume = made.finish().walk();
  ASSERT_TRUE(volume);
  std::vector<std::string> paths;
  for (std::uint32_t number : volume->by_path()) paths.push_back(volume->path(volume->files()[number]));
  EXPECT_THAT(paths, ElementsAre("A", "A/X", "A/Y", "A B/X", "B/C/D", "B/X", "Z"));
}

TEST(Iso, PathsAndNamesOfOneFileAreBounded) {
  IsoImage made{200};
  const std::string longest(100, 'L');
  made.directory(
      IsoImage::kRoot,
      {{longest, 30, 2048, kDirectory, ""}, {"A.;1", 90, 5, 0, ""}, {"B.;1", 90, 5, 0, ""}, {"C.;1", 90, 5, 0, ""}});
  made.directory(30, {{longest, 31, 2048, kDirectory, ""}});
  made.directory(31, {{"X.;1", 91, 5, 0, ""}});
  const auto volume = made.finish().walk({.limits = {.path_bytes = 150, .names = 2}});
  ASSERT_TRUE(volume);
  ASSERT_THAT(volume->files(), SizeIs(1));
  EXPECT_EQ(volume->paths(volume->files()[0]).size(), 2U);
  EXPECT_THAT(texts(volume->troubles()),
              UnorderedElementsAre("limit: file /A: too many names",
                                   "limit: a directory in /" + longest + ": its path is too long"));
}

}  // namespace
}  // namespace pressmark
