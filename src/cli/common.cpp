#include "cli/common.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/try.h"

namespace pressmark::cli {
namespace {

// Signal handlers can reach nothing but globals; this one flag is the program's only global state. Atomic without a lock, so that
// a handler may set it and any thread ask.
std::atomic<int> stop_signals = 0;
static_assert(std::atomic<int>::is_always_lock_free);

void on_signal(int signal) {
  if (++stop_signals > 1 && signal == SIGINT) {
    std::signal(SIGINT, SIG_DFL);
    std::raise(SIGINT);
  }
}

void write_all(std::FILE* file, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), file);
  std::fflush(file);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(separator, start), text.size());
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

}  // namespace

int report(const Error& error) {
  print_error(fmt::format("pressmark: {}\n", describe(error)));
  return exit_code(error.kind);
}

void print(std::string_view text) { write_all(stdout, text); }
void print_error(std::string_view text) { write_all(stderr, text); }

void catch_signals() {
  struct sigaction action{};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file size limit is then an error of write(), as a full disk is
}

bool stop_requested() { return stop_signals != 0; }

int terminal_columns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

bool stderr_is_terminal() { return isatty(STDERR_FILENO) == 1; }

Result<Source> open(const DriveArgs& args) {
  SourceOptions options{.driver = args.driver, .seed = args.seed};
  if (args.record) options.record = *args.record;
  return open_source(args.source, options);
}

Result<std::vector<SpeedWish>> parse_speeds(std::string_view text) {
  std::vector<SpeedWish> speeds;
  for (std::string_view part : split(text, ',')) {
    if (part == "max") {
      speeds.push_back({});
      continue;
    }
    const bool factor = part.ends_with('x') || part.ends_with('X');
    const std::string_view digits = factor ? part.substr(0, part.size() - 1) : part;
    double value = 0;
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (code != std::errc{} || end != digits.data() + digits.size() || value <= 0 || value > 65535)
      return fail({.kind = ErrorKind::usage,
                   .tried = "read a speed",
                   .where = std::string{text},
                   .got = fmt::format("'{}' is neither max, nor a factor such as 8x, nor kB/s", part),
                   .next = "give for example --speed max,8x,4x"});
    speeds.push_back(factor ? SpeedWish{.times = value}
                            : SpeedWish{.kilobytes_per_second = static_cast<std::uint32_t>(value)});
  }
  return speeds;
}

Result<Duration> parse_duration(std::string_view text) {
  constexpr std::string_view kUnits = "hms";
  constexpr std::array<std::int64_t, 3> kSeconds{3600, 60, 1};
  constexpr std::int64_t kMost = 1'000'000;  // of each unit: more than a century of hours
  const auto refuse = [&] {
    return fail({.kind = ErrorKind::usage,
                 .tried = "read a time",
                 .where = std::string{text},
                 .got = "it is no time such as 90s, 30m, 2h or 1h30m",
                 .next = "give numbers with h, m or s behind them"});
  };
  std::int64_t total = 0;
  std::size_t unit = 0;
  for (std::string_view rest = text; !rest.empty();) {
    std::int64_t value = 0;
    const auto [end, code] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    if (code != std::errc{} || value < 0 || value > kMost || rest.empty()) return refuse();
    const std::size_t at = kUnits.find(rest.front(), unit);
    if (at == std::string_view::npos) return refuse();
    total += value * kSeconds[at];
    unit = at + 1;
    rest.remove_prefix(1);
  }
  if (text.empty()) return refuse();
  return std::chrono::seconds{total};
}

Result<std::vector<DigestKind>> parse_digest_kinds(std::string_view text) {
  std::vector<DigestKind> kinds;
  for (std::string_view part : split(text, ',')) {
    const auto kind = digest_kind(part);
    if (!kind)
      return fail({.kind = ErrorKind::usage,
                   .tried = "choose digests",
                   .where = std::string{text},
                   .got = fmt::format("'{}' is no kind of digest", part),
                   .next = "choose from crc32, md5, sha1, sha256, sha512, blake2b"});
    if (std::ranges::find(kinds, *kind) == kinds.end()) kinds.push_back(*kind);
  }
  return kinds;
}

}  // namespace pressmark::cli
