#include "rip/failure_notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pressmark {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kUnread = "03/11/05", kDiffer = "two readings differ";

TEST(FailureNotes, AProbeWithinABlockHidesNothingOfTheBlock) {
  FailureNotes notes;
  notes.enter({16, 16}, kUnread);
  notes.enter({24, 1}, kUnread);
  EXPECT_EQ(notes.tries(23, kUnread), 1U);
  EXPECT_EQ(notes.tries(24, kUnread), 2U);
  EXPECT_EQ(notes.tries(25, kUnread), 1U) << "behind the probe, and in the block";
  EXPECT_EQ(notes.tries(31, kUnread), 1U);
  EXPECT_EQ(notes.tries(32, kUnread), 0U);
  EXPECT_EQ(notes.tries(15, kUnread), 0U);
  EXPECT_EQ(notes.tries(24, "time-out"), 0U) << "another failure";
  EXPECT_THAT(notes.list(), ElementsAre(FailureNote{16, 8, 1, kUnread}, FailureNote{24, 1, 2, kUnread},
                                        FailureNote{25, 7, 1, kUnread}));
  notes.enter({16, 8}, kUnread);
  notes.enter({25, 7}, kUnread);
  EXPECT_THAT(notes.list(), ElementsAre(FailureNote{16, 16, 2, kUnread}));
}

TEST(FailureNotes, CountsEverySectorByItself) {
  FailureNotes notes;
  std::vector<std::uint32_t> tries(200);
  std::uint32_t seed = 1;
  const auto draw = [&](std::uint32_t below) {
    return std::int64_t{((seed = seed * 1664525 + 1013904223) >> 8) % below};
  };
  for (int i = 0; i < 500; ++i) {
    const SectorRange range{draw(160), draw(40)};
    notes.enter(range, kUnread);
    for (std::int64_t s = range.first; s < range.end(); ++s) ++tries[static_cast<std::size_t>(s)];
    if (i % 20 != 0) continue;
    for (std::int64_t s = 0; s < 200; ++s)
      ASSERT_EQ(notes.tries(s, kUnread), tries[static_cast<std::size_t>(s)]) << s << " after " << i;
    std::int64_t end = 0;
    for (const FailureNote& note : notes.list()) {
      ASSERT_GE(note.first, end) << "a sector is listed twice";
      ASSERT_GT(note.count, 0);
      end = note.first + note.count;
    }
  }
}

TEST(FailureNotes, ADisputeOutlastsWhatComesAfterItAndStaysWhereItWas) {
  FailureNotes notes;
  notes.enter({5, 1}, kDiffer);
  notes.enter({0, 16}, kUnread);
  notes.enter({0, 16}, "time-out");
  EXPECT_THAT(notes.list(),
              ElementsAre(FailureNote{0, 5, 2, "time-out"}, FailureNote{5, 1, 3, "time-out; two readings differ"},
                          FailureNote{6, 10, 2, "time-out"}));
}

TEST(FailureNotes, NotesOfAnEarlierProgramMayOverlap) {
  FailureNotes notes;
  EXPECT_THAT(notes.list(), IsEmpty());
  notes.enter({16, 16}, kUnread, 3);
  notes.enter({24, 1}, kUnread, 1);
  EXPECT_THAT(notes.list(), ElementsAre(FailureNote{16, 8, 3, kUnread}, FailureNote{24, 1, 4, kUnread},
                                        FailureNote{25, 7, 3, kUnread}));
}

}  // namespace
}  // namespace pressmark
