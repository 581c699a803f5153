// Two families: events, which a trigger or a read of their sectors sets off so many times, and falsifiers, which sit on
// sectors and are asked for by whoever makes the bytes. Dead and marginal blocks belong to neither: they are the
// surface's (damage.h).
#include "drivers/simulated/fault_board.h"

#include <algorithm>

namespace pressmark::simulated {
namespace {

enum class Family : std::uint8_t { surface, falsifier, event };

Family family(FaultKind kind) {
  switch (kind) {
    case FaultKind::dead:
    case FaultKind::marginal: return Family::surface;
    case FaultKind::false_good:
    case FaultKind::stale_cache:
    case FaultKind::wrong_lba: return Family::falsifier;
    case FaultKind::short_transfer:
    case FaultKind::hang:
    case FaultKind::sense:
    case FaultKind::bus_reset:
    case FaultKind::unit_attention:
    case FaultKind::medium_change:
    case FaultKind::eject:
    case FaultKind::pulled_cable: return Family::event;
  }
  return Family::event;
}

bool overlap(LbaRange a, LbaRange b) { return a.first < b.end() && b.first < a.end(); }

}  // namespace

FaultBoard::FaultBoard(std::vector<FaultSpec> specs) {
  for (FaultSpec& s : specs) {
    switch (family(s.kind)) {
      case Family::surface: break;
      case Family::falsifier: falsifiers_.push_back(std::move(s)); break;
      case Family::event: {
        const std::uint32_t times = s.times;
        armed_.push_back({.spec = std::move(s), .left = times, .endless = times == 0});
        break;
      }
    }
  }
}

bool FaultBoard::due(Armed& armed, const Moment& moment) {
  const Trigger& when = armed.spec.when;
  if (!when.given()) return moment.read && overlap(*moment.read, armed.spec.range);
  if (when.command && moment.command >= *when.command) armed.triggered = true;
  if (when.seconds && moment.seconds >= *when.seconds) armed.triggered = true;
  if (when.lba && moment.read && moment.read->contains(Lba{*when.lba})) armed.triggered = true;
  return armed.triggered;
}

std::vector<const FaultSpec*> FaultBoard::strike(const Moment& moment) {
  std::vector<const FaultSpec*> struck;
  for (Armed& a : armed_) {
    if ((a.left == 0 && !a.endless) || !due(a, moment)) continue;
    if (!a.endless) --a.left;
    struck.push_back(&a.spec);
  }
  return struck;
}

std::vector<const FaultSpec*> FaultBoard::falsifiers(LbaRange range) const {
  std::vector<const FaultSpec*> found;
  for (const FaultSpec& f : falsifiers_)
    if (overlap(f.range, range)) found.push_back(&f);
  return found;
}

}  // namespace pressmark::simulated
