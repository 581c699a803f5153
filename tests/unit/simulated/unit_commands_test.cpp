// The unit itself: expected bytes worked out from SPC-4 and MMC-6.
#include "host.h"

namespace pressmark {
namespace {

constexpr std::string_view kSmallCd = R"({"disc": {"kind": "cd", "sectors": 3000}})";
constexpr std::string_view kColdCd =
    R"({"start": "cold", "disc": {"kind": "cd", "sectors": 3000}, "drive": {"spin_up_s": 4}})";

Heard start_stop(Host& host, int bits, bool immediate = false) {
  return host.none({0x1B, immediate ? 1 : 0, 0, 0, bits, 0});
}
Heard media_event(Host& host) { return host.in({0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8, 0}, 8); }

TEST(Inquiry, GivesThirtySixBytesOfARemovableMultimediaDevice) {  // SPC-4 6.4.2
  Host host = Host::of(R"({"disc": {}, "drive": {"vendor": "ACME", "product": "READER 1", "revision": "2.5"}})");
  const Heard h = host.in({0x12, 0, 0, 0, 96, 0}, 96);
  ASSERT_EQ(h.data.size(), 36U);
  EXPECT_EQ((Bytes{h.data.begin(), h.data.begin() + 8}), bytes({0x05, 0x80, 0x05, 0x02, 31, 0, 0, 0}));
  EXPECT_EQ(h.text(8, 28), "ACME    READER 1        2.5 ");
}

TEST(Inquiry, ListsAndGivesTheSerialNumberPage) {  // SPC-4 7.8.17
  Host host = Host::of(R"({"disc": {}, "drive": {"serial": "AB12"}})");
  EXPECT_EQ(host.in({0x12, 1, 0x00, 0, 64, 0}, 64).data, bytes({5, 0, 0, 2, 0x00, 0x80}));
  EXPECT_EQ(host.in({0x12, 1, 0x80, 0, 64, 0}, 64).data, bytes({5, 0x80, 0, 4, 'A', 'B', '1', '2'}));
  EXPECT_EQ(host.in({0x12, 1, 0x83, 0, 64, 0}, 64).verdict(), "05/24/00");
  EXPECT_EQ(host.in({0x12, 0, 0x80, 0, 64, 0}, 64).verdict(), "05/24/00");  // a page code without EVPD
}

TEST(Inquiry, IsAnsweredWhileAnAttentionIsPendingAndDoesNotTakeIt) {  // SAM-5 5.14
  Host host = Host::of(kColdCd);
  EXPECT_TRUE(host.in({0x12, 0, 0, 0, 36, 0}, 36).good());
  EXPECT_EQ(host.ready().verdict(), "06/29/00");
}

TEST(Readiness, ColdDriveReportsResetThenSpinsUpThenIsReady) {
  Host host = Host::of(kColdCd);
  EXPECT_EQ(host.ready().verdict(), "06/29/00");
  EXPECT_EQ(host.ready().verdict(), "02/04/01");
  host.drive().clock().sleep_for(std::chrono::milliseconds{3900});
  EXPECT_EQ(host.ready().verdict(), "02/04/01");
  host.drive().clock().sleep_for(std::chrono::milliseconds{200});
  EXPECT_EQ(host.ready().verdict(), "good");
}

TEST(Readiness, EmptyDriveSaysNoMediumTrayClosed) {
  Host host = Host::of(R"({"start": "empty", "disc": {}})");
  EXPECT_EQ(host.ready().verdict(), "02/3A/01");
  EXPECT_EQ(host.read10(0, 1).verdict(), "02/3A/01");
}

TEST(Readiness, OpenTraySaysSo) {
  Host host = Host::of(R"({"start": "open", "disc": {}})");
  EXPECT_EQ(host.ready().verdict(), "02/3A/02");
}

TEST(RequestSense, TakesThePendingAttentionThenSaysNothing) {
  Host host = Host::of(kColdCd);
  EXPECT_EQ(host.in({3, 0, 0, 0, 18, 0}, 18).data,
            bytes({0x70, 0, 6, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x29, 0, 0, 0, 0, 0}));  // SPC-4 table 53
  EXPECT_EQ(host.in({3, 0, 0, 0, 18, 0}, 18).byte(2), 2);                           // becoming ready
  host.drive().clock().sleep_for(std::chrono::seconds{5});
  EXPECT_EQ(host.in({3, 0, 0, 0, 18, 0}, 18).byte(2), 0);
}

TEST(RequestSense, GivesDescriptorFormatWhereDescBitIsSet) {  // SPC-4 6.29
  Host host = Host::of(kColdCd);
  EXPECT_EQ(host.in({3, 1, 0, 0, 18, 0}, 18).data, bytes({0x72, 6, 0x29, 0, 0, 0, 0, 0}));
}

TEST(Sense, FixedFormatCarriesTheFailingAddress) {
  Host host = Host::of(R"({"disc": {}, "faults": [{"fault": "dead", "first": 1234}]})");
  const Heard h = host.read10(1230, 8);
  EXPECT_EQ(h.sense, bytes({0xF0, 0, 3, 0, 0, 0x04, 0xD2, 10, 0, 0, 0, 0, 0x11, 0x05, 0, 0, 0, 0}));
  EXPECT_EQ(h.data.size(), 4U * 2048);  // what came before it
}

TEST(Sense, DescriptorFormatCarriesItInAnInformationDescriptor) {  // SPC-4 4.5.2.2
  Host host = Host::of(
      R"({"disc": {}, "drive": {"sense_format": "descriptor"}, "faults": [{"fault": "dead", "first": 1234}]})");
  EXPECT_EQ(host.read10(1230, 8).sense,
            bytes({0x72, 3, 0x11, 0x05, 0, 0, 0, 12, 0x00, 0x0A, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x04, 0xD2}));
}

TEST(Sense, DriveThatDoesNotReportAddressesLeavesValidClear) {
  Host host =
      Host::of(R"({"disc": {}, "drive": {"reports_information": false}, "faults": [{"fault": "dead", "first": 9}]})");
  const Heard h = host.read10(9, 1);
  EXPECT_EQ(h.verdict(), "03/11/05");
  EXPECT_EQ(h.sense.at(0), std::byte{0x70});
}

TEST(Opcodes, UnknownOnesAreIllegalRequests) {
  Host host = Host::of(kSmallCd);
  EXPECT_EQ(host.none({0x1F, 0, 0, 0, 0, 0}).verdict(), "05/20/00");
  EXPECT_EQ(host.in({0xD8, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0}, 2352).verdict(), "05/20/00");  // a vendor's READ CD-DA
}

TEST(Tray, EjectAndLoadChangeWhatTheDriveSays) {
  Host host = Host::of(R"({"disc": {}, "drive": {"spin_up_s": 3, "load_s": 1}})");
  EXPECT_TRUE(start_stop(host, 2).good());
  EXPECT_EQ(host.ready().verdict(), "02/3A/02");
  EXPECT_EQ(media_event(host).data, bytes({0, 6, 4, 0x10, 3, 1, 0, 0}));  // media removal, tray open (MMC-6 6.6.2.5)
  EXPECT_TRUE(start_stop(host, 3, true).good());
  EXPECT_EQ(media_event(host).data, bytes({0, 6, 4, 0x10, 2, 2, 0, 0}));  // new media, medium present
  EXPECT_EQ(host.ready().verdict(), "06/28/00");
  EXPECT_EQ(host.ready().verdict(), "02/04/01");
  host.drive().clock().sleep_for(std::chrono::seconds{5});
  EXPECT_TRUE(host.ready().good());
  EXPECT_EQ(media_event(host).data, bytes({0, 6, 4, 0x10, 0, 2, 0, 0}));  // nothing new
}

TEST(Tray, LockedTrayStaysShut) {  // MMC-6 6.13
  Host host = Host::of(kSmallCd);
  EXPECT_TRUE(host.none({0x1E, 0, 0, 0, 1, 0}).good());
  EXPECT_EQ(start_stop(host, 2).verdict(), "05/53/02");
  EXPECT_TRUE(host.ready().good());
  EXPECT_TRUE(host.none({0x1E, 0, 0, 0, 0, 0}).good());
  EXPECT_TRUE(start_stop(host, 2).good());
}

TEST(Events, OtherClassesOnlyGetTheHeaderAndAsynchronousIsRefused) {  // MMC-6 6.6.2
  Host host = Host::of(kSmallCd);
  EXPECT_EQ(host.in({0x4A, 1, 0, 0, 0x40, 0, 0, 0, 8, 0}, 8).data, bytes({0, 2, 0x80, 0x10}));
  EXPECT_EQ(host.in({0x4A, 0, 0, 0, 0x10, 0, 0, 0, 8, 0}, 8).verdict(), "05/24/00");
}

TEST(Spindle, StoppedDiscIsSpunUpByTheNextRead) {
  Host host = Host::of(R"({"disc": {}, "drive": {"spin_up_s": 5}})");
  EXPECT_TRUE(start_stop(host, 0).good());
  EXPECT_TRUE(host.ready().good());
  const Heard h = host.read10(100, 1);
  EXPECT_TRUE(h.good());
  EXPECT_GE(h.elapsed, std::chrono::seconds{5});
  EXPECT_LT(h.elapsed, std::chrono::seconds{6});
}

TEST(Spindle, StartWithoutImmediateWaitsUntilItTurns) {
  Host host = Host::of(R"({"disc": {}, "drive": {"spin_up_s": 5}})");
  start_stop(host, 0);
  const Heard h = start_stop(host, 1);
  EXPECT_NEAR(seconds(h.elapsed), 5, 0.01);
  EXPECT_TRUE(host.ready().good());
}

TEST(MechanismStatus, TellsWhereTheHeadIs) {  // MMC-6 6.10
  Host host = Host::of(kSmallCd);
  host.read10(0x123, 1);
  EXPECT_EQ(host.in({0xBD, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0}, 8).data, bytes({0, 0, 0, 0x01, 0x24, 0, 0, 0}));
}

TEST(ReportLuns, NamesOneUnit) {
  Host host = Host::of(kSmallCd);
  EXPECT_EQ(host.in({0xA0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0}, 16).data,
            bytes({0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(Transport, TooLargeATransferIsAUsageError) {
  Host host = Host::of(R"({"disc": {}, "drive": {"max_transfer_bytes": 65536}})");
  EXPECT_EQ(host.drive().info().max_transfer_bytes, 65536U);
  EXPECT_EQ(host.read10(0, 33).error, ErrorKind::usage);
  EXPECT_TRUE(host.read10(0, 32).good());
}

}  // namespace
}  // namespace pressmark
