// pressmark extract and cat: files out of a disc or image, with what is damaged filled and listed.
#include "pressmark/extract.h"

#include <charconv>
#include <cstdio>
#include <fmt/format.h>

#include "pressmark/files_report.h"

#include "cli/common.h"
#include "cli/volume_source.h"
#include "core/try.h"

namespace pressmark::cli {
namespace {

struct CopyArgs : VolumeArgs {
  std::string fill = "0";
  std::optional<std::string> limit;
};

struct ExtractArgs : CopyArgs {
  std::vector<std::string> paths;
  std::string output;
  std::optional<std::string> report;
  bool overwrite = false, quiet = false;
};

struct CatArgs : CopyArgs {
  std::string path;
};

template <class Args>
std::vector<OptionRow<Args>> copy_rows() {
  return joined(volume_rows<Args>(),
                std::vector<OptionRow<Args>>{
                    {{.names = "--fill",
                      .value = "BYTE",
                      .help = "what stands in the place of bytes that are lost (0)",
                      .completes = Completes::choices,
                      .choices = {"0", "55"}},
                     static_cast<std::string Args::*>(&Args::fill)},
                    {{.names = "--limit",
                      .value = "SIZE",
                      .help = "how much the files may claim together, such as 20G (as much as the image has)"},
                     static_cast<std::optional<std::string> Args::*>(&Args::limit)}});
}

std::vector<OptionRow<ExtractArgs>> extract_option_rows() {
  return joined(copy_rows<ExtractArgs>(),
                {{{.names = "path",
                   .value = "PATH",
                   .help = "files or folders of the disc, or patterns such as '*.exe'; without one, everything",
                   .repeats = true},
                  &ExtractArgs::paths},
                 {{.names = "-o,--output",
                   .value = "DIR",
                   .help = "write there; the folder is made if it is absent",
                   .completes = Completes::file,
                   .required = true},
                  &ExtractArgs::output},
                 {{.names = "--overwrite", .help = "replace files that are there already"}, &ExtractArgs::overwrite},
                 {{.names = "--report",
                   .value = "FILE",
                   .help = "write what is damaged or not written there, as JSON (docs/files.md)",
                   .completes = Completes::file},
                  &ExtractArgs::report},
                 {{.names = "-q,--quiet", .help = "only what is wrong"}, &ExtractArgs::quiet}});
}

std::vector<OptionRow<CatArgs>> cat_rows() {
  return joined(
      copy_rows<CatArgs>(),
      {{{.names = "path", .value = "PATH", .help = "one file of the disc", .required = true}, &CatArgs::path}});
}

/// "4096", "700M", "20G": decimal units, as discs are sold. Fails: usage.
Result<std::uint64_t> parse_size(std::string_view text) {
  constexpr std::string_view kUnits = "kMGT";
  std::uint64_t value = 0, unit = 1;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
  const std::size_t power = rest.size() == 1 ? kUnits.find(rest == "K" ? 'k' : rest[0]) : std::string_view::npos;
  for (std::size_t i = 0; power != std::string_view::npos && i <= power; ++i) unit *= 1000;
  if (code != std::errc{} || (!rest.empty() && power == std::string_view::npos) || value > UINT64_MAX / unit)
    return fail({.kind = ErrorKind::usage,
                 .tried = "read a size",
                 .where = std::string{text},
                 .got = "it is no size such as 4096, 700M or 20G",
                 .next = "give bytes, or a number with k, M, G or T behind it"});
  return value * unit;
}

std::byte fill_of(const CopyArgs& args) { return args.fill == "55" ? std::byte{0x55} : std::byte{0}; }

Result<std::optional<std::uint64_t>> limit_of(const CopyArgs& args) {
  if (!args.limit) return std::nullopt;
  TRY(const std::uint64_t limit, parse_size(*args.limit));
  return limit;
}

std::unexpected<Error> nothing(const VolumeSource& source, const Volume& volume, const std::string& word) {
  return fail({.kind = ErrorKind::not_found,
               .tried = "find a file",
               .where = source.name(),
               .got = volume.views().empty() ? "there is no file system that is known here"
                                             : fmt::format("nothing in it is '{}'", word),
               .next = "see pressmark files " + source.name()});
}

/// A warning where a file may exist that could not be found.
void tell_troubles(const Volume& volume) {
  if (volume.trouble_count() == 0) return;
  print_error(fmt::format("pressmark: the file system could not be followed everywhere: {}{}\n",
                          volume.troubles()[0].text,
                          volume.trouble_count() > 1 ? fmt::format(" (and {} more)", volume.trouble_count() - 1) : ""));
}

ReadDamaged reader_of(VolumeSource& source) {
  return [&](SectorRange where, std::span<std::byte> out, std::vector<SectorRange>& bad) {
    return source.read(where, out, bad);
  };
}

// ------------------------------------------------------------------------------------------------ extract

/// A line that moves, on a terminal.
std::function<bool(std::uint64_t)> progress_line(bool show, std::uint64_t total) {
  return [show, total, done = std::uint64_t{0}, shown = Duration{0}](std::uint64_t bytes) mutable {
    done += bytes;
    const Duration now = system_clock().now();
    if (show && now - shown > std::chrono::milliseconds{200}) {
      shown = now;
      print_error(fmt::format("\r{} of {} ", format_bytes(done), format_bytes(total)));
    }
    return !stop_requested();
  };
}

Result<void> write_report(const ExtractArgs& args, const ExtractReport& report, const std::string& source) {
  if (!args.report) return {};
  std::string text;
  extract_json(report, source, [&](std::string_view piece) { text += piece; });
  return replace_text(system_files(), *args.report, text);
}

Result<int> run_extract(const ExtractArgs& args) {
  TRY(const std::optional<std::uint64_t> limit, limit_of(args));
  catch_signals();
  TRY(VolumeSource source, VolumeSource::open(args));
  TRY(const Volume volume, source.walk());
  if (volume.views().empty()) return nothing(source, volume, "");
  const Choice choice = choose_files(volume, args.paths);
  if (!choice.unmatched.empty()) return nothing(source, volume, choice.unmatched[0]);
  std::uint64_t total = 0;
  for (const Chosen& chosen : choice.files) total += volume.files()[chosen.file].bytes;

  TRY(const Folder folder, Folder::open(args.output));
  const bool show = stderr_is_terminal() && !args.quiet;
  ExtractReport report;
  const auto done = extract(volume, choice.files, reader_of(source), folder,
                            {.copy = {.fill = fill_of(args), .progress = progress_line(show, total)},
                             .overwrite = args.overwrite,
                             .sectors = source.sectors(),
                             .limit_bytes = limit},
                            report);
  if (show) print_error("\r" + std::string(50, ' ') + "\r");
  print_error(extract_text(report));
  tell_troubles(volume);
  if (!args.quiet)
    print(fmt::format("{}: {} files, {}{}\n", args.output, report.files, format_bytes(report.bytes),
                      report.lost_bytes > 0 ? fmt::format(", {} bytes of it filler", report.lost_bytes) : ""));
  CHECK(write_report(args, report, source.name()));
  if (!done) return std::unexpected(done.error());
  if (!report.all_written()) return kTrouble;
  return report.lost_bytes > 0 || volume.trouble_count() > 0 ? kBadNews : kAllGood;
}

int run(const ExtractArgs& args) {
  const auto code = run_extract(args);
  return code ? *code : report(code.error());
}

// ------------------------------------------------------------------------------------------------ cat

Result<void> to_stdout(std::span<const std::byte> bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size()) return {};
  return fail({.kind = ErrorKind::io,
               .tried = "write the file",
               .where = "standard output",
               .got = "whoever takes it has stopped, or its disk is full",
               .next = {}});
}

Result<int> run_cat(const CatArgs& args) {
  TRY(const std::optional<std::uint64_t> limit, limit_of(args));
  catch_signals();
  TRY(VolumeSource source, VolumeSource::open(args));
  TRY(const Volume volume, source.walk());
  const std::string words[] = {args.path};
  const Choice choice = choose_files(volume, words);
  if (choice.files.empty()) {
    tell_troubles(volume);
    return nothing(source, volume, args.path);
  }
  if (choice.files.size() > 1)
    return fail(
        {.kind = ErrorKind::usage,
         .tried = "show one file",
         .where = source.name(),
         .got = fmt::format("'{}' is {} files, {} and {} for two", args.path, choice.files.size(),
                            volume.path_of_name(choice.files[0].name), volume.path_of_name(choice.files[1].name)),
         .next = "name one of them, or use pressmark extract"});
  const VolumeFile& file = volume.files()[choice.files[0].file];
  const std::string path = volume.path_of_name(choice.files[0].name);
  if (const std::uint64_t most = limit.value_or(static_cast<std::uint64_t>(source.sectors()) * kUserBytes);
      file.bytes > most)
    return fail({.kind = ErrorKind::usage,
                 .tried = "show " + path,
                 .where = source.name(),
                 .got = fmt::format("it claims {} bytes, more than {}", file.bytes, most),
                 .next = fmt::format("allow as much with --limit {}", file.bytes)});
  const auto lost = copy_file(volume, file, reader_of(source),
                              [](std::uint64_t, std::span<const std::byte> bytes) { return to_stdout(bytes); },
                              {.fill = fill_of(args), .progress = [](std::uint64_t) { return !stop_requested(); }});
  if (!lost) return std::unexpected(lost.error());
  if (std::fflush(stdout) != 0) CHECK(to_stdout(std::as_bytes(std::span{"", 1})));
  if (lost->empty()) return kAllGood;
  print_error(fmt::format("{}: DAMAGED, filler at\n{}", path, lost_words(*lost)));
  return kBadNews;
}

int run(const CatArgs& args) {
  const auto code = run_cat(args);
  return code ? *code : report(code.error());
}

}  // namespace

CommandSpec extract_command() {
  return command<ExtractArgs>(
      "extract", "copy files out of a disc or an image",
      "Copies the files of SOURCE, or those that PATH names, to a folder, in the order in which they lie on the disc. "
      "Bytes that cannot be "
      "read, or that the map beside the image calls bad, are filled and listed. Of several sessions the last one's "
      "files are "
      "taken; a PATH finds those of earlier ones too. Nothing is written outside DIR, no link is made or followed, "
      "nothing is "
      "replaced unless --overwrite says so, and what would not fit is refused before the first file. Symbolic links "
      "are left "
      "out, and counted. A file gets its name when it is whole.\n\n"
      "Exit status: 0 all files are whole; 1 some are damaged, or the file system could not be followed everywhere; 2 "
      "wrong "
      "usage, or more than --limit; 3 a file could not be written, device or file trouble; 4 interrupted.",
      extract_option_rows(), run);
}

CommandSpec cat_command() {
  return command<CatArgs>(
      "cat", "write one file of a disc or an image to standard output",
      "Writes the file PATH of SOURCE to standard output. Bytes that are lost are filled, and listed on "
      "standard error.\n\nExit status: 0 the file is whole; 1 some of it is lost; 2 wrong usage; 3 no such "
      "file, device or file trouble; 4 interrupted.",
      cat_rows(), run);
}

}  // namespace pressmark::cli
