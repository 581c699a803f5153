// A thin layer: each question is one statement over the tables of store.h.
#include "pressmark/catalog.h"

#include <algorithm>
#include <fmt/format.h>

#include "catalog/catalog_impl.h"
#include "catalog/store.h"
#include "core/printable.h"
#include "core/text.h"
#include "core/try.h"

namespace pressmark {
namespace {

using sqlite::Statement;
using GameIds = std::vector<std::int64_t>;

/// As many words as this has are as many conditions of a statement: more than a name has.
constexpr std::size_t kLongestSearch = 512;

std::unexpected<Error> no_catalog(const Path& file) {
  return fail({.kind = ErrorKind::not_found,
               .tried = "open the catalog",
               .where = file.string(),
               .got = "there is none yet",
               .next = "get a DAT of the discs you have and run: pressmark catalog import FILE"});
}

/// WAL keeps two files beside the catalog. Where these can be neither found nor made, nobody can be writing either.
bool nobody_writes(const Path& file) {
  std::error_code ignored;
  return !std::filesystem::exists(file.string() + "-wal", ignored);
}

Result<sqlite::Database> open_as(const Path& file, sqlite::Open how) {
  TRY(auto database, sqlite::Database::open(file, how));
  TRY(const bool there, prepare_tables(database, false));
  if (!there) return no_catalog(file);
  CHECK(database.run("PRAGMA query_only = ON"));
  return database;
}

Result<sqlite::Database> open_to_read(const Path& file) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return no_catalog(file);
  auto database = open_as(file, sqlite::Open::update);
  if (!database && database.error().kind == ErrorKind::no_permission && nobody_writes(file))
    return open_as(file, sqlite::Open::immutable);
  return database;
}

Result<sqlite::Database> open_to_write(const Path& file) {
  std::error_code code;
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), code);
  if (code)
    return fail({.kind = ErrorKind::no_permission,
                 .tried = "make the catalog's folder",
                 .where = file.parent_path().string(),
                 .got = code.message(),
                 .next = "give another place with --catalog"});
  TRY(auto database, sqlite::Database::open(file, sqlite::Open::create));
  CHECK(prepare_tables(database, true));
  // Refused while somebody else works on it, who will have done it, or will be followed by somebody who does.
  (void)database.run("PRAGMA journal_mode = WAL");
  CHECK(database.run("PRAGMA synchronous = FULL"));
  return database;
}

/// `%` and `_` stand for themselves.
std::string like_pattern(std::string_view word) {
  std::string pattern = "%";
  for (const char c : word) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + '%';
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!(text = trimmed(text)).empty()) {
    const std::string_view word = text.substr(0, text.find_first_of(" \t"));
    words.emplace_back(word);
    text.remove_prefix(word.size());
  }
  return words;
}

Result<GameIds> ids(Statement& statement) {
  GameIds found;
  while (true) {
    TRY(const bool row, statement.step());
    if (!row) return found;
    found.push_back(statement.number(0));
  }
}

/// Digests that stand for themselves; a CRC-32 needs the size beside it.
struct LookUpRow {
  DigestKind kind;
  std::string_view sql;
};
constexpr LookUpRow kLookUps[]{
    {DigestKind::sha256, "SELECT DISTINCT game FROM rom WHERE sha256 = ? LIMIT 1024"},
    {DigestKind::sha1, "SELECT DISTINCT game FROM rom WHERE sha1 = ? LIMIT 1024"},
    {DigestKind::md5, "SELECT DISTINCT game FROM rom WHERE md5 = ? LIMIT 1024"},
    {DigestKind::crc32,
     "SELECT game FROM rom WHERE crc32 = ?1 AND bytes = ?2 UNION SELECT game FROM rom WHERE crc32 = ?1 AND bytes IS "
     "NULL "
     "LIMIT 1024"},
};
static_assert(Catalog::kMostIds == 1024);

void bind_digest(Statement& statement, const Digest& digest) {
  if (digest.kind == DigestKind::crc32)
    statement.bind(1, crc_number(digest));
  else
    statement.bind(1, std::span<const std::byte>{digest.bytes});
}

/// Games that have a rom of this digest, by name.
Result<GameIds> ids_with(sqlite::Database& database, const Digest& digest, std::size_t most) {
  if (std::ranges::find(kLookUps, digest.kind, &LookUpRow::kind) == std::end(kLookUps)) return GameIds{};
  TRY(auto statement,
      Statement::prepare(database, fmt::format("SELECT DISTINCT rom.game FROM rom JOIN game ON game.id = "
                                               "rom.game WHERE rom.{} = ?1 ORDER BY game.name LIMIT ?2",
                                               to_string(digest.kind))));
  bind_digest(statement, digest);
  return ids(statement.bind(2, static_cast<std::int64_t>(most)));
}

/// Games in whose names or serials all words of `text` occur, by name.
Result<GameIds> ids_named(sqlite::Database& database, std::string_view text, std::size_t most) {
  const std::vector<std::string> words = words_of(text.substr(0, kLongestSearch));
  std::string sql = "SELECT id FROM game WHERE 1";
  for (std::size_t i = 1; i <= words.size(); ++i)
    sql += fmt::format(R"( AND (name LIKE ?{0} ESCAPE '\' OR serial LIKE ?{0} ESCAPE '\'))", i);
  TRY(auto statement, Statement::prepare(database, fmt::format("{} ORDER BY name LIMIT ?{}", sql, words.size() + 1)));
  int parameter = 0;
  for (const std::string& word : words) statement.bind(++parameter, like_pattern(word));
  return ids(statement.bind(++parameter, static_cast<std::int64_t>(most)));
}

}  // namespace

Result<Path> default_catalog(const char* data_home, const char* home) {
  const Path file = Path{"pressmark"} / "catalog.sqlite";
  // The specification has relative paths ignored.
  if (data_home != nullptr && Path{data_home}.is_absolute()) return Path{data_home} / file;
  if (home != nullptr && Path{home}.is_absolute()) return Path{home} / ".local" / "share" / file;
  return fail({.kind = ErrorKind::usage,
               .tried = "find your catalog",
               .got = "neither XDG_DATA_HOME nor HOME names a folder",
               .next = "give its file with --catalog"});
}

Catalog::Catalog(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Catalog::~Catalog() = default;

Result<std::unique_ptr<Catalog>> Catalog::open(const Path& file, CatalogMode mode) {
  TRY(auto database, mode == CatalogMode::read ? open_to_read(file) : open_to_write(file));
  return std::unique_ptr<Catalog>{new Catalog(std::make_unique<Impl>(std::move(database)))};
}

Result<std::vector<Dat>> Catalog::dats() { return all_dats(impl_->database); }

Result<Dat> Catalog::remove(std::string_view name) {
  TRY(auto transaction, sqlite::Transaction::begin(impl_->database, sqlite::Begin::to_write));
  TRY(auto dat, find_dat(impl_->database, name));
  if (!dat)
    return fail({.kind = ErrorKind::not_found,
                 .tried = "remove the DAT",
                 .where = impl_->database.path().string(),
                 .got = fmt::format("it has no DAT named {}", in_quotes(printable(name))),
                 .next = "see their names with: pressmark catalog list"});
  CHECK(delete_dat(impl_->database, name));
  CHECK(transaction.commit());
  return std::move(*dat);
}

Result<FoundGames> Catalog::search(std::string_view text, std::size_t most) {
  const auto digest = parse_digest(text);
  TRY(auto found, digest ? ids_with(impl_->database, *digest, most + 1) : ids_named(impl_->database, text, most + 1));
  FoundGames result{.more = found.size() > most};
  if (result.more) found.resize(most);
  for (const std::int64_t id : found) {
    auto one = game(id);
    if (!one && one.error().kind == ErrorKind::not_found) continue;  // removed meanwhile
    if (!one) return std::unexpected(std::move(one).error());
    result.games.push_back(std::move(*one));
  }
  return result;
}

Result<CatalogGame> Catalog::game(std::int64_t id) {
  TRY(auto row,
      Statement::prepare(impl_->database,
                         "SELECT game.name, game.serial, dat.name, dat.version, dat.format FROM game JOIN dat "
                         "ON game.dat = dat.id WHERE game.id = ?"));
  TRY(const bool there, row.bind(1, id).step());
  if (!there)
    return fail({.kind = ErrorKind::not_found,
                 .tried = "find a game",
                 .where = impl_->database.path().string(),
                 .got = "its DAT was removed or replaced",
                 .next = "run the same command again"});
  CatalogGame result{.id = id, .game = {.name = row.text(0), .serial = row.text(1)}};
  const auto format = std::clamp<std::int64_t>(row.number(4), 0, static_cast<std::int64_t>(DatFormat::sums));
  result.dat = {.name = row.text(2), .version = row.text(3), .format = static_cast<DatFormat>(format)};
  TRY(result.game.roms, roms_of(impl_->database, id));
  return result;
}

Result<std::vector<std::int64_t>> Catalog::games_with(const std::vector<Digest>& digests, std::uint64_t bytes) {
  std::vector<std::int64_t> all;
  for (const LookUpRow& row : kLookUps) {
    const auto digest = std::ranges::find(digests, row.kind, &Digest::kind);
    if (digest == digests.end()) continue;
    TRY(auto statement, Statement::prepare(impl_->database, row.sql));
    bind_digest(statement, *digest);
    if (row.kind == DigestKind::crc32) statement.bind(2, static_cast<std::int64_t>(bytes));
    TRY(const auto found, ids(statement));
    all.insert(all.end(), found.begin(), found.end());
  }
  std::ranges::sort(all);
  const auto repeats = std::ranges::unique(all);
  all.erase(repeats.begin(), repeats.end());
  return all;
}

Result<std::vector<std::int64_t>> Catalog::games_with_size(std::uint64_t bytes) {
  TRY(auto statement, Statement::prepare(impl_->database, "SELECT DISTINCT game FROM rom WHERE bytes = ? LIMIT 1024"));
  return ids(statement.bind(1, static_cast<std::int64_t>(bytes)));
}

Result<std::vector<std::int64_t>> Catalog::games_of_shape(std::uint64_t tracks, std::uint64_t bytes) {
  TRY(auto statement,
      Statement::prepare(impl_->database, "SELECT id FROM game WHERE tracks = ? AND bytes = ? LIMIT 1024"));
  return ids(statement.bind(1, static_cast<std::int64_t>(tracks)).bind(2, static_cast<std::int64_t>(bytes)));
}

Result<bool> Catalog::has_unsized() {
  TRY(const std::int64_t there,
      impl_->database.number("SELECT EXISTS (SELECT 1 FROM rom WHERE bytes IS NULL AND status < 3)"));
  return there != 0;
}

}  // namespace pressmark
