// What a Catalog holds: its database.
#pragma once

#include "pressmark/catalog.h"

#include "catalog/sqlite.h"

namespace pressmark {

struct Catalog::Impl {
  explicit Impl(sqlite::Database opened) : database(std::move(opened)) {}
  sqlite::Database database;
};

}  // namespace pressmark
