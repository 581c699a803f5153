// Images made by genisoimage, xorriso and mkudffs from a folder: what the walk finds must be the folder, byte for byte, and lie
// where xorriso, isoinfo and libudfread say it does.
#include "unit/files/made_images.h"

#include <gmock/gmock.h>
#include <sstream>
#include <udfread/udfread.h>

namespace pressmark {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(MadeImages, BridgeOfFourViews) {
  make_tree();
  run("genisoimage -quiet -R -J -joliet-long -udf -V BRIDGE -o a.iso tree");
  Image image = load_image(folder_ / "a.iso");
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  EXPECT_THAT(texts(volume->troubles()), IsEmpty());
  ASSERT_THAT(volume->views(), SizeIs(3));
  EXPECT_EQ(volume->views()[0].version, "UDF 1.02");
  EXPECT_EQ(volume->views()[1].version, "ISO 9660, Rock Ridge");
  EXPECT_EQ(volume->views()[2].version, "Joliet level 3");
  for (const VolumeSummary& view : volume->views()) EXPECT_EQ(view.volume_id, "BRIDGE");
  for (VolumeView view : {VolumeView::udf, VolumeView::rock_ridge, VolumeView::joliet})
    expect_tree(image, *volume, view);
  EXPECT_THAT(volume->files(), SizeIs(tree_.size() + 1)) << "every file once, and the link";
}

TEST_F(MadeImages, PlainIso) {
  make_tree();
  run("genisoimage -quiet -D -o a.iso tree");
  Image image = load_image(folder_ / "a.iso");
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  EXPECT_THAT(texts(volume->troubles()), IsEmpty());
  ASSERT_THAT(volume->views(), SizeIs(1));
  EXPECT_EQ(volume->views()[0].view, VolumeView::iso9660);
  const auto files = files_of(*volume, VolumeView::iso9660);
  ASSERT_TRUE(files.contains("HELLO.TXT") && files.contains("A/B/C/D/E/F/G/H/I/J/DEEP.BIN"));
  EXPECT_EQ(content(image, *volume, *files.at("HELLO.TXT")), "hello\n");
  EXPECT_GE(volume->files().size(), tree_.size());
}

/// xorriso -find: `File data lba:  0 ,      349 ,        1 ,     3000 , '/a/...'`.
TEST_F(MadeImages, AddressesAreThoseOfXorriso) {
  make_tree();
  run("xorriso -as mkisofs -quiet -R -J -o a.iso tree");
  const std::string report = run("xorriso -indev a.iso -find / -type f -exec report_lba");
  Image image = load_image(folder_ / "a.iso");
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  EXPECT_THAT(texts(volume->troubles()), IsEmpty());
  expect_tree(image, *volume, VolumeView::rock_ridge);
  const auto files = files_of(*volume, VolumeView::rock_ridge);
  int seen = 0;
  std::istringstream lines{report};
  for (std::string line; std::getline(lines, line);) {
    long first = 0, count = 0;
    unsigned long bytes = 0;
    int name = 0;
    if (std::sscanf(line.c_str(), "File data lba: %*d , %ld , %ld , %lu , '/%n", &first, &count, &bytes, &name) != 3)
      continue;
    const std::string path =
        line.substr(static_cast<std::size_t>(name), line.rfind('\'') - static_cast<std::size_t>(name));
    ASSERT_TRUE(files.contains(path)) << path;
    const VolumeFile& file = *files.at(path);
    EXPECT_EQ(file.bytes, bytes);
    if (bytes == 0) continue;
    EXPECT_EQ(volume->sectors(file), (std::vector{SectorRange{first, count}}));
    ++seen;
  }
  EXPECT_EQ(seen, static_cast<int>(tree_.size()) - 1);
}

TEST_F(MadeImages, MovedDirectoriesOfRockRidgeAreWhereTheyBelong) {
  make_tree();
  run("genisoimage -quiet -R -o a.iso tree");  // moves what is deeper than eight levels to rr_moved
  Image image = load_image(folder_ / "a.iso");
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  expect_tree(image, *volume, VolumeView::rock_ridge);
  bool moved = false;
  for (const VolumeStructure& structure : volume->structures()) moved |= volume->name(structure).contains("rr_moved");
  EXPECT_TRUE(moved) << "this test shows nothing if genisoimage moves nothing";
}

TEST_F(MadeImages, ElToritoIsBoot) {
  make_tree();
  add("boot.img", std::string(1474560, 'B'));
  run("genisoimage -quiet -R -b boot.img -c boot.cat -o a.iso tree");
  Image image = load_image(folder_ / "a.iso");
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  const auto files = files_of(*volume, VolumeView::rock_ridge);
  const SectorRange where = volume->sectors(*files.at("boot.img")).at(0);
  EXPECT_THAT(structures_at(*volume, where.first), ElementsAre("boot image 1 (El Torito)"));
  EXPECT_THAT(structures_at(*volume, where.end() - 1), ElementsAre("boot image 1 (El Torito)"));
  EXPECT_THAT(structures_at(*volume, where.end()), IsEmpty());
  EXPECT_THAT(structures_at(*volume, volume->sectors(*files.at("boot.cat")).at(0).first),
              ElementsAre("boot catalogue (El Torito)"));
}

TEST_F(MadeImages, EverySectorOfAGenisoimageIsSomebodys) {
  make_tree();
  run("genisoimage -quiet -R -J -no-pad -o a.iso tree");
  Image image = load_image(folder_ / "a.iso");
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  std::set<std::int64_t> owned;
  for (const VolumeStructure& structure : volume->structures())
    for (std::int64_t s = structure.where.first; s < structure.where.end(); ++s) owned.insert(s);
  for (const VolumeFile& file : volume->files())
    for (const SectorRange& range : volume->sectors(file))
      for (std::int64_t s = range.first; s < range.end(); ++s) owned.insert(s);
  std::vector<std::int64_t> unowned;
  for (std::int64_t s = 0; s < image.sectors(); ++s)
    if (!owned.contains(s) &&
        std::any_of(image.at(s), image.at(s) + kUserBytes, [](std::byte b) { return b != std::byte{}; }))
      unowned.push_back(s);
  // The version block of mkisofs, and the Rock Ridge continuation area, which is part of no directory's extent.
  EXPECT_LE(unowned.size(), 2U) << ::testing::PrintToString(unowned);
}

// ------------------------------------------------------------------------------------------------ UDF

/// path -> extents, from libudfread.
void udfread_tree(udfread* udf, const std::string& folder, std::map<std::string, std::vector<std::int64_t>>& out) {
  UDFDIR* dir = udfread_opendir(udf, folder.c_str());
  ASSERT_NE(dir, nullptr) << folder;
  udfread_dirent entry;
  while (udfread_readdir(dir, &entry) != nullptr) {
    const std::string name = entry.d_name;
    if (name == "." || name == "..") continue;
    const std::string path = folder == "/" ? "/" + name : folder + "/" + name;
    if (entry.d_type == UDF_DT_DIR) {
      udfread_tree(udf, path, out);
      continue;
    }
    UDFFILE* file = udfread_file_open(udf, path.c_str());
    ASSERT_NE(file, nullptr) << path;
    auto& blocks = out[path.substr(1)];
    const std::int64_t bytes = udfread_file_size(file);
    for (std::int64_t b = 0; b * 2048 < bytes; ++b)
      blocks.push_back(udfread_file_lba(file, static_cast<std::uint32_t>(b)));
    udfread_file_close(file);
  }
  udfread_closedir(dir);
}

TEST_F(MadeImages, UdfAddressesAreThoseOfLibudfread) {
  make_tree();
  run("genisoimage -quiet -D -udf -o a.iso tree");
  std::map<std::string, std::vector<std::int64_t>> oracle;
  udfread* udf = udfread_init();
  ASSERT_EQ(udfread_open(udf, (folder_ / "a.iso").c_str()), 0);
  udfread_tree(udf, "/", oracle);
  udfread_close(udf);
  Image image = load_image(folder_ / "a.iso");
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  auto files = files_of(*volume, VolumeView::udf);
  EXPECT_GE(oracle.size(), tree_.size());
  for (const auto& [path, blocks] : oracle) {
    ASSERT_TRUE(files.contains(path)) << path;
    std::vector<std::int64_t> ours;
    for (const VolumeExtent& extent : volume->extents(*files[path]))
      for (std::int64_t s = 0; s < extent.sectors().count; ++s) ours.push_back(extent.sectors().first + s);
    EXPECT_EQ(ours, blocks) << path;
  }
}

/// Empty volumes with every kind of partition that mkudffs makes; root and lost+found must be found.
TEST_F(MadeImages, VolumesOfMkudffs) {
  struct Case {
    const char* media;
    const char* revision;
    const char* version;
    bool is_virtual;  ///< its table is the last sector written, and so must be the image's
  };
  for (const Case& c : {Case{"dvdram", "0x0102", "UDF 1.02", false}, Case{"cdr", "0x0150", "UDF 1.50", true},
                        Case{"cdr", "0x0201", "UDF 2.01", true}, Case{"cdrw", "0x0201", "UDF 2.01", false},
                        Case{"dvdrw", "0x0201", "UDF 2.01", false}, Case{"bdr", "0x0250", "UDF 2.50", true},
                        Case{"dvdr", "0x0260", "UDF 2.60", true}}) {
    SCOPED_TRACE(std::string{c.media} + " " + c.version);
    run("rm -f u.img; truncate -s 20M u.img; mkudffs -l Tëst --blocksize=2048 --media-type=" + std::string{c.media} +
        " --udfrev=" + c.revision + " u.img");
    Image image = load_image(folder_ / "u.img");
    const auto zero = [](std::byte b) { return b == std::byte{}; };
    while (c.is_virtual && std::all_of(image.at(image.sectors() - 1), image.at(image.sectors() - 1) + kUserBytes, zero))
      image.bytes.resize(image.bytes.size() - kUserBytes);
    const auto volume = image.walk();
    ASSERT_TRUE(volume);
    EXPECT_THAT(texts(volume->troubles()), IsEmpty());
    ASSERT_THAT(volume->views(), SizeIs(1));
    EXPECT_EQ(volume->views()[0].version, c.version);
    EXPECT_EQ(volume->views()[0].volume_id, "Tëst");
    EXPECT_GE(volume->views()[0].directories, 1U);
  }
}

// ------------------------------------------------------------------------------------------------ damage

TEST_F(MadeImages, ADeadDirectorySectorCostsOnlyWhatItLists) {
  make_tree();
  run("genisoimage -quiet -R -o a.iso tree");
  Image image = load_image(folder_ / "a.iso");
  const auto whole = image.walk();
  ASSERT_TRUE(whole);
  SectorRange many;
  for (const VolumeStructure& structure : whole->structures())
    if (whole->name(structure) == "directory of /many (Rock Ridge)") many = structure.where;
  ASSERT_GT(many.count, 2) << "the test needs a directory of several sectors";
  image.dead.insert(many.first + 1);
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  ASSERT_THAT(volume->troubles(), SizeIs(1));
  EXPECT_EQ(volume->troubles()[0].where, (SectorRange{many.first + 1, 1}));
  EXPECT_EQ(volume->troubles()[0].kind, VolumeTrouble::Kind::unreadable);
  EXPECT_THAT(volume->troubles()[0].text, ::testing::HasSubstr("/many"));
  const std::size_t lost = whole->files().size() - volume->files().size();
  EXPECT_GT(lost, 5U);
  EXPECT_LT(lost, 120 / static_cast<std::size_t>(many.count) + 10);
}

TEST_F(MadeImages, DirectoriesBelowADeadOneComeFromThePathTable) {
  make_tree();
  run("genisoimage -quiet -D -o a.iso tree");
  Image image = load_image(folder_ / "a.iso");
  const auto whole = image.walk();
  ASSERT_TRUE(whole);
  for (const VolumeStructure& structure : whole->structures())
    if (whole->name(structure) == "directory of /A/B (ISO 9660)" ||
        whole->name(structure) == "directory of / (ISO 9660)")
      image.dead.insert(structure.where.first);
  ASSERT_THAT(image.dead, SizeIs(2));
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  const auto files = files_of(*volume, VolumeView::iso9660);
  EXPECT_TRUE(files.contains("A/B/C/D/E/F/G/H/I/J/DEEP.BIN"));
  EXPECT_TRUE(files.contains("A/DATA.BIN"));
  EXPECT_FALSE(files.contains("HELLO.TXT")) << "nothing but the dead root knows it";
}

TEST_F(MadeImages, ADeadViewLeavesTheOthers) {
  make_tree();
  run("genisoimage -quiet -R -J -joliet-long -udf -o a.iso tree");
  Image image = load_image(folder_ / "a.iso");
  image.dead.insert(16);
  for (std::int64_t s = 32; s < 64; ++s) image.dead.insert(s);  // both sequences of UDF
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  ASSERT_THAT(volume->views(), SizeIs(1));
  EXPECT_EQ(volume->views()[0].view, VolumeView::joliet);
  expect_tree(image, *volume, VolumeView::joliet);
  EXPECT_GE(volume->trouble_count(), 1U);
}

TEST_F(MadeImages, UdfThroughItsReserveSequence) {
  make_tree();
  run("genisoimage -quiet -D -udf -o a.iso tree");
  Image image = load_image(folder_ / "a.iso");
  for (std::int64_t s = 32; s < 48; ++s) image.dead.insert(s);
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  expect_tree(image, *volume, VolumeView::udf);
}

TEST_F(MadeImages, WhatLiesBeyondTheImageIsCutAndTold) {
  make_tree();
  run("genisoimage -quiet -R -no-pad -o a.iso tree");
  Image image = load_image(folder_ / "a.iso");
  const auto whole = image.walk();
  ASSERT_TRUE(whole);
  const VolumeFile& last = *std::ranges::max_element(whole->files(), {}, [&](const VolumeFile& file) {
    return file.extent_count == 0 ? 0 : whole->extents(file)[0].at;
  });
  const std::int64_t end = whole->sectors(last).at(0).end() - 1;
  const auto volume = image.walk({.sectors = end});
  ASSERT_TRUE(volume);
  ASSERT_THAT(volume->troubles(), SizeIs(1));
  EXPECT_EQ(volume->troubles()[0].kind, VolumeTrouble::Kind::beyond);
  EXPECT_EQ(volume->files().size(), whole->files().size());
  EXPECT_EQ(std::ranges::count(volume->files(), false, &VolumeFile::whole), 1);
}

/// The image of a second session: its addresses count from the disc's start.
TEST_F(MadeImages, AnImageThatBeginsLaterOnTheDisc) {
  make_tree();
  run("genisoimage -quiet -R -o first.iso tree");
  write("more/new.txt", "new");
  run("genisoimage -quiet -R -C 0,11702 -M first.iso -o second.iso more");
  tree_["new.txt"] = "new";
  Image image = load_image(folder_ / "second.iso");
  const auto volume = image.walk({.origin = 11702});
  ASSERT_TRUE(volume);
  const auto files = files_of(*volume, VolumeView::rock_ridge);
  ASSERT_TRUE(files.contains("new.txt"));
  EXPECT_EQ(content(image, *volume, *files.at("new.txt")), "new");
  ASSERT_TRUE(files.contains("hello.txt"));
  EXPECT_FALSE(files.at("hello.txt")->whole) << "it lies in the first session, before this image";
}

/// xorriso adds sessions to an image: the last one's tree is what is shown, what only earlier ones list is found too.
TEST_F(MadeImages, SessionsThatXorrisoAdded) {
  make_tree();
  run("xorriso -outdev s.iso -joliet on -map tree /");
  write("new.txt", "new");
  run("xorriso -dev s.iso -joliet on -map new.txt /new.txt -rm /hello.txt --");
  write("third.txt", "third");
  run("xorriso -dev s.iso -joliet on -map third.txt /a/third.txt");
  const std::string toc = run("xorriso -indev s.iso -toc");
  Image image = load_image(folder_ / "s.iso");
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  EXPECT_EQ(volume->sessions(), 3) << toc;
  std::map<std::string, std::uint16_t> sessions;
  for (const VolumeFile& file : volume->files()) sessions[volume->path(file)] = volume->session(file);
  EXPECT_EQ(sessions["hello.txt"], 1) << "the second session has removed it";
  for (const char* path : {"a/data.bin", "new.txt", "a/third.txt", "empty.txt"}) EXPECT_EQ(sessions[path], 3) << path;
  tree_["new.txt"] = "new";
  tree_["a/third.txt"] = "third";
  expect_tree(image, *volume, VolumeView::rock_ridge);

  long start = 0, sectors = 0;
  const std::size_t second = toc.find("ISO session  :   2");
  ASSERT_NE(second, std::string::npos) << toc;
  ASSERT_EQ(std::sscanf(toc.c_str() + second, "ISO session : 2 , %ld , %lds", &start, &sectors), 2);
  EXPECT_THAT(structures_at(*volume, start + 16), ElementsAre("volume descriptor (CD001), session 2"));

  const auto first_alone = image.walk({.sessions = {32}});
  ASSERT_TRUE(first_alone);
  EXPECT_TRUE(files_of(*first_alone, VolumeView::rock_ridge).contains("hello.txt"));
  EXPECT_FALSE(files_of(*first_alone, VolumeView::rock_ridge).contains("new.txt"));
}

/// A disc whose first file is itself an image, at the very sector where xorriso would keep a first session.
TEST_F(MadeImages, AnImageAmongTheFilesIsNoSession) {
  make_tree();
  run("genisoimage -quiet -R -o inner.iso tree");
  run("mkdir outer && cp inner.iso outer/inner.iso && cp inner.iso outer/other");
  run("genisoimage -quiet -R -o outer.iso outer");
  Image image = load_image(folder_ / "outer.iso");
  const auto plain = image.walk({.sessions = {0}});
  ASSERT_TRUE(plain);
  const VolumeFile& inner = *files_of(*plain, VolumeView::rock_ridge).at("inner.iso");
  // To sector 32, over the file's own start, which the walk does not look at.
  const std::string copy = content(image, *plain, inner);
  std::memcpy(image.at(32), copy.data(), copy.size());
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  EXPECT_EQ(volume->sessions(), 1);
  EXPECT_THAT(volume->views(), SizeIs(1));
  EXPECT_THAT(volume->files(), SizeIs(2));
}

TEST_F(MadeImages, NoFileSystemIsNoView) {
  Image image;
  image.bytes.resize(600 * kUserBytes, std::byte{0x37});
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  EXPECT_THAT(volume->views(), IsEmpty());
  EXPECT_THAT(volume->files(), IsEmpty());
  EXPECT_THAT(volume->structures(), IsEmpty());
}

TEST_F(MadeImages, AnErrorOfTheReaderEndsTheWalk) {
  const auto volume = walk_volume(
      [](auto, auto, auto) -> Result<bool> { return fail({.kind = ErrorKind::interrupted}); }, {.sectors = 1000});
  ASSERT_FALSE(volume);
  EXPECT_EQ(volume.error().kind, ErrorKind::interrupted);
}

}  // namespace
}  // namespace pressmark
