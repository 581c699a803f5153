// pressmark verify: is this image, or this disc, what it should be?
#include "pressmark/verify.h"

#include <algorithm>
#include <fmt/format.h>

#include "cli/known.h"
#include "cli/verify_run.h"
#include "core/try.h"

namespace pressmark::cli {
namespace {

/// What --against takes for the catalog; a file of this name is ./catalog.
constexpr std::string_view kCatalog = "catalog";

std::vector<OptionRow<VerifyArgs>> own_rows() {
  return {
      {{.names = "sources",
        .value = "SOURCE",
        .help = "a drive (/dev/sr0), an image (game.iso, game.cue), or sim:NAME; several: image files only; "
                "without one, the one drive with a disc in it",
        .completes = Completes::source,
        .repeats = true},
       &VerifyArgs::sources},
      {{.names = "-a,--against",
        .value = "X",
        .help = "a digest (sha1:HEX, or bare hex), a sum file (*sum, SFV), a rip record, another image, or the word "
                "catalog: what pressmark catalog knows; repeatable",
        .completes = Completes::file,
        .repeats = true},
       &VerifyArgs::against},
      {catalog_option(), &VerifyArgs::catalog},
      {{.names = "--all",
        .value = "SUMFILE",
        .help = "verify every file that SUMFILE names, taken from where it lies",
        .completes = Completes::file},
       &VerifyArgs::all},
      {{.names = "--digests",
        .value = "LIST",
        .help = "digests to compute besides: crc32, md5, sha1, sha256, sha512, blake2b"},
       &VerifyArgs::digests},
      {{.names = "--write", .value = "LIST", .help = "write sum files of these kinds beside the image (sha256,md5)"},
       &VerifyArgs::write},
      {{.names = "--overwrite", .help = "let --write replace a file that says something else"}, &VerifyArgs::overwrite},
      {{.names = "--with-filler", .help = "let --write take sums of an image that was not read whole"},
       &VerifyArgs::with_filler},
      {{.names = "--seal", .help = "the image must have a seal (isomd5sum, libisofs); those found are always checked"},
       &VerifyArgs::seal},
      {{.names = "--no-seal", .help = "look for no seals"}, &VerifyArgs::no_seal},
      {{.names = "--keyring",
        .value = "FILE",
        .help = "keys (as gpg --export writes them), by one of which a sum file must be signed; repeatable",
        .completes = Completes::file,
        .repeats = true},
       &VerifyArgs::keyrings},
      {{.names = "--no-signature", .help = "use a sum file without looking at its signature"},
       &VerifyArgs::no_signature},
      {{.names = "--alone", .help = "do not look at NAME.rip.json and NAME.map beside the image"}, &VerifyArgs::alone},
      {{.names = "--jobs", .value = "N", .help = "files at a time (as many as there are processors)"},
       &VerifyArgs::jobs,
       Range{1, 64}},
      {{.names = "--track", .value = "N", .help = "verify this data track of a disc with several"},
       &VerifyArgs::track,
       Range{1, 99}},
      {{.names = "--retries", .value = "COUNT", .help = "further readings of what a drive could not read (2)"},
       &VerifyArgs::retries,
       Range{0, 255}},
      {{.names = "--json", .help = "one JSON object instead of text"}, &VerifyArgs::json},
      {{.names = "-q,--quiet", .help = "only what is wrong"}, &VerifyArgs::quiet}};
}

std::vector<OptionRow<VerifyArgs>> verify_rows() {
  auto drive = drive_rows<VerifyArgs>();
  drive.erase(drive.begin());  // one source only; ours are several
  return joined(own_rows(), std::move(drive));
}

std::unexpected<Error> wrong_usage(std::string where, std::string got, std::string next) {
  return fail({.kind = ErrorKind::usage,
               .tried = "choose what to verify",
               .where = std::move(where),
               .got = std::move(got),
               .next = std::move(next)});
}

Result<VerifyPlan> plan_of(const VerifyArgs& args) {
  Files& files = system_files();
  VerifyPlan plan{.file = {.beside = !args.alone, .track = static_cast<std::uint8_t>(args.track.value_or(0))}};
  VerifyOptions& options = plan.file.verify;
  options.seals = !args.no_seal;
  if (!args.digests.empty()) {
    TRY(options.kinds, parse_digest_kinds(args.digests));
  }
  if (!args.write.empty()) {
    TRY(plan.write, parse_digest_kinds(args.write));
  }
  if (args.digests.empty() && args.against.empty() && !args.all && plan.write.empty())
    options.kinds.assign(kDefaultDigests.begin(), kDefaultDigests.end());
  for (DigestKind kind : plan.write)
    if (std::ranges::find(options.kinds, kind) == options.kinds.end()) options.kinds.push_back(kind);

  SignatureOptions signature{.check = !args.no_signature, .stop = [] { return stop_requested(); }};
  signature.keyrings.assign(args.keyrings.begin(), args.keyrings.end());
  std::vector<std::string> named = args.against;
  if (args.all) named.push_back(*args.all);
  for (const std::string& x : named) {
    if (x == kCatalog) {
      TRY(plan.catalog, open_catalog(args.catalog, CatalogMode::read));
      options.kinds = joined<DigestKind>({kDefaultDigests.begin(), kDefaultDigests.end()}, std::move(options.kinds));
      continue;
    }
    TRY(Against against, Against::read(files, x, signature));
    if (against.is_sum_file())
      plan.sums.push_back({.name = against.name(),
                           .signature = against.signature(),
                           .checked = !args.no_signature,
                           .demanded = !args.keyrings.empty()});
    plan.file.against.push_back(std::move(against));
  }
  if (args.all && !plan.file.against.back().is_sum_file())
    return wrong_usage(*args.all, "it is no sum file", "give --all a file with digests and names");
  return plan;
}

/// The files named, and those that a sum file names.
std::vector<Path> paths_of(const VerifyArgs& args, const VerifyPlan& plan) {
  std::vector<Path> paths(args.sources.begin(), args.sources.end());
  if (args.all)
    for (const std::string& name : plan.file.against.back().names())
      paths.push_back(Path{*args.all}.parent_path() / name);
  return paths;
}

Result<int> run_verify(VerifyArgs args) {
  if (args.seal && args.no_seal) return wrong_usage("--seal --no-seal", "each is the other's opposite", "give one");
  catch_signals();
  TRY(VerifyPlan plan, plan_of(args));
  const auto paths = paths_of(args, plan);
  if (args.all || paths.size() > 1) {
    for (const std::string& source : args.sources)
      if (source.starts_with("/dev/") || source.starts_with("sim:") || source.starts_with("replay:"))
        return wrong_usage(source, "drives are verified one at a time", "give it alone");
    if (paths.empty()) return wrong_usage(*args.all, "it names no file", "give the files as well");
    return verify_many_files(args, plan, paths);
  }
  if (!args.sources.empty()) args.source = args.sources.front();
  return verify_one_source(args, std::move(plan));
}

int run(const VerifyArgs& args) {
  const auto code = run_verify(args);
  return code ? *code : report(code.error());
}

}  // namespace

CommandSpec verify_command() {
  return command<VerifyArgs>(
      "verify", "hold images or a disc against digests, sum files, records, other images, and their own seals",
      "Reads each SOURCE once, computes every digest that is asked for or needed, and answers each --against X: a "
      "digest, every digest that a sum file gives for this image, a rip record, or another image compared sector by "
      "sector. Seals that the image carries (isomd5sum's, libisofs' checksum tags) are found and checked in the same "
      "pass. A drive is read through and nothing is stored; its unreadable sectors are listed, and no digest is taken "
      "over what is missing. Differences and unreadable sectors are named by the files they belong to. A cue sheet "
      "stands for the user data of its data track. NAME.rip.json beside NAME.iso is held against the image, and "
      "sectors that it, or NAME.map, says were never read are bad news unless the image matches an --against.\n\n"
      "The signature of a sum file (SHA256SUMS.gpg, .asc, .sig, .sign beside it, or around its text) is checked by "
      "gpgv. A bad one is bad news, as is none at all where a --keyring is given; one whose key is not there is "
      "trouble, "
      "not an answer.\n\n"
      "Several files are verified side by side, with a line for each and a summary.\n\n"
      "Exit status: 0 everything was read and matches; 1 something differs, is missing or could not be read; 2 wrong "
      "usage; 3 device or file trouble; 4 interrupted.",
      verify_rows(), run);
}

}  // namespace pressmark::cli
