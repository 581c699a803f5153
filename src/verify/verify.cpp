// One walk over the source. While everything can be read the digests are fed from it (hash_lanes.cpp) and images are compared
// on the way; from the first unreadable sector on there is nothing to hash, and the walk goes on for the list alone.
#include "pressmark/verify.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/try.h"
#include "verify/compare.h"

namespace pressmark {
namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;

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

  /// Nothing, rather than digests, if a sector could not be read.
  Result<std::vector<Digest>> digests(std::span<const DigestKind> kinds) {
    if (kinds.empty()) return {};
    const ByteSource next = [this](std::span<std::byte> out) -> Result<std::size_t> {
      TRY(const std::size_t got, take(out));
      return unreadable_.empty() ? got : 0;  // ends the stream; what was hashed of it is thrown away
    };
    TRY(auto digests, hash_stream(next, bytes_, kinds, options_));
    if (!unreadable_.empty()) digests.clear();
    return digests;
  }

  Result<void> to_the_end() {
    std::vector<std::byte> piece(kPieceBytes);
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
    for (const LbaRange& range : bad) unreadable_.add(range);
    for (OtherImage& other : others_) CHECK(other.comparer.take(at_, out.first(length), bad));
    at_ += length;
    return length;
  }

  SectorSource& source_;
  std::vector<OtherImage>& others_;
  const HashOptions& options_;
  std::uint64_t bytes_;
  std::uint64_t at_ = 0;
  SectorRanges unreadable_;
};

Result<std::vector<OtherImage>> open_others(Files& files, std::span<const Expectation> expectations,
                                            std::uint64_t bytes) {
  std::vector<OtherImage> others;
  for (std::size_t i = 0; i < expectations.size(); ++i) {
    const auto* expected = std::get_if<ExpectedImage>(&expectations[i]);
    if (expected == nullptr) continue;
    TRY(auto file, files.open(expected->path, OpenMode::read));
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
  return unreadable.empty() &&
         std::ranges::all_of(outcomes, [](const Outcome& o) { return o.answer == Answer::matched; });
}

Result<VerifyReport> verify(SectorSource& source, std::span<const Expectation> expectations, Files& files,
                            const VerifyOptions& options) {
  TRY(auto others, open_others(files, expectations, source.bytes()));
  const auto kinds = wanted_kinds(expectations, options.kinds);
  VerifyReport report{.source = source.name(), .bytes = source.bytes()};
  Walk walk{source, others, options.hash};
  TRY(report.digests, walk.digests(kinds));
  CHECK(walk.to_the_end());
  report.unreadable = walk.unreadable();

  auto other = others.begin();
  for (const Expectation& expectation : expectations)
    if (const auto* digest = std::get_if<ExpectedDigest>(&expectation))
      report.outcomes.push_back(outcome_of(*digest, report));
    else
      report.outcomes.push_back(outcome_of(std::get<ExpectedImage>(expectation), (other++)->comparer.result(), report));
  return report;
}

}  // namespace pressmark
