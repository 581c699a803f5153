// The files in order of their paths, without making the paths. Directories of the same path in different views and sessions are one
// place; each place's entries are sorted by name, and a walk down from the root puts the files in order.
#include <algorithm>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "pressmark/filesystem.h"

namespace pressmark {

namespace {

struct Key {
  std::uint32_t place = 0;
  std::string_view name;
  friend bool operator==(const Key&, const Key&) = default;
};
struct HashOfKey {
  std::size_t operator()(const Key& key) const {
    return std::hash<std::string_view>{}(key.name) ^ key.place * std::size_t{0x9E3779B97F4A7C15};
  }
};

struct Entry {
  std::uint32_t place = 0;  // that it is in
  std::string_view name;
  bool is_place = false;
  int later = 0;             // files: the last session first
  std::uint32_t number = 0;  // of the file, or of the place
};

}  // namespace

std::vector<std::uint32_t> Volume::by_path() const {
  constexpr std::uint32_t kRoot = 0;
  std::vector<std::uint32_t> place_of(directories_.size(), kRoot);
  std::unordered_map<Key, std::uint32_t, HashOfKey> places;
  std::vector<Entry> entries;
  entries.reserve(files_.size());
  for (std::size_t i = 0; i < directories_.size(); ++i) {
    const Directory& directory = directories_[i];
    if (directory.parent == kNone) continue;
    // A parent's number is below its child's: its place is known.
    const Key key{place_of[directory.parent], text(directory.name)};
    const auto [found, is_new] = places.try_emplace(key, static_cast<std::uint32_t>(places.size() + 1));
    place_of[i] = found->second;
    if (is_new) entries.push_back({.place = key.place, .name = key.name, .is_place = true, .number = found->second});
  }
  for (std::uint32_t i = 0; i < files_.size(); ++i) {
    const Name& name = names_[files_[i].first_name];
    entries.push_back({.place = place_of[name.directory],
                       .name = text(name.name),
                       .later = -int{directories_[name.directory].session},
                       .number = i});
  }
  std::ranges::sort(entries, {},
                    [](const Entry& e) { return std::tuple{e.place, e.name, e.is_place, e.later, e.number}; });

  std::vector<std::uint32_t> begins(places.size() + 2);  // of each place's entries
  for (const Entry& entry : entries) ++begins[entry.place + 1];
  for (std::size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
  std::vector<std::uint32_t> order;
  order.reserve(files_.size());
  std::vector<std::pair<std::uint32_t, std::uint32_t>> open{{begins[kRoot], begins[kRoot + 1]}};
  while (!open.empty()) {
    auto& [at, end] = open.back();
    if (at == end) {
      open.pop_back();
      continue;
    }
    const Entry& entry = entries[at++];
    if (entry.is_place)
      open.emplace_back(begins[entry.number], begins[entry.number + 1]);
    else
      order.push_back(entry.number);
  }
  return order;
}

}  // namespace pressmark
