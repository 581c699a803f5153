// The virtual clock against figures worked out here from the standards' dimensions: r(L) = sqrt(r0^2 + L*l*p/pi).
#include <cmath>
#include <numbers>

#include "host.h"

namespace pressmark {
namespace {

struct Figures {
  double pitch_mm, sector_mm, inner_mm, per_second_1x, full_speed_x;
};
constexpr Figures kCd{0.0016, 16.0, 25, 75, 48};
constexpr Figures kDvd{0.00074, 5.157, 24, 676.08, 16};
constexpr Figures kBd{0.00032, 2.240, 24, 2195, 12};

double radius(const Figures& f, double sectors) {
  return std::sqrt(f.inner_mm * f.inner_mm + sectors * f.sector_mm * f.pitch_mm / std::numbers::pi);
}
/// Seconds to stream [0, sectors) at constant angular velocity, full speed reached at 58 mm.
double streaming_s(const Figures& f, double sectors) {
  const double revolutions_per_s = f.full_speed_x * f.per_second_1x * f.sector_mm / (2 * std::numbers::pi * 58);
  return (radius(f, sectors) - f.inner_mm) / f.pitch_mm / revolutions_per_s;
}

double stream(Host& host, std::uint32_t first, std::uint32_t end, std::uint32_t step) {
  const double before = host.drive().log().virtual_seconds;
  for (std::uint32_t lba = first; lba < end; lba += step)
    EXPECT_TRUE(host.read10(lba, std::min(step, end - lba)).good());
  return host.drive().log().virtual_seconds - before;
}

void expect_streaming(const char* kind, const Figures& f, std::uint32_t sectors) {
  Host host =
      Host::of(std::string{R"({"disc": {"kind": ")"} + kind + R"(", "sectors": )" + std::to_string(sectors) + "}}");
  const double expected = streaming_s(f, sectors);
  EXPECT_NEAR(stream(host, 0, sectors, 64), expected, expected * 0.003 + 0.2) << kind;
  EXPECT_LE(host.drive().log().seeks, 1U);
}

TEST(Streaming, FollowsTheFormulaForEveryKindOfDisc) {
  expect_streaming("cd", kCd, 30000);
  expect_streaming("dvd", kDvd, 200000);
  expect_streaming("bd", kBd, 200000);
}

TEST(Streaming, SizeOfTheReadsDoesNotMatter) {
  Host small = Host::of(R"({"disc": {"kind": "dvd", "sectors": 20000}})");
  Host large = Host::of(R"({"disc": {"kind": "dvd", "sectors": 20000}})");
  EXPECT_NEAR(stream(small, 0, 20000, 1), stream(large, 0, 20000, 128), 0.1);
}

TEST(Streaming, FullDiscsTakeTheTimesDrivesTake) {  // a 48x CD 130 s, a 16x DVD 300 s, a 12x BD 656 s
  EXPECT_NEAR(streaming_s(kCd, (58.0 * 58 - 625) * std::numbers::pi / (16.0 * 0.0016)), 130, 2);
  EXPECT_NEAR(streaming_s(kDvd, 2295104), 300, 3);
  EXPECT_NEAR(streaming_s(kBd, 12219392), 656, 6);
}

TEST(Streaming, ConstantLinearVelocityKeepsTheRate) {
  Host host =
      Host::of(R"({"disc": {"kind": "dvd", "sectors": 40000}, "drive": {"dvd": {"speeds_x": [4], "clv_up_to_x": 4}}})");
  stream(host, 0, 160, 16);
  EXPECT_NEAR(stream(host, 160, 20160, 32), 20000 / (4 * 676.08), 0.05);
  EXPECT_NEAR(stream(host, 20160, 40000, 32), 19840 / (4 * 676.08), 0.05);
}

TEST(Streaming, OppositeLayerIsReadOutsideIn) {
  // Each layer of 50,000 sectors of the dual-layer length; a change of layer between.
  Host host = Host::of(R"({"disc": {"kind": "dvd", "sectors": 100000, "layers": 2, "layer_break": 50000}})");
  const Figures dual{0.00074, 5.676, 24, 676.08, 16};
  const double layer = streaming_s(dual, 50000);
  EXPECT_NEAR(stream(host, 0, 50000, 16), layer, layer * 0.01 + 0.2);
  EXPECT_NEAR(stream(host, 50000, 100000, 16), layer, layer * 0.01 + 0.2);
  // The last sectors lie at the inner edge again: their speed is that of the first ones.
  Host parallel = Host::of(
      R"({"disc": {"kind": "dvd", "sectors": 100000, "layers": 2, "layer_break": 50000, "track_path": "parallel"}})");
  stream(parallel, 50000, 50160, 16);
  EXPECT_NEAR(stream(parallel, 50160, 51760, 16), streaming_s(dual, 1760) - streaming_s(dual, 160), 0.02);
}

TEST(Cache, SecondReadingIsQuickerThanARevolution) {
  Host host = Host::of(R"({"disc": {"kind": "dvd", "sectors": 20000}})");
  host.read10(1600, 16);
  const double revolution = 2 * std::numbers::pi * 58 / (16 * 676.08 * 5.157);
  EXPECT_NEAR(revolution, 60.0 / 9194, 2e-5);
  EXPECT_LT(seconds(host.read10(1600, 16).elapsed), revolution / 4);
  EXPECT_GT(seconds(host.read10(1600, 16, true).elapsed), revolution);  // FUA goes to the disc
}

TEST(Cache, FuaWithoutSectorsEmptiesIt) {
  Host host = Host::of(R"({"disc": {"kind": "cd", "sectors": 6000}})");
  host.read10(1600, 16);
  EXPECT_LT(seconds(host.read10(1600, 16).elapsed), 0.002);
  EXPECT_TRUE(host.none({0xA8, 8, 0, 0, 0x06, 0x40, 0, 0, 0, 0, 0, 0}).good());
  EXPECT_GT(seconds(host.read10(1600, 16).elapsed), 0.005);
}

TEST(Cache, LiarKeepsAnsweringFromItsCache) {
  Host host = Host::of(R"({"disc": {"kind": "dvd", "sectors": 20000}, "drive": {"model": "liar"}})");
  host.read10(1600, 16);
  EXPECT_LT(seconds(host.read10(1600, 16, true).elapsed), 0.002);
}

TEST(Cache, FillsWhileTheHostThinks) {
  Host host = Host::of(R"({"disc": {"kind": "dvd", "sectors": 20000}, "drive": {"cache_kib": 1024}})");
  host.read10(1600, 16);
  host.drive().clock().sleep_for(std::chrono::seconds{1});
  EXPECT_LT(seconds(host.read10(1616, 64).elapsed), 0.002);         // read ahead
  EXPECT_GT(seconds(host.read10(1616 + 1024, 16).elapsed), 0.002);  // but no more than it holds
}

TEST(Seek, TakesLongerTheFurtherItGoes) {
  Host host = Host::of(R"({"disc": {"kind": "dvd", "sectors": 2295104}})");
  const auto jump = [&](std::uint32_t from, std::uint32_t to) {
    host.read10(from, 16, true);
    return seconds(host.read10(to, 16, true).elapsed);
  };
  const double revolution = 60.0 / 9194, pass = 0.01;
  EXPECT_LT(jump(100000, 99968), 0.005 + revolution + pass);
  const double third = jump(100000, 900000), full = jump(0, 2295000);
  EXPECT_GT(third, 0.06);
  EXPECT_LT(third, full);
  EXPECT_GT(full, 0.175);
  EXPECT_LT(full, 0.18 + revolution + pass);
}

TEST(Seek, ShortWayForwardCostsOnlyTheRotation) {
  Host host = Host::of(R"({"disc": {"kind": "dvd", "sectors": 200000}})");
  host.read10(1600, 16);
  const double rate = 676.08 * 16 * 24.2 / 58;
  EXPECT_NEAR(seconds(host.read10(1616 + 16, 16).elapsed), 32 / rate, 0.001);
}

TEST(Slowdown, DriveStaysSlowAfterAnError) {
  Host host = Host::of(R"({"disc": {"kind": "dvd", "sectors": 60000}, "faults": [{"fault": "dead", "first": 1600}],
    "drive": {"slow_down_x": 4, "slow_down_s": 60}})");
  EXPECT_FALSE(host.read10(1600, 16).good());
  host.read10(1616, 16);
  const double slow = stream(host, 1632, 3232, 16);
  EXPECT_NEAR(1600 / slow / 676.08, 4 * 24.2 / 58, 0.05);
  host.drive().clock().sleep_for(std::chrono::seconds{60});
  stream(host, 3232, 6432, 16);  // what it read ahead meanwhile
  const double quick = stream(host, 6432, 8032, 16);
  EXPECT_NEAR(1600 / quick / 676.08, 16 * 24.2 / 58, 0.1);
}

TEST(IdleSpinDown, NextReadWaitsForTheSpinUp) {
  Host host = Host::of(R"({"disc": {"kind": "dvd"}, "drive": {"idle_spin_down_s": 300, "spin_up_s": 7}})");
  host.read10(0, 16);
  host.drive().clock().sleep_for(std::chrono::seconds{299});
  EXPECT_LT(seconds(host.read10(160, 16).elapsed), 1);
  host.drive().clock().sleep_for(std::chrono::seconds{301});
  EXPECT_NEAR(seconds(host.read10(320, 16).elapsed), 7, 0.3);
}

}  // namespace
}  // namespace pressmark
