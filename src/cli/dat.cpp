// pressmark dat: what preservation projects ask for of a dump.
#include <fmt/format.h>

#include "pressmark/dat_entry.h"

#include "cli/common.h"
#include "core/try.h"

namespace pressmark::cli {
namespace {

struct DatArgs {
  std::vector<std::string> images;
  std::string name, datafile, digests;
  bool with_filler = false;
};

std::vector<OptionRow<DatArgs>> dat_rows() {
  return {
      {{.names = "images",
        .value = "IMAGE",
        .help = "an image, or a cue sheet, which stands for itself and every file it names",
        .completes = Completes::file,
        .required = true,
        .repeats = true},
       &DatArgs::images},
      {{.names = "--name", .value = "NAME", .help = "the entry's name, instead of the file's; for one image"},
       &DatArgs::name},
      {{.names = "--digests", .value = "LIST", .help = "crc32, md5, sha1, sha256 (crc32,md5,sha1)"}, &DatArgs::digests},
      {{.names = "--datafile", .value = "NAME", .help = "write a whole DAT with this name in its header"},
       &DatArgs::datafile},
      {{.names = "--with-filler", .help = "take digests of an image that was not read whole"}, &DatArgs::with_filler}};
}

std::unexpected<Error> wrong_usage(std::string got, std::string next) {
  return fail({.kind = ErrorKind::usage, .tried = "write a DAT entry", .got = std::move(got), .next = std::move(next)});
}

Result<void> write(const DatArgs& args) {
  DatGameOptions options{.name = args.name, .with_filler = args.with_filler, .stop = [] { return stop_requested(); }};
  if (!args.name.empty() && args.images.size() > 1)
    return wrong_usage("--name is for one image", "give one image, or no name");
  if (!args.digests.empty()) {
    TRY(options.kinds, parse_digest_kinds(args.digests));
    for (DigestKind kind : options.kinds)
      if (kind == DigestKind::sha512 || kind == DigestKind::blake2b)
        return wrong_usage(fmt::format("a DAT has no place for {}", to_string(kind)),
                           "choose from crc32, md5, sha1, sha256");
  }
  std::vector<DatGame> games;
  for (const std::string& image : args.images) {
    TRY(DatGame game, dat_game_of(system_files(), image, options));
    games.push_back(std::move(game));
  }
  std::string text;
  if (!args.datafile.empty()) {
    TRY(text, format_datafile(args.datafile, "pressmark " PRESSMARK_VERSION, games));
  } else {
    for (const DatGame& game : games) {
      TRY(const std::string entry, format_dat_game(game));
      text += entry;
    }
  }
  print(text);
  return {};
}

int run(const DatArgs& args) {
  catch_signals();
  const auto written = write(args);
  return written ? kAllGood : report(written.error());
}

}  // namespace

CommandSpec dat_command() {
  return command<DatArgs>(
      "dat", "write a Logiqx DAT entry of an image or a cue sheet",
      "Prints one <game> element for each IMAGE, with a <rom> line for each of its files: name, size, CRC-32, MD5, "
      "SHA-1. A cue sheet stands for itself and for every file it names. An image whose record or map says that not "
      "all "
      "of it was read is refused, unless --with-filler.\n\nExit status: 0 written; 2 wrong usage; 3 file trouble; 4 "
      "interrupted.",
      dat_rows(), run);
}

}  // namespace pressmark::cli
