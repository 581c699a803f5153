// Replies written out from MMC-6 and SPC-4 (the clause of each command), their decoded values, and every way to cut
// them short.
#include <gmock/gmock.h>

#include "mmc/capacity.h"
#include "mmc/configuration.h"
#include "mmc/disc_information.h"
#include "mmc/disc_structure.h"
#include "mmc/event.h"
#include "mmc/inquiry.h"
#include "mmc/mechanism.h"
#include "mmc/mode_page.h"
#include "mmc/performance.h"
#include "unit/mmc/mmc_support.h"

namespace pressmark::mmc {
namespace {

using test::Bytes;
using test::bytes;
using test::expect_truncations_are_errors;
using test::text;
using test::operator+;

// ---- INQUIRY ----

const Bytes kInquiryReply =
    bytes({0x05, 0x80, 0x00, 0x32, 0x1F, 0, 0, 0}) + text("PLEXTOR ") + text("DVDR   PX-716A  ") + text("1.11");

TEST(InquiryReply, NamesTheDrive) {
  EXPECT_EQ(
      *decode_inquiry(kInquiryReply),
      (Inquiry{
          .device_type = 5, .removable = true, .vendor = "PLEXTOR", .product = "DVDR   PX-716A", .revision = "1.11"}));
}

TEST(InquiryReply, IsTakenAsFarAsItGoes) {
  expect_truncations_are_errors(kInquiryReply, 5, decode_inquiry);
  const Bytes cut{kInquiryReply.begin(), kInquiryReply.begin() + 20};
  EXPECT_EQ(decode_inquiry(cut)->product, "DVDR");
  EXPECT_EQ(decode_inquiry(cut)->revision, "");
}

TEST(InquiryReply, MasksThePeripheralQualifierOutOfTheType) {
  EXPECT_EQ(decode_inquiry(bytes({0x25, 0x80, 0, 0x32, 0}))->device_type, 5);
}

// ---- READ CAPACITY ----

TEST(CapacityReply, IsTheLastAddressPlusOne) {
  const Bytes reply = bytes({0x00, 0x05, 0x7E, 0x3F, 0x00, 0x00, 0x08, 0x00});
  EXPECT_EQ(*decode_read_capacity(reply), (Capacity{.sectors = 0x57E40, .block_bytes = 2048}));
  expect_truncations_are_errors(reply, 8, decode_read_capacity);
}

TEST(CapacityReply, DoesNotWrapAround) {
  EXPECT_EQ(decode_read_capacity(bytes({0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 8, 0}))->sectors, 0x1'0000'0000);
}

// ---- GET CONFIGURATION ----

const Bytes kConfigurationReply =
    bytes({0x00, 0x00, 0x00, 0x20, 0,    0,   0x00, 0x10,  // current profile DVD-ROM
           0x00, 0x1E, 0x0B, 0x04, 0x03, 0,   0,    0,     // CD Read, version 2, persistent, current
           0x01, 0x08, 0x03, 0x08, 'S',  'N', '0',  '0',  '4', '2', ' ', ' ',  // serial number
           0x01, 0x07, 0x14, 0x04, 0x1F, 0,   0,    0});                       // real time streaming, version 5

TEST(ConfigurationReply, GivesProfileAndFeatures) {
  const auto configuration = decode_configuration(kConfigurationReply);
  ASSERT_TRUE(configuration.has_value());
  EXPECT_EQ(configuration->current_profile, 0x0010);
  EXPECT_FALSE(configuration->truncated);
  ASSERT_EQ(configuration->features.size(), 3U);
  EXPECT_EQ(configuration->features[0],
            (Feature{.code = 0x001E, .version = 2, .persistent = true, .current = true, .data = bytes({3, 0, 0, 0})}));
  EXPECT_FALSE(configuration->find(FeatureCode::real_time_streaming)->current);
  EXPECT_EQ(configuration->find(FeatureCode::bd_read), nullptr);
  EXPECT_EQ(serial_number(*configuration), "SN0042");
}

TEST(ConfigurationReply, GivesWhatIsWholeOfACutReply) {
  expect_truncations_are_errors(kConfigurationReply, 8, decode_configuration);
  const Bytes cut{kConfigurationReply.begin(), kConfigurationReply.begin() + 20};
  EXPECT_TRUE(decode_configuration(cut)->truncated);
  EXPECT_EQ(decode_configuration(cut)->features.size(), 1U);
}

TEST(ConfigurationReply, StopsAtAFeatureThatClaimsMoreThanThereIs) {
  Bytes reply = kConfigurationReply;
  reply[11] = std::byte{0xFF};
  EXPECT_TRUE(decode_configuration(reply)->truncated);
  EXPECT_TRUE(decode_configuration(reply)->features.empty());
}

// ---- GET EVENT STATUS NOTIFICATION ----

TEST(MediaEventReply, TellsOfANewDisc) {
  const Bytes reply = bytes({0x00, 0x06, 0x04, 0x10, 0x02, 0x02, 0, 0});
  const auto status = decode_media_event(reply);
  ASSERT_TRUE(status.has_value() && status->has_value());
  EXPECT_EQ(**status, (MediaStatus{.event = MediaEvent::new_media, .medium_present = true, .tray_open = false}));
  expect_truncations_are_errors(reply, 6, decode_media_event);
}

TEST(MediaEventReply, IsNothingWhereTheDriveHasNoSuchEvents) {
  EXPECT_EQ(*decode_media_event(bytes({0x00, 0x02, 0x80, 0x00})), std::nullopt);
  EXPECT_EQ(*decode_media_event(bytes({0x00, 0x06, 0x01, 0x12, 0x00, 0x00, 0, 0})), std::nullopt);
}

TEST(MediaEventReply, TakesAReservedEventForAChange) {
  EXPECT_TRUE(may_be_another_disc((*decode_media_event(bytes({0, 6, 4, 0x10, 0x0F, 2, 0, 0})))->event));
  EXPECT_FALSE(may_be_another_disc(MediaEvent::no_change));
  EXPECT_FALSE(may_be_another_disc(MediaEvent::eject_request));
  EXPECT_TRUE(may_be_another_disc(MediaEvent::media_removal));
}

// ---- mode pages ----

// Header of 8 bytes, no block descriptor, page 01h of 12 bytes: PS set, TB and DCR set, 20 retries.
const Bytes kRecoveryReply = bytes({0x00, 0x12, 0x70, 0,  0, 0, 0x00, 0x00,  //
                                    0x81, 0x0A, 0x21, 20, 0, 0, 0,    0,    5, 0, 0, 30});

TEST(ModePage, OfErrorRecoveryHasFlagsAndRetries) {
  const auto page = decode_mode_sense_10(kRecoveryReply, PageCode::error_recovery);
  ASSERT_TRUE(page.has_value());
  EXPECT_EQ(*decode_recovery_page(*page), (RecoveryPage{.flags = 0x21, .read_retries = 20}));
  expect_truncations_are_errors(kRecoveryReply, kRecoveryReply.size(),
                                [](auto b) { return decode_mode_sense_10(b, PageCode::error_recovery); });
}

TEST(ModePage, IsFoundBehindABlockDescriptorThatWasNotAskedFor) {
  Bytes reply = kRecoveryReply;
  reply[7] = std::byte{8};
  const Bytes descriptor = bytes({0, 0, 0, 0, 0, 0, 8, 0});
  reply.insert(reply.begin() + 8, descriptor.begin(), descriptor.end());
  EXPECT_TRUE(decode_mode_sense_10(reply, PageCode::error_recovery).has_value());
}

TEST(ModePage, OfAnotherCodeIsRefused) {
  EXPECT_FALSE(decode_mode_sense_10(kRecoveryReply, PageCode::capabilities).has_value());
}

TEST(ModePage, GoesBackWithOnlyFlagsAndRetriesChangedAndPsCleared) {
  const auto page = decode_mode_sense_10(kRecoveryReply, PageCode::error_recovery);
  EXPECT_EQ(encode_mode_list(with_recovery(*page, {.flags = 0x00, .read_retries = 1})),
            bytes({0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x0A, 0x00, 1, 0, 0, 0, 0, 5, 0, 0, 30}));
}

TEST(ModePage, OfRecoveryMayNotBeTooShort) {
  EXPECT_FALSE(decode_recovery_page({.bytes = bytes({0x01, 0x01, 0x00})}).has_value());
}

TEST(ModePage, OfCapabilitiesHasClaimsSpeedsAndBuffer) {
  const ModePage page{.bytes = bytes({0x2A, 0x18, 0x3F, 0x37, 0xF1, 0x77, 0x29, 0x23, 0x21, 0x13, 0x01, 0x00, 0x08,
                                      0x00, 0x15, 0xA8, 0x00, 0x10, 0,    0,    0,    0,    0,    0,    0,    0})};
  EXPECT_EQ(*decode_capabilities(page), (Capabilities{.reads_cd_r = true,
                                                      .reads_dvd_rom = true,
                                                      .c2_pointers = true,
                                                      .rw_subchannel = true,
                                                      .accurate_stream = true,
                                                      .can_lock = true,
                                                      .locked = false,
                                                      .can_eject = true,
                                                      .loading_mechanism = 1,
                                                      .max_read_speed = 0x2113,
                                                      .current_read_speed = 0x15A8,
                                                      .buffer_kilobytes = 2048}));
  expect_truncations_are_errors(page.bytes, 16,
                                [](auto b) { return decode_capabilities({.bytes = {b.begin(), b.end()}}); });
}

// ---- READ DISC INFORMATION, READ TRACK INFORMATION ----

TEST(DiscInformationReply, TellsStateSessionsAndTracks) {
  Bytes reply = bytes({0x00, 0x20, 0x1E, 0x01, 0x02, 0x03, 0x05, 0xA0, 0x20, 0x01, 0x00, 0x00, 0x12, 0x34, 0x56, 0x78});
  reply.resize(34);
  EXPECT_EQ(*decode_disc_information(reply), (DiscInformation{.status = DiscStatus::complete,
                                                              .last_session_state = 3,
                                                              .erasable = true,
                                                              .first_track = 1,
                                                              .sessions = 0x0102,
                                                              .first_track_of_last_session = 3,
                                                              .last_track = 5,
                                                              .disc_type = 0x20,
                                                              .disc_id = 0x12345678}));
  expect_truncations_are_errors(reply, 24, decode_disc_information);
}

TEST(DiscInformationReply, KnowsABlankDisc) {
  Bytes reply = bytes({0x00, 0x20, 0x00, 0x01});
  reply.resize(34);
  EXPECT_EQ(decode_disc_information(reply)->status, DiscStatus::empty);
  EXPECT_EQ(decode_disc_information(reply)->disc_id, std::nullopt);
}

TEST(TrackInformationReply, TellsStartSizeAndLastRecorded) {
  Bytes reply =
      bytes({0x00, 0x2E, 0x02, 0x01, 0x00, 0x24, 0x21, 0x02,  // track 2, session 1, damaged, packet, Mode 1, LRA valid
             0x00, 0x00, 0x27, 0x10, 0,    0,    0,    0,     // start 10000
             0,    0,    0,    0,    0,    0,    0,    0x10,  //
             0x00, 0x01, 0x86, 0xA0, 0,    0,    0xEA, 0x60});  // size 100000, last recorded 60000
  reply.resize(48);
  EXPECT_EQ(*decode_track_information(reply), (TrackInformation{.track = 2,
                                                                .session = 1,
                                                                .track_mode = 4,
                                                                .data_mode = 1,
                                                                .damaged = true,
                                                                .packet = true,
                                                                .start = Lba{10000},
                                                                .sectors = 100000,
                                                                .last_recorded = Lba{60000}}));
  expect_truncations_are_errors(reply, 28, decode_track_information);
}

// ---- READ DISC STRUCTURE ----

/// Physical format information: book DVD-ROM, 120 mm, 10.08 Mbit/s.
Bytes physical_format(int layout, Bytes numbers) {
  Bytes reply = bytes({0x08, 0x02, 0, 0, 0x01, 0x02, layout, 0x10}) + numbers;
  reply.resize(4 + 2048);
  return reply;
}

TEST(PhysicalFormatReply, OfASingleLayerDiscCountsItsDataArea) {
  const auto pfi =
      decode_physical_format(physical_format(0x01, bytes({0, 0x03, 0x00, 0x00, 0, 0x25, 0x3F, 0xFF, 0, 0, 0, 0})));
  ASSERT_TRUE(pfi.has_value());
  EXPECT_EQ(pfi->layers, 1);
  EXPECT_EQ(pfi->maximum_rate, 2);
  EXPECT_EQ(pfi->first_psn, 0x30000U);
  EXPECT_EQ(pfi->sectors(), 0x224000);
  EXPECT_EQ(pfi->layer_break(), std::nullopt);
}

TEST(PhysicalFormatReply, OfAnOppositeTrackPathDiscCountsBothLayers) {
  // Layer 0 ends at 22D7FFh (2,086,912 sectors). Layer 1 starts at the complement, DD2800h, and ends at FCFFFFh.
  const auto pfi = decode_physical_format(
      physical_format(0x31, bytes({0, 0x03, 0x00, 0x00, 0, 0xFC, 0xFF, 0xFF, 0, 0x22, 0xD7, 0xFF})));
  ASSERT_TRUE(pfi.has_value());
  EXPECT_EQ(pfi->layers, 2);
  EXPECT_TRUE(pfi->opposite_track_path);
  EXPECT_EQ(pfi->layer_break(), Lba{2086912});
  EXPECT_EQ(pfi->sectors(), 2086912 + (0xFCFFFF - 0xDD2800 + 1));
}

TEST(PhysicalFormatReply, ThatContradictsItselfHasNoSize) {
  EXPECT_EQ(decode_physical_format(physical_format(0x01, bytes({0, 3, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0})))->sectors(),
            std::nullopt);
  EXPECT_EQ(decode_physical_format(physical_format(0x31, bytes({0, 3, 0, 0, 0, 4, 0, 0, 0, 0x22, 0, 0})))->sectors(),
            std::nullopt);
}

TEST(PhysicalFormatReply, NeedsHeaderAnd16Bytes) {
  Bytes reply = physical_format(0x01, bytes({0, 3, 0, 0, 0, 0x25, 0x3F, 0xFF, 0, 0, 0, 0}));
  reply.resize(40);
  expect_truncations_are_errors(reply, 20, decode_physical_format);
}

TEST(CopyrightReply, TellsProtectionAndRegions) {
  const Bytes reply = bytes({0x00, 0x06, 0, 0, 0x01, 0xFD, 0, 0});
  EXPECT_EQ(*decode_copyright(reply), (Copyright{.protection = 1, .regions = 0xFD}));
  expect_truncations_are_errors(reply, 8, decode_copyright);
}

TEST(BdInformationReply, TellsTypeAndLayers) {
  Bytes reply = bytes({0x10, 0x02, 0, 0, 'D', 'I', 0x01, 0x08, 0, 0, 0x20, 0, 'B', 'D', 'O', 0x01, 0x21, 0x01, 0, 0});
  EXPECT_EQ(*decode_bd_information(reply), (BdInformation{.type = "BDO", .format = 1, .layers = 2}));
  expect_truncations_are_errors(reply, 20, decode_bd_information);
  reply[4] = std::byte{'X'};
  EXPECT_FALSE(decode_bd_information(reply).has_value());
}

// ---- GET PERFORMANCE ----

TEST(PerformanceReply, GivesNominalSpeedsOverRanges) {
  const Bytes reply = bytes({0, 0, 0, 20, 0, 0, 0,    0,  //
                             0, 0, 0, 0,  0, 0, 0x21, 0x13, 0x00, 0x22, 0xD7, 0xFF, 0, 0, 0x56, 0x90});
  const auto list = decode_nominal_performance(reply);
  ASSERT_TRUE(list.has_value());
  EXPECT_THAT(*list, testing::ElementsAre(NominalPerformance{.range = {Lba{0}, 0x22D800},
                                                             .start_kilobytes_per_second = 0x2113,
                                                             .end_kilobytes_per_second = 0x5690}));
  expect_truncations_are_errors(reply, 8, decode_nominal_performance);
}

TEST(PerformanceReply, RefusesARangeThatEndsBeforeItBegins) {
  EXPECT_FALSE(
      decode_nominal_performance(bytes({0, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 1}))
          .has_value());
}

TEST(PerformanceReply, GivesSpeedDescriptors) {
  const Bytes reply = bytes({0,    0, 0, 36, 0, 0,    0,    0,                                         //
                             0x02, 0, 0, 0,  0, 0x22, 0xD7, 0xFF, 0, 0, 0x2B, 0x48, 0, 0, 0x15, 0xA4,  //
                             0x00, 0, 0, 0,  0, 0x22, 0xD7, 0xFF, 0, 0, 0x15, 0xA4, 0, 0, 0x05, 0x69});
  const auto list = decode_speed_descriptors(reply);
  ASSERT_TRUE(list.has_value());
  ASSERT_EQ(list->size(), 2U);
  EXPECT_EQ((*list)[0], (SpeedDescriptor{.exact = true,
                                         .end = Lba{0x22D7FF},
                                         .read_kilobytes_per_second = 11080,
                                         .write_kilobytes_per_second = 5540}));
  expect_truncations_are_errors(reply, 8, decode_speed_descriptors);
}

// ---- MECHANISM STATUS ----

TEST(MechanismReply, TellsDoorAndState) {
  const Bytes reply = bytes({0x82, 0x30, 0x00, 0x12, 0x34, 0x05, 0x00, 0x00});
  EXPECT_EQ(*decode_mechanism_status(reply),
            (MechanismStatus{
                .fault = true, .slots = 5, .current_slot = 2, .state = 1, .door_open = true, .current = Lba{0x1234}}));
  expect_truncations_are_errors(reply, 8, decode_mechanism_status);
}

}  // namespace
}  // namespace pressmark::mmc
