// Mode pages, speeds and what they do to the time a read takes.
#include "host.h"

namespace pressmark {
namespace {

Heard mode_sense(Host& host, int page, int control = 0) {
  return host.in({0x5A, 8, control << 6 | page, 0, 0, 0, 0, 0, 64, 0}, 64);
}
Heard set_retries(Host& host, int retries) {
  return host.out({0x55, 0x10, 0, 0, 0, 0, 0, 0, 20, 0},
                  bytes({0, 0, 0, 0, 0, 0, 0, 0, 1, 10, 0x20, retries, 0, 0, 0, 0, 0, 0, 0, 0}));
}
Heard set_cd_speed(Host& host, int kilobytes) {
  return host.none({0xBB, 0, kilobytes >> 8, kilobytes & 255, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0});
}
/// Start 0, end the disc's last, `kilobytes` a second (MMC-6 6.38, table 632).
Heard set_streaming(Host& host, int flags, int kilobytes) {
  return host.out({0xB6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 28, 0},
                  bytes({flags,           0, 0, 0, 0,   0, 0, 0, 0, 0x10, 0, 0, 0,  0, kilobytes >> 8,
                         kilobytes & 255, 0, 0, 3, 232, 0, 0, 0, 0, 0,    0, 3, 232}));
}

TEST(ModePages, ErrorRecoveryIsSetReadBackAndResetToDefault) {  // MMC-6 7.3
  Host host = Host::of(R"({"disc": {}, "drive": {"default_retries": 16}})");
  EXPECT_EQ(mode_sense(host, 1).data, bytes({0, 18, 0, 0, 0, 0, 0, 0, 1, 10, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_TRUE(set_retries(host, 3).good());
  EXPECT_EQ(mode_sense(host, 1).byte(10), 0x20);
  EXPECT_EQ(mode_sense(host, 1).byte(11), 3);
  EXPECT_EQ(mode_sense(host, 1, 2).byte(11), 16);    // default values
  EXPECT_EQ(mode_sense(host, 1, 1).byte(11), 0xFF);  // changeable values
  EXPECT_EQ(mode_sense(host, 1, 3).verdict(), "05/39/00");
}

TEST(ModePages, DriveThatIgnoresModeSelectSaysGoodAndChangesNothing) {
  Host host = Host::of(R"({"disc": {}, "drive": {"accepts_mode_select": false}})");
  EXPECT_TRUE(set_retries(host, 3).good());
  EXPECT_EQ(mode_sense(host, 1).byte(11), 20);
}

TEST(ModePages, WrongListsAreRefused) {
  Host host = Host::of(R"({"disc": {}})");
  EXPECT_EQ(host.out({0x55, 0x10, 0, 0, 0, 0, 0, 0, 20, 0}, Bytes(4)).verdict(), "05/1A/00");
  EXPECT_EQ(host.out({0x55, 0x10, 0, 0, 0, 0, 0, 0, 20, 0}, Bytes(20)).verdict(), "05/26/00");  // page 0
  EXPECT_EQ(mode_sense(host, 0x1A).verdict(), "05/24/00");
}

TEST(ModePages, AllPagesComeInOneReply) {
  Host host = Host::of(R"({"disc": {}})");
  const Heard h = mode_sense(host, 0x3F);
  ASSERT_EQ(h.data.size(), 8U + 12 + 32);
  EXPECT_EQ(h.number(0, 2), h.data.size() - 2);
  EXPECT_EQ(h.byte(8), 0x01);
  EXPECT_EQ(h.byte(20), 0x2A);
}

TEST(ModePages, CapabilitiesTellTheSpeedsInKilobytes) {  // MMC-5 annex: maximum at 8, current at 14
  Host host = Host::of(R"({"disc": {"kind": "cd"}})");
  EXPECT_EQ(mode_sense(host, 0x2A).number(8 + 8, 2), 8467U);  // 48 x 176.4
  set_cd_speed(host, 1411);
  EXPECT_EQ(mode_sense(host, 0x2A).number(8 + 14, 2), 1411U);  // 8 x 176.4
}

TEST(RetryCount, ShortensTheTimeAFailedReadTakes) {
  Host host =
      Host::of(R"({"disc": {"kind": "dvd", "sectors": 20000}, "faults": [{"fault": "dead", "first": 160, "count": 320}],
    "drive": {"failed_read_s": 2, "failed_read_min_s": 0.25, "default_retries": 20}})");
  EXPECT_NEAR(seconds(host.read10(160, 16).elapsed), 2, 0.25);  // and a seek
  set_retries(host, 0);
  EXPECT_NEAR(seconds(host.read10(176, 16).elapsed), 0.25, 0.02);
  set_retries(host, 10);
  EXPECT_NEAR(seconds(host.read10(192, 16).elapsed), 1.125, 0.02);
}

TEST(RetryCount, IsWithoutEffectWhereThePersonalityIgnoresIt) {
  Host host = Host::of(R"({"disc": {"kind": "dvd", "sectors": 20000}, "faults": [{"fault": "dead", "first": 160}],
    "drive": {"failed_read_s": 2, "honours_retry_count": false}})");
  EXPECT_TRUE(set_retries(host, 0).good());
  EXPECT_NEAR(seconds(host.read10(160, 16).elapsed), 2, 0.25);
}

TEST(Performance, ListsTheSpeedsFastestFirst) {  // MMC-6 6.8, type 03h
  Host host = Host::of(R"({"disc": {"kind": "dvd", "sectors": 20000}})");
  const Heard h = host.in({0xAC, 0, 0, 0, 0, 0, 0, 0, 0, 16, 3, 0}, 264);
  ASSERT_EQ(h.data.size(), 8U + 6 * 16);
  EXPECT_EQ(h.number(0, 4), h.data.size() - 4);
  EXPECT_EQ(h.number(8 + 4, 4), 19999U);
  EXPECT_EQ(h.number(8 + 8, 4), 22153U);                                                      // 16 x 1384.6
  EXPECT_EQ(h.number(24 + 8, 4), 16615U);                                                     // 12 x
  EXPECT_EQ(host.in({0xAC, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 0}, 264).data.size(), 8U + 2 * 16);  // as many as asked for
}

TEST(Performance, NominalGivesBothEndsOfTheDisc) {  // type 00h: inner edge about 0.42 of the outer
  Host host = Host::of(R"({"disc": {"kind": "dvd", "sectors": 2295104}})");
  const Heard h = host.in({0xAC, 0x10, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0}, 24);
  ASSERT_EQ(h.data.size(), 24U);
  EXPECT_EQ(h.number(8, 4), 0U);
  EXPECT_NEAR(h.number(12, 4), 16 * 1384.6 * 24 / 58, 2);
  EXPECT_EQ(h.number(16, 4), 2295103U);
  EXPECT_NEAR(h.number(20, 4), 16 * 1384.6, 30);
}

TEST(Speed, SetCdSpeedAndSetStreamingSlowTheReadDown) {
  Host host = Host::of(R"({"disc": {"kind": "dvd", "sectors": 20000}})");
  const auto streaming = [&] {
    host.read10(0, 16);  // settle
    host.read10(16, 16);
    double total = 0;
    for (std::uint32_t lba = 32; lba < 1632; lba += 16) total += seconds(host.read10(lba, 16).elapsed);
    return 1600 / total / 676.08;  // in multiples of 1x
  };
  EXPECT_NEAR(streaming(), 16 * 24.0 / 58, 0.1);
  EXPECT_TRUE(set_streaming(host, 0, 4 * 1385).good());
  EXPECT_NEAR(streaming(), 4 * 24.0 / 58, 0.05);
  EXPECT_TRUE(set_cd_speed(host, 2769).good());
  EXPECT_NEAR(streaming(), 2, 0.05);  // constant linear velocity
  EXPECT_TRUE(set_streaming(host, 4, 0).good());
  EXPECT_NEAR(streaming(), 16 * 24.0 / 58, 0.1);  // restored to defaults
  EXPECT_TRUE(set_cd_speed(host, 100).good());
  EXPECT_NEAR(streaming(), 1, 0.05);  // the slowest there is
}

TEST(Speed, StreamingDescriptorsAreChecked) {
  Host host = Host::of(R"({"disc": {"kind": "dvd"}})");
  EXPECT_EQ(host.out({0xB6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 0}, Bytes(20)).verdict(), "05/1A/00");
  EXPECT_EQ(host.out({0xB6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 28, 0}, Bytes(28)).verdict(), "05/26/00");
}

TEST(Speed, DriveWithoutSpeedCommandsSaysSo) {
  Host host = Host::of(R"({"disc": {}, "drive": {"sets_speed": false}})");
  EXPECT_EQ(set_cd_speed(host, 706).verdict(), "05/20/00");
}

}  // namespace
}  // namespace pressmark
