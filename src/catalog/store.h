// The catalog's tables, and how games get into and out of them.
//
// Version 1 (PRAGMA user_version). A game's `tracks` and `bytes` are those of its tracks in all, so that an image's shape finds it; `bytes`
// is null where a track's size is not known. Digests are bytes, CRC-32 a number.
#pragma once

#include <optional>

#include "pressmark/catalog.h"

#include "catalog/dat_parser.h"
#include "catalog/sqlite.h"

namespace pressmark {

/// Checks that the file is a catalog of a version that is known; makes the tables where `may_make`. False: there are none yet.
Result<bool> prepare_tables(sqlite::Database& database, bool may_make);

/// The DAT of this name, if there is one.
Result<std::optional<Dat>> find_dat(sqlite::Database& database, std::string_view name);
Result<std::vector<Dat>> all_dats(sqlite::Database& database);
/// With its games and roms.
Result<void> delete_dat(sqlite::Database& database, std::string_view name);
/// A CRC-32 as the tables hold it.
[[nodiscard]] std::int64_t crc_number(const Digest& digest);
Result<std::vector<KnownRom>> roms_of(sqlite::Database& database, std::int64_t game);

/// Writes one DAT into the tables, within a transaction that is the caller's.
class DatWriter final : public DatSink {
 public:
  struct Setup {
    std::string name;  ///< replaces the DAT's own, unless empty
    std::string stem;  ///< the name of a DAT that gives none
    std::string file;
    std::chrono::system_clock::time_point now;
    std::function<bool(std::uint64_t roms)> progress;
  };
  static Result<DatWriter> begin(sqlite::Database& database, Setup setup);

  Result<void> header(DatHeader header) override;
  Result<void> game(KnownGame game) override;
  /// After the last game.
  Result<ImportedDat> finish();

 private:
  DatWriter(Setup setup, sqlite::Database& database, sqlite::Statement dat, sqlite::Statement game,
            sqlite::Statement rom)
      : setup_(std::move(setup)),
        database_(&database),
        dat_(std::move(dat)),
        game_(std::move(game)),
        rom_(std::move(rom)) {}
  Result<void> insert_rom(std::int64_t game, const KnownRom& rom);

  Setup setup_;
  sqlite::Database* database_;
  sqlite::Statement dat_, game_, rom_;
  std::int64_t dat_id_ = 0;
  ImportedDat result_;
};

}  // namespace pressmark
