#include "planner/stream.h"

#include <gtest/gtest.h>
#include <vector>

#include "unit/planner/spiral_disc.h"

namespace pressmark {
namespace {

using test::SpiralDisc;

/// Reads what a stream asks for and enters what came of it, as the planner does with a drive that names the bad block.
struct Streamed {
  SpiralDisc disc;
  RipMap map{disc.sectors};
  RipProgress progress;
  std::vector<SectorRange> reads;
  int failures = 0;

  bool step(Stream& stream) {
    const auto range = stream.next(map, progress);
    if (!range) return false;
    reads.push_back(*range);
    for (std::int64_t b = range->first / 16; b * 16 < range->end(); ++b) {
      if (!disc.dead.contains(b)) continue;
      ++failures;
      map.set(b * 16, 16, Grade::unreadable);
      stream.saw(progress, b, true);
      return true;
    }
    map.set(range->first, range->count, Grade::drive);
    progress.position = range->end();
    for (std::int64_t b = range->first / 16; b * 16 < range->end(); ++b) stream.saw(progress, b, false);
    return true;
  }
};

Stream stream_for(const SpiralDisc& disc, bool with_geometry = true) {
  return Stream{{.block_sectors = 16,
                 .transfer_sectors = 32,
                 .geometry = with_geometry ? std::optional{disc.nominal()} : std::nullopt,
                 .tiers = {}}};
}

TEST(Stream, WhatLiesBeyondDamageComesFirst) {
  for (const bool with_geometry : {true, false}) {
    Streamed s;
    s.disc.scratch(25, 26, 0.3, 1);
    const std::int64_t last = *s.disc.dead.rbegin();
    Stream stream = stream_for(s.disc, with_geometry);
    stream.recall(s.map, s.progress);
    while (s.map.at(s.disc.sectors - 1) == Grade::untried) ASSERT_TRUE(s.step(stream));
    EXPECT_LT(s.failures, 40) << "of " << s.disc.dead.size();
    // Nothing behind the last leap is missing: that is, at most a fortieth of the disc behind the scratch's end.
    EXPECT_EQ(s.map.find((last * 16) + s.disc.sectors / 30, Grade::untried), std::nullopt);
  }
}

TEST(Stream, ThenWhatLiesNearItIsReadOrPassedOver) {
  Streamed s;
  s.disc.scratch(25, 26, 0.3, 1);
  Stream stream = stream_for(s.disc);
  stream.recall(s.map, s.progress);
  while (s.step(stream)) {
  }
  EXPECT_LT(s.failures, static_cast<int>(s.disc.dead.size()) / 8);
  EXPECT_GT(s.map.good(), (s.disc.sectors - static_cast<std::int64_t>(s.disc.dead.size()) * 16) * 98 / 100);
  for (auto run = s.map.find(0, Grade::untried); run; run = s.map.find(run->end(), Grade::untried))
    EXPECT_NE(stream.foreseen(run->first / 16), 0);
}

/// Damage of unknown length behind 16 MiB of which the far end is sound.
TEST(Stream, OfAHoleTheFarHalvesComeBeforeItsDamage) {
  Streamed s;
  for (std::int64_t block = 5000; block < 5060; ++block) s.disc.dead.insert(block);
  Stream stream = stream_for(s.disc);
  stream.recall(s.map, s.progress);
  stream.failure_takes(10);
  while (s.progress.round == 0 && s.step(stream)) {
  }
  EXPECT_EQ(s.failures, 1) << "a failure that takes longer than a leap is enough for one";
  EXPECT_EQ(s.map.count(Grade::untried), 512 * 16 - 32) << "the first read of a half has been";
  int failures = 0;
  while (s.progress.round + 1 < RipProgress::kStreamSweeps) {
    failures = s.failures;  // the first read of the near sweep does not count
    ASSERT_TRUE(s.step(stream));
  }
  EXPECT_EQ(failures, 1);
  EXPECT_NEAR(static_cast<double>(s.map.count(Grade::untried)), 64 * 16, 2 * 16) << "an eighth";
}

TEST(Stream, AHalfThatFailsIsAHoleFromThereOn) {
  Streamed s;
  for (std::int64_t block = 5000; block < 5300; ++block) s.disc.dead.insert(block);
  Stream stream = stream_for(s.disc);
  stream.recall(s.map, s.progress);
  stream.failure_takes(10);
  while (s.progress.round + 1 < RipProgress::kStreamSweeps && s.step(stream)) {
  }
  EXPECT_LE(s.failures, 4);
  EXPECT_LT(s.map.count(Grade::untried), (300 + 64) * 16);
}

TEST(Stream, AHoleThatEndsInDamageIsLeftToForesight) {
  Streamed s;
  for (std::int64_t block = 5000; block < 9000; ++block) s.disc.dead.insert(block);
  Stream stream = stream_for(s.disc);
  stream.recall(s.map, s.progress);
  stream.failure_takes(10);
  while (s.progress.round == 0 && s.step(stream)) {
  }
  const int far = s.failures;
  ASSERT_GE(far, 3);
  while (s.progress.round + 1 < RipProgress::kStreamSweeps && s.step(stream)) {
  }
  EXPECT_LE(s.failures, far + 3) << "only the last hole is worth a try";
}

TEST(Stream, WithManyPlacesOneFailureIsNotEnoughForALeap) {
  Streamed s;
  for (std::int64_t block = 100; block < 30'000; block += 1000) s.disc.dead.insert(block);
  Stream stream = stream_for(s.disc);
  stream.recall(s.map, s.progress);
  stream.failure_takes(10);
  while (s.progress.round == 0 && s.step(stream)) {
  }
  EXPECT_EQ(s.map.count(Grade::untried), 10 * 512 * 16 - 32) << "the first read of a half has been";
}

TEST(Stream, ASingleBadBlockMakesItLeapNowhere) {
  Streamed s;
  s.disc.dead = {1000, 9000, 20'000};
  Stream stream = stream_for(s.disc);
  stream.recall(s.map, s.progress);
  while (s.progress.round == 0 && s.step(stream)) {
  }
  EXPECT_EQ(s.map.count(Grade::untried), 0);
}

TEST(Stream, LargeReadsWhereNothingThreatens) {
  Streamed s;
  Stream stream = stream_for(s.disc);
  stream.recall(s.map, s.progress);
  while (s.step(stream)) {
  }
  EXPECT_EQ(s.reads.size(), static_cast<std::size_t>(s.disc.sectors / 32));
}

}  // namespace
}  // namespace pressmark
