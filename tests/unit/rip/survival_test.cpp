// Drives that hang, reset, fail in their own parts, forget their commands, and go away, in the middle of a rip.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pressmark/rip.h"
#include "pressmark/simulated.h"

#include "source/reopen.h"
#include "support/memory_files.h"
#include "support/memory_medium.h"
#include "support/watched_transport.h"

namespace pressmark {
namespace {

using test::content;
using test::MemoryFiles;
using test::MemoryMedium;
using test::sense_reply;
using test::WatchedTransport;
using ::testing::HasSubstr;

constexpr std::int64_t kSurvivalSectors = 2000;
constexpr std::int64_t kPlace = 16;  // sectors of an ill place: a DVD's block
constexpr std::int64_t kIll = 1008;  // where it begins
using Answer = std::optional<Result<Reply>>;

/// First sector and count of a read, as READ(10), READ(12) and READ CD have them (MMC-6 6.15, SBC-3 5.10, 5.11).
std::optional<std::pair<std::int64_t, std::int64_t>> read_range(const Command& command) {
  const auto at = [&](std::size_t i) { return std::to_integer<std::int64_t>(command.cdb[i]); };
  const std::int64_t lba = at(2) << 24 | at(3) << 16 | at(4) << 8 | at(5);
  switch (at(0)) {
    case 0x28: return std::pair{lba, at(7) << 8 | at(8)};
    case 0xA8: return std::pair{lba, at(8) << 8 | at(9)};
    case 0xBE: return std::pair{lba, at(7) << 8 | at(8)};
    default: return std::nullopt;
  }
}
/// Touches the DVD block (on a CD: these 16 sectors) that begins at `sector`.
bool covers(const Command& command, std::int64_t sector) {
  const auto range = read_range(command);
  return range && range->first < sector + 16 && sector < range->first + range->second;
}
unsigned opcode(const Command& command) { return std::to_integer<unsigned>(command.cdb[0]); }
/// In other words each time, as a real transport's, which tells how long it took.
Answer lost(ErrorKind kind) {
  static int times = 0;
  return fail(
      {.kind = kind, .tried = "send a command", .got = fmt::format("{} after {} ms", to_string(kind), ++times)});
}

class Survival : public ::testing::TestWithParam<MediaKind> {
 protected:
  Survival() : truth_(content(kSurvivalSectors, 1)) {
    plug(simulate(std::make_unique<MemoryMedium>(GetParam(), truth_)));
  }

  void plug(std::unique_ptr<Transport> drive) {
    line_ = std::make_shared<WatchedTransport>(std::move(drive));
    options_ = {.name = "d/x", .source = "test"};
    options_.retries = 1;
    options_.digests = {DigestKind::crc32};
  }
  Result<RipOutcome> run(std::function<bool()> stop = {}) {
    auto drive = Drive::open(std::make_unique<SharedTransport>(line_));
    EXPECT_TRUE(drive) << describe(drive.error());
    const auto reopen = [this](const DriveIdentity&) -> Result<std::unique_ptr<Transport>> {
      ++reopened_;
      if (on_reopen_) on_reopen_();
      return std::make_unique<SharedTransport>(line_);
    };
    return rip(**drive, options_, files_, {.reopen = reopen, .stop = std::move(stop)});
  }
  void expect_whole(const Result<RipOutcome>& outcome) {
    ASSERT_TRUE(outcome) << describe(outcome.error());
    EXPECT_EQ(outcome->map.good(), kSurvivalSectors);
    EXPECT_EQ(files_.content("d/x.iso"), truth_);
  }
  /// From the first read of the ill place on, so many commands are lost.
  void lose_from_ill_place(ErrorKind kind, int commands) {
    line_->instead = [kind, commands, left = -1](const Command& command) mutable -> Answer {
      if (left < 0 && covers(command, kIll)) left = commands;
      if (left <= 0) return std::nullopt;
      --left;
      return lost(kind);
    };
  }
  /// No answer until the command's time is out.
  Answer hang(const Command& command) {
    line_->clock().sleep_for(command.timeout);
    return lost(ErrorKind::timeout);
  }
  /// From the first read of the ill place on, every read.
  void hang_from_ill_place() {
    line_->instead = [this, ill = false](const Command& command) mutable -> Answer {
      ill = ill || covers(command, kIll);
      return ill && read_range(command) ? hang(command) : std::nullopt;
    };
  }
  /// The first new connection finds another disc.
  void put_in_on_reopening(std::vector<std::byte> disc) {
    on_reopen_ = [this, disc = std::move(disc)] {
      line_ = std::make_shared<WatchedTransport>(simulate(std::make_unique<MemoryMedium>(GetParam(), disc)));
      on_reopen_ = {};
    };
  }
  MapFile map_file() {
    const auto text = files_.content("d/x.map");
    auto map = parse_mapfile({reinterpret_cast<const char*>(text.data()), text.size()}, "x.map");
    EXPECT_TRUE(map);
    return std::move(*map);
  }
  [[nodiscard]] double now() { return seconds(line_->clock().now()); }

  std::vector<std::byte> truth_;
  std::shared_ptr<WatchedTransport> line_;
  MemoryFiles files_;
  RipOptions options_;
  int reopened_ = 0;
  std::function<void()> on_reopen_;
};

INSTANTIATE_TEST_SUITE_P(Kinds, Survival, ::testing::Values(MediaKind::cd, MediaKind::dvd),
                         [](const auto& kind) { return std::string{to_string(kind.param)}; });

// ---- hangs and resets ----

TEST_P(Survival, ManyPlacesThatHangTheDriveCostOnlyThemselves) {
  // Each hang is followed by a reset, as after any time-out.
  bool reset = false;
  int hangs = 0;
  line_->instead = [&](const Command& command) -> Answer {
    for (std::int64_t place = 320; place < 320 + 20 * 64; place += 64)
      if (covers(command, place)) {
        reset = true;
        ++hangs;
        return hang(command);
      }
    if (opcode(command) == 0x00 && std::exchange(reset, false)) return Result<Reply>{sense_reply(6, 0x29, 0)};
    return std::nullopt;
  };
  options_.retries = 0;
  const auto outcome = run();
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->map.count(Grade::unreadable), 20 * kPlace);
  EXPECT_LE(hangs, 20 * (GetParam() == MediaKind::cd ? 3 * kPlace : 4))
      << "a place that hangs is not tried again at once";
}

TEST_P(Survival, ATouchstoneThatHasComeToHangTheDriveIsNotTheOnlyOneAsked) {
  // On so small a disc nothing is far from the ill place, and sector 0 is asked first.
  bool ill = false;
  line_->instead = [&](const Command& command) -> Answer {
    ill = ill || covers(command, kIll);
    if (!covers(command, kIll) && !(ill && covers(command, 0))) return std::nullopt;
    return hang(command);
  };
  options_.retries = 0;
  const auto outcome = run();
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->map.count(Grade::unreadable), kPlace);
}

TEST_P(Survival, ATouchstoneThatComesWithDamageIsNotTheEnd) {
  bool ill = false;
  int damaged = 0;
  line_->instead = [&](const Command& command) -> Answer {
    if (covers(command, kIll)) {
      ill = true;
      return hang(command);
    }
    if (!ill || !covers(command, 0)) return std::nullopt;
    auto reply = line_->pass(command);  // as a CD drive that does not correct raw sectors
    if (!reply || command.data.empty()) return reply;
    ++damaged;
    command.data[100] ^= std::byte{0xFF};
    return reply;
  };
  options_.retries = 0;
  options_.confirm = Confirm::none;
  const auto outcome = run();
  EXPECT_GT(damaged, 0);
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->map.count(Grade::unreadable), kPlace);
}

TEST_P(Survival, APlaceThatResetsTheDriveIsPutLast) {
  line_->instead = [&](const Command& command) -> Answer {
    if (covers(command, kIll)) return Result<Reply>{sense_reply(6, 0x29, 0)};
    return std::nullopt;
  };
  const auto outcome = run();
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->map.count(Grade::unreadable), kPlace);
}

TEST_P(Survival, AHangingDriveIsLeftInTheEndAndGoneOnFrom) {
  bool hangs = false;
  line_->instead = [&](const Command& command) -> Answer {
    hangs = hangs || covers(command, kIll);
    if (!hangs) return std::nullopt;
    return hang(command);
  };
  const auto stuck = run();
  ASSERT_FALSE(stuck);
  EXPECT_EQ(stuck.error().kind, ErrorKind::timeout);
  EXPECT_THAT(stuck.error().next, HasSubstr("run the same command again"));
  EXPECT_EQ(map_file().map.count(Grade::unreadable), 0) << "nothing says that the disc is to blame";
  EXPECT_LT(now(), 3600);
  line_->instead = {};
  expect_whole(run());
}

TEST_P(Survival, StoppingIsHeardWhileTheDriveIsGivenTime) {
  bool hangs = false;
  line_->instead = [&](const Command& command) -> Answer {
    hangs = hangs || covers(command, kIll);
    return hangs ? lost(ErrorKind::timeout) : std::nullopt;
  };
  const auto stopped = run([&] { return hangs; });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::interrupted);
  line_->instead = {};
  expect_whole(run());
}

// ---- trouble inside the drive ----

TEST_P(Survival, AHardwareErrorThatAStandstillCuresCostsNothing) {
  bool ill = false, was_ill = false;
  line_->instead = [&](const Command& command) -> Answer {
    if (!was_ill && covers(command, kIll)) ill = was_ill = true;
    if (opcode(command) == 0x1B) ill = false;
    if (ill && read_range(command)) return Result<Reply>{sense_reply(4, 0x44, 0)};
    return std::nullopt;
  };
  expect_whole(run());
  EXPECT_TRUE(was_ill);
  EXPECT_FALSE(ill);
}

TEST_P(Survival, ADriveThatForgetsItsCommandsLosesNoSector) {
  for (const unsigned asc : {0x20U, 0x21U, 0x24U}) {
    files_ = {};
    bool confused = false, was_confused = false;
    line_->instead = [&](const Command& command) -> Answer {
      if (!was_confused && covers(command, kIll)) confused = was_confused = true;
      if (confused && read_range(command)) return Result<Reply>{sense_reply(5, asc, 0)};
      return std::nullopt;
    };
    on_reopen_ = [&] { confused = false; };
    expect_whole(run());
    EXPECT_TRUE(was_confused);
    EXPECT_FALSE(confused);
  }
}

TEST_P(Survival, ADriveThatStaysConfusedEndsTheRunAndMarksNothing) {
  bool confused = false;
  line_->instead = [&](const Command& command) -> Answer {
    confused = confused || covers(command, kIll);
    if (confused && read_range(command)) return Result<Reply>{sense_reply(5, 0x24, 0)};
    return std::nullopt;
  };
  const auto ended = run();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().kind, ErrorKind::sense);
  const MapFile left = map_file();
  EXPECT_EQ(left.map.count(Grade::unreadable) + left.map.count(Grade::untrimmed), 0);
  line_->instead = {};
  expect_whole(run());
}

TEST_P(Survival, SectorsBeyondTheRealEndAreFailedWithoutATouchstoneEach) {
  line_->instead = [&](const Command& command) -> Answer {
    const auto range = read_range(command);
    if (range && range->first + range->second > 1000 && range->second > 0)
      return Result<Reply>{sense_reply(5, 0x21, 0)};
    return std::nullopt;
  };
  options_.retries = 0;
  const auto outcome = run();
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_GE(outcome->map.good(), 1000 - kPlace);
  EXPECT_LT(now(), 120);
}

TEST_P(Survival, SectorsBeyondTheRealEndOfADiscThatNoLongerReadsDoNotEndTheRip) {
  bool beyond = false;
  line_->instead = [&](const Command& command) -> Answer {
    const auto range = read_range(command);
    if (!range || range->second == 0) return std::nullopt;
    const bool here = range->first + range->second > 1000;
    beyond = beyond || here;
    if (here) return Result<Reply>{sense_reply(5, 0x21, 0)};
    return beyond ? Answer{sense_reply(3, 0x11, 5)} : std::nullopt;
  };
  options_.retries = 0;
  const auto outcome = run();
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_GE(outcome->map.good(), 900);
  EXPECT_EQ(outcome->map.good() + outcome->map.count(Grade::unreadable), kSurvivalSectors);
  EXPECT_LT(now(), 600);
}

// ---- gone ----

TEST_P(Survival, ADriveThatComesBackIsGoneOnWith) {
  lose_from_ill_place(ErrorKind::device_gone, 5);
  expect_whole(run());
  EXPECT_GE(reopened_, 4);
}

TEST_P(Survival, ADriveThatStaysAwayIsWaitedForAndThenParked) {
  bool away = false;
  line_->instead = [&](const Command& command) -> Answer {
    away = away || covers(command, kIll);
    return away ? lost(ErrorKind::device_gone) : std::nullopt;
  };
  const auto parked = run();
  ASSERT_FALSE(parked);
  EXPECT_EQ(parked.error().kind, ErrorKind::device_gone);
  EXPECT_THAT(parked.error().got, HasSubstr("not back with its disc within 60 s"));
  EXPECT_THAT(parked.error().next, HasSubstr("run the same command again"));
  EXPECT_GT(now(), 60);
  EXPECT_LT(now(), 120);
  EXPECT_GE(map_file().map.good(), 900);
  line_->instead = {};
  expect_whole(run());
}

TEST_P(Survival, WithoutATimeToWaitItEndsAtOnce) {
  options_.return_limit = Duration::zero();
  bool away = false;
  line_->instead = [&](const Command& command) -> Answer {
    away = away || covers(command, kIll);
    return away ? lost(ErrorKind::device_gone) : std::nullopt;
  };
  const auto parked = run();
  ASSERT_FALSE(parked);
  EXPECT_EQ(parked.error().kind, ErrorKind::device_gone);
  EXPECT_EQ(reopened_, 0);
}

TEST_P(Survival, APlaceThatThrowsTheDriveOffTheBusIsPutLast) {
  bool away = false;
  int falls = 0;
  line_->instead = [&](const Command& command) -> Answer {
    if (covers(command, kIll)) {
      away = true;
      ++falls;
    }
    return away ? lost(ErrorKind::device_gone) : std::nullopt;
  };
  on_reopen_ = [&] { away = false; };
  const auto outcome = run();
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->map.count(Grade::unreadable), kPlace);
  EXPECT_LE(falls, GetParam() == MediaKind::cd ? 100 : 10);
}

TEST_P(Survival, APlaceThatKillsTheDriveIsPutLastByTheNextRuns) {
  const auto kill = [&] {
    return [away = false](const Command& command) mutable -> Answer {
      away = away || covers(command, kIll);
      return away ? lost(ErrorKind::device_gone) : std::nullopt;
    };
  };
  options_.retries = 0;
  int runs = 0;
  for (bool done = false; !done && runs < 40; ++runs) {
    line_->instead = kill();
    const auto outcome = run();
    done = outcome.has_value();
    if (done) {
      EXPECT_EQ(outcome->map.count(Grade::unreadable), kPlace);
    } else {
      EXPECT_EQ(outcome.error().kind, ErrorKind::device_gone);
    }
  }
  EXPECT_LT(runs, 40);
}

TEST_P(Survival, APlaceThatCrashesABridgeIsPutLastByTheNextRuns) {
  struct Crash {
    Answer first, then;
    int most_runs;
  };
  const Answer refused = sense_reply(5, 0x24, 0), hung = lost(ErrorKind::timeout), gone = lost(ErrorKind::device_gone);
  for (const Crash& crash :
       {Crash{lost(ErrorKind::bus), lost(ErrorKind::bus), 3}, Crash{refused, refused, 7},
        Crash{sense_reply(6, 0x29, 0), hung, 7}, Crash{sense_reply(2, 4, 1), gone, 7}, Crash{refused, gone, 7}}) {
    files_ = {};
    int runs = 0;
    for (bool done = false; !done && runs < 20; ++runs) {
      line_->instead = [&, dead = false](const Command& command) mutable -> Answer {
        if (!dead && !covers(command, kIll)) return std::nullopt;
        return std::exchange(dead, true) ? crash.then : crash.first;
      };
      options_.retries = 0;
      options_.confirm = Confirm::none;
      const auto outcome = run();
      done = outcome.has_value() || map_file().map.good() == kSurvivalSectors - kPlace;
    }
    EXPECT_LE(runs, crash.most_runs);
    EXPECT_EQ(map_file().map.good(), kSurvivalSectors - kPlace);
  }
}

TEST_P(Survival, WhatIsDamagedWhileNewsArePendingIsNotChargedToThisDisc) {
  // The news meet a setting, which takes them in; then another disc is in the drive, of which nothing reads.
  bool swapped = false, told = false;
  line_->instead = [&](const Command& command) -> Answer {
    if (covers(command, kIll) && !swapped) return Result<Reply>{sense_reply(3, 0x11, 5)};
    const bool setting = opcode(command) == 0xB6 || opcode(command) == 0xBB || opcode(command) == 0x55;
    swapped = swapped || (setting && map_file().map.good() > 1000);
    if (swapped && !std::exchange(told, true)) return Result<Reply>{sense_reply(6, 0x28, 0)};
    const auto range = read_range(command);
    return swapped && range && range->second > 0 ? Answer{sense_reply(8, 0, 0)} : std::nullopt;
  };
  options_.commit_bytes = 1;
  const auto parked = run();
  EXPECT_TRUE(told);
  ASSERT_FALSE(parked);
  EXPECT_EQ(parked.error().kind, ErrorKind::medium_changed);
  line_->instead = {};
  expect_whole(run());
}

TEST_P(Survival, DataThatComeWithTheReasonLostAreNoData) {
  line_->instead = [&](const Command& command) -> Answer {
    auto reply = covers(command, kIll) ? line_->pass(command) : Result<Reply>{fail({})};
    if (!reply) return std::nullopt;
    std::ranges::fill(command.data, std::byte{0x5A});
    Reply lost = sense_reply(0, 0, 0);
    lost.transferred = reply->transferred;
    return Result<Reply>{lost};
  };
  options_.raw = false;
  const auto outcome = run();
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->map.count(Grade::unreadable), kPlace);
}

TEST_P(Survival, ABlankDiscThatWasPutInIsNamedInTheEnd) {
  bool swapped = false, told = false;
  line_->instead = [&](const Command& command) -> Answer {
    swapped = swapped || covers(command, kIll);
    if (!swapped) return std::nullopt;
    if (!std::exchange(told, true)) return Result<Reply>{sense_reply(6, 0x28, 0)};
    if (opcode(command) != 0x51) return std::nullopt;
    auto reply = line_->pass(command);
    command.data[2] &= std::byte{0xFC};  // status of disc: empty
    return reply;
  };
  const auto ended = run();
  ASSERT_FALSE(ended);
  EXPECT_THAT(ended.error().got, HasSubstr("blank"));
  line_->instead = {};
  expect_whole(run());
}

TEST_P(Survival, WhatAPersonDidIsNotChargedToTheSectors) {
  // The tray is opened while the first sectors are read, and again there: the drive says so.
  for (int i = 0; i < 3; ++i) {
    line_->instead = [open = false](const Command& command) mutable -> Answer {
      open = open || (covers(command, 0) && read_range(command)->second > 1);
      return open && opcode(command) != 0x12 ? Answer{sense_reply(2, 0x3A, 2)} : std::nullopt;
    };
    const auto ended = run();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().kind, ErrorKind::no_medium);
    EXPECT_TRUE(map_file().failures.empty());
    EXPECT_EQ(map_file().map.count(Grade::untried), kSurvivalSectors);
  }
  line_->instead = {};
  expect_whole(run());
}

TEST_P(Survival, AfterOpeningAgainTheDiscIsIdentifiedThoughTheNewConnectionFailedAtFirst) {
  bool hangs = false, inquired = false, identified = false;
  line_->instead = [&](const Command& command) -> Answer {
    hangs = hangs || (reopened_ == 0 && covers(command, kIll));
    if (reopened_ > 0 && opcode(command) == 0x12 && !std::exchange(inquired, true)) return lost(ErrorKind::busy);
    identified = identified || (inquired && opcode(command) == 0x25);
    if (reopened_ > 0 || !hangs || !read_range(command)) return std::nullopt;
    return hang(command);
  };
  expect_whole(run());
  EXPECT_TRUE(inquired);
  EXPECT_TRUE(identified) << "what answers may be another drive";
}

TEST_P(Survival, ADriveThatComesBackWithAnotherDiscIsNotRead) {
  bool away = false;
  line_->instead = [&](const Command& command) -> Answer {
    away = away || covers(command, kIll);
    return away ? lost(ErrorKind::device_gone) : std::nullopt;
  };
  const auto first = line_;
  on_reopen_ = [&] {
    if (line_ == first)
      line_ = std::make_shared<WatchedTransport>(
          simulate(std::make_unique<MemoryMedium>(GetParam(), content(kSurvivalSectors, 2))));
  };
  const auto parked = run();
  ASSERT_FALSE(parked);
  EXPECT_EQ(parked.error().kind, ErrorKind::medium_changed);
  line_ = first;
  on_reopen_ = {};
  line_->instead = {};
  expect_whole(run());
}

TEST_P(Survival, AnotherDiscBehindAFreshConnectionIsNotReadThoughItBeginsLikeTheFirst) {
  // The drive hangs in the middle; when it is opened anew a disc of the same length is in it that has most sectors in common
  // with the first, the volume descriptor and every touchstone among them.
  hang_from_ill_place();
  auto other = content(kSurvivalSectors, 2);
  std::copy_n(truth_.begin(), 500 * kUserBytes, other.begin());
  put_in_on_reopening(other);
  const auto parked = run();
  ASSERT_EQ(reopened_, 1);
  ASSERT_FALSE(parked);
  EXPECT_EQ(parked.error().kind, ErrorKind::medium_changed);
  const auto map = map_file().map;
  const auto image = files_.content("d/x.iso.part");
  for (const GradedRun& run : map.runs())
    for (std::int64_t s = run.first; is_good(run.grade) && s < run.end(); ++s)
      ASSERT_TRUE(std::equal(truth_.begin() + s * kUserBytes, truth_.begin() + (s + 1) * kUserBytes,
                             image.begin() + s * kUserBytes))
          << "sector " << s;
}

TEST_P(Survival, ADiscThatCallsItselfAnotherStaysAnotherThoughNewsOfItComeOnce) {
  // As above, but the other disc is longer: to see so takes no proof. It must still be seen after the next remedy.
  hang_from_ill_place();
  auto other = content(kSurvivalSectors + 1, 2);
  std::copy_n(truth_.begin(), 1008 * kUserBytes, other.begin());
  put_in_on_reopening(other);
  const auto parked = run();
  ASSERT_EQ(reopened_, 1);
  ASSERT_FALSE(parked);
  EXPECT_EQ(parked.error().kind, ErrorKind::medium_changed);
  EXPECT_LE(map_file().map.good(), 1008);
}

TEST_P(Survival, ABusThatFailsForAWhileIsWaitedOut) {
  lose_from_ill_place(ErrorKind::bus, 4);
  expect_whole(run());
}

}  // namespace
}  // namespace pressmark
