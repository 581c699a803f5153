// READ TOC/PMA/ATIP replies, written out from MMC-6, and the ones a hostile disc or drive could send.
#include "mmc/toc.h"

#include <gmock/gmock.h>

#include "unit/mmc/mmc_support.h"

namespace pressmark::mmc {
namespace {

using test::Bytes;
using test::bytes;
using test::operator+;
using test::expect_truncations_are_errors;
using testing::HasSubstr;

// Format 0, LBA form: length 001Ah = 26, tracks 1 to 2; each entry: reserved, ADR/control, track, reserved, address.
const Bytes kToc = bytes({0x00, 0x1A, 0x01, 0x02,                      //
                          0x00, 0x14, 0x01, 0x00, 0, 0, 0,    0,       // track 1, data, LBA 0
                          0x00, 0x10, 0x02, 0x00, 0, 0, 0x27, 0x10,    // track 2, audio, LBA 10000
                          0x00, 0x10, 0xAA, 0x00, 0, 0, 0x4E, 0x20});  // lead-out, LBA 20000

TEST(Toc, ListsTracksAndLeadOut) {
  const auto toc = decode_toc(kToc);
  ASSERT_TRUE(toc.has_value());
  EXPECT_EQ(
      *toc,
      (Toc{.first_track = 1,
           .last_track = 2,
           .tracks = {{.track = 1, .control = 4, .start = Lba{0}}, {.track = 2, .control = 0, .start = Lba{10000}}},
           .lead_out = Lba{20000}}));
}

TEST(Toc, IsRefusedWhenCutAnywhere) {
  expect_truncations_are_errors(kToc, kToc.size(), [](auto b) { return decode_toc(b); });
}

/// The TOC above with one byte changed.
std::string refusal_with(std::size_t at, int value) {
  Bytes toc = kToc;
  toc[at] = static_cast<std::byte>(value);
  const auto decoded = decode_toc(toc);
  return decoded ? "taken" : decoded.error().got;
}

TEST(Toc, IsRefusedWithImpossibleContent) {
  EXPECT_THAT(refusal_with(6, 0), HasSubstr("track number 0"));
  EXPECT_THAT(refusal_with(6, 100), HasSubstr("track number 100"));
  EXPECT_THAT(refusal_with(14, 1), HasSubstr("track number 1 is not valid there"));  // twice
  EXPECT_THAT(refusal_with(22, 3), HasSubstr("lead-out"));                           // none
  EXPECT_THAT(refusal_with(8, 0x7F), HasSubstr("track 1 is said to run"));           // starts behind the disc
  EXPECT_THAT(refusal_with(8, 0x80), HasSubstr("track 1 is said to run"));           // starts before the lead-in
  EXPECT_THAT(refusal_with(18, 0x7F), HasSubstr("track 2 is said to run"));          // behind the lead-out
  EXPECT_THAT(refusal_with(24, 0x01), HasSubstr("track 2 is said to run"));          // lead-out past 100 minutes
  EXPECT_THAT(refusal_with(1, 0x19), HasSubstr("cut"));
}

TEST(Toc, OfADvdMayGoFurtherThanACd) {
  Bytes toc = kToc;
  toc[25] = std::byte{0x30};  // lead-out at 00304E20h = 3,165,728
  EXPECT_FALSE(decode_toc(toc).has_value());
  EXPECT_TRUE(decode_toc(toc, Lba{INT32_MAX}).has_value());
}

TEST(Toc, ThatClaimsTracksItDoesNotListIsTakenByWhatItLists) {
  Bytes toc = kToc;
  toc[3] = std::byte{99};
  ASSERT_TRUE(decode_toc(toc).has_value());
  EXPECT_EQ(decode_toc(toc)->tracks.size(), 2U);
}

TEST(SessionInformation, NamesTheLastSessionsFirstTrack) {
  const Bytes reply = bytes({0x00, 0x0A, 0x01, 0x02, 0x00, 0x14, 0x03, 0x00, 0x00, 0x00, 0x56, 0x78});
  const auto info = decode_session_information(reply);
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(*info, (SessionInformation{.first_session = 1,
                                       .last_session = 2,
                                       .first_track_of_last = 3,
                                       .control = 4,
                                       .start_of_last = Lba{0x5678}}));
  expect_truncations_are_errors(reply, reply.size(), decode_session_information);
}

Bytes q(int session, int control, int point, int minute, int second, int frame) {
  return bytes({session, 0x10 | control, 0, point, 0, 0, 0, 0, minute, second, frame});
}

Bytes full_toc(const Bytes& entries) {
  const int length = static_cast<int>(entries.size()) + 2;
  return bytes({length >> 8, length & 0xFF, 1, 2}) + entries;
}

// An enhanced CD: one audio track, then a data session. 45:00:00 is LBA 202350; 47:32:00 is 213750; 50:00:00 is 224850.
const Bytes kTwoSessions =
    full_toc(q(1, 0, 0xA0, 1, 0x00, 0) + q(1, 0, 0xA1, 1, 0, 0) + q(1, 0, 0xA2, 45, 0, 0) + q(1, 0, 1, 0, 2, 0) +  //
             q(2, 4, 0xA0, 2, 0x20, 0) + q(2, 4, 0xA1, 2, 0, 0) + q(2, 4, 0xA2, 50, 0, 0) + q(2, 4, 2, 47, 32, 0));

Result<std::vector<Session>> sessions_in(const Bytes& reply) {
  const auto table = decode_q_table(reply);
  if (!table) return fail(table.error());
  return sessions_of(*table);
}

TEST(FullToc, GivesSessionsWithTheirOwnLeadOuts) {
  const auto sessions = sessions_in(kTwoSessions);
  ASSERT_TRUE(sessions.has_value());
  ASSERT_EQ(sessions->size(), 2U);
  EXPECT_EQ((*sessions)[0], (Session{.number = 1,
                                     .type = 0x00,
                                     .tracks = {{.track = 1, .control = 0, .start = Lba{0}}},
                                     .lead_out = Lba{202350}}));
  EXPECT_EQ((*sessions)[1], (Session{.number = 2,
                                     .type = 0x20,
                                     .tracks = {{.track = 2, .control = 4, .start = Lba{213750}}},
                                     .lead_out = Lba{224850}}));
}

TEST(FullToc, IsRefusedWhenCutAnywhere) {
  expect_truncations_are_errors(kTwoSessions, kTwoSessions.size(), decode_q_table);
}

TEST(FullToc, TakesTimesFrom90MinutesOnAsAddresses) {
  const auto sessions = sessions_in(full_toc(q(1, 4, 0xA2, 95, 0, 0) + q(1, 4, 1, 0, 2, 0)));
  ASSERT_TRUE(sessions.has_value());
  EXPECT_EQ(sessions->front().lead_out, Lba{95 * 4500 - 150});
}

TEST(FullToc, SkipsMode5Entries) {
  Bytes mode5 = q(1, 4, 0xB0, 99, 99, 99);
  mode5[1] = std::byte{0x54};
  EXPECT_TRUE(sessions_in(full_toc(mode5 + q(1, 4, 0xA2, 45, 0, 0) + q(1, 4, 1, 0, 2, 0))).has_value());
}

TEST(FullToc, IsRefusedWithImpossibleContent) {
  const auto refusal = [](const Bytes& entries) {
    const auto sessions = sessions_in(full_toc(entries));
    return sessions ? std::string{"taken"} : sessions.error().got;
  };
  const Bytes lead_out = q(1, 4, 0xA2, 45, 0, 0), track = q(1, 4, 1, 0, 2, 0);
  EXPECT_EQ(refusal(lead_out + track), "taken");
  EXPECT_THAT(refusal({}), HasSubstr("lists no session"));
  EXPECT_THAT(refusal(track), HasSubstr("has no lead-out"));
  EXPECT_THAT(refusal(lead_out), HasSubstr("lists no track"));
  EXPECT_THAT(refusal(lead_out + track + track), HasSubstr("track 1 is said to run from 0 to 0"));
  EXPECT_THAT(refusal(lead_out + q(1, 4, 1, 0, 2, 0) + q(1, 4, 1, 0, 3, 0)), HasSubstr("track number 1"));
  EXPECT_THAT(refusal(lead_out + q(1, 4, 1, 0, 75, 0)), HasSubstr("impossible time"));
  EXPECT_THAT(refusal(lead_out + q(1, 4, 1, 46, 0, 0)), HasSubstr("track 1 is said to run"));
  EXPECT_THAT(refusal(q(0, 4, 0xA2, 45, 0, 0)), HasSubstr("session number 0"));
  EXPECT_THAT(refusal(lead_out + track + q(2, 4, 0xA2, 50, 0, 0) + q(2, 4, 2, 44, 0, 0)), HasSubstr("starts inside"));
  EXPECT_THAT(refusal(lead_out + track + q(2, 4, 0xA2, 50, 0, 0) + q(2, 4, 1, 48, 0, 0)), HasSubstr("repeats a track"));
}

TEST(FullToc, IsNotReadOutOfAFormat0Reply) {
  // QEMU's ATAPI drive answers every format with format 0.
  EXPECT_FALSE(sessions_in(kToc).has_value());
}

TEST(Atip, TellsWhatTheDiscWasMadeFor) {
  // CD-RW, subtype 1, lead-in at 97:24:16, last possible lead-out 79:59:74.
  const Bytes reply = bytes(
      {0x00, 0x1A, 0, 0, 0xD0, 0x00, 0xC8, 0x00, 97, 24, 16, 0, 79, 59, 74, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  const auto atip = decode_atip(reply);
  ASSERT_TRUE(atip.has_value());
  EXPECT_EQ(*atip, (Atip{.rewritable = true,
                         .subtype = 1,
                         .indicative_power = 5,
                         .lead_in_start = {97, 24, 16},
                         .last_possible_lead_out = {79, 59, 74}}));
  expect_truncations_are_errors(reply, reply.size(), decode_atip);
}

}  // namespace
}  // namespace pressmark::mmc
