// The numbers below were found by trying (docs/recovery.md); none of them is sharp.
#include "planner/foresight.h"

#include <cmath>

namespace pressmark {
namespace {

/// A block is left for later from this chance of failing on, where a failure takes a second; bounds for other times.
constexpr double kPassOver = 0.1, kLeastPassOver = 0.05, kMostPassOver = 0.2;
/// Of more scratches at once than this the oldest are given up.
constexpr std::size_t kMostFollowed = 48;
/// A scratch in which no guess is alive with more than this is given up.
constexpr double kGivenUp = 0.02;
/// What has been followed so long is remembered.
constexpr double kLearnTurns = 100;
constexpr int kLearnHits = 8;

// Probing: while a scratch is passed over, a block in its midst is read every so often to see whether it has ended.
constexpr double kMostTurnsBetweenProbes = 300;
constexpr double kLeastTurnsBetweenProbes = 3;
constexpr double kProbesAnAge = 0.2;
constexpr double kTurnsBetweenDoubtfulProbes = 2;
constexpr int kDoubtfulProbes = 3;

// A surprise so near to a scratch of which so many hits were seen is one of its hits.
constexpr double kCloseBlocks = 1.0;
constexpr int kCertainHits = 4;

// Dense damage: so many unforeseen failures among so many reads; then how far to leap, first and at most.
constexpr std::size_t kWindow = 24;
constexpr int kDense = 10;
constexpr int kStillDense = 4;  ///< failures of the first reads behind a leap
constexpr std::int64_t kShortestLeap = 64;
constexpr std::int64_t kLongestLeapShare = 100;  ///< of the disc

}  // namespace

Foresight::Foresight(DiscGeometry geometry, std::int64_t sectors, std::uint32_t block_sectors)
    : geometry_(std::move(geometry)), sectors_(sectors), block_sectors_(block_sectors), leap_blocks_(kShortestLeap) {}

// ---- the spiral, nominal or learned ----

TurnBelief Foresight::expected(std::int64_t block) const {
  const std::int64_t sector = block * block_sectors_;
  const double growth = geometry_.growth_per_turn(sector);
  const double sign = growth < 0 ? -1 : 1;
  const auto at = static_cast<double>(sector);
  if (!learned_) {
    const double turn = geometry_.sectors_per_turn(sector);
    return {at, turn, geometry_.tolerance * turn, growth, geometry_.tolerance * std::abs(growth)};
  }
  const double away = geometry_.from_inside(sector) - learned_->at;
  const double turn = std::sqrt(std::max(1.0, learned_->turn * learned_->turn + 2 * learned_->growth * away));
  const double by_growth = learned_->growth_sd * away / turn;
  const double turn_sd = std::sqrt(learned_->turn_sd * learned_->turn_sd + by_growth * by_growth) + 1e-4;
  return {at, turn, turn_sd, sign * learned_->growth, learned_->growth_sd};
}

double Foresight::turn_length(std::int64_t block) const { return expected(block).turn; }

double Foresight::turns_between(std::int64_t from, std::int64_t to) const {
  return static_cast<double>((to - from) * block_sectors_) / turn_length(from);
}

TurnBelief Foresight::anchor() const {
  if (learned_) return *learned_;
  return {.turn = geometry_.sectors_per_turn(0), .growth = std::abs(geometry_.growth_per_turn(0))};
}

double Foresight::turns_at(std::int64_t block) const {
  // sectors from the inside(t) = turn0 * t + growth * t^2 / 2, counted from where the spiral is known best.
  const TurnBelief here = anchor();
  const double middle =
      geometry_.from_inside(block * block_sectors_) +
      (geometry_.growth_per_turn(block * block_sectors_) < 0 ? -0.5 : 0.5) * static_cast<double>(block_sectors_);
  const double root = std::sqrt(std::max(0.0, here.turn * here.turn + 2 * here.growth * (middle - here.at)));
  return (root - here.turn) / here.growth;
}

std::int64_t Foresight::block_at(double turns, std::size_t layer) const {
  const TurnBelief here = anchor();
  return geometry_.sector_at(here.at + here.turn * turns + here.growth * turns * turns / 2, layer) / block_sectors_;
}

// ---- following ----

Foresight::Outlook Foresight::look(std::int64_t block) {
  double sound = 1;
  for (Followed& f : followed_) {
    f.outlook = f.scratch.look(span(block));
    sound *= 1 - f.outlook.fails;
  }
  looked_at_ = block;
  fails_ = 1 - sound;
  if (fails_ <= pass_over_) return {fails_, false};
  for (const Followed& f : followed_)
    if (f.outlook.fails > fails_ / 2 && probe_due(f, block)) return {fails_, false};
  return {fails_, true};
}

bool Foresight::probe_due(const Followed& f, std::int64_t block) const {
  const double since = turns_between(f.last_probe, block);
  double interval = std::clamp(kProbesAnAge * age(f), kLeastTurnsBetweenProbes, kMostTurnsBetweenProbes);
  if (f.doubt > 0) interval = std::min(interval, kTurnsBetweenDoubtfulProbes);
  // A block in the scratch's midst tells most; one at its edge will do if none comes.
  if (f.outlook.touched > 0.7) return since > interval;
  if (f.outlook.touched > 0.4) return since > 1.3 * interval + 1;
  return since > 2 * interval + 3;
}

void Foresight::passed_over(std::int64_t block) { forget_faded(block); }

std::int64_t Foresight::saw(std::int64_t block, bool failed) {
  if (looked_at_ != block) look(block);
  const bool surprise = failed && fails_ < 0.5;
  const bool explained = enter(block, failed);
  if (failed && !explained && !rethink(block)) begin(block);
  forget_faded(block);
  return leap(block, surprise);
}

/// Tells every scratch that might have had to do with it. True if one of them accounts for the failure.
bool Foresight::enter(std::int64_t block, bool failed) {
  bool explained = false;
  for (std::size_t i = 0; i < followed_.size(); ++i) {
    Followed& f = followed_[i];
    explained = explained || f.outlook.fails > 0.03;
    if (f.outlook.touched <= 0) continue;
    double others = 1;
    for (std::size_t j = 0; j < followed_.size(); ++j)
      if (j != i) others *= 1 - followed_[j].outlook.fails;
    const bool anothers = failed && 1 - others > 2 * f.outlook.fails;
    if (!anothers) f.scratch.saw(span(block), failed);
    if (failed && f.outlook.fails > 0.03 && f.outlook.fails > 0.45 * fails_) {
      f.last_hit = f.last_probe = block;
      f.doubt = 0;
      if (++f.hits == kCertainHits) ++followed_long_;
      learn(f);
    } else if (!failed && f.outlook.touched > 0.4) {
      f.last_probe = block;
      if (f.doubt > 0)
        --f.doubt;
      else if (f.outlook.touched > 0.7)
        f.doubt = kDoubtfulProbes;
    }
  }
  return explained && failed;
}

/// A failure close to where a scratch was expected is that scratch's, and its guesses were wrong.
bool Foresight::rethink(std::int64_t block) {
  Followed* nearest = nullptr;
  double distance = kCloseBlocks * static_cast<double>(block_sectors_);
  for (Followed& f : followed_) {
    if (f.hits < kCertainHits || f.scratch.distance(span(block)) > distance) continue;
    distance = f.scratch.distance(span(block));
    nearest = &f;
  }
  if (nearest == nullptr) return false;
  nearest->scratch.rethink(span(block));
  nearest->last_hit = nearest->last_probe = block;
  nearest->doubt = kDoubtfulProbes;
  ++nearest->hits;
  return true;
}

void Foresight::begin(std::int64_t block) {
  ScratchPrior prior{.spiral = expected(block)};
  // What first hits turned out to be so far, Laplace's way.
  prior.isolated = (isolated_ + 1.0) / (isolated_ + followed_long_ + 2.0);
  prior.most_width = std::min(25.0, prior.spiral.turn / 3);
  const double inside = geometry_.from_inside(block * block_sectors_);
  const std::size_t layer = geometry_.layer_of(block * block_sectors_);
  for (const Known& k : known_) {
    if (k.layer == layer || inside < k.from_inside || inside > k.to_inside) continue;
    prior.isolated = std::min(prior.isolated, 0.1);  // the scratch lies on the surface: it was to be met here too
    prior.width = k.width;
  }
  if (followed_.size() >= kMostFollowed) followed_.erase(followed_.begin());
  followed_.push_back({.scratch = Scratch{span(block), prior, static_cast<std::uint64_t>(block) + 1},
                       .first_hit = block,
                       .last_hit = block,
                       .last_probe = block,
                       .outlook = {}});
}

/// A scratch that has been followed long enough knows the spiral better than the standard does.
void Foresight::learn(const Followed& f) {
  if (age(f) <= kLearnTurns || f.hits <= kLearnHits) return;
  const TurnBelief b = f.scratch.belief();
  if (learned_ && b.turn_sd >= 2 * learned_->turn_sd) return;
  const double growth = std::abs(b.growth);
  learned_ = TurnBelief{.at = geometry_.from_inside(static_cast<std::int64_t>(b.at)),
                        .turn = b.turn,
                        .turn_sd = std::max(b.turn_sd, 0.002),
                        .growth = growth,
                        .growth_sd = std::max(b.growth_sd, 0.0005 * growth)};
}

/// One block further: scratches may have ended meanwhile.
void Foresight::forget_faded(std::int64_t block) {
  if (followed_.empty()) return;
  const double turns = static_cast<double>(block_sectors_) / turn_length(block);
  std::erase_if(followed_, [&](Followed& f) {
    f.scratch.fade(turns, age(f));
    if (f.scratch.alive() >= kGivenUp) return false;
    if (f.hits == 1) ++isolated_;
    if (age(f) > kLearnTurns && f.hits > kLearnHits) {
      const double one = geometry_.from_inside(f.first_hit * block_sectors_);
      const double other = geometry_.from_inside(f.last_hit * block_sectors_);
      known_.push_back({.layer = geometry_.layer_of(f.first_hit * block_sectors_),
                        .from_inside = std::min(one, other),
                        .to_inside = std::max(one, other),
                        .width = f.scratch.width()});
    }
    return true;
  });
}

/// Damage without a period: leaping over it costs a few failures, reading on would cost them all.
std::int64_t Foresight::leap(std::int64_t block, bool surprise) {
  surprises_.push_back(surprise);
  if (surprises_.size() > kWindow) surprises_.pop_front();
  const auto count = std::ranges::count(surprises_, true);
  const bool just_landed = leapt_to_ >= 0 && block < leapt_to_ + 8;
  if (!surprise || count < (just_landed ? kStillDense : kDense)) {
    if (surprises_.size() == kWindow && count < 6) leap_blocks_ = kShortestLeap;
    return 0;
  }
  const std::int64_t blocks = leap_blocks_;
  leap_blocks_ = std::min(leap_blocks_ * 2, std::max(kShortestLeap, sectors_ / block_sectors_ / kLongestLeapShare));
  leapt_to_ = block + 1 + blocks;
  surprises_.clear();
  followed_.clear();
  return blocks;
}

void Foresight::failure_takes(double seconds) {
  pass_over_ = std::clamp(kPassOver / std::max(seconds, 0.01), kLeastPassOver, kMostPassOver);
}

void Foresight::restart() {
  followed_.clear();
  surprises_.clear();
  leap_blocks_ = kShortestLeap;
  leapt_to_ = looked_at_ = -1;
}

std::int64_t Foresight::clear_ahead(std::int64_t block) const {
  std::int64_t end = sectors_ / block_sectors_ + 1;
  for (const Followed& f : followed_)
    end = std::min(end, static_cast<std::int64_t>(std::floor(f.scratch.next_at())) / block_sectors_);
  return std::max<std::int64_t>(1, end - block);
}

}  // namespace pressmark
