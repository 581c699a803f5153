#include "pressmark/files.h"

#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

namespace pressmark {
namespace {

class FilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "pressmark-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span{text}); }
  Path folder_;
  Files& files_ = system_files();
};

TEST_F(FilesTest, WritesAnywhereAndReadsBack) {
  auto file = files_.open(folder_ / "a", OpenMode::create);
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->write_at(5, bytes_of("hello")));
  EXPECT_EQ((*file)->size(), 10U);
  std::string text(20, 'x');
  EXPECT_EQ((*file)->read_at(0, std::as_writable_bytes(std::span{text})), 10U);
  EXPECT_EQ(text.substr(0, 11), std::string("\0\0\0\0\0hellox", 11));
  ASSERT_TRUE((*file)->resize(7));
  EXPECT_EQ((*file)->size(), 7U);
  EXPECT_TRUE((*file)->sync());
}

TEST_F(FilesTest, ReplacesTextWhole) {
  ASSERT_TRUE(replace_text(files_, folder_ / "t", "one"));
  ASSERT_TRUE(replace_text(files_, folder_ / "t", "two"));
  EXPECT_EQ(read_text(files_, folder_ / "t"), "two");
  EXPECT_FALSE(files_.exists(folder_ / "t.tmp"));
}

TEST_F(FilesTest, SaysWhatIsMissingOrTooLarge) {
  const auto missing = read_text(files_, folder_ / "no");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
  EXPECT_NE(missing.error().where.find("no"), std::string::npos);
  ASSERT_TRUE(replace_text(files_, folder_ / "t", "four"));
  EXPECT_EQ(read_text(files_, folder_ / "t", 3).error().kind, ErrorKind::usage);
  EXPECT_FALSE(files_.open(folder_, OpenMode::read));
}

TEST_F(FilesTest, AFullDiskIsToldApart) {
  auto full = files_.open("/dev/full", OpenMode::update);
  ASSERT_TRUE(full);
  const auto written = (*full)->write_at(0, bytes_of("x"));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::no_space);
  EXPECT_FALSE(written.error().next.empty());
}

TEST_F(FilesTest, ALockKeepsOthersOutUntilItEnds) {
  auto first = files_.lock(folder_ / "l");
  ASSERT_TRUE(first);
  EXPECT_EQ(files_.lock(folder_ / "l").error().kind, ErrorKind::busy);
  first->reset();
  EXPECT_TRUE(files_.lock(folder_ / "l"));
  EXPECT_FALSE(files_.exists(folder_ / "l")) << "nothing is left behind";
}

}  // namespace
}  // namespace pressmark
