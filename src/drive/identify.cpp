// Identification asks, in order: which profile, how long (READ CAPACITY, READ TRACK INFORMATION), which tracks (full
// TOC, else TOC and session information), which physical format (DVD, BD), and what the file system thinks. Drives
// lack, refuse or garble any of these; a question that fails is an opinion less, unless its error ends the
// conversation.
#include "drive/identify.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <fmt/format.h>
#include <utility>
#include <vector>

#include "pressmark/digest.h"

#include "core/try.h"
#include "drive/size.h"
#include "drive/volume.h"
#include "mmc/capacity.h"
#include "mmc/command.h"
#include "mmc/configuration.h"
#include "mmc/disc_information.h"
#include "mmc/disc_structure.h"
#include "mmc/toc.h"

namespace pressmark::drive {

namespace {

/// MMC-6: between two sessions of a CD lie a lead-out of 6750, a lead-in of 4500 and a pre-gap of 150 sectors.
constexpr std::int64_t kFirstSessionGap = 6750 + 4500 + 150;

/// Questions and reads that trouble has kept from an answer are sent so often.
constexpr int kTries = 3;

/// What hangs on the answer to a question.
enum class Stake : std::uint8_t {
  opinion,  ///< one more or less; a drive that refuses the question does not know it
  kind,     ///< as identity, but old drives do not know the question, and say so: 05/20, invalid command operation code
  identity,  ///< whether this is the same disc as last time; every drive for such discs knows the question
};

template <class T>
using Maybe = Result<std::optional<T>>;

class Identification {
 public:
  Identification(Channel& channel, std::vector<Lba>& hanging) : channel_(channel), hanging_(hanging) {}

  Result<Disc> run() {
    CHECK(ask_profile());
    CHECK(ask_disc_information());
    CHECK(ask_toc());
    CHECK(ask_structure());
    CHECK(settle_kind());
    CHECK(ask_track_information());
    CHECK(ask_volumes());
    CHECK(settle_size());
    settle_tracks();
    disc_.identity = digest();
    return std::move(disc_);
  }
  /// A question went without an answer: the drive was in trouble, or does not know what it must.
  [[nodiscard]] bool ill() const { return ill_; }

 private:
  /// Asks and decodes. An answer that is missing or malformed is nothing; only what ends the conversation is an error. It is
  /// asked again: the identity hangs on the answers, and one that was lost in passing trouble (a drive confused by a reset
  /// refuses what it knows) would make another disc of this one for every later run.
  template <class Decode>
  auto ask(Stake stake, const mmc::Cdb& cdb, std::size_t allocation, Decode decode)
      -> Maybe<typename std::invoke_result_t<Decode, std::span<const std::byte>>::value_type> {
    std::vector<std::byte> buffer(allocation);
    for (int i = 0; i < kTries; ++i) {
      const auto reply = channel_.ask(cdb, buffer);
      if (reply) {
        if (auto decoded = decode(*reply)) return *std::move(decoded);
      } else if (ends_the_conversation(reply.error())) {
        return fail(reply.error());
      } else if (const auto& sense = reply.error().sense; sense && sense->key == sense_key::illegal_request) {
        constexpr std::uint8_t kInvalidCommand = 0x20;
        if (stake == Stake::opinion || (stake == Stake::kind && sense->asc == kInvalidCommand)) return std::nullopt;
      }
    }
    ill_ = true;
    return std::nullopt;
  }
  [[nodiscard]] Stake stake_on(MediaKind kind) const {
    return disc_.profile.kind == kind ? Stake::identity : Stake::opinion;
  }

  Result<void> ask_profile() {
    TRY(const auto configuration, ask(Stake::kind,
                                      mmc::encode_get_configuration({.scope = mmc::FeatureScope::current,
                                                                     .allocation = mmc::kConfigurationBytes}),
                                      mmc::kConfigurationBytes, mmc::decode_configuration));
    if (configuration) disc_.profile = profile(configuration->current_profile);
    TRY(const auto capacity,
        ask(Stake::identity, mmc::encode_read_capacity(), mmc::kCapacityBytes, mmc::decode_read_capacity));
    if (capacity) add_opinion(kSizeByCapacity, capacity->sectors);
    return {};
  }

  Result<void> ask_disc_information() {
    TRY(information_, ask(Stake::opinion, mmc::encode_read_disc_information(mmc::kDiscInformationBytes),
                          mmc::kDiscInformationBytes, mmc::decode_disc_information));
    if (information_ && information_->status == mmc::DiscStatus::empty)
      return fail(Error{.kind = ErrorKind::unsupported,
                        .tried = "identify the disc",
                        .where = channel_.info().path,
                        .got = fmt::format("the disc is blank ({})", disc_.profile.name),
                        .next = "put in a disc with something on it"});
    return {};
  }

  /// Any kind of disc: drives make up a TOC for DVD and BD.
  Result<void> ask_toc() {
    const auto decode = [](std::span<const std::byte> reply) { return mmc::decode_toc(reply, Lba{INT32_MAX}); };
    TRY(toc_, ask(stake_on(MediaKind::cd),
                  mmc::encode_read_toc({.format = mmc::TocFormat::toc, .allocation = mmc::kTocBytes}), mmc::kTocBytes,
                  decode));
    return {};
  }

  Result<void> ask_sessions() {
    const auto decode = [](std::span<const std::byte> reply) -> Result<std::vector<mmc::Session>> {
      TRY(const auto table, mmc::decode_q_table(reply));
      return mmc::sessions_of(table);
    };
    TRY(auto sessions,
        ask(Stake::identity,
            mmc::encode_read_toc({.format = mmc::TocFormat::full, .number = 1, .allocation = mmc::kTocBytes}),
            mmc::kTocBytes, decode));
    if (sessions) {
      take_sessions(*sessions);
      return {};
    }
    TRY(const auto last,
        ask(Stake::opinion, mmc::encode_read_toc({.format = mmc::TocFormat::session, .allocation = 12}), 12,
            mmc::decode_session_information));
    if (toc_) take_toc(*toc_, last);
    return {};
  }

  Result<void> ask_structure() {
    if (disc_.profile.kind == MediaKind::cd) return {};
    if (disc_.profile.kind == MediaKind::bd) return ask_bd_structure();
    const auto request = [](std::uint8_t layer) {
      return mmc::encode_read_disc_structure({.layer = layer, .allocation = mmc::kDvdStructureBytes});
    };
    TRY(pfi_, ask(stake_on(MediaKind::dvd), request(0), mmc::kDvdStructureBytes, mmc::decode_physical_format));
    if (!pfi_) return {};
    disc_.layers = pfi_->layers;
    disc_.opposite_track_path = pfi_->opposite_track_path;
    disc_.layer_break = pfi_->layer_break();
    auto sectors = pfi_->sectors();
    if (sectors && pfi_->layers == 2 && !pfi_->opposite_track_path) {
      // Parallel track path: each layer has a physical format of its own, and layer 1 follows layer 0.
      TRY(const auto layer1, ask(Stake::opinion, request(1), mmc::kDvdStructureBytes, mmc::decode_physical_format));
      disc_.layer_break = Lba{*sectors};
      sectors = layer1 && layer1->sectors() ? std::optional{*sectors + *layer1->sectors()} : std::nullopt;
    }
    if (sectors) pfi_sectors_ = *sectors;
    return {};
  }

  Result<void> ask_bd_structure() {
    TRY(const auto bd,
        ask(Stake::opinion,
            mmc::encode_read_disc_structure({.media = mmc::StructureMedia::bd, .allocation = mmc::kBdStructureBytes}),
            mmc::kBdStructureBytes, mmc::decode_bd_information));
    if (!bd) return {};
    disc_.layers = std::clamp<std::uint8_t>(bd->layers, 1, 4);
    disc_.opposite_track_path = disc_.layers > 1;
    return {};
  }

  /// Old drives tell no profile: then the answers they do give decide.
  Result<void> settle_kind() {
    if (disc_.profile.kind == MediaKind::none && disc_.profile.number == 0) disc_.profile = profile(guessed_profile());
    if (disc_.profile.kind == MediaKind::none)
      return fail(Error{
          .kind = ErrorKind::unsupported,
          .tried = "identify the disc",
          .where = channel_.info().path,
          .got = fmt::format("the drive says it is: {} (profile {:04X}h)", disc_.profile.name, disc_.profile.number),
          .next = "Pressmark reads CDs, DVDs and Blu-rays"});
    if (disc_.profile.kind == MediaKind::cd) CHECK(ask_sessions());
    return {};
  }

  [[nodiscard]] std::uint16_t guessed_profile() const {
    if (pfi_) return mmc::profile::dvd_rom;
    if (disc_.sizes.empty()) return toc_ ? mmc::profile::cd_rom : 0;
    switch (kind_for_size(static_cast<std::uint64_t>(disc_.sizes.front().sectors) * kUserBytes)) {
      case MediaKind::none: return 0;
      case MediaKind::cd: return mmc::profile::cd_rom;
      case MediaKind::dvd: return mmc::profile::dvd_rom;
      case MediaKind::bd: return mmc::profile::bd_rom;
    }
    return 0;
  }

  Result<void> ask_track_information() {
    const std::uint32_t last = !disc_.tracks.empty() ? disc_.tracks.back().number
                               : information_        ? std::max<std::uint32_t>(information_->last_track, 1)
                                                     : 1U;
    TRY(const auto track,
        ask(Stake::opinion,
            mmc::encode_read_track_information({.number = last, .allocation = mmc::kTrackInformationBytes}),
            mmc::kTrackInformationBytes, mmc::decode_track_information));
    if (track && track->sectors > 0) {
      const std::int64_t recorded = track->last_recorded ? track->last_recorded->value + std::int64_t{1} : 0;
      const std::int64_t whole = track->start.value + track->sectors;
      add_opinion(kSizeByTrack, recorded > track->start.value && recorded < whole ? recorded : whole);
    }
    if (toc_) add_opinion(kSizeByLeadOut, toc_->lead_out.value);
    if (pfi_sectors_ > 0) add_opinion(kSizeByPfi, pfi_sectors_);
    return {};
  }

  /// Sector by sector, and never fatal but for a disc or drive that went away: a scratch here costs an opinion. Trouble of the
  /// drive's must not: the size may follow from it.
  Maybe<std::vector<std::byte>> read_sector(Lba lba) {
    if (std::ranges::find(hanging_, lba) != hanging_.end()) return std::nullopt;
    std::vector<std::byte> sector(kUserBytes);
    for (int i = 0; i < kTries; ++i) {
      const auto read =
          channel_.read(mmc::encode_read_10({.first = lba, .count = 1}), sector, {.sectors = LbaRange{lba, 1}});
      if (read) return sector;
      if (read.error().kind == ErrorKind::timeout) {
        hanging_.push_back(lba);
        return take_in_reset();
      }
      if (ends_the_conversation(read.error())) return fail(read.error());
      const auto verdict = read.error().sense ? advise(*read.error().sense) : Verdict::retry;
      if (verdict == Verdict::give_up || verdict == Verdict::later) return std::nullopt;
    }
    ill_ = true;
    return std::nullopt;
  }

  /// A drive that hung is reset, and says so at the next command: if that were a read, it would be taken for news of a
  /// disc that has just been identified.
  Maybe<std::vector<std::byte>> take_in_reset() {
    constexpr int kMostAttentions = 4;
    for (int i = 0; i < kMostAttentions; ++i) {
      const auto ready = channel_.send(mmc::encode_test_unit_ready());
      if (!ready && ready.error().kind == ErrorKind::device_gone) return fail(ready.error());
      if (ready || !is_attention(ready.error())) break;
    }
    return std::nullopt;
  }

  /// Only where the file system starts with the disc: elsewhere its sizes count from somewhere else.
  Result<void> ask_volumes() {
    const bool starts_with_data =
        disc_.tracks.empty() || (disc_.tracks[0].is_data() && disc_.tracks[0].start == Lba{0});
    if (!starts_with_data || disc_.sessions > 1) return {};
    TRY(const auto descriptor, read_sector(Lba{kPrimaryDescriptorSector}));
    if (!descriptor) return {};  // damaged or not data: the anchor is not worth another wait
    if (const auto volume = decode_primary_descriptor(*descriptor)) {
      disc_.volume_id = volume->id;
      add_opinion(kSizeByIso, volume->sectors);
    }
    return ask_udf();
  }

  Result<void> ask_udf() {
    constexpr std::int64_t kMostDescriptors = 16;
    TRY(const auto sector, read_sector(kUdfAnchor));
    const auto sequence = sector ? decode_udf_anchor(*sector) : std::nullopt;
    if (!sequence) return {};
    std::int64_t end = 0;
    for (std::int64_t i = 0; i < std::min(sequence->count, kMostDescriptors); ++i) {
      TRY(const auto descriptor, read_sector(sequence->first + i));
      if (!descriptor || ends_udf_sequence(*descriptor)) break;
      end = std::max(end, decode_udf_partition_end(*descriptor).value_or(0));
    }
    if (end > 0) add_opinion(kSizeByUdf, end);
    return {};
  }

  Result<void> settle_size() {
    auto decision = decide_size(disc_.profile, disc_.sizes);
    if (!decision) {
      decision.error().where = channel_.info().path;
      return fail(std::move(decision.error()));
    }
    disc_.sectors = decision->sectors;
    disc_.size_reason = std::move(decision->reason);
    if (disc_.layer_break && disc_.layer_break->value >= disc_.sectors) disc_.layer_break.reset();
    return {};
  }

  /// A DVD or BD is one track to a reader; so is a CD whose table of contents cannot be read.
  void settle_tracks() {
    if (disc_.tracks.empty()) disc_.tracks = {Track{.sectors = disc_.sectors}};
  }

  void take_sessions(const std::vector<mmc::Session>& sessions) {
    disc_.sessions = static_cast<std::uint8_t>(sessions.size());
    for (const mmc::Session& session : sessions) {
      for (std::size_t i = 0; i < session.tracks.size(); ++i) {
        const Lba end = i + 1 < session.tracks.size() ? session.tracks[i + 1].start : session.lead_out;
        add_track(session.tracks[i], session.number, end);
      }
    }
    // The tracks come from here, so the lead-out does too, whatever format 0 says.
    toc_ = mmc::Toc{.lead_out = sessions.back().lead_out};
  }

  /// Without a full TOC only the last session's start is known, and how many there are.
  void take_toc(const mmc::Toc& toc, const std::optional<mmc::SessionInformation>& last) {
    if (toc.lead_out > mmc::kCdEnd) return;
    const std::uint8_t sessions = last ? last->last_session : std::uint8_t{1};
    disc_.sessions = sessions;
    for (std::size_t i = 0; i < toc.tracks.size(); ++i) {
      const bool is_last = i + 1 == toc.tracks.size();
      const bool in_last_session = !last || toc.tracks[i].track >= last->first_track_of_last;
      Lba end = is_last ? toc.lead_out : toc.tracks[i + 1].start;
      const bool gap_follows = !is_last && last && sessions > 1 && toc.tracks[i + 1].track == last->first_track_of_last;
      if (gap_follows) end = std::max(end - kFirstSessionGap, toc.tracks[i].start + 1);
      add_track(toc.tracks[i], in_last_session ? sessions : std::uint8_t{1}, end);
    }
  }

  void add_track(const mmc::TocEntry& entry, std::uint8_t session, Lba end) {
    disc_.tracks.push_back({.number = entry.track,
                            .session = session,
                            .control = entry.control,
                            .start = entry.start,
                            .sectors = end - entry.start});
  }

  void add_opinion(std::string_view source, std::int64_t sectors) {
    disc_.sizes.push_back({.source = std::string{source}, .sectors = sectors});
  }

  /// Over decoded values, not raw replies: drives word the same table of contents differently.
  [[nodiscard]] std::string digest() const {
    std::string text = fmt::format("kind {} sectors {}\n", std::to_underlying(disc_.profile.kind), disc_.sectors);
    for (const Track& t : disc_.tracks)
      text += fmt::format("track {} session {} control {} start {} sectors {}\n", t.number, t.session, t.control,
                          t.start.value, t.sectors);
    if (pfi_)
      text += fmt::format("pfi {} {} {} {} {} {} {} {} {}\n", pfi_->book_type, pfi_->part_version, pfi_->disc_size,
                          pfi_->maximum_rate, pfi_->layers, pfi_->opposite_track_path, pfi_->first_psn, pfi_->last_psn,
                          pfi_->last_psn_layer0);
    Hasher hasher{DigestKind::sha256};
    hasher.update(std::as_bytes(std::span{text}));
    return hasher.finish().hex();
  }

  Channel& channel_;
  std::vector<Lba>& hanging_;
  bool ill_ = false;
  Disc disc_;
  std::optional<mmc::DiscInformation> information_;
  std::optional<mmc::Toc> toc_;
  std::optional<mmc::PhysicalFormat> pfi_;
  std::int64_t pfi_sectors_ = 0;
};

}  // namespace

Result<Disc> identify_disc(Channel& channel, std::vector<Lba>& hanging) {
  // Trouble passes; a drive that is always in trouble over a question does not know it.
  using namespace std::chrono_literals;
  constexpr std::array kPauses{0s, 1s, 3s};
  Result<Disc> disc;
  for (const auto pause : kPauses) {
    if (pause > 0s) channel.clock().sleep_for(pause);
    Identification identification{channel, hanging};
    disc = identification.run();
    if (!disc || !identification.ill()) return disc;
  }
  return disc;
}

}  // namespace pressmark::drive
