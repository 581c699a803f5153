// The proof that the disc in the drive is the one that the files are of: good sectors, spread over it, are read again and
// compared with the image.
#include <algorithm>
#include <cassert>
#include <fmt/format.h>
#include <numeric>

#include "core/try.h"
#include "drive/channel.h"
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
constexpr int kTroubledReads = 8;
/// So often trouble other than a hang is met at one block before it is left out.
constexpr int kSameBlockTries = 3;
/// Each leaves out a block or more, or costs next to nothing.
constexpr int kMostPasses = 2 * kProofTries;

/// Steps of so many, modulo `total`, meet each number once, neighbours long after one another.
std::int64_t coprime_stride(std::int64_t total) {
  std::int64_t stride = std::max<std::int64_t>(total * 5 / 8, 1);
  while (std::gcd(stride, total) != 1) ++stride;
  return stride;
}

/// Which of `total` comes as the `i`th, so that what lies side by side, and may hang, does not come in a row.
std::int64_t tooth(std::int64_t i, std::int64_t total) { return i * coprime_stride(total) % total; }

/// The good sectors that a proof reads, in its order: first the volume descriptor, which has the disc's name and date in it, since
/// pressings of one series may have all else in common; then of few sectors all, since any may be the one that differs, of
/// many a coarse comb, evenly over them, and the gaps between its teeth.
class ProofPlaces {
 public:
  /// `spread`: not in order of address, which is soonest done, but so that what hangs side by side does not come in a row.
  ProofPlaces(const RipMap& map, std::int64_t block_sectors, bool spread)
      : good_{map},
        block_sectors_{block_sectors},
        spread_{spread},
        descriptor_{map.sectors() > kVolumeDescriptor && is_good(map.at(kVolumeDescriptor))} {}

  [[nodiscard]] bool all() const { return good_.total() <= kProofTries; }
  [[nodiscard]] std::int64_t count() const { return 1 + std::min(good_.total(), kProofTries); }
  /// Nothing where the volume descriptor is not among what is good.
  [[nodiscard]] std::optional<GradedRun> at(std::int64_t i) const {
    if (i > 0) return good_.from(nth_good(i - 1), all() ? 1 : block_sectors_);
    return descriptor_ ? std::optional{GradedRun{kVolumeDescriptor, 1, Grade::drive}} : std::nullopt;
  }

 private:
  [[nodiscard]] std::int64_t nth_good(std::int64_t i) const {
    const std::int64_t total = good_.total();
    if (all()) return tooth(i, total);
    if (i < kProofs) return total * (spread_ ? tooth(i, kProofs) : i) / kProofs;
    return total * (2 * tooth(i - kProofs, kGaps) + 1) / (2 * kGaps);
  }

  GoodSectors good_;
  std::int64_t block_sectors_;
  bool spread_, descriptor_;
};

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
  proof_troubles_ = {};
  auto proven = prove(last);
  if (manner_)
    manner_->forget();
  else if (auto fast = drive_.set_speed(0); !fast && proven && drive::ends_the_conversation(fast.error()))
    return std::unexpected(std::move(fast).error());
  return proven;
}

/// A block at which the drive hung is not asked again: its sectors would all hang. Other trouble may have come there by chance.
void Ripper::ProofTroubles::enter(SectorRange blocks, bool hung) {
  for (std::int64_t block = blocks.first; block < blocks.end(); ++block) at[block] += hung ? kSameBlockTries : 1;
}

void Ripper::ProofTroubles::forget_chance() {
  in_a_row = 0;
  std::erase_if(at, [](const auto& block) { return block.second < kSameBlockTries; });
}

bool Ripper::ProofTroubles::left_out(SectorRange blocks) const {
  for (auto block = at.lower_bound(blocks.first); block != at.end() && block->first < blocks.end(); ++block)
    if (block->second >= kSameBlockTries) return true;
  return false;
}

/// True: some blocks came again, none differs. `last`: why one did not. What was read before news came (after a hang there always is
/// some, of the reset) proves nothing of what is in the drive now: then all is asked again, but for the blocks that brought it.
Result<bool> Ripper::prove(std::optional<Error>& last) {
  proof_troubles_.forget_chance();
  const bool few = outcome_.map.good() <= kProofTries;
  bool asked_again = false;
  for (int passes = 0; passes < kMostPasses; ++passes) {
    TRY(const std::optional<bool> proven, prove_once(proof_troubles_, last));
    if (!proven) continue;
    // Those at which the drive hung are asked once more where nothing else came, since a drive may be busy with a hang for a
    // minute after its reset, and where few are good: the one that differs may be among them.
    if (asked_again || proof_troubles_.at.empty() || (*proven && !few)) return *proven;
    asked_again = true;
    proof_troubles_ = {};
  }
  return std::unexpected(*last);
}

/// One pass; nothing if news came.
Result<std::optional<bool>> Ripper::prove_once(ProofTroubles& troubles, std::optional<Error>& last) {
  const std::int64_t block = std::min(reader_->plan().block_sectors, reader_->plan().transfer_sectors);
  const ProofPlaces places{outcome_.map, block, !troubles.at.empty()};
  std::int64_t equal = 0, blank = 0;
  for (std::int64_t i = 0; i < places.count() && (places.all() || equal < kProofs);) {
    const auto place = places.at(i);
    const std::int64_t first_block = place ? place->first / block : 0;
    const SectorRange blocks{first_block, place ? (place->end() - 1) / block - first_block + 1 : 0};
    if (!place || troubles.left_out(blocks)) {
      ++i;
      continue;
    }
    const auto again = comes_again(place->first, static_cast<std::uint32_t>(place->count));
    if (again) {
      equal += *again == Again::equal ? 1 : 0;
      blank += *again == Again::blank ? 1 : 0;
      troubles.in_a_row = 0;
      ++i;
      continue;
    }
    last = again.error();
    const Trouble trouble = trouble_of(*last);
    if (trouble == Trouble::place) {
      ++i;
      continue;
    }
    if (for_a_person(*last)) return std::unexpected(*last);
    troubles.enter(blocks, trouble == Trouble::suspect);
    const bool enough = troubles.left_out(blocks) && ++troubles.in_a_row >= kTroubledReads;
    if (trouble == Trouble::gone || enough) return std::unexpected(*last);
    if (must_stop()) return stop_with(why_stopped());
    TRY(const bool news, settle());
    if (news) return std::nullopt;  // else the same place once more
  }
  return equal + blank > 0;
}

}  // namespace pressmark
