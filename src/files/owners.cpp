// The ranges are the index: they are few, get sorted once, and every extent looks itself up among them. With running totals of
// their sectors a file's loss is two look-ups, however many ranges it spans; so that a volume whose files all claim the whole disc
// costs no more than another of its size.
#include "pressmark/owners.h"

#include <algorithm>
#include <tuple>

#include "files/sectors.h"

namespace pressmark {

namespace {

using files::kSectorBytes;

class RangeIndex {
 public:
  explicit RangeIndex(std::span<const SectorRange> ranges) : ranges_(ranges) {
    before_.reserve(ranges.size() + 1);
    before_.push_back(0);
    for (const SectorRange& range : ranges) before_.push_back(before_.back() + range.count);
  }
  /// The numbers of the first range that ends behind `where.first`, and of the first that begins at or behind its end.
  struct Span {
    std::size_t first = 0, last = 0;
    [[nodiscard]] bool empty() const { return first >= last; }
  };
  [[nodiscard]] Span over(SectorRange where) const {
    const auto first = std::ranges::upper_bound(ranges_, where.first, {}, &SectorRange::end);
    const auto last = std::ranges::lower_bound(ranges_, where.end(), {}, &SectorRange::first);
    return {static_cast<std::size_t>(first - ranges_.begin()), static_cast<std::size_t>(last - ranges_.begin())};
  }
  [[nodiscard]] SectorRange cut(std::size_t number, SectorRange where) const {
    const std::int64_t first = std::max(ranges_[number].first, where.first);
    return {first, std::min(ranges_[number].end(), where.end()) - first};
  }
  /// Sectors of `where` in the ranges of `span`, which is not empty.
  [[nodiscard]] std::int64_t sectors(Span span, SectorRange where) const {
    const std::int64_t whole = before_[span.last] - before_[span.first];
    const std::int64_t in_front = std::max<std::int64_t>(where.first - ranges_[span.first].first, 0);
    const std::int64_t behind = std::max<std::int64_t>(ranges_[span.last - 1].end() - where.end(), 0);
    return whole - in_front - behind;
  }
  [[nodiscard]] std::size_t size() const { return ranges_.size(); }

 private:
  std::span<const SectorRange> ranges_;
  std::vector<std::int64_t> before_;  // sectors in all ranges before each
};

/// Which sectors of the ranges have any owner. Ranges that an owner covers from end to end are counted, not listed: an owner adds two
/// pieces at most.
class Coverage {
 public:
  explicit Coverage(const RangeIndex& index) : index_(index), steps_(index.size() + 1) {}
  void add(RangeIndex::Span span, SectorRange where) {
    pieces_.push_back({index_.cut(span.first, where)});
    if (span.last - span.first < 2) return;
    pieces_.push_back({index_.cut(span.last - 1, where)});
    ++steps_[span.first + 1];
    --steps_[span.last - 1];
  }
  /// The pieces of `ranges` that nobody has, in order.
  [[nodiscard]] std::vector<SectorRange> rest(std::span<const SectorRange> ranges) {
    const std::vector<SectorRange> covered = merged_ranges(pieces_);
    std::vector<SectorRange> rest;
    auto next = covered.begin();
    std::int64_t depth = 0;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      depth += steps_[i];
      if (depth > 0) continue;
      std::int64_t at = ranges[i].first;
      while (next != covered.end() && next->end() <= at) ++next;
      for (auto piece = next; piece != covered.end() && piece->first < ranges[i].end(); ++piece) {
        if (piece->first > at) rest.push_back({at, piece->first - at});
        at = std::max(at, piece->end());
      }
      if (at < ranges[i].end()) rest.push_back({at, ranges[i].end() - at});
    }
    return rest;
  }

 private:
  const RangeIndex& index_;
  std::vector<SectorRange> pieces_;
  std::vector<std::int64_t> steps_;  // +1 where a run of wholly covered ranges begins, -1 behind its last
};

class Join {
 public:
  Join(const Volume& volume, Damage& damage)
      : volume_(volume), damage_(damage), index_(damage.ranges), coverage_(index_) {}

  void structures() {
    for (std::uint32_t i = 0; i < volume_.structures().size(); ++i) {
      const SectorRange where = volume_.structures()[i].where;
      const RangeIndex::Span span = index_.over(where);
      if (span.empty()) continue;
      enter(span, where);
      damage_.structures.push_back({i, index_.sectors(span, where)});
      list(span, where, [&](SectorRange part) {
        return OwnedPart{.where = part,
                         .by = OwnerKind::structure,
                         .number = i,
                         .bytes = static_cast<std::uint64_t>(part.count) * kUserBytes};
      });
    }
  }

  void files() {
    for (std::uint32_t i = 0; i < volume_.files().size(); ++i) {
      FileHit hit{.file = i};
      std::uint64_t offset = 0;
      for (const VolumeExtent& extent : volume_.extents(volume_.files()[i])) {
        this->extent(extent, offset, hit);
        offset += extent.bytes;
      }
      if (hit.sectors > 0) damage_.files.push_back(hit);
    }
  }

  void nobodys(std::int64_t sectors) {
    const bool known = !volume_.views().empty();
    const std::int64_t owned_end = known ? end_of_owned() : 0;
    for (const SectorRange& rest : coverage_.rest(damage_.ranges)) {
      const std::int64_t in_image = std::clamp(sectors, rest.first, rest.end());
      const std::int64_t between = std::clamp(owned_end, rest.first, in_image);
      if (!known) {
        nobodys({rest.first, in_image - rest.first}, OwnerKind::unknown, damage_.unknown);
      } else {
        nobodys({rest.first, between - rest.first}, OwnerKind::unallocated, damage_.unallocated);
        nobodys({between, in_image - between}, OwnerKind::padding, damage_.padding);
      }
      nobodys({in_image, rest.end() - in_image}, OwnerKind::outside, damage_.outside);
    }
  }

 private:
  void enter(RangeIndex::Span span, SectorRange where) { coverage_.add(span, where); }

  template <class Make>
  void list(RangeIndex::Span span, SectorRange where, const Make& make) {
    const std::size_t count = span.last - span.first;
    const std::size_t room = std::min(count, Damage::kMostParts - damage_.parts.size());
    for (std::size_t i = 0; i < room; ++i) damage_.parts.push_back(make(index_.cut(span.first + i, where)));
    damage_.parts_omitted += count - room;
  }

  /// The bytes of `part` that are the extent's.
  static VolumeExtent bytes_in(SectorRange part, const VolumeExtent& extent) {
    const std::int64_t from = std::max(part.first * kSectorBytes, extent.at);
    const std::int64_t to = std::min(part.end() * kSectorBytes, extent.at + static_cast<std::int64_t>(extent.bytes));
    return {from, static_cast<std::uint64_t>(to - from)};
  }

  void extent(const VolumeExtent& extent, std::uint64_t offset, FileHit& hit) {
    const SectorRange where = extent.sectors();
    const RangeIndex::Span span = index_.over(where);
    if (span.empty()) return;
    enter(span, where);
    const std::int64_t sectors = index_.sectors(span, where);
    const VolumeExtent first = bytes_in(index_.cut(span.first, where), extent);
    if (hit.sectors == 0) hit.offset = offset + static_cast<std::uint64_t>(first.at - extent.at);
    hit.sectors += sectors;
    hit.bytes += static_cast<std::uint64_t>(sectors) * kUserBytes - outside_of(extent, where, span);
    list(span, where, [&](SectorRange part) {
      const VolumeExtent bytes = bytes_in(part, extent);
      return OwnedPart{.where = part,
                       .by = OwnerKind::file,
                       .number = hit.file,
                       .offset = offset + static_cast<std::uint64_t>(bytes.at - extent.at),
                       .bytes = bytes.bytes};
    });
  }

  /// Bytes of the ranges' sectors that are in the extent's first or last sector and not its own.
  [[nodiscard]] std::uint64_t outside_of(const VolumeExtent& extent, SectorRange where, RangeIndex::Span span) const {
    const SectorRange first = index_.cut(span.first, where), last = index_.cut(span.last - 1, where);
    std::int64_t bytes = 0;
    if (first.first == where.first) bytes += extent.at - where.first * kSectorBytes;
    if (last.end() == where.end())
      bytes += where.end() * kSectorBytes - (extent.at + static_cast<std::int64_t>(extent.bytes));
    return static_cast<std::uint64_t>(bytes);
  }

  [[nodiscard]] std::int64_t end_of_owned() const {
    std::int64_t end = 0;
    for (const VolumeStructure& structure : volume_.structures()) end = std::max(end, structure.where.end());
    for (const VolumeFile& file : volume_.files())
      for (const VolumeExtent& extent : volume_.extents(file)) end = std::max(end, extent.sectors().end());
    return end;
  }

  void nobodys(SectorRange where, OwnerKind by, std::int64_t& count) {
    if (where.count == 0) return;
    count += where.count;
    if (damage_.parts.size() < Damage::kMostParts)
      damage_.parts.push_back(
          {.where = where, .by = by, .bytes = static_cast<std::uint64_t>(where.count) * kUserBytes});
    else
      ++damage_.parts_omitted;
  }

  const Volume& volume_;
  Damage& damage_;
  RangeIndex index_;
  Coverage coverage_;
};

}  // namespace

std::string_view to_string(OwnerKind kind) {
  switch (kind) {
    case OwnerKind::file: return "file";
    case OwnerKind::structure: return "structure";
    case OwnerKind::unallocated: return "unallocated";
    case OwnerKind::padding: return "padding";
    case OwnerKind::unknown: return "unknown";
    case OwnerKind::outside: return "outside";
  }
  return "";
}

std::vector<SectorRange> merged_ranges(std::span<const SectorRange> ranges) {
  std::vector<SectorRange> sorted;
  sorted.reserve(ranges.size());
  for (const SectorRange& range : ranges) {
    const std::int64_t first = std::max<std::int64_t>(range.first, 0);
    if (range.end() > first) sorted.push_back({first, range.end() - first});
  }
  std::ranges::sort(sorted);
  std::vector<SectorRange> merged;
  for (const SectorRange& range : sorted)
    if (!merged.empty() && range.first <= merged.back().end())
      merged.back().count = std::max(merged.back().end(), range.end()) - merged.back().first;
    else
      merged.push_back(range);
  return merged;
}

Damage damage_of(const Volume& volume, std::int64_t sectors, std::span<const SectorRange> ranges) {
  Damage damage;
  damage.ranges = merged_ranges(ranges);
  damage.certain = volume.trouble_count() == 0;
  for (const SectorRange& range : damage.ranges) damage.sectors += range.count;
  Join join{volume, damage};
  join.structures();
  join.files();
  join.nobodys(sectors);
  std::ranges::sort(damage.parts, [](const OwnedPart& a, const OwnedPart& b) {
    const auto rank = [](const OwnedPart& part) { return part.by == OwnerKind::structure ? 0 : 1; };
    return std::tuple{a.where.first, rank(a), a.by, a.number, a.offset} <
           std::tuple{b.where.first, rank(b), b.by, b.number, b.offset};
  });
  return damage;
}

}  // namespace pressmark
