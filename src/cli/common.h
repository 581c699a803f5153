// What the subcommands share: exit codes, output, stopping, opening a source.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "pressmark/clock.h"
#include "pressmark/digest.h"
#include "pressmark/error.h"
#include "pressmark/rip.h"
#include "pressmark/source.h"

#include "cli/options.h"

namespace pressmark::cli {

inline constexpr int kAllGood = 0;
inline constexpr int kBadNews = 1;
inline constexpr int kWrongUsage = 2;
inline constexpr int kTrouble = 3;

/// Says the error on stderr and returns its exit code.
int report(const Error& error);

void print(std::string_view text);        // stdout
void print_error(std::string_view text);  // stderr

/// From here on SIGINT, SIGTERM and SIGHUP ask to stop instead of ending the program; a second SIGINT ends it at once.
void catch_signals();
[[nodiscard]] bool stop_requested();

/// Columns of the terminal on stderr; 80 if it is none.
[[nodiscard]] int terminal_columns();
[[nodiscard]] bool stderr_is_terminal();

/// "drive options" shared by every command that opens a source.
struct DriveArgs {
  std::string source;
  std::string driver = "auto";
  std::optional<std::string> record;
  std::optional<std::uint64_t> seed;
};
Result<Source> open(const DriveArgs& args);

/// The rows for DriveArgs, for a table of an Args that derives from it.
template <class Args>
std::vector<OptionRow<Args>> drive_rows() {
  return {
      {{.names = "source",
        .value = "SOURCE",
        .help = "a drive (/dev/sr0), an image (game.iso, game.cue), or sim:NAME; "
                "without one, the one drive with a disc in it",
        .completes = Completes::source},
       static_cast<std::string Args::*>(&Args::source)},
      {{.names = "--driver",
        .value = "NAME",
        .help = "how commands reach a drive",
        .completes = Completes::choices,
        .choices = {"auto", "linux_sg", "libcdio"}},
       static_cast<std::string Args::*>(&Args::driver)},
      {{.names = "--record",
        .value = "FILE",
        .help = "write every command and its answer to a transcript that replay:FILE plays back",
        .completes = Completes::file},
       static_cast<std::optional<std::string> Args::*>(&Args::record)},
      {{.names = "--seed", .value = "N", .help = "seed of a simulated drive, instead of its scenario's own"},
       static_cast<std::optional<std::uint64_t> Args::*>(&Args::seed)},
  };
}

template <class T>
std::vector<T> joined(std::vector<T> first, std::vector<T> second) {
  first.insert(first.end(), std::make_move_iterator(second.begin()), std::make_move_iterator(second.end()));
  return first;
}

/// "max,8x,1385": speeds as factors or in kB/s, separated by commas. Fails: usage.
Result<std::vector<SpeedWish>> parse_speeds(std::string_view text);
/// "90s", "30m", "2h", "1h30m": whole numbers with units, the larger before the smaller. Fails: usage.
Result<Duration> parse_duration(std::string_view text);
/// "sha1,md5": names separated by commas. Fails: usage.
Result<std::vector<DigestKind>> parse_digest_kinds(std::string_view text);

CommandSpec rip_command();
CommandSpec verify_command();
CommandSpec dat_command();
CommandSpec files_command();
CommandSpec extract_command();
CommandSpec cat_command();
CommandSpec drives_command();
CommandSpec info_command();
CommandSpec sim_command();
CommandSpec serve_command();
CommandSpec completion_command();
CommandSpec generate_command();

}  // namespace pressmark::cli
