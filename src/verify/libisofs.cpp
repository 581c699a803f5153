// A tag is believed only in the sector that it names: images within images have tags of their own, which name others.
//
// Where a session starts is known only when its first tag comes by, some 20 sectors on, so the last sectors of what went before
// are kept. From then on the session's MD5 runs along, and each of its tags is held against where it stands.
#include "verify/libisofs.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

#include "core/text.h"

namespace pressmark {
namespace {

constexpr std::string_view kMagic = "libisofs_";
constexpr std::int64_t kTailSectors = 64;     // system area, and more descriptors than anyone writes
constexpr std::size_t kMostOutcomes = 4'096;  // three for each session

struct TagRow {
  std::string_view word;
  SealKind kind;
  std::string_view next;
};
constexpr std::array kTags{
    TagRow{"libisofs_rlsb32_checksum_tag_v1", SealKind::libisofs_relocated, "session_start="},
    TagRow{"libisofs_sb_checksum_tag_v1", SealKind::libisofs_superblock, "next="},
    TagRow{"libisofs_tree_checksum_tag_v1", SealKind::libisofs_tree, "next="},
    TagRow{"libisofs_checksum_tag_v1", SealKind::libisofs_session, ""},
};

std::string_view word_after(std::string_view line, std::string_view key) {
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos) return {};
  line.remove_prefix(at + key.size());
  return line.substr(0, line.find(' '));
}

std::optional<std::int64_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::optional<Digest> md5_of(std::string_view hex) {
  auto digest = parse_digest("md5:" + std::string{hex});
  return digest ? std::optional{std::move(*digest)} : std::nullopt;
}

bool self_holds(std::string_view line) {
  const std::size_t at = line.rfind(" self=");
  if (at == std::string_view::npos) return false;
  Hasher md5{DigestKind::md5};
  md5.update(std::as_bytes(std::span{line.substr(0, at)}));
  const auto self = md5_of(word_after(line.substr(at), "self="));
  return self && *self == md5.finish();
}

bool has_magic(std::span<const std::byte> sector) {
  return sector.size() >= kUserBytes &&
         std::ranges::equal(sector.first(kMagic.size()), std::as_bytes(std::span{kMagic}));
}

class LibisofsCheck final : public SealCheck {
 public:
  explicit LibisofsCheck(Blanks blanks) : blanks_(blanks) {}

  void take(std::span<const std::byte> bytes) override {
    bytes = with_blanks(bytes, static_cast<std::uint64_t>(at_) * kUserBytes, blanks_, room_);
    const auto count = static_cast<std::int64_t>(bytes.size() / kUserBytes);
    piece_ = bytes;
    std::int64_t hashed = at_;
    for (std::int64_t i = 0; i < count; ++i) {
      const auto sector = bytes.subspan(static_cast<std::size_t>(i) * kUserBytes, kUserBytes);
      const std::int64_t here = at_ + i;
      const bool due = session_ && session_->next == here;
      if (!due && !has_magic(sector)) continue;
      const auto tag = parse_libisofs_tag(sector);
      const bool believed = tag && tag->position == here;
      if (!due && !believed) continue;
      run_to(hashed, here);
      hashed = here;
      if (believed)
        take_tag(*tag);
      else
        miss("there is no tag where one should be");
    }
    run_to(hashed, at_ + count);
    at_ += count;
    keep_tail(bytes.first(static_cast<std::size_t>(count) * kUserBytes));
  }

  std::vector<SealOutcome> outcomes(std::uint64_t image_bytes) override {
    const bool all = static_cast<std::uint64_t>(at_) == image_bytes / kUserBytes;
    if (session_ && session_->next)
      give({.kind = session_->due, .covers = {session_->start, *session_->next - session_->start}},
           all ? Answer::differs : Answer::unknown, "the image ends before the session's next tag");
    if (newest_session_ && newest_session_ > last_start_)
      give({.kind = SealKind::libisofs_superblock, .covers = {*newest_session_, 0}},
           all ? Answer::differs : Answer::unknown, "the newest session's first tag is not there");
    return std::move(outcomes_);
  }

 private:
  struct Session {
    std::int64_t start = 0;
    Hasher md5{DigestKind::md5};
    std::optional<std::int64_t> next;  // where the next tag should be
    SealKind due = SealKind::libisofs_tree;
    std::int64_t right_to = 0;  // up to here a tag has held
  };

  /// The running session's MD5 goes on over sectors [from, to) of the piece.
  void run_to(std::int64_t from, std::int64_t to) {
    if (session_) session_->md5.update(of_piece(from, to));
  }
  [[nodiscard]] std::span<const std::byte> of_piece(std::int64_t from, std::int64_t to) const {
    return piece_.subspan(static_cast<std::size_t>(from - at_) * kUserBytes,
                          static_cast<std::size_t>(to - from) * kUserBytes);
  }

  void keep_tail(std::span<const std::byte> bytes) {
    constexpr std::size_t kTailBytes = std::size_t{kTailSectors} * kUserBytes;
    if (bytes.size() < kTailBytes) {
      tail_.insert(tail_.end(), bytes.begin(), bytes.end());
      if (tail_.size() > kTailBytes) tail_.erase(tail_.begin(), tail_.end() - kTailBytes);
    } else {
      tail_.assign(bytes.end() - kTailBytes, bytes.end());
    }
  }

  void give(SealOutcome outcome, Answer answer, std::string note = {}) {
    if (outcomes_.size() >= kMostOutcomes) return;
    outcome.answer = answer;
    outcome.note = std::move(note);
    outcomes_.push_back(std::move(outcome));
  }

  void miss(std::string note) {
    give({.kind = session_->due,
          .covers = {session_->start, *session_->next - session_->start},
          .damage = SectorRange{*session_->next, 1}},
         Answer::differs, std::move(note));
    session_->next.reset();
  }

  void take_tag(const LibisofsTag& tag) {
    switch (tag.kind) {
      case SealKind::libisofs_relocated:
      case SealKind::libisofs_superblock: return begin_range(tag);
      case SealKind::libisofs_tree:
      case SealKind::libisofs_session: return go_on(tag);
      case SealKind::isomd5sum: return;
    }
  }

  /// A short range that lies behind us. It starts after the last one of its kind, so that no bytes are hashed twice.
  void begin_range(const LibisofsTag& tag) {
    const std::int64_t kept_from = at_ - static_cast<std::int64_t>(tail_.size() / kUserBytes);
    if (tag.range.count > kTailSectors || tag.range.first < free_from_) return;
    free_from_ = tag.position;
    Hasher md5{DigestKind::md5};
    if (tag.range.first < at_)
      md5.update(std::span<const std::byte>{tail_}
                     .subspan(static_cast<std::size_t>(tag.range.first - kept_from) * kUserBytes)
                     .first(static_cast<std::size_t>(std::min(at_, tag.position) - tag.range.first) * kUserBytes));
    if (tag.position > at_) md5.update(of_piece(std::max(at_, tag.range.first), tag.position));
    const bool holds = compare(tag, md5.so_far(), tag.range.first);
    if (tag.kind == SealKind::libisofs_relocated) {
      newest_session_ = tag.next;
      return;
    }
    if (session_ && session_->next) miss("another session begins before it");
    last_start_ = tag.range.first;
    session_.emplace(Session{.start = tag.range.first,
                             .md5 = std::move(md5),
                             .next = tag.next,
                             .right_to = holds ? tag.position : tag.range.first});
    if (*session_->next <= tag.position) session_->next.reset();
  }

  void go_on(const LibisofsTag& tag) {
    if (!session_ || session_->start != tag.range.first) {
      give({.kind = tag.kind, .covers = tag.range, .expected = tag.md5}, Answer::differs,
           "the first tag of its session is gone");
      return;
    }
    if (compare(tag, session_->md5.so_far(), session_->right_to)) session_->right_to = tag.position;
    if (tag.kind == SealKind::libisofs_session) {
      session_.reset();
      return;
    }
    session_->due = SealKind::libisofs_session;
    session_->next = tag.next > tag.position ? std::optional{tag.next} : std::nullopt;
  }

  bool compare(const LibisofsTag& tag, Digest computed, std::int64_t right_to) {
    const bool holds = computed == tag.md5;
    SealOutcome outcome{.kind = tag.kind, .covers = tag.range, .expected = tag.md5, .computed = std::move(computed)};
    if (!holds) outcome.damage = SectorRange{right_to, tag.position - right_to};
    give(std::move(outcome), holds ? Answer::matched : Answer::differs);
    return holds;
  }

  Blanks blanks_;
  std::vector<std::byte> room_;
  std::vector<std::byte> tail_;       // the last sectors before at_
  std::span<const std::byte> piece_;  // what is being taken, from at_ on
  std::int64_t at_ = 0;               // sectors taken
  std::int64_t free_from_ = 0;        // where the next session may start
  std::int64_t last_start_ = -1;
  std::optional<std::int64_t> newest_session_;
  std::optional<Session> session_;
  std::vector<SealOutcome> outcomes_;
};

}  // namespace

std::optional<LibisofsTag> parse_libisofs_tag(std::span<const std::byte> sector) {
  if (!has_magic(sector)) return std::nullopt;
  std::string line;
  for (std::byte b : sector.first(kUserBytes)) {
    if (b == std::byte{'\n'} || b == std::byte{0}) break;
    line += static_cast<char>(b);
  }
  const auto row = std::ranges::find(kTags, line.substr(0, line.find(' ')), &TagRow::word);
  if (row == kTags.end() || !self_holds(line)) return std::nullopt;
  const auto position = number(word_after(line, " pos="));
  const auto start = number(word_after(line, " range_start="));
  const auto size = number(word_after(line, " range_size="));
  auto md5 = md5_of(word_after(line, " md5="));
  const auto next = row->next.empty() ? std::optional<std::int64_t>{0} : number(word_after(line, row->next));
  if (!position || !start || !size || !md5 || !next || *size == 0 || *start + *size != *position) return std::nullopt;
  return LibisofsTag{
      .kind = row->kind, .position = *position, .range = {*start, *size}, .next = *next, .md5 = std::move(*md5)};
}

std::unique_ptr<SealCheck> libisofs_check(Blanks blanks) { return std::make_unique<LibisofsCheck>(blanks); }

}  // namespace pressmark
