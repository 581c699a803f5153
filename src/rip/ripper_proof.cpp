// The proof that the disc in the drive is the one that the files are of: good sectors, spread over it, are read again and
// compared with the image.
#include <algorithm>
#include <cassert>
#include <fmt/format.h>

#include "core/try.h"
#include "rip/ripper.h"

namespace pressmark {
namespace {

/// Blocks read again to prove that this is the disc the files are of.
constexpr std::int64_t kProofs = 16;
constexpr std::int64_t kProofTries = 64;

}  // namespace

using rip_errors::another_disc;

/// Reads good blocks, spread over the disc, again and compares them with the image. Without one that is equal nothing
/// is written; with one that differs neither.
Result<void> Ripper::prove_same_disc() {
  std::vector<GradedRun> good;
  for (const GradedRun& run : outcome_.map.runs())
    if (is_good(run.grade)) good.push_back(run);
  if (good.empty()) return {};
  const std::int64_t total = outcome_.map.good();
  const std::uint32_t block = std::min<std::uint32_t>(reader_->plan().block_sectors, reader_->plan().transfer_sectors);
  std::vector<std::byte> image(std::size_t{block} * kUserBytes);
  std::int64_t equal = 0;
  std::optional<Error> last;
  for (std::int64_t i = 0; i < kProofTries && equal < kProofs; ++i) {
    // Evenly spread over the good sectors: first a coarse comb, then the gaps between its teeth.
    std::int64_t nth =
        i < kProofs ? total * i / kProofs : total * (2 * (i - kProofs) + 1) / (2 * (kProofTries - kProofs));
    const auto run =
        std::ranges::find_if(good, [&](const GradedRun& r) { return nth < r.count || (nth -= r.count, false); });
    assert(run != good.end());
    const auto count = static_cast<std::uint32_t>(std::min<std::int64_t>(block, run->end() - (run->first + nth)));
    const std::int64_t sector = run->first + nth;
    const auto bytes = std::size_t{count} * kUserBytes;
    CHECK(writer_->read_back(sector, std::span{image}.first(bytes)));
    const auto fresh = std::span{buffer_}.first(bytes);
    const auto grades = std::span{grades_}.first(count);
    if (auto read = reader_->read(sector, count, fresh, grades, {}); !read) {
      if (read.error().kind != ErrorKind::sense && read.error().kind != ErrorKind::timeout)
        return std::unexpected(std::move(read).error());
      last = std::move(read).error();
      continue;
    }
    if (!std::ranges::all_of(grades, is_good)) continue;
    if (!std::ranges::equal(fresh, std::span{image}.first(bytes)))
      return another_disc(
          fmt::format("{}, LBA {}", options_.source, lba(sector).value),
          "the disc has other bytes there than the image: it is another disc, or the image was changed");
    ++equal;
  }
  if (equal > 0) return {};
  return fail({.kind = ErrorKind::medium_changed,
               .tried = "prove that this is the disc the files are of",
               .where = options_.source,
               .got = last ? "no good sector can be read again: " + last->got : "no good sector can be read again",
               .next = "clean the disc or try another drive"});
}

}  // namespace pressmark
