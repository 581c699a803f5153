// Extraction from volumes made byte by byte, most of which no tool would make: what is written, where, and what is said of it.
#include "pressmark/extract.h"

#include <gmock/gmock.h>

#include "unit/files/hfs_image.h"
#include "unit/files/iso_image.h"
#include "unit/temp_folder.h"

namespace pressmark {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

ReadDamaged reader(Image& image) {
  return [&image](SectorRange where, std::span<std::byte> out, std::vector<SectorRange>& bad) -> Result<void> {
    std::memcpy(out.data(), image.bytes.data() + where.first * kUserBytes, out.size());
    for (std::int64_t s = where.first; s < where.end(); ++s) {
      image.asked.push_back(s);
      if (image.dead.contains(s)) bad.push_back({s, 1});
    }
    return {};
  };
}

/// Rock Ridge, so that any name can be written.
IsoRecordToWrite record(const std::string& name, std::uint32_t block, std::uint32_t bytes, std::uint8_t flags = 0) {
  std::string use;
  for (std::size_t at = 0; at < name.size(); at += 100) {
    const std::string piece = name.substr(at, 100);
    use += susp("NM", std::string(1, at + 100 < name.size() ? '\1' : '\0') + piece);
  }
  static int number = 0;
  return {"F" + std::to_string(number++) + ".;1", block, bytes, flags, use};
}

class ExtractTest : public TempFolderTest {
 protected:
  Image make(const std::vector<IsoRecordToWrite>& root, std::int64_t sectors = 200) {
    IsoImage made{sectors};
    made.directory(IsoImage::kRoot, root, susp("SP", std::string("\xBE\xEF\0", 3)));
    for (std::int64_t s = 50; s < sectors; ++s)
      for (std::size_t at = 0; at < 2048; at += 8) made.put(s, at, number(s * 256 + static_cast<std::int64_t>(at / 8)));
    return std::move(made.finish());
  }
  static std::string number(std::int64_t value) {
    std::string text = std::to_string(value) + "........";
    return text.substr(0, 8);
  }
  static std::string bytes_at(const Image& image, std::int64_t sector, std::size_t bytes) {
    return {reinterpret_cast<const char*>(image.bytes.data()) + sector * 2048, bytes};
  }
  Result<void> run(Image& image, ExtractOptions options = {}, std::vector<std::string> words = {}) {
    const auto volume = image.walk({.sessions = {0}});
    EXPECT_TRUE(volume);
    options.sectors = image.sectors();
    const Choice choice = choose_files(*volume, words);
    auto folder = Folder::open(folder_ / "out");
    EXPECT_TRUE(folder);
    image.asked.clear();
    report_ = {};
    return extract(*volume, choice.files, reader(image), *folder, options, report_);
  }
  std::map<std::string, std::string> written() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      files[entry.path().lexically_relative(folder_ / "out").string()] = {std::istreambuf_iterator<char>(in), {}};
    }
    return files;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& [name, text] : written()) found.push_back(name);
    return found;
  }
  ExtractReport report_;
};

TEST_F(ExtractTest, ReadsInOrderOfTheDisc) {
  Image image = make({record("a", 90, 3000), record("b", 60, 5000), record("c", 75, 10)});
  ASSERT_TRUE(run(image));
  EXPECT_THAT(image.asked, ElementsAre(60, 61, 62, 75, 90, 91));
  EXPECT_EQ(written()["b"], bytes_at(image, 60, 5000));
  EXPECT_EQ(report_.files, 3U);
  EXPECT_EQ(report_.bytes, 8010U);
  EXPECT_THAT(report_.remarks, IsEmpty());
}

TEST_F(ExtractTest, NamesThatLeadOutAreOnlyNames) {
  Image image = make({record("..", 60, 5), record("../../escape", 61, 5), record("/etc/passwd", 62, 5),
                      record("a\nb", 63, 5), record(".", 64, 5)});
  ASSERT_TRUE(run(image));
  EXPECT_THAT(names(), UnorderedElementsAre("__", ".._.._escape", "_etc_passwd", "a_b", "_"));
}

TEST_F(ExtractTest, TheSameNameTwiceIsTwoFiles) {
  Image image = make({record("same.txt", 60, 5), record("same.txt", 61, 6), record("a/b", 62, 7), record("a_b", 63, 8),
                      record("same (2).txt", 64, 9)});
  ASSERT_TRUE(run(image));
  EXPECT_THAT(names(), UnorderedElementsAre("same.txt", "same (2).txt", "same (2) (2).txt", "a_b", "a_b (2)"));
  EXPECT_THAT(report_.remarks, SizeIs(3));
  ASSERT_TRUE(run(image, {.overwrite = true}));
  EXPECT_EQ(written()["same.txt"], bytes_at(image, 60, 5)) << "no file of a run replaces another of it";
  EXPECT_EQ(written()["same (2).txt"], bytes_at(image, 61, 6));
}

TEST_F(ExtractTest, LongNamesAreShortened) {
  HfsPlusImage made;  // ISO 9660's records are too short for this
  const std::string longest(500, 'n'), umlauts(300, '\xE4');
  std::uint32_t block = 100;
  for (const std::string& name : {longest + ".text", longest + "different.text", umlauts + ".text"}) {
    made.file(HfsPlusImage::kRoot, name, {.id = block, .bytes = 5, .extents = {{block, 1}}});
    ++block;
  }
  Image image = std::move(made.finish());
  ASSERT_TRUE(run(image));
  ASSERT_THAT(names(), SizeIs(3));
  for (const std::string& name : names()) {
    EXPECT_LE(name.size(), 255U);
    EXPECT_TRUE(name.ends_with(".text")) << name;
  }
  EXPECT_THAT(report_.remarks, SizeIs(3));
}

TEST_F(ExtractTest, AFileWhereAFolderIsNeededIsSaidAndTheRestGoesOn) {
  IsoImage made{200};
  made.directory(IsoImage::kRoot, {record("x", 60, 5), record("x", 30, 2048, 2), record("y", 70, 5)},
                 susp("SP", std::string("\xBE\xEF\0", 3)));
  made.directory(30, {record("inside", 80, 5)});
  Image image = std::move(made.finish());
  ASSERT_TRUE(run(image));
  EXPECT_THAT(names(), UnorderedElementsAre("x", "y"));
  ASSERT_THAT(report_.remarks, SizeIs(1));
  EXPECT_EQ(report_.remarks[0].path, "x/inside");
  EXPECT_FALSE(report_.all_written());
}

TEST_F(ExtractTest, LostBytesAreFilledAndTold) {
  Image image = make({record("a", 60, 20'000)});
  image.dead = {61, 62, 69};
  ASSERT_TRUE(run(image, {.copy = {.fill = std::byte{0x55}, .progress = {}}}));
  std::string expected = bytes_at(image, 60, 20'000);
  expected.replace(2048, 4096, 4096, 'U');
  expected.replace(9 * 2048, 20'000 - 9 * 2048, 20'000 - 9 * 2048, 'U');
  EXPECT_EQ(written()["a"], expected);
  ASSERT_THAT(report_.remarks, SizeIs(1));
  EXPECT_THAT(report_.remarks[0].lost,
              ElementsAre(LostPart{2048, 4096, 61}, LostPart{9 * 2048, 20'000 - 9 * 2048, 69}));
  EXPECT_EQ(report_.lost_bytes, 4096U + 20'000 - 9 * 2048);
}

TEST_F(ExtractTest, WhatIsBeyondTheImageIsFilledAndTold) {
  Image image = make({record("a", 198, 10'000)});
  ASSERT_TRUE(run(image));
  ASSERT_THAT(report_.remarks, SizeIs(1));
  EXPECT_THAT(report_.remarks[0].lost, ElementsAre(LostPart{4096, 10'000 - 4096, {}}));
  EXPECT_EQ(written()["a"], bytes_at(image, 198, 4096) + std::string(10'000 - 4096, '\0'));
}

TEST_F(ExtractTest, FilesThatShareSectorsMayNotFillTheDisk) {
  std::vector<IsoRecordToWrite> records;
  for (std::uint32_t i = 0; i < 20; ++i) records.push_back(record("f" + std::to_string(i), 60, 2048 * 100 - i));
  Image image = make(records);
  const auto refused = run(image);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  EXPECT_THAT(refused.error().next, HasSubstr("--limit"));
  EXPECT_THAT(names(), IsEmpty());
  ASSERT_TRUE(run(image, {.limit_bytes = 5'000'000}));
  EXPECT_THAT(names(), SizeIs(20));
}

TEST_F(ExtractTest, SecondNamesAreCopiesAndNotReadAgain) {
  Image image = make({record("one", 60, 5000), record("two", 60, 5000)});
  ASSERT_TRUE(run(image));
  EXPECT_THAT(image.asked, ElementsAre(60, 61, 62));
  EXPECT_EQ(written()["one"], bytes_at(image, 60, 5000));
  EXPECT_EQ(written()["two"], bytes_at(image, 60, 5000));
  std::filesystem::resize_file(folder_ / "out/one", 1);
  EXPECT_EQ(written()["two"].size(), 5000U) << "they are two files";
}

TEST_F(ExtractTest, AnInterruptedFileIsGone) {
  Image image = make({record("a", 60, 5000), record("b", 70, 260'000)}, 300);
  int pieces = 0;
  const auto ended = run(image, {.copy = {.progress = [&](std::uint64_t) { return ++pieces < 2; }}});
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().kind, ErrorKind::interrupted);
  EXPECT_THAT(names(), ElementsAre("a"));
}

TEST_F(ExtractTest, AnErrorOfTheReaderEndsIt) {
  Image image = make({record("a", 60, 5000)});
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  const auto folder = Folder::open(folder_ / "out");
  ASSERT_TRUE(folder);
  const auto ended = extract(
      *volume, choose_files(*volume, {}).files,
      [](auto, auto, auto&) -> Result<void> { return fail({.kind = ErrorKind::io, .tried = "read"}); }, *folder,
      {.sectors = image.sectors()}, report_);
  ASSERT_FALSE(ended);
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(ExtractTest, WordsMeanPathsFirstThenPatterns) {
  Image image = make(
      {record("game [v1].exe", 60, 5), record("game v.exe", 61, 5), record("README", 62, 5), record("Readme", 63, 5)});
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  const auto chosen = [&](const std::string& word) {
    std::vector<std::string> paths;
    for (const Chosen& file : choose_files(*volume, std::vector{word}).files)
      paths.push_back(volume->path_of_name(file.name));
    return paths;
  };
  EXPECT_THAT(chosen("game [v1].exe"), ElementsAre("game [v1].exe"));
  EXPECT_THAT(chosen("game [v].exe"), ElementsAre("game v.exe"));
  EXPECT_THAT(chosen("Readme"), ElementsAre("Readme"));
  EXPECT_THAT(chosen("readme"), ElementsAre("README", "Readme"));
  EXPECT_THAT(chosen("/README/"), ElementsAre("README"));
  EXPECT_THAT(choose_files(*volume, std::vector<std::string>{"none"}).unmatched, ElementsAre("none"));
}

// ------------------------------------------------------------------------------------------------ folders

using FolderTest = TempFolderTest;

TEST_F(FolderTest, NamesAreSingle) {
  const auto folder = Folder::open(folder_);
  ASSERT_TRUE(folder);
  for (const std::string& name : {std::string{}, std::string{"."}, std::string{".."}, std::string{"a/b"},
                                  std::string{"/etc"}, std::string("a\0b", 3)}) {
    EXPECT_FALSE(folder->create(name));
    EXPECT_FALSE(folder->enter(name));
    EXPECT_FALSE(folder->remove(name));
    EXPECT_FALSE(folder->rename("x", name, true));
  }
}

TEST_F(FolderTest, LinksAreNotFollowed) {
  write("outside/keep", "kept");
  std::filesystem::create_directory(folder_ / "in");
  std::filesystem::create_symlink(folder_ / "outside", folder_ / "in/dir");
  std::filesystem::create_symlink(folder_ / "outside/keep", folder_ / "in/file");
  std::filesystem::create_symlink(folder_ / "outside/new", folder_ / "in/dangling");
  const auto folder = Folder::open(folder_ / "in");
  ASSERT_TRUE(folder);
  EXPECT_FALSE(folder->enter("dir"));
  for (const char* name : {"file", "dangling"}) {
    const auto made = folder->create(name);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().kind, ErrorKind::busy);
  }
  ASSERT_TRUE(folder->create("new"));
  EXPECT_EQ(folder->rename("new", "file", false).error().kind, ErrorKind::busy);
  ASSERT_TRUE(folder->rename("new", "file", true));
  EXPECT_FALSE(std::filesystem::is_symlink(folder_ / "in/file"));
  EXPECT_EQ(std::filesystem::file_size(folder_ / "outside/keep"), 4U);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "outside/new"));
}

TEST_F(FolderTest, IsClaimedOnce) {
  const auto one = Folder::open(folder_), other = Folder::open(folder_);
  ASSERT_TRUE(one && other);
  ASSERT_TRUE(one->claim());
  const auto second = other->claim();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::busy);
}

}  // namespace
}  // namespace pressmark
