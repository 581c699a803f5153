// pressmark sim: makes, describes and exercises scenarios of the simulated drive (docs/scenario.md).
#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "pressmark/disc_source.h"
#include "pressmark/files.h"
#include "pressmark/medium.h"
#include "pressmark/report.h"
#include "pressmark/simulated.h"

#include "cli/common.h"
#include "core/try.h"

namespace pressmark::cli {
namespace {

/// A scenario's name, with or without the "sim:" that other commands want.
std::string_view bare(std::string_view name) {
  if (name.starts_with("sim:")) name.remove_prefix(4);
  return name;
}

// ---------------------------------------------------------------- sim list

struct ListArgs {
  bool quiet = false;
};

int run_list(const ListArgs& args) {
  for (const BuiltInScenario& scenario : built_in_scenarios())
    print(args.quiet ? fmt::format("sim:{}\n", scenario.name)
                     : fmt::format("sim:{:<15} {}\n", scenario.name, scenario.summary));
  return kAllGood;
}

// ---------------------------------------------------------------- sim new

struct NewArgs {
  std::string output;
  std::string from = "demo";
  std::optional<std::string> image, kind;
  std::optional<std::uint64_t> sectors;
  std::vector<std::string> damage;
  std::uint64_t seed = 1;
};

std::vector<OptionRow<NewArgs>> new_rows() {
  return {{{.names = "file",
            .value = "FILE",
            .help = "the scenario file to write; - for stdout",
            .completes = Completes::file,
            .required = true},
           &NewArgs::output},
          {{.names = "--from", .value = "NAME", .help = "the built-in scenario to start from (demo)"}, &NewArgs::from},
          {{.names = "--image",
            .value = "FILE",
            .help = "play this ISO or cue sheet instead of generated content",
            .completes = Completes::file},
           &NewArgs::image},
          {{.names = "--kind",
            .value = "KIND",
            .help = "the kind of disc",
            .completes = Completes::choices,
            .choices = {"cd", "dvd", "bd"}},
           &NewArgs::kind},
          {{.names = "--sectors", .value = "COUNT", .help = "length of generated content, in sectors of 2048 bytes"},
           &NewArgs::sectors},
          {{.names = "--damage",
            .value = "KIND",
            .help = "damage by geometry; may be given several times",
            .completes = Completes::choices,
            .choices = {"radial", "arc", "edge-rot", "pits", "fingerprint", "clean"},
            .repeats = true},
           &NewArgs::damage},
          {{.names = "--seed", .value = "N", .help = "seed that all its chance follows from (1)"}, &NewArgs::seed}};
}

Result<void> make_new(const NewArgs& args) {
  NewScenario wanted{.from = std::string{bare(args.from)},
                     .image = args.image,
                     .kind = args.kind,
                     .sectors = args.sectors,
                     .damage = args.damage,
                     .seed = args.seed};
  TRY(const std::string text, make_scenario(wanted));
  if (args.output == "-") {
    print(text);
    return {};
  }
  Files& files = system_files();
  if (files.exists(args.output))
    return fail({.kind = ErrorKind::usage,
                 .tried = "write the scenario",
                 .where = args.output,
                 .got = "the file exists",
                 .next = "choose another name or remove it"});
  CHECK(replace_text(files, args.output, text));
  print(fmt::format("{}: play it with pressmark rip sim:{}\n", args.output, args.output));
  return {};
}

int run_new(const NewArgs& args) {
  const auto made = make_new(args);
  return made ? kAllGood : report(made.error());
}

// ---------------------------------------------------------------- sim show

struct ShowArgs {
  std::string name;
  std::optional<std::string> truth;
  std::optional<std::uint64_t> seed;
  bool ranges = false;
};

std::vector<OptionRow<ShowArgs>> show_rows() {
  return {{{.names = "name",
            .value = "NAME",
            .help = "a built-in scenario or a scenario file",
            .completes = Completes::source,
            .required = true},
           &ShowArgs::name},
          {{.names = "--truth",
            .value = "FILE",
            .help = "write the undamaged image of its disc: what a perfect rip would be",
            .completes = Completes::file},
           &ShowArgs::truth},
          {{.names = "--ranges", .help = "list every range of sectors that is not sound"}, &ShowArgs::ranges},
          {{.names = "--seed", .value = "N", .help = "seed, instead of the scenario's own"}, &ShowArgs::seed}};
}

constexpr std::array<std::string_view, 4> kFates{"sound", "marginal: some ways of reading succeed",
                                                 "dead: no way of reading succeeds",
                                                 "false good: some way of reading gives wrong bytes and says good"};

std::string fates(const SimulatedDrive& drive, LbaRange range, bool ranges) {
  std::array<std::int64_t, kFates.size()> counts{};
  std::string list;
  std::int64_t run = 0;
  for (std::int64_t i = 0; i < range.count; i += run) {
    const SectorFate fate = drive.fate(range.first + i);
    for (run = 1; i + run < range.count && drive.fate(range.first + i + run) == fate;) ++run;
    counts[static_cast<std::size_t>(fate)] += run;
    if (ranges && fate != SectorFate::sound)
      list += fmt::format("  LBA {}-{}  {}\n", (range.first + i).value, (range.first + i + run - 1).value,
                          kFates[static_cast<std::size_t>(fate)]);
  }
  std::string text;
  for (std::size_t i = 0; i < kFates.size(); ++i)
    if (counts[i] > 0) text += fmt::format("{:>9} sectors {}\n", counts[i], kFates[i]);
  return text + list;
}

Result<void> write_truth(SimulatedDrive& drive, const std::string& path) {
  Medium& medium = drive.pristine();
  const auto tracks = medium.tracks();
  const auto data = std::ranges::find_if(tracks, [](const MediumTrack& t) { return t.mode != TrackMode::audio; });
  if (data == tracks.end() || data->stored_bytes != kUserBytes)
    return fail({.kind = ErrorKind::unsupported,
                 .tried = "write the undamaged image",
                 .where = path,
                 .got = "the disc is not stored as 2048-byte sectors",
                 .next = "its image is the file that the scenario names"});
  TRY(const auto file, system_files().open(path, OpenMode::create));
  constexpr std::uint32_t kAtOnce = 512;
  std::vector<std::byte> buffer(std::size_t{kAtOnce} * kUserBytes);
  for (std::uint32_t at = 0; at < data->sectors; at += kAtOnce) {
    const std::uint32_t count = std::min(kAtOnce, data->sectors - at);
    const auto piece = std::span{buffer}.first(std::size_t{count} * kUserBytes);
    CHECK(medium.read_stored(data->start + at, count, piece));
    CHECK(file->write_at(std::uint64_t{at} * kUserBytes, piece));
  }
  return {};
}

Result<void> show(const ShowArgs& args) {
  TRY(const auto drive, open_simulated(bare(args.name), args.seed));
  print(drive->description());
  print(fates(*drive, {Lba{0}, drive->pristine().end() - Lba{0}}, args.ranges));
  if (args.truth) CHECK(write_truth(*drive, *args.truth));
  return {};
}

int run_show(const ShowArgs& args) {
  const auto shown = show(args);
  return shown ? kAllGood : report(shown.error());
}

// ---------------------------------------------------------------- sim run

struct RunArgs {
  std::string name;
  std::optional<std::uint64_t> seed;
  std::uint64_t retries = 0;
};

std::vector<OptionRow<RunArgs>> run_rows() {
  return {{{.names = "name",
            .value = "NAME",
            .help = "a built-in scenario or a scenario file",
            .completes = Completes::source,
            .required = true},
           &RunArgs::name},
          {{.names = "--retries", .value = "COUNT", .help = "further readings of an ECC block that failed (0)"},
           &RunArgs::retries,
           Range{0, 255}},
          {{.names = "--seed", .value = "N", .help = "seed, instead of the scenario's own"}, &RunArgs::seed}};
}

/// Sectors that could not be read.
Result<std::int64_t> read_through(Drive& drive, std::uint32_t retries) {
  TRY(const auto source, open_disc_source(drive, {.retries = retries, .stop = stop_requested}));
  constexpr std::int64_t kAtOnce = 512;
  std::vector<std::byte> buffer(kAtOnce * kUserBytes);
  std::vector<LbaRange> unreadable;
  for (std::int64_t at = 0; at < source->sectors() && !stop_requested(); at += kAtOnce) {
    const std::int64_t count = std::min(kAtOnce, source->sectors() - at);
    CHECK(source->read(Lba{at}, static_cast<std::uint32_t>(count),
                       std::span{buffer}.first(static_cast<std::size_t>(count) * kUserBytes), unreadable));
  }
  std::int64_t bad = 0;
  for (const LbaRange& range : unreadable) bad += range.count;
  print(fmt::format("{} sectors read, {} not\n", source->sectors() - bad, bad));
  return bad;
}

Result<std::int64_t> exercise(const RunArgs& args) {
  TRY(auto simulated, open_simulated(bare(args.name), args.seed));
  SimulatedDrive& drive = *simulated;
  TRY(const auto typed, Drive::open(std::move(simulated)));
  const auto done = read_through(*typed, static_cast<std::uint32_t>(args.retries));
  const SimulatedLog log = drive.log();
  print(fmt::format("{:.3f} virtual seconds, {} commands, {} reads, {} failing, {} seeks, {} sectors, trace {:016x}\n",
                    log.virtual_seconds, log.commands, log.reads, log.failing_reads, log.seeks, log.sectors_read,
                    log.trace_hash));
  return done;
}

int run_run(const RunArgs& args) {
  catch_signals();
  const auto unread = exercise(args);
  if (!unread) return report(unread.error());
  return *unread == 0 ? kAllGood : kBadNews;
}

}  // namespace

CommandSpec sim_command() {
  CommandSpec sim{.name = "sim", .summary = "make, describe and exercise scenarios of the simulated drive"};
  sim.description =
      "The simulated drive answers the same command bytes as a real one, from a disc, a drive model, a time model and "
      "faults that a scenario describes.";
  sim.children = {
      command<ListArgs>("list", "list the built-in scenarios",
                        "Lists the scenarios that sim:NAME knows without a file.",
                        {{{.names = "-q,--quiet", .help = "names only"}, &ListArgs::quiet}}, run_list),
      command<NewArgs>("new", "write a scenario file",
                       "Writes a scenario to FILE, to be played as sim:FILE and edited by hand.", new_rows(), run_new),
      command<ShowArgs>("show", "say what is true of a scenario's disc and drive",
                        "Describes drive, disc and faults, and counts the sectors that no reader can get, or only "
                        "some: what a rip can be held against.",
                        show_rows(), run_show),
      command<RunArgs>("run", "read a scenario's disc through and say what it cost",
                       "Reads the disc once from start to end and prints virtual seconds, commands, failing reads and "
                       "the trace's hash, which is the same on every machine.",
                       run_rows(), run_run),
  };
  return sim;
}

}  // namespace pressmark::cli
