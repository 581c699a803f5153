#include "planner/retries.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace pressmark {
namespace {

/// Failures in a row after which a first round begins to leave blocks out.
constexpr int kPatience = 12;
constexpr std::int64_t kFirstLeave = 16, kMostLeave = 1 << 14;
/// Blocks between two places of damage that have nothing to do with one another.
constexpr std::int64_t kApart = 1000;
/// Stopping and starting the disc takes ten seconds: not for more blocks than this.
constexpr std::int64_t kFewBlocks = 64;
/// A way that has brought nothing in so many tries is given up.
constexpr std::uint32_t kHopeless = 20;
/// Times that one sector of a block is asked for alone, to see whether this drive gives single sectors of a bad block; and where
/// the map that a rip goes on from has blocks that are good in part.
constexpr int kSinglesAsked = 3, kSinglesAskedOfParts = 16;

void mark(std::vector<bool>& blocks, const RipMap& map, std::int64_t block, std::int64_t block_sectors) {
  if (blocks.empty()) blocks.resize(static_cast<std::size_t>(map.sectors() / block_sectors + 1));
  blocks[static_cast<std::size_t>(block)] = true;
}

bool marked(const std::vector<bool>& blocks, std::int64_t block) {
  return !blocks.empty() && blocks[static_cast<std::size_t>(block)];
}

}  // namespace

Retries::Retries(RetryOptions options) : options_(std::move(options)) {
  make_ways();
  if (options_.block_sectors == 1) singles_ = Singles::refused;
  singles_to_ask_ = kSinglesAsked;
}

/// Other speeds first, then other approaches, then the same with more patience, which costs most. What the passes before
/// have done already is no way of its own.
void Retries::make_ways() {
  const auto speeds = static_cast<std::uint32_t>(options_.speeds.size());
  const auto add = [this](std::uint32_t speed, Approach approach, Effort effort) {
    ways_.push_back({.speed_kb_per_s = speed, .approach = approach, .effort = effort, .tried = {}});
  };
  for (const Approach approach : {Approach::seek, Approach::sequential})
    for (std::uint32_t i = 1; i <= speeds; ++i)
      if (i < speeds || approach != Approach::sequential) add(options_.speeds[i % speeds], approach, Effort::usual);
  add(options_.speeds[0], Approach::spin_up, Effort::usual);
  for (std::uint32_t i = 1; options_.effort && i <= speeds; ++i)
    add(options_.speeds[i % speeds], Approach::seek, Effort::most);
}

std::uint32_t Retries::rounds() const {
  const auto ways = static_cast<std::uint32_t>(ways_.size());
  return options_.exhaust ? ways : std::min(options_.rounds, ways);
}

/// Round 1 is the first way.
Retries::Way& Retries::way_of(std::uint32_t round) {
  std::size_t i = round - 1;
  if (i >= rounds()) {
    i -= rounds();
    if (order_.size() != rounds()) {
      order_.resize(rounds());
      std::iota(order_.begin(), order_.end(), std::size_t{0});
      std::ranges::stable_sort(order_, std::greater{}, [this](std::size_t n) {
        const Way& w = ways_[n];
        return (w.successes + 0.5) / (w.tries + 1.0);
      });
    }
    i = order_[i];
  }
  return ways_[i];
}

bool Retries::worth_a_round(std::uint32_t round, const RipMap& map) {
  if (round == 0) return true;
  const Way& way = way_of(round);
  if (options_.exhaust) return true;
  if (way.approach == Approach::spin_up && map.count(Grade::unreadable) > kFewBlocks * options_.block_sectors)
    return false;
  return round <= rounds() || way.successes > 0 || way.tries < kHopeless;
}

/// The next unreadable run that this round still owes a reading.
std::optional<GradedRun> Retries::candidate(const RipMap& map, RipProgress& progress, const Way* way) {
  for (;;) {
    const auto run = map.find(progress.position, Grade::unreadable);
    if (!run) return std::nullopt;
    const std::int64_t block = block_of(run->first);
    const bool second = progress.round > rounds();
    if (!marked(settled_, block) && !(second && way != nullptr && marked(way->tried, block))) return run;
    progress.position = (block + 1) * options_.block_sectors;
  }
}

std::optional<Step> Retries::next(const RipMap& map, RipProgress& progress, bool longer) {
  const auto following = [&] {
    ++progress.round;
    progress.position = 0;
  };
  if (progress.round == 0 && !longer) following();
  const std::uint32_t last = options_.exhaust ? rounds() : 2 * rounds();  // exhausting leaves nothing for a second time
  for (; progress.round <= last; following()) {
    if (map.count(Grade::unreadable) == 0) return std::nullopt;
    if (round_ != progress.round) {
      round_ = progress.round;
      failures_ = 0;
      leave_ = last_block_ = 0;
    }
    const Way* way = progress.round == 0 ? nullptr : &way_of(progress.round);
    if (!worth_a_round(progress.round, map)) continue;
    const auto run = candidate(map, progress, way);
    if (!run) continue;
    const std::int64_t block_end = (block_of(run->first) + 1) * options_.block_sectors;
    auto count = static_cast<std::uint32_t>(std::min(run->end(), block_end) - run->first);
    std::int64_t first = run->first;
    if (singles_ == Singles::given || block_of(first) == pieces_.block) count = 1;
    const Asked asked{block_of(first), progress.round};
    if (singles_ == Singles::unknown && count == options_.block_sectors && asked != asked_) {
      first += progress.round % 2 == 1 ? count / 2 : 0;  // another one each round: it may be bad itself
      count = 1;
      probe_ = first;
    }
    return Step{.phase = RipProgress::Phase::retry,
                .round = progress.round,
                .first = first,
                .count = count,
                .speed_kb_per_s = way == nullptr ? options_.speeds[0] : way->speed_kb_per_s,
                .past_cache = true,
                .approach = way == nullptr ? Approach::sequential : way->approach,
                .effort = way == nullptr ? Effort::usual : way->effort,
                .read_twice = options_.read_twice};
  }
  return std::nullopt;
}

/// A block of which one sector was just given and the rest is not: this drive gives single sectors. The first blocks of the
/// phase are asked for one. A block that is good in part from other times shows nothing of the kind, since trouble that passed
/// leaves such ones too: its rest is read in pieces, and of these some must read and some not.
void Retries::learn_of_singles(const RipMap& map, const Step& step, bool good) {
  const std::int64_t block = block_of(step.first);
  if (probe_ == step.first) {
    probe_.reset();
    asked_ = {block, step.round};
    if (++singles_asked_ >= singles_to_ask_ && singles_ == Singles::unknown) singles_ = Singles::refused;
    return;
  }
  if (step.count == 1 && block == pieces_.block) {
    (good ? pieces_.read : pieces_.failed) = true;
    if (pieces_.read && pieces_.failed) singles_ = Singles::given;
  }
  const auto part = map.find(block * options_.block_sectors, is_good);
  if (good || step.count == 1 || !part || block_of(part->first) != block) return;
  pieces_.block = block;
  if (block == asked_.block) singles_ = Singles::given;
}

/// Blocks to leave behind this one: none at first, then ever more while nothing comes of it.
std::int64_t Retries::leave_after(std::int64_t block, bool good) {
  if (good || block - last_block_ > leave_ + kApart) {
    failures_ = 0;
    leave_ = 0;
  }
  last_block_ = block;
  if (good || ++failures_ < kPatience) return 0;
  leave_ = std::clamp(2 * leave_, kFirstLeave, kMostLeave);
  return leave_;
}

std::int64_t Retries::enter(const RipMap& map, const Step& step, const StepResult& result) {
  const std::int64_t block = block_of(step.first);
  const std::int64_t end = step.first + step.count;
  const bool good = !result.failed && std::ranges::all_of(result.grades, is_good);
  const bool asked_for_one = probe_ == step.first;
  const bool in_pieces = pieces_.block == block;
  if (!in_pieces) pieces_ = {};
  learn_of_singles(map, step, good);
  // The block itself comes next, or its sectors one by one.
  if (asked_for_one || (pieces_.block == block && !in_pieces)) return block * options_.block_sectors;

  if (std::ranges::any_of(result.repeated, [](std::uint8_t ways) { return ways > 0; }))
    mark(settled_, map, block, options_.block_sectors);
  // Of a block that is read sector by sector the last one speaks for all.
  const auto more = map.find(end, Grade::unreadable);
  const bool block_goes_on = step.count == 1 && more && block_of(more->first) == block;
  if (step.round == 0 || block_goes_on) return end;
  Way& way = way_of(step.round);
  ++way.tries;
  way.successes += good ? 1 : 0;
  mark(way.tried, map, block, options_.block_sectors);
  const std::int64_t leave = leave_after(block, good);
  const bool first_rounds = !options_.exhaust && step.round <= rounds();
  return first_rounds && leave > 0 ? (block + 1 + leave) * options_.block_sectors : end;
}

void Retries::recall(const RipMap& map) {
  for (auto run = map.find(0, Grade::unreadable); run; run = map.find(run->end(), Grade::unreadable)) {
    const bool begins_inside = run->first % options_.block_sectors != 0 && is_good(map.at(run->first - 1));
    const bool ends_inside =
        run->end() % options_.block_sectors != 0 && run->end() < map.sectors() && is_good(map.at(run->end()));
    if (begins_inside || ends_inside) singles_to_ask_ = kSinglesAskedOfParts;
  }
}

std::int64_t Retries::settled_blocks() const { return std::ranges::count(settled_, true); }

}  // namespace pressmark
