// A simulated drive's faults seen through a real kernel: TCMU, tcm_loop, sr, sg and SG_IO, and what linux_sg makes of them. For a
// guest of tests/vm only: it needs root and attaches drives.
#include <algorithm>
#include <condition_variable>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <mutex>
#include <optional>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "pressmark/attach.h"
#include "pressmark/sense.h"
#include "pressmark/simulated.h"

#include "drivers/libcdio/libcdio.h"
#include "drivers/linux_sg/linux_sg.h"

namespace pressmark {
namespace {

constexpr std::uint32_t kSector = 2048;
constexpr std::chrono::seconds kSoon{60};  // a limit for what normally takes a moment

/// A drive attached from a scenario, served by a thread of its own; what it says can be waited for.
class Attached {
 public:
  explicit Attached(const std::string& scenario) : stop_(::eventfd(0, EFD_CLOEXEC)) {
    const auto file = folder() / "scenario.json";
    std::ofstream(file) << scenario;
    auto drive = open_simulated(file.string());
    EXPECT_TRUE(drive.has_value()) << describe(drive.error());
    if (!drive) return;
    AttachOptions options;
    options.control = control();
    options.open_source = [](const std::string& name) -> Result<std::unique_ptr<Transport>> {
      return open_simulated(name);
    };
    options.say = [this](std::string_view line) {
      const std::lock_guard lock(mutex_);
      lines_.emplace_back(line);
      news_.notify_all();
    };
    auto attached = Attachment::attach(std::move(*drive), std::move(options));
    EXPECT_TRUE(attached.has_value()) << describe(attached.error());
    if (!attached) return;
    attachment_ = std::move(*attached);
    paths = attachment_->paths();
    server_ = std::thread([this] {
      const auto served = attachment_->serve_until(stop_);
      EXPECT_TRUE(served.has_value()) << describe(served.error());
    });
  }
  ~Attached() {
    const std::uint64_t one = 1;
    EXPECT_EQ(::write(stop_, &one, sizeof one), static_cast<ssize_t>(sizeof one));
    if (server_.joinable()) server_.join();
    if (attachment_) {
      const auto detached = attachment_->detach();
      EXPECT_TRUE(detached.has_value()) << describe(detached.error());
    }
    ::close(stop_);
  }

  static std::filesystem::path folder() {
    const std::filesystem::path path = "/run/pressmark-test";
    std::filesystem::create_directories(path);
    return path;
  }
  static std::filesystem::path control() { return folder() / "control"; }

  void tell(const std::string& line) { std::ofstream(control()) << line << "\n"; }

  /// Waits for a line that starts so and takes it and all before it. Nothing if it does not come.
  std::optional<std::string> heard(std::string_view start) {
    std::unique_lock lock(mutex_);
    std::size_t at = 0;
    const bool came = news_.wait_for(lock, kSoon, [&] {
      const auto found = std::ranges::find_if(lines_, [&](const std::string& line) { return line.starts_with(start); });
      at = static_cast<std::size_t>(found - lines_.begin());
      return found != lines_.end();
    });
    if (!came) return std::nullopt;
    std::string line = std::move(lines_[at]);
    lines_.erase(lines_.begin(), lines_.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    return line;
  }

  DevicePaths paths;

 private:
  int stop_;
  std::mutex mutex_;
  std::condition_variable news_;
  std::vector<std::string> lines_;
  std::unique_ptr<Attachment> attachment_;
  std::thread server_;
};

std::string scenario(const std::string& faults, const std::string& drive = "{}") {
  return R"({"disc": {"kind": "cd", "sectors": 1000}, "drive": )" + drive + R"(, "faults": [)" + faults + "]}";
}

std::unique_ptr<Transport> open_drive(const std::string& path) {
  auto drive = open_linux_sg(path);
  EXPECT_TRUE(drive.has_value()) << describe(drive.error());
  return drive ? std::move(*drive) : nullptr;
}

Command command(std::initializer_list<unsigned> cdb, std::span<std::byte> in = {}) {
  Command c{.cdb_length = static_cast<std::uint8_t>(cdb.size()),
            .direction = in.empty() ? Direction::none : Direction::in,
            .data = in};
  std::ranges::transform(cdb, c.cdb.begin(), [](unsigned b) { return static_cast<std::byte>(b); });
  return c;
}

Command read10(std::uint32_t lba, std::span<std::byte> in) {
  const auto count = static_cast<std::uint32_t>(in.size() / kSector);
  return command(
      {0x28, 0, lba >> 24U, lba >> 16U & 0xFFU, lba >> 8U & 0xFFU, lba & 0xFFU, 0, count >> 8U, count & 0xFFU, 0}, in);
}

Command test_unit_ready() { return command({0, 0, 0, 0, 0, 0}); }

/// "06/29/00" or "good": what the drive says to one command.
std::string answer_to(Transport& drive, const Command& c) {
  const auto reply = drive.execute(c);
  if (!reply) return std::string(to_string(reply.error().kind));
  if (reply->status == Status::good) return "good";
  const auto sense = decode_sense(reply->sense_bytes());
  return sense ? to_string(*sense) : "no sense";
}

/// Attentions of a drive that was just attached are taken in.
void make_ready(Transport& drive) {
  for (int i = 0; i < 10 && answer_to(drive, test_unit_ready()) != "good"; ++i) {
  }
}

class KernelPath : public testing::Test {
 protected:
  std::array<std::byte, 4 * kSector> buffer_{};
  std::span<std::byte> one_ = std::span(buffer_).first(kSector);
};

TEST_F(KernelPath, MediumErrorComesWholeAndNamesTheSector) {
  for (const char* format : {R"({"sense_format": "fixed"})", R"({"sense_format": "descriptor"})"}) {
    Attached attached(scenario(R"({"fault": "dead", "first": 502, "count": 1})", format));
    const auto drive = open_drive(attached.paths.block);
    make_ready(*drive);
    const auto reply = drive->execute(read10(500, buffer_));
    ASSERT_TRUE(reply.has_value()) << describe(reply.error());
    EXPECT_EQ(reply->status, Status::check_condition);
    const auto sense = decode_sense(reply->sense_bytes());
    ASSERT_TRUE(sense.has_value());
    EXPECT_EQ(sense->key, 3);
    EXPECT_EQ(sense->asc, 0x11);
    EXPECT_EQ(sense->information, 502U);
    EXPECT_EQ(answer_to(*drive, read10(503, one_)), "good");
  }
}

TEST_F(KernelPath, ShortTransferShowsInTheCount) {
  Attached attached(scenario(R"({"fault": "short-transfer", "first": 100, "keep_bytes": 1000},
                               {"fault": "short-transfer", "first": 200, "keep_bytes": 0})"));
  const auto drive = open_drive(attached.paths.block);
  make_ready(*drive);
  buffer_.fill(std::byte{0xA5});
  auto reply = drive->execute(read10(100, one_));
  ASSERT_TRUE(reply.has_value()) << describe(reply.error());
  EXPECT_EQ(reply->status, Status::good);
  EXPECT_EQ(reply->transferred, 1000U);
  EXPECT_TRUE(std::ranges::all_of(one_.subspan(1000), [](std::byte b) { return b == std::byte{0}; }));
  reply = drive->execute(read10(200, one_));
  ASSERT_TRUE(reply.has_value()) << describe(reply.error());
  EXPECT_LE(reply->transferred, 1U);  // the kernel cannot carry "nothing" (drivers/tcmu/README.md)
}

TEST_F(KernelPath, CommandThatIsNeverAnsweredTimesOutAndTheDriveIsResetByTheKernel) {
  Attached attached(scenario(R"({"fault": "hang", "when": {"lba": 300}})"));
  const auto drive = open_drive(attached.paths.generic);  // /dev/srN would wait 7 s at least
  make_ready(*drive);
  Command read = read10(300, one_);
  read.timeout = std::chrono::milliseconds{500};
  const auto reply = drive->execute(read);
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().kind, ErrorKind::timeout) << describe(reply.error());
  EXPECT_NE(reply.error().got.find("host status 03"), std::string::npos) << reply.error().got;
  make_ready(*drive);
  EXPECT_EQ(answer_to(*drive, read10(300, one_)), "good");
}

TEST_F(KernelPath, BusResetIsABusFailureAndThenTheDriveReportsIt) {
  Attached attached(scenario(R"({"fault": "bus-reset", "when": {"lba": 300}})"));
  const auto drive = open_drive(attached.paths.block);
  make_ready(*drive);
  const auto reply = drive->execute(read10(300, one_));
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().kind, ErrorKind::bus) << describe(reply.error());
  ASSERT_TRUE(attached.heard("bus up").has_value());
  EXPECT_EQ(answer_to(*drive, test_unit_ready()).substr(0, 5), "06/29");
  make_ready(*drive);
  EXPECT_EQ(answer_to(*drive, read10(300, one_)), "good");
}

/// Takes the SCSI host's transport down or up behind everybody's back: commands fail before they reach the target.
void set_transport(const char* state) {
  for (const auto& host : std::filesystem::directory_iterator("/sys/kernel/config/target/loopback")) {
    if (host.is_directory()) std::ofstream(host.path() / "tpgt_1" / "transport_status") << state;
  }
}

TEST_F(KernelPath, LibcdiosSuccessWithoutAByteIsABusFailure) {
  Attached attached(scenario(""));
  make_ready(*open_drive(attached.paths.block));
  const auto drive = open_libcdio(attached.paths.block);
  ASSERT_TRUE(drive.has_value()) << describe(drive.error());
  EXPECT_EQ(answer_to(**drive, read10(300, one_)), "good");
  set_transport("offline");
  EXPECT_EQ(answer_to(**drive, read10(300, one_)), to_string(ErrorKind::bus));
  set_transport("online");
  make_ready(**drive);
  EXPECT_EQ(answer_to(**drive, read10(300, one_)), "good");
}

TEST_F(KernelPath, PulledCableTakesTheDeviceAwayAndItComesBackAsANewOne) {
  Attached attached(scenario(R"({"fault": "pulled-cable", "when": {"lba": 300}, "returns_after_s": 0.5})"));
  auto drive = open_drive(attached.paths.block);
  make_ready(*drive);
  const auto reply = drive->execute(read10(300, one_));
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().kind, ErrorKind::device_gone) << describe(reply.error());
  ASSERT_TRUE(attached.heard("unplugged").has_value());
  EXPECT_EQ(answer_to(*drive, test_unit_ready()), to_string(ErrorKind::device_gone));
  drive.reset();  // while it is open, its name is not free for the device that comes back
  ASSERT_TRUE(attached.heard("plugged in").has_value());
  drive = open_drive(attached.paths.block);
  make_ready(*drive);
  EXPECT_EQ(answer_to(*drive, read10(300, one_)), "good");
}

TEST_F(KernelPath, CableIsPulledAndPluggedInByHand) {
  Attached attached(scenario(""));
  auto drive = open_drive(attached.paths.block);
  make_ready(*drive);
  attached.tell("unplug");
  ASSERT_TRUE(attached.heard("unplugged").has_value());
  EXPECT_EQ(answer_to(*drive, read10(0, one_)), to_string(ErrorKind::device_gone));
  const auto again = open_linux_sg(attached.paths.block);
  ASSERT_FALSE(again.has_value());
  drive.reset();
  attached.tell("replug");
  ASSERT_TRUE(attached.heard("plugged in").has_value());
  drive = open_drive(attached.paths.block);
  make_ready(*drive);
  EXPECT_EQ(answer_to(*drive, read10(0, one_)), "good");
}

TEST_F(KernelPath, AnotherDiscIsAnnouncedOnceAndHasItsOwnSize) {
  Attached attached(scenario(""));
  const auto drive = open_drive(attached.paths.block);
  make_ready(*drive);
  EXPECT_EQ(answer_to(*drive, read10(999, one_)), "good");
  const auto other = Attached::folder() / "other.json";
  std::ofstream(other) << R"({"disc": {"kind": "cd", "sectors": 600}, "drive": {}})";
  attached.tell("load " + other.string());
  ASSERT_TRUE(attached.heard("loaded").has_value());
  EXPECT_EQ(answer_to(*drive, read10(999, one_)), "06/28/00");
  EXPECT_EQ(answer_to(*drive, read10(999, one_)), "05/21/00");
  EXPECT_EQ(answer_to(*drive, read10(599, one_)), "good");
}

TEST_F(KernelPath, EjectedTrayIsEmpty) {
  Attached attached(scenario(""));
  const auto drive = open_drive(attached.paths.block);
  make_ready(*drive);
  attached.tell("eject");
  ASSERT_TRUE(attached.heard("ejected").has_value());
  EXPECT_EQ(answer_to(*drive, read10(0, one_)).substr(0, 5), "02/3A");
}

TEST_F(KernelPath, UnknownControlLineIsAnswered) {
  Attached attached(scenario(""));
  attached.tell("dance");
  EXPECT_TRUE(attached.heard("could not").has_value());
  attached.tell("status");
  EXPECT_TRUE(attached.heard("status: seconds=").has_value());
}

/// Runs `work` on a thread that has no rights but those of user `nobody`.
void as_nobody(const std::function<void()>& work) {
  std::thread([&] {
    ASSERT_EQ(::syscall(SYS_setresgid, 65534, 65534, 65534), 0);
    ASSERT_EQ(::syscall(SYS_setgroups, 0, nullptr), 0);
    ASSERT_EQ(::syscall(SYS_setresuid, 65534, 65534, 65534), 0);
    work();
  }).join();
}

TEST_F(KernelPath, UserWithoutAccessIsToldWhichGroupHasIt) {
  Attached attached(scenario(""));
  ::chmod(attached.paths.block.c_str(), 0660);
  as_nobody([&] {
    const auto drive = open_linux_sg(attached.paths.block);
    ASSERT_FALSE(drive.has_value());
    EXPECT_EQ(drive.error().kind, ErrorKind::no_permission);
    EXPECT_NE(drive.error().next.find("usermod -aG"), std::string::npos);
  });
}

TEST_F(KernelPath, ReadOnlyUserReadsButMaySetNoSpeed) {
  Attached attached(scenario(""));
  make_ready(*open_drive(attached.paths.block));
  ::chmod(attached.paths.block.c_str(), 0664);
  as_nobody([&] {
    const auto drive = open_drive(attached.paths.block);
    EXPECT_EQ(answer_to(*drive, read10(16, one_)), "good");
    const auto refused = drive->execute(command({0xBB, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0}));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().kind, ErrorKind::no_permission);
    EXPECT_NE(refused.error().next.find("read-only"), std::string::npos);
  });
  ::chmod(attached.paths.block.c_str(), 0666);
  as_nobody([&] {
    const auto drive = open_drive(attached.paths.block);
    EXPECT_EQ(answer_to(*drive, command({0xBB, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0})), "good");
  });
}

bool left_behind() {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/sys/kernel/config/target/core/user_0", ignored)) {
    if (entry.path().filename().string().starts_with("pressmark-")) return true;
  }
  return false;
}

TEST_F(KernelPath, DetachingLeavesNothingBehind) {
  std::string block;
  {
    Attached attached(scenario(""));
    block = attached.paths.block;
    EXPECT_TRUE(std::filesystem::exists(block));
    EXPECT_TRUE(left_behind());
  }
  EXPECT_FALSE(std::filesystem::exists(block));
  EXPECT_FALSE(std::filesystem::exists(Attached::control()));
  EXPECT_FALSE(left_behind());
}

TEST_F(KernelPath, DetachingWithACommandUnansweredDoesNotWaitForIt) {
  auto attached = std::make_unique<Attached>(scenario(R"({"fault": "hang", "when": {"lba": 300}})"));
  const auto drive = open_drive(attached->paths.block);
  make_ready(*drive);
  std::optional<ErrorKind> ended;
  std::thread reader([&] {
    std::array<std::byte, kSector> sector;
    const auto reply = drive->execute(read10(300, sector));
    if (!reply) ended = reply.error().kind;
  });
  // The drive's own clock has gone far ahead once it hangs.
  const auto virtual_seconds = [&] {
    attached->tell("status");
    const auto line = attached->heard("status: seconds=").value_or("");
    return line.empty() ? 1e9 : std::stod(line.substr(line.find('=') + 1));
  };
  while (virtual_seconds() < 300) {
  }
  attached.reset();
  reader.join();
  ASSERT_TRUE(ended.has_value());
  EXPECT_NE(*ended, ErrorKind::timeout);  // nobody waited for the kernel's patience to end
}

TEST_F(KernelPath, WhatAKilledProcessLeftIsClearedAwayByTheNext) {
  const pid_t child = ::fork();
  if (child == 0) {
    auto drive = open_simulated("clean-dvd");
    auto attached = Attachment::attach(std::move(*drive));
    ::raise(attached ? SIGKILL : SIGTERM);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  ASSERT_EQ(WTERMSIG(status), SIGKILL) << "the child could not attach";
  EXPECT_TRUE(left_behind());
  {
    Attached attached(scenario(""));
    const auto drive = open_drive(attached.paths.block);
    make_ready(*drive);
    EXPECT_EQ(answer_to(*drive, read10(0, one_)), "good");
  }
  EXPECT_FALSE(left_behind());
}

}  // namespace
}  // namespace pressmark
