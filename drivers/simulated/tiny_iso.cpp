// ECMA-119 level 1, written in the order it lies on the disc: 16 system sectors, primary descriptor, terminator, two
// path tables, root, DATA (as many sectors as its fillers need), text files, fillers of at most 1 GiB each (level 1
// sizes are 32 bits).
#include "drivers/simulated/tiny_iso.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <fmt/format.h>

namespace pressmark::simulated {
namespace {

constexpr std::uint64_t kSector = 2048;
constexpr std::uint32_t kDescriptor = 16, kTerminator = 17, kPathTableL = 18, kPathTableM = 19, kRoot = 20;
constexpr std::uint32_t kDataDirectory = 21;
constexpr std::uint64_t kFillerSectors = 512 * 1024;                 // 1 GiB
constexpr std::array<std::uint8_t, 7> kDate{100, 1, 1, 0, 0, 0, 0};  // 2000-01-01 00:00:00 UTC

struct TextFile {
  std::string_view name, text;
};
constexpr std::array kTextFiles{
    TextFile{"COPYING.TXT;1", "This disc was made by a program. Its content is free for any use.\n"},
    TextFile{"INDEX.TXT;1",
             "README.TXT    what this disc is\nCOPYING.TXT   terms\nNUMBERS.TXT   something to look at\n"
             "DATA          filler\n"},
    TextFile{"NUMBERS.TXT;1", "2 3 5 7 11 13 17 19 23 29 31 37 41 43 47 53 59 61 67 71 73 79 83 89 97\n"},
    TextFile{"README.TXT;1",
             "A simulated disc.\n\nNo laser has ever seen it. A program answers the drive's commands and makes every "
             "sector\n"
             "when it is asked for one; the scratches are made the same way, from a seed.\n"},
};

class Block {
 public:
  explicit Block(std::uint64_t sectors) : bytes_(sectors * kSector) {}
  void at(std::uint64_t sector, std::uint64_t offset) { where_ = sector * kSector + offset; }
  void u8(std::uint64_t v) { bytes_.at(where_++) = static_cast<std::byte>(v); }
  void little(std::uint64_t v, int width) {
    for (int i = 0; i < width; ++i) u8(v >> (8 * i));
  }
  void big(std::uint64_t v, int width) {
    for (int i = width - 1; i >= 0; --i) u8(v >> (8 * i));
  }
  void both(std::uint64_t v, int width) {  // 7.2.3, 7.3.3: both byte orders
    little(v, width);
    big(v, width);
  }
  void text(std::string_view s, std::size_t width = 0) {
    for (std::size_t i = 0; i < std::max(width, s.size()); ++i)
      u8(static_cast<unsigned char>(i < s.size() ? s[i] : ' '));
  }
  void zeros(std::size_t n) { where_ += n; }
  std::vector<std::byte> take() && { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
  std::uint64_t where_ = 0;
};

struct Extent {
  std::uint32_t first = 0;
  std::uint64_t bytes = 0;
};

constexpr std::size_t record_bytes(std::string_view name) { return 33 + name.size() + (name.size() % 2 == 0 ? 1 : 0); }

void directory_record(Block& out, std::string_view name, Extent extent, bool directory) {  // 9.1
  out.u8(record_bytes(name));
  out.u8(0);
  out.both(extent.first, 4);
  out.both(extent.bytes, 4);
  for (const std::uint8_t d : kDate) out.u8(d);
  out.u8(directory ? 2 : 0);
  out.zeros(2);  // not interleaved
  out.both(1, 2);
  out.u8(name.size());
  out.text(name);
  if (name.size() % 2 == 0) out.u8(0);
}

constexpr std::string_view kSelf{"\0", 1}, kParent{"\1", 1};

struct Layout {
  Extent root{kRoot, kSector}, data;
  std::uint32_t text_files = 0;
  std::uint32_t head_sectors = 0;
  std::vector<Extent> fillers;
};

constexpr std::uint64_t kFillersInSector = (kSector - 2 * 34) / record_bytes("FILL000.BIN;1");

Layout lay_out(std::uint64_t sectors) {
  Layout l;
  const std::uint64_t fillers = (sectors + kFillerSectors - 1) / kFillerSectors;
  const std::uint64_t directory_sectors = (fillers + kFillersInSector - 1) / kFillersInSector;
  l.data = {kDataDirectory, directory_sectors * kSector};
  l.text_files = static_cast<std::uint32_t>(kDataDirectory + directory_sectors);
  l.head_sectors = static_cast<std::uint32_t>(l.text_files + kTextFiles.size());
  for (std::uint64_t at = l.head_sectors; at < sectors;) {
    const std::uint64_t count = std::min(kFillerSectors, sectors - at);
    l.fillers.push_back({static_cast<std::uint32_t>(at), count * kSector});
    at += count;
  }
  return l;
}

void primary_descriptor(Block& out, const TinyIsoOptions& options, const Layout& l) {  // 8.4
  out.at(kDescriptor, 0);
  out.u8(1);
  out.text("CD001");
  out.u8(1);
  out.u8(0);
  out.text("", 32);
  out.text(std::string_view{options.volume_id}.substr(0, 32), 32);
  out.zeros(8);
  out.both(options.sectors, 4);
  out.zeros(32);
  out.both(1, 2);
  out.both(1, 2);
  out.both(kSector, 2);
  out.both(10 + 12, 4);  // path table: root record and DATA record
  out.little(kPathTableL, 4);
  out.little(0, 4);
  out.big(kPathTableM, 4);
  out.big(0, 4);
  directory_record(out, kSelf, l.root, true);
  out.text("", 128);
  out.text("PRESSMARK SIMULATED DRIVE", 128);
  out.text("", 128);
  out.text("PRESSMARK", 128);
  out.text("", 37 * 3);
  for (int i = 0; i < 2; ++i) {  // created, modified
    out.text("2000010100000000");
    out.u8(0);
  }
  for (int i = 0; i < 2; ++i) {  // no expiry, no effective date
    out.text("0000000000000000");
    out.u8(0);
  }
  out.u8(1);
  out.at(kTerminator, 0);
  out.u8(255);
  out.text("CD001");
  out.u8(1);
}

void path_tables(Block& out, const Layout& l) {  // 9.4
  out.at(kPathTableL, 0);
  out.u8(1), out.u8(0), out.little(l.root.first, 4), out.little(1, 2), out.u8(0), out.u8(0);
  out.u8(4), out.u8(0), out.little(l.data.first, 4), out.little(1, 2), out.text("DATA");
  out.at(kPathTableM, 0);
  out.u8(1), out.u8(0), out.big(l.root.first, 4), out.big(1, 2), out.u8(0), out.u8(0);
  out.u8(4), out.u8(0), out.big(l.data.first, 4), out.big(1, 2), out.text("DATA");
}

void directories(Block& out, const Layout& l) {
  out.at(kRoot, 0);
  directory_record(out, kSelf, l.root, true);
  directory_record(out, kParent, l.root, true);
  const auto text_file = [&](std::size_t i) {
    return Extent{static_cast<std::uint32_t>(l.text_files + i), kTextFiles[i].text.size()};
  };
  static_assert(std::string_view{"COPYING.TXT;1"} < "DATA" && std::string_view{"DATA"} < "INDEX.TXT;1");
  directory_record(out, kTextFiles[0].name, text_file(0), false);
  directory_record(out, "DATA", l.data, true);
  for (std::size_t i = 1; i < kTextFiles.size(); ++i) directory_record(out, kTextFiles[i].name, text_file(i), false);

  out.at(l.data.first, 0);
  directory_record(out, kSelf, l.data, true);
  directory_record(out, kParent, l.root, true);
  for (std::size_t i = 0; i < l.fillers.size(); ++i) {
    if (i != 0 && i % kFillersInSector == 0) out.at(l.data.first + i / kFillersInSector, 0);  // records do not cross
    directory_record(out, fmt::format("FILL{:03}.BIN;1", i), l.fillers[i], false);
  }
}

}  // namespace

std::vector<std::byte> tiny_iso_head(const TinyIsoOptions& options) {
  assert(options.sectors >= kTinyIsoLeast);
  const Layout layout = lay_out(options.sectors);
  Block out(layout.head_sectors);
  primary_descriptor(out, options, layout);
  path_tables(out, layout);
  directories(out, layout);
  for (std::size_t i = 0; i < kTextFiles.size(); ++i) {
    out.at(layout.text_files + i, 0);
    out.text(kTextFiles[i].text);
  }
  return std::move(out).take();
}

}  // namespace pressmark::simulated
