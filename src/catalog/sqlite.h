// SQLite with errors as values: what is used of it, and no more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "pressmark/error.h"
#include "pressmark/files.h"

struct sqlite3;
struct sqlite3_stmt;

namespace pressmark::sqlite {

enum class Open : std::uint8_t {
  update,    ///< read and write, must exist; read-only if it cannot be written to
  create,    ///< made if it is not there
  immutable  ///< nobody changes it: nothing is written beside it either
};

class Database {
 public:
  static Result<Database> open(const Path& file, Open how);

  /// Statements without parameters and answers.
  Result<void> run(const char* sql);
  /// The first column of the first row of an answer, as a number; 0 if there is none.
  Result<std::int64_t> number(const char* sql);
  /// Of the row that was inserted last.
  [[nodiscard]] std::int64_t last_id() const;
  [[nodiscard]] sqlite3* get() const { return handle_.get(); }
  [[nodiscard]] const Path& path() const { return path_; }
  /// The last failure, with what was tried.
  [[nodiscard]] std::unexpected<Error> failed(std::string tried, int code) const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  Path path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// A prepared statement; outlived by its database.
class Statement {
 public:
  static Result<Statement> prepare(Database& database, std::string_view sql);

  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, std::string_view text);             ///< copied
  Statement& bind(int parameter, std::span<const std::byte> bytes);  ///< copied
  Statement& bind_null(int parameter);
  /// True if there is a row to be read. After false, and after a failure, the statement can be bound anew.
  Result<bool> step();
  /// Without an answer.
  Result<void> run();
  /// Ends the answer before its last row.
  void reset();

  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::span<const std::byte> bytes(int column) const;  ///< until the next step
  [[nodiscard]] bool null(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const;
  };
  explicit Statement(Database& database) : database_(&database) {}
  Database* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  int bind_error_ = 0;
};

enum class Begin : std::uint8_t {
  to_read,   ///< all that is read is of one moment
  to_write,  ///< after whoever writes now
};

/// Undone unless committed.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database, Begin what);
  ~Transaction();
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace pressmark::sqlite
