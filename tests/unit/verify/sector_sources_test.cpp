#include <sys/stat.h>

#include "pressmark/sector.h"
#include "pressmark/verify.h"

#include "memory_file.h"
#include "unit/temp_folder.h"

namespace pressmark {
namespace {

/// A system whose one file has bad sectors.
class OneFile final : public Files {
 public:
  OneFile(std::vector<std::byte> bytes, std::vector<LbaRange> bad) : bytes_(std::move(bytes)), bad_(std::move(bad)) {}
  Result<std::unique_ptr<File>> open(const Path&, OpenMode) override {
    return std::make_unique<MemoryFile>(bytes_, bad_);
  }
  Result<void> rename(const Path&, const Path&) override { return {}; }
  Result<void> remove(const Path&) override { return {}; }
  Result<void> sync_directory(const Path&) override { return {}; }
  bool exists(const Path&) override { return true; }
  std::optional<std::uint64_t> free_bytes(const Path&) override { return std::nullopt; }
  Result<std::unique_ptr<FileLock>> lock(const Path&) override { return std::make_unique<FileLock>(); }

 private:
  std::vector<std::byte> bytes_;
  std::vector<LbaRange> bad_;
};

TEST(FileSourceTest, SectorsTheDiskCannotReadAreListedAndTheRestIsThere) {
  const auto bytes = pattern(100 * 2048 + 17);
  OneFile files{bytes, {{Lba{7}, 2}, {Lba{64}, 1}}};
  auto source = open_file_source(files, "x.iso");
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->bytes(), bytes.size());
  EXPECT_EQ((*source)->sectors(), 101);
  std::vector<std::byte> out(101 * 2048);
  std::vector<LbaRange> bad;
  ASSERT_TRUE((*source)->read(Lba{0}, 101, out, bad));
  SectorRanges ranges;
  for (const LbaRange& range : bad) ranges.add(range);
  EXPECT_EQ(ranges.ranges, (std::vector<LbaRange>{{Lba{7}, 2}, {Lba{64}, 1}}));
  for (std::size_t sector : {0U, 6U, 9U, 63U, 65U, 99U})
    EXPECT_TRUE(std::equal(out.begin() + static_cast<std::ptrdiff_t>(sector * 2048),
                           out.begin() + static_cast<std::ptrdiff_t>(sector * 2048 + 2048),
                           bytes.begin() + static_cast<std::ptrdiff_t>(sector * 2048)))
        << sector;
  EXPECT_TRUE(std::equal(bytes.end() - 17, bytes.end(), out.begin() + 100 * 2048));
}

using FileSourceInFolderTest = TempFolderTest;

TEST_F(FileSourceInFolderTest, OnlyRegularFilesAreOpened) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(open_file_source(system_files(), folder_ / "pipe").error().kind, ErrorKind::unsupported);
  EXPECT_EQ(open_file_source(system_files(), folder_).error().kind, ErrorKind::unsupported);
  EXPECT_EQ(open_file_source(system_files(), folder_ / "no").error().kind, ErrorKind::not_found);
}

using TrackSourceTest = TempFolderTest;

std::string raw_sectors(std::size_t count, SectorMode mode) {
  std::string file;
  for (std::size_t i = 0; i < count; ++i) {
    std::array<std::byte, kRawBytes> raw{};
    const std::size_t data = mode == SectorMode::mode1 ? 16 : 24;
    std::fill_n(raw.begin() + static_cast<std::ptrdiff_t>(data), 2048, static_cast<std::byte>('a' + i));
    if (mode == SectorMode::mode2_form2) raw[18] = raw[22] = std::byte{0x20};
    synthesise_sector(raw, Lba{static_cast<std::int64_t>(i)}, mode);
    file.append(reinterpret_cast<const char*>(raw.data()), raw.size());
  }
  return file;
}

struct Readout {
  std::string letters;  // the first byte of each sector
  std::vector<LbaRange> unreadable;
};

Readout read_all(SectorSource& source) {
  Readout result;
  std::vector<std::byte> out(static_cast<std::size_t>(source.sectors()) * 2048, std::byte{'-'});
  EXPECT_TRUE(source.read(Lba{0}, static_cast<std::uint32_t>(source.sectors()), out, result.unreadable));
  for (std::size_t at = 0; at < out.size(); at += 2048) result.letters += std::to_integer<char>(out[at]);
  return result;
}

TEST_F(TrackSourceTest, RawSectorsAreStrippedAndThoseThatDoNotProveThemselvesAreUnreadable) {
  for (SectorMode mode : {SectorMode::mode1, SectorMode::mode2_form1}) {
    std::string file = raw_sectors(6, mode);
    file[2 * 2352 + 1000] ^= 1;  // data against EDC
    std::swap_ranges(file.begin() + 4 * 2352 + 12, file.begin() + 4 * 2352 + 15,
                     file.begin() + 3 * 2352 + 12);  // addresses
    write("a.bin", file);
    auto medium =
        open_cue(write("a.cue", std::string("FILE a.bin BINARY\nTRACK 01 ") +
                                    (mode == SectorMode::mode1 ? "MODE1" : "MODE2") + "/2352\nINDEX 01 00:00:00\n"));
    ASSERT_TRUE(medium);
    auto source = medium_source(std::move(*medium), "a.cue");
    ASSERT_TRUE(source);
    const Readout readout = read_all(**source);
    EXPECT_EQ(readout.letters.substr(0, 2), "ab");
    EXPECT_EQ(readout.letters[5], 'f');
    EXPECT_EQ(readout.unreadable, (std::vector<LbaRange>{{Lba{2}, 3}}));
  }
}

TEST_F(TrackSourceTest, Form2HasNoUserDataOf2048Bytes) {
  write("a.bin", raw_sectors(1, SectorMode::mode2_form1) + raw_sectors(2, SectorMode::mode2_form2).substr(2352));
  auto source = medium_source(
      open_cue(write("a.cue", "FILE a.bin BINARY\nTRACK 01 MODE2/2352\nINDEX 01 00:00:00\n")).value(), "a.cue");
  ASSERT_TRUE(source);
  EXPECT_EQ(read_all(**source).unreadable, (std::vector<LbaRange>{{Lba{1}, 1}}));
}

TEST_F(TrackSourceTest, SectorsOf2336BytesAreHeldToTheirEdc) {
  std::string raw = raw_sectors(4, SectorMode::mode2_form1) + raw_sectors(1, SectorMode::mode2_form2);
  raw[1 * 2352 + 500] ^= 1;  // data
  raw[2 * 2352 + 18] ^= 1;   // one of the two submode bytes
  std::string file;
  for (std::size_t at = 0; at < raw.size(); at += 2352) file += raw.substr(at + 16, 2336);
  write("a.bin", file);
  auto source = medium_source(
      open_cue(write("a.cue", "FILE a.bin BINARY\nTRACK 01 MODE2/2336\nINDEX 01 00:00:00\n")).value(), "a.cue");
  ASSERT_TRUE(source);
  const Readout readout = read_all(**source);
  EXPECT_EQ(readout.letters[0], 'a');
  EXPECT_EQ(readout.letters[3], 'd');
  EXPECT_EQ(readout.unreadable, (std::vector<LbaRange>{{Lba{1}, 2}, {Lba{4}, 1}}));
}

TEST_F(TrackSourceTest, AddressesCountFromTheStartOfTheTrack) {
  write("a.bin", std::string(3 * 2352, 'm'));
  write("b.iso", std::string(2048, 'x') + std::string(2048, 'y'));
  auto source = medium_source(open_cue(write("a.cue",
                                             "FILE a.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nFILE b.iso "
                                             "BINARY\nTRACK 02 MODE1/2048\nINDEX 01 00:00:00\n"))
                                  .value(),
                              "a.cue");
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->bytes(), 4096U);
  EXPECT_EQ(read_all(**source).letters, "xy");
}

TEST_F(TrackSourceTest, TheTrackMustBeOneDataTrack) {
  write("a.bin", std::string(6 * 2352, 'm'));
  const auto sheet = write("a.cue",
                           "FILE a.bin BINARY\nTRACK 01 MODE1/2352\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 "
                           "00:00:02\nTRACK 03 MODE1/2352\nINDEX 01 00:00:04\n");
  EXPECT_EQ(medium_source(open_cue(sheet).value(), "a.cue").error().kind, ErrorKind::usage);
  EXPECT_EQ(medium_source(open_cue(sheet).value(), "a.cue", 2).error().kind, ErrorKind::usage);
  EXPECT_EQ(medium_source(open_cue(sheet).value(), "a.cue", 9).error().kind, ErrorKind::usage);
  EXPECT_TRUE(medium_source(open_cue(sheet).value(), "a.cue", 3));
}

}  // namespace
}  // namespace pressmark
