// A rip that goes on proves first that the disc is the one it began with.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pressmark/medium.h"
#include "pressmark/rip.h"
#include "pressmark/simulated.h"

#include "support/memory_files.h"
#include "support/watched_transport.h"
#include "unit/rip/rig.h"

namespace pressmark {
namespace {

using test::content;
using test::DamagedTransport;
using test::DiscSetup;
using test::MemoryFiles;
using test::MemoryMedium;
using test::rig;
using test::Rig;
using test::rig_options;
using test::run_of;
using test::WatchedTransport;
using ::testing::HasSubstr;

TEST(Rip, AnotherDiscIsRefusedBeforeAByteIsWritten) {
  MemoryFiles files;
  auto first = rig({});
  first.transport->gone_at_read = 9;
  ASSERT_FALSE(rip(*first.drive, rig_options(), files, {}));
  const auto part = files.content("d/x.iso.part");
  const auto map = files.content("d/x.map");
  // As long as the first, so that only its content tells it apart; and one of another length.
  for (const DiscSetup& other : {DiscSetup{.seed = 2}, DiscSetup{.sectors = 401}}) {
    auto second = rig(other);
    const auto outcome = rip(*second.drive, rig_options(), files, {});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind, ErrorKind::medium_changed);
    EXPECT_EQ(files.content("d/x.iso.part"), part);
    EXPECT_EQ(files.content("d/x.map"), map);
  }
}

TEST(Rip, ADiscThatDiffersOnlyInItsVolumeDescriptorIsAnother) {
  // Beside it the discs are equal, and the comb of samples over 2000 sectors does not touch sector 16.
  MemoryFiles files;
  auto bytes = content(2000, 1);
  const auto insert = [&] {
    auto damaged = std::make_unique<DamagedTransport>(simulate(std::make_unique<MemoryMedium>(MediaKind::cd, bytes)));
    auto* transport = damaged.get();
    return Rig{.drive = Drive::open(std::move(damaged)).value(), .transport = transport};
  };
  auto first = insert();
  first.transport->gone_at_read = 40;
  ASSERT_FALSE(rip(*first.drive, rig_options(), files, {}));
  bytes[16 * kUserBytes + 813] ^= std::byte{1};
  auto second = insert();
  const auto outcome = rip(*second.drive, rig_options(), files, {});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::medium_changed);
  EXPECT_THAT(outcome.error().where, HasSubstr("LBA 16"));
}

/// What an earlier run left: so many good sectors, the rest untried.
void leave_behind(MemoryFiles& files, Drive& drive, std::int64_t good) {
  int steps = 0;
  RipOptions some = rig_options();
  some.transfer_bytes = 1;  // the least there is
  ASSERT_FALSE(rip(drive, some, files, {.stop = [&] { return ++steps > good; }}));
}

TEST(Rip, AProofGoesOnBesideSectorsThatHangAndAfterTheLastThatDoes) {
  const auto disc = content(400, 1);
  MemoryFiles files;
  leave_behind(files, *Drive::open(simulate(std::make_unique<MemoryMedium>(MediaKind::cd, disc))).value(), 50);
  auto watched = std::make_unique<WatchedTransport>(simulate(std::make_unique<MemoryMedium>(MediaKind::cd, disc)));
  auto* line = watched.get();
  std::set<std::int64_t> hanging = run_of(10, 6);
  hanging.insert(19);  // of 50 the one that is asked last
  bool reset = false;
  int hangs = 0;
  line->instead = [&](const Command& command) -> std::optional<Result<Reply>> {
    const auto opcode = std::to_integer<unsigned>(command.cdb[0]);
    if (opcode == 0x00 && std::exchange(reset, false)) return Result<Reply>{test::sense_reply(6, 0x29, 0)};
    if (opcode != 0xBE || !hanging.contains(std::to_integer<std::int64_t>(command.cdb[5]))) return std::nullopt;
    if (command.cdb[4] != std::byte{0}) return std::nullopt;
    ++hangs;
    reset = true;
    return line->hang(command);
  };
  auto drive = Drive::open(std::move(watched)).value();
  const auto outcome = rip(*drive, rig_options(), files, {});
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->map.good(), 400);
  EXPECT_EQ(files.content("d/x.iso"), disc);
  EXPECT_EQ(hangs, 14) << "each once, and once more, since one of so few may be the one that differs";
}

TEST(Rip, AnInnerEdgeThatHasComeToHangTheDriveDoesNotEndAProof) {
  const auto disc = content(4000, 1);
  MemoryFiles files;
  int steps = 0;
  RipOptions some = rig_options();
  ASSERT_FALSE(rip(*Drive::open(simulate(std::make_unique<MemoryMedium>(MediaKind::dvd, disc))).value(), some, files,
                   {.stop = [&] { return ++steps > 100; }}));
  auto watched = std::make_unique<WatchedTransport>(simulate(std::make_unique<MemoryMedium>(MediaKind::dvd, disc)));
  auto* line = watched.get();
  bool reset = false;
  watched->instead = [&](const Command& command) -> std::optional<Result<Reply>> {
    const auto at = [&](std::size_t i) { return std::to_integer<std::int64_t>(command.cdb[i]); };
    if (at(0) == 0x00 && std::exchange(reset, false)) return Result<Reply>{test::sense_reply(6, 0x29, 0)};
    if (at(0) != 0x28 || (at(2) << 24 | at(3) << 16 | at(4) << 8 | at(5)) >= 900) return std::nullopt;
    reset = true;
    return line->hang(command);
  };
  auto drive = Drive::open(std::move(watched)).value();
  const auto outcome = rip(*drive, some, files, {});
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->map.good(), 4000);
}

TEST(Rip, TheOnlyGoodBlockIsAskedAgainWhereADriveIsStillBusyWithWhatHung) {
  const auto disc = content(400, 1);
  MemoryFiles files;
  int steps = 0;
  RipOptions some = rig_options();
  some.transfer_bytes = 1;  // a block
  ASSERT_FALSE(rip(*Drive::open(simulate(std::make_unique<MemoryMedium>(MediaKind::dvd, disc))).value(), some, files,
                   {.stop = [&] { return ++steps > 1; }}));
  auto watched = std::make_unique<WatchedTransport>(simulate(std::make_unique<MemoryMedium>(MediaKind::dvd, disc)));
  auto* line = watched.get();
  bool reset = false;
  int hangs = 0;
  watched->instead = [&](const Command& command) -> std::optional<Result<Reply>> {
    const auto at = [&](std::size_t i) { return std::to_integer<std::int64_t>(command.cdb[i]); };
    if (at(0) == 0xB6 || at(0) == 0xBB) return Result<Reply>{test::sense_reply(5, 0x20, 0)};  // nor slowly
    if (at(0) == 0x00 && std::exchange(reset, false)) return Result<Reply>{test::sense_reply(6, 0x29, 0)};
    if (at(0) != 0x28 || at(4) != 0 || at(5) >= 16 || hangs > 0) return std::nullopt;
    ++hangs;
    reset = true;
    return line->hang(command);
  };
  auto drive = Drive::open(std::move(watched)).value();
  const auto outcome = rip(*drive, some, files, {});
  EXPECT_EQ(hangs, 1);
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->map.good(), 400);
}

TEST(Rip, OfFewGoodSectorsThoseThatHungAreAskedAgainForOneMayTellTheDiscs) {
  auto disc = content(400, 1);
  MemoryFiles files;
  leave_behind(files, *Drive::open(simulate(std::make_unique<MemoryMedium>(MediaKind::cd, disc))).value(), 50);
  constexpr std::size_t kDiffers = 23;
  disc[kDiffers * kUserBytes + 100] ^= std::byte{1};
  auto watched = std::make_unique<WatchedTransport>(simulate(std::make_unique<MemoryMedium>(MediaKind::cd, disc)));
  auto* line = watched.get();
  bool reset = false;
  int hangs = 0;
  watched->instead = [&](const Command& command) -> std::optional<Result<Reply>> {
    if (command.cdb[0] == std::byte{0} && std::exchange(reset, false))
      return Result<Reply>{test::sense_reply(6, 0x29, 0)};
    const bool there = command.cdb[0] == std::byte{0xBE} && command.cdb[5] == std::byte{kDiffers};
    if (!there || hangs > 0) return std::nullopt;
    ++hangs;
    reset = true;
    return line->hang(command);
  };
  auto drive = Drive::open(std::move(watched)).value();
  const auto outcome = rip(*drive, rig_options(), files, {});
  EXPECT_EQ(hangs, 1);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::medium_changed);
}

TEST(Rip, AProofHearsThatItShallStop) {
  const auto disc = content(400, 1);
  MemoryFiles files;
  leave_behind(files, *Drive::open(simulate(std::make_unique<MemoryMedium>(MediaKind::cd, disc))).value(), 50);
  auto watched = std::make_unique<WatchedTransport>(simulate(std::make_unique<MemoryMedium>(MediaKind::cd, disc)));
  auto* line = watched.get();
  int hangs = 0;
  watched->instead = [&](const Command& command) -> std::optional<Result<Reply>> {
    if (command.cdb[0] != std::byte{0xBE} || ++hangs == 1) return std::nullopt;  // the first asks for raw sectors
    return line->hang(command);
  };
  auto drive = Drive::open(std::move(watched)).value();
  const auto outcome = rip(*drive, rig_options(), files, {.stop = [&] { return hangs > 2; }});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::interrupted);
  EXPECT_EQ(hangs, 3);
}

TEST(Rip, SectorsAtWhichReadsAreAlwaysDisturbedDoNotEndAProof) {
  const auto disc = content(400, 1);
  MemoryFiles files;
  leave_behind(files, *Drive::open(simulate(std::make_unique<MemoryMedium>(MediaKind::cd, disc))).value(), 50);
  auto watched = std::make_unique<WatchedTransport>(simulate(std::make_unique<MemoryMedium>(MediaKind::cd, disc)));
  int disturbed = 0;
  watched->instead = [&](const Command& command) -> std::optional<Result<Reply>> {
    const bool one =
        command.cdb[4] == std::byte{0} && (command.cdb[5] == std::byte{31} || command.cdb[5] == std::byte{12});
    if (command.cdb[0] != std::byte{0xBE} || !one) return std::nullopt;  // of 50 two that are asked in a row
    ++disturbed;
    return Result<Reply>{test::sense_reply(0x0B, 0, 6)};
  };
  auto drive = Drive::open(std::move(watched)).value();
  const auto outcome = rip(*drive, rig_options(), files, {});
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->map.good(), 400);
  EXPECT_GE(disturbed, 4);
}

TEST(Rip, WhereTheNewsComesTheProofIsAskedAgain) {
  // The discs differ in one block, the one that is being read when the drive speaks of a changed disc.
  const auto disc = content(400, 1);
  MemoryFiles files;
  leave_behind(files, *Drive::open(simulate(std::make_unique<MemoryMedium>(MediaKind::dvd, disc))).value(), 2);
  auto other = disc;
  for (std::size_t s = 16; s < 32; ++s) other[s * kUserBytes + 900] ^= std::byte{1};
  auto watched = std::make_unique<WatchedTransport>(simulate(std::make_unique<MemoryMedium>(MediaKind::dvd, other)));
  int readings = 0;
  watched->instead = [&](const Command& command) -> std::optional<Result<Reply>> {
    if (command.cdb[0] != std::byte{0x28} || command.cdb[5] != std::byte{16} || ++readings != 2) return std::nullopt;
    return Result<Reply>{test::sense_reply(6, 0x28, 0)};  // the first is the identification's
  };
  auto drive = Drive::open(std::move(watched)).value();
  const auto part = files.content("d/x.iso.part");
  const auto outcome = rip(*drive, rig_options(), files, {});
  EXPECT_GT(readings, 2);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::medium_changed);
  EXPECT_EQ(files.content("d/x.iso.part"), part);
}

TEST(Rip, WhatWasProvenBeforeNewsIsProvenAgain) {
  // The disc is changed in the midst of the proof, for one that differs only where it was asked before.
  const auto disc = content(400, 1);
  MemoryFiles files;
  leave_behind(files, *Drive::open(simulate(std::make_unique<MemoryMedium>(MediaKind::dvd, disc))).value(), 2);
  auto bytes = disc;
  bytes[21 * kUserBytes + 900] ^= std::byte{1};
  const auto other = simulate(std::make_unique<MemoryMedium>(MediaKind::dvd, bytes));
  auto watched = std::make_unique<WatchedTransport>(simulate(std::make_unique<MemoryMedium>(MediaKind::dvd, disc)));
  int reads = 0;
  watched->instead = [&](const Command& command) -> std::optional<Result<Reply>> {
    reads += command.cdb[0] == std::byte{0x28} ? 1 : 0;
    if (reads < 6) return std::nullopt;  // two of the identification, the descriptor, sectors 0 and 21
    if (reads++ == 6) return Result<Reply>{test::sense_reply(6, 0x28, 0)};
    return other->execute(command);
  };
  auto drive = Drive::open(std::move(watched)).value();
  const auto part = files.content("d/x.iso.part");
  const auto outcome = rip(*drive, rig_options(), files, {});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::medium_changed);
  EXPECT_EQ(files.content("d/x.iso.part"), part);
}

TEST(Rip, OfFewGoodSectorsAllAreProven) {
  // The discs have all but one of these in common.
  const auto disc = content(400, 1);
  const auto insert = [](std::vector<std::byte> bytes) {
    return Drive::open(simulate(std::make_unique<MemoryMedium>(MediaKind::cd, std::move(bytes)))).value();
  };
  MemoryFiles files;
  leave_behind(files, *insert(disc), 50);
  const auto text = files.content("d/x.map");
  const auto map = parse_mapfile({reinterpret_cast<const char*>(text.data()), text.size()}, "x.map").value().map;
  ASSERT_GT(map.good(), 16);
  ASSERT_LE(map.good(), 64);
  for (std::int64_t sector = 0; sector < map.sectors(); ++sector) {
    if (!is_good(map.at(sector))) continue;
    auto other = disc;
    other[static_cast<std::size_t>(sector) * kUserBytes + 7] ^= std::byte{1};
    MemoryFiles copy = files;
    const auto outcome = rip(*insert(other), rig_options(), copy, {});
    ASSERT_FALSE(outcome) << sector;
    EXPECT_EQ(outcome.error().kind, ErrorKind::medium_changed);
  }
}

TEST(Rip, ADiscThatReadsOnlySlowlyIsProvenSlowly) {
  const auto insert = [](std::string_view faults) {
    auto simulated =
        open_scenario(fmt::format(R"({{"disc": {{"kind": "dvd", "sectors": 4000}}, "faults": {}}})", faults));
    return Drive::open(std::move(simulated).value()).value();
  };
  MemoryFiles files;
  leave_behind(files, *insert("[]"), 100);
  const auto worn = insert(R"([{"fault": "marginal", "first": 0, "count": 4000, "max_speed_x": 2}])");
  const auto outcome = rip(*worn, rig_options(), files, {});
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_EQ(outcome->map.good(), 4000);
}

}  // namespace
}  // namespace pressmark
