// The order in which a walk reads what it has found: upwards from where the head is, then from the bottom again.
#pragma once

#include <cstdint>
#include <map>
#include <utility>

namespace pressmark::files {

/// Takes out what comes next, which must not be nothing, and moves the head there. `pending`: by byte on the image.
template <class What>
std::pair<std::int64_t, What> take_next(std::multimap<std::int64_t, What>& pending, std::int64_t& head) {
  auto next = pending.lower_bound(head);
  if (next == pending.end()) next = pending.begin();
  std::pair<std::int64_t, What> taken{next->first, std::move(next->second)};
  pending.erase(next);
  head = taken.first;
  return taken;
}

}  // namespace pressmark::files
