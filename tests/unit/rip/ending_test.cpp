// How a rip ends before its time: told to stop, out of its budget, out of power; and what the next one then finds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pressmark/medium.h"
#include "pressmark/rip.h"
#include "pressmark/simulated.h"

#include "support/memory_files.h"
#include "unit/rip/rig.h"

namespace pressmark {
namespace {

using test::content;
using test::DamagedTransport;
using test::digest;
using test::DiscSetup;
using test::filled;
using test::MemoryFiles;
using test::MemoryMedium;
using test::rig;
using test::rig_options;
using test::run_of;
using test::sha1;
using test::TwoFaced;
using ::testing::HasSubstr;

TEST(Rip, StoppingKeepsWhatWasRead) {
  MemoryFiles files;
  auto first = rig({});
  int asked = 0;
  const auto stopped = rip(*first.drive, rig_options(), files, {.stop = [&] { return ++asked > 6; }});
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::interrupted);
  const auto text = files.content("d/x.map");
  const auto map = parse_mapfile({reinterpret_cast<const char*>(text.data()), text.size()}, "x.map");
  ASSERT_TRUE(map);
  EXPECT_GE(map->map.good(), 4 * 32);
}

struct LastEvent final : EventSink {
  void on(const Event& event, Duration) override { last = event; }
  std::optional<Event> last;
};

TEST(Rip, ABudgetEndsARunAndTheNextGoesOn) {
  MemoryFiles files;
  const auto truth = content(20000, 1);
  int runs = 0;
  for (bool done = false; !done && runs < 30; ++runs) {
    auto simulated = simulate(std::make_unique<MemoryMedium>(MediaKind::dvd, truth));
    auto drive = Drive::open(std::move(simulated)).value();
    RipOptions o = rig_options();
    o.budget = std::chrono::seconds{1};
    LastEvent events;
    const Duration begun = drive->clock().now();
    const auto outcome = rip(*drive, o, files, {.events = &events});
    EXPECT_LT(drive->clock().now() - begun, std::chrono::seconds{4}) << "a second, and a proof of the disc before";
    done = outcome.has_value();
    ASSERT_TRUE(events.last);
    if (done) {
      EXPECT_TRUE(std::holds_alternative<Finished>(*events.last));
      continue;
    }
    EXPECT_EQ(outcome.error().kind, ErrorKind::interrupted);
    EXPECT_THAT(outcome.error().got, HasSubstr("budget of 1 s"));
    ASSERT_TRUE(std::holds_alternative<Stopped>(*events.last));
    const auto& stopped = std::get<Stopped>(*events.last);
    EXPECT_EQ(stopped.reason, Stopped::Reason::budget);
    EXPECT_EQ(stopped.good + stopped.pending, 20000);
    EXPECT_FALSE(files.exists("d/x.iso"));
  }
  EXPECT_GT(runs, 1);
  EXPECT_EQ(files.content("d/x.iso"), truth);
}

TEST(Rip, ABudgetIsHeardWhileADriveIsGivenTime) {
  MemoryFiles files;
  auto r = rig({});
  r.transport->before_read = [&](std::uint64_t read) -> std::optional<Error> {
    if (read < 9) return std::nullopt;
    return Error{.kind = ErrorKind::timeout, .tried = "read", .got = "no answer"};
  };
  RipOptions o = rig_options();
  o.budget = std::chrono::seconds{20};
  LastEvent events;
  const auto outcome = rip(*r.drive, o, files, {.events = &events});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::interrupted);
  EXPECT_THAT(outcome.error().got, HasSubstr("budget"));
  EXPECT_LT(seconds(r.drive->clock().now()), 30) << "20, and the spin-up that was under way";
}

TEST(Rip, WhatStopsARunIsItsLastEvent) {
  MemoryFiles files;
  auto asked = rig({});
  LastEvent events;
  ASSERT_FALSE(
      rip(*asked.drive, rig_options(), files, {.events = &events, .stop = [n = 0]() mutable { return ++n > 6; }}));
  EXPECT_EQ(std::get<Stopped>(*events.last).reason, Stopped::Reason::asked);
  auto gone = rig({});
  gone.transport->gone_at_read = 22;
  ASSERT_FALSE(rip(*gone.drive, rig_options(), files, {.events = &events}));
  EXPECT_EQ(std::get<Stopped>(*events.last).reason, Stopped::Reason::trouble);
}

/// Every good sector of the map stands on the disk as it is on the disc.
void expect_honest(const MemoryFiles& files, const std::vector<std::byte>& truth, std::uint64_t cut) {
  const auto text = files.content("d/x.map");
  if (text.empty()) return;
  const auto map = parse_mapfile({reinterpret_cast<const char*>(text.data()), text.size()}, "x.map");
  ASSERT_TRUE(map) << "cut at " << cut << ": " << describe(map.error());
  auto image = files.content("d/x.iso.part");
  if (image.empty()) image = files.content("d/x.iso");
  for (const GradedRun& run : map->map.runs()) {
    if (!is_good(run.grade)) continue;
    ASSERT_GE(std::ssize(image), run.end() * kUserBytes) << "cut at " << cut;
    ASSERT_TRUE(std::equal(image.begin() + run.first * kUserBytes, image.begin() + run.end() * kUserBytes,
                           truth.begin() + run.first * kUserBytes))
        << "cut at " << cut << ", sector " << run.first;
  }
}

class PowerCut : public ::testing::TestWithParam<MemoryFiles::Unsynced> {};

TEST_P(PowerCut, AtAnyOperationLosesLittleAndClaimsNothingFalse) {
  const DiscSetup setup{.sectors = 200, .dead = run_of(96, 16)};
  const auto truth = content(setup.sectors, setup.seed);
  RipOptions o = rig_options();
  o.commit_bytes = 32 * kUserBytes;
  std::uint64_t operations = 0;
  {
    MemoryFiles files;
    auto r = rig(setup);
    ASSERT_TRUE(rip(*r.drive, o, files, {}));
    operations = files.operations;
    ASSERT_GT(operations, 40U);
  }
  for (std::uint64_t cut = 0; cut < operations; ++cut) {
    MemoryFiles files;
    files.cut_at = cut;
    auto first = rig(setup);
    (void)rip(*first.drive, o, files, {});
    const auto next = files.after_power_cut(GetParam());
    expect_honest(*next, truth, cut);
    auto second = rig(setup);
    const auto outcome = rip(*second.drive, o, *next, {});
    ASSERT_TRUE(outcome) << "cut at " << cut << ": " << describe(outcome.error());
    ASSERT_EQ(next->content("d/x.iso"), filled(truth, setup.dead)) << "cut at " << cut;
    ASSERT_EQ(outcome->map.count(Grade::unreadable), 16) << "cut at " << cut;
    ASSERT_EQ(digest(*outcome, DigestKind::sha1).hex(), sha1(filled(truth, setup.dead)));
  }
}

/// What a second reading denied is filled at the end: at no instant does a map on disk still call it good where the fill is.
TEST_P(PowerCut, AtAnyOperationNoFillIsCalledGood) {
  const auto truth = content(400, 1);
  const auto run = [](MemoryFiles& files) {
    auto damaged = std::make_unique<DamagedTransport>(simulate(std::make_unique<TwoFaced>(content(400, 1))));
    damaged->dead = run_of(160, 16);
    auto drive = Drive::open(std::move(damaged));
    EXPECT_TRUE(drive);
    return rip(**drive, rig_options(), files, {});
  };
  MemoryFiles undisturbed;
  const auto whole = run(undisturbed);
  ASSERT_TRUE(whole);
  ASSERT_EQ(whole->map.at(TwoFaced::kBad), Grade::unreadable);
  for (std::uint64_t cut = 0; cut < undisturbed.operations; ++cut) {
    MemoryFiles files;
    files.cut_at = cut;
    (void)run(files);
    const auto next = files.after_power_cut(GetParam());
    const auto text = next->content("d/x.map");
    if (text.empty()) continue;
    const auto map = parse_mapfile({reinterpret_cast<const char*>(text.data()), text.size()}, "x.map");
    ASSERT_TRUE(map);
    if (!is_good(map->map.at(TwoFaced::kBad))) continue;
    auto image = next->content("d/x.iso.part");
    if (image.empty()) image = next->content("d/x.iso");
    const auto at = TwoFaced::kBad * kUserBytes;
    ASSERT_GE(std::ssize(image), at + kUserBytes);
    ASSERT_TRUE(std::equal(image.begin() + at + 8, image.begin() + at + kUserBytes, truth.begin() + at + 8)) << cut;
  }
}

INSTANTIATE_TEST_SUITE_P(Assumptions, PowerCut,
                         ::testing::Values(MemoryFiles::Unsynced::all_lost, MemoryFiles::Unsynced::names_kept,
                                           MemoryFiles::Unsynced::data_kept, MemoryFiles::Unsynced::torn,
                                           MemoryFiles::Unsynced::all_kept));

}  // namespace
}  // namespace pressmark
