// Large reads while all goes well; where one fails, its ECC blocks one by one, each with its retries.
#include "pressmark/disc_source.h"

#include <algorithm>

#include "core/try.h"
#include "rip/reader.h"

namespace pressmark {
namespace {

constexpr int kTimeoutsInARow = 5;

class DiscSource final : public DiscImageSource {
 public:
  DiscSource(Drive& drive, DiscSourceOptions options, ImagePlan plan, MediaKind kind)
      : drive_(drive),
        options_(std::move(options)),
        reader_(drive, plan),
        kind_(kind),
        grades_(plan.transfer_sectors) {}
  ~DiscSource() override { (void)drive_.unlock_tray(); }

  [[nodiscard]] std::string name() const override { return drive_.transport().info().path; }
  [[nodiscard]] std::uint64_t bytes() const override {
    return static_cast<std::uint64_t>(reader_.plan().range.count) * kUserBytes;
  }

  [[nodiscard]] std::optional<Lba> first_on_cd() const override {
    return kind_ == MediaKind::cd ? std::optional{reader_.plan().range.first} : std::nullopt;
  }

  Result<void> read(Lba first, std::uint32_t count, std::span<std::byte> out,
                    std::vector<LbaRange>& unreadable) override {
    const std::int64_t end = first.value + std::int64_t{count};
    for (std::int64_t at = first.value; at < end;) {
      const std::int64_t piece = std::min<std::int64_t>(end - at, reader_.plan().transfer_sectors);
      TRY(const bool whole,
          read_piece({at, static_cast<std::uint32_t>(piece)}, place(out, at - first.value, piece), nullptr));
      if (!whole)
        CHECK(read_blocks({at, static_cast<std::uint32_t>(piece)}, place(out, at - first.value, piece), unreadable));
      at += piece;
    }
    return {};
  }

 private:
  struct Piece {
    std::int64_t first = 0;
    std::uint32_t count = 0;
  };
  static std::span<std::byte> place(std::span<std::byte> out, std::int64_t sector, std::int64_t count) {
    return out.subspan(static_cast<std::size_t>(sector) * kUserBytes, static_cast<std::size_t>(count) * kUserBytes);
  }

  Result<void> read_blocks(Piece piece, std::span<std::byte> out, std::vector<LbaRange>& unreadable) {
    const std::int64_t block = reader_.plan().block_sectors;
    const std::int64_t end = piece.first + piece.count;
    for (std::int64_t at = piece.first; at < end;) {
      const std::int64_t next = std::min((at / block + 1) * block, end);
      const Piece one{at, static_cast<std::uint32_t>(next - at)};
      bool whole = false;
      for (std::uint32_t tries = 0; tries <= options_.retries && !whole; ++tries) {
        std::vector<LbaRange>* bad = tries == options_.retries ? &unreadable : nullptr;
        TRY(whole, read_piece(one, place(out, at - piece.first, next - at), bad, tries > 0));
      }
      at = next;
    }
    return {};
  }

  /// True if every sector is good; what is not is listed where a list is given.
  Result<bool> read_piece(Piece piece, std::span<std::byte> out, std::vector<LbaRange>* unreadable,
                          bool past_cache = false) {
    const auto grades = std::span{grades_}.first(piece.count);
    if (auto read = reader_.read(piece.first, piece.count, out, grades, {.past_cache = past_cache}); !read) {
      CHECK(survivable(read.error()));
      std::ranges::fill(grades, Grade::unreadable);
    } else {
      timeouts_ = 0;
    }
    const bool whole = std::ranges::all_of(grades, is_good);
    if (whole || unreadable == nullptr) return whole;
    for (std::uint32_t i = 0; i < piece.count; ++i)
      if (!is_good(grades[i])) unreadable->push_back({Lba{piece.first + i}, 1});
    return false;
  }

  /// What was read so far is not known to be of the disc that is there now: no answer is better than one over two discs.
  [[nodiscard]] std::unexpected<Error> disturbed() const {
    return fail({.kind = ErrorKind::medium_changed,
                 .tried = "verify the disc in one go",
                 .where = name(),
                 .got = "the drive was reset, or says that its disc may have been changed",
                 .next = "run the same command again"});
  }
  /// Nothing if reading may go on after this failure; otherwise the failure.
  Result<void> survivable(const Error& error) {
    const bool wait = error.kind == ErrorKind::timeout || error.kind == ErrorKind::bus ||
                      (error.sense && advise(*error.sense) == Verdict::wait);
    if (wait) {
      if (++timeouts_ >= kTimeoutsInARow) return fail(error);
      CHECK(drive_.wait_ready(options_.ready_limit,
                              [&](const ReadyProgress&) { return !(options_.stop && options_.stop()); }));
      TRY(const bool changed, drive_.medium_may_have_changed());
      return changed ? Result<void>{disturbed()} : Result<void>{};
    }
    if (error.sense && advise(*error.sense) == Verdict::identify) return disturbed();
    const bool goes_on = error.kind == ErrorKind::short_transfer ||
                         (error.kind == ErrorKind::sense && (!error.sense || advise(*error.sense) != Verdict::stop));
    return goes_on ? Result<void>{} : Result<void>{fail(error)};
  }

  Drive& drive_;
  DiscSourceOptions options_;
  SectorReader reader_;
  MediaKind kind_;
  std::vector<Grade> grades_;
  int timeouts_ = 0;
};

}  // namespace

Result<std::unique_ptr<DiscImageSource>> open_disc_source(Drive& drive, const DiscSourceOptions& options) {
  CHECK(drive.wait_ready(options.ready_limit, [&](const ReadyProgress&) { return !(options.stop && options.stop()); }));
  TRY(const Disc disc, drive.identify());
  TRY(const ImagePlan plan, plan_image(drive, disc, {.track = options.track, .raw = options.raw}));
  (void)drive.lock_tray();  // a drive that cannot lock can still be read
  return std::make_unique<DiscSource>(drive, options, plan, disc.profile.kind);
}

}  // namespace pressmark
