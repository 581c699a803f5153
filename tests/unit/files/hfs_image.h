// Writes small HFS+ volumes record by record (TN1150), sound ones and ones that no system would make.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "unit/files/image.h"

namespace pressmark {

class HfsPlusImage {
 public:
  static constexpr std::uint32_t kBlock = 2048, kNode = 4096, kRoot = 2;
  static constexpr std::uint32_t kCatalogAt = 10, kOverflowAt = 40,
                                 kTreeBlocks = 20;                       // blocks, as sectors of the image
  using Extents = std::vector<std::pair<std::uint32_t, std::uint32_t>>;  // block, count

  /// `per_node`: records in a leaf.
  explicit HfsPlusImage(std::uint32_t blocks = 400, std::size_t per_node = 4) : blocks_(blocks), per_node_(per_node) {
    image_.at(blocks - 1);
    directory(1, kRoot, "Volume");
  }

  void directory(std::uint32_t parent, std::uint32_t id, std::string_view name) {
    std::string data = be(1, 2) + be(0, 2) + be(0, 4) + be(id, 4);
    data.resize(88);
    catalog_.push_back(key(parent, name) + data);
  }
  struct File {
    std::uint32_t id = 16;
    std::uint64_t bytes = 0;
    Extents extents;
    std::uint64_t resource_bytes = 0;
    Extents resource_extents = {};
    std::uint16_t mode = 0x81A4;
    std::uint32_t modified = 0;  ///< seconds since 1904
  };
  void file(std::uint32_t parent, std::string_view name, const File& file) {
    std::string data = be(2, 2) + be(0, 6) + be(file.id, 4);
    data.resize(16);
    data += be(file.modified, 4);
    data.resize(42);
    data += be(file.mode, 2);
    data.resize(88);
    catalog_.push_back(key(parent, name) + data + fork(file.bytes, file.extents) +
                       fork(file.resource_bytes, file.resource_extents));
  }
  void overflow(std::uint32_t id, std::uint32_t from_block, const Extents& extents, bool resource = false) {
    overflow_.push_back(be(10, 2) + std::string(1, resource ? '\xFF' : '\0') + std::string(1, '\0') + be(id, 4) +
                        be(from_block, 4) + eight(extents));
  }
  void put(std::int64_t byte, std::string_view text) {
    image_.at((byte + static_cast<std::int64_t>(text.size())) / kUserBytes);
    std::memcpy(image_.bytes.data() + byte, text.data(), text.size());
  }
  /// The sector in which the catalog's node begins; a node has two sectors.
  static std::int64_t catalog_node(std::uint32_t number) { return kCatalogAt + 2 * std::int64_t{number}; }

  Image& finish() {
    std::string header = "H+" + be(4, 2);
    header.resize(40);
    header += be(kBlock, 4) + be(blocks_, 4);
    header.resize(112);
    header += fork(kBlock, {{5, 1}});  // allocation bitmap
    header += tree(kOverflowAt, overflow_);
    header += tree(kCatalogAt, catalog_);
    header.resize(512);
    put(1024, header);
    return image_;
  }

  static std::string be(std::uint64_t value, int bytes) {
    std::string text;
    for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i));
    return text;
  }
  static std::string key(std::uint32_t parent, std::string_view name) {
    std::string text = be(6 + 2 * name.size(), 2) + be(parent, 4) + be(name.size(), 2);
    for (char c : name) text += std::string(1, '\0') + c;
    return text;
  }

 private:
  static std::string eight(const Extents& extents) {
    std::string text;
    for (const auto& [block, count] : extents) text += be(block, 4) + be(count, 4);
    text.resize(64);
    return text;
  }
  static std::string fork(std::uint64_t bytes, const Extents& extents) {
    return be(bytes, 8) + be(0, 4) + be((bytes + kBlock - 1) / kBlock, 4) + eight(extents);
  }
  static std::string node(int kind, const std::vector<std::string>& records) {
    std::string text = be(0, 8) + std::string(1, static_cast<char>(kind)) + std::string(1, kind == -1 ? '\1' : '\0') +
                       be(records.size(), 2) + be(0, 2);
    std::string offsets;
    for (const std::string& record : records) {
      offsets = be(text.size(), 2) + offsets;
      text += record;
    }
    offsets = be(text.size(), 2) + offsets;
    text.resize(kNode - offsets.size());
    return text + offsets;
  }
  /// Writes a tree of leaves and returns its fork.
  std::string tree(std::uint32_t at, const std::vector<std::string>& records) {
    std::vector<std::string> leaves;
    for (std::size_t i = 0; i < records.size(); i += per_node_)
      leaves.push_back(
          node(-1, {records.begin() + static_cast<std::ptrdiff_t>(i),
                    records.begin() + static_cast<std::ptrdiff_t>(std::min(i + per_node_, records.size()))}));
    std::string head = be(2, 2) + be(1, 4) + be(records.size(), 4) + be(1, 4) + be(leaves.size(), 4) + be(kNode, 2) +
                       be(516, 2) + be(kTreeBlocks * kBlock / kNode, 4);
    head.resize(106);
    std::string map(256, '\0');
    for (std::size_t i = 0; i <= leaves.size(); ++i) map[i / 8] = static_cast<char>(map[i / 8] | 0x80 >> i % 8);
    put(std::int64_t{at} * kBlock, node(1, {head, std::string(128, '\0'), map}));
    for (std::size_t i = 0; i < leaves.size(); ++i)
      put(std::int64_t{at} * kBlock + static_cast<std::int64_t>((i + 1) * kNode), leaves[i]);
    return fork(std::uint64_t{kTreeBlocks} * kBlock, {{at, kTreeBlocks}});
  }

  Image image_;
  std::uint32_t blocks_;
  std::size_t per_node_;
  std::vector<std::string> catalog_, overflow_;
};

}  // namespace pressmark
