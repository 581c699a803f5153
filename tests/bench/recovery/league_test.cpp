// How outcomes are summed up, on outcomes made by hand.
#include "bench/recovery/league.h"

#include <gtest/gtest.h>
#include <limits>

#include "bench/recovery/plot.h"

namespace pressmark::recovery {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

Outcome outcome(std::vector<Outcome::Point> curve, double reached_99 = kNever) {
  Outcome o;
  o.reached.fill(kNever);
  o.reached[kShare99] = reached_99;
  o.can_be_had = 1000;
  o.recovered = curve.back().recovered;
  o.total_s = curve.back().seconds;
  o.curve = std::move(curve);
  return o;
}

TEST(Median, IsTheMiddleOrTheHigherOfTwo) {
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1, 2, 3}), 3);
  EXPECT_EQ(median({kNever, 1, kNever}), kNever);
}

TEST(Ratios, OfNeverToNeverAreOne) {
  EXPECT_EQ(ratios({10, kNever, kNever}, {5, kNever, 5}), (std::vector<double>{2, 1, kNever}));
}

TEST(Ddrescue, BestIsTakenSeedBySeed) {
  const Strategy a{.name = "a", .ddrescue = true}, b{.name = "b", .ddrescue = true}, c{.name = "c"};
  const auto at = [](double t) { return outcome({{0, 0}, {t, 1000}}, t); };
  EXPECT_EQ(best_of_ddrescue({&a, &b, &c}, {{at(10), at(20)}, {at(15), at(12)}, {at(1), at(1)}}),
            (std::vector<double>{10, 12}));
  EXPECT_TRUE(best_of_ddrescue({&c}, {{at(1)}}).empty());
}

TEST(Shortfall, IsTheWorstInstantAgainstWhoeverHadMost) {
  const Strategy mine{.name = "mine", .role = Role::ours}, other{.name = "other"}, third{.name = "third"},
      oracle{.name = "oracle", .role = Role::bound};
  // At 10 s `other` has 500 and I have 100; at 30 s `third` has 900 and I have 300 + 400 * 10 / 20.
  const Results results{{outcome({{0, 0}, {20, 300}, {40, 700}, {60, 1000}})},
                        {outcome({{0, 0}, {10, 500}, {100, 500}})},
                        {outcome({{0, 0}, {20, 0}, {30, 900}, {60, 900}})},
                        {outcome({{0, 0}, {1, 1000}})}};
  const auto found = shortfalls({&mine, &other, &third, &oracle}, results, 0);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NEAR(found[0].share, 0.4, 1e-12);
  EXPECT_EQ(found[0].seconds, 30);
  EXPECT_EQ(found[0].ahead, &third);
}

TEST(Shortfall, OfOneWhoIsNeverBehindIsNothing) {
  const Strategy mine{.name = "mine", .role = Role::ours}, other{.name = "other"};
  const auto found = shortfalls({&mine, &other}, {{outcome({{0, 0}, {10, 1000}})}, {outcome({{0, 0}, {11, 1000}})}}, 0);
  EXPECT_EQ(found[0].share, 0);
  EXPECT_EQ(found[0].ahead, nullptr);
}

TEST(League, OutcomesDoNotDependOnTheNumberOfJobs) {
  const Setting setting{find_profile("arc"), {}};
  const LeagueOptions one{.settings = {setting}, .seeds = {1, 2}, .players = {find_strategy("linear")}};
  LeagueOptions two = one;
  two.jobs = 2;
  const auto a = play(one), b = play(two);
  for (std::size_t seed = 0; seed < 2; ++seed) {
    EXPECT_EQ(a[0][0][seed].reached, b[0][0][seed].reached);
    EXPECT_EQ(a[0][0][seed].failing_reads, b[0][0][seed].failing_reads);
  }
  EXPECT_NE(a[0][0][0].reached, a[0][0][1].reached);
}

TEST(Plot, HasALegendAndAPanelForEachProfileAndKeepsACurvesCorners) {
  const Outcome corner = outcome({{0, 0}, {10, 0}, {100, 0}, {100.001, 1000}, {1000, 1000}});
  const std::string text =
      svg({.title = "T",
           .lines = {{.label = "line", .colour = "#123456", .dashes = {}}},
           .panels = {{.title = "panel", .outcomes = {&corner}}, {.title = "empty", .outcomes = {nullptr}}},
           .from_s = 10,
           .to_s = 1000});
  EXPECT_TRUE(text.starts_with("<svg ") && text.ends_with("</svg>\n"));
  for (const char* part : {">line<", ">panel<", ">empty<", "#123456"})
    EXPECT_NE(text.find(part), std::string::npos) << part;
  // 10 s, the jump at 100 s (half way on this axis), 1000 s: left edge 46, width 280, bottom 228, top 78.
  EXPECT_NE(text.find("d=\"M46.0 228.0L186.0 228.0L186.0 78.0L326.0 78.0\""), std::string::npos) << text;
}

}  // namespace
}  // namespace pressmark::recovery
