// HFS and HFS+: volumes that hfsutils, genisoimage and xorriso make, as these and 7z show them; and volumes that no system would make.
#include <gmock/gmock.h>

#include "unit/files/hfs_image.h"
#include "unit/files/iso_image.h"
#include "unit/files/made_images.h"

namespace pressmark {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class HfsImages : public MadeImages {
 protected:
  /// A command of hfsutils; they keep the mounted volume in $HOME.
  std::string hfs(const std::string& command) { return run("HOME=. " + command); }
};

TEST_F(HfsImages, HybridOfGenisoimage) {
  make_tree();
  run("genisoimage -quiet -hfs -R -hfs-volid MACGAME -o a.iso tree");
  Image image = load_image(folder_ / "a.iso");
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  EXPECT_THAT(texts(volume->troubles()), IsEmpty());
  ASSERT_THAT(volume->views(), SizeIs(2));
  EXPECT_EQ(volume->views()[1].version, "HFS");
  EXPECT_EQ(volume->views()[1].volume_id, "MACGAME");
  const auto found = files_of(*volume, VolumeView::hfs);
  hfs("hmount a.iso");
  for (const char* path : {"hello.txt", "a/data.bin", "many/file number 7.txt"}) {
    ASSERT_TRUE(found.contains(path)) << path;
    EXPECT_EQ(content(image, *volume, *found.at(path)), tree_[path]) << path;
    EXPECT_EQ(volume->paths(*found.at(path)).size(), 2U) << "the same bytes as the ISO 9660 view's";
    std::string colons = path;
    std::ranges::replace(colons, '/', ':');
    hfs("hcopy -r ':" + colons + "' out");
    EXPECT_EQ(content(image, *volume, *found.at(path)), run("cat out")) << path;
  }
  // As hls counts them.
  const std::string listed = hfs("hls -1 :many");
  EXPECT_EQ(std::ranges::count(listed, '\n'), 120);
  EXPECT_EQ(std::ranges::count_if(found, [](const auto& f) { return f.first.starts_with("many/"); }), 120);
}

TEST_F(HfsImages, HybridOfXorrisoIsWhat7zSees) {
  make_tree();
  run("xorriso -as mkisofs -quiet -hfsplus -R -V PLUS -o a.iso tree");
  Image image = load_image(folder_ / "a.iso");
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  EXPECT_THAT(texts(volume->troubles()), IsEmpty());
  const auto found = files_of(*volume, VolumeView::hfs_plus);
  std::istringstream lines{run("7z l -slt -tHFS a.iso || test $? -le 2")};  // it warns of the ISO around it
  std::map<std::string, std::uint64_t> theirs;
  std::string path;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("Path = ")) path = line.substr(7);
    if (line.starts_with("Folder = +")) path.clear();
    if (line.starts_with("Size = ") && !path.empty() && line.size() > 7) theirs[path] = std::stoull(line.substr(7));
  }
  std::size_t same = 0;
  for (const auto& [name, file] : found) {
    if (file->symbolic_link) continue;
    const auto it = std::ranges::find_if(theirs, [&](const auto& t) { return t.first.ends_with(name); });
    ASSERT_NE(it, theirs.end()) << name << run("7z l -slt -tHFS a.iso || true");
    EXPECT_EQ(file->bytes, it->second) << name;
    ++same;
  }
  EXPECT_GE(same, tree_.size() - 1) << "the empty file is known by its Rock Ridge name";
  for (const auto& [name, text] : tree_)
    if (std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x80; }) && !text.empty()) {
      ASSERT_TRUE(found.contains(name)) << name;
      EXPECT_EQ(content(image, *volume, *found.at(name)), text) << name;
    }
}

/// MacBinary II: a header of 128 bytes, then both forks, each padded to 128.
std::string mac_binary(const std::string& name, const std::string& data, const std::string& resource) {
  std::string head(128, '\0');
  head[1] = static_cast<char>(name.size());
  head.replace(2, name.size(), name);
  head.replace(65, 8, "TEXTttxt");
  head.replace(83, 4, HfsPlusImage::be(data.size(), 4));
  head.replace(87, 4, HfsPlusImage::be(resource.size(), 4));
  head.replace(91, 4, HfsPlusImage::be(3'000'000'000, 4));  // made, and changed, in seconds since 1904
  head.replace(95, 4, HfsPlusImage::be(3'100'000'000, 4));
  head[122] = static_cast<char>(129);
  head[123] = static_cast<char>(129);
  std::uint16_t crc = 0;  // CRC-16/XMODEM over the first 124 bytes
  for (std::size_t i = 0; i < 124; ++i) {
    crc = static_cast<std::uint16_t>(crc ^ static_cast<unsigned char>(head[i]) << 8);
    for (int bit = 0; bit < 8; ++bit)
      crc = static_cast<std::uint16_t>((crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1);
  }
  head.replace(124, 2, HfsPlusImage::be(crc, 2));
  const auto padded = [](std::string text) {
    text.resize((text.size() + 127) / 128 * 128);
    return text;
  };
  return head + padded(data) + padded(resource);
}

TEST_F(HfsImages, VolumeOfHfsutilsWithForksAndFragments) {
  run("truncate -s 3M v.hfs");
  hfs("hformat -l 'Sp\xC3\xA4ter' v.hfs");
  const std::string data(30'000, 'd'), resource(9'000, 'r');
  write("both.bin", mac_binary("Both", data, resource));
  hfs("hcopy -m both.bin :");
  hfs("hmkdir :Deep");
  write("small", std::string(40'000, 's'));
  for (int i = 0; i < 60; ++i) hfs("hcopy -r small ':Deep:small " + std::to_string(i) + "'");
  for (int i = 0; i < 60; i += 2) hfs("hdel ':Deep:small " + std::to_string(i) + "'");
  std::string noise;
  for (int i = 0; noise.size() < 1'400'000; ++i) noise += std::to_string(i * 7919) + " ";
  write("big", noise);
  hfs("hcopy -r big :big");
  Image image = load_image(folder_ / "v.hfs");
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  EXPECT_THAT(texts(volume->troubles()), IsEmpty());
  ASSERT_THAT(volume->views(), SizeIs(1));
  const auto found = files_of(*volume, VolumeView::hfs);
  ASSERT_TRUE(found.contains("Both") && found.contains("Both:rsrc") && found.contains("big"));
  EXPECT_EQ(content(image, *volume, *found.at("Both")), data);
  EXPECT_EQ(found.at("Both")->modified, 3'100'000'000 - 2'082'844'800);
  EXPECT_EQ(content(image, *volume, *found.at("Both:rsrc")), resource);
  EXPECT_EQ(content(image, *volume, *found.at("big")), noise);
  EXPECT_GT(volume->extents(*found.at("big")).size(), 6U) << "this test is about extents in the overflow tree";
  EXPECT_EQ(std::ranges::count_if(found, [](const auto& f) { return f.first.starts_with("Deep/small "); }), 30);
}

// ------------------------------------------------------------------------------------------------ made byte by byte

HfsPlusImage small(std::size_t per_node = 4) {
  HfsPlusImage made{400, per_node};
  made.directory(HfsPlusImage::kRoot, 20, "dir");
  made.directory(20, 21, "deep");
  made.file(HfsPlusImage::kRoot, "one", {.id = 30, .bytes = 5000, .extents = {{100, 3}}, .modified = 3'200'000'000});
  made.file(21, "two",
            {.id = 31, .bytes = 10, .extents = {{110, 1}}, .resource_bytes = 20, .resource_extents = {{111, 1}}});
  made.file(20, "link", {.id = 32, .bytes = 9, .extents = {{112, 1}}, .mode = 0xA1FF});
  return made;
}

TEST(Hfs, PlusVolumeFromItsBytes) {
  HfsPlusImage made = small();
  made.file(21, "split",
            {.id = 33,
             .bytes = 10 * 2048,
             .extents = {{120, 1}, {130, 1}, {140, 1}, {150, 1}, {160, 1}, {170, 1}, {180, 1}, {190, 1}}});
  made.overflow(33, 8, {{200, 2}});
  Image& image = made.finish();
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  EXPECT_THAT(texts(volume->troubles()), IsEmpty());
  const auto found = files_of(*volume, VolumeView::hfs_plus);
  ASSERT_THAT(found, SizeIs(5));
  EXPECT_EQ(volume->sectors(*found.at("one")), (std::vector{SectorRange{100, 3}}));
  EXPECT_EQ(found.at("one")->modified, 3'200'000'000 - 2'082'844'800);
  EXPECT_EQ(volume->sectors(*found.at("dir/deep/two:rsrc")), (std::vector{SectorRange{111, 1}}));
  EXPECT_EQ(volume->sectors(*found.at("dir/deep/split")).back(), (SectorRange{200, 2}));
  EXPECT_TRUE(found.at("dir/deep/split")->whole);
  EXPECT_TRUE(found.at("dir/link")->symbolic_link);
  EXPECT_EQ(volume->views()[0].volume_id, "Volume");
  EXPECT_THAT(structures_at(*volume, HfsPlusImage::kCatalogAt), Contains("catalog (HFS+)"));
}

TEST(Hfs, ADeadNodeCostsWhatItLists) {
  HfsPlusImage made = small(2);  // Volume+dir, deep+one, two+link
  Image& image = made.finish();
  image.dead.insert(HfsPlusImage::catalog_node(2) + 1);
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  EXPECT_THAT(texts(volume->troubles()), Contains(AllOf(HasSubstr("catalog (HFS+)"), HasSubstr("cannot be read"))));
  const auto found = files_of(*volume, VolumeView::hfs_plus);
  EXPECT_FALSE(found.contains("one"));
  EXPECT_TRUE(found.contains("directory 21/two")) << "its directory's name is in the dead node";
  EXPECT_TRUE(found.contains("dir/link"));
}

TEST(Hfs, ADeadHeaderNodeCostsTheMapOnly) {
  HfsPlusImage made = small();
  Image& image = made.finish();
  image.dead.insert(HfsPlusImage::catalog_node(0));
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  EXPECT_TRUE(files_of(*volume, VolumeView::hfs_plus).contains("dir/deep/two"));
  EXPECT_THAT(texts(volume->troubles()), Contains(HasSubstr("no header")));
}

TEST(Hfs, NodesOutOfUseAreNotTaken) {
  HfsPlusImage made = small();
  Image& image = made.finish();
  // A copy of the first leaf where the map says that no node is in use.
  std::memcpy(image.at(HfsPlusImage::catalog_node(6)), image.at(HfsPlusImage::catalog_node(1)), HfsPlusImage::kNode);
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  EXPECT_EQ(volume->views()[0].files, 4U);
}

TEST(Hfs, DirectoriesWithinThemselvesEnd) {
  HfsPlusImage made;
  made.directory(41, 40, "a");
  made.directory(40, 41, "b");
  made.directory(42, 42, "self");
  made.file(41, "in b", {.id = 50, .bytes = 5, .extents = {{100, 1}}});
  made.file(42, "in self", {.id = 51, .bytes = 5, .extents = {{101, 1}}});
  Image& image = made.finish();
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  EXPECT_THAT(volume->files(), SizeIs(2)) << "no file is lost by it";
  EXPECT_THAT(texts(volume->troubles()), Contains(HasSubstr("within itself")));
}

TEST(Hfs, DepthIsBounded) {
  HfsPlusImage made{400, 20};
  for (std::uint32_t i = 0; i < 120; ++i) made.directory(i == 0 ? 2 : 99 + i, 100 + i, "d");
  made.file(219, "deep", {.id = 50, .bytes = 5, .extents = {{100, 1}}});
  Image& image = made.finish();
  const auto volume = image.walk({.limits = {.depth = 16}});
  ASSERT_TRUE(volume);
  EXPECT_THAT(volume->files(), IsEmpty());
  ASSERT_EQ(volume->trouble_count(), 1U) << "told once";
  EXPECT_EQ(volume->troubles()[0].kind, VolumeTrouble::Kind::limit);
}

TEST(Hfs, ExtentsOutsideTheVolumeAndHugeClaimsAreToldAndCut) {
  HfsPlusImage made;
  made.file(2, "outside", {.id = 30, .bytes = 5000, .extents = {{4'000'000'000, 3}}});
  made.file(2, "over", {.id = 31, .bytes = 5000, .extents = {{399, 4'294'967'295}}});
  made.file(2, "huge", {.id = 32, .bytes = UINT64_MAX, .extents = {{100, 2}}});
  made.file(2, "gap", {.id = 33, .bytes = 5 * 2048, .extents = {{100, 1}}});
  made.overflow(33, 3, {{104, 2}});  // blocks 1 and 2 are nowhere
  Image& image = made.finish();
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  ASSERT_THAT(volume->files(), SizeIs(4));
  for (const VolumeFile& file : volume->files()) EXPECT_FALSE(file.whole) << volume->path(file);
  EXPECT_THAT(volume->troubles(), SizeIs(Ge(4U)));
}

TEST(Hfs, NamesAreMadeSafe) {
  HfsPlusImage made;
  made.file(2, "..", {.id = 30, .bytes = 5, .extents = {{100, 1}}});
  made.file(2, "a/../../b", {.id = 31, .bytes = 5, .extents = {{101, 1}}});
  Image& image = made.finish();
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  const auto found = files_of(*volume, VolumeView::hfs_plus);
  EXPECT_TRUE(found.contains("__") && found.contains("a_.._.._b"));
}

TEST(Hfs, WordsOfTheDiscDoNotReachTheTerminalAsCommands) {
  HfsPlusImage made;
  made.directory(40, 40, "\x1B[2J");
  made.file(40, "x\x07y", {.id = 50, .bytes = 5, .extents = {{100, 1}}});
  Image& image = made.finish();
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  EXPECT_THAT(texts(volume->troubles()), Contains(HasSubstr("directory _[2J (HFS+) is within itself")));
  EXPECT_EQ(volume->path(volume->files()[0]), "directory 40/x_y");
  IsoImage iso;
  iso.directory(IsoImage::kRoot, {});
  Image& other = iso.finish();
  other.bytes[16 * 2048 + 41] = std::byte{0x1B};
  EXPECT_EQ(other.walk()->views()[0].volume_id, "M_DE");
}

TEST(Hfs, EveryTruncationIsSurvived) {
  HfsPlusImage made = small();
  const Image whole = made.finish();
  for (std::int64_t sectors = 1; sectors < 130; ++sectors) {
    Image cut = whole;
    cut.bytes.resize(static_cast<std::size_t>(sectors) * kUserBytes);
    ASSERT_TRUE(cut.walk({.sectors = sectors})) << sectors;
  }
}

}  // namespace
}  // namespace pressmark
