// Scenario files: what is taken, what is refused, and what the refusal says.
#include <filesystem>
#include <fstream>

#include "host.h"

namespace pressmark {
namespace {

std::string refusal(std::string_view json) {
  const auto drive = open_scenario(json);
  if (drive) return "accepted";
  EXPECT_EQ(drive.error().kind, ErrorKind::parse);
  return drive.error().where + " | " + drive.error().got;
}

struct Wrong {
  std::string_view json, where, said;
};

TEST(Scenario, MistakesNameThePlaceAndWhatWasExpected) {
  constexpr Wrong kWrong[] = {
      {R"({"disc": {"kind": "lp"}})", "/disc/kind", R"("lp"; expected one of "cd" "dvd" "bd")"},
      {R"({"disc": {"sectors": 12}})", "/disc/sectors", "12; expected a whole number from 64 to 450000"},
      {R"({"disc": {"sectors": -5}})", "/disc/sectors", "-5; expected a whole number"},
      {R"({"disc": {"sectors": 3000.5}})", "/disc/sectors", "3000.5; expected a whole number"},
      {R"({"disc": {}, "drive": {"model": "gold-plated"}})", "/drive/model", R"(expected one of "sound-modern")"},
      {R"({"disc": {}, "drive": {"spin_up_s": "six"}})", "/drive/spin_up_s",
       R"("six"; expected a number from 0 to 60)"},
      {R"({"disc": {}, "drive": {"c2": 1}})", "/drive/c2", "1; expected true or false"},
      {R"({"disc": {}, "drive": {"vendor": "MUCH TOO LONG"}})", "/drive/vendor", "a text of at most 8 bytes"},
      {R"({"disc": {}, "drive": {"dvd": {"speeds_x": [4, 2]}}})", "/drive/dvd/speeds_x", "rising order"},
      {R"({"disc": {}, "drive": {"failed_read_s": 1, "failed_read_min_s": 2}})", "/drive/failed_read_min_s",
       "no more than failed_read_s"},
      {R"({"disc": {}, "damage": [{"shape": "arc"}, {"shape": "hole"}]})", "/damage/1/shape",
       R"("hole"; expected one of "radial")"},
      {R"({"disc": {}, "damage": [{"shape": "radial", "width_mm": 0}]})", "/damage/0/width_mm", "from 0.001 to 20"},
      {R"({"disc": {}, "damage": {}})", "/damage", "expected a list"},
      {R"({"disc": {}, "damage": [7]})", "/damage/0", "7; expected an object"},
      {R"({"disc": {}, "faults": [{"fault": "gremlin", "first": 1}]})", "/faults/0/fault", R"("gremlin")"},
      {R"({"disc": {}, "faults": [{"first": 1}]})", "/faults/0/fault", "nothing; expected the kind of fault"},
      {R"({"disc": {}, "faults": [{"fault": "dead"}]})", "/faults/0/first", "nothing; expected the first sector"},
      {R"({"disc": {}, "faults": [{"fault": "hang"}]})", "/faults/0", R"(either "first" (and "count") or "when")"},
      {R"({"disc": {}, "faults": [{"fault": "eject"}]})", "/faults/0/when", R"("command", "seconds" or "lba")"},
      {R"({"disc": {}, "faults": [{"fault": "eject", "when": {"command": 1, "lba": 2}}]})", "/faults/0/when",
       "exactly one"},
      {R"({"disc": {}, "faults": [{"fault": "marginal", "first": 1, "approaches": ["sideways"]}]})",
       "/faults/0/approaches", R"("seek")"},
      {R"({"disc": {}, "faults": [{"fault": "medium-change", "when": {"command": 1}}]})", "/faults/0/disc",
       "the disc that is put in"},
      {R"({"disc": {"tracks": [{"mode": "mode1"}], "sectors": 100}})", "/disc/tracks", "without \"sectors\""},
      {R"({"disc": {"tracks": [{"session": 2}]}})", "/disc/tracks/0/session", "2; expected a whole number from 1 to 1"},
      {R"({})", "/disc", "nothing; expected the disc in the drive"},
      {R"([])", "/", "[]; expected an object"},
  };
  for (const Wrong& w : kWrong) {
    const std::string said = refusal(w.json);
    EXPECT_NE(said.find(std::string{"scenario, "} + std::string{w.where} + " | "), std::string::npos)
        << w.json << "\n  " << said;
    EXPECT_NE(said.find(w.said), std::string::npos) << w.json << "\n  " << said;
  }
}

TEST(Scenario, UnknownKeysAreErrorsThatListTheKnownOnes) {
  EXPECT_NE(
      refusal(R"({"disc": {}, "sede": 4})").find("/sede | a key that means nothing here; expected one of title, seed"),
      std::string::npos);
  EXPECT_NE(refusal(R"({"disc": {"colour": "red"}})").find("/disc/colour"), std::string::npos);
  EXPECT_NE(refusal(R"({"disc": {}, "drive": {"cd": {"speed": 4}}})").find("/drive/cd/speed"), std::string::npos);
  // A key of another shape or fault is as unknown as any other.
  EXPECT_NE(refusal(R"({"disc": {}, "damage": [{"shape": "pits", "span_deg": 4}]})").find("/damage/0/span_deg"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"disc": {}, "faults": [{"fault": "dead", "first": 1, "times": 2}]})").find("/faults/0/times"),
            std::string::npos);
}

TEST(Scenario, TextThatIsNotJsonIsPlacedByLine) {
  const std::string said = refusal("{\n  \"disc\": {},\n  \"seed\": ,\n}");
  EXPECT_NE(said.find("line 3"), std::string::npos) << said;
  EXPECT_NE(said.find("expected JSON"), std::string::npos) << said;
}

TEST(Scenario, NumbersThatOverflowAndNestingWithoutEndAreMistakesLikeOthers) {
  EXPECT_NE(refusal(R"({"disc": {"sectors": 3000e4777}})").find("3000e4777"), std::string::npos);
  EXPECT_NE(refusal(R"({"disc": )" + std::string(200'000, '[') + std::string(200'000, ']') + "}").find("deep"),
            std::string::npos);
  EXPECT_NE(refusal(std::string(200'000, '[')), "accepted");
}

TEST(Scenario, EveryPrefixOfABuiltInIsRefusedAndNoneCrashes) {
  const std::string json = make_scenario({.from = "scratched-dvd"}).value();
  for (std::size_t n = 0; n + 2 < json.size(); ++n)
    EXPECT_NE(refusal(std::string_view{json}.substr(0, n)), "accepted") << n;
}

TEST(Scenario, SeedOfTheCallReplacesTheFiles) {
  constexpr std::string_view kPits =
      R"({"seed": 5, "disc": {"kind": "dvd", "sectors": 40000}, "damage": [{"shape": "pits", "count": 5}]})";
  const auto dead = [&](std::optional<std::uint64_t> seed) {
    const auto drive = open_scenario(kPits, seed).value();
    std::vector<int> out;
    for (int lba = 0; lba < 40000; lba += 16)
      if (drive->fate(Lba{lba}) == SectorFate::dead) out.push_back(lba);
    return out;
  };
  EXPECT_EQ(dead(std::nullopt), dead(5));
  EXPECT_NE(dead(std::nullopt), dead(6));
}

TEST(Scenario, DamageDoesNotChangeTheContent) {
  Host one = Host::of(R"({"seed": 1, "disc": {"kind": "dvd"}})");
  Host two = Host::of(R"({"seed": 2, "disc": {"kind": "dvd"}})");
  EXPECT_EQ(one.truth(1000, 4), two.truth(1000, 4));
  Host other = Host::of(R"({"seed": 1, "disc": {"kind": "dvd", "content_seed": 2}})");
  EXPECT_NE(other.truth(1000, 4), one.truth(1000, 4));
}

/// docs/scenario.md shows whole scenarios, damage and faults; a part is put into the smallest whole.
TEST(Scenario, EveryExampleOfTheManualIsAccepted) {
  std::ifstream file(std::filesystem::path{PRESSMARK_TEST_DATA}.parent_path().parent_path() / "docs" / "scenario.md");
  const std::string manual{std::istreambuf_iterator<char>(file), {}};
  constexpr std::string_view kOpen = "```json\n", kClose = "```\n";
  int examples = 0;
  for (std::size_t at = manual.find(kOpen); at != std::string::npos; at = manual.find(kOpen, at)) {
    at += kOpen.size();
    const std::string example = manual.substr(at, manual.find(kClose, at) - at);
    std::string whole = example;
    if (example.starts_with(R"({"shape")")) whole = R"({"disc": {"kind": "dvd"}, "damage": [)" + example + "]}";
    if (example.starts_with(R"({"fault")")) whole = R"({"disc": {"kind": "dvd"}, "faults": [)" + example + "]}";
    EXPECT_EQ(refusal(whole), "accepted") << example;
    ++examples;
  }
  EXPECT_EQ(examples, 2 + 6 + 13);  // each shape and each fault
}

class Folder {
 public:
  Folder() {
    std::string pattern = testing::TempDir() + "pressmark-XXXXXX";  // ctest runs cases side by side
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string write(const std::string& name, std::string_view text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

TEST(OpenSimulated, TakesAScenarioFileWithAnImageBesideIt) {
  const Folder folder;
  (void)folder.write("two.iso", std::string(2 * 2048, 'x'));
  const std::string file = folder.write("s.JSON", R"({"disc": {"image": "two.iso", "kind": "dvd"}})");
  auto drive = open_simulated(file);
  ASSERT_TRUE(drive) << describe(drive.error());
  EXPECT_EQ((*drive)->info().path, "sim:" + file);
  Host host{std::move(*drive)};
  EXPECT_EQ(host.read10(1, 1).data, Bytes(2048, static_cast<std::byte>('x')));
  EXPECT_EQ(host.read10(2, 1).verdict(), "05/21/00");
}

TEST(OpenSimulated, PlaysAnIsoInASoundDrive) {
  const Folder folder;
  auto drive = open_simulated(folder.write("one.iso", std::string(300 * 2048, 'y')));
  ASSERT_TRUE(drive) << describe(drive.error());
  Host host{std::move(*drive)};
  EXPECT_EQ(host.read_cd(299, 1, 0x10, 0, 2048).data, Bytes(2048, static_cast<std::byte>('y')));
}

TEST(OpenSimulated, NamesTheFileInItsMistakes) {
  const Folder folder;
  const std::string file = folder.write("bad.json", R"({"disc": {"kind": 4}})");
  const auto drive = open_simulated(file);
  ASSERT_FALSE(drive);
  EXPECT_EQ(drive.error().where, file + ", /disc/kind");
}

TEST(OpenSimulated, UnknownNameListsTheBuiltIns) {
  const auto drive = open_simulated("no-such-disc");
  ASSERT_FALSE(drive);
  EXPECT_EQ(drive.error().kind, ErrorKind::not_found);
  for (const BuiltInScenario& b : built_in_scenarios()) EXPECT_NE(drive.error().next.find(b.name), std::string::npos);
  EXPECT_EQ(open_simulated("/nowhere/at/all.json").error().kind, ErrorKind::not_found);
}

TEST(NewScenario, EachDamageMakesADamagedDiscWhateverItsKindAndSize) {
  for (const auto& [kind, sectors, block] :
       {std::tuple{"cd", 6000U, 1U}, std::tuple{"cd", 330000U, 1U}, std::tuple{"dvd", 400000U, 16U},
        std::tuple{"dvd", 4000000U, 16U}, std::tuple{"bd", 1000000U, 32U}}) {
    for (const std::string damage : {"radial", "oblique", "arc", "edge-rot", "pits", "fingerprint"}) {
      const auto json =
          make_scenario({.from = "clean-dvd", .kind = kind, .sectors = sectors, .damage = {damage}, .seed = 3});
      ASSERT_TRUE(json) << describe(json.error());
      const auto drive = open_scenario(*json).value();
      const unsigned step = block * 7;
      unsigned dead = 0;
      for (unsigned lba = 0; lba < sectors; lba += step) dead += drive->fate(Lba{lba}) == SectorFate::dead ? 1U : 0U;
      EXPECT_GT(dead, 0U) << damage << " on " << kind << " of " << sectors;
      EXPECT_LT(dead, sectors / step / 3) << damage << " on " << kind << " of " << sectors;
    }
  }
}

TEST(NewScenario, ImageTakesTheBuiltInsDamageWithIt) {
  const std::string json = make_scenario({.from = "demo", .image = "some.iso", .kind = "dvd"}).value();
  EXPECT_NE(json.find(R"("image": "some.iso")"), std::string::npos);
  EXPECT_EQ(json.find("faults"), std::string::npos);
}

TEST(NewScenario, CleanMeansSound) {
  const auto drive = open_scenario(make_scenario({.from = "demo", .damage = {"clean"}}).value()).value();
  for (int lba = 0; lba < 6000; ++lba) EXPECT_EQ(drive->fate(Lba{lba}), SectorFate::sound);
}

TEST(NewScenario, WhatDoesNotFitTogetherIsRefused) {
  EXPECT_EQ(make_scenario({.kind = "cd", .sectors = 4'000'000}).error().kind, ErrorKind::parse);
  EXPECT_EQ(make_scenario({.damage = {"radial", "bite"}}).error().kind, ErrorKind::usage);
  EXPECT_EQ(make_scenario({.from = "gold"}).error().kind, ErrorKind::usage);
}

TEST(NewScenario, KeepsTheBuiltInAsItIsWhenNothingIsAsked) {
  const std::string json = make_scenario({}).value();
  Host made = Host::of(json);
  Host built{open_simulated("demo").value()};
  for (int lba = 0; lba < 6000; ++lba) ASSERT_EQ(made.drive().fate(Lba{lba}), built.drive().fate(Lba{lba}));
}

}  // namespace
}  // namespace pressmark
