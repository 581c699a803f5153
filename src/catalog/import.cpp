// From a file to the tables: what it is by its first bytes, the parser for that, one transaction around all of it.
#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "catalog/catalog_impl.h"
#include "catalog/dat_archive.h"
#include "catalog/dat_parser.h"
#include "catalog/store.h"
#include "core/printable.h"
#include "core/text.h"
#include "core/try.h"
#include "verify/sums.h"

namespace pressmark {
namespace {

constexpr std::size_t kSniffedBytes = 4096;
constexpr std::string_view kZip = "PK\x03\x04";

/// The bytes of `head`, then what `rest` gives.
ByteSource with_head(std::string_view head, const ByteSource& rest) {
  return [head, &rest](std::span<std::byte> out) mutable -> Result<std::size_t> {
    if (head.empty()) return rest(out);
    const std::size_t count = std::min(head.size(), out.size());
    std::ranges::copy(std::as_bytes(std::span{head.substr(0, count)}), out.begin());
    head.remove_prefix(count);
    return count;
  };
}

/// Up to `most` bytes, or fewer at the end.
Result<std::string> take_text(const ByteSource& next, std::size_t most) {
  std::string text;
  std::array<std::byte, 16 * 1024> piece{};
  while (text.size() < most) {
    TRY(const std::size_t got, next(std::span{piece}.first(std::min(piece.size(), most - text.size()))));
    if (got == 0) break;
    text.append(reinterpret_cast<const char*>(piece.data()), got);
  }
  return text;
}

Result<void> parse_sums_from(const ByteSource& next, std::string_view where, DatSink& sink) {
  TRY(const std::string text, take_text(next, kLargestSumsBytes + 1));
  if (text.size() > kLargestSumsBytes) return bad_dat(where, 1, "it is no DAT, and too large for a sum file");
  return parse_sum_dat(text, where, sink);
}

/// All DATs of one file.
class Import {
 public:
  Import(sqlite::Database& database, const Path& file, const ImportOptions& options)
      : database_(database), file_(file), options_(options) {}

  Result<void> dat(const std::string& name, const std::string& where, const ByteSource& next) {
    if (!options_.name.empty() && !imported_.dats.empty())
      return fail({.kind = ErrorKind::usage,
                   .tried = "import under another name",
                   .where = file_.string(),
                   .got = "it holds several DATs",
                   .next = "import it without --name, or unpack it and import one"});
    TRY(const std::string head, take_text(next, kSniffedBytes));
    const ByteSource all = with_head(head, next);
    const DatFormat format = sniff_dat(head);
    // A sum file has no name but its file's, whose end may be all that tells it from another.
    const Path path{name};
    const std::string stem = format == DatFormat::sums ? path.filename().string() : path.stem().string();
    TRY(auto writer,
        DatWriter::begin(
            database_,
            {.name = options_.name, .stem = stem, .file = where, .now = options_.now, .progress = options_.progress}));
    CHECK(parse(format, all, where, writer));
    TRY(ImportedDat done, writer.finish());
    const auto same = [&](const ImportedDat& other) { return other.dat.header.name == done.dat.header.name; };
    if (std::ranges::any_of(imported_.dats, same))
      return fail({.kind = ErrorKind::usage,
                   .tried = "import the archive",
                   .where = file_.string(),
                   .got = fmt::format("two of its DATs have the name {}", in_quotes(printable(done.dat.header.name))),
                   .next = "unpack it and import them by themselves, with --name for one"});
    imported_.dats.push_back(std::move(done));
    return {};
  }

  Result<void> archive() {
    TRY(const DatArchive found, each_dat_in(file_, [&](const std::string& name, const ByteSource& next) {
          return dat(name, fmt::format("{}: {}", file_.filename().string(), printable(name)), next);
        }));
    imported_.passed_over = found.passed_over;
    return {};
  }

  Imported take() { return std::move(imported_); }

 private:
  static Result<void> parse(DatFormat format, const ByteSource& next, const std::string& where, DatSink& sink) {
    switch (format) {
      case DatFormat::logiqx: return parse_logiqx(next, where, sink);
      case DatFormat::clrmamepro: return parse_clrmamepro(next, where, sink);
      case DatFormat::sums: return parse_sums_from(next, where, sink);
    }
    return {};
  }

  sqlite::Database& database_;
  Path file_;
  const ImportOptions& options_;
  Imported imported_;
};

ByteSource whole_file(File& file) {
  return [&file, at = std::uint64_t{0}](std::span<std::byte> out) mutable -> Result<std::size_t> {
    TRY(const std::size_t got, file.read_at(at, out));
    at += got;
    return got;
  };
}

}  // namespace

Result<Imported> Catalog::import_file(Files& files, const Path& path, const ImportOptions& options) {
  std::error_code ignored;
  // Asked before opening: opening a pipe would wait for its other end.
  if (std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored))
    return fail({.kind = ErrorKind::unsupported,
                 .tried = "import the DAT",
                 .where = path.string(),
                 .got = "not a regular file",
                 .next = "give the path of a DAT, a sum file or a ZIP archive of them"});
  TRY(const auto file, files.open(path, OpenMode::read));
  TRY(const std::uint64_t bytes, file->size());
  if (bytes == 0 || bytes > kLargestDatBytes)
    return fail({.kind = ErrorKind::parse,
                 .tried = "import the DAT",
                 .where = path.string(),
                 .got = bytes == 0 ? "the file is empty" : fmt::format("{} bytes are more than any DAT has", bytes),
                 .next = "check that this is the file you meant"});
  std::array<std::byte, kZip.size()> magic{};
  TRY(const std::size_t got, file->read_at(0, magic));
  const bool zip = std::ranges::equal(std::span{magic}.first(got), std::as_bytes(std::span{kZip}));

  TRY(auto transaction, sqlite::Transaction::begin(impl_->database, sqlite::Begin::to_write));
  Import import{impl_->database, path, options};
  CHECK(zip ? import.archive() : import.dat(path.string(), path.string(), whole_file(*file)));
  CHECK(transaction.commit());
  return import.take();
}

}  // namespace pressmark
