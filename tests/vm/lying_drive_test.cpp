// QEMU's ATAPI drive says GOOD to READ CD with C2 flags and with subchannel, and sends what an earlier command left in its buffer. The program
// knows it for a liar, so it never asks. For tests/vm/qemu only:
//   lying_drive_test /dev/sr0
#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "pressmark/drive.h"

#include "drivers/linux_sg/linux_sg.h"

namespace pressmark {
namespace {

std::string device;

constexpr std::size_t kRaw = 2352, kC2 = 294, kSubchannel = 96;

Command command(std::initializer_list<unsigned> cdb, std::span<std::byte> in) {
  Command c{.cdb_length = static_cast<std::uint8_t>(cdb.size()), .direction = Direction::in, .data = in};
  std::ranges::transform(cdb, c.cdb.begin(), [](unsigned b) { return static_cast<std::byte>(b); });
  return c;
}

/// What follows the raw sector 16 when READ CD is asked for `more` bytes after it, an earlier read of `before` gone by.
std::vector<std::byte> extra_bytes(Transport& drive, unsigned main, unsigned sub, std::size_t more, unsigned before) {
  std::vector<std::byte> earlier(4 * 2048);
  EXPECT_TRUE(drive.execute(command({0x28, 0, 0, 0, before >> 8U, before & 0xFFU, 0, 0, 4, 0}, earlier)).has_value());
  std::vector<std::byte> raw(kRaw + more);
  const auto reply = drive.execute(command({0xBE, 0, 0, 0, 0, 16, 0, 0, 1, main, sub, 0}, raw));
  EXPECT_TRUE(reply.has_value());
  if (!reply) return {};
  EXPECT_EQ(reply->status, Status::good);
  EXPECT_EQ(reply->transferred, raw.size());
  raw.erase(raw.begin(), raw.begin() + kRaw);
  return raw;
}

TEST(LyingDrive, C2FlagsAreLeftoversAndTheDriveIsKnownForIt) {
  auto transport = open_linux_sg(device);
  ASSERT_TRUE(transport.has_value()) << describe(transport.error());
  const auto drive = Drive::open(std::move(*transport));
  ASSERT_TRUE(drive.has_value()) << describe(drive.error());
  ASSERT_TRUE((*drive)->wait_ready(std::chrono::seconds{30}).has_value());
  // The same sector, read twice without an error: honest flags would be zero both times.
  const auto first = extra_bytes((*drive)->transport(), 0xFA, 0, kC2, 1200);
  const auto second = extra_bytes((*drive)->transport(), 0xFA, 0, kC2, 3000);
  EXPECT_NE(first, second);
  EXPECT_TRUE((*drive)->has(Quirk::c2_is_stale));
}

TEST(LyingDrive, SubchannelIsLeftoversAndTheDriveIsKnownForIt) {
  auto transport = open_linux_sg(device);
  ASSERT_TRUE(transport.has_value()) << describe(transport.error());
  const auto drive = Drive::open(std::move(*transport));
  ASSERT_TRUE(drive.has_value()) << describe(drive.error());
  ASSERT_TRUE((*drive)->wait_ready(std::chrono::seconds{30}).has_value());
  const auto first = extra_bytes((*drive)->transport(), 0xF8, 1, kSubchannel, 1200);
  const auto second = extra_bytes((*drive)->transport(), 0xF8, 1, kSubchannel, 3000);
  EXPECT_NE(first, second);
  EXPECT_TRUE((*drive)->has(Quirk::subchannel_is_stale));
}

}  // namespace
}  // namespace pressmark

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 2) return 2;
  pressmark::device = argv[1];
  return RUN_ALL_TESTS();
}
