// The built-in discs, from the host's side.
#include "host.h"

namespace pressmark {
namespace {

Host ready(std::string_view name) {
  Host host{open_simulated(name).value()};
  for (int i = 0; i < 100 && !host.ready().good(); ++i) host.drive().clock().sleep_for(std::chrono::milliseconds{500});
  return host;
}

std::uint32_t last_lba(Host& host) { return host.in({0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 8).number(0, 4); }

struct Entry {
  std::string name;
  std::uint32_t extent = 0, bytes = 0;
  bool directory = false;
};

/// ECMA-119 9.1, read out by hand.
std::vector<Entry> entries(Host& host, std::uint32_t extent, std::uint32_t bytes) {
  std::vector<Entry> out;
  const Bytes dir = host.read10(extent, bytes / 2048).data;
  for (std::size_t at = 0; at < dir.size();) {
    const auto length = std::to_integer<std::size_t>(dir[at]);
    if (length == 0) {
      at = (at / 2048 + 1) * 2048;
      continue;
    }
    Entry e{.name = {},
            .extent = little(dir, at + 2),
            .bytes = little(dir, at + 10),
            .directory = (dir[at + 25] & std::byte{2}) != std::byte{0}};
    for (std::size_t i = 0; i < std::to_integer<std::size_t>(dir[at + 32]); ++i)
      e.name += static_cast<char>(dir[at + 33 + i]);
    if (e.name.size() > 1) out.push_back(e);
    at += length;
  }
  return out;
}

TEST(BuiltIns, OpenAndDescribeThemselves) {
  EXPECT_EQ(built_in_scenarios().size(), 4U);
  for (const BuiltInScenario& b : built_in_scenarios()) {
    const auto drive = open_simulated(b.name);
    ASSERT_TRUE(drive) << describe(drive.error());
    EXPECT_EQ((*drive)->info().path, "sim:" + std::string{b.name});
    EXPECT_EQ((*drive)->info().driver, "simulated");
    EXPECT_NE((*drive)->description().find("sectors"), std::string::npos);
  }
}

TEST(Demo, IsACdThatBecomesReadyWithARealFileSystem) {
  Host host = ready("demo");
  EXPECT_EQ(last_lba(host), 5999U);
  const Bytes pvd = host.read10(16, 1).data;
  EXPECT_EQ(host.read10(16, 1).text(1, 5), "CD001");
  EXPECT_EQ(little(pvd, 80), 6000U);
  const auto root = entries(host, little(pvd, 158), little(pvd, 166));
  std::vector<std::string> names;
  for (const Entry& e : root) names.push_back(e.name);
  EXPECT_EQ(names, (std::vector<std::string>{"COPYING.TXT;1", "DATA", "INDEX.TXT;1", "NUMBERS.TXT;1", "README.TXT;1"}));
  const Heard readme = host.read10(root.back().extent, 1);
  EXPECT_EQ(readme.text(0, 17), "A simulated disc.");
  const auto data = entries(host, root[1].extent, root[1].bytes);
  ASSERT_EQ(data.size(), 1U);
  EXPECT_EQ(data[0].extent + data[0].bytes / 2048, 6000U);  // the filler ends with the disc
}

TEST(Demo, HasSlowSectorsAndDeadOnesAndMostAreSound) {
  Host host = ready("demo");
  std::size_t count[4] = {};
  for (int lba = 0; lba < 6000; ++lba) ++count[static_cast<std::size_t>(host.drive().fate(Lba{lba}))];
  EXPECT_EQ(count[static_cast<std::size_t>(SectorFate::marginal)], 19U);
  EXPECT_EQ(count[static_cast<std::size_t>(SectorFate::dead)], 5U);
  EXPECT_EQ(count[static_cast<std::size_t>(SectorFate::false_good)], 0U);
  EXPECT_EQ(host.read10(2000, 1).verdict(), "03/11/05");
  EXPECT_EQ(host.read_cd(2000, 1, 0xF8, 0, 2352).verdict(), "03/11/05");
  host.none({0xBB, 0, 0x05, 0x83, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0});  // 8x
  EXPECT_TRUE(host.read10(2000, 1).good());
  EXPECT_EQ(host.read10(2041, 1).verdict(), "03/11/05");
}

TEST(Demo, DescribesItselfInWords) {
  const std::string text = open_simulated("demo").value()->description();
  EXPECT_NE(text.find("5976 sectors sound, 19 marginal, 5 dead"), std::string::npos) << text;
  EXPECT_NE(text.find("fault   dead: LBA 2041-2043"), std::string::npos) << text;
}

TEST(CleanDvd, HasAGigabyteAndNoFault) {
  Host host = ready("clean-dvd");
  EXPECT_EQ(last_lba(host), 524287U);
  for (int lba = 0; lba < 524288; lba += 16) ASSERT_EQ(host.drive().fate(Lba{lba}), SectorFate::sound);
}

TEST(ScratchedDvd, HasDeadAndMarginalBlocksButIsMostlySound) {
  Host host = ready("scratched-dvd");
  std::size_t count[4] = {};
  for (int lba = 0; lba < 524288; lba += 16) ++count[static_cast<std::size_t>(host.drive().fate(Lba{lba}))];
  EXPECT_GT(count[0], 28000U);
  EXPECT_GT(count[1], 200U);
  EXPECT_GT(count[2], 200U);
}

TEST(Bd, IsABluRayWithDamage) {
  Host host = ready("bd");
  EXPECT_EQ(last_lba(host), 1048575U);
  EXPECT_EQ(host.in({0x46, 2, 0, 0, 0, 0, 0, 0, 8, 0}, 8).number(6, 2), 0x0040U);
  std::size_t count[4] = {};
  for (int lba = 0; lba < 1048576; lba += 32) ++count[static_cast<std::size_t>(host.drive().fate(Lba{lba}))];
  EXPECT_GT(count[0], 28000U);
  EXPECT_GT(count[1], 20U);
  EXPECT_GT(count[2], 20U);
}

TEST(GeneratedTree, FillsADiscOfAHundredGigabytesWithFilesOfAtMostOne) {
  Host host = Host::of(R"({"disc": {"kind": "bd", "sectors": 48000000}})");
  const Bytes pvd = host.read10(16, 1).data;
  const auto root = entries(host, little(pvd, 158), little(pvd, 166));
  const auto data = entries(host, root.at(1).extent, root.at(1).bytes);
  ASSERT_EQ(data.size(), 92U);
  for (std::size_t i = 1; i < data.size(); ++i)
    EXPECT_EQ(data[i].extent, data[i - 1].extent + data[i - 1].bytes / 2048);
  EXPECT_EQ(data.back().extent + data.back().bytes / 2048, 48000000U);
}

}  // namespace
}  // namespace pressmark
