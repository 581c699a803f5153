// A volume and a list of changes to it, from a fuzzer's bytes: two for a sector, two for a place in it, two for how many bytes follow. Tags
// of UDF get their checksums put right, so that chance need not find them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>

#include "pressmark/filesystem.h"

#include "unit/files/hfs_image.h"
#include "unit/files/iso_image.h"
#include "unit/files/udf_image.h"

namespace pressmark {

inline constexpr std::int64_t kSectors = 1024;

inline void require(bool holds) {
  if (!holds) std::abort();
}

using Sector = std::array<std::byte, kUserBytes>;

inline void put_tag_right(Sector& sector, std::size_t at) {
  std::uint8_t sum = 0;
  for (std::size_t i = 0; i < 16; ++i)
    if (i != 4) sum = static_cast<std::uint8_t>(sum + std::to_integer<std::uint8_t>(sector[at + i]));
  sector[at + 4] = std::byte{sum};
}

inline bool looks_like_tag(const Sector& sector, std::size_t at) {
  const auto id = std::to_integer<unsigned>(sector[at]) | std::to_integer<unsigned>(sector[at + 1]) << 8U;
  return id <= 9 || (id >= 256 && id <= 266);
}

inline Image iso() {
  IsoImage made{kSectors};
  made.directory(IsoImage::kRoot,
                 {{"A.;1", 60, 5000, 0, susp("NM", std::string("\0a long name", 12))},
                  {"BIG.;1", 70, 4096, 0x80, ""},
                  {"BIG.;1", 80, 100, 0, ""},
                  {"C.;1", 61, 1, 0, susp("CE", le_be(50) + le_be(0) + le_be(40))},
                  {"DIR", 30, 2048, 2, ""}},
                 susp("SP", std::string("\xBE\xEF\0", 3)));
  made.directory(30, {{"E.;1", 90, 2048, 0, ""}, {"DEEP", 31, 2048, 2, ""}});
  made.directory(31, {{"F.;1", 91, 10, 0, ""}});
  made.put(50, 0, susp("NM", std::string("\0continued", 10)));
  return std::move(made.finish());
}

inline Image udf(UdfImage::Kind kind) {
  UdfImage made{kind};
  made.add({.name = "one", .extents = {{120, 5000}}});
  made.add({.name = "chain", .extents = {{160, 2048}, {170, 2048}, {180, 2048}}, .chained = true});
  made.add({.name = "inside", .embedded = "content"});
  made.add({.name = "holes", .extents = {{200, 2048}, {0, 4096}}});
  return std::move(made.finish());
}

inline Image hfs_plus() {
  HfsPlusImage made{400, 3};
  made.directory(HfsPlusImage::kRoot, 20, "dir");
  made.directory(20, 21, "deep");
  made.file(HfsPlusImage::kRoot, "one", {.id = 30, .bytes = 5000, .extents = {{100, 3}}});
  made.file(21, "two",
            {.id = 31, .bytes = 10, .extents = {{110, 1}}, .resource_bytes = 20, .resource_extents = {{111, 1}}});
  made.file(20, "split", {.id = 33, .bytes = 4096, .extents = {{120, 1}}});
  made.overflow(33, 1, {{130, 2}});
  return std::move(made.finish());
}

/// An Apple partition map before a volume of HFS: one directory, one file.
inline Image hfs() {
  const auto be = HfsPlusImage::be;
  const auto padded = [](std::string text, std::size_t bytes) {
    text.resize(bytes);
    return text;
  };
  HfsPlusImage made;
  Image image = std::move(made.finish());
  const auto put = [&](std::size_t at, const std::string& text) {
    std::memcpy(image.bytes.data() + at, text.data(), text.size());
  };
  std::ranges::fill(image.bytes, std::byte{0});
  put(0, "ER" + be(512, 2));
  put(512, padded("PM" + be(0, 2) + be(1, 4) + be(40, 4) + be(400, 4), 48) + "Apple_HFS");
  constexpr std::size_t kBase = 40 * 512;
  std::string mdb = padded("BD", 14) + be(3, 2) + be(0, 2) + be(300, 2) + be(512, 4) + be(0, 4) + be(8, 2);
  mdb = padded(mdb, 36) + "\3Mac";
  mdb = padded(mdb, 130) + be(512, 4) + be(0, 2) + be(1, 2);
  mdb = padded(mdb, 146) + be(1024, 4) + be(1, 2) + be(2, 2);
  put(kBase + 1024, mdb);
  const auto node = [&](int kind, const std::vector<std::string>& records) {
    std::string text = padded(padded("", 8) + static_cast<char>(kind) + "\1" + be(records.size(), 2), 14), offsets;
    for (const std::string& record : records) {
      offsets = be(text.size(), 2) + offsets;
      text += record;
    }
    offsets = be(text.size(), 2) + offsets;
    return padded(text, 512 - offsets.size()) + offsets;
  };
  const std::string head =
      padded(be(1, 2) + be(1, 4) + be(3, 4) + be(1, 4) + be(1, 4) + be(512, 2) + be(37, 2) + be(2, 4), 106);
  put(kBase + 8 * 512, node(1, {head, padded("", 128), padded("\x80", 256)}));
  put(kBase + 9 * 512, node(1, {head, padded("", 128), padded("\xC0", 256)}));
  const std::string directory = "\x9" + be(0, 1) + be(1, 4) + "\3Mac" + padded(padded("\1", 6) + be(2, 4), 70);
  const std::string file =
      "\x9" + be(0, 1) + be(2, 4) + "\3one" +
      padded(padded(padded("\2", 20) + be(17, 4) + be(0, 2) + be(700, 4), 74) + be(10, 2) + be(2, 2), 102);
  put(kBase + 10 * 512, node(-1, {directory, file}));
  return image;
}

/// Limits small enough to be met.
inline WalkOptions walk_options(std::int64_t origin) {
  return {.sectors = kSectors,
          .origin = origin,
          .limits = {.depth = 16,
                     .entries = 2000,
                     .extents = 5000,
                     .text_bytes = 200'000,
                     .directory_bytes = 65536,
                     .sectors_read = 20'000,
                     .chain = 500,
                     .troubles = 100}};
}

/// What the changes are made to; made once.
inline const Image& base(unsigned which) {
  static const std::array<Image, 8> kBases{Image{},
                                           iso(),
                                           udf(UdfImage::Kind::plain),
                                           udf(UdfImage::Kind::metadata),
                                           udf(UdfImage::Kind::split_metadata),
                                           udf(UdfImage::Kind::virtual_),
                                           hfs_plus(),
                                           hfs()};
  return kBases[which % kBases.size()];
}

class Changed {
 public:
  Changed(const Image& under, const std::uint8_t* data, std::size_t size) : under_(under) {
    constexpr std::size_t kHead = 6;
    while (size > kHead) {
      const auto number = [&](std::size_t i) { return static_cast<std::size_t>(data[i] | data[i + 1] << 8); };
      const std::size_t place = number(2) % kUserBytes;
      const std::size_t given = std::min({number(4) % (kUserBytes + 1), kUserBytes - place, size - kHead});
      change(static_cast<std::int64_t>(number(0)) % kSectors, place, {data + kHead, given});
      data += kHead + given;
      size -= kHead + given;
    }
  }
  void read(std::int64_t at, std::byte* out) const {
    if (const auto it = changed_.find(at); it != changed_.end())
      std::memcpy(out, it->second.data(), kUserBytes);
    else if (at < under_.sectors())
      std::memcpy(out, under_.bytes.data() + at * kUserBytes, kUserBytes);
    else
      std::memset(out, 0, kUserBytes);
  }

 private:
  void change(std::int64_t at, std::size_t place, std::span<const std::uint8_t> bytes) {
    Sector sector;
    read(at, sector.data());
    std::memcpy(sector.data() + place, bytes.data(), bytes.size());
    if (looks_like_tag(sector, 0)) put_tag_right(sector, 0);
    // A directory's records: each tag at a place where one may begin.
    for (std::size_t tag = 4; tag + 16 <= kUserBytes; tag += 4)
      if (sector[tag] == std::byte{1} && sector[tag + 1] == std::byte{1}) put_tag_right(sector, tag);
    changed_[at] = sector;
  }

  const Image& under_;
  std::map<std::int64_t, Sector> changed_;
};

}  // namespace pressmark
