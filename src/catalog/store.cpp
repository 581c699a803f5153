// The tables, their indexes, and the statements that fill and empty them. What comes out of a file is held to the ranges of its types: a
// catalog may be damaged.
#include "catalog/store.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/try.h"

namespace pressmark {
namespace {

using sqlite::Statement;

constexpr std::int64_t kVersion = 1;
constexpr std::int64_t kApplication = 0x504D4B43;  // "PMKC"
constexpr std::uint64_t kTellEvery = 4096;         // roms

/// The indexes hold the game beside the digest: a track that thousands share is looked up without going to its rows.
constexpr const char* kTables = R"(
CREATE TABLE dat (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  version TEXT NOT NULL,
  format INTEGER NOT NULL,
  file TEXT NOT NULL,
  imported INTEGER NOT NULL, -- seconds since 1970, UTC
  games INTEGER NOT NULL,
  roms INTEGER NOT NULL
) STRICT;
CREATE TABLE game (
  id INTEGER PRIMARY KEY,
  dat INTEGER NOT NULL REFERENCES dat(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  serial TEXT NOT NULL,
  tracks INTEGER NOT NULL,
  bytes INTEGER
) STRICT;
CREATE TABLE rom (
  id INTEGER PRIMARY KEY,
  game INTEGER NOT NULL REFERENCES game(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  serial TEXT NOT NULL,
  status INTEGER NOT NULL,
  bytes INTEGER,
  crc32 INTEGER,
  md5 BLOB CHECK (length(md5) = 16),
  sha1 BLOB CHECK (length(sha1) = 20),
  sha256 BLOB CHECK (length(sha256) = 32)
) STRICT;
CREATE INDEX game_of_dat ON game(dat);
CREATE INDEX game_of_shape ON game(tracks, bytes);
CREATE INDEX rom_of_game ON rom(game);
CREATE INDEX rom_by_size ON rom(bytes, crc32, game);
CREATE INDEX rom_by_md5 ON rom(md5, game) WHERE md5 IS NOT NULL;
CREATE INDEX rom_by_sha1 ON rom(sha1, game) WHERE sha1 IS NOT NULL;
CREATE INDEX rom_by_sha256 ON rom(sha256, game) WHERE sha256 IS NOT NULL;
)";

/// Columns of `SELECT id, name, version, format, file, imported, games, roms FROM dat`.
Dat dat_in(const Statement& row) {
  const auto format = std::clamp<std::int64_t>(row.number(3), 0, static_cast<std::int64_t>(DatFormat::sums));
  return {.header = {.name = row.text(1), .version = row.text(2), .format = static_cast<DatFormat>(format)},
          .file = row.text(4),
          .imported = std::chrono::system_clock::time_point{std::chrono::seconds{row.number(5)}},
          .games = static_cast<std::uint64_t>(row.number(6)),
          .roms = static_cast<std::uint64_t>(row.number(7))};
}
constexpr std::string_view kDatColumns = "SELECT id, name, version, format, file, imported, games, roms FROM dat ";

void add_digest(KnownRom& rom, DigestKind kind, std::span<const std::byte> bytes) {
  // A damaged file may hold anything: only what has the length of a digest is one.
  if (bytes.size() == digest_bytes(kind)) rom.digests.push_back({kind, {bytes.begin(), bytes.end()}});
}

std::vector<std::byte> crc_bytes(std::int64_t value) {
  std::vector<std::byte> bytes(4);
  for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<std::byte>(value >> (8 * (3 - i)) & 0xFF);
  return bytes;
}

void bind_digest(Statement& statement, int parameter, const KnownRom& rom, DigestKind kind) {
  const auto digest = std::ranges::find(rom.digests, kind, &Digest::kind);
  if (digest == rom.digests.end())
    statement.bind_null(parameter);
  else if (kind == DigestKind::crc32)
    statement.bind(parameter, crc_number(*digest));
  else
    statement.bind(parameter, std::span<const std::byte>{digest->bytes});
}

}  // namespace

std::int64_t crc_number(const Digest& digest) {
  std::int64_t value = 0;
  for (const std::byte b : digest.bytes) value = value << 8 | std::to_integer<std::int64_t>(b);
  return value;
}

Result<bool> prepare_tables(sqlite::Database& database, bool may_make) {
  const auto refuse = [&](ErrorKind kind, std::string got, std::string next) {
    return fail({.kind = kind,
                 .tried = "open the catalog",
                 .where = database.path().string(),
                 .got = std::move(got),
                 .next = std::move(next)});
  };
  // Both of one moment: else tables that another process makes in between would look like somebody else's.
  std::int64_t application = 0;
  std::int64_t tables = 0;
  {
    TRY(auto moment, sqlite::Transaction::begin(database, sqlite::Begin::to_read));
    TRY(application, database.number("PRAGMA application_id"));
    TRY(tables, database.number("SELECT count(*) FROM sqlite_schema"));
    CHECK(moment.commit());
  }
  if (application == 0 && tables == 0) {
    if (!may_make) return false;
    TRY(auto transaction, sqlite::Transaction::begin(database, sqlite::Begin::to_write));
    // Somebody may have made them while we waited to begin.
    TRY(tables, database.number("SELECT count(*) FROM sqlite_schema"));
    if (tables == 0) {
      CHECK(database.run(kTables));
      CHECK(database.run(fmt::format("PRAGMA application_id = {}", kApplication).c_str()));
      CHECK(database.run(fmt::format("PRAGMA user_version = {}", kVersion).c_str()));
    }
    CHECK(transaction.commit());
    TRY(application, database.number("PRAGMA application_id"));
  }
  if (application != kApplication)
    return refuse(ErrorKind::parse, "it is a SQLite database of something else", "give another file with --catalog");
  TRY(const std::int64_t version, database.number("PRAGMA user_version"));
  if (version != kVersion)
    return refuse(ErrorKind::unsupported,
                  fmt::format("its form is number {}, and this pressmark knows {}", version, kVersion),
                  "use the newer pressmark, or another file with --catalog");
  return true;
}

Result<std::optional<Dat>> find_dat(sqlite::Database& database, std::string_view name) {
  TRY(auto statement, Statement::prepare(database, std::string{kDatColumns} + "WHERE name = ?"));
  TRY(const bool there, statement.bind(1, name).step());
  return there ? std::optional{dat_in(statement)} : std::nullopt;
}

Result<std::vector<Dat>> all_dats(sqlite::Database& database) {
  TRY(auto statement, Statement::prepare(database, std::string{kDatColumns} + "ORDER BY name"));
  std::vector<Dat> dats;
  while (true) {
    TRY(const bool row, statement.step());
    if (!row) return dats;
    dats.push_back(dat_in(statement));
  }
}

Result<void> delete_dat(sqlite::Database& database, std::string_view name) {
  // Table by table: rows that a foreign key takes along are found one by one, at several times the cost.
  constexpr std::string_view kSteps[]{
      "DELETE FROM rom WHERE game IN (SELECT game.id FROM game JOIN dat ON game.dat = dat.id WHERE dat.name = ?)",
      "DELETE FROM game WHERE dat = (SELECT id FROM dat WHERE name = ?)", "DELETE FROM dat WHERE name = ?"};
  for (const std::string_view sql : kSteps) {
    TRY(auto statement, Statement::prepare(database, sql));
    CHECK(statement.bind(1, name).run());
  }
  return {};
}

Result<std::vector<KnownRom>> roms_of(sqlite::Database& database, std::int64_t game) {
  TRY(auto row, Statement::prepare(database,
                                   "SELECT name, serial, status, bytes, crc32, md5, sha1, sha256 FROM rom "
                                   "WHERE game = ? ORDER BY id"));
  row.bind(1, game);
  std::vector<KnownRom> roms;
  while (true) {
    TRY(const bool more, row.step());
    if (!more) return roms;
    KnownRom& rom = roms.emplace_back(KnownRom{.name = row.text(0), .serial = row.text(1)});
    rom.status =
        static_cast<DumpStatus>(std::clamp<std::int64_t>(row.number(2), 0, static_cast<int>(DumpStatus::none)));
    if (!row.null(3)) rom.bytes = static_cast<std::uint64_t>(row.number(3));
    if (!row.null(4)) add_digest(rom, DigestKind::crc32, crc_bytes(row.number(4)));
    add_digest(rom, DigestKind::md5, row.bytes(5));
    add_digest(rom, DigestKind::sha1, row.bytes(6));
    add_digest(rom, DigestKind::sha256, row.bytes(7));
  }
}

Result<DatWriter> DatWriter::begin(sqlite::Database& database, Setup setup) {
  TRY(auto dat, Statement::prepare(database,
                                   "INSERT INTO dat (name, version, format, file, imported, games, roms) "
                                   "VALUES (?, ?, ?, ?, ?, 0, 0)"));
  TRY(auto game,
      Statement::prepare(database, "INSERT INTO game (dat, name, serial, tracks, bytes) VALUES (?, ?, ?, ?, ?)"));
  TRY(auto rom, Statement::prepare(database,
                                   "INSERT INTO rom (game, name, serial, status, bytes, crc32, md5, sha1, sha256) "
                                   "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  return DatWriter{std::move(setup), database, std::move(dat), std::move(game), std::move(rom)};
}

Result<void> DatWriter::header(DatHeader header) {
  if (!setup_.name.empty()) header.name = setup_.name;
  if (header.name.empty()) header.name = setup_.stem;
  TRY(result_.replaced, find_dat(*database_, header.name));
  if (result_.replaced) CHECK(delete_dat(*database_, header.name));
  result_.dat = {.header = std::move(header), .file = setup_.file, .imported = setup_.now};
  const DatHeader& told = result_.dat.header;
  dat_.bind(1, told.name).bind(2, told.version).bind(3, static_cast<std::int64_t>(told.format)).bind(4, setup_.file);
  dat_.bind(5, std::chrono::duration_cast<std::chrono::seconds>(setup_.now.time_since_epoch()).count());
  CHECK(dat_.run());
  dat_id_ = database_->last_id();
  return {};
}

Result<void> DatWriter::game(KnownGame game) {
  std::int64_t tracks = 0, bytes = 0;
  bool known = true;
  for (const KnownRom& rom : game.roms) {
    if (!rom.is_track()) continue;
    ++tracks;
    known = known && rom.bytes && !__builtin_add_overflow(bytes, *rom.bytes, &bytes);
    if (game.serial.empty()) game.serial = rom.serial;
  }
  game_.bind(1, dat_id_).bind(2, game.name).bind(3, game.serial).bind(4, tracks);
  CHECK((known ? game_.bind(5, bytes) : game_.bind_null(5)).run());
  const std::int64_t id = database_->last_id();
  for (const KnownRom& rom : game.roms) CHECK(insert_rom(id, rom));
  ++result_.dat.games;
  return {};
}

Result<void> DatWriter::insert_rom(std::int64_t game, const KnownRom& rom) {
  rom_.bind(1, game).bind(2, rom.name).bind(3, rom.serial).bind(4, static_cast<std::int64_t>(rom.status));
  if (rom.bytes)
    rom_.bind(5, static_cast<std::int64_t>(*rom.bytes));
  else
    rom_.bind_null(5);
  bind_digest(rom_, 6, rom, DigestKind::crc32);
  bind_digest(rom_, 7, rom, DigestKind::md5);
  bind_digest(rom_, 8, rom, DigestKind::sha1);
  bind_digest(rom_, 9, rom, DigestKind::sha256);
  CHECK(rom_.run());
  if (++result_.dat.roms % kTellEvery != 0 || !setup_.progress || setup_.progress(result_.dat.roms)) return {};
  return fail({.kind = ErrorKind::interrupted,
               .tried = "import the DAT",
               .where = setup_.file,
               .got = "asked to stop",
               .next = "run the same command again; nothing of it was kept"});
}

Result<ImportedDat> DatWriter::finish() {
  TRY(auto count, Statement::prepare(*database_, "UPDATE dat SET games = ?, roms = ? WHERE id = ?"));
  count.bind(1, static_cast<std::int64_t>(result_.dat.games)).bind(2, static_cast<std::int64_t>(result_.dat.roms));
  CHECK(count.bind(3, dat_id_).run());
  return std::move(result_);
}

}  // namespace pressmark
