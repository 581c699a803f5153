// Recording a session and living through it again.
#include "drivers/replay/replay.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <unistd.h>

#include "drivers/replay/recorder.h"
#include "unit/replay/tiny_drive.h"

namespace pressmark {
namespace {

class Replay : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / ("replay-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// READ(10) of one sector.
  Command read(std::uint8_t lba) {
    Command c{.cdb_length = 10, .direction = Direction::in, .data = sector_};
    c.cdb[0] = std::byte{0x28};
    c.cdb[5] = std::byte{lba};
    c.cdb[8] = std::byte{1};
    return c;
  }

  Path record(std::initializer_list<std::uint8_t> lbas) {
    const Path path = folder_ / "session.jsonl";
    auto recorder = record_to(system_files(), path, std::make_unique<test::TinyDrive>());
    EXPECT_TRUE(recorder.has_value());
    for (const auto lba : lbas) EXPECT_TRUE((*recorder)->execute(read(lba)).has_value());
    return path;
  }

  static std::string text_of(const Path& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

  std::unique_ptr<Transport> play(const Path& path) {
    auto drive = open_replay(system_files(), path);
    EXPECT_TRUE(drive.has_value()) << describe(drive.error());
    return std::move(*drive);
  }

  std::filesystem::path folder_;
  std::array<std::byte, 2048> sector_{};
};

TEST_F(Replay, GivesTheSameBytesAndMovesTheClockByTheRecordedTime) {
  const auto drive = play(record({16, 17}));
  const auto reply = drive->execute(read(16));
  ASSERT_TRUE(reply.has_value()) << describe(reply.error());
  EXPECT_EQ(reply->transferred, 2048U);
  EXPECT_EQ(reply->elapsed, Duration{1'500'000});
  EXPECT_EQ(drive->clock().now(), Duration{1'500'000});
  EXPECT_EQ(sector_[100], test::tiny_byte(16, 100));
  ASSERT_TRUE(drive->execute(read(17)).has_value());
  EXPECT_EQ(sector_[2047], test::tiny_byte(17, 2047));
  EXPECT_EQ(drive->clock().now(), Duration{3'000'000});
}

TEST_F(Replay, OtherCommandNamesLineRecordedAndAsked) {
  const auto drive = play(record({16, 17}));
  ASSERT_TRUE(drive->execute(read(16)).has_value());
  const auto reply = drive->execute(read(18));
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().kind, ErrorKind::mismatch);
  EXPECT_NE(reply.error().where.find("line 3"), std::string::npos) << reply.error().where;
  EXPECT_EQ(reply.error().got,
            "recorded 28000000001100000100, in 2048 bytes, asked 28000000001200000100, in 2048 bytes");
}

TEST_F(Replay, OtherLengthIsAnotherCommand) {
  const auto drive = play(record({16}));
  Command shorter = read(16);
  shorter.data = shorter.data.first(1024);
  const auto reply = drive->execute(shorter);
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().kind, ErrorKind::mismatch);
}

TEST_F(Replay, CommandAfterTheLastSaysThatTheRecordingEnds) {
  const auto drive = play(record({16}));
  ASSERT_TRUE(drive->execute(read(16)).has_value());
  const auto reply = drive->execute(read(16));
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().kind, ErrorKind::mismatch);
  EXPECT_NE(reply.error().got.find("ends here"), std::string::npos);
}

TEST_F(Replay, LineThatWasCutOffCountsAsAbsent) {
  const Path path = record({16, 17});
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 5);
  const auto drive = play(path);
  ASSERT_TRUE(drive->execute(read(16)).has_value());
  const auto reply = drive->execute(read(17));
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().kind, ErrorKind::mismatch);
  EXPECT_NE(reply.error().got.find("cut off"), std::string::npos);
}

TEST_F(Replay, MalformedLineIsNamedWhenItsTurnComes) {
  const Path path = record({16});
  std::ofstream(path, std::ios::app) << "{\"cdb\":\"00\"}\n";
  const auto drive = play(path);
  ASSERT_TRUE(drive->execute(read(16)).has_value());
  const auto reply = drive->execute(read(17));
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().kind, ErrorKind::parse);
  EXPECT_NE(reply.error().where.find("line 3"), std::string::npos);
}

TEST_F(Replay, FileThatIsNoTranscriptIsRefused) {
  const Path path = folder_ / "other.txt";
  std::ofstream(path) << "hello\n";
  const auto drive = open_replay(system_files(), path);
  ASSERT_FALSE(drive.has_value());
  EXPECT_EQ(drive.error().kind, ErrorKind::parse);
  EXPECT_NE(drive.error().where.find("line 1"), std::string::npos);
}

TEST_F(Replay, EachCommandIsInTheFileBeforeItsAnswerIsSeen) {
  const Path path = folder_ / "live.jsonl";
  auto recorder = record_to(system_files(), path, std::make_unique<test::TinyDrive>());
  ASSERT_TRUE(recorder.has_value());
  for (std::uint8_t i = 0; i < 5; ++i) {
    ASSERT_TRUE((*recorder)->execute(read(i)).has_value());
    const std::string text = text_of(path);
    EXPECT_EQ(std::ranges::count(text, '\n'), i + 2);
    EXPECT_EQ(text.back(), '\n');
  }
}

TEST_F(Replay, ExistingFileIsNotOverwritten) {
  const Path path = record({16});
  const std::string before = text_of(path);
  const auto again = record_to(system_files(), path, std::make_unique<test::TinyDrive>());
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().kind, ErrorKind::usage);
  EXPECT_EQ(text_of(path), before);
}

/// A file that takes `room` bytes and no more.
class SmallFile final : public File {
 public:
  explicit SmallFile(std::uint64_t room) : room_(room) {}
  Result<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    if (offset + bytes.size() > room_) return fail({.kind = ErrorKind::no_space, .tried = "write"});
    return {};
  }
  Result<std::size_t> read_at(std::uint64_t, std::span<std::byte>) override { return 0; }
  Result<void> sync() override { return {}; }
  Result<std::uint64_t> size() override { return 0; }
  Result<void> resize(std::uint64_t) override { return {}; }

 private:
  std::uint64_t room_;
};

class SmallDisk final : public Files {
 public:
  Result<std::unique_ptr<File>> open(const Path&, OpenMode) override { return std::make_unique<SmallFile>(800); }
  Result<void> rename(const Path&, const Path&) override { return {}; }
  Result<void> remove(const Path&) override { return {}; }
  Result<void> sync_directory(const Path&) override { return {}; }
  bool exists(const Path&) override { return false; }
  std::optional<std::uint64_t> free_bytes(const Path&) override { return 0; }
  Result<std::unique_ptr<FileLock>> lock(const Path&) override { return std::unique_ptr<FileLock>{}; }
};

TEST_F(Replay, FullDiskEndsTheRecordingNotTheSession) {
  SmallDisk disk;
  auto recorder = record_to(disk, "session.jsonl", std::make_unique<test::TinyDrive>());
  ASSERT_TRUE(recorder.has_value());
  EXPECT_TRUE((*recorder)->recording().has_value());
  for (std::uint8_t i = 0; i < 20; ++i) ASSERT_TRUE((*recorder)->execute(read(i)).has_value());
  ASSERT_FALSE((*recorder)->recording().has_value());
  EXPECT_EQ((*recorder)->recording().error().kind, ErrorKind::no_space);
}

}  // namespace
}  // namespace pressmark
