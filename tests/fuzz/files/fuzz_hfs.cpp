// The input as the trees of an HFS or HFS+ volume, node by node: what is decoded must lie within its bytes, and the walk must end.
//
// The first byte chooses the kind, the second the size of a node; the rest becomes the catalog, behind a header that is sound, and the
// extents overflow tree shares it.
#include "pressmark/filesystem.h"

#include "changed_volume.h"
#include "files/hfs_records.h"

namespace {

using namespace pressmark;

constexpr std::int64_t kTreeAt = 8;   // sectors
constexpr std::int64_t kVolume = 64;  // sectors: small, since each input makes one
constexpr std::size_t kMostTree = 40 * kUserBytes;

void decode(files::HfsKind kind, std::span<const std::byte> bytes) {
  (void)files::decode_hfs_volume(bytes);
  (void)files::decode_hfs_tree_header(bytes);
  (void)files::decode_apple_partition(bytes);
  if (const auto node = files::decode_hfs_node(bytes))
    for (const auto& record : node->records) {
      require(record.data() >= bytes.data() && record.data() + record.size() <= bytes.data() + bytes.size());
      (void)files::decode_hfs_entry(kind, record);
      (void)files::decode_hfs_overflow(kind, record);
    }
}

std::string header(bool plus, std::uint32_t tree_bytes) {
  const auto be = HfsPlusImage::be;
  const auto padded = [](std::string text, std::size_t bytes) {
    text.resize(bytes);
    return text;
  };
  const std::uint32_t tree_blocks = tree_bytes / 512;
  if (!plus) {
    std::string text = padded("BD", 18) + be(4000, 2) + be(512, 4) + be(0, 4) + be(0, 2);
    text = padded(text, 130) + be(tree_bytes, 4) + be(kTreeAt * 4, 2) + be(tree_blocks, 2);
    return padded(padded(text, 146) + be(tree_bytes, 4) + be(kTreeAt * 4, 2) + be(tree_blocks, 2), 512);
  }
  const std::string fork = padded(be(tree_bytes, 8) + be(0, 8) + be(kTreeAt * 4, 4) + be(tree_blocks, 4), 80);
  return padded(padded(padded("H+", 40) + be(512, 4) + be(4000, 4), 192) + fork + fork, 512);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const bool plus = data[0] % 2 == 1;
  const auto bytes = std::as_bytes(std::span{data + 2, std::min(size - 2, kMostTree)});
  decode(plus ? files::HfsKind::hfs_plus : files::HfsKind::hfs, bytes);

  // Node 0 by this hand: without it chance would spend its time on the header.
  const std::size_t node_bytes = plus ? std::size_t{512} << data[1] % 4U : 512;
  Image image;
  image.at(kVolume - 1);
  const auto tree_bytes = static_cast<std::uint32_t>((bytes.size() + 2 * node_bytes) / node_bytes * node_bytes);
  const std::string head = header(plus, tree_bytes);
  std::memcpy(image.bytes.data() + 1024, head.data(), head.size());
  std::byte* tree = image.bytes.data() + kTreeAt * kUserBytes;
  const auto put = [&](std::size_t at, std::uint64_t value, int count) {
    const std::string text = HfsPlusImage::be(value, count);
    std::memcpy(tree + at, text.data(), text.size());
  };
  put(8, 1, 1);
  put(10, 3, 2);
  put(14 + 18, node_bytes, 2);
  put(14 + 22, tree_bytes / node_bytes, 4);
  std::memset(tree + 248, 0xFF, node_bytes - 256);
  put(node_bytes - 2, 14, 2);
  put(node_bytes - 4, 120, 2);
  put(node_bytes - 6, 248, 2);
  put(node_bytes - 8, node_bytes - 8, 2);
  std::memcpy(tree + node_bytes, bytes.data(), bytes.size());

  WalkOptions options = walk_options(0);
  options.sectors = kVolume;
  const auto volume = image.walk(options);
  require(volume.has_value());
  for (const VolumeFile& file : volume->files()) {
    std::uint64_t there = 0;
    for (const VolumeExtent& extent : volume->extents(file)) {
      require(extent.at >= 0 && static_cast<std::uint64_t>(extent.at) + extent.bytes <= image.bytes.size());
      there += extent.bytes;
    }
    require(there <= file.bytes && (!file.whole || there == file.bytes));
    for (const Volume::Path& path : volume->paths(file))
      require(!path.text.empty() && !("/" + path.text + "/").contains("/../"));
  }
  return 0;
}
