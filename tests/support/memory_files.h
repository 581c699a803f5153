// A file system in memory that can lose its power.
//
// It keeps two states: what programs see, and what is on stable storage. File data becomes stable by File::sync, names by
// sync_directory. A power cut at the n-th operation makes every later operation fail; `after_power_cut` is what the
// next boot finds, under one of several assumptions about what the disk did with what nobody had synced.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "pressmark/files.h"

namespace pressmark::test {

class MemoryFiles final : public Files {
 public:
  /// What becomes of data that was written and not synced, and of names that no folder sync made last.
  enum class Unsynced {
    all_lost,
    names_kept,  ///< renames happened, data did not: the classic empty file after a crash
    data_kept,   ///< data happened, renames did not
    torn,        ///< half of each file's unsynced bytes, and the names
    all_kept,
  };

  std::uint64_t operations = 0;
  std::uint64_t cut_at = ~std::uint64_t{0};          ///< operation from which on there is no power
  std::uint64_t capacity_bytes = ~std::uint64_t{0};  ///< a write beyond fails with no_space

  std::unique_ptr<MemoryFiles> after_power_cut(Unsynced assumption) const {
    auto next = std::make_unique<MemoryFiles>();
    const bool names = assumption != Unsynced::all_lost && assumption != Unsynced::data_kept;
    for (const auto& [path, node] : names ? names_ : stable_names_) {
      auto copy = std::make_shared<Node>();
      copy->stable = node->stable;
      if (assumption == Unsynced::data_kept || assumption == Unsynced::all_kept) copy->stable = node->now;
      if (assumption == Unsynced::torn) tear(*copy, *node);
      copy->now = copy->stable;
      next->names_[path] = next->stable_names_[path] = copy;
    }
    return next;
  }

  std::vector<std::byte> content(const Path& path) const {
    const auto found = names_.find(path);
    return found == names_.end() ? std::vector<std::byte>{} : found->second->now;
  }
  void put(const Path& path, std::vector<std::byte> bytes) {
    auto node = std::make_shared<Node>();
    node->now = node->stable = std::move(bytes);
    names_[path] = stable_names_[path] = node;
  }
  std::vector<Path> list() const {
    std::vector<Path> paths;
    for (const auto& entry : names_) paths.push_back(entry.first);
    return paths;
  }

  Result<std::unique_ptr<File>> open(const Path& path, OpenMode mode) override {
    if (!powered()) return no_power();
    auto& names = names_;
    if (mode == OpenMode::create) {
      auto& node = names[path];
      if (!node) node = std::make_shared<Node>();
      node->now.clear();
      node->touch(0, 0);
    }
    const auto found = names.find(path);
    if (found == names.end()) return fail({.kind = ErrorKind::not_found, .tried = "open", .where = path.string()});
    return std::make_unique<MemoryFile>(*this, found->second);
  }
  Result<void> rename(const Path& from, const Path& to) override {
    if (!powered()) return no_power();
    const auto found = names_.find(from);
    if (found == names_.end()) return fail({.kind = ErrorKind::not_found, .tried = "rename", .where = from.string()});
    auto node = found->second;
    names_.erase(found);
    names_[to] = node;
    return {};
  }
  Result<void> remove(const Path& path) override {
    if (!powered()) return no_power();
    names_.erase(path);
    return {};
  }
  Result<void> sync_directory(const Path&) override {
    if (!powered()) return no_power();
    stable_names_ = names_;
    return {};
  }
  bool exists(const Path& path) override { return names_.contains(path); }
  std::optional<std::uint64_t> free_bytes(const Path&) override { return std::nullopt; }
  Result<std::unique_ptr<FileLock>> lock(const Path& path) override {
    if (locked_.contains(path)) return fail({.kind = ErrorKind::busy, .tried = "lock", .where = path.string()});
    return std::make_unique<Lock>(*this, path);
  }

 private:
  struct Node {
    std::vector<std::byte> now, stable;
    std::size_t unsynced_first = ~std::size_t{0}, unsynced_end = 0;  // `now` differs from `stable` at most there

    void touch(std::size_t first, std::size_t end) {
      unsynced_first = std::min(unsynced_first, first);
      unsynced_end = std::max(unsynced_end, end);
    }
    void sync() {
      stable.resize(now.size());
      const std::size_t end = std::min(unsynced_end, now.size());
      if (unsynced_first < end)
        std::copy(now.begin() + static_cast<std::ptrdiff_t>(unsynced_first),
                  now.begin() + static_cast<std::ptrdiff_t>(end),
                  stable.begin() + static_cast<std::ptrdiff_t>(unsynced_first));
      unsynced_first = ~std::size_t{0};
      unsynced_end = 0;
    }
  };
  struct Lock final : FileLock {
    Lock(MemoryFiles& owner, Path at) : files(owner), path(std::move(at)) { files.locked_.insert(path); }
    ~Lock() override { files.locked_.erase(path); }
    MemoryFiles& files;
    Path path;
  };
  class MemoryFile final : public File {
   public:
    MemoryFile(MemoryFiles& files, std::shared_ptr<Node> node) : files_(files), node_(std::move(node)) {}
    Result<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
      if (!files_.powered()) return no_power();
      if (offset + bytes.size() > files_.capacity_bytes)
        return fail({.kind = ErrorKind::no_space, .tried = "write", .got = "full"});
      if (node_->now.size() < offset + bytes.size()) {
        node_->touch(node_->now.size(), offset + bytes.size());
        node_->now.resize(offset + bytes.size());
      }
      node_->touch(offset, offset + bytes.size());
      std::ranges::copy(bytes, node_->now.begin() + static_cast<std::ptrdiff_t>(offset));
      return {};
    }
    Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
      if (offset >= node_->now.size()) return std::size_t{0};
      const auto n = std::min<std::size_t>(out.size(), node_->now.size() - offset);
      std::copy_n(node_->now.begin() + static_cast<std::ptrdiff_t>(offset), n, out.begin());
      return n;
    }
    Result<void> sync() override {
      if (!files_.powered()) return no_power();
      node_->sync();
      return {};
    }
    Result<std::uint64_t> size() override { return node_->now.size(); }
    Result<void> resize(std::uint64_t bytes) override {
      if (!files_.powered()) return no_power();
      node_->touch(std::min<std::size_t>(node_->now.size(), bytes), bytes);
      node_->now.resize(bytes);
      return {};
    }

   private:
    MemoryFiles& files_;
    std::shared_ptr<Node> node_;
  };

  bool powered() { return operations++ < cut_at; }
  static std::unexpected<Error> no_power() {
    return fail({.kind = ErrorKind::io, .tried = "do anything", .got = "power cut"});
  }
  /// The first half of what differs arrived, the second did not: a write into the midst of a file is cut in its own midst.
  static void tear(Node& copy, const Node& node) {
    copy.stable.resize(std::max(node.stable.size(), node.now.size() / 2));
    const auto first = std::ranges::mismatch(node.now, node.stable).in1 - node.now.begin();
    auto end = std::ssize(node.now);
    while (end > first && end <= std::ssize(node.stable) &&
           node.now[static_cast<std::size_t>(end - 1)] == node.stable[static_cast<std::size_t>(end - 1)])
      --end;
    const auto half = first + (end - first) / 2;
    for (auto i = first; i < std::min(half, std::ssize(copy.stable)); ++i)
      copy.stable[static_cast<std::size_t>(i)] = node.now[static_cast<std::size_t>(i)];
  }

  std::map<Path, std::shared_ptr<Node>> names_, stable_names_;
  std::set<Path> locked_;
};

}  // namespace pressmark::test
