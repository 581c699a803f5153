// Whole pieces are compared at once, since nearly all are equal; only one that is not is looked at sector by sector.
#include "verify/compare.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

#include "core/try.h"

namespace pressmark {
namespace {

static_assert(kVerifyPieceBytes % kUserBytes == 0);

}  // namespace

void SectorRanges::add(LbaRange range) {
  if (range.count <= 0) return;
  const bool touches = sectors > 0 && range.first <= end_;
  sectors += range.count;
  end_ = range.end();
  if (touches && ranges_omitted > 0) return;  // it goes on from one that is not listed
  if (touches)
    ranges.back().count = range.end() - ranges.back().first;
  else if (ranges.size() < kMostRanges)
    ranges.push_back(range);
  else
    ++ranges_omitted;
}

Result<Comparer> Comparer::against(File& other, std::uint64_t bytes) {
  Comparer comparer{other};
  comparer.result_.bytes = bytes;
  TRY(comparer.result_.other_bytes, other.size());
  return comparer;
}

Result<void> Comparer::take(std::uint64_t offset, std::span<const std::byte> piece,
                            std::span<const LbaRange> unreadable) {
  const std::uint64_t there = result_.other_bytes - std::min(offset, result_.other_bytes);
  piece = piece.first(static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), there)));
  buffer_.resize(std::max(buffer_.size(), piece.size()));
  const auto other = std::span{buffer_}.first(piece.size());
  TRY(const std::size_t got, other_->read_at(offset, other));
  if (got < other.size())
    return fail({.kind = ErrorKind::io,
                 .tried = fmt::format("read {} bytes at {}", other.size(), offset),
                 .where = "the image to compare with",
                 .got = fmt::format("{} bytes: the file has become shorter", got),
                 .next = "see what else writes to this file"});
  if (piece.empty() || std::memcmp(piece.data(), other.data(), piece.size()) == 0) return {};

  for (std::size_t at = 0; at < piece.size(); at += kUserBytes) {
    const Lba sector{static_cast<std::int64_t>((offset + at) / kUserBytes)};
    while (!unreadable.empty() && unreadable.front().end() <= sector) unreadable = unreadable.subspan(1);
    if (!unreadable.empty() && unreadable.front().contains(sector)) continue;
    const std::size_t length = std::min<std::size_t>(kUserBytes, piece.size() - at);
    const auto [here, elsewhere] = std::ranges::mismatch(piece.subspan(at, length), other.subspan(at, length));
    if (here == piece.begin() + static_cast<std::ptrdiff_t>(at + length)) continue;
    if (!result_.first_difference) result_.first_difference = offset + static_cast<std::uint64_t>(here - piece.begin());
    result_.different.add({sector, 1});
  }
  return {};
}

Result<Comparison> compare(File& file, File& other, const HashOptions& options) {
  TRY(const std::uint64_t bytes, file.size());
  TRY(Comparer comparer, Comparer::against(other, bytes));
  std::vector<std::byte> piece(kVerifyPieceBytes);
  for (std::uint64_t at = 0; at < bytes; at += piece.size()) {
    TRY(const std::size_t got,
        file.read_at(at, std::span{piece}.first(std::min<std::uint64_t>(piece.size(), bytes - at))));
    CHECK(comparer.take(at, std::span{piece}.first(got), {}));
    if (options.progress && !options.progress({.bytes_done = at + got, .bytes_total = bytes}))
      return fail({.kind = ErrorKind::interrupted, .tried = "compare the images", .got = "asked to stop"});
  }
  return comparer.result();
}

}  // namespace pressmark
