// CDBs against bytes worked out by hand from MMC-6 and SPC-4 (the clause that bears the command's name).
#include "mmc/command.h"

#include <gtest/gtest.h>

#include "mmc/performance.h"
#include "unit/mmc/mmc_support.h"

namespace pressmark::mmc {
namespace {

using test::Bytes;
using test::bytes;
using test::wire;

TEST(Cdb, OfTestUnitReady) { EXPECT_EQ(wire(encode_test_unit_ready()), bytes({0x00, 0, 0, 0, 0, 0})); }

TEST(Cdb, OfRequestSense) { EXPECT_EQ(wire(encode_request_sense(252)), bytes({0x03, 0, 0, 0, 0xFC, 0})); }

TEST(Cdb, OfInquiryHasItsLengthInBytes3And4) {
  EXPECT_EQ(wire(encode_inquiry(0x0124)), bytes({0x12, 0, 0, 0x01, 0x24, 0}));
}

TEST(Cdb, OfStartStopUnitHasLoEjAndStartInByte4) {
  EXPECT_EQ(wire(encode_start_stop(Spindle::stop)), bytes({0x1B, 0, 0, 0, 0x00, 0}));
  EXPECT_EQ(wire(encode_start_stop(Spindle::start)), bytes({0x1B, 0, 0, 0, 0x01, 0}));
  EXPECT_EQ(wire(encode_start_stop(Spindle::eject)), bytes({0x1B, 0, 0, 0, 0x02, 0}));
  EXPECT_EQ(wire(encode_start_stop(Spindle::load, true)), bytes({0x1B, 0x01, 0, 0, 0x03, 0}));
}

TEST(Cdb, OfPreventAllow) {
  EXPECT_EQ(wire(encode_prevent_allow(true)), bytes({0x1E, 0, 0, 0, 1, 0}));
  EXPECT_EQ(wire(encode_prevent_allow(false)), bytes({0x1E, 0, 0, 0, 0, 0}));
}

TEST(Cdb, OfReadCapacity) { EXPECT_EQ(wire(encode_read_capacity()), bytes({0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0})); }

TEST(Cdb, OfRead10HasFuaInBit3OfByte1) {
  EXPECT_EQ(wire(encode_read_10({.first = Lba{0x00123456}, .count = 0x0102})),
            bytes({0x28, 0, 0x00, 0x12, 0x34, 0x56, 0, 0x01, 0x02, 0}));
  EXPECT_EQ(wire(encode_read_10({.first = Lba{1}, .count = 1, .force_unit_access = true})),
            bytes({0x28, 0x08, 0, 0, 0, 1, 0, 0, 1, 0}));
}

TEST(Cdb, OfRead12HasAFourByteCount) {
  EXPECT_EQ(wire(encode_read_12({.first = Lba{0x00123456}, .count = 0x01020304, .force_unit_access = true})),
            bytes({0xA8, 0x08, 0x00, 0x12, 0x34, 0x56, 0x01, 0x02, 0x03, 0x04, 0, 0}));
}

TEST(Cdb, OfReadCdHasMainChannelInByte9AndSubchannelInByte10) {
  EXPECT_EQ(wire(encode_read_cd(Lba{0x00012345}, 0x010203, MainChannel::all_c2, Subchannel::raw)),
            bytes({0xBE, 0, 0x00, 0x01, 0x23, 0x45, 0x01, 0x02, 0x03, 0xFA, 0x01, 0}));
}

TEST(Cdb, OfReadCdCarriesNegativeAddressesInTwosComplement) {
  EXPECT_EQ(wire(encode_read_cd(Lba{-150}, 1, MainChannel::all, Subchannel::none)),
            bytes({0xBE, 0, 0xFF, 0xFF, 0xFF, 0x6A, 0, 0, 1, 0xF8, 0, 0}));
}

TEST(Cdb, OfReadCdSaysHowManyBytesASectorTakes) {
  EXPECT_EQ(read_cd_bytes(MainChannel::user, Subchannel::none), 2048U);
  EXPECT_EQ(read_cd_bytes(MainChannel::all, Subchannel::q), 2368U);
  EXPECT_EQ(read_cd_bytes(MainChannel::all_c2, Subchannel::none), 2646U);
  EXPECT_EQ(read_cd_bytes(MainChannel::all_c2_block, Subchannel::rw), 2744U);
}

TEST(Cdb, OfReadTocHasItsFormatInByte2) {
  EXPECT_EQ(wire(encode_read_toc({.format = TocFormat::full, .number = 1, .allocation = 0x0324})),
            bytes({0x43, 0x02, 0x02, 0, 0, 0, 0x01, 0x03, 0x24, 0}));
  EXPECT_EQ(wire(encode_read_toc({.format = TocFormat::cd_text, .allocation = 4})),
            bytes({0x43, 0, 0x05, 0, 0, 0, 0, 0, 4, 0}));
}

TEST(Cdb, OfGetConfiguration) {
  EXPECT_EQ(wire(encode_get_configuration({.scope = FeatureScope::one, .first = 0x0108, .allocation = 0x0110})),
            bytes({0x46, 0x02, 0x01, 0x08, 0, 0, 0, 0x01, 0x10, 0}));
}

TEST(Cdb, OfGetEventStatusIsPolled) {
  EXPECT_EQ(wire(encode_get_event_status(kMediaEvents, 8)), bytes({0x4A, 0x01, 0, 0, 0x10, 0, 0, 0, 8, 0}));
}

TEST(Cdb, OfReadDiscInformation) {
  EXPECT_EQ(wire(encode_read_disc_information(34)), bytes({0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0}));
}

TEST(Cdb, OfReadTrackInformation) {
  EXPECT_EQ(wire(encode_read_track_information({.by = TrackBy::track, .number = 3, .allocation = 48})),
            bytes({0x52, 0x01, 0, 0, 0, 3, 0, 0, 48, 0}));
  EXPECT_EQ(wire(encode_read_track_information({.by = TrackBy::lba, .number = 0x00010203, .allocation = 36})),
            bytes({0x52, 0x00, 0, 1, 2, 3, 0, 0, 36, 0}));
}

TEST(Cdb, OfModeSense10AsksForNoBlockDescriptors) {
  EXPECT_EQ(wire(encode_mode_sense_10({.page = 0x2A, .allocation = 0x0200})),
            bytes({0x5A, 0x08, 0x2A, 0, 0, 0, 0, 0x02, 0x00, 0}));
}

TEST(Cdb, OfModeSelect10HasPageFormatSetAndSavesNothing) {
  EXPECT_EQ(wire(encode_mode_select_10(20)), bytes({0x55, 0x10, 0, 0, 0, 0, 0, 0, 20, 0}));
}

TEST(Cdb, OfGetPerformance) {
  EXPECT_EQ(wire(encode_get_performance({.type = PerformanceType::write_speed, .descriptors = 64})),
            bytes({0xAC, 0x00, 0, 0, 0, 0, 0, 0, 0, 64, 0x03, 0}));
  // Tolerance 10b in bits 4-3 of byte 1.
  EXPECT_EQ(wire(encode_get_performance({.first = Lba{0x010203}, .descriptors = 1})),
            bytes({0xAC, 0x10, 0, 1, 2, 3, 0, 0, 0, 1, 0x00, 0}));
}

TEST(Cdb, OfReadDiscStructureHasLayerInByte6AndFormatInByte7) {
  EXPECT_EQ(wire(encode_read_disc_structure({.format = 0x04, .layer = 1, .allocation = 0x0804})),
            bytes({0xAD, 0x00, 0, 0, 0, 0, 1, 0x04, 0x08, 0x04, 0, 0}));
  EXPECT_EQ(wire(encode_read_disc_structure({.media = StructureMedia::bd, .allocation = 0x1004})),
            bytes({0xAD, 0x01, 0, 0, 0, 0, 0, 0x00, 0x10, 0x04, 0, 0}));
}

TEST(Cdb, OfSetCdSpeedLeavesWritingAtItsMost) {
  EXPECT_EQ(wire(encode_set_cd_speed(706)), bytes({0xBB, 0, 0x02, 0xC2, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0}));
}

TEST(Cdb, OfSetStreamingHasItsListLengthInBytes9And10) {
  EXPECT_EQ(wire(encode_set_streaming(28)), bytes({0xB6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 28, 0}));
}

TEST(Cdb, OfMechanismStatus) {
  EXPECT_EQ(wire(encode_mechanism_status(8)), bytes({0xBD, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0}));
}

TEST(StreamingList, HasFlagsRangeSizeAndTime) {
  const auto list = encode_streaming(
      {.exact = true, .first = Lba{0x10}, .last = Lba{0x00228F5F}, .read_kilobytes_per_second = 11080});
  EXPECT_EQ(Bytes(list.begin(), list.end()), bytes({0x02, 0,    0,    0,        //
                                                    0,    0,    0,    0x10,     // start
                                                    0x00, 0x22, 0x8F, 0x5F,     // end
                                                    0,    0,    0x2B, 0x48,     // read size, kB
                                                    0,    0,    0x03, 0xE8,     // read time, ms
                                                    0,    0,    0x2B, 0x48,     // write size
                                                    0,    0,    0x03, 0xE8}));  // write time
}

TEST(StreamingList, RestoresDefaultsByBit2) {
  EXPECT_EQ(encode_streaming({.restore_defaults = true})[0], std::byte{0x04});
}

TEST(Command, TakesDirectionAndTimeOutFromItsRow) {
  Bytes buffer(2048);
  const Command command = to_command(encode_read_10({.first = Lba{0}, .count = 1}), buffer);
  EXPECT_EQ(command.direction, Direction::in);
  EXPECT_EQ(command.cdb_length, 10);
  EXPECT_EQ(command.timeout, std::chrono::seconds{60});
  EXPECT_EQ(command.data.size(), 2048U);
  EXPECT_EQ(to_command(encode_test_unit_ready(), {}, std::chrono::milliseconds{5}).timeout.count(), 5);
  EXPECT_EQ(to_command(encode_mode_select_10(0)).direction, Direction::out);
}

TEST(DescribeCdb, NamesTheCommandAndWhatItIsAbout) {
  const auto words = [](const Cdb& cdb) { return describe_cdb(std::span{cdb.bytes}.first(cdb.spec->cdb_length)); };
  EXPECT_EQ(words(encode_read_10({.first = Lba{16}, .count = 32})), "READ(10) lba 16 count 32");
  EXPECT_EQ(words(encode_read_12({.first = Lba{16}, .count = 0, .force_unit_access = true})),
            "READ(12) lba 16 count 0 fua");
  EXPECT_EQ(words(encode_read_cd(Lba{-150}, 2, MainChannel::all_c2, Subchannel::raw)),
            "READ CD lba -150 count 2 main FAh sub 01h");
  EXPECT_EQ(words(encode_read_toc({.format = TocFormat::full, .number = 1, .allocation = 804})),
            "READ TOC/PMA/ATIP format 2 track 1 bytes 804");
  EXPECT_EQ(words(encode_mode_sense_10({.page = 0x2A, .allocation = 512})), "MODE SENSE(10) page 2Ah bytes 512");
  EXPECT_EQ(words(encode_prevent_allow(true)), "PREVENT ALLOW MEDIUM REMOVAL prevent");
  EXPECT_EQ(words(encode_test_unit_ready()), "TEST UNIT READY");
}

TEST(DescribeCdb, ShowsTheBytesOfWhatItDoesNotKnow) {
  EXPECT_EQ(describe_cdb(bytes({0xD8, 0x01, 0xFF})), "command D8 01 FF");
  EXPECT_EQ(describe_cdb(bytes({0x28, 0x00})), "command 28 00");
  EXPECT_EQ(describe_cdb({}), "an empty command");
}

}  // namespace
}  // namespace pressmark::mmc
