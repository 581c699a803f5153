// QEMU's ATAPI drive says GOOD to READ CD with C2 flags and with subchannel, the host adapter reports the full length, and
// neither has been sent. The program knows the model for it. For tests/vm/qemu only:
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

/// READ CD of raw sector 16 with `more` bytes after it; returns those.
std::vector<std::byte> extra_bytes(Transport& drive, unsigned main, unsigned sub, std::size_t more) {
  std::vector<std::byte> raw(kRaw + more, std::byte{0xA5});
  Command command{.cdb_length = 12, .direction = Direction::in, .data = raw};
  const std::array<unsigned, 12> cdb{0xBE, 0, 0, 0, 0, 16, 0, 0, 1, main, sub, 0};
  std::ranges::transform(cdb, command.cdb.begin(), [](unsigned b) { return static_cast<std::byte>(b); });
  const auto reply = drive.execute(command);
  EXPECT_TRUE(reply.has_value());
  if (!reply) return {};
  EXPECT_EQ(reply->status, Status::good);
  EXPECT_EQ(reply->transferred, raw.size());
  raw.erase(raw.begin(), raw.begin() + kRaw);
  return raw;
}

/// Bytes that no drive wrote: the buffer's own, or the zeros of a kernel that copied.
bool unwritten(std::span<const std::byte> bytes) {
  return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0xA5}; }) ||
         std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; });
}

TEST(LyingDrive, SaysGoodToWhatItDoesNotSendAndIsKnownForIt) {
  auto transport = open_linux_sg(device);
  ASSERT_TRUE(transport.has_value()) << describe(transport.error());
  const auto drive = Drive::open(std::move(*transport));
  ASSERT_TRUE(drive.has_value()) << describe(drive.error());
  ASSERT_TRUE((*drive)->wait_ready(std::chrono::seconds{30}).has_value());

  // A real subchannel is never all zeros: its Q has an address and a CRC that is stored inverted (ECMA-130 22.3).
  EXPECT_TRUE(unwritten(extra_bytes((*drive)->transport(), 0xF8, 1, kSubchannel)));
  EXPECT_TRUE((*drive)->has(Quirk::subchannel_is_stale));
  EXPECT_TRUE(unwritten(extra_bytes((*drive)->transport(), 0xFA, 0, kC2)));
  EXPECT_TRUE((*drive)->has(Quirk::c2_is_stale));
}

}  // namespace
}  // namespace pressmark

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 2) return 2;
  pressmark::device = argv[1];
  return RUN_ALL_TESTS();
}
