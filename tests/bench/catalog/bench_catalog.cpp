// A catalog of the size of all there is: 250,000 roms of 60,000 games. What importing it costs beside SQLite alone, which is given the same
// rows ready-made for the same tables; what of it is parsing; and what a look-up and an identification take afterwards.
// Goals: import in 10 s, a look-up in 1 ms, an identification in 5 ms after hashing.
//
// bench_catalog [ROMS [REPETITIONS]]
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fmt/format.h>
#include <limits>
#include <sqlite3.h>
#include <string>
#include <vector>

#include "pressmark/identify.h"

#include "catalog/dat_parser.h"
#include "catalog/store.h"

namespace {

using namespace pressmark;

constexpr double kImportGoal_s = 10, kLookUpGoal_s = 0.001, kIdentifyGoal_s = 0.005;
constexpr std::uint64_t kGames = 60'000;
constexpr std::size_t kShare = 5'000;

double seconds_of(const auto& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

[[noreturn]] void give_up(std::string_view what) {
  fmt::print(stderr, "bench_catalog: {}\n", what);
  std::exit(3);
}
template <class T>
T or_give_up(Result<T> result) {
  if (!result) give_up(describe(result.error()));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    return state_ ^= state_ << 17;
  }
  Digest digest(DigestKind kind) {
    Digest result{kind, std::vector<std::byte>(digest_bytes(kind))};
    for (std::byte& b : result.bytes) b = static_cast<std::byte>(next() >> 32);
    return result;
  }

 private:
  std::uint64_t state_;
};

std::vector<KnownGame> make_games(std::uint64_t roms) {
  Random random{0x9E3779B97F4A7C15};
  std::vector<KnownGame> games(std::min(kGames, roms));
  for (std::uint64_t i = 0; i < roms; ++i) {
    KnownGame& game = games[i % games.size()];
    if (game.name.empty()) game.name = fmt::format("A Game With a Name: Number {} (Europe) (En,Fr,De)", i);
    KnownRom rom{.name = fmt::format("{} (Track {}).bin", game.name, game.roms.size() + 1)};
    rom.bytes = (random.next() % 300'000 + 1) * kRawBytes;
    for (const DigestKind kind : {DigestKind::crc32, DigestKind::md5, DigestKind::sha1})
      rom.digests.push_back(random.digest(kind));
    game.roms.push_back(std::move(rom));
  }
  // A track of silence, say, that many discs share: what is found by it is held against the rest.
  const KnownRom shared = games.front().roms.front();
  for (std::size_t i = 1; i < std::min<std::size_t>(kShare, games.size()); ++i) games[i].roms.back() = shared;
  return games;
}

std::string as_logiqx(const std::vector<KnownGame>& games) {
  std::string text =
      "<?xml "
      "version=\"1.0\"?>\n<datafile>\n\t<header>\n\t\t<name>Bench</name>\n\t\t<version>1</version>\n\t</header>\n";
  const auto out = std::back_inserter(text);
  for (const KnownGame& game : games) {
    fmt::format_to(out, "\t<game name=\"{0}\">\n\t\t<category>Games</category>\n\t\t<description>{0}</description>\n",
                   game.name);
    for (const KnownRom& rom : game.roms)
      fmt::format_to(out, "\t\t<rom name=\"{}\" size=\"{}\" crc=\"{}\" md5=\"{}\" sha1=\"{}\" />\n", rom.name,
                     *rom.bytes, rom.digests[0].hex(), rom.digests[1].hex(), rom.digests[2].hex());
    text += "\t</game>\n";
  }
  return text + "</datafile>\n";
}

std::string as_clrmamepro(const std::vector<KnownGame>& games) {
  std::string text = "clrmamepro (\n\tname \"Bench\"\n\tversion 1\n)\n\n";
  const auto out = std::back_inserter(text);
  for (const KnownGame& game : games) {
    fmt::format_to(out, "game (\n\tname \"{0}\"\n\tdescription \"{0}\"\n", game.name);
    for (const KnownRom& rom : game.roms)
      fmt::format_to(out, "\trom ( name \"{}\" size {} crc {} md5 {} sha1 {} )\n", rom.name, *rom.bytes,
                     rom.digests[0].hex(), rom.digests[1].hex(), rom.digests[2].hex());
    text += ")\n\n";
  }
  return text;
}

struct Nothing final : DatSink {
  Result<void> header(DatHeader) override { return {}; }
  Result<void> game(KnownGame game) override {
    roms += game.roms.size();
    return {};
  }
  std::uint64_t roms = 0;
};

template <class Parser>
double parse(Parser& parser, std::string_view text, std::uint64_t roms) {
  Nothing sink;
  const double seconds = seconds_of([&] {
    const ByteSource next = [rest = text](std::span<std::byte> out) mutable -> Result<std::size_t> {
      const std::size_t count = std::min(rest.size(), out.size());
      std::ranges::copy(std::as_bytes(std::span{rest.substr(0, count)}), out.begin());
      rest.remove_prefix(count);
      return count;
    };
    or_give_up(parser(next, "bench.dat", sink));
  });
  if (sink.roms != roms) give_up("the parser lost roms");
  return seconds;
}

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "pressmark-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) give_up("cannot make a folder for temporary files");
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] Path fresh(std::string_view name) const {
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path_ / (std::string{name} + end));
    return path_ / name;
  }

 private:
  Path path_;
};

/// The rows go in by a loop over SQLite's own functions, in one transaction, into the same tables with the same indexes.
double insert_alone(const Path& file, const std::vector<KnownGame>& games) {
  or_give_up(Catalog::open(file, CatalogMode::write)).reset();  // the tables
  sqlite3* database = nullptr;
  if (sqlite3_open(file.c_str(), &database) != SQLITE_OK) give_up("sqlite3_open failed");
  const auto run = [&](const char* sql) {
    if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK) give_up(sqlite3_errmsg(database));
  };
  run("PRAGMA cache_size = -32768; PRAGMA synchronous = FULL");
  const double seconds = seconds_of([&] {
    run("BEGIN; INSERT INTO dat VALUES (1, 'Bench', '1', 0, 'f', 0, 0, 0)");
    sqlite3_stmt *game = nullptr, *rom = nullptr;
    sqlite3_prepare_v2(database, "INSERT INTO game VALUES (?, 1, ?, '', ?, ?)", -1, &game, nullptr);
    sqlite3_prepare_v2(database, "INSERT INTO rom VALUES (NULL, ?, ?, '', 0, ?, ?, ?, ?, NULL)", -1, &rom, nullptr);
    sqlite3_int64 id = 0;
    for (const KnownGame& known : games) {
      sqlite3_int64 bytes = 0;
      for (const KnownRom& one : known.roms) bytes += static_cast<sqlite3_int64>(*one.bytes);
      sqlite3_bind_int64(game, 1, ++id);
      sqlite3_bind_text(game, 2, known.name.data(), static_cast<int>(known.name.size()), SQLITE_STATIC);
      sqlite3_bind_int64(game, 3, static_cast<sqlite3_int64>(known.roms.size()));
      sqlite3_bind_int64(game, 4, bytes);
      if (sqlite3_step(game) != SQLITE_DONE) give_up(sqlite3_errmsg(database));
      sqlite3_reset(game);
      for (const KnownRom& one : known.roms) {
        sqlite3_bind_int64(rom, 1, id);
        sqlite3_bind_text(rom, 2, one.name.data(), static_cast<int>(one.name.size()), SQLITE_STATIC);
        sqlite3_bind_int64(rom, 3, static_cast<sqlite3_int64>(*one.bytes));
        sqlite3_bind_int64(rom, 4, crc_number(one.digests[0]));
        for (int i = 1; i <= 2; ++i) {
          const auto& digest = one.digests[static_cast<std::size_t>(i)].bytes;
          sqlite3_bind_blob(rom, 4 + i, digest.data(), static_cast<int>(digest.size()), SQLITE_STATIC);
        }
        if (sqlite3_step(rom) != SQLITE_DONE) give_up(sqlite3_errmsg(database));
        sqlite3_reset(rom);
      }
    }
    sqlite3_finalize(game);
    sqlite3_finalize(rom);
    run("COMMIT");
  });
  sqlite3_close(database);
  return seconds;
}

double import(const Path& file, const Path& dat) {
  const auto catalog = or_give_up(Catalog::open(file, CatalogMode::write));
  return seconds_of([&] { or_give_up(catalog->import_file(system_files(), dat, {})); });
}

/// Half of many take no longer than the median: what else the machine does meets the other half.
struct Times {
  void add(double seconds) { all.push_back(seconds); }
  [[nodiscard]] double median() {
    std::ranges::sort(all);
    return all[all.size() / 2];
  }
  void print(std::string_view what, double goal) {
    const double middle = median();
    fmt::print("{:<44}{:9.3f} ms median {:9.3f} ms worst of {} (goal {} ms)\n", what, 1000 * middle, 1000 * all.back(),
               all.size(), 1000 * goal);
  }
  std::vector<double> all;
};

std::vector<Piece> pieces_of_game(const KnownGame& game) {
  std::vector<Piece> pieces;
  for (const KnownRom& rom : game.roms)
    pieces.push_back({.name = rom.name, .readings = {{.bytes = *rom.bytes, .digests = rom.digests}}});
  return pieces;
}

void expect(Catalog& catalog, const std::vector<Piece>& pieces, Recognition answer, Times& times) {
  Recognition found = Recognition::unknown;
  times.add(seconds_of([&] { found = or_give_up(identify(catalog, "bench", pieces)).recognition; }));
  if (found != answer) give_up("a wrong answer");
}

bool ask(const Path& file, const std::vector<KnownGame>& games) {
  constexpr std::size_t kAsked = 2000;
  const auto catalog = or_give_up(Catalog::open(file, CatalogMode::read));
  Random random{0xD1B54A32D192ED03};  // other digests than those of the games
  Times look_up, miss, full, wrong, unknown, shared, opened;
  for (std::size_t i = 0; i < kAsked; ++i) {
    const KnownGame& game = games[random.next() % games.size()];
    const KnownRom& rom = game.roms[random.next() % game.roms.size()];
    look_up.add(seconds_of([&] {
      if (or_give_up(catalog->games_with(rom.digests, *rom.bytes)).empty()) give_up("a known rom was not found");
    }));
    miss.add(seconds_of([&] {
      if (!or_give_up(catalog->games_with({random.digest(DigestKind::sha1)}, 1)).empty())
        give_up("a made-up rom was found");
    }));
    std::vector<Piece> pieces = pieces_of_game(game);
    expect(*catalog, pieces, Recognition::full, full);
    for (Piece& piece : pieces) piece.readings[0].digests = {random.digest(DigestKind::sha1)};
    expect(*catalog, pieces, Recognition::wrong_hash, wrong);
    for (Piece& piece : pieces) piece.readings[0].bytes = 1;
    expect(*catalog, pieces, Recognition::unknown, unknown);
  }
  for (std::size_t i = 1; i <= 50; ++i) expect(*catalog, pieces_of_game(games[i]), Recognition::full, shared);
  for (std::size_t i = 0; i < 50; ++i)
    opened.add(seconds_of([&] {
      const auto fresh = or_give_up(Catalog::open(file, CatalogMode::read));
      if (or_give_up(identify(*fresh, "bench", pieces_of_game(games[games.size() - 1 - i]))).games.empty())
        give_up("a known game was not found");
    }));
  look_up.print("look-up of a known rom, by 3 digests", kLookUpGoal_s);
  miss.print("look-up of a SHA-1 that nobody knows", kLookUpGoal_s);
  full.print("identify after hashing: full match", kIdentifyGoal_s);
  wrong.print("identify after hashing: wrong hash", kIdentifyGoal_s);
  unknown.print("identify after hashing: unknown", kIdentifyGoal_s);
  shared.print("identify: a track is that of 5,000 games", kIdentifyGoal_s);
  opened.print("open the catalog and identify", kIdentifyGoal_s);
  const double slowest = std::max({full.median(), wrong.median(), unknown.median(), shared.median()});
  return look_up.median() < kLookUpGoal_s && slowest < kIdentifyGoal_s;
}

}  // namespace

int main(int argc, char** argv) {
  // A word that is no number (what Google Benchmark's programs are told) leaves the default.
  const std::uint64_t wanted = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 0;
  const std::uint64_t roms = wanted > 0 ? wanted : 250'000;
  const int repetitions = argc > 2 ? std::max(1, std::atoi(argv[2])) : 3;
  const Folder folder;
  const std::vector<KnownGame> games = make_games(roms);
  const std::string logiqx = as_logiqx(games), clrmamepro = as_clrmamepro(games);
  const Path dat = folder.fresh("bench.dat"), other_dat = folder.fresh("bench.clr"),
             file = folder.fresh("catalog.sqlite");
  or_give_up(replace_text(system_files(), dat, logiqx));
  or_give_up(replace_text(system_files(), other_dat, clrmamepro));
  fmt::print("{} roms of {} games; Logiqx {:.1f} MB, ClrMamePro {:.1f} MB; least of {} runs that alternate\n", roms,
             games.size(), static_cast<double>(logiqx.size()) / 1e6, static_cast<double>(clrmamepro.size()) / 1e6,
             repetitions);

  double alone = std::numeric_limits<double>::infinity(), parsing = alone, parsing_clr = alone, xml = alone,
         clr = alone;
  for (int i = 0; i < repetitions; ++i) {
    alone = std::min(alone, insert_alone(folder.fresh("alone.sqlite"), games));
    parsing = std::min(parsing, parse(parse_logiqx, logiqx, roms));
    parsing_clr = std::min(parsing_clr, parse(parse_clrmamepro, clrmamepro, roms));
    clr = std::min(clr, import(folder.fresh("catalog.sqlite"), other_dat));
    xml = std::min(xml, import(folder.fresh("catalog.sqlite"), dat));
  }
  fmt::print("{:<44}{:9.3f} s\n", "SQLite alone, the same rows ready-made", alone);
  fmt::print("{:<44}{:9.3f} s   {:.2f} of SQLite alone; parsing is {:.0f}% of it ({:.0f} MB/s)\n", "import, Logiqx",
             xml, xml / alone, 100 * parsing / xml, static_cast<double>(logiqx.size()) / parsing / 1e6);
  fmt::print("{:<44}{:9.3f} s   {:.2f} of SQLite alone; parsing is {:.0f}% of it ({:.0f} MB/s)\n", "import, ClrMamePro",
             clr, clr / alone, 100 * parsing_clr / clr, static_cast<double>(clrmamepro.size()) / parsing_clr / 1e6);
  const double replaced = import(file, dat);
  fmt::print("{:<44}{:9.3f} s   {:.2f} of a first import\n", "import once more, which replaces it", replaced,
             replaced / xml);
  const bool quick = ask(file, games);
  const bool good = quick && xml < kImportGoal_s;
  fmt::print("goals (import {} s, look-up {} ms, identify {} ms, by the median): {}\n", kImportGoal_s,
             1000 * kLookUpGoal_s, 1000 * kIdentifyGoal_s, good ? "met" : "MISSED");
  return good ? 0 : 1;
}
