// UDF partitions, extents and damage, on volumes written byte by byte.
#include <gmock/gmock.h>
#include <udfread/udfread.h>

#include "unit/files/udf_image.h"
#include "unit/temp_folder.h"

namespace pressmark {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Udf : public TempFolderTest, public ::testing::WithParamInterface<UdfImage::Kind> {};

constexpr std::int64_t kPart = UdfImage::kFirst;
VolumeExtent extent(std::int64_t block, std::uint64_t bytes) { return {(kPart + block) * 2048, bytes}; }

UdfImage with_files(UdfImage::Kind kind) {
  UdfImage made{kind};
  made.add({.name = "one", .extents = {{120, 5000}}});
  made.add({.name = "pieces", .extents = {{130, 4096}, {150, 2048}, {140, 100}}});
  made.add({.name = "chain", .extents = {{160, 2048}, {170, 2048}, {180, 2048}, {190, 7}}, .chained = true});
  made.add({.name = "inside", .embedded = "content in the entry"});
  made.add({.name = "holes", .extents = {{200, 2048}, {0, 4096}, {201, 10}}});
  return made;
}

TEST_P(Udf, FindsEveryExtent) {
  UdfImage made = with_files(GetParam());
  Image& image = made.finish();
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  EXPECT_THAT(texts(volume->troubles()), IsEmpty());
  ASSERT_THAT(volume->views(), SizeIs(1));
  EXPECT_EQ(volume->views()[0].volume_id, "MADE");
  const auto files = files_of(*volume, VolumeView::udf);
  ASSERT_THAT(files, SizeIs(5));
  EXPECT_THAT(volume->extents(*files.at("one")), ElementsAre(extent(120, 5000)));
  EXPECT_THAT(volume->extents(*files.at("pieces")),
              ElementsAre(extent(130, 4096), extent(150, 2048), extent(140, 100)));
  EXPECT_THAT(volume->sectors(*files.at("pieces")),
              ElementsAre(SectorRange{kPart + 130, 2}, SectorRange{kPart + 140, 1}, SectorRange{kPart + 150, 1}));
  EXPECT_THAT(volume->extents(*files.at("chain")),
              ElementsAre(extent(160, 2048), extent(170, 2048), extent(180, 2048), extent(190, 7)));
  EXPECT_EQ(content(image, *volume, *files.at("inside")), "content in the entry");
  EXPECT_THAT(volume->extents(*files.at("holes")),
              ElementsAre(extent(200, 2048), VolumeExtent{VolumeExtent::kHole, 4096}, extent(201, 10)));
  EXPECT_THAT(structures_at(*volume, made.meta_sector(UdfImage::kRootDirectory)), ElementsAre("directory of / (UDF)"));
  EXPECT_THAT(structures_at(*volume, made.meta_sector(UdfImage::kFirstEntry)), ElementsAre("file entry of /one (UDF)"));
  EXPECT_THAT(structures_at(*volume, made.meta_sector(UdfImage::kFirstChain)),
              ElementsAre("allocation descriptors of /chain (UDF)"));
}

/// The maker above is ours: that it makes UDF at all is libudfread's word. (It knows no virtual partitions, and no metadata file of
/// several extents.)
TEST_P(Udf, LibudfreadAgrees) {
  if (GetParam() != UdfImage::Kind::plain && GetParam() != UdfImage::Kind::metadata) return;
  UdfImage made = with_files(GetParam());
  Image& image = made.finish();
  const auto path = write("udf.img", {reinterpret_cast<const char*>(image.bytes.data()), image.bytes.size()});
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  udfread* udf = udfread_init();
  ASSERT_EQ(udfread_open(udf, path.c_str()), 0);
  for (const auto& [name, file] : files_of(*volume, VolumeView::udf)) {
    if (name == "inside" || name == "holes") continue;  // libudfread gives no address for either
    UDFFILE* opened = udfread_file_open(udf, ("/" + name).c_str());
    ASSERT_NE(opened, nullptr) << name;
    EXPECT_EQ(udfread_file_size(opened), static_cast<std::int64_t>(file->bytes));
    std::uint32_t block = 0;
    for (const VolumeExtent& part : volume->extents(*file))
      for (std::int64_t s = 0; s < part.sectors().count; ++s)
        EXPECT_EQ(udfread_file_lba(opened, block++), part.sectors().first + s) << name;
    udfread_file_close(opened);
  }
  udfread_close(udf);
}

TEST_P(Udf, ADeadEntryCostsItsFileOnly) {
  UdfImage made = with_files(GetParam());
  Image& image = made.finish();
  image.dead.insert(made.meta_sector(UdfImage::kFirstEntry + 1));
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  const auto files = files_of(*volume, VolumeView::udf);
  EXPECT_THAT(files, SizeIs(4));
  EXPECT_FALSE(files.contains("pieces"));
  EXPECT_THAT(texts(volume->troubles()), ElementsAre(HasSubstr("file entry of /pieces")));
}

TEST_P(Udf, RecordsBehindABrokenOneAreFoundByTheirTags) {
  UdfImage made = with_files(GetParam());
  Image& image = made.finish();
  std::byte* directory = image.at(made.meta_sector(UdfImage::kRootDirectory));
  directory[40] ^= std::byte{0xFF};  // "one"'s tag: the parent's record has 40 bytes
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  EXPECT_THAT(files_of(*volume, VolumeView::udf), SizeIs(4));
  EXPECT_THAT(texts(volume->troubles()), ElementsAre(HasSubstr("a broken record")));
}

TEST_P(Udf, ARootThatIsAFileIsToldAndNotListed) {
  UdfImage made = with_files(GetParam());
  Image& image = made.finish();
  std::memcpy(image.at(made.meta_sector(UdfImage::kRootEntry)), image.at(made.meta_sector(UdfImage::kFirstEntry)),
              2048);
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  EXPECT_THAT(volume->files(), IsEmpty());
  EXPECT_THAT(texts(volume->troubles()), ElementsAre(HasSubstr("the root is no directory")));
}

TEST_P(Udf, ADirectoryThatHoldsItselfEnds) {
  UdfImage made{GetParam()};
  made.add({.name = "loop"});
  Image& image = made.finish();
  std::memcpy(image.at(made.meta_sector(UdfImage::kFirstEntry)), image.at(made.meta_sector(UdfImage::kRootEntry)),
              2048);
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  // The copy is another entry over the same records: one more level, whose "loop" is the copy itself.
  EXPECT_THAT(texts(volume->troubles()), ElementsAre(HasSubstr("loop: directory /loop/loop is /loop again")));
}

TEST_P(Udf, AChainWithoutEndEnds) {
  UdfImage made{GetParam()};
  made.add({.name = "chain", .extents = {{160, 2048}, {170, 2048}, {180, 2048}}, .chained = true});
  Image& image = made.finish();
  UdfBlock more;  // its continuation names itself
  const std::uint32_t at = UdfImage::kFirstChain;
  more.put(20, 16, 4).long_ad(24, 2048 | 3ULL << 30U, at, GetParam() == UdfImage::Kind::plain ? 0 : 1);
  more.tag(0, 258, at).write(image, made.meta_sector(at));
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  const auto files = files_of(*volume, VolumeView::udf);
  ASSERT_THAT(files, SizeIs(1));
  EXPECT_FALSE(files.at("chain")->whole);
}

std::string kind_name(const ::testing::TestParamInfo<UdfImage::Kind>& info) {
  switch (info.param) {
    case UdfImage::Kind::plain: return "plain";
    case UdfImage::Kind::metadata: return "metadata";
    case UdfImage::Kind::split_metadata: return "split_metadata";
    case UdfImage::Kind::virtual_: return "virtual";
  }
  return {};
}

INSTANTIATE_TEST_SUITE_P(Partitions, Udf,
                         ::testing::Values(UdfImage::Kind::plain, UdfImage::Kind::metadata,
                                           UdfImage::Kind::split_metadata, UdfImage::Kind::virtual_),
                         kind_name);

TEST(UdfMetadata, TheMirrorServesWhereTheMainFileIsDead) {
  UdfImage made = with_files(UdfImage::Kind::metadata);
  Image& image = made.finish();
  image.dead.insert(kPart + 10);
  const auto volume = image.walk();
  ASSERT_TRUE(volume);
  EXPECT_THAT(files_of(*volume, VolumeView::udf), SizeIs(5));
}

}  // namespace
}  // namespace pressmark
