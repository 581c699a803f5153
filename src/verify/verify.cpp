// One walk over the source. While everything can be read the digests and seals are fed from it (hash_lanes.cpp) and images are
// compared on the way; from the first unreadable sector on there is nothing to hash, and the walk goes on for the list alone.
#include "pressmark/verify.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/try.h"
#include "verify/compare.h"
#include "verify/hash_lanes.h"
#include "verify/measure.h"
#include "verify/seals.h"

namespace pressmark {
namespace {

/// The images that expectations name, opened, with the index of the expectation.
struct OtherImage {
  std::size_t expectation = 0;
  std::unique_ptr<File> file;
  Comparer comparer;
};

std::vector<DigestKind> wanted_kinds(std::span<const Expectation> expectations, std::span<const DigestKind> asked) {
  std::vector<DigestKind> kinds;
  const auto want = [&](DigestKind kind) {
    if (std::ranges::find(kinds, kind) == kinds.end()) kinds.push_back(kind);
  };
  for (DigestKind kind : asked) want(kind);
  for (const Expectation& expectation : expectations)
    if (const auto* expected = std::get_if<ExpectedDigest>(&expectation)) want(expected->digest.kind);
  return kinds;
}

class Walk {
 public:
  Walk(SectorSource& source, std::vector<OtherImage>& others, const HashOptions& options)
      : source_(source), others_(others), options_(options), bytes_(source.bytes()) {}

  /// The first piece, which the stream then begins with: it tells which seals there are to check. What could not be read of
  /// it is zeros.
  Result<std::span<const std::byte>> head() {
    head_.resize(kSealHeadBytes);
    TRY(const std::size_t got, take(head_));
    head_.resize(got);
    return head_;
  }

  /// Everything up to the first sector that cannot be read.
  Result<void> stream(std::span<const Lane> lanes) {
    std::span<const std::byte> ahead = std::span{head_}.first(readable_of(0, head_.size()));
    const ByteSource next = [&](std::span<std::byte> out) -> Result<std::size_t> {
      std::size_t filled = std::min(ahead.size(), out.size());
      std::ranges::copy(ahead.first(filled), out.begin());
      ahead = ahead.subspan(filled);
      if (!ahead.empty() || !unreadable_.empty()) return filled;
      const std::uint64_t from = at_;
      TRY(const std::size_t got, take(out.subspan(filled)));
      return filled + readable_of(from, got);
    };
    CHECK(feed_lanes(lanes, next, bytes_, options_));
    return {};
  }

  Result<void> to_the_end() {
    std::vector<std::byte> piece(kVerifyPieceBytes);
    while (at_ < bytes_) {
      CHECK(take(piece));
      if (options_.progress && !options_.progress({.bytes_done = at_, .bytes_total = bytes_}))
        return fail(
            {.kind = ErrorKind::interrupted, .tried = "verify", .where = source_.name(), .got = "asked to stop"});
    }
    return {};
  }

  [[nodiscard]] const SectorRanges& unreadable() const { return unreadable_; }

 private:
  /// Reads the next piece into `out`, which holds whole sectors; holds it against the other images.
  Result<std::size_t> take(std::span<std::byte> out) {
    const std::size_t length = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), bytes_ - at_));
    if (length == 0) return 0;
    const auto count = static_cast<std::uint32_t>((length + kUserBytes - 1) / kUserBytes);
    const Lba first{static_cast<std::int64_t>(at_ / kUserBytes)};
    std::vector<LbaRange> bad;
    CHECK(source_.read(first, count, out.first(std::size_t{count} * kUserBytes), bad));
    for (const LbaRange& range : bad) {
      unreadable_.add(range);
      if (!first_bad_) first_bad_ = range.first.byte_offset();
      std::ranges::fill(out.subspan(static_cast<std::size_t>(range.first - first) * kUserBytes,
                                    static_cast<std::size_t>(range.count) * kUserBytes),
                        std::byte{0});
    }
    for (OtherImage& other : others_) CHECK(other.comparer.take(at_, out.first(length), bad));
    at_ += length;
    return length;
  }

  /// Of `length` bytes that were read from `from` on, those before the first unreadable sector.
  [[nodiscard]] std::size_t readable_of(std::uint64_t from, std::size_t length) const {
    if (!first_bad_) return length;
    return static_cast<std::size_t>(std::min<std::uint64_t>(length, *first_bad_ - std::min(from, *first_bad_)));
  }

  SectorSource& source_;
  std::vector<OtherImage>& others_;
  const HashOptions& options_;
  std::uint64_t bytes_;
  std::uint64_t at_ = 0;
  SectorRanges unreadable_;
  std::optional<std::uint64_t> first_bad_;  // byte
  std::vector<std::byte> head_;
};

/// Lanes for digests and seals, which outlive them.
std::vector<Lane> lanes_of(std::span<Hasher> hashers, std::span<const std::unique_ptr<SealCheck>> seals) {
  std::vector<Lane> lanes;
  for (Hasher& hasher : hashers)
    lanes.emplace_back([&hasher](std::span<const std::byte> bytes) { hasher.update(bytes); });
  for (const auto& seal : seals)
    lanes.emplace_back([check = seal.get()](std::span<const std::byte> bytes) { check->take(bytes); });
  return lanes;
}

Result<std::vector<OtherImage>> open_others(Files& files, std::span<const Expectation> expectations,
                                            std::uint64_t bytes) {
  std::vector<OtherImage> others;
  for (std::size_t i = 0; i < expectations.size(); ++i) {
    const auto* expected = std::get_if<ExpectedImage>(&expectations[i]);
    if (expected == nullptr) continue;
    TRY(auto file, open_measure(files, expected->path));
    TRY(Comparer comparer, Comparer::against(*file, bytes));
    others.push_back({.expectation = i, .file = std::move(file), .comparer = std::move(comparer)});
  }
  return others;
}

Outcome outcome_of(const ExpectedDigest& expected, const VerifyReport& report) {
  const auto found = std::ranges::find(report.digests, expected.digest.kind, &Digest::kind);
  if (found == report.digests.end()) return {.expectation = expected, .answer = Answer::unknown};
  return {.expectation = expected,
          .answer = *found == expected.digest ? Answer::matched : Answer::differs,
          .computed = *found};
}

Outcome outcome_of(const ExpectedImage& expected, const Comparison& comparison, const VerifyReport& report) {
  const Answer answer = !comparison.equal()         ? Answer::differs
                        : report.unreadable.empty() ? Answer::matched
                                                    : Answer::unknown;
  return {.expectation = expected, .answer = answer, .comparison = comparison};
}

}  // namespace

std::string_view to_string(Answer answer) {
  switch (answer) {
    case Answer::matched: return "matched";
    case Answer::differs: return "differs";
    case Answer::unknown: return "unknown";
  }
  return "unknown";
}

bool VerifyReport::good() const {
  const auto matched = [](const auto& outcome) { return outcome.answer == Answer::matched; };
  return unreadable.empty() && std::ranges::all_of(outcomes, matched) && std::ranges::all_of(seals, matched);
}

Result<VerifyReport> verify(SectorSource& source, std::span<const Expectation> expectations, Files& files,
                            const VerifyOptions& options) {
  TRY(auto others, open_others(files, expectations, source.bytes()));
  const auto kinds = wanted_kinds(expectations, options.kinds);
  VerifyReport report{.source = source.name(), .bytes = source.bytes()};
  Walk walk{source, others, options.hash};
  std::vector<Hasher> hashers;
  for (DigestKind kind : kinds) hashers.emplace_back(kind);
  TRY(const auto head, walk.head());
  const auto seals = options.seals ? find_seals(head) : std::vector<std::unique_ptr<SealCheck>>{};
  CHECK(walk.stream(lanes_of(hashers, seals)));
  CHECK(walk.to_the_end());
  report.unreadable = walk.unreadable();
  if (report.unreadable.empty())
    for (Hasher& hasher : hashers) report.digests.push_back(hasher.finish());
  for (const auto& seal : seals) std::ranges::move(seal->outcomes(report.bytes), std::back_inserter(report.seals));

  auto other = others.begin();
  for (const Expectation& expectation : expectations)
    if (const auto* digest = std::get_if<ExpectedDigest>(&expectation))
      report.outcomes.push_back(outcome_of(*digest, report));
    else
      report.outcomes.push_back(outcome_of(std::get<ExpectedImage>(expectation), (other++)->comparer.result(), report));
  return report;
}

}  // namespace pressmark
