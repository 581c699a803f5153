// Finding drives in a made-up /sys and /dev, and the advice for those that cannot be opened.
#include "drive/find.h"

#include <cerrno>
#include <fstream>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

namespace pressmark {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class FindTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path{testing::TempDir()} / ("find-" + std::to_string(::getpid()));
    fs::create_directories(root_ / "sys/block");
    fs::create_directories(root_ / "dev");
  }
  void TearDown() override { fs::remove_all(root_); }

  void put(const fs::path& file, const std::string& text) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream{root_ / file} << text;
  }
  [[nodiscard]] drive::SystemPaths paths() const { return {.sys = root_ / "sys", .dev = root_ / "dev"}; }

  fs::path root_;
};

TEST_F(FindTest, TellsModelAndSgNodeFromSysfs) {
  put("sys/block/sr0/device/vendor", "HL-DT-ST\n");
  put("sys/block/sr0/device/model", "BD-RE  BH16NS40 \n");
  put("sys/block/sr0/device/rev", "1.02\n");
  fs::create_directories(root_ / "sys/block/sr0/device/scsi_generic/sg3");
  const auto found = drive::find_by_sysfs(paths());
  ASSERT_TRUE(found.has_value());
  ASSERT_EQ(found->size(), 1U);
  const FoundDrive& drive = found->front();
  EXPECT_EQ(drive.path, (root_ / "dev/sr0").string());
  EXPECT_EQ(drive.sg_path, (root_ / "dev/sg3").string());
  EXPECT_EQ(drive.vendor, "HL-DT-ST");
  EXPECT_EQ(drive.product, "BD-RE  BH16NS40");
  EXPECT_EQ(drive.revision, "1.02");
}

TEST_F(FindTest, ListsDrivesByNumberAndNothingElse) {
  for (const char* name : {"sr10", "sr2", "sda", "srx", "sr", "loop0"})
    fs::create_directories(root_ / "sys/block" / name);
  const auto found = drive::find_by_sysfs(paths());
  ASSERT_TRUE(found.has_value());
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ((*found)[0].path, (root_ / "dev/sr2").string());
  EXPECT_EQ((*found)[1].path, (root_ / "dev/sr10").string());
}

TEST_F(FindTest, FailsWhereThereIsNoSysfs) {
  const auto found = drive::find_by_sysfs({.sys = root_ / "no-such-sys", .dev = root_ / "dev"});
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().kind, ErrorKind::io);
}

TEST_F(FindTest, SaysThatANodeIsMissing) {
  const auto why = drive::why_not_usable(root_ / "dev/sr0");
  ASSERT_TRUE(why.has_value());
  EXPECT_EQ(why->kind, ErrorKind::not_found);
  EXPECT_THAT(why->next, HasSubstr("device node"));
}

TEST(FindRefusal, NamesTheGroupToJoinAndTheUdevRule) {
  const Error why = drive::refusal("/dev/sr0", EACCES, "cdrom");
  EXPECT_EQ(why.kind, ErrorKind::no_permission);
  EXPECT_THAT(why.next, HasSubstr("sudo usermod -aG cdrom $USER"));
  EXPECT_THAT(why.next, HasSubstr("60-pressmark.rules"));
}

TEST_F(FindTest, HasNothingToSayOfANodeThatCanBeUsed) {
  put("dev/sr0", "");
  EXPECT_FALSE(drive::why_not_usable(root_ / "dev/sr0").has_value());
}

TEST(FindDrives, AsksThisMachineWithoutFailing) { EXPECT_TRUE(find_drives().has_value()); }

}  // namespace
}  // namespace pressmark
