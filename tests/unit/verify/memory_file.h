// Files and sources in memory that fail where a test wants them to.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "pressmark/files.h"
#include "pressmark/verify.h"

namespace pressmark {

/// The same bytes on every machine, of which no two neighbouring sectors are equal. The digests that tests expect of them were
/// made with coreutils and Python's zlib from bytes that Python made by this rule.
inline std::vector<std::byte> pattern(std::size_t count) {
  std::vector<std::byte> bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::byte>((i * i) ^ (i >> 8) ^ (i >> 16) * 7);
  return bytes;
}

inline Error test_error(ErrorKind kind) { return {.kind = kind, .tried = "read", .where = "a test", .got = "as told"}; }

/// Read-only. Reads that touch a sector in `bad` fail with io.
class MemoryFile final : public File {
 public:
  explicit MemoryFile(std::vector<std::byte> bytes, std::vector<LbaRange> bad = {})
      : bytes_(std::move(bytes)), bad_(std::move(bad)) {}

  Result<void> write_at(std::uint64_t, std::span<const std::byte>) override {
    return fail(test_error(ErrorKind::usage));
  }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    ++reads;
    const std::size_t from = std::min<std::size_t>(offset, bytes_.size());
    const std::size_t count = std::min(out.size(), bytes_.size() - from);
    for (const LbaRange& range : bad_)
      if (offset < range.end().byte_offset() && range.first.byte_offset() < offset + count)
        return fail(test_error(ErrorKind::io));
    std::ranges::copy(std::span{bytes_}.subspan(from, count), out.begin());
    return count;
  }
  Result<void> sync() override { return {}; }
  Result<std::uint64_t> size() override { return claimed_size.value_or(bytes_.size()); }
  Result<void> resize(std::uint64_t) override { return fail(test_error(ErrorKind::usage)); }

  int reads = 0;
  std::optional<std::uint64_t> claimed_size;

 private:
  std::vector<std::byte> bytes_;
  std::vector<LbaRange> bad_;
};

/// A disc in memory. Where it cannot be read, `out` holds what a careless reader might take for data.
class MemorySource final : public SectorSource {
 public:
  MemorySource(std::vector<std::byte> bytes, std::vector<LbaRange> bad = {})
      : bytes_(std::move(bytes)), bad_(std::move(bad)) {}

  std::string name() const override { return "sim:test"; }
  std::uint64_t bytes() const override { return bytes_.size(); }
  Result<void> read(Lba first, std::uint32_t count, std::span<std::byte> out,
                    std::vector<LbaRange>& unreadable) override {
    if (gone_from && first + count > *gone_from) return fail(test_error(ErrorKind::device_gone));
    for (std::uint32_t i = 0; i < count; ++i) {
      const Lba at = first + i;
      const auto place = out.subspan(std::size_t{i} * kUserBytes, kUserBytes);
      std::ranges::fill(place, std::byte{0x55});
      if (std::ranges::any_of(bad_, [&](const LbaRange& range) { return range.contains(at); })) {
        unreadable.push_back({at, 1});
        continue;
      }
      const std::size_t length = std::min<std::size_t>(kUserBytes, bytes_.size() - at.byte_offset());
      std::ranges::copy(std::span{bytes_}.subspan(at.byte_offset(), length), place.begin());
      sectors_given += 1;
    }
    return {};
  }

  std::optional<Lba> gone_from;
  std::int64_t sectors_given = 0;

 private:
  std::vector<std::byte> bytes_;
  std::vector<LbaRange> bad_;
};

}  // namespace pressmark
