// A piece is read once, sector by sector. Its bytes go to the lanes of src/verify; on the way past, the other forms that are
// asked for are made of each run of sectors and hashed beside.
#include <algorithm>
#include <fmt/format.h>

#include "pressmark/identify.h"
#include "pressmark/sector.h"

#include "core/try.h"

namespace pressmark {
namespace {

constexpr std::uint32_t kSectorsARead = 64;
/// What DATs of CDs have; the other forms are looked up in those alone.
constexpr std::array kCdDigests{DigestKind::crc32, DigestKind::md5, DigestKind::sha1};
/// The last address that a header can say: 89:59:74 (MMC-6 table 618).
constexpr std::int64_t kMostCdSectors = to_lba({89, 59, 74}).value + std::int64_t{1};

/// Sectors that make up a piece.
struct Run {
  std::uint64_t bytes = 0;  ///< in all; the last sector may be cut short
  std::uint32_t sector_bytes = kUserBytes;
  std::uint32_t pregap = 0;  ///< sectors at the beginning
  Lba first;                 ///< address of the first one
};

/// Reads `count` sectors of a run from its sector `first`; false if not all could be read.
using ReadRun = std::function<Result<bool>(std::int64_t first, std::uint32_t count, std::span<std::byte> out)>;

/// Makes Mode 1 sectors around user data.
class Regenerator {
 public:
  /// `count` of them, from the address `first` on; valid until the next call.
  std::span<const std::byte> around(Lba first, std::uint32_t count, std::span<const std::byte> user) {
    raw_.resize(std::size_t{count} * kRawBytes);
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto raw = std::span{raw_}.subspan(std::size_t{i} * kRawBytes).first<kRawBytes>();
      std::ranges::copy(user.subspan(std::size_t{i} * kUserBytes, kUserBytes), raw.begin() + 16);
      synthesise_sector(raw, first + i, SectorMode::mode1);
    }
    return raw_;
  }

 private:
  std::vector<std::byte> raw_;
};

/// One pass over a run.
class Pass {
 public:
  Pass(const Run& run, const ReadRun& read, std::span<const PieceForm> forms) : run_(run), read_(read) {
    for (const PieceForm form : forms)
      if (form != PieceForm::stored) beside_.push_back({.form = form, .hashes = HashSet{kCdDigests}});
    buffer_.resize(std::size_t{kSectorsARead} * run.sector_bytes);
  }

  Result<void> hash(const HashOptions& options, Piece& piece) {
    const ByteSource next = [this](std::span<std::byte> out) { return fill(out); };
    TRY(auto digests, hash_stream(next, run_.bytes, kDefaultDigests, options));
    if (broken_) return {};
    for (PieceReading& reading : piece.readings)
      for (Beside& beside : beside_)
        if (beside.form == reading.form) reading.digests = beside.hashes.finish();
    piece.readings.front().digests = std::move(digests);  // the stored form
    return {};
  }

 private:
  struct Beside {
    PieceForm form;
    HashSet hashes;
  };

  /// The whole of `out`, or what there is.
  Result<std::size_t> fill(std::span<std::byte> out) {
    std::size_t filled = 0;
    while (filled < out.size() && !broken_) {
      if (unread_.empty()) {
        CHECK(read_on());
        if (unread_.empty()) break;
      }
      const std::size_t count = std::min(unread_.size(), out.size() - filled);
      std::ranges::copy(unread_.first(count), out.subspan(filled).begin());
      unread_ = unread_.subspan(count);
      filled += count;
    }
    return broken_ ? 0 : filled;
  }

  Result<void> read_on() {
    const auto at = static_cast<std::uint64_t>(sector_) * run_.sector_bytes;
    if (at >= run_.bytes) return {};
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(buffer_.size(), run_.bytes - at));
    const auto count = static_cast<std::uint32_t>((length + run_.sector_bytes - 1) / run_.sector_bytes);
    TRY(const bool whole, read_(sector_, count, std::span{buffer_}.first(std::size_t{count} * run_.sector_bytes)));
    broken_ = !whole;
    if (broken_) return {};
    unread_ = std::span{buffer_}.first(length);
    for (Beside& beside : beside_) feed(beside, count);
    sector_ += count;
    return {};
  }

  void feed(Beside& beside, std::uint32_t count) {
    switch (beside.form) {
      case PieceForm::stored: return;
      case PieceForm::without_pregap: {
        const std::int64_t gap = std::clamp<std::int64_t>(run_.pregap - sector_, 0, count);
        beside.hashes.update(unread_.subspan(static_cast<std::size_t>(gap) * run_.sector_bytes));
        return;
      }
      case PieceForm::regenerated:
        beside.hashes.update(regenerator_.around(run_.first + sector_, count, buffer_));
        return;
    }
  }

  Run run_;
  const ReadRun& read_;
  std::vector<Beside> beside_;
  std::vector<std::byte> buffer_;
  Regenerator regenerator_;
  std::span<const std::byte> unread_;  // of buffer_
  std::int64_t sector_ = 0;            // to be read next
  bool broken_ = false;
};

/// The forms in which a run may be known, with their sizes.
std::vector<PieceReading> readings_of(const Run& run, bool opens_session, bool mode1) {
  std::vector<PieceReading> readings{{.form = PieceForm::stored, .bytes = run.bytes}};
  if (opens_session && run.pregap > 0)
    readings.push_back(
        {.form = PieceForm::without_pregap, .bytes = run.bytes - std::uint64_t{run.pregap} * run.sector_bytes});
  const auto sectors = static_cast<std::int64_t>(run.bytes / kUserBytes);
  if (mode1 && run.sector_bytes == kUserBytes && run.bytes % kUserBytes == 0 &&
      run.first.value + sectors <= kMostCdSectors)
    readings.push_back({.form = PieceForm::regenerated, .bytes = run.bytes / kUserBytes * kRawBytes});
  return readings;
}

class ImagePieces final : public PieceSource {
 public:
  ImagePieces(std::unique_ptr<SectorSource> source, std::optional<Lba> first)
      : source_(std::move(source)), run_{.bytes = source_->bytes(), .first = first.value_or(Lba{})}, cd_(first) {}

  std::string name() const override { return source_->name(); }
  std::vector<Piece> pieces() const override {
    return {{.name = source_->name(), .readings = readings_of(run_, false, cd_)}};
  }

  Result<void> hash(std::size_t, std::span<const PieceForm> forms, const HashOptions& options, Piece& piece) override {
    std::vector<LbaRange> bad;
    const ReadRun read = [&](std::int64_t first, std::uint32_t count, std::span<std::byte> out) -> Result<bool> {
      CHECK(source_->read(Lba{first}, count, out, bad));
      return bad.empty();
    };
    CHECK(Pass(run_, read, forms).hash(options, piece));
    for (const LbaRange& range : bad) piece.unreadable.add(range);
    return {};
  }

 private:
  std::unique_ptr<SectorSource> source_;
  Run run_;
  bool cd_;
};

class MediumPieces final : public PieceSource {
 public:
  MediumPieces(std::unique_ptr<Medium> medium, std::string name) : medium_(std::move(medium)), name_(std::move(name)) {}

  std::string name() const override { return name_; }

  std::vector<Piece> pieces() const override {
    std::vector<Piece> pieces;
    std::uint8_t session = 0;
    for (const MediumTrack& track : medium_->tracks()) {
      const bool opens = std::exchange(session, track.session) != track.session;
      pieces.push_back({.name = fmt::format("track {}", track.number),
                        .readings = readings_of(run_of(track), opens, track.mode == TrackMode::mode1)});
    }
    return pieces;
  }

  Result<void> hash(std::size_t index, std::span<const PieceForm> forms, const HashOptions& options,
                    Piece& piece) override {
    const Run run = run_of(medium_->tracks()[index]);
    const ReadRun read = [&](std::int64_t first, std::uint32_t count, std::span<std::byte> out) -> Result<bool> {
      CHECK(medium_->read_stored(run.first + first, count, out));
      return true;
    };
    return Pass(run, read, forms).hash(options, piece);
  }

 private:
  static Run run_of(const MediumTrack& track) {
    const std::uint64_t sectors = std::uint64_t{track.pregap} + track.sectors;
    return {.bytes = sectors * track.stored_bytes,
            .sector_bytes = track.stored_bytes,
            .pregap = track.pregap,
            .first = track.start - track.pregap};
  }

  std::unique_ptr<Medium> medium_;
  std::string name_;
};

}  // namespace

std::vector<PieceReading> image_readings(std::uint64_t bytes, std::optional<Lba> first) {
  return readings_of({.bytes = bytes, .first = first.value_or(Lba{})}, false, first.has_value());
}

struct RegeneratingSource::Hashes {
  Lba first;
  bool broken = false;       // there will be no digests
  std::int64_t sectors = 0;  // hashed so far
  Regenerator regenerator = {};
  HashSet set{kCdDigests};
};

RegeneratingSource::RegeneratingSource(SectorSource& source, Lba first)
    : source_(source), hashes_(std::make_unique<Hashes>(Hashes{.first = first})) {
  const auto readings = image_readings(source.bytes(), first);
  hashes_->broken = std::ranges::find(readings, PieceForm::regenerated, &PieceReading::form) == readings.end();
}
RegeneratingSource::~RegeneratingSource() = default;

Result<void> RegeneratingSource::read(Lba first, std::uint32_t count, std::span<std::byte> out,
                                      std::vector<LbaRange>& unreadable) {
  const std::size_t before = unreadable.size();
  CHECK(source_.read(first, count, out, unreadable));
  Hashes& hashes = *hashes_;
  hashes.broken = hashes.broken || unreadable.size() != before || first.value != hashes.sectors;
  if (hashes.broken) return {};
  hashes.set.update(hashes.regenerator.around(hashes.first + hashes.sectors, count, out));
  hashes.sectors += count;
  return {};
}

std::vector<Digest> RegeneratingSource::finish() {
  if (hashes_->broken || hashes_->sectors != sectors()) return {};
  return hashes_->set.finish();
}

std::unique_ptr<PieceSource> pieces_of(std::unique_ptr<SectorSource> source, std::optional<Lba> first) {
  return std::make_unique<ImagePieces>(std::move(source), first);
}

std::unique_ptr<PieceSource> pieces_of(std::unique_ptr<Medium> medium, std::string name) {
  return std::make_unique<MediumPieces>(std::move(medium), std::move(name));
}

}  // namespace pressmark
