// A file system that keeps nothing but sizes: for measuring what a rip costs apart from its disk.
#pragma once

#include <algorithm>
#include <map>
#include <memory>

#include "pressmark/files.h"

namespace pressmark::test {

class DiscardingFiles final : public Files {
 public:
  Result<std::unique_ptr<File>> open(const Path& path, OpenMode mode) override {
    if (mode != OpenMode::create && !sizes_.contains(path))
      return fail({.kind = ErrorKind::not_found, .tried = "open", .where = path.string()});
    auto& size = sizes_[path];
    if (mode == OpenMode::create) size = 0;
    return std::make_unique<Discarding>(size);
  }
  Result<void> rename(const Path& from, const Path& to) override {
    sizes_[to] = sizes_[from];
    sizes_.erase(from);
    return {};
  }
  Result<void> remove(const Path& path) override {
    sizes_.erase(path);
    return {};
  }
  Result<void> sync_directory(const Path&) override { return {}; }
  bool exists(const Path& path) override { return sizes_.contains(path); }
  std::optional<std::uint64_t> free_bytes(const Path&) override { return std::nullopt; }
  Result<std::unique_ptr<FileLock>> lock(const Path&) override { return std::make_unique<FileLock>(); }

 private:
  struct Discarding final : File {
    explicit Discarding(std::uint64_t& bytes) : size_(bytes) {}
    Result<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
      size_ = std::max(size_, offset + bytes.size());
      return {};
    }
    Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
      const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), offset < size_ ? size_ - offset : 0));
      std::ranges::fill(out.first(n), std::byte{0});
      return n;
    }
    Result<void> sync() override { return {}; }
    Result<std::uint64_t> size() override { return size_; }
    Result<void> resize(std::uint64_t bytes) override {
      size_ = bytes;
      return {};
    }
    std::uint64_t& size_;  // std::map keeps its elements where they are; `rename` is only done to closed files
  };
  std::map<Path, std::uint64_t> sizes_;
};

}  // namespace pressmark::test
