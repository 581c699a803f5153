// A map of areas in five states, and phases that look for areas of a state and read pieces of them: five passes of copying
// (forwards and backwards in turn; the first two skip behind an error, the next two read only beside what is finished, the
// last reads all), trimming of the failed areas' edges, scraping of what is between, retries.
#include "bench/recovery/ddrescue.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>

namespace pressmark::recovery {
namespace {

enum class State : std::uint8_t { untried, untrimmed, unscraped, bad, finished };

/// The whole disc as runs of one state, as long as they can be.
class Areas {
 public:
  struct Area {
    std::int64_t first = 0, end = 0;
    State state = State::untried;
  };

  explicit Areas(std::int64_t size) : size_(size) { starts_.emplace(0, State::untried); }

  [[nodiscard]] std::int64_t size() const { return size_; }
  [[nodiscard]] Area at(std::int64_t sector) const {
    const auto next = starts_.upper_bound(sector);
    const auto here = std::prev(next);
    return {here->first, next == starts_.end() ? size_ : next->first, here->second};
  }
  /// False also where there is no sector.
  [[nodiscard]] bool is(std::int64_t sector, State state) const {
    return sector >= 0 && sector < size_ && at(sector).state == state;
  }
  void set(std::int64_t first, std::int64_t end, State state) {
    if (moves_boundary(first, end, state)) return;
    if (end < size_) starts_.emplace(end, at(end).state);
    starts_.erase(starts_.lower_bound(first), starts_.lower_bound(end));
    if (first == 0 || !is(first - 1, state)) starts_.emplace(first, state);
    if (is(end, state)) starts_.erase(end);
  }

 private:
  /// What nearly every read does: the area before it grows at the cost of the one it lies in.
  bool moves_boundary(std::int64_t first, std::int64_t end, State state) {
    const auto here = starts_.find(first);
    if (here == starts_.end() || here == starts_.begin() || std::prev(here)->second != state) return false;
    const auto next = std::next(here);
    if (end >= (next == starts_.end() ? size_ : next->first)) return false;
    auto node = starts_.extract(here);
    node.key() = end;
    starts_.insert(next, std::move(node));
    return true;
  }

  std::map<std::int64_t, State> starts_;
  std::int64_t size_;
};

struct Piece {
  std::int64_t first = 0, end = 0;
  [[nodiscard]] bool empty() const { return first >= end; }
};

/// What a search gives: whether there is any area of the state at all, and the piece to take.
struct Found {
  bool any = false;
  Piece piece;
};

class Run {
 public:
  Run(World& world, const DdrescueOptions& options)
      : world_(world), options_(options), areas_(world.sectors()), hard_(options.sector) {
    constexpr std::int64_t kSector = 2048, kLeastSkip = 65536;
    const std::int64_t cluster = options.cluster != 0 ? options.cluster : std::max<std::int64_t>(1, 32 / hard_);
    soft_ = cluster * hard_;
    const std::int64_t bytes = areas_.size() * kSector;
    std::int64_t skip = options.skip_bytes;
    if (skip < 0) skip = round_up(std::max(bytes / 100'000, kLeastSkip), kLeastSkip);
    const std::int64_t most = options.max_skip_bytes < 0 ? std::max(skip, bytes / 100) : options.max_skip_bytes;
    skip_ = round_up(skip, hard_ * kSector) / kSector;
    max_skip_ = round_up(most, hard_ * kSector) / kSector;
  }

  void copy() {
    bool forwards = true;
    for (int pass = 1; pass <= 5; ++pass) {
      if (!(forwards ? copy_forwards(pass) : copy_backwards(pass))) return;
      if (!options_.unidirectional) forwards = !forwards;
    }
  }

  void trim() {
    for (std::int64_t at = 0; at < areas_.size();) {
      const Areas::Area area = areas_.at(at);
      if (area.state == State::untrimmed) trim(area);
      at = area.end;
    }
  }

  void scrape() {
    for (std::int64_t at = 0; at < areas_.size();) {
      const Areas::Area area = areas_.at(at);
      at = area.end;
      if (area.state != State::unscraped) continue;
      for (std::int64_t first = area.first; first < area.end;) first = read_unit(first, area.end).end;
    }
  }

  void retry() {
    for (std::uint32_t round = 0; round < options_.retries; ++round) {
      if (round % 2 == 0 || options_.unidirectional) {
        for (Piece p; !(p = find(p.end, hard_, State::bad, hard_, false).piece).empty();) read(p, State::bad);
      } else {
        for (Piece p{areas_.size(), 0}; !(p = find_back(p.first, hard_, State::bad, hard_, false).piece).empty();)
          read(p, State::bad);
      }
    }
  }

 private:
  static std::int64_t round_up(std::int64_t n, std::int64_t unit) { return (n + unit - 1) / unit * unit; }

  /// From `from` on, at most `size` sectors of an area in this state, ending on a multiple of `grain` if it does not reach the
  /// area's end. With `beside`: only areas that follow a finished one.
  [[nodiscard]] Found find(std::int64_t from, std::int64_t size, State state, std::int64_t grain, bool beside) const {
    Found found;
    for (std::int64_t at = from; at < areas_.size();) {
      const Areas::Area area = areas_.at(at);
      at = area.end;
      if (area.state != state) continue;
      found.any = true;
      if (beside && area.first > 0 && !areas_.is(area.first - 1, State::finished)) continue;
      const std::int64_t first = std::max(from, area.first);
      std::int64_t end = size < area.end - first ? first + size : area.end;
      if (end != area.end && end - first > end % grain) end -= end % grain;
      found.piece = {first, end};
      return found;
    }
    return found;
  }

  /// The same backwards: a piece that ends at `until` or before, in an area that a finished one follows.
  [[nodiscard]] Found find_back(std::int64_t until, std::int64_t size, State state, std::int64_t grain,
                                bool beside) const {
    Found found;
    for (std::int64_t at = until; at > 0;) {
      const Areas::Area area = areas_.at(at - 1);
      at = area.first;
      if (area.state != state) continue;
      found.any = true;
      if (beside && area.end < areas_.size() && !areas_.is(area.end, State::finished)) continue;
      const std::int64_t end = std::min(until, area.end);
      std::int64_t first = size < end - area.first ? end - size : area.first;
      const std::int64_t up = (grain - first % grain) % grain;
      if (first != area.first && up < end - first) first += up;
      found.piece = {first, end};
      return found;
    }
    return found;
  }

  /// False if it failed: the piece then is in state `failed`, or bad if it is one unit.
  bool read(const Piece& piece, State failed) {
    const std::int64_t count = piece.end - piece.first;
    const bool good = !world_.read({.first = piece.first, .count = static_cast<std::uint32_t>(count)}).failed;
    areas_.set(piece.first, piece.end, good ? State::finished : count > hard_ ? failed : State::bad);
    return good;
  }

  struct Unit {
    std::int64_t first, end;
    bool good;
  };
  Unit read_unit(std::int64_t first, std::int64_t limit) {
    const std::int64_t end = std::min((first / hard_ + 1) * hard_, limit);
    return {first, end, read({first, end}, State::bad)};
  }

  void grow(std::int64_t& skip) const { skip = skip <= max_skip_ / 2 ? skip * 2 : max_skip_; }

  /// False if nothing was untried any more.
  bool copy_forwards(int pass) {
    bool any = false;
    std::int64_t at = 0, skip = skip_;
    for (;;) {
      const Found found = find(at, soft_, State::untried, soft_, pass == 3 || pass == 4);
      any = any || found.any;
      if (found.piece.empty()) return any;
      if (at != found.piece.first) skip = skip_;
      at = found.piece.end;
      if (read(found.piece, State::untrimmed)) {
        skip = skip_;
        continue;
      }
      if (skip_ == 0 || pass == 5) continue;
      const std::int64_t leap = pass == 1 ? skip : std::numeric_limits<std::int64_t>::max();
      if (pass == 1) grow(skip);
      const Piece over = find(at, leap, State::untried, hard_, false).piece;
      if (!over.empty() && over.first == at) at = over.end;
    }
  }

  bool copy_backwards(int pass) {
    bool any = false;
    std::int64_t at = areas_.size(), skip = skip_;
    for (;;) {
      const Found found = find_back(at, soft_, State::untried, soft_, pass == 3 || pass == 4);
      any = any || found.any;
      if (found.piece.empty()) return any;
      if (at != found.piece.end) skip = skip_;
      at = found.piece.first;
      if (read(found.piece, State::untrimmed)) {
        skip = skip_;
        continue;
      }
      if (skip_ == 0 || pass == 5) continue;
      const std::int64_t leap = pass == 1 ? skip : std::numeric_limits<std::int64_t>::max();
      if (pass == 1) grow(skip);
      const Piece over = find_back(at, leap, State::untried, hard_, false).piece;
      if (!over.empty() && over.end == at) at = over.first;
    }
  }

  /// From both edges inwards up to the first error; an edge beside a bad sector is left.
  void trim(const Areas::Area& area) {
    const bool bad_before = areas_.is(area.first - 1, State::bad), bad_behind = areas_.is(area.end, State::bad);
    std::int64_t first = area.first, end = area.end;
    for (bool stop = bad_before; first < end && !stop;) {
      const Unit unit = read_unit(first, end);
      first = unit.end;
      stop = !unit.good;
    }
    for (bool stop = bad_behind; first < end && !stop;) {
      const Unit unit = read_unit(std::max(first, (end - 1) / hard_ * hard_), end);
      end = unit.first;
      stop = !unit.good;
    }
    if (first < end) areas_.set(first, end, State::unscraped);
  }

  World& world_;
  const DdrescueOptions options_;
  Areas areas_;
  std::int64_t hard_, soft_ = 0, skip_ = 0, max_skip_ = 0;
};

}  // namespace

void ddrescue(World& world, const DdrescueOptions& options) {
  Run run(world, options);
  run.copy();
  run.trim();
  run.scrape();
  run.retry();
}

}  // namespace pressmark::recovery
