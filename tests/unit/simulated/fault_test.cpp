// Every fault, seen from the host: through CDBs and nothing else.
#include "host.h"

namespace pressmark {
namespace {

std::string faulty_dvd(std::string_view faults, std::string_view drive = "{}") {
  return std::string{R"({"disc": {"kind": "dvd", "sectors": 40000}, "drive": )"} + std::string{drive} +
         R"(, "faults": [)" + std::string{faults} + "]}";
}
std::string faulty_cd(std::string_view faults, std::string_view drive = "{}") {
  return std::string{R"({"disc": {"kind": "cd", "sectors": 6000}, "drive": )"} + std::string{drive} +
         R"(, "faults": [)" + std::string{faults} + "]}";
}
void set_speed(Host& host, int kilobytes) {
  host.none({0xBB, 0, kilobytes >> 8, kilobytes & 255, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0});
}

TEST(Dead, DvdBlockFailsWholeFromWhicheverSectorItIsAsked) {
  Host host = Host::of(faulty_dvd(R"({"fault": "dead", "first": 1605})"));
  EXPECT_TRUE(host.read10(1584, 16).good());
  for (const std::uint32_t lba : {1600U, 1605U, 1615U}) {
    const Heard h = host.read10(lba, 1);
    EXPECT_EQ(h.verdict(), "03/11/05");
    EXPECT_EQ(h.information(), lba);
    EXPECT_EQ(host.drive().fate(Lba{lba}), SectorFate::dead);
  }
  EXPECT_TRUE(host.read10(1616, 16).good());
  EXPECT_EQ(host.drive().fate(Lba{1616}), SectorFate::sound);
  EXPECT_EQ(host.drive().log().failing_reads, 3U);
}

TEST(Dead, ReadAcrossADamagedBlockGivesWhatCameBefore) {
  Host host = Host::of(faulty_dvd(R"({"fault": "dead", "first": 1600})"));
  const Heard h = host.read10(1590, 64);
  EXPECT_EQ(h.verdict(), "03/11/05");
  EXPECT_EQ(h.information(), 1600U);
  EXPECT_EQ(h.data, host.truth(1590, 10));
}

TEST(Dead, CdSectorFailsAlone) {
  Host host = Host::of(faulty_cd(R"({"fault": "dead", "first": 2041, "count": 2})"));
  EXPECT_TRUE(host.read10(2040, 1).good());
  EXPECT_EQ(host.read10(2041, 1).verdict(), "03/11/05");
  EXPECT_EQ(host.read10(2042, 1).verdict(), "03/11/05");
  EXPECT_TRUE(host.read10(2043, 1).good());
}

TEST(Marginal, ReadsOnlyWhenSlowEnough) {
  Host host = Host::of(faulty_dvd(R"({"fault": "marginal", "first": 1600, "max_speed_x": 4})"));
  EXPECT_EQ(host.drive().fate(Lba{1600}), SectorFate::marginal);
  EXPECT_EQ(host.read10(1600, 16).verdict(), "03/11/05");
  set_speed(host, 5539);  // 4x
  EXPECT_EQ(host.read10(1600, 16).data, host.truth(1600, 16));
}

TEST(Marginal, MayNeedSpeedInstead) {
  Host host = Host::of(faulty_dvd(R"({"fault": "marginal", "first": 1600, "max_speed_x": 100, "min_speed_x": 5})"));
  set_speed(host, 2770);
  EXPECT_FALSE(host.read10(1600, 16).good());
  set_speed(host, 0xFFFF);
  EXPECT_TRUE(host.read10(1600, 16).good());
}

TEST(Marginal, MayDependOnTheApproach) {
  Host host =
      Host::of(faulty_dvd(R"({"fault": "marginal", "first": 1600, "max_speed_x": 100, "approaches": ["sequential"]})"));
  EXPECT_FALSE(host.read10(1600, 16).good());  // after a seek
  host.read10(30000, 16);
  EXPECT_TRUE(host.read10(1584, 16).good());
  EXPECT_TRUE(host.read10(1600, 16).good());  // run up from before
}

TEST(Marginal, MayReadOnlyJustAfterASpinUp) {
  Host host =
      Host::of(faulty_dvd(R"({"fault": "marginal", "first": 1600, "max_speed_x": 100, "approaches": ["spin-up"]})"));
  host.read10(0, 16);
  EXPECT_FALSE(host.read10(1600, 16).good());
  host.none({0x1B, 0, 0, 0, 0, 0});
  EXPECT_TRUE(host.read10(1600, 16).good());
}

TEST(Marginal, TheDrawIsMadeOnceForASpeedAndAnApproach) {
  Host host = Host::of(
      faulty_dvd(R"({"fault": "marginal", "first": 16000, "count": 8000, "max_speed_x": 100, "probability": 0.5})"));
  const auto sweep = [&] {
    std::vector<bool> good;
    for (std::uint32_t lba = 16000; lba < 24000; lba += 16) {
      host.read10(lba < 20000 ? 39000 : 0, 1);  // so that each is read after a seek
      good.push_back(host.read10(lba, 16, true).good());
    }
    return good;
  };
  const auto first = sweep();
  EXPECT_EQ(sweep(), first);
  EXPECT_NEAR(static_cast<double>(std::ranges::count(first, true)), 250,
              45);  // four standard deviations of 500 fair draws
  set_speed(host, 2770);
  EXPECT_NE(sweep(), first);
}

TEST(Marginal, WithoutRetriesFewerRead) {
  const auto good_ones = [](int retries) {
    Host host = Host::of(faulty_dvd(R"({"fault": "marginal", "first": 16000, "count": 8000, "max_speed_x": 100})"));
    host.out({0x55, 0x10, 0, 0, 0, 0, 0, 0, 20, 0},
             bytes({0, 0, 0, 0, 0, 0, 0, 0, 1, 10, 0, retries, 0, 0, 0, 0, 0, 0, 0, 0}));
    int good = 0;
    for (std::uint32_t lba = 16000; lba < 24000; lba += 16) good += host.read10(lba, 16).good() ? 1 : 0;
    return good;
  };
  EXPECT_EQ(good_ones(20), 500);
  EXPECT_NEAR(good_ones(0), 250, 45);
}

TEST(FalseGood, WrongBytesComeWithStatusGood) {
  Host host = Host::of(faulty_dvd(R"({"fault": "false-good", "first": 1600, "count": 2, "wrong_bytes": 5})"));
  const Heard h = host.read10(1599, 4);
  ASSERT_TRUE(h.good());
  const Bytes truth = host.truth(1599, 4);
  const auto wrong = [&](std::size_t sector) {
    int n = 0;
    for (std::size_t i = 0; i < 2048; ++i) n += h.data[2048 * sector + i] != truth[2048 * sector + i] ? 1 : 0;
    return n;
  };
  EXPECT_EQ(wrong(0), 0);
  EXPECT_GE(wrong(1), 4);  // five draws, one of which may have hit a byte twice
  EXPECT_LE(wrong(1), 5);
  EXPECT_GE(wrong(2), 4);
  EXPECT_EQ(wrong(3), 0);
  EXPECT_EQ(host.drive().fate(Lba{1600}), SectorFate::false_good);
  EXPECT_EQ(host.read10(1599, 4).data, h.data);  // and the same again
}

TEST(FalseGood, MayLieOnlySomeWays) {
  Host host = Host::of(faulty_dvd(R"({"fault": "false-good", "first": 16000, "count": 400, "probability": 0.5})"));
  int lies = 0;
  for (std::uint32_t lba = 16000; lba < 16400; lba += 16)
    lies += host.read10(lba, 16).data != host.truth(lba, 16) ? 1 : 0;
  EXPECT_GT(lies, 0);
  const Heard all = host.read10(16000, 100);
  int wrong = 0;
  for (std::uint32_t i = 0; i < 100; ++i) {
    const Bytes truth = host.truth(16000 + i, 1);
    wrong += std::equal(truth.begin(), truth.end(), all.data.begin() + 2048 * i) ? 0 : 1;
  }
  EXPECT_NEAR(wrong, 50, 20);
}

TEST(StaleCache, GivesAnEarlierReadsBytesUnlessForcedToTheDisc) {
  Host host = Host::of(faulty_dvd(R"({"fault": "stale-cache", "first": 1600, "count": 16})"));
  host.read10(800, 16);
  EXPECT_EQ(host.read10(1600, 16).data, host.truth(800, 16));
  EXPECT_EQ(host.read10(1600, 16, true).data, host.truth(1600, 16));
}

TEST(WrongLba, GivesTheNeighbour) {
  Host host = Host::of(faulty_cd(R"({"fault": "wrong-lba", "first": 1600, "count": 1, "offset": 1})"));
  EXPECT_EQ(host.read10(1599, 2).data, [&] {
    Bytes expected = host.truth(1599, 1);
    const Bytes neighbour = host.truth(1601, 1);
    expected.insert(expected.end(), neighbour.begin(), neighbour.end());
    return expected;
  }());
  const Heard raw = host.read_cd(1600, 1, 0xF8, 0, 2352);
  EXPECT_EQ((Bytes{raw.data.begin() + 12, raw.data.begin() + 15}),
            bytes({0x00, 0x23, 0x26}));  // the header tells: 1601 + 150
}

TEST(ShortTransfer, GivesTooFewBytesAndSaysGood) {
  Host host = Host::of(faulty_dvd(R"({"fault": "short-transfer", "first": 1600, "count": 16, "keep_bytes": 3000})"));
  const Heard h = host.read10(1600, 16);
  EXPECT_TRUE(h.good());
  EXPECT_EQ(h.data.size(), 3000U);
  EXPECT_EQ(host.read10(1616, 16).data.size(), 16U * 2048);
}

TEST(Hang, ConsumesTheTimeOutAndTheDriveIsReset) {
  Host host = Host::of(faulty_dvd(R"({"fault": "hang", "when": {"command": 3}})"));
  host.ready();
  host.ready();
  const Duration before = host.drive().clock().now();
  const Heard h = host.none({0, 0, 0, 0, 0, 0}, std::chrono::seconds{7});
  EXPECT_EQ(h.error, ErrorKind::timeout);
  EXPECT_EQ(host.drive().clock().now() - before, std::chrono::seconds{7});
  EXPECT_EQ(host.ready().verdict(), "06/29/00");
  EXPECT_TRUE(host.ready().good());
}

TEST(Hang, OnASectorHappensEachTimeOrSoManyTimes) {
  Host always = Host::of(faulty_dvd(R"({"fault": "hang", "first": 1600})"));
  Host twice = Host::of(faulty_dvd(R"({"fault": "hang", "first": 1600, "times": 2})"));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(always.read10(1590, 16).error, ErrorKind::timeout);
    EXPECT_EQ(twice.read10(1590, 16).error, ErrorKind::timeout);
    always.ready();
    twice.ready();
  }
  EXPECT_EQ(always.read10(1590, 16).error, ErrorKind::timeout);
  EXPECT_TRUE(twice.read10(1590, 16).good());
}

TEST(Timeout, ReadThatTakesLongerThanItsTimeOutFailsAfterIt) {
  Host host = Host::of(faulty_dvd(R"({"fault": "dead", "first": 1600})", R"({"failed_read_s": 20})"));
  const Heard h = host.in({0x28, 0, 0, 0, 0x06, 0x40, 0, 0, 1, 0}, 2048, std::chrono::seconds{10});
  EXPECT_EQ(h.error, ErrorKind::timeout);
  EXPECT_NEAR(host.drive().log().virtual_seconds, 10, 1e-6);
  EXPECT_NE(h.error_text.find("READ(10)"), std::string::npos) << h.error_text;
}

TEST(SenseOfChoice, IsGivenForTheSectorsOrAtTheCommand) {
  Host host = Host::of(faulty_dvd(R"({"fault": "sense", "first": 1600, "key": 4, "asc": 8, "ascq": 3, "times": 1},
                              {"fault": "sense", "when": {"command": 5}, "key": 11, "asc": 0, "ascq": 0, "times": 2})"));
  EXPECT_EQ(host.read10(1600, 1).verdict(), "04/08/03");
  EXPECT_TRUE(host.read10(1600, 1).good());
  EXPECT_TRUE(host.ready().good());
  EXPECT_TRUE(host.ready().good());
  EXPECT_EQ(host.ready().verdict(), "0B/00/00");
  EXPECT_EQ(host.ready().verdict(), "0B/00/00");
  EXPECT_TRUE(host.ready().good());
}

TEST(BusReset, FailsTheTransportAndLeavesAnAttention) {
  Host host = Host::of(faulty_dvd(R"({"fault": "bus-reset", "when": {"lba": 1600}})"));
  EXPECT_TRUE(host.read10(0, 16).good());
  EXPECT_EQ(host.read10(1600, 1).error, ErrorKind::bus);
  EXPECT_EQ(host.read10(1600, 1).verdict(), "06/29/00");
  EXPECT_TRUE(host.read10(1600, 1).good());
}

TEST(UnitAttention, IsReportedOnceByTheNextCommandThatReportsThem) {
  Host host = Host::of(faulty_dvd(R"({"fault": "unit-attention", "when": {"command": 1}, "asc": 42, "ascq": 1})"));
  EXPECT_TRUE(host.in({0x12, 0, 0, 0, 36, 0}, 36).good());
  EXPECT_EQ(host.ready().verdict(), "06/2A/01");
  EXPECT_TRUE(host.ready().good());
}

TEST(MediumChange, AnotherDiscIsInTheTray) {
  Host host = Host::of(faulty_dvd(R"({"fault": "medium-change", "when": {"lba": 1600},
                               "disc": {"kind": "cd", "sectors": 3000, "content_seed": 7}})"));
  const Bytes before = host.read10(100, 1).data;
  EXPECT_EQ(host.read10(1600, 1).verdict(), "06/28/00");
  EXPECT_EQ(host.ready().verdict(), "02/04/01");
  host.drive().clock().sleep_for(std::chrono::seconds{30});
  EXPECT_TRUE(host.ready().good());
  EXPECT_EQ(host.in({0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 8).number(0, 4), 2999U);
  EXPECT_EQ(host.in({0x46, 2, 0, 0, 0, 0, 0, 0, 8, 0}, 8).number(6, 2), 0x0008U);
  EXPECT_NE(host.read10(100, 1).data, before);
}

TEST(MediumChange, MissingImageIsToldOfWhenTheDriveIsOpened) {
  const auto drive = open_scenario(
      faulty_dvd(R"({"fault": "medium-change", "when": {"command": 9}, "disc": {"image": "/no/such.iso"}})"));
  ASSERT_FALSE(drive);
  EXPECT_EQ(drive.error().kind, ErrorKind::not_found);
}

TEST(Eject, TrayComesOutAtTheAppointedTime) {
  Host host = Host::of(faulty_dvd(R"({"fault": "eject", "when": {"seconds": 100}})"));
  EXPECT_TRUE(host.read10(0, 1).good());
  host.drive().clock().sleep_for(std::chrono::seconds{100});
  EXPECT_EQ(host.read10(0, 1).verdict(), "02/3A/02");
}

TEST(PulledCable, DriveIsGoneForGood) {
  Host host = Host::of(faulty_dvd(R"({"fault": "pulled-cable", "when": {"command": 2}})"));
  EXPECT_TRUE(host.ready().good());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(host.ready().error, ErrorKind::device_gone);
}

TEST(PulledCable, DriveComesBackResetAndSpinsUp) {
  Host host = Host::of(faulty_dvd(R"({"fault": "pulled-cable", "when": {"command": 2}, "returns_after_s": 10})"));
  host.ready();
  EXPECT_EQ(host.ready().error, ErrorKind::device_gone);
  host.drive().clock().sleep_for(std::chrono::seconds{9});
  EXPECT_EQ(host.ready().error, ErrorKind::device_gone);
  host.drive().clock().sleep_for(std::chrono::seconds{1});
  EXPECT_EQ(host.ready().verdict(), "06/29/00");
  Host counted =
      Host::of(faulty_dvd(R"({"fault": "pulled-cable", "when": {"command": 1}, "returns_after_commands": 3})"));
  EXPECT_EQ(counted.ready().error, ErrorKind::device_gone);
  EXPECT_EQ(counted.ready().error, ErrorKind::device_gone);
  EXPECT_EQ(counted.ready().error, ErrorKind::device_gone);
  EXPECT_EQ(counted.ready().verdict(), "06/29/00");
}

// ---- damaged CD sectors read raw

struct RawReading {
  Bytes data, c2;
  std::vector<std::size_t> wrong, flagged;
};

RawReading read_raw(Host& host, std::uint32_t lba, const Bytes& truth) {
  host.read10(0, 1);  // elsewhere, so that the cache and the approach are the same each time
  host.none({0xA8, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  const Heard h = host.read_cd(lba, 1, 0xFA, 0, 2646);
  EXPECT_TRUE(h.good()) << h.verdict();
  RawReading r{.data = {h.data.begin(), h.data.begin() + 2352},
               .c2 = {h.data.begin() + 2352, h.data.end()},
               .wrong = {},
               .flagged = {}};
  for (std::size_t i = 0; i < 2352; ++i) {
    if (r.data[i] != truth[i]) r.wrong.push_back(i);
    if ((std::to_integer<unsigned>(r.c2[i / 8]) >> (7 - i % 8) & 1U) != 0) r.flagged.push_back(i);
  }
  return r;
}

TEST(RawDamage, IsReturnedWithWrongBytesThatC2Flags) {
  Host sound = Host::of(faulty_cd(""));
  const Bytes truth = sound.read_cd(2041, 1, 0xF8, 0, 2352).data;
  Host host = Host::of(faulty_cd(R"({"fault": "dead", "first": 2041})", R"({"c2_unflagged": 0})"));
  const RawReading r = read_raw(host, 2041, truth);
  EXPECT_GE(r.wrong.size(), 15U);
  EXPECT_TRUE(std::ranges::includes(r.flagged, r.wrong));
  EXPECT_EQ(host.read10(2041, 1).verdict(), "03/11/05");
}

TEST(RawDamage, ReadingsDifferAndThenRepeat) {
  const Bytes truth = Host::of(faulty_cd("")).read_cd(2041, 1, 0xF8, 0, 2352).data;
  Host host = Host::of(faulty_cd(R"({"fault": "dead", "first": 2041})", R"({"raw_answers": 3})"));
  std::vector<RawReading> readings;
  for (int i = 0; i < 6; ++i) readings.push_back(read_raw(host, 2041, truth));
  EXPECT_NE(readings[0].data, readings[1].data);
  EXPECT_NE(readings[1].data, readings[2].data);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(readings[i].data, readings[i + 3].data);
}

TEST(RawDamage, SilentC2FlagsNothingAndNoisyC2FlagsSoundBytes) {
  const Bytes truth = Host::of(faulty_cd("")).read_cd(2041, 1, 0xF8, 0, 2352).data;
  Host silent = Host::of(faulty_cd(R"({"fault": "dead", "first": 2041})", R"({"c2_honesty": "silent"})"));
  const RawReading quiet = read_raw(silent, 2041, truth);
  EXPECT_FALSE(quiet.wrong.empty());
  EXPECT_TRUE(quiet.flagged.empty());
  Host noisy = Host::of(faulty_cd(R"({"fault": "dead", "first": 2041})", R"({"c2_honesty": "noisy"})"));
  const RawReading loud = read_raw(noisy, 2041, truth);
  EXPECT_GT(loud.flagged.size(), 50U);
  EXPECT_FALSE(std::ranges::includes(loud.wrong, loud.flagged));
}

TEST(RawDamage, PersonalityMayFailInstead) {
  Host host = Host::of(faulty_cd(R"({"fault": "dead", "first": 2041})", R"({"raw_damage": "fails"})"));
  const Heard h = host.read_cd(2040, 3, 0xF8, 0, 2352);
  EXPECT_EQ(h.verdict(), "03/11/05");
  EXPECT_EQ(h.information(), 2041U);
  EXPECT_EQ(h.data.size(), 2352U);
}

TEST(RawDamage, CostsNoRetries) {
  Host host = Host::of(faulty_cd(R"({"fault": "dead", "first": 2000, "count": 10})"));
  host.read_cd(1980, 10, 0xF8, 0, 2352);
  EXPECT_LT(seconds(host.read_cd(1990, 30, 0xF8, 0, 2352).elapsed), 0.1);
}

}  // namespace
}  // namespace pressmark
