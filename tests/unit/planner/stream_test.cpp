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
