// What SQLite says in result codes becomes the kinds of errors that people know, with what to do about each.
#include "catalog/sqlite.h"

#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <sqlite3.h>
#include <utility>

#include "core/try.h"

namespace pressmark::sqlite {
namespace {

constexpr int kBusyTimeout_ms = 30'000;
/// No name or digest comes near it: what a damaged or hostile file claims to hold ends here.
constexpr int kLongestValue = 1 << 20;
constexpr int kCacheKib = 32 * 1024;

struct CodeRow {
  int code;
  ErrorKind kind;
  std::string_view next;
};
constexpr std::array kCodes{
    CodeRow{SQLITE_BUSY, ErrorKind::busy, "another process is writing to it: wait for that one and try again"},
    CodeRow{SQLITE_LOCKED, ErrorKind::busy, "another process is writing to it: wait for that one and try again"},
    CodeRow{SQLITE_CORRUPT, ErrorKind::parse, "move it away and import the DATs again; look after the disk it was on"},
    CodeRow{SQLITE_NOTADB, ErrorKind::parse, "give another file with --catalog, or move this one away"},
    CodeRow{SQLITE_TOOBIG, ErrorKind::parse, "move it away and import the DATs again"},
    CodeRow{SQLITE_MISMATCH, ErrorKind::parse, "move it away and import the DATs again"},
    CodeRow{SQLITE_FULL, ErrorKind::no_space, "free some space there and try again: nothing was changed"},
    CodeRow{SQLITE_READONLY, ErrorKind::no_permission, "choose a place you may write to with --catalog"},
    CodeRow{SQLITE_PERM, ErrorKind::no_permission, "change its permissions, or give another with --catalog"},
    CodeRow{SQLITE_AUTH, ErrorKind::no_permission, "change its permissions, or give another with --catalog"},
    CodeRow{SQLITE_CANTOPEN, ErrorKind::no_permission, "check that its folder is there and is yours to write to"},
    CodeRow{SQLITE_INTERRUPT, ErrorKind::interrupted, ""},
};

CodeRow row_of(int code, int system_errno) {
  if (system_errno == ENOSPC || system_errno == EDQUOT || system_errno == EFBIG)
    return {code, ErrorKind::no_space, "free some space there and try again: nothing was changed"};
  for (const CodeRow& row : kCodes)
    if (row.code == (code & 0xFF)) return row;
  return {code, ErrorKind::io, "look at the system log, and at the file system it is on"};
}

/// A file name as SQLite's URI form wants it.
std::string uri(const Path& path) {
  std::string text = "file:";
  for (const char c : std::filesystem::absolute(path).string())
    if (c == '%' || c == '?' || c == '#')
      text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else
      text += c;
  return text;
}

}  // namespace

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

std::unexpected<Error> Database::failed(std::string tried, int code) const {
  // A write past a file size limit is an input/output error to SQLite, and a matter of space to everybody else. It does not
  // keep the reason for a COMMIT (sqlite3_system_errno): errno still has it, which was cleared before.
  const int reason = errno;
  const bool io = (code & 0xFF) == SQLITE_IOERR;
  const CodeRow row = row_of(code, io ? reason : 0);
  return fail({.kind = row.kind,
               .tried = std::move(tried),
               .where = path_.string(),
               .got = handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code),
               .next = std::string{row.next}});
}

Result<Database> Database::open(const Path& file, Open how) {
  Database database;
  database.path_ = file;
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE;
  if (how == Open::create) flags |= SQLITE_OPEN_CREATE;
  if (how == Open::immutable) flags = (flags & ~SQLITE_OPEN_READWRITE) | SQLITE_OPEN_READONLY;
  const std::string name = uri(file) + (how == Open::immutable ? "?immutable=1" : "");
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &handle, flags, nullptr);
  database.handle_.reset(handle);  // there even after most failures, to say what went wrong
  if (code != SQLITE_OK) return database.failed("open the catalog", code);
  sqlite3_busy_timeout(handle, kBusyTimeout_ms);
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, kLongestValue);
  // The file may come from anywhere: nothing in its schema is run.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  CHECK(database.run("PRAGMA foreign_keys = ON"));
  CHECK(database.run(fmt::format("PRAGMA cache_size = -{}", kCacheKib).c_str()));
  return database;
}

Result<void> Database::run(const char* sql) {
  errno = 0;
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failed("work on the catalog", code);
  return {};
}

Result<std::int64_t> Database::number(const char* sql) {
  TRY(Statement statement, Statement::prepare(*this, sql));
  TRY(const bool row, statement.step());
  return row ? statement.number(0) : 0;
}

std::int64_t Database::last_id() const { return sqlite3_last_insert_rowid(handle_.get()); }

void Statement::Finalize::operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }

Result<Statement> Statement::prepare(Database& database, std::string_view sql) {
  Statement statement{database};
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v2(database.get(), sql.data(), static_cast<int>(sql.size()), &handle, nullptr);
  statement.handle_.reset(handle);
  if (code != SQLITE_OK) return database.failed("ask the catalog", code);
  return statement;
}

Statement& Statement::bind(int parameter, std::int64_t value) {
  bind_error_ |= sqlite3_bind_int64(handle_.get(), parameter, value);
  return *this;
}
Statement& Statement::bind(int parameter, std::string_view text) {
  bind_error_ |= sqlite3_bind_text64(handle_.get(), parameter, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}
Statement& Statement::bind(int parameter, std::span<const std::byte> bytes) {
  bind_error_ |= sqlite3_bind_blob64(handle_.get(), parameter, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
  return *this;
}
Statement& Statement::bind_null(int parameter) {
  bind_error_ |= sqlite3_bind_null(handle_.get(), parameter);
  return *this;
}

Result<bool> Statement::step() {
  if (const int code = std::exchange(bind_error_, SQLITE_OK); code != SQLITE_OK)
    return database_->failed("ask the catalog", code);
  errno = 0;
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  auto failure = database_->failed("ask the catalog", code);  // before the reset, which may change what is said of it
  reset();
  return failure;
}

Result<void> Statement::run() {
  TRY(const bool row, step());
  if (row) reset();
  return {};
}

void Statement::reset() { sqlite3_reset(handle_.get()); }

std::int64_t Statement::number(int column) const { return sqlite3_column_int64(handle_.get(), column); }

std::string Statement::text(int column) const {
  const unsigned char* text = sqlite3_column_text(handle_.get(), column);
  const int length = sqlite3_column_bytes(handle_.get(), column);
  return text == nullptr ? std::string{} : std::string(text, text + length);
}

std::span<const std::byte> Statement::bytes(int column) const {
  const void* bytes = sqlite3_column_blob(handle_.get(), column);
  const int length = sqlite3_column_bytes(handle_.get(), column);
  return {static_cast<const std::byte*>(bytes), bytes == nullptr ? 0 : static_cast<std::size_t>(length)};
}

bool Statement::null(int column) const { return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL; }

Result<Transaction> Transaction::begin(Database& database, Begin what) {
  CHECK(database.run(what == Begin::to_read ? "BEGIN DEFERRED" : "BEGIN IMMEDIATE"));
  return Transaction{database};
}
Transaction::Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
Transaction::~Transaction() {
  // SQLite itself has already undone it after some failures, and then this one fails for nothing.
  if (database_ != nullptr) (void)database_->run("ROLLBACK");
}
Result<void> Transaction::commit() {
  CHECK(database_->run("COMMIT"));
  database_ = nullptr;
  return {};
}

}  // namespace pressmark::sqlite
