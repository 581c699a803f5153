// What a Drive makes of a disc when questions are answered well, badly, or not at all.
#include <gmock/gmock.h>

#include "pressmark/drive.h"

#include "unit/drive/table_transport.h"

namespace pressmark {
namespace {

using test::Bytes;
using test::bytes;
using test::sense;
using test::TableTransport;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Bytes be32(std::int64_t v) {
  return bytes({static_cast<int>(v >> 24 & 0xFF), static_cast<int>(v >> 16 & 0xFF), static_cast<int>(v >> 8 & 0xFF),
                static_cast<int>(v & 0xFF)});
}
Bytes le32(std::int64_t v) {
  const Bytes b = be32(v);
  return {b.rbegin(), b.rend()};
}

void place(Bytes& sector, std::size_t at, const Bytes& what) {
  std::copy(what.begin(), what.end(), sector.begin() + static_cast<std::ptrdiff_t>(at));
}

// The questions, as they go over the wire.
const Bytes kEvents = bytes({0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8, 0});
const Bytes kConfiguration = bytes({0x46, 0x01, 0, 0, 0, 0, 0, 0x20, 0x00, 0});
const Bytes kCapacity = bytes({0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0});
const Bytes kDiscInformation = bytes({0x51, 0, 0, 0, 0, 0, 0, 0, 34, 0});
const Bytes kTocFormat0 = bytes({0x43, 0, 0, 0, 0, 0, 0, 0x20, 0x00, 0});
const Bytes kTocFormat1 = bytes({0x43, 0, 1, 0, 0, 0, 0, 0, 12, 0});
const Bytes kTocFormat2 = bytes({0x43, 2, 2, 0, 0, 0, 1, 0x20, 0x00, 0});
Bytes track_information(int track) { return bytes({0x52, 0x01, 0, 0, 0, track, 0, 0, 48, 0}); }
Bytes dvd_structure(int layer) { return bytes({0xAD, 0, 0, 0, 0, 0, layer, 0, 0x08, 0x04, 0, 0}); }
const Bytes kBdStructure = bytes({0xAD, 1, 0, 0, 0, 0, 0, 0, 0x10, 0x04, 0, 0});
Bytes read10(std::int64_t lba) { return bytes({0x28, 0}) + be32(lba) + bytes({0, 0, 1, 0}); }

// The answers.
Bytes profile_of(int number) { return bytes({0, 0, 0, 4, 0, 0, number >> 8, number & 0xFF}); }
Bytes capacity_of(std::int64_t sectors) { return be32(sectors - 1) + be32(2048); }
Bytes toc_entry(int control, int track, std::int64_t start) {
  return bytes({0, 0x10 | control, track, 0}) + be32(start);
}
Bytes toc(int last, const Bytes& entries) {
  return bytes({0, static_cast<int>(entries.size()) + 2, 1, last}) + entries;
}
Bytes q(int session, int control, int point, int m, int s, int f) {
  return bytes({session, 0x10 | control, 0, point, 0, 0, 0, 0, m, s, f});
}
Bytes primary_descriptor(std::int64_t sectors) {
  Bytes d(2048);
  place(d, 0, bytes({1, 'C', 'D', '0', '0', '1', 1}));
  place(d, 40, bytes({'M', 'Y', '_', 'D', 'I', 'S', 'C', ' ', ' ', ' '}));
  place(d, 80, le32(sectors) + be32(sectors));
  return d;
}
/// ECMA-167 3/7.2: identifier, version, checksum of the tag's other 15 bytes.
Bytes udf_descriptor(int tag, std::initializer_list<std::pair<std::size_t, std::int64_t>> fields) {
  Bytes d(2048);
  d[0] = static_cast<std::byte>(tag);
  d[2] = std::byte{3};
  d[4] = static_cast<std::byte>(tag + 3);
  for (const auto& [at, value] : fields) place(d, at, le32(value));
  return d;
}
Bytes physical_format(int layout, std::int64_t first, std::int64_t last, std::int64_t last_layer0) {
  Bytes reply = bytes({0x08, 0x02, 0, 0, 0x01, 0x02, layout, 0x10}) + be32(first) + be32(last) + be32(last_layer0);
  reply.resize(2052);
  return reply;
}

class IdentifyTest : public testing::Test {
 protected:
  void SetUp() override {
    Bytes inquiry = bytes({0x05, 0x80, 0, 0x32, 31, 0, 0, 0});
    inquiry.resize(36, std::byte{'x'});
    know(bytes({0x12, 0, 0, 0, 96, 0}), inquiry);
    drive_ = std::move(Drive::open(std::make_unique<TableTransport>(state_)).value());
    state_->asked.clear();
  }
  void know(const Bytes& question, const Bytes& answer) {
    state_->answers[question] = {.data = answer, .sense = {}, .failure = {}};
  }
  void refuse(const Bytes& question, const Bytes& with) {
    state_->answers[question] = {.data = {}, .sense = with, .failure = {}};
  }
  void forget(const Bytes& question) { state_->answers.erase(question); }

  /// A single-session data CD of 300,000 sectors (01:06:42:00 of absolute time) with an ISO 9660 volume 150 sectors
  /// shorter.
  void insert_data_cd() {
    know(kConfiguration, profile_of(0x0008));
    know(kCapacity, capacity_of(300000));
    know(kTocFormat0, toc(1, toc_entry(4, 1, 0) + toc_entry(4, 0xAA, 300000)));
    know(kTocFormat2, bytes({0, 35, 1, 1}) + q(1, 4, 0xA0, 1, 0, 0) + q(1, 4, 0xA2, 66, 42, 0) + q(1, 4, 1, 0, 2, 0));
    know(read10(16), primary_descriptor(299850));
    know(read10(256), Bytes(2048));
  }

  Disc identify() {
    auto disc = drive_->identify();
    if (disc) return *disc;
    ADD_FAILURE() << describe(disc.error());
    return {};
  }

  std::shared_ptr<TableTransport::State> state_ = std::make_shared<TableTransport::State>();
  std::unique_ptr<Drive> drive_;
};

TEST_F(IdentifyTest, KnowsADataCd) {
  insert_data_cd();
  const Disc disc = identify();
  EXPECT_EQ(disc.profile.name, "CD-ROM");
  EXPECT_EQ(disc.profile.kind, MediaKind::cd);
  EXPECT_EQ(disc.sectors, 300000);
  EXPECT_EQ(disc.size_reason, "TOC lead-out; nothing contradicts it");
  EXPECT_THAT(disc.tracks,
              ElementsAre(Track{.number = 1, .session = 1, .control = 4, .start = Lba{0}, .sectors = 300000}));
  EXPECT_THAT(disc.sizes, ElementsAre(SizeOpinion{"READ CAPACITY", 300000}, SizeOpinion{"TOC lead-out", 300000},
                                      SizeOpinion{"ISO 9660", 299850}));
  EXPECT_EQ(disc.volume_id, "MY_DISC");
  EXPECT_EQ(disc.identity.size(), 64U);
  EXPECT_EQ(describe_layout(disc), "one data track");
}

TEST_F(IdentifyTest, TellsTwoDiscsApartAndOneDiscFromItself) {
  insert_data_cd();
  const std::string first = identify().identity;
  EXPECT_EQ(identify().identity, first);
  know(kCapacity, capacity_of(300001));
  know(kTocFormat0, toc(1, toc_entry(4, 1, 0) + toc_entry(4, 0xAA, 300001)));
  forget(kTocFormat2);
  EXPECT_NE(identify().identity, first);
}

TEST_F(IdentifyTest, GivesOneIdentityToOneDiscInDrivesThatTellLess) {
  insert_data_cd();
  const std::string full = identify().identity;
  forget(kTocFormat2);
  forget(read10(16));
  EXPECT_EQ(identify().identity, full);
}

TEST_F(IdentifyTest, SeparatesTheSessionsOfAnEnhancedCd) {
  insert_data_cd();
  know(kTocFormat0, toc(2, toc_entry(0, 1, 0) + toc_entry(4, 2, 213750) + toc_entry(4, 0xAA, 224850)));
  know(kTocFormat2, bytes({0, 68, 1, 2}) + q(1, 0, 0xA0, 1, 0, 0) + q(1, 0, 0xA2, 45, 0, 0) + q(1, 0, 1, 0, 2, 0) +
                        q(2, 4, 0xA0, 2, 0x20, 0) + q(2, 4, 0xA2, 50, 0, 0) + q(2, 4, 2, 47, 32, 0));
  const Disc disc = identify();
  EXPECT_EQ(disc.sessions, 2);
  EXPECT_THAT(disc.tracks,
              ElementsAre(Track{.number = 1, .session = 1, .control = 0, .start = Lba{0}, .sectors = 202350},
                          Track{.number = 2, .session = 2, .control = 4, .start = Lba{213750}, .sectors = 11100}));
  EXPECT_EQ(describe_layout(disc), "one audio track and one data track in two sessions");
  EXPECT_EQ(disc.volume_id, "");  // its sizes would not count from the start of the disc
}

TEST_F(IdentifyTest, FallsBackToFormats0And1AndTakesTheSessionGapOffTheTrackBefore) {
  insert_data_cd();
  know(kTocFormat0, toc(2, toc_entry(0, 1, 0) + toc_entry(4, 2, 213750) + toc_entry(4, 0xAA, 224850)));
  know(kTocFormat1, bytes({0, 10, 1, 2, 0, 0x14, 2, 0}) + be32(213750));
  refuse(kTocFormat2, sense(5, 0x24, 0));
  const Disc disc = identify();
  EXPECT_EQ(disc.sessions, 2);
  EXPECT_THAT(disc.tracks,
              ElementsAre(Track{.number = 1, .session = 1, .control = 0, .start = Lba{0}, .sectors = 202350},
                          Track{.number = 2, .session = 2, .control = 4, .start = Lba{213750}, .sectors = 11100}));
}

TEST_F(IdentifyTest, TakesAFormat0AnswerToAFormat2QuestionForARefusal) {
  insert_data_cd();
  know(kTocFormat2, toc(1, toc_entry(4, 1, 0) + toc_entry(4, 0xAA, 300000)));
  EXPECT_EQ(identify().tracks.size(), 1U);
}

TEST_F(IdentifyTest, SurvivesACdWithoutAnyTableOfContents) {
  insert_data_cd();
  forget(kTocFormat0);
  forget(kTocFormat2);
  const Disc disc = identify();
  EXPECT_EQ(disc.sectors, 300000);
  EXPECT_THAT(disc.tracks, ElementsAre(Track{.sectors = 300000}));
}

TEST_F(IdentifyTest, SurvivesHostileTables) {
  insert_data_cd();
  know(kTocFormat0, toc(99, toc_entry(4, 1, 200) + toc_entry(4, 1, 100) + toc_entry(4, 0xAA, 0)));
  know(kTocFormat2, bytes({0xFF, 0xFF, 1, 99}) + q(1, 4, 1, 0, 2, 0));
  const Disc disc = identify();
  EXPECT_EQ(disc.sectors, 300000);
  EXPECT_EQ(disc.tracks.size(), 1U);
}

TEST_F(IdentifyTest, ShowsOpinionsThatDiffer) {
  insert_data_cd();
  know(kCapacity, capacity_of(299998));
  know(read10(16), primary_descriptor(310000));
  const Disc disc = identify();
  EXPECT_EQ(disc.sectors, 300000);
  EXPECT_EQ(disc.size_reason, "TOC lead-out; READ CAPACITY says 299998, ISO 9660 says 310000");
}

TEST_F(IdentifyTest, TakesADamagedVolumeDescriptorForOneOpinionLess) {
  insert_data_cd();
  refuse(read10(16), sense(3, 0x11, 0x05));
  const Disc disc = identify();
  EXPECT_EQ(disc.sectors, 300000);
  EXPECT_EQ(disc.volume_id, "");
}

TEST_F(IdentifyTest, GivesTheSameIdentityThoughAnAnswerWasLostInPassing) {
  insert_data_cd();
  const std::string identity = identify().identity;
  for (const Bytes& question : {kTocFormat2, kTocFormat0, kCapacity, kConfiguration}) {
    const Bytes answer = state_->answers[question].data;
    int lost = 2;
    state_->on_command = [&](const Bytes& cdb) {
      if (cdb == question) state_->answers[question].data = lost-- > 0 ? Bytes(1) : answer;
    };
    EXPECT_EQ(identify().identity, identity);
    state_->on_command = {};
  }
}

TEST_F(IdentifyTest, GivesTheSameIdentityThoughADriveInTroubleRefusedForAWhileWhatItKnows) {
  const auto same_though_refused = [&](std::initializer_list<Bytes> questions) {
    const std::string identity = identify().identity;
    for (const Bytes& question : questions)
      for (const Bytes& with : {sense(5, 0x24, 0), sense(2, 0x04, 0), sense(3, 0x11, 0x05)}) {
        int refused = 7;
        state_->on_command = [&](const Bytes& cdb) {
          if (cdb == question) state_->answers[question].sense = refused-- > 0 ? std::optional{with} : std::nullopt;
        };
        EXPECT_EQ(identify().identity, identity);
        EXPECT_LE(refused, 0);
        state_->on_command = {};
      }
  };
  insert_data_cd();
  same_though_refused({kTocFormat2, kTocFormat0, kCapacity});
  know(kConfiguration, profile_of(0x0010));
  know(dvd_structure(0), physical_format(0x01, 0x30000, 0x30000 + 299999, 0));
  same_though_refused({dvd_structure(0), kCapacity});
  know(kConfiguration, profile_of(0x0040));  // a BD that holds no more than a DVD
  const std::string bd = identify().identity;
  int refused = 7;
  state_->on_command = [&](const Bytes& cdb) {
    if (cdb == kConfiguration)
      state_->answers[kConfiguration].sense = refused-- > 0 ? std::optional{sense(5, 0x24, 0)} : std::nullopt;
  };
  EXPECT_EQ(identify().identity, bd);
}

TEST_F(IdentifyTest, ReadsAVolumeDescriptorAgainThatTroubleHasKeptFromIt) {
  insert_data_cd();
  const std::string volume = identify().volume_id;
  ASSERT_NE(volume, "");
  int disturbed = 2;
  state_->on_command = [&](const Bytes& cdb) {
    if (cdb == read10(16))
      state_->answers[cdb].sense = disturbed-- > 0 ? std::optional{sense(0x0B, 0, 6)} : std::nullopt;
  };
  EXPECT_EQ(identify().volume_id, volume) << "the size may hang on it";
}

TEST_F(IdentifyTest, LeavesNoNewsBehindWhereTheDriveHungAndWasReset) {
  insert_data_cd();
  state_->answers[read10(256)] = {
      .data = {}, .sense = {}, .failure = Error{.kind = ErrorKind::timeout, .tried = "read", .got = "nothing"}};
  know(bytes({0, 0, 0, 0, 0, 0}), {});  // TEST UNIT READY
  state_->on_command = [&](const Bytes& cdb) {
    if (cdb == read10(256)) state_->attentions = {sense(6, 0x29, 0)};
  };
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(identify().sectors, 300000);
    EXPECT_FALSE(drive_->heard_of_change());
    EXPECT_THAT(state_->attentions, IsEmpty());
  }
  EXPECT_EQ(std::ranges::count(state_->asked, read10(256)), 1) << "once is enough of a sector that costs a minute";
}

TEST_F(IdentifyTest, AddsUpUdfPartitions) {
  insert_data_cd();
  know(read10(256), udf_descriptor(2, {{16, 4 * 2048}, {20, 32}}));
  know(read10(32), udf_descriptor(1, {}));
  know(read10(33), udf_descriptor(5, {{188, 257}, {192, 299000}}));
  know(read10(34), udf_descriptor(8, {}));
  EXPECT_THAT(identify().sizes, testing::Contains(SizeOpinion{"UDF", 299257}));
}

TEST_F(IdentifyTest, KnowsADualLayerDvdAndItsLayerBreak) {
  know(kConfiguration, profile_of(0x0010));
  know(kCapacity, capacity_of(4164096));
  // Layer 0: 30000h to 22D7FFh, 2,086,912 sectors; layer 1: DD2800h to FCF5FFh, 2,084,352... of which the sum is
  // 4,164,096.
  know(dvd_structure(0), physical_format(0x31, 0x30000, 0xDD2800 + (4164096 - 2086912) - 1, 0x22D7FF));
  know(read10(16), primary_descriptor(4164096));
  know(read10(256), Bytes(2048));
  const Disc disc = identify();
  EXPECT_EQ(disc.profile.name, "DVD-ROM");
  EXPECT_EQ(disc.layers, 2);
  EXPECT_TRUE(disc.opposite_track_path);
  EXPECT_EQ(disc.layer_break, Lba{2086912});
  EXPECT_EQ(disc.sectors, 4164096);
  EXPECT_EQ(disc.size_reason, "READ CAPACITY; nothing contradicts it");
  EXPECT_THAT(disc.tracks, ElementsAre(Track{.sectors = 4164096}));
}

TEST_F(IdentifyTest, AsksBothLayersOfAParallelTrackPathDisc) {
  know(kConfiguration, profile_of(0x0010));
  know(kCapacity, capacity_of(3000));
  know(dvd_structure(0), physical_format(0x21, 0x30000, 0x30000 + 1999, 0));
  know(dvd_structure(1), physical_format(0x21, 0x30000, 0x30000 + 999, 0));
  const Disc disc = identify();
  EXPECT_EQ(disc.layer_break, Lba{2000});
  EXPECT_THAT(disc.sizes, ElementsAre(SizeOpinion{"READ CAPACITY", 3000}, SizeOpinion{"PFI", 3000}));
}

TEST_F(IdentifyTest, KnowsABlurayByItsDiscInformation) {
  know(kConfiguration, profile_of(0x0040));
  know(kCapacity, capacity_of(23652352));
  Bytes di = bytes({0x10, 0x02, 0, 0, 'D', 'I', 1, 8, 0, 0, 0x20, 0, 'B', 'D', 'O', 1, 0x21, 1, 0, 0});
  di.resize(4100);
  know(kBdStructure, di);
  const Disc disc = identify();
  EXPECT_EQ(disc.profile.kind, MediaKind::bd);
  EXPECT_EQ(disc.layers, 2);
  EXPECT_EQ(disc.sectors, 23652352);
}

TEST_F(IdentifyTest, GuessesTheKindWhereTheDriveTellsNoProfile) {
  insert_data_cd();
  forget(kConfiguration);
  EXPECT_EQ(identify().profile.name, "CD-ROM");
  know(kCapacity, capacity_of(2000000));
  forget(kTocFormat0);
  forget(kTocFormat2);
  EXPECT_EQ(identify().profile.name, "DVD-ROM");
  know(kCapacity, capacity_of(12000000));
  EXPECT_EQ(identify().profile.name, "BD-ROM");
}

TEST_F(IdentifyTest, TakesWhatIsRecordedOfATrackThatIsNotFull) {
  know(kConfiguration, profile_of(0x001B));
  Bytes track = bytes({0, 46, 1, 1, 0, 4, 1, 2}) + be32(0) + be32(0) + be32(0) + be32(0) + be32(2295104) + be32(999999);
  track.resize(48);
  know(track_information(1), track);
  EXPECT_EQ(identify().sectors, 1000000);
}

TEST_F(IdentifyTest, RefusesABlankDisc) {
  know(kConfiguration, profile_of(0x0009));
  Bytes information = bytes({0, 32, 0, 1});
  information.resize(34);
  know(kDiscInformation, information);
  const auto disc = drive_->identify();
  ASSERT_FALSE(disc.has_value());
  EXPECT_EQ(disc.error().kind, ErrorKind::unsupported);
  EXPECT_THAT(disc.error().got, HasSubstr("blank"));
}

TEST_F(IdentifyTest, RefusesAnHdDvdByName) {
  know(kConfiguration, profile_of(0x0050));
  know(kCapacity, capacity_of(1000000));
  const auto disc = drive_->identify();
  ASSERT_FALSE(disc.has_value());
  EXPECT_EQ(disc.error().kind, ErrorKind::unsupported);
  EXPECT_THAT(disc.error().got, HasSubstr("HD DVD-ROM"));
}

TEST_F(IdentifyTest, FailsOnADriveThatAnswersNothing) {
  const auto disc = drive_->identify();
  ASSERT_FALSE(disc.has_value());
  EXPECT_EQ(disc.error().kind, ErrorKind::unsupported);
}

TEST_F(IdentifyTest, StartsAgainWhenTheDiscChangesInTheMiddle) {
  insert_data_cd();
  bool changed = false;
  state_->on_command = [&](const Bytes& cdb) {
    if (cdb == kCapacity && !std::exchange(changed, true)) state_->attentions = {sense(6, 0x28, 0)};
  };
  EXPECT_EQ(identify().sectors, 300000);
  EXPECT_EQ(std::ranges::count(state_->asked, kConfiguration), 2) << "what was asked before the change is asked again";
}

TEST_F(IdentifyTest, EndsAtOnceWhenTheDriveIsGone) {
  insert_data_cd();
  state_->answers[kCapacity] = {.data = {}, .sense = {}, .failure = Error{.kind = ErrorKind::device_gone}};
  const auto disc = drive_->identify();
  ASSERT_FALSE(disc.has_value());
  EXPECT_EQ(disc.error().kind, ErrorKind::device_gone);
  EXPECT_THAT(state_->asked, ElementsAre(kEvents, kConfiguration, kCapacity));
}

TEST_F(IdentifyTest, ReportsAnEmptyTray) {
  refuse(kConfiguration, sense(2, 0x3A, 0x01));
  EXPECT_EQ(drive_->identify().error().kind, ErrorKind::no_medium);
}

// ---- news of a changed disc ----

TEST_F(IdentifyTest, HasNoNewsRightAfterIdentifying) {
  insert_data_cd();
  know(bytes({0, 0, 0, 0, 0, 0}), {});
  identify();
  EXPECT_EQ(drive_->medium_may_have_changed().value(), false);
}

const Bytes kNewMedia = bytes({0, 6, 4, 0x10, 2, 2, 0, 0}), kNoChange = bytes({0, 6, 4, 0x10, 0, 2, 0, 0});

TEST_F(IdentifyTest, TakesInTheEventOfTheDiscItIdentifies) {
  insert_data_cd();
  know(bytes({0, 0, 0, 0, 0, 0}), {});
  know(kEvents, kNewMedia);
  state_->on_command = [&](const Bytes& cdb) {
    if (cdb != kEvents) know(kEvents, kNoChange);  // each event is told once
  };
  identify();
  EXPECT_EQ(drive_->medium_may_have_changed().value(), false);
}

TEST_F(IdentifyTest, HearsOfAChangeByEvent) {
  insert_data_cd();
  know(bytes({0, 0, 0, 0, 0, 0}), {});
  know(kEvents, kNoChange);
  identify();
  know(kEvents, kNewMedia);
  EXPECT_EQ(drive_->medium_may_have_changed().value(), true);
  know(kEvents, kNoChange);
  EXPECT_EQ(drive_->medium_may_have_changed().value(), true) << "an event is told once, and stays news until identify";
  identify();
  EXPECT_EQ(drive_->medium_may_have_changed().value(), false);
}

TEST_F(IdentifyTest, SurvivesADriveThatHangsWhenAskedForEventsAndAsksItOnce) {
  insert_data_cd();
  know(bytes({0, 0, 0, 0, 0, 0}), {});
  state_->answers[kEvents] = {.data = {}, .sense = {}, .failure = Error{.kind = ErrorKind::timeout}};
  EXPECT_EQ(identify().sectors, 300000);
  EXPECT_EQ(drive_->medium_may_have_changed().value(), false);
  EXPECT_EQ(std::ranges::count(state_->asked, kEvents), 1);
}

TEST_F(IdentifyTest, HearsOfAChangeByAttentionWhereThereAreNoEvents) {
  insert_data_cd();
  know(bytes({0, 0, 0, 0, 0, 0}), {});
  identify();
  state_->attentions = {sense(6, 0x28, 0)};
  EXPECT_EQ(drive_->medium_may_have_changed().value(), true);
}

TEST_F(IdentifyTest, RemembersAChangeThatCameWithARead) {
  insert_data_cd();
  know(bytes({0, 0, 0, 0, 0, 0}), {});
  identify();
  state_->attentions = {sense(6, 0x28, 0)};
  Bytes out(2048);
  EXPECT_EQ(drive_->read_user(Lba{16}, 1, out).error().kind, ErrorKind::medium_changed);
  EXPECT_EQ(drive_->medium_may_have_changed().value(), true);
}

TEST_F(IdentifyTest, TakesAResetForPossibleNews) {
  insert_data_cd();
  know(bytes({0, 0, 0, 0, 0, 0}), {});
  identify();
  state_->attentions = {sense(6, 0x29, 0)};
  Bytes out(2048);
  const auto read = drive_->read_user(Lba{16}, 1, out);
  EXPECT_EQ(read.error().kind, ErrorKind::sense);
  EXPECT_EQ(advise(*read.error().sense), Verdict::identify);
  EXPECT_EQ(drive_->medium_may_have_changed().value(), true);
}

}  // namespace
}  // namespace pressmark
