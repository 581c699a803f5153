// pressmark catalog: known hashes come in, are listed, searched and taken out again.
#include "pressmark/catalog.h"

#include <fmt/format.h>

#include "pressmark/catalog_report.h"
#include "pressmark/report.h"

#include "cli/known.h"
#include "core/printable.h"
#include "core/try.h"

namespace pressmark::cli {
namespace {

struct CatalogArgs {
  std::optional<std::string> catalog;
  bool json = false;
};

template <class Args>
std::vector<OptionRow<Args>> catalog_rows() {
  return {{catalog_option(), static_cast<std::optional<std::string> Args::*>(&Args::catalog)},
          {{.names = "--json", .help = "one JSON object on stdout (docs/identify.md)"},
           static_cast<bool Args::*>(&Args::json)}};
}

// ---------------------------------------------------------------- catalog import

struct ImportArgs : CatalogArgs {
  std::vector<std::string> files;
  std::string name;
};

std::vector<OptionRow<ImportArgs>> import_rows() {
  return joined<OptionRow<ImportArgs>>(
      {{{.names = "files",
         .value = "FILE",
         .help = "a DAT (Logiqx XML, ClrMamePro), a sum file (SFV, GNU, BSD, hashdeep), or a ZIP archive of them",
         .completes = Completes::file,
         .required = true,
         .repeats = true},
        &ImportArgs::files},
       {{.names = "--name", .value = "NAME", .help = "what the DAT is to be called, instead of its own name"},
        &ImportArgs::name}},
      catalog_rows<ImportArgs>());
}

Result<Imported> import_one(Catalog& catalog, const ImportArgs& args, const std::string& file) {
  const bool show = stderr_is_terminal() && !args.json;
  ImportOptions options{.name = args.name, .now = system_clock().wall()};
  options.progress = [&](std::uint64_t roms) {
    if (show) print_error(fmt::format("\r{} roms ", roms));
    return !stop_requested();
  };
  auto imported = catalog.import_file(system_files(), file, options);
  if (show) print_error("\r" + std::string(40, ' ') + "\r");
  return imported;
}

/// Each file by itself: one that is no good leaves the others as they are.
Result<int> import_all(const ImportArgs& args) {
  if (!args.name.empty() && args.files.size() > 1)
    return fail({.kind = ErrorKind::usage,
                 .tried = "import under another name",
                 .got = fmt::format("--name {} is for one DAT, and {} files are given", args.name, args.files.size()),
                 .next = "import them one by one"});
  TRY(const auto catalog, open_catalog(args.catalog, CatalogMode::write));
  Imported all;
  int code = kAllGood;
  for (const std::string& file : args.files) {
    auto imported = import_one(*catalog, args, file);
    if (!imported) {
      code = report(imported.error());
      if (imported.error().kind == ErrorKind::interrupted) break;
      continue;
    }
    if (!args.json) print(imported_text(*imported));
    all.passed_over += imported->passed_over;
    all.dats = joined(std::move(all.dats), std::move(imported->dats));
  }
  if (args.json) print(imported_json(all));
  return code;
}

int run_import(const ImportArgs& args) {
  catch_signals();
  const auto code = import_all(args);
  return code ? *code : report(code.error());
}

// ---------------------------------------------------------------- catalog list

Result<void> list(const CatalogArgs& args) {
  TRY(const auto catalog, open_catalog(args.catalog, CatalogMode::read));
  TRY(const auto dats, catalog->dats());
  print(args.json ? dats_json(dats) : dats_text(dats));
  return {};
}

int run_list(const CatalogArgs& args) {
  const auto listed = list(args);
  return listed ? kAllGood : report(listed.error());
}

// ---------------------------------------------------------------- catalog remove

struct RemoveArgs : CatalogArgs {
  std::string name;
};

Result<void> remove(const RemoveArgs& args) {
  CHECK(open_catalog(args.catalog, CatalogMode::read));  // where there is none, none is made
  TRY(const auto catalog, open_catalog(args.catalog, CatalogMode::write));
  TRY(const Dat dat, catalog->remove(args.name));
  const std::vector removed{dat};
  print(args.json ? dats_json(removed)
                  : fmt::format("{}: removed, with {} games\n", printable(dat.header.name), dat.games));
  return {};
}

int run_remove(const RemoveArgs& args) {
  const auto removed = remove(args);
  return removed ? kAllGood : report(removed.error());
}

// ---------------------------------------------------------------- catalog search

struct SearchArgs : CatalogArgs {
  std::vector<std::string> words;
  std::uint64_t most = 20;
};

std::vector<OptionRow<SearchArgs>> search_rows() {
  return joined<OptionRow<SearchArgs>>({{{.names = "text",
                                          .value = "TEXT",
                                          .help = "words of a game's name or serial, or a digest of one of its roms",
                                          .required = true,
                                          .repeats = true},
                                         &SearchArgs::words},
                                        {{.names = "--most", .value = "N", .help = "show at most so many games (20)"},
                                         &SearchArgs::most,
                                         Range{1, 100'000}}},
                                       catalog_rows<SearchArgs>());
}

Result<int> search(const SearchArgs& args) {
  TRY(const auto catalog, open_catalog(args.catalog, CatalogMode::read));
  std::string text;
  for (const std::string& word : args.words) text += (text.empty() ? "" : " ") + word;
  TRY(const FoundGames found, catalog->search(text, args.most));
  print(args.json ? found_json(found) : found_text(found));
  if (found.games.empty() && !args.json) print_error(fmt::format("no game of the catalog has {}\n", printable(text)));
  return found.games.empty() ? kBadNews : kAllGood;
}

int run_search(const SearchArgs& args) {
  const auto code = search(args);
  return code ? *code : report(code.error());
}

}  // namespace

CommandSpec catalog_command() {
  CommandSpec catalog{.name = "catalog", .summary = "keep the hashes of known discs, to identify others by"};
  catalog.description =
      "The catalog holds what DATs (of Redump, No-Intro, TOSEC) and sum files say of known discs. pressmark identify "
      "asks it.";
  catalog.children = {
      command<ImportArgs>("import", "take in DATs and sum files",
                          "Takes in each FILE, all of it or nothing. A DAT of a name that is there replaces the older "
                          "one.\n\nExit status: 0 all were taken in; 2 wrong usage; 3 one could not be; 4 interrupted.",
                          import_rows(), run_import),
      command<CatalogArgs>("list", "list the DATs", "Lists the DATs with their versions and sizes.",
                           catalog_rows<CatalogArgs>(), run_list),
      command<RemoveArgs>(
          "remove", "take out a DAT", "Removes the DAT of this name, with its games.",
          joined<OptionRow<RemoveArgs>>(
              {{{.names = "name", .value = "NAME", .help = "as list shows it", .required = true}, &RemoveArgs::name}},
              catalog_rows<RemoveArgs>()),
          run_remove),
      command<SearchArgs>("search", "find known games",
                          "Finds games by words of their names or serials, or by a digest (sha1:HEX, or bare hex).\n\n"
                          "Exit status: 0 some were found; 1 none.",
                          search_rows(), run_search),
  };
  return catalog;
}

}  // namespace pressmark::cli
