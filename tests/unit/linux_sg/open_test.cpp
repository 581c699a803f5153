// Opening what is no drive: each wrong path gets its own plain answer.
#include <fstream>
#include <gtest/gtest.h>

#include "drivers/linux_sg/linux_sg.h"

namespace pressmark {
namespace {

TEST(OpenLinuxSg, MissingPathIsNotFound) {
  const auto drive = open_linux_sg("/dev/there-is-no-such-drive");
  ASSERT_FALSE(drive);
  EXPECT_EQ(drive.error().kind, ErrorKind::not_found);
  EXPECT_EQ(drive.error().where, "/dev/there-is-no-such-drive");
}

TEST(OpenLinuxSg, FileIsCalledAnImage) {
  const auto path = std::filesystem::path(testing::TempDir()) / "disc.iso";
  std::ofstream(path) << "x";
  const auto drive = open_linux_sg(path);
  ASSERT_FALSE(drive);
  EXPECT_EQ(drive.error().kind, ErrorKind::usage);
  EXPECT_NE(drive.error().got.find("image"), std::string::npos);
}

TEST(OpenLinuxSg, DirectoryIsCalledOne) {
  const auto drive = open_linux_sg("/");
  ASSERT_FALSE(drive);
  EXPECT_EQ(drive.error().kind, ErrorKind::usage);
  EXPECT_NE(drive.error().got.find("directory"), std::string::npos);
}

TEST(OpenLinuxSg, OtherCharacterDeviceIsRefused) {
  const auto drive = open_linux_sg("/dev/null");
  ASSERT_FALSE(drive);
  EXPECT_EQ(drive.error().kind, ErrorKind::usage);
}

}  // namespace
}  // namespace pressmark
