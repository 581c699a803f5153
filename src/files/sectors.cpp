// Runs are read at once and, only where that fails, sector by sector: a sound directory costs one read.
#include "files/sectors.h"

#include <algorithm>
#include <cstring>

#include "core/try.h"

namespace pressmark::files {

namespace {
constexpr std::uint32_t kRun = 32;
}

bool Content::lost_in(std::size_t from, std::size_t to) const {
  const auto it = std::ranges::upper_bound(lost, from, {}, &Lost::to);
  return it != lost.end() && it->from < to;
}

Result<bool> SectorSource::read(std::int64_t first, std::uint32_t count, std::span<std::byte> out) {
  if (left_ < count) {
    exhausted_ = true;
    return false;
  }
  left_ -= count;
  return read_(first, count, out);
}

Result<SectorSource::Sector> SectorSource::sector(std::int64_t at) {
  if (at < 0 || at >= sectors_) return std::nullopt;
  if (at == one_at_) return Sector{one_};
  one_.resize(kSector);
  one_at_ = -1;
  TRY(const bool good, read(at, 1, one_));
  if (!good) return std::nullopt;
  one_at_ = at;
  return Sector{one_};
}

Result<void> SectorSource::append(const VolumeExtent& extent, Content& content) {
  const auto enter = [&](const std::byte* from, std::int64_t first, std::uint32_t count) {
    // The part of these sectors that the extent covers.
    const auto start = std::max<std::int64_t>(first * kSectorBytes, extent.at);
    const auto end =
        std::min<std::int64_t>((first + count) * kSectorBytes, extent.at + static_cast<std::int64_t>(extent.bytes));
    const std::size_t place = content.bytes.size(), bytes = static_cast<std::size_t>(end - start);
    content.bytes.resize(place + bytes);
    if (from != nullptr)
      std::memcpy(content.bytes.data() + place, from + (start - first * kSectorBytes), bytes);
    else if (!content.lost.empty() && content.lost.back().to == place && content.lost.back().where.end() == first) {
      content.lost.back().to += bytes;
      content.lost.back().where.count += count;
    } else {
      content.lost.push_back({place, place + bytes, {first, count}});
    }
  };
  const SectorRange range = extent.sectors();
  run_.resize(kRun * kSector);
  for (std::int64_t first = range.first; first < range.end();) {
    const auto count = static_cast<std::uint32_t>(std::min<std::int64_t>(range.end() - first, kRun));
    TRY(const bool good, read(first, count, std::span{run_}.first(count * kSector)));
    if (good) enter(run_.data(), first, count);
    for (std::uint32_t i = 0; !good && i < count; ++i) {
      bool one = false;
      if (count > 1) {
        TRY(one, read(first + i, 1, std::span{run_}.first(kSector)));
      }
      enter(one ? run_.data() : nullptr, first + i, 1);
    }
    first += count;
  }
  return {};
}

Result<Content> SectorSource::content(std::span<const VolumeExtent> extents, std::uint64_t bytes) {
  Content content;
  const std::int64_t end = sectors_ * kSectorBytes;
  std::uint64_t left = std::min(bytes, most_content_);
  for (VolumeExtent extent : extents) {
    extent.bytes = std::min(extent.bytes, left);
    if (extent.bytes == 0) break;
    if (!extent.recorded()) {
      content.bytes.resize(content.bytes.size() + static_cast<std::size_t>(extent.bytes));
    } else {
      if (extent.at >= end) break;
      const auto there = static_cast<std::uint64_t>(end - extent.at);
      const bool beyond = extent.bytes > there;
      extent.bytes = std::min(extent.bytes, there);
      CHECK(append(extent, content));
      if (beyond || exhausted_) break;
    }
    left -= extent.bytes;
  }
  content.cut = content.bytes.size() < bytes;
  return content;
}

}  // namespace pressmark::files
