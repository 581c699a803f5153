#include <set>
#include <sys/stat.h>

#include "pressmark/verify.h"

#include "unit/temp_folder.h"

namespace pressmark {
namespace {

/// Notes which files are opened.
class WatchedFiles final : public Files {
 public:
  Result<std::unique_ptr<File>> open(const Path& path, OpenMode mode) override {
    opened.insert(path.string());
    return system_files().open(path, mode);
  }
  Result<void> rename(const Path& from, const Path& to) override { return system_files().rename(from, to); }
  Result<void> remove(const Path& path) override { return system_files().remove(path); }
  Result<void> sync_directory(const Path& directory) override { return system_files().sync_directory(directory); }
  bool exists(const Path& path) override { return system_files().exists(path); }
  std::optional<std::uint64_t> free_bytes(const Path& directory) override {
    return system_files().free_bytes(directory);
  }
  Result<std::unique_ptr<FileLock>> lock(const Path& path) override { return system_files().lock(path); }

  std::set<std::string> opened;
};

class ExpectationsTest : public TempFolderTest {
 protected:
  Result<std::vector<Expectation>> read(const std::string& x, std::string_view image = "a.iso") {
    return read_expectations(files_, x, image);
  }
  /// The only expectation, which is a digest.
  std::string digest(const Result<std::vector<Expectation>>& expectations) {
    if (!expectations) return describe(expectations.error());
    if (expectations->size() != 1) return "not one";
    const auto* expected = std::get_if<ExpectedDigest>(&expectations->front());
    return expected == nullptr ? "an image"
                               : std::string(to_string(expected->digest.kind)) + " " + expected->digest.hex();
  }
  WatchedFiles files_;
};

constexpr const char* kMd5 = "5d41402abc4b2a76b9719d911017c592";

TEST_F(ExpectationsTest, DigestsByNameOrLength) {
  EXPECT_EQ(digest(read("md5:5D41402ABC4B2A76B9719D911017C592")), std::string("md5 ") + kMd5);
  EXPECT_EQ(digest(read(kMd5)), std::string("md5 ") + kMd5);
  EXPECT_EQ(digest(read("crc32:3610a686")), "crc32 3610a686");
  EXPECT_EQ(digest(read("3610A686")), "crc32 3610a686");
  EXPECT_EQ(read("md5:xyz").error().kind, ErrorKind::usage);
  EXPECT_TRUE(files_.opened.empty());
}

TEST_F(ExpectationsTest, HashdeepsFileIsToldByItsFirstLine) {
  const auto path = write(
      "hashes.txt", "%%%% HASHDEEP-1.0\n%%%% size,md5,filename\n## \n5,5d41402abc4b2a76b9719d911017c592,/x/a.iso\n");
  EXPECT_EQ(digest(read(path.string())), std::string("md5 ") + kMd5);
}

TEST_F(ExpectationsTest, ASumFileGivesTheLineAndItsPlace) {
  const auto path =
      write("SHA1SUMS",
            "# x\naaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d *a.iso\nda39a3ee5e6b4b0d3255bfef95601890afd80709 *b.iso\n")
          .string();
  const auto expectations = read(path);
  ASSERT_TRUE(expectations) << describe(expectations.error());
  EXPECT_EQ(digest(expectations), "sha1 aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
  const auto& expected = std::get<ExpectedDigest>(expectations->front());
  EXPECT_EQ(expected.given_by, path + ", line 2");
  EXPECT_EQ(expected.name, "a.iso");
}

TEST_F(ExpectationsTest, ASumFileIsKnownByItsNameOrItsFirstLine) {
  const std::string line = std::string(kMd5) + "  a.iso\n";
  for (const char* name : {"x.md5", "MD5SUMS", "x.md5sum", "list.txt", "no-extension", "x.sfv"})
    EXPECT_EQ(digest(read(write(name, line).string())), std::string("md5 ") + kMd5) << name;
  const auto broken = read(write("x.sha1", std::string("\0\0\0", 3)).string());
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().kind, ErrorKind::parse);
}

TEST_F(ExpectationsTest, AnythingElseIsAnImage) {
  const std::string line = std::string(kMd5) + "  a.iso\n";
  for (const auto& path : {write("x.iso", line), write("dump", std::string(5000, '\0')),
                           write("text.dat", "just words\n"), write("empty", "")}) {
    const auto expectations = read(path.string());
    ASSERT_TRUE(expectations) << path;
    ASSERT_EQ(expectations->size(), 1U);
    ASSERT_TRUE(std::holds_alternative<ExpectedImage>(expectations->front())) << path;
    EXPECT_EQ(std::get<ExpectedImage>(expectations->front()).path, path);
  }
}

TEST_F(ExpectationsTest, WhatIsNeitherIsSaidToBe) {
  const auto missing = read((folder_ / "no").string());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
  EXPECT_FALSE(missing.error().next.empty());
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(read((folder_ / "pipe").string()).error().kind, ErrorKind::not_found);
  EXPECT_EQ(read(folder_.string()).error().kind, ErrorKind::not_found);
  EXPECT_EQ(read("").error().kind, ErrorKind::not_found);
  EXPECT_EQ(read("aaf4c61ddcc5e8a2dabede0f3b482cd9aea943").error().kind, ErrorKind::not_found);  // a digit short
}

TEST_F(ExpectationsTest, NamesInASumFileAreNeverOpened) {
  write("secret.iso", "x");
  const auto path = write("sub/x.md5", std::string(kMd5) + "  ../secret.iso\n" + kMd5 + "  /etc/passwd\n").string();
  EXPECT_TRUE(read(path, "secret.iso"));
  EXPECT_TRUE(read(path, "passwd"));
  EXPECT_EQ(files_.opened, std::set<std::string>{path});
}

TEST_F(ExpectationsTest, AHugeSumFileIsNotTakenIn) {
  const auto path = write("x.md5", "");
  std::filesystem::resize_file(path, (16U << 20U) + 1);
  EXPECT_FALSE(read(path.string()));
}

}  // namespace
}  // namespace pressmark
