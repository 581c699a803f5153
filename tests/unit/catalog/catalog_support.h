// What the catalog's tests share: parsers over texts, catalogs in folders of their own, games of a few bytes.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "pressmark/catalog.h"

#include "catalog/dat_parser.h"
#include "support/in_pieces.h"
#include "unit/temp_folder.h"

namespace pressmark {

/// Keeps what a parser found.
struct KeptDat final : DatSink {
  Result<void> header(DatHeader told) override {
    head = std::move(told);
    ++headers;
    return {};
  }
  Result<void> game(KnownGame game) override {
    games.push_back(std::move(game));
    return {};
  }
  DatHeader head;
  int headers = 0;
  std::vector<KnownGame> games;
};

using DatParser = Result<void>(const ByteSource&, std::string_view, DatSink&);

inline KeptDat parsed_by(DatParser& parser, std::string_view text, std::size_t piece) {
  KeptDat kept;
  const auto done = parser(in_pieces(text, piece), "x.dat", kept);
  EXPECT_TRUE(done) << describe(done.error());
  return kept;
}

/// The error of a text that must not be taken, which says where and what next.
inline Error refused_by(DatParser& parser, std::string_view text) {
  KeptDat kept;
  const auto done = parser(in_pieces(text, 65536), "x.dat", kept);
  EXPECT_FALSE(done) << text.substr(0, 200);
  if (done) return {};
  EXPECT_EQ(done.error().kind, ErrorKind::parse);
  EXPECT_TRUE(done.error().where.starts_with("x.dat, line ")) << done.error().where;
  EXPECT_FALSE(done.error().next.empty());
  return done.error();
}

/// "sha1:aaf4..." for each digest, in order.
inline std::vector<std::string> digests_of(const KnownRom& rom) {
  std::vector<std::string> texts;
  for (const Digest& digest : rom.digests) texts.push_back(std::string{to_string(digest.kind)} + ':' + digest.hex());
  return texts;
}

inline const std::chrono::system_clock::time_point kNow{std::chrono::seconds{1'700'000'000}};

class CatalogTest : public TempFolderTest {
 protected:
  std::unique_ptr<Catalog> opened(CatalogMode mode = CatalogMode::write) const {
    auto catalog = Catalog::open(file(), mode);
    EXPECT_TRUE(catalog) << describe(catalog.error());
    return catalog ? std::move(*catalog) : nullptr;
  }
  std::filesystem::path file() const { return folder_ / "known" / "catalog.sqlite"; }

  Result<Imported> import(Catalog& catalog, const std::filesystem::path& name, std::string_view text,
                          std::string as = {}) const {
    return catalog.import_file(system_files(), write(name, text), {.name = std::move(as), .now = kNow});
  }
};

/// A DAT in Logiqx's form around `games`.
inline std::string logiqx(std::string_view name, std::string_view version, std::string_view games) {
  return "<?xml version=\"1.0\"?>\n<datafile>\n<header><name>" + std::string{name} + "</name><version>" +
         std::string{version} + "</version></header>\n" + std::string{games} + "</datafile>\n";
}

}  // namespace pressmark
