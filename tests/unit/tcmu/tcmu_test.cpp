// What can be said of the attached drive without a kernel to attach it to; the rest is tests/vm.
#include <filesystem>
#include <gtest/gtest.h>
#include <unistd.h>

#include "pressmark/attach.h"
#include "pressmark/simulated.h"

#include "drivers/tcmu/ring.h"

namespace pressmark::tcmu {
namespace {

// Lengths by the first three bits (SPC-4 4.2.5.1).
TEST(TcmuRing, CdbLengthFollowsFromTheOperationCode) {
  EXPECT_EQ(cdb_length_of(std::byte{0x12}), 6);   // INQUIRY
  EXPECT_EQ(cdb_length_of(std::byte{0x28}), 10);  // READ(10)
  EXPECT_EQ(cdb_length_of(std::byte{0x55}), 10);  // MODE SELECT(10)
  EXPECT_EQ(cdb_length_of(std::byte{0x88}), 16);  // READ(16)
  EXPECT_EQ(cdb_length_of(std::byte{0xA8}), 12);  // READ(12)
  EXPECT_EQ(cdb_length_of(std::byte{0xBE}), 12);  // READ CD
}

TEST(TcmuRing, CommandsThatSendDataAreKnown) {
  for (const unsigned out : {0x15U, 0x55U, 0xB6U, 0xA3U, 0xBFU, 0x2AU, 0xAAU}) {
    EXPECT_EQ(direction_of(static_cast<std::byte>(out)), Direction::out) << out;
  }
  for (const unsigned in : {0x12U, 0x28U, 0x43U, 0x46U, 0x4AU, 0x5AU, 0xA4U, 0xA8U, 0xACU, 0xADU, 0xBEU}) {
    EXPECT_EQ(direction_of(static_cast<std::byte>(in)), Direction::in) << in;
  }
}

TEST(Attach, ASystemThatCannotSaysWhatToType) {
  if (std::filesystem::exists("/sys/kernel/config/target/core") && ::geteuid() == 0) {
    GTEST_SKIP() << "this system can";
  }
  auto drive = open_simulated("demo");
  ASSERT_TRUE(drive.has_value());
  const auto attached = Attachment::attach(std::move(*drive));
  ASSERT_FALSE(attached.has_value());
  if (::geteuid() != 0) {
    EXPECT_EQ(attached.error().kind, ErrorKind::no_permission);
    EXPECT_NE(attached.error().next.find("sudo"), std::string::npos);
  } else {
    EXPECT_EQ(attached.error().kind, ErrorKind::unsupported);
    EXPECT_NE(attached.error().next.find("modprobe -a target_core_user tcm_loop"), std::string::npos);
  }
}

TEST(Attach, ControlPipeInTheWayIsNotTouched) {
  const auto path = std::filesystem::path(testing::TempDir()) / ("control-" + std::to_string(::getpid()));
  std::filesystem::create_directory(path);
  auto drive = open_simulated("demo");
  ASSERT_TRUE(drive.has_value());
  AttachOptions options;
  options.control = path;
  const auto attached = Attachment::attach(std::move(*drive), std::move(options));
  ASSERT_FALSE(attached.has_value());
  EXPECT_EQ(attached.error().kind, ErrorKind::usage);
  EXPECT_TRUE(std::filesystem::is_directory(path));
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace pressmark::tcmu
