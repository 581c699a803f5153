#include <fstream>
#include <gmock/gmock.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/catalog/catalog_support.h"

namespace pressmark {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kGames =
    R"xml(<game name="Alpha (USA)" serial="SLUS-1"><rom name="a.cue" size="9" crc="1"/>
<rom name="a (Track 1).bin" size="4704" crc="11" md5="5d41402abc4b2a76b9719d911017c592" sha1="aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"/>
<rom name="a (Track 2).bin" size="2352" crc="12"/></game>
<game name="Beta 100%_x"><rom name="b.iso" size="2048" crc="13" sha256="2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" serial="B-2" status="baddump"/></game>
)xml";

std::vector<std::string> names(const FoundGames& found) {
  std::vector<std::string> all;
  for (const CatalogGame& game : found.games) all.push_back(game.game.name);
  return all;
}

std::vector<Digest> digests(std::string_view text) { return {parse_digest(text).value()}; }

TEST_F(CatalogTest, WhatWasImportedIsThere) {
  const auto catalog = opened();
  const auto imported = import(*catalog, "a.dat", logiqx("Discs", "7", kGames));
  ASSERT_TRUE(imported) << describe(imported.error());
  ASSERT_THAT(imported->dats, SizeIs(1));
  EXPECT_FALSE(imported->dats[0].replaced);
  const auto dats = opened(CatalogMode::read)->dats();
  ASSERT_TRUE(dats);
  ASSERT_THAT(*dats, SizeIs(1));
  const Dat& dat = dats->front();
  EXPECT_EQ(dat.header.name, "Discs");
  EXPECT_EQ(dat.header.version, "7");
  EXPECT_EQ(dat.games, 2U);
  EXPECT_EQ(dat.roms, 4U);
  EXPECT_EQ(dat.imported, kNow);
  EXPECT_EQ(dat.file, (folder_ / "a.dat").string());
}

TEST_F(CatalogTest, GamesAreFoundByDigestSizeAndShape) {
  const auto catalog = opened();
  ASSERT_TRUE(import(*catalog, "a.dat", logiqx("Discs", "7", kGames)));
  const auto by_sha1 = catalog->games_with(digests("sha1:aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"), 0);
  ASSERT_THAT(*by_sha1, SizeIs(1));
  const auto game = catalog->game(by_sha1->front());
  ASSERT_TRUE(game);
  EXPECT_EQ(game->game.name, "Alpha (USA)");
  EXPECT_EQ(game->game.serial, "SLUS-1");
  EXPECT_EQ(game->dat.version, "7");
  ASSERT_THAT(game->game.roms, SizeIs(3));
  EXPECT_EQ(game->game.roms[1].bytes, 4704U);
  EXPECT_THAT(digests_of(game->game.roms[1]), ElementsAre("crc32:00000011", "md5:5d41402abc4b2a76b9719d911017c592",
                                                          "sha1:aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"));
  EXPECT_THAT(*catalog->games_with(digests("md5:5d41402abc4b2a76b9719d911017c592"), 0), SizeIs(1));
  EXPECT_THAT(
      *catalog->games_with(digests("sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"), 0),
      SizeIs(1));
  EXPECT_THAT(*catalog->games_with(digests("crc32:00000012"), 2352), SizeIs(1));
  EXPECT_THAT(*catalog->games_with(digests("crc32:00000012"), 2353), IsEmpty()) << "a CRC-32 needs its size";
  EXPECT_THAT(*catalog->games_with(digests("sha512:" + std::string(128, '0')), 0), IsEmpty());
  EXPECT_THAT(*catalog->games_with_size(2352), SizeIs(1));
  EXPECT_THAT(*catalog->games_of_shape(2, 4704 + 2352), SizeIs(1)) << "the sheet is no track";
  EXPECT_THAT(*catalog->games_of_shape(1, 2048), SizeIs(1));
  EXPECT_FALSE(*catalog->has_unsized());
  const auto beta = catalog->game(catalog->games_of_shape(1, 2048)->front());
  EXPECT_EQ(beta->game.serial, "B-2") << "the rom's, where the game has none";
  EXPECT_EQ(beta->game.roms.at(0).status, DumpStatus::bad);
}

TEST_F(CatalogTest, ADatOfTheSameNameReplacesTheOlder) {
  const auto catalog = opened();
  ASSERT_TRUE(import(*catalog, "a.dat", logiqx("Discs", "7", kGames)));
  ASSERT_TRUE(import(*catalog, "b.dat", logiqx("Others", "1", kGames)));
  const auto again =
      import(*catalog, "c.dat", logiqx("Discs", "8", "<game name='New'><rom name='n' size='1'/></game>"));
  ASSERT_TRUE(again);
  ASSERT_TRUE(again->dats.at(0).replaced);
  EXPECT_EQ(again->dats[0].replaced->header.version, "7");
  EXPECT_EQ(again->dats[0].replaced->games, 2U);
  EXPECT_THAT(names(*catalog->search("alpha", 9)), SizeIs(1)) << "only that of the other DAT is left";
  EXPECT_THAT(names(*catalog->search("new", 9)), SizeIs(1));
  EXPECT_THAT(*catalog->games_with_size(4704), SizeIs(1)) << "no rom of the old one is left";
  EXPECT_THAT(*catalog->dats(), SizeIs(2));
}

TEST_F(CatalogTest, SearchTakesWordsSerialsAndDigests) {
  const auto catalog = opened();
  ASSERT_TRUE(import(*catalog, "a.dat", logiqx("Discs", "7", kGames)));
  EXPECT_THAT(names(*catalog->search("ALPHA usa", 9)), ElementsAre("Alpha (USA)"));
  EXPECT_THAT(names(*catalog->search("slus", 9)), ElementsAre("Alpha (USA)"));
  EXPECT_THAT(names(*catalog->search("100%_X", 9)), ElementsAre("Beta 100%_x"));
  EXPECT_THAT(names(*catalog->search("%", 9)), ElementsAre("Beta 100%_x")) << "a character like any other";
  EXPECT_THAT(names(*catalog->search("alpha beta", 9)), IsEmpty());
  EXPECT_THAT(names(*catalog->search("5d41402abc4b2a76b9719d911017c592", 9)), ElementsAre("Alpha (USA)"));
  EXPECT_THAT(names(*catalog->search("crc32:00000013", 9)), ElementsAre("Beta 100%_x"));
  EXPECT_THAT(names(*catalog->search("sha512:" + std::string(128, '0'), 9)), IsEmpty());
  EXPECT_THAT(names(*catalog->search("' OR 1=1 --", 9)), IsEmpty());
  const auto one = catalog->search("a", 1);
  EXPECT_THAT(one->games, SizeIs(1));
  EXPECT_TRUE(one->more);
  EXPECT_FALSE(catalog->search("a", 2)->more);
}

TEST_F(CatalogTest, RemovedIsGone) {
  const auto catalog = opened();
  ASSERT_TRUE(import(*catalog, "a.dat", logiqx("Discs", "7", kGames)));
  EXPECT_EQ(catalog->remove("discs").error().kind, ErrorKind::not_found);
  ASSERT_TRUE(catalog->remove("Discs"));
  EXPECT_THAT(*catalog->dats(), IsEmpty());
  EXPECT_THAT(*catalog->games_with_size(2048), IsEmpty());
  EXPECT_EQ(catalog->game(1).error().kind, ErrorKind::not_found);
}

TEST_F(CatalogTest, AnImportThatFailsChangesNothing) {
  const auto catalog = opened();
  ASSERT_TRUE(import(*catalog, "a.dat", logiqx("Discs", "7", kGames)));
  const std::string broken =
      logiqx("Discs", "8", std::string{kGames} + "<game name='x'><rom name='r' crc='zz'/></game>");
  const auto failed = import(*catalog, "b.dat", broken);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::parse);
  EXPECT_EQ(catalog->dats()->at(0).header.version, "7");
  EXPECT_THAT(*catalog->games_with_size(4704), SizeIs(1));
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "<game name='x'><rom name='r' size='1'/></game>";
  const auto stopped = catalog->import_file(system_files(), write("c.dat", logiqx("Discs", "9", many)),
                                            {.now = kNow, .progress = [](std::uint64_t) { return false; }});
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::interrupted);
  EXPECT_EQ(catalog->dats()->at(0).header.version, "7");
}

TEST_F(CatalogTest, ADatWithoutANameHasItsFilesOrTheGivenOne) {
  const auto catalog = opened();
  ASSERT_TRUE(import(*catalog, "some file.dat", "<datafile><game name='g'/></datafile>"));
  ASSERT_TRUE(import(*catalog, "SHA1SUMS", "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d  x.iso\n"));
  ASSERT_TRUE(import(*catalog, "SHA1SUMS", "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d  y.iso\n", "mine"));
  std::vector<std::string> all;
  const auto dats = catalog->dats().value();
  for (const Dat& dat : dats) all.push_back(dat.header.name);
  EXPECT_THAT(all, ElementsAre("SHA1SUMS", "mine", "some file"));
  EXPECT_TRUE(*catalog->has_unsized());
}

TEST_F(CatalogTest, WhatCannotBeImportedIsSaid) {
  const auto catalog = opened();
  EXPECT_EQ(import(*catalog, "empty", "").error().kind, ErrorKind::parse);
  EXPECT_EQ(catalog->import_file(system_files(), folder_ / "nosuch", {}).error().kind, ErrorKind::not_found);
  EXPECT_EQ(catalog->import_file(system_files(), folder_, {}).error().kind, ErrorKind::unsupported);
  EXPECT_EQ(import(*catalog, "zip", "PK\x03\x04 and no more").error().kind, ErrorKind::parse);
  EXPECT_EQ(import(*catalog, "image.iso", std::string(100'000, '\0')).error().kind, ErrorKind::parse);
}

TEST_F(CatalogTest, TwoConnectionsAtOnce) {
  const auto writer = opened();
  ASSERT_TRUE(import(*writer, "a.dat", logiqx("Discs", "7", kGames)));
  const auto reader = opened(CatalogMode::read);
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += "<game name='x'><rom name='r' size='1'/></game>";
  bool asked = false;
  const auto imported = writer->import_file(system_files(), write("b.dat", logiqx("Discs", "8", many)),
                                            {.now = kNow, .progress = [&](std::uint64_t) {
                                               asked = true;  // in the midst of the transaction
                                               EXPECT_EQ(reader->dats()->at(0).header.version, "7");
                                               EXPECT_THAT(*reader->games_with_size(4704), SizeIs(1));
                                               return true;
                                             }});
  ASSERT_TRUE(imported) << describe(imported.error());
  EXPECT_TRUE(asked);
  EXPECT_EQ(reader->dats()->at(0).header.version, "8");
}

TEST_F(CatalogTest, SeveralProcessesMakeAndFillOneCatalogAtOnce) {
  constexpr int kProcesses = 4;
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const std::string name = "Discs " + std::to_string(i);
    const auto dat = write("d" + std::to_string(i), logiqx(name, "1", kGames));
    const pid_t child = fork();
    if (child == 0) {
      auto catalog = Catalog::open(file(), CatalogMode::write);
      bool good = catalog.has_value();
      for (int round = 0; good && round < 5; ++round)
        good =
            (*catalog)->import_file(system_files(), dat, {.now = kNow}).has_value() && (*catalog)->dats().has_value();
      _exit(good ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  const auto catalog = opened(CatalogMode::read);
  EXPECT_THAT(*catalog->dats(), SizeIs(kProcesses));
  EXPECT_THAT(names(*catalog->search("Alpha", 99)), SizeIs(kProcesses));
}

class BadCatalogTest : public CatalogTest {
 protected:
  Error refused(CatalogMode mode = CatalogMode::read) const {
    const auto catalog = Catalog::open(file(), mode);
    EXPECT_FALSE(catalog);
    return catalog ? Error{} : catalog.error();
  }
  void sql(const char* text) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, text, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
  }
};

TEST_F(BadCatalogTest, NoneIsSaidAndNotMade) {
  EXPECT_EQ(refused().kind, ErrorKind::not_found);
  EXPECT_THAT(refused().next, HasSubstr("import"));
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(BadCatalogTest, WhatIsNoCatalogIsLeftAlone) {
  write("known/catalog.sqlite", "this is a text of some length, and certainly no database\n" + std::string(5000, 'x'));
  for (const CatalogMode mode : {CatalogMode::read, CatalogMode::write})
    EXPECT_EQ(refused(mode).kind, ErrorKind::parse);
  std::filesystem::remove(file());
  sql("CREATE TABLE mine (x)");
  for (const CatalogMode mode : {CatalogMode::read, CatalogMode::write})
    EXPECT_THAT(refused(mode).got, HasSubstr("something else"));
}

TEST_F(BadCatalogTest, ANewerFormIsLeftAlone) {
  opened();
  sql("PRAGMA user_version = 2");
  for (const CatalogMode mode : {CatalogMode::read, CatalogMode::write}) {
    EXPECT_EQ(refused(mode).kind, ErrorKind::unsupported);
    EXPECT_THAT(refused(mode).next, HasSubstr("newer"));
  }
}

TEST_F(BadCatalogTest, DamageIsAnErrorAndNoCrash) {
  std::string games;
  for (int i = 0; i < 3000; ++i)
    games += "<game name='Game " + std::to_string(i) + "'><rom name='r' size='" + std::to_string(i) + "'/></game>";
  ASSERT_TRUE(import(*opened(), "a.dat", logiqx("Discs", "7", games)));
  const auto bytes = std::filesystem::file_size(file());
  const auto whole = folder_ / "whole";
  std::filesystem::copy_file(file(), whole);
  int failures = 0;
  for (std::uintmax_t at = 100; at < bytes; at += 4096) {
    std::filesystem::copy_file(whole, file(), std::filesystem::copy_options::overwrite_existing);
    {
      std::fstream out(file(), std::ios::in | std::ios::out | std::ios::binary);
      out.seekp(static_cast<std::streamoff>(at));
      out << std::string(64, '\xA5');
    }
    const auto catalog = Catalog::open(file(), CatalogMode::read);
    const auto found = catalog ? (*catalog)->search("Game 2", 5000) : std::unexpected(catalog.error());
    if (found) continue;
    ++failures;
    EXPECT_EQ(found.error().kind, ErrorKind::parse) << describe(found.error());
    EXPECT_THAT(found.error().next, HasSubstr("import"));
  }
  EXPECT_GT(failures, 0);
  std::filesystem::resize_file(file(), bytes / 2);
  const auto half = Catalog::open(file(), CatalogMode::read);
  EXPECT_FALSE(half && (*half)->search("Game", 5000));
}

/// Root may write anywhere: for as long as this lives it is nobody.
class NotRoot {
 public:
  NotRoot() { changed_ = geteuid() == 0 && seteuid(65534) == 0; }
  ~NotRoot() {
    if (changed_ && seteuid(0) != 0) std::abort();
  }
  NotRoot(const NotRoot&) = delete;
  NotRoot& operator=(const NotRoot&) = delete;

 private:
  bool changed_ = false;
};

TEST_F(BadCatalogTest, AReadOnlyPlaceIsReadAndNotWritten) {
  ASSERT_TRUE(import(*opened(), "a.dat", logiqx("Discs", "7", kGames)));
  const auto other = write("b.dat", logiqx("B", "1", kGames));
  chmod(file().c_str(), 0444);
  chmod(file().parent_path().c_str(), 0555);
  chmod(folder_.c_str(), 0755);
  {
    const NotRoot not_root;
    const auto reader = Catalog::open(file(), CatalogMode::read);
    ASSERT_TRUE(reader) << describe(reader.error());
    EXPECT_THAT((*reader)->dats().value(), SizeIs(1));
    const auto writer = Catalog::open(file(), CatalogMode::write);
    const auto imported = writer ? (*writer)->import_file(system_files(), other, {.now = kNow}) : fail(writer.error());
    ASSERT_FALSE(imported);
    EXPECT_EQ(imported.error().kind, ErrorKind::no_permission);
  }
  chmod(file().parent_path().c_str(), 0755);
}

TEST_F(BadCatalogTest, AFolderThatCannotBeMadeIsSaid) {
  write("known", "a file where the folder should be");
  EXPECT_EQ(refused(CatalogMode::write).kind, ErrorKind::no_permission);
}

TEST(DefaultCatalog, FollowsTheXdgSpecification) {
  EXPECT_EQ(default_catalog("/data", "/home/x").value(), "/data/pressmark/catalog.sqlite");
  EXPECT_EQ(default_catalog("relative", "/home/x").value(), "/home/x/.local/share/pressmark/catalog.sqlite");
  EXPECT_EQ(default_catalog(nullptr, "/home/x").value(), "/home/x/.local/share/pressmark/catalog.sqlite");
  EXPECT_EQ(default_catalog("", nullptr).error().kind, ErrorKind::usage);
}

}  // namespace
}  // namespace pressmark
