// A file is copied extent by extent, in runs of whole sectors; of each run the extent's own bytes are taken.
#include <algorithm>

#include "pressmark/extract.h"

#include "core/try.h"
#include "files/sectors.h"

namespace pressmark {

namespace {

using files::kSectorBytes;

constexpr std::int64_t kRun = 64;  // sectors

class Copy {
 public:
  Copy(const ReadDamaged& read, const WriteBytes& write, const CopyOptions& options)
      : read_(read), write_(write), options_(options), run_(static_cast<std::size_t>(kRun * kSectorBytes)) {}

  Result<void> extent(const VolumeExtent& extent) {
    if (!extent.recorded()) return filled(extent.bytes, std::byte{0});
    const SectorRange all = extent.sectors();
    for (std::int64_t at = all.first; at < all.end(); at += kRun)
      CHECK(sectors(extent, {at, std::min(kRun, all.end() - at)}));
    return {};
  }
  /// The rest of a file that the image does not have.
  Result<void> missing(std::uint64_t bytes) {
    if (bytes == 0) return {};
    lost_.push_back({.offset = offset_, .bytes = bytes});
    return filled(bytes, options_.fill);
  }
  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  std::vector<LostPart> take_lost() { return std::move(lost_); }

 private:
  Result<void> sectors(const VolumeExtent& extent, SectorRange where) {
    const std::span<std::byte> out = std::span{run_}.first(static_cast<std::size_t>(where.count * kSectorBytes));
    bad_.clear();
    CHECK(read_(where, out, bad_));
    const std::int64_t from = std::max(where.first * kSectorBytes, extent.at);
    const std::int64_t to = std::min(where.end() * kSectorBytes, extent.at + static_cast<std::int64_t>(extent.bytes));
    for (const SectorRange& bad : bad_) spoil(bad, where, {from, static_cast<std::uint64_t>(to - from)}, out);
    return put(
        out.subspan(static_cast<std::size_t>(from - where.first * kSectorBytes), static_cast<std::size_t>(to - from)));
  }

  void spoil(SectorRange bad, SectorRange where, const VolumeExtent& taken, std::span<std::byte> out) {
    const std::int64_t first = std::max(bad.first, where.first), end = std::min(bad.end(), where.end());
    const std::int64_t from = std::max(first * kSectorBytes, taken.at);
    const std::int64_t to = std::min(end * kSectorBytes, taken.at + static_cast<std::int64_t>(taken.bytes));
    if (from >= to) return;
    const auto bytes = static_cast<std::size_t>(to - from);
    std::ranges::fill(out.subspan(static_cast<std::size_t>(from - where.first * kSectorBytes), bytes), options_.fill);
    const std::uint64_t offset = offset_ + static_cast<std::uint64_t>(from - taken.at);
    const bool follows = !lost_.empty() && lost_.back().offset + lost_.back().bytes == offset && lost_.back().sector &&
                         from % kSectorBytes == 0 &&
                         *lost_.back().sector * kSectorBytes + static_cast<std::int64_t>(lost_.back().bytes) == from;
    if (follows)
      lost_.back().bytes += bytes;
    else
      lost_.push_back({.offset = offset, .bytes = bytes, .sector = first});
  }

  Result<void> filled(std::uint64_t bytes, std::byte with) {
    std::ranges::fill(run_, with);
    while (bytes > 0) {
      const std::uint64_t piece = std::min<std::uint64_t>(bytes, run_.size());
      CHECK(put(std::span{run_}.first(static_cast<std::size_t>(piece))));
      bytes -= piece;
    }
    return {};
  }

  Result<void> put(std::span<const std::byte> bytes) {
    CHECK(write_(offset_, bytes));
    offset_ += bytes.size();
    if (options_.progress && !options_.progress(bytes.size()))
      return fail({.kind = ErrorKind::interrupted, .tried = "copy a file"});
    return {};
  }

  const ReadDamaged& read_;
  const WriteBytes& write_;
  const CopyOptions& options_;
  std::vector<std::byte> run_;
  std::vector<SectorRange> bad_;
  std::vector<LostPart> lost_;
  std::uint64_t offset_ = 0;
};

}  // namespace

Result<std::vector<LostPart>> copy_file(const Volume& volume, const VolumeFile& file, const ReadDamaged& read,
                                        const WriteBytes& write, const CopyOptions& options) {
  Copy copy{read, write, options};
  for (const VolumeExtent& extent : volume.extents(file)) CHECK(copy.extent(extent));
  CHECK(copy.missing(file.bytes - std::min(copy.offset(), file.bytes)));
  return copy.take_lost();
}

}  // namespace pressmark
