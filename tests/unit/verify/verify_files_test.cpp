#include "pressmark/verify_files.h"

#include <atomic>
#include <fmt/format.h>

#include "pressmark/dat_entry.h"
#include "pressmark/sum_files.h"

#include "memory_file.h"
#include "unit/temp_folder.h"

namespace pressmark {
namespace {

class VerifyFilesTest : public TempFolderTest {
 protected:
  Path image(const std::string& name, std::size_t bytes, char first = 'a') const {
    const auto data = pattern(bytes);
    std::string text(reinterpret_cast<const char*>(data.data()), data.size());
    text[0] = first;
    return write(name, text);
  }
  static std::string sha1(const Path& path) {
    auto file = system_files().open(path, OpenMode::read).value();
    return hash_file(*file, {0, file->size().value()}, std::array{DigestKind::sha1}).value()[0].hex();
  }
  Against against(const std::string& name) const {
    auto read = Against::read(system_files(), (folder_ / name).string(), {});
    EXPECT_TRUE(read) << describe(read.error());
    return std::move(*read);
  }
};

TEST_F(VerifyFilesTest, ASumFilesPathGoesBeforeItsName) {
  const Path a = image("a/x.iso", 5000, '1');
  const Path b = image("b/x.iso", 5000, '2');
  write("sums.sha1", fmt::format("{}  a/x.iso\n{}  b/x.iso\n", sha1(a), sha1(b)));
  const Against sums = against("sums.sha1");
  EXPECT_EQ(sums.names(), (std::vector<std::string>{"a/x.iso", "b/x.iso"}));
  for (const Path& path : {a, b}) {
    const auto expectations = sums.about(path.string());
    ASSERT_TRUE(expectations);
    ASSERT_EQ(expectations->size(), 1U);
    EXPECT_EQ(std::get<ExpectedDigest>(expectations->front()).digest.hex(), sha1(path));
  }
  EXPECT_FALSE(sums.about("elsewhere/x.iso")) << "which of the two it should be nobody knows";
}

TEST_F(VerifyFilesTest, ManyAreToldInTheirOrderAndCounted) {
  std::string sums;
  std::vector<Path> paths;
  for (int i = 0; i < 40; ++i) {
    const Path path =
        image(fmt::format("{}.iso", i), 3000 + 60'000 * static_cast<std::size_t>(40 - i), static_cast<char>('A' + i));
    sums += fmt::format("{}  {}.iso\n", i == 7 ? std::string(40, '0') : sha1(path), i);
    paths.push_back(path);
  }
  std::filesystem::remove(paths[11]);
  write("12.rip.json", "{");
  write("sums.sha1", sums);
  for (unsigned workers : {0U, 1U, 5U}) {
    BatchOptions options{.workers = workers};
    options.file.against.push_back(against("sums.sha1"));
    std::vector<Path> told;
    const BatchSummary summary =
        verify_files(system_files(), paths, options, [&](const BatchItem& item) { told.push_back(item.path); });
    EXPECT_EQ(told, paths) << workers;
    EXPECT_EQ(summary.good, 37U);
    EXPECT_EQ(summary.bad, 1U);
    EXPECT_EQ(summary.missing, 1U);
    EXPECT_EQ(summary.failed, 1U);
    EXPECT_EQ(summary.not_done, 0U);
  }
}

TEST_F(VerifyFilesTest, AStopLeavesTheRestUndoneAndTellsWhatWasDone) {
  std::vector<Path> paths;
  for (int i = 0; i < 20; ++i) paths.push_back(image(fmt::format("{}.iso", i), 600'000));
  std::atomic<int> asked = 0;
  BatchOptions options{.workers = 2, .stop = [&] { return ++asked > 30; }};
  options.file.verify.kinds = {DigestKind::md5};
  std::size_t told = 0;
  const BatchSummary summary = verify_files(system_files(), paths, options, [&](const BatchItem& item) {
    EXPECT_TRUE(item.outcome);
    ++told;
  });
  EXPECT_EQ(told, summary.good);
  EXPECT_GT(summary.good, 0U);
  EXPECT_GT(summary.not_done, 0U);
  EXPECT_EQ(summary.good + summary.not_done, paths.size());
}

TEST_F(VerifyFilesTest, SumLinesAreEscapedAsCoreutilsDoes) {
  const Digest md5 = parse_digest("md5:5d41402abc4b2a76b9719d911017c592").value();
  EXPECT_EQ(format_sum_line(md5, "a b").value(), "5d41402abc4b2a76b9719d911017c592  a b\n");
  EXPECT_EQ(format_sum_line(md5, "a\\b\nc\rd").value(), "\\5d41402abc4b2a76b9719d911017c592  a\\\\b\\nc\\rd\n");
  const Digest crc = parse_digest("crc32:3610a686").value();
  EXPECT_EQ(format_sum_line(crc, "a b").value(), "a b 3610A686\n");
  EXPECT_FALSE(format_sum_line(crc, "a\nb"));
}

TEST_F(VerifyFilesTest, ADatEntryHoldsAnyNameOrRefusesIt) {
  const auto entry = [](std::string name) { return format_dat_game({.name = std::move(name), .roms = {}}); };
  EXPECT_NE(entry("<&>\"\n").value().find("&lt;&amp;&gt;&quot;&#10;"), std::string::npos);
  EXPECT_TRUE(entry("\xC3\xBC\xE2\x82\xAC\xF0\x9F\x92\xBF"));
  for (const char* bad : {"\x01", "\x7F\x80", "\xC3", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                          "\xEF\xBF\xBF", "\xFF"})
    EXPECT_FALSE(entry(bad)) << bad;
}

}  // namespace
}  // namespace pressmark
