// The proof that the disc in the drive is the one that the files are of: good sectors, spread over it, are read again and
// compared with the image.
#include <algorithm>
#include <cassert>
#include <fmt/format.h>
#include <numeric>

#include "core/try.h"
#include "rip/good_sectors.h"
#include "rip/ripper.h"
#include "rip/trouble.h"

namespace pressmark {
namespace {

/// Blocks read again to prove that this is the disc the files are of.
constexpr std::int64_t kProofs = 16;
constexpr std::int64_t kProofTries = 64;
constexpr std::int64_t kGaps = kProofTries - kProofs;
/// ECMA-119 6.7.1: the volume descriptors begin 16 sectors into a track.
constexpr std::int64_t kVolumeDescriptor = 16;
/// A drive that hangs, or has forgotten its commands, so often in a row proves nothing now; each time may cost half a minute.
constexpr int kTroubledReads = 4;

/// Steps of so many, modulo `total`, meet each number once, neighbours long after one another.
std::int64_t coprime_stride(std::int64_t total) {
  std::int64_t stride = std::max<std::int64_t>(total * 5 / 8, 1);
  while (std::gcd(stride, total) != 1) ++stride;
  return stride;
}

/// Which of `total` comes as the `i`th, so that what lies side by side, and may hang, does not come in a row.
std::int64_t tooth(std::int64_t i, std::int64_t total) { return i * coprime_stride(total) % total; }

}  // namespace

using rip_errors::another_disc;

/// Reads good sectors again: `equal` to the image; `blank` where they are, and consist of one byte repeated, as sectors of many discs
/// do in the same places; `not_well` where they do not come now. Fails: medium_changed (other bytes), and where the drive
/// itself is in trouble.
Result<Ripper::Again> Ripper::comes_again(std::int64_t sector, std::uint32_t count) {
  const auto bytes = std::size_t{count} * kUserBytes;
  std::vector<std::byte> image(bytes);
  CHECK(writer_->read_back(sector, image));
  const auto fresh = std::span{buffer_}.first(bytes);
  const auto grades = std::span{grades_}.first(count);
  CHECK(reader_->read(sector, count, fresh, grades, {}));
  if (!std::ranges::all_of(grades, is_good)) return Again::not_well;
  if (!std::ranges::equal(fresh, image))
    return another_disc(fmt::format("{}, LBA {}", options_.source, lba(sector).value),
                        "the disc has other bytes there than the image: it is another disc, or the image was changed");
  const bool blank = std::ranges::all_of(image, [&](std::byte b) { return b == image.front(); });
  return blank ? Again::blank : Again::equal;
}

/// Reads good blocks, spread over the disc, again and compares them with the image. Without one that is equal nothing
/// is written; with one that differs neither.
Result<void> Ripper::prove_same_disc() {
  if (outcome_.map.good() == 0) return {};
  std::optional<Error> last;
  TRY(const bool proven, prove(last));
  if (proven) return {};
  TRY(const bool slowly, prove_slowly(last));
  if (slowly) return {};
  return fail({.kind = ErrorKind::medium_changed,
               .tried = "prove that this is the disc the files are of",
               .where = options_.source,
               .got = last ? "no good sector can be read again: " + last->got : "no good sector can be read again",
               .next = "clean the disc or try another drive"});
}

/// A disc that no longer reads at full speed may be ripped at others.
Result<bool> Ripper::prove_slowly(std::optional<Error>& last) {
  const auto offered = drive_.speeds();
  if (!offered || offered->size() < 2 || !drive_.set_speed(offered->back())) return false;
  auto proven = prove(last);
  if (manner_)
    manner_->forget();
  else if (auto fast = drive_.set_speed(0); !fast && proven)
    return std::unexpected(std::move(fast).error());
  return proven;
}

/// True: some blocks came again, none differs. `last`: why one did not.
Result<bool> Ripper::prove(std::optional<Error>& last) {
  // Where the drive hung last, what came before proves nothing any more: once more without those blocks.
  std::vector<std::int64_t> ill;
  for (;;) {
    const auto known = ill.size();
    TRY(const bool proven, prove_around(ill, last));
    if (proven || ill.size() == known) return proven;
  }
}

/// As prove. `ill`: blocks at which the drive hung, which are not asked again: their sectors would all hang.
Result<bool> Ripper::prove_around(std::vector<std::int64_t>& ill, std::optional<Error>& last) {
  const GoodSectors good{outcome_.map};
  const std::int64_t block = std::min(reader_->plan().block_sectors, reader_->plan().transfer_sectors);
  std::int64_t equal = 0, blank = 0;
  int troubled = 0;
  const bool few = good.total() <= kProofTries;  // then all of them: any may be the one that differs
  for (std::int64_t i = -1; i < (few ? good.total() : kProofTries) && (few || equal < kProofs); ++i) {
    // First the volume descriptor, which has the disc's name and date in it: pressings of one series may have all else in
    // common. Then evenly over the good sectors: a coarse comb, then the gaps between its teeth.
    const bool descriptor = i < 0;
    if (descriptor && (kVolumeDescriptor >= outcome_.map.sectors() || !is_good(outcome_.map.at(kVolumeDescriptor))))
      continue;
    std::int64_t nth = tooth(i, good.total());
    if (!few)
      nth = i < kProofs ? good.total() * i / kProofs : good.total() * (2 * tooth(i - kProofs, kGaps) + 1) / (2 * kGaps);
    const GradedRun run = descriptor ? GradedRun{kVolumeDescriptor, 1, Grade::drive} : good.from(nth, few ? 1 : block);
    const std::int64_t first_block = run.first / block, last_block = (run.end() - 1) / block;
    if (std::ranges::any_of(ill, [&](std::int64_t b) { return first_block <= b && b <= last_block; })) continue;
    const auto again = comes_again(run.first, static_cast<std::uint32_t>(run.count));
    if (again) {
      equal += *again == Again::equal ? 1 : 0;
      blank += *again == Again::blank ? 1 : 0;
      troubled = 0;
      continue;
    }
    last = again.error();
    if (trouble_of(*last) == Trouble::place) continue;
    if (for_a_person(*last) || trouble_of(*last) == Trouble::gone || ++troubled >= kTroubledReads)
      return std::unexpected(*last);
    // News says nothing of the sectors at which it came: they are asked again, and may be the ones that tell two discs apart.
    const bool hung = trouble_of(*last) == Trouble::suspect;
    for (std::int64_t b = first_block; hung && b <= last_block; ++b) ill.push_back(b);
    if (!hung) --i;
    // A drive that hung is reset, and says so at the next read. What came before that proves nothing of what is in it now.
    TRY(const bool news, settle());
    if (news) equal = blank = 0;
  }
  return equal + blank > 0;
}

}  // namespace pressmark
