// What every transport promises (include/pressmark/transport.h), on a drive with a data disc in it: one suite for the simulated drive, the
// recorder, the replay, and real device nodes (SPC-4 and MMC-6 for what the drive must answer).
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <gtest/gtest.h>
#include <string_view>
#include <unistd.h>

#include "pressmark/files.h"
#include "pressmark/sense.h"

#include "conformance/targets.h"
#include "drivers/replay/recorder.h"
#include "drivers/replay/replay.h"

namespace pressmark::test {
namespace {

constexpr std::uint32_t kSector = 2048;
constexpr std::byte kUntouched{0xA5};

/// A buffer in memory of the kernel's liking (page-aligned), so that bytes past a short transfer are nobody's but ours.
class Buffer {
 public:
  explicit Buffer(std::size_t size)
      : size_(size), memory_(static_cast<std::byte*>(std::aligned_alloc(4096, (size + 8191) / 4096 * 4096))) {
    std::fill_n(memory_.get(), (size + 8191) / 4096 * 4096, kUntouched);
  }
  [[nodiscard]] std::span<std::byte> bytes() { return {memory_.get(), size_}; }
  /// The same number of bytes at an odd address.
  [[nodiscard]] std::span<std::byte> unaligned() { return {memory_.get() + 1, size_}; }

 private:
  struct Free {
    void operator()(std::byte* p) const { std::free(p); }
  };
  std::size_t size_;
  std::unique_ptr<std::byte, Free> memory_;
};

Command command(std::initializer_list<unsigned> cdb, std::span<std::byte> in = {}) {
  Command c{.cdb_length = static_cast<std::uint8_t>(cdb.size()),
            .direction = in.empty() ? Direction::none : Direction::in,
            .data = in};
  std::ranges::transform(cdb, c.cdb.begin(), [](unsigned b) { return static_cast<std::byte>(b); });
  return c;
}

Command read10(std::uint32_t lba, std::uint32_t count, std::span<std::byte> in) {
  return command(
      {0x28, 0, lba >> 24U, lba >> 16U & 0xFFU, lba >> 8U & 0xFFU, lba & 0xFFU, 0, count >> 8U, count & 0xFFU, 0}, in);
}

Command inquiry(std::uint32_t allocation, std::span<std::byte> in) {
  return command({0x12, 0, 0, allocation >> 8U, allocation & 0xFFU, 0}, in);
}

std::uint32_t be32(std::span<const std::byte> bytes) {
  std::uint32_t value = 0;
  for (const std::byte b : bytes.first(4)) value = value << 8U | static_cast<std::uint32_t>(b);
  return value;
}

bool untouched(std::span<const std::byte> bytes) {
  return std::ranges::all_of(bytes, [](std::byte b) { return b == kUntouched; });
}

/// As it was or zero: nothing of another command.
bool untouched_or_zero(std::span<const std::byte> bytes) {
  return untouched(bytes) || std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; });
}

/// A Reply, or a failed test that says why there is none.
Reply expect_reply(Transport& drive, const Command& c) {
  auto reply = drive.execute(c);
  EXPECT_TRUE(reply.has_value()) << describe(reply.error());
  return reply.value_or(Reply{.status = Status::task_aborted});
}

/// TEST UNIT READY until the disc can be read: attentions and spin-up are not this suite's matter.
void make_ready(Transport& drive) {
  for (int tries = 0; tries < 60; ++tries) {
    if (expect_reply(drive, command({0, 0, 0, 0, 0, 0})).status == Status::good) return;
    drive.clock().sleep_for(std::chrono::milliseconds{500});
  }
  FAIL() << "the drive has no disc that gets ready";
}

std::uint32_t last_lba(Transport& drive) {
  Buffer buffer(8);
  const Reply reply = expect_reply(drive, command({0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0}, buffer.bytes()));
  EXPECT_EQ(reply.status, Status::good);
  EXPECT_EQ(be32(buffer.bytes().subspan(4)), kSector);
  return be32(buffer.bytes());
}

/// key, ASC, ASCQ of fixed or descriptor format, by SPC-4 4.5, read here by hand.
std::array<unsigned, 3> sense_codes(const Reply& reply) {
  const auto at = [&](std::size_t i) {
    return i < reply.sense_length ? static_cast<unsigned>(reply.sense[i]) : 0xFFFU;
  };
  if ((at(0) & 0x7FU) >= 0x72U) return {at(1) & 0x0FU, at(2), at(3)};
  return {at(2) & 0x0FU, at(12), at(13)};
}

class Conformance : public testing::TestWithParam<Target> {
 protected:
  /// Runs one case on the target's drive, and on the recording of that if the target asks for it.
  template <class Case>
  void on_drive(Case run) {
    const Target& target = GetParam();
    auto drive = target.open();
    ASSERT_TRUE(drive.has_value()) << describe(drive.error());
    if (!target.replayed) return prepare_and(**drive, run);

    const Path transcript = Path(testing::TempDir()) / ("conformance-" + std::to_string(::getpid()) + ".jsonl");
    std::filesystem::remove(transcript);
    {
      auto recorder = record_to(system_files(), transcript, std::move(*drive));
      ASSERT_TRUE(recorder.has_value()) << describe(recorder.error());
      prepare_and(**recorder, run);
      EXPECT_TRUE((*recorder)->recording().has_value());
    }
    auto replay = open_replay(system_files(), transcript);
    ASSERT_TRUE(replay.has_value()) << describe(replay.error());
    prepare_and(**replay, run);
    std::filesystem::remove(transcript);
  }

  /// Of a buffer of `size` bytes, `bytes` were moved.
  void expect_transferred(const Reply& reply, std::uint32_t bytes, std::size_t size) const {
    if (!GetParam().transferred_is_estimate) {
      EXPECT_EQ(reply.transferred, bytes);
      return;
    }
    constexpr std::uint32_t kPage = 4096;
    EXPECT_GE(reply.transferred, bytes - std::min(bytes, 3U));
    EXPECT_LE(reply.transferred, std::min<std::size_t>((bytes + kPage - 1) / kPage * kPage, size));
  }

 private:
  template <class Case>
  void prepare_and(Transport& drive, Case run) {
    make_ready(drive);
    if (!HasFatalFailure()) run(drive);
  }
};

TEST_P(Conformance, InfoNamesDriverPathAndAUsableLimit) {
  on_drive([](Transport& drive) {
    EXPECT_FALSE(drive.info().driver.empty());
    EXPECT_FALSE(drive.info().path.empty());
    EXPECT_GE(drive.info().max_transfer_bytes, 32U * kSector);  // a Blu-ray's ECC block
  });
}

TEST_P(Conformance, InquiryGivesAnOpticalDrivesStandardData) {
  on_drive([this](Transport& drive) {
    Buffer buffer(36);
    const Reply reply = expect_reply(drive, inquiry(36, buffer.bytes()));
    EXPECT_EQ(reply.status, Status::good);
    EXPECT_EQ(reply.sense_length, 0);
    expect_transferred(reply, 36, 36);
    EXPECT_EQ(buffer.bytes()[0], std::byte{0x05});                    // connected, CD/DVD device
    EXPECT_EQ(buffer.bytes()[3] & std::byte{0x0F}, std::byte{0x02});  // response data format
    EXPECT_GE(static_cast<unsigned>(buffer.bytes()[4]), 31U);         // additional length: 36 bytes at least
  });
}

TEST_P(Conformance, AllocationLengthCutsTheDataAndNothingElseComesAfterIt) {
  on_drive([this](Transport& drive) {
    Buffer buffer(64);
    const Reply reply = expect_reply(drive, inquiry(8, buffer.bytes()));
    EXPECT_EQ(reply.status, Status::good);
    expect_transferred(reply, 8, 64);
    EXPECT_EQ(buffer.bytes()[0], std::byte{0x05});
    EXPECT_TRUE(untouched_or_zero(buffer.bytes().subspan(8)));
  });
}

TEST_P(Conformance, AnswerShorterThanTheBufferSaysItsOwnLength) {
  on_drive([this](Transport& drive) {
    Buffer buffer(252);
    const Reply reply = expect_reply(drive, inquiry(252, buffer.bytes()));
    EXPECT_EQ(reply.status, Status::good);
    const auto length = std::min(252U, 5U + static_cast<unsigned>(buffer.bytes()[4]));
    expect_transferred(reply, length, 252);
    EXPECT_TRUE(untouched_or_zero(buffer.bytes().subspan(length)));
  });
}

TEST_P(Conformance, TestUnitReadyMovesNoData) {
  on_drive([](Transport& drive) {
    const Reply reply = expect_reply(drive, command({0, 0, 0, 0, 0, 0}));
    EXPECT_EQ(reply.status, Status::good);
    EXPECT_EQ(reply.transferred, 0U);
    EXPECT_EQ(reply.sense_length, 0);
  });
}

TEST_P(Conformance, UnknownOperationCodeIsIllegalRequest) {
  on_drive([](Transport& drive) {
    const Reply reply = expect_reply(drive, command({0x1F, 0, 0, 0, 0, 0}));
    EXPECT_EQ(reply.status, Status::check_condition);
    EXPECT_EQ(sense_codes(reply), (std::array{0x05U, 0x20U, 0x00U}));
  });
}

TEST_P(Conformance, SenseComesWhole) {
  on_drive([](Transport& drive) {
    const Reply reply = expect_reply(drive, command({0x1F, 0, 0, 0, 0, 0}));
    ASSERT_GE(reply.sense_length, 8);
    EXPECT_EQ(reply.sense_length, 8U + static_cast<unsigned>(reply.sense[7]));  // ADDITIONAL SENSE LENGTH, SPC-4 4.5.3
  });
}

TEST_P(Conformance, SenseOfOneCommandDoesNotStickToTheNext) {
  on_drive([](Transport& drive) {
    EXPECT_EQ(expect_reply(drive, command({0x1F, 0, 0, 0, 0, 0})).status, Status::check_condition);
    Buffer buffer(36);
    const Reply reply = expect_reply(drive, inquiry(36, buffer.bytes()));
    EXPECT_EQ(reply.status, Status::good);
    EXPECT_EQ(reply.sense_length, 0);
  });
}

TEST_P(Conformance, LastSectorIsReadAndTheOneAfterItIsOutOfRange) {
  on_drive([this](Transport& drive) {
    const std::uint32_t last = last_lba(drive);
    Buffer buffer(kSector);
    const Reply inside = expect_reply(drive, read10(last, 1, buffer.bytes()));
    EXPECT_EQ(inside.status, Status::good);
    expect_transferred(inside, kSector, kSector);

    Buffer beyond(kSector);
    const Reply outside = expect_reply(drive, read10(last + 1, 1, beyond.bytes()));
    EXPECT_EQ(outside.status, Status::check_condition);
    EXPECT_EQ(sense_codes(outside), (std::array{0x05U, 0x21U, 0x00U}));
    EXPECT_LE(outside.transferred, kSector);
  });
}

TEST_P(Conformance, ReadAcrossTheEndIsOutOfRange) {
  on_drive([](Transport& drive) {
    const std::uint32_t last = last_lba(drive);
    Buffer buffer(2 * kSector);
    const Reply reply = expect_reply(drive, read10(last, 2, buffer.bytes()));
    EXPECT_EQ(reply.status, Status::check_condition);
    EXPECT_EQ(sense_codes(reply), (std::array{0x05U, 0x21U, 0x00U}));
  });
}

TEST_P(Conformance, ReadOfZeroSectorsIsGoodAndMovesNothing) {
  on_drive([](Transport& drive) {
    const Reply reply = expect_reply(drive, read10(16, 0, {}));
    EXPECT_EQ(reply.status, Status::good);
    EXPECT_EQ(reply.transferred, 0U);
  });
}

TEST_P(Conformance, BufferLargerThanTheReadIsFilledAsFarAsTheReadGoes) {
  on_drive([this](Transport& drive) {
    Buffer buffer(3 * kSector);
    const Reply reply = expect_reply(drive, read10(16, 2, buffer.bytes()));
    EXPECT_EQ(reply.status, Status::good);
    expect_transferred(reply, 2 * kSector, 3 * kSector);
    EXPECT_TRUE(untouched_or_zero(buffer.bytes().subspan(2 * kSector)));
  });
}

TEST_P(Conformance, SectorsReadTogetherAreTheSectorsReadOneByOne) {
  on_drive([](Transport& drive) {
    Buffer together(8 * kSector);
    EXPECT_EQ(expect_reply(drive, read10(16, 8, together.bytes())).status, Status::good);
    for (std::uint32_t i = 0; i < 8; ++i) {
      Buffer one(kSector);
      EXPECT_EQ(expect_reply(drive, read10(16 + i, 1, one.bytes())).status, Status::good);
      EXPECT_TRUE(std::ranges::equal(one.bytes(), together.bytes().subspan(i * kSector, kSector)))
          << "sector " << 16 + i;
    }
  });
}

TEST_P(Conformance, UnalignedBufferGetsTheSameBytes) {
  on_drive([this](Transport& drive) {
    Buffer even(4 * kSector);
    Buffer odd(4 * kSector);
    EXPECT_EQ(expect_reply(drive, read10(20, 4, even.bytes())).status, Status::good);
    const Reply reply = expect_reply(drive, read10(20, 4, odd.unaligned()));
    EXPECT_EQ(reply.status, Status::good);
    expect_transferred(reply, 4 * kSector, 4 * kSector);
    EXPECT_TRUE(std::ranges::equal(even.bytes(), odd.unaligned()));
    EXPECT_EQ(odd.unaligned().data()[-1], kUntouched);
    EXPECT_EQ(odd.unaligned().data()[4 * kSector], kUntouched);
  });
}

TEST_P(Conformance, LargestTransferThatIsPromisedIsCarried) {
  on_drive([this](Transport& drive) {
    const std::uint32_t count = std::min({drive.info().max_transfer_bytes / kSector, last_lba(drive) + 1, 0xFFFFU});
    Buffer buffer(std::size_t{count} * kSector);
    const Reply reply = expect_reply(drive, read10(0, count, buffer.bytes()));
    EXPECT_EQ(reply.status, Status::good);
    expect_transferred(reply, count * kSector, std::size_t{count} * kSector);
  });
}

TEST_P(Conformance, TransferAboveTheLimitIsRefusedAndTheDriveGoesOn) {
  on_drive([](Transport& drive) {
    Buffer buffer(std::size_t{drive.info().max_transfer_bytes} + 1);
    const auto refused = drive.execute(read10(0, 0xFFFF, buffer.bytes()));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().kind, ErrorKind::usage);
    EXPECT_TRUE(untouched(buffer.bytes()));
    EXPECT_EQ(expect_reply(drive, command({0, 0, 0, 0, 0, 0})).status, Status::good);
  });
}

TEST_P(Conformance, CdbOfNoKnownLengthIsRefused) {
  on_drive([](Transport& drive) {
    const auto refused = drive.execute(command({0, 0, 0, 0, 0, 0, 0}));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  });
}

TEST_P(Conformance, CdbOfSixteenBytesReachesTheDriveOrFails) {
  on_drive([](Transport& drive) {
    // 8Bh is no command of an optical drive: what matters is that the drive's own refusal comes back.
    const auto reply = drive.execute(command({0x8B, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
    if (!reply) {  // libcdio cannot send it; ATA adapters cannot carry it
      EXPECT_TRUE(reply.error().kind == ErrorKind::unsupported || reply.error().kind == ErrorKind::bus)
          << describe(reply.error());
      return;
    }
    EXPECT_EQ(sense_codes(*reply), (std::array{0x05U, 0x20U, 0x00U}));
  });
}

TEST_P(Conformance, ErrorsSayWhatWasTriedAndWhere) {
  on_drive([](Transport& drive) {
    Buffer buffer(std::size_t{drive.info().max_transfer_bytes} + 1);
    const auto refused = drive.execute(read10(0, 0xFFFF, buffer.bytes()));
    ASSERT_FALSE(refused.has_value());
    EXPECT_FALSE(refused.error().tried.empty());
    EXPECT_FALSE(refused.error().where.empty());
  });
}

TEST_P(Conformance, ElapsedTimeIsPositiveAndPassesOnTheDrivesClock) {
  on_drive([](Transport& drive) {
    Buffer buffer(kSector);
    const Duration before = drive.clock().now();
    const Reply reply = expect_reply(drive, read10(16, 1, buffer.bytes()));
    EXPECT_GT(reply.elapsed, Duration{0});
    EXPECT_GE(drive.clock().now() - before, reply.elapsed);
  });
}

TEST_P(Conformance, RequestSenseIsACommandLikeAnyOther) {
  on_drive([](Transport& drive) {
    Buffer buffer(18);
    const Reply reply = expect_reply(drive, command({0x03, 0, 0, 0, 18, 0}, buffer.bytes()));
    EXPECT_EQ(reply.status, Status::good);
    EXPECT_EQ(buffer.bytes()[0] & std::byte{0x7E}, std::byte{0x70});
  });
}

std::string target_name(const testing::TestParamInfo<Target>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Transport, Conformance, testing::ValuesIn(targets()), target_name);

/// `--device DRIVER:PATH`: the suite on that device alone.
int choose_targets(int& argc, char** argv) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::string_view(argv[i]) != "--device") continue;
    auto target = target_of(argv[i + 1]);
    if (!target) {
      std::fprintf(stderr, "%s\n", describe(target.error()).c_str());
      return 2;
    }
    targets() = {std::move(*target)};
    std::rotate(argv + i, argv + i + 2, argv + argc);
    argc -= 2;
    break;
  }
  return 0;
}

}  // namespace
}  // namespace pressmark::test

int main(int argc, char** argv) {
  if (const int wrong = pressmark::test::choose_targets(argc, argv); wrong != 0) return wrong;
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
