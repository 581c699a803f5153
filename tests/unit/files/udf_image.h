// Writes small UDF volumes byte by byte from ECMA-167's tables, with the kinds of partition that no tool at hand fills: metadata
// and virtual ones. libudfread, which knows nothing of us, reads those that it can.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "unit/files/image.h"

namespace pressmark {

/// A block being written; little-endian.
struct UdfBlock {
  std::vector<std::uint8_t> b = std::vector<std::uint8_t>(kUserBytes);
  UdfBlock& put(std::size_t at, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) b.at(at + i) = static_cast<std::uint8_t>(value >> (8 * i));
    return *this;
  }
  UdfBlock& text(std::size_t at, std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) b.at(at + i) = static_cast<std::uint8_t>(text[i]);
    return *this;
  }
  UdfBlock& long_ad(std::size_t at, std::uint64_t bytes, std::uint64_t block, std::uint64_t partition) {
    return put(at, bytes, 4).put(at + 4, block, 4).put(at + 8, partition, 2);
  }
  /// ECMA-167 3/7.2, with the CRC (polynomial 1021h) of `crc_bytes` behind the tag.
  UdfBlock& tag(std::size_t at, std::uint16_t id, std::uint32_t location, std::size_t crc_bytes = 496) {
    std::uint32_t crc = 0;
    for (std::size_t i = 0; i < crc_bytes; ++i) {
      crc ^= static_cast<std::uint32_t>(b.at(at + 16 + i)) << 8U;
      for (int bit = 0; bit < 8; ++bit)
        crc = (crc & 0x8000U) != 0 ? (crc << 1U ^ 0x1021U) & 0xFFFFU : crc << 1U & 0xFFFFU;
    }
    put(at, id, 2)
        .put(at + 2, 3, 2)
        .put(at + 4, 0, 4)
        .put(at + 8, crc, 2)
        .put(at + 10, crc_bytes, 2)
        .put(at + 12, location, 4);
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < 16; ++i) sum += b.at(at + i);
    return put(at + 4, sum & 0xFFU, 1);
  }
  void write(Image& image, std::int64_t sector) const { std::memcpy(image.at(sector), b.data(), kUserBytes); }
};

/// A volume of one directory level. Partition 0 begins at sector kFirst; with
/// `metadata` entries and directories lie in partition 1, whose file has one extent or (`split`) two.
class UdfImage {
 public:
  enum class Kind : std::uint8_t { plain, metadata, split_metadata, virtual_ };
  static constexpr std::uint32_t kFirst = 300;
  static constexpr std::uint32_t kMetaA = 40, kMetaABlocks = 4, kMetaBBlocks = 12;  ///< in partition 0

  explicit UdfImage(Kind kind) : kind_(kind) { image_.at(600); }

  struct File {
    std::string name;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> extents;  ///< block of partition 0, bytes; block 0: a hole
    bool chained = false;  ///< each descriptor behind the first in a continuation block of its own
    std::string embedded;  ///< content in the entry itself
  };
  void add(File file) { files_.push_back(std::move(file)); }

  Image& finish() {
    recognition();
    descriptors();
    if (metadata()) metadata_files();
    file_set();
    tree();
    if (kind_ == Kind::virtual_) virtual_table();
    return image_;
  }

  /// The sector of a block in the partition of entries and directories.
  [[nodiscard]] std::int64_t meta_sector(std::uint32_t block) const {
    if (kind_ == Kind::plain) return kFirst + block;
    if (kind_ == Kind::virtual_) return kFirst + 100 - block;  // backwards: nothing can be right by chance
    return kFirst + (block < kMetaABlocks ? kMetaA + block : meta_b() + block - kMetaABlocks);
  }
  static constexpr std::uint32_t kFileSet = 1, kRootEntry = 2, kRootDirectory = 3, kFirstEntry = 5, kFirstChain = 10;

 private:
  [[nodiscard]] bool metadata() const { return kind_ == Kind::metadata || kind_ == Kind::split_metadata; }
  /// The second part of the metadata file: behind the first, or somewhere else.
  [[nodiscard]] std::uint32_t meta_b() const { return kind_ == Kind::metadata ? kMetaA + kMetaABlocks : 60; }
  [[nodiscard]] std::uint16_t meta_ref() const { return kind_ == Kind::plain ? 0 : 1; }

  void recognition() {
    for (const auto& [sector, id] : {std::pair{16, "BEA01"}, {17, "NSR03"}, {18, "TEA01"}})
      UdfBlock{}.text(1, id).put(6, 1, 1).write(image_, sector);
    UdfBlock{}
        .put(16, 16 * 2048, 4)
        .put(20, 32, 4)
        .put(24, 16 * 2048, 4)
        .put(28, 48, 4)
        .tag(0, 2, 256)
        .write(image_, 256);
  }

  void descriptors() {
    for (std::uint32_t at : {32U, 48U}) {
      UdfBlock primary;
      primary.put(24, 8, 1)
          .text(25, "VOLUME")
          .put(24 + 31, 7, 1)
          .put(72, 8, 1)
          .text(73, "VOLUMESET")
          .put(72 + 127, 10, 1);
      primary.tag(0, 1, at).write(image_, at);
      UdfBlock partition;
      partition.put(16, 1, 4).put(20, 1, 2).text(25, "+NSR03").put(184, 1, 4).put(188, kFirst, 4).put(192, 290, 4);
      partition.tag(0, 5, at + 1).write(image_, at + 1);
      logical(at + 2);
      UdfBlock{}.tag(0, 8, at + 3).write(image_, at + 3);
    }
  }

  void logical(std::uint32_t at) {
    UdfBlock volume;
    volume.put(16, 2, 4).text(21, "OSTA Compressed Unicode").put(84, 8, 1).text(85, "MADE").put(84 + 127, 5, 1);
    volume.put(212, 2048, 4).text(217, "*OSTA UDF Compliant").put(240, metadata() ? 0x250 : 0x201, 2);
    volume.long_ad(248, 2048, kFileSet, meta_ref());
    volume.put(440, 1, 1).put(441, 6, 1).put(442, 1, 2).put(444, 0, 2);
    std::size_t length = 6;
    if (kind_ != Kind::plain) {
      volume.put(446, 2, 1).put(447, 64, 1).put(446 + 36, 1, 2).put(446 + 38, 0, 2);
      volume.text(446 + 5, metadata() ? "*UDF Metadata Partition" : "*UDF Virtual Partition");
      if (metadata())
        volume.put(446 + 40, 10, 4)
            .put(446 + 44, 11, 4)
            .put(446 + 48, UINT32_MAX, 4)
            .put(446 + 52, 32, 4)
            .put(446 + 56, 1, 2);
      length += 64;
    }
    volume.put(264, length, 4).put(268, kind_ == Kind::plain ? 1 : 2, 4).tag(0, 6, at).write(image_, at);
  }

  // UDF 2.50 writes extended file entries (4/14.17) for all; here the metadata volume does.
  [[nodiscard]] std::size_t body() const { return metadata() ? 216 : 176; }
  [[nodiscard]] std::uint16_t entry_tag() const { return metadata() ? 266 : 261; }
  [[nodiscard]] UdfBlock entry(std::uint8_t type, unsigned form, std::uint64_t bytes, std::size_t body_bytes) {
    UdfBlock block;
    block.put(20, 4, 2).put(24, 1, 2).put(27, type, 1).put(34, form, 2).put(48, 1, 2).put(56, bytes, 8);
    block.put(body() - 8, 0, 4).put(body() - 4, body_bytes, 4);
    if (metadata()) return block.put(64, bytes, 8).put(72, (bytes + 2047) / 2048, 8);
    return block.put(64, (bytes + 2047) / 2048, 8);
  }

  void metadata_files() {
    for (std::uint32_t at : {10U, 11U}) {
      UdfBlock block = entry(at == 10 ? 250 : 251, 0, (kMetaABlocks + kMetaBBlocks) * kUserBytes, 16);
      block.put(body(), kMetaABlocks * kUserBytes, 4).put(body() + 4, kMetaA, 4);
      block.put(body() + 8, kMetaBBlocks * kUserBytes, 4).put(body() + 12, meta_b(), 4);
      block.tag(0, entry_tag(), at).write(image_, kFirst + at);
    }
  }

  void file_set() {
    UdfBlock set;
    set.put(40, 1, 4).text(49, "OSTA Compressed Unicode").put(112, 8, 1).text(113, "SET").put(112 + 127, 4, 1);
    set.put(304, 8, 1).text(305, "SET").put(304 + 31, 4, 1).long_ad(400, 2048, kRootEntry, meta_ref());
    set.text(417, "*OSTA UDF Compliant").put(440, 0x250, 2);
    set.tag(0, 256, kFileSet).write(image_, meta_sector(kFileSet));
  }

  void tree() {
    UdfBlock directory;
    std::size_t at = identifier(directory, 0, "", kRootEntry, 8 | 2);
    for (std::uint32_t i = 0; i < files_.size(); ++i)
      at = identifier(directory, at, files_[i].name, kFirstEntry + i, 0);
    directory.write(image_, meta_sector(kRootDirectory));
    UdfBlock root = entry(4, 1, at, 16);
    root.long_ad(body(), at, kRootDirectory, meta_ref())
        .tag(0, entry_tag(), kRootEntry)
        .write(image_, meta_sector(kRootEntry));
    for (std::uint32_t i = 0; i < files_.size(); ++i) file(files_[i], kFirstEntry + i);
  }

  std::size_t identifier(UdfBlock& block, std::size_t at, const std::string& name, std::uint32_t entry,
                         unsigned is) const {
    const std::size_t name_bytes = name.empty() ? 0 : name.size() + 1;
    block.put(at + 16, 1, 2).put(at + 18, is, 1).put(at + 19, name_bytes, 1).long_ad(at + 20, 2048, entry, meta_ref());
    if (!name.empty()) block.put(at + 38, 8, 1).text(at + 39, name);
    const std::size_t length = (38 + name_bytes + 3) / 4 * 4;
    block.tag(at, 257, kRootDirectory, length - 16);
    return at + length;
  }

  void file(const File& file, std::uint32_t at) {
    std::uint64_t bytes = file.embedded.size();
    for (const auto& extent : file.extents) bytes += extent.second;
    const auto ad = [&](UdfBlock& block, std::size_t place, std::size_t i) {
      const auto& [first, length] = file.extents[i];
      block.long_ad(place, length | (first == 0 ? 2ULL << 30U : 0), first, 0);
    };
    const std::size_t inside = file.chained && file.extents.size() > 1 ? 2 : file.extents.size();
    UdfBlock block =
        entry(5, file.embedded.empty() ? 1 : 3, bytes, file.embedded.empty() ? inside * 16 : file.embedded.size());
    block.text(body(), file.embedded);
    for (std::size_t i = 0; i < inside; ++i) ad(block, body() + 16 * i, i);
    if (inside < file.extents.size() || (file.chained && inside == 2)) {
      std::uint32_t next = next_chain_;
      block.long_ad(body() + 16, kUserBytes | 3ULL << 30U, next, meta_ref());
      for (std::size_t i = 1; i < file.extents.size(); ++i) {
        const bool last = i + 1 == file.extents.size();
        UdfBlock more;
        more.put(20, last ? 16 : 32, 4);
        ad(more, 24, i);
        if (!last) more.long_ad(40, kUserBytes | 3ULL << 30U, next + 1, meta_ref());
        more.tag(0, 258, next).write(image_, meta_sector(next));
        ++next;
      }
      next_chain_ = next;
    }
    block.tag(0, entry_tag(), at).write(image_, meta_sector(at));
  }

  void virtual_table() {
    UdfBlock table;
    table.put(0, 152, 2);
    for (std::uint32_t i = 0; i < 20; ++i)
      table.put(152 + 4 * i, static_cast<std::uint64_t>(meta_sector(i)) - kFirst, 4);
    table.write(image_, kFirst + 280);
    UdfBlock block = entry(248, 0, 152 + 80, 8);
    block.put(body(), 152 + 80, 4).put(body() + 4, 280, 4).tag(0, 261, 300).write(image_, 600);
  }

  Kind kind_;
  Image image_;
  std::vector<File> files_;
  std::uint32_t next_chain_ = kFirstChain;
};

}  // namespace pressmark
