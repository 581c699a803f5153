// Shows that a strategy of the recovery bench reads what the program reads whose name it bears.
//
//   baseline_reads STRATEGY SCENARIO TRANSCRIPT [--from-start]
//
// TRANSCRIPT is what a drive playing SCENARIO was asked by that program (`pressmark serve --record`). Every read must be the
// strategy's, in its order, and fail where the strategy's fails. --from-start: both count from their last read of sector 0, for a
// program that lets the drive warm up by the clock on the wall.
//
// The drive's time for these reads is compared too, but for 2 %: it depends on where the disc stands when a command comes, and in a
// guest the drive's read-ahead gains what the guest loses.
#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "bench/recovery/strategies.h"
#include "drivers/replay/transcript.h"

namespace pressmark::recovery {
namespace {

constexpr double kTimeTolerance = 0.02;

struct Sent {
  std::int64_t first = 0;
  std::int64_t count = 0;
  bool failed = false;
  double seconds = 0;
  friend bool operator==(const Sent& a, const Sent& b) {
    return a.first == b.first && a.count == b.count && a.failed == b.failed;
  }
};

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "baseline_reads: {}\n", why);
  std::exit(2);
}

std::int64_t number(const std::vector<std::byte>& cdb, std::size_t at, std::size_t width) {
  std::int64_t value = 0;
  for (std::size_t i = at; i < at + width; ++i) value = value * 256 + std::to_integer<int>(cdb[i]);
  return value;
}

std::vector<Sent> reads_of_transcript(const std::string& path) {
  std::ifstream file{path};
  std::string line;
  if (!std::getline(file, line) || !parse_header(line)) give_up(path + " is no transcript");
  std::vector<Sent> reads;
  while (std::getline(file, line)) {
    const auto record = parse_record(line);
    if (!record) give_up(describe(record.error()));
    const auto& cdb = record->command.cdb;
    const int opcode = std::to_integer<int>(cdb[0]);
    if (opcode != 0x28 && opcode != 0xA8 && opcode != 0xBE) continue;  // READ(10), READ(12), READ CD
    reads.push_back({.first = number(cdb, 2, 4),
                     .count = opcode == 0x28   ? number(cdb, 7, 2)
                              : opcode == 0xA8 ? number(cdb, 6, 4)
                                               : number(cdb, 6, 3),
                     .failed = !record->answer || record->answer->status != Status::good,
                     .seconds = seconds(record->elapsed)});
  }
  return reads;
}

std::vector<Sent> reads_of_strategy(const Strategy& strategy, const std::string& path) {
  std::ifstream file{path};
  std::stringstream text;
  text << file.rdbuf();
  auto scenario = simulated::parse_scenario(text.str(), path, {});
  if (!scenario) give_up(describe(scenario.error()));
  World world{std::move(*scenario)};
  std::vector<Sent> reads;
  world.watch([&](const Read& read, const Answer& answer) {
    reads.push_back({.first = read.first, .count = read.count, .failed = answer.failed, .seconds = answer.seconds});
  });
  strategy.play(world);
  return reads;
}

void cut_to_last_start(std::vector<Sent>& reads) {
  for (std::size_t i = reads.size(); i-- > 0;)
    if (reads[i].first == 0) {
      reads.erase(reads.begin(), reads.begin() + static_cast<std::ptrdiff_t>(i));
      return;
    }
}

std::string text_of(const std::vector<Sent>& reads, std::size_t i) {
  if (i >= reads.size()) return "nothing more";
  return fmt::format("{}+{}{}", reads[i].first, reads[i].count, reads[i].failed ? " failing" : "");
}

double total(const std::vector<Sent>& reads) {
  double sum = 0;
  for (const Sent& r : reads) sum += r.seconds;
  return sum;
}

int compare(const std::string& name, std::vector<Sent> theirs, std::vector<Sent> ours) {
  for (std::size_t i = 0; i < std::max(theirs.size(), ours.size()); ++i) {
    if (i < theirs.size() && i < ours.size() && theirs[i] == ours[i]) continue;
    fmt::print("{}: read {} of {} is {}; reproduced ({} reads) as {}\n", name, i + 1, theirs.size(), text_of(theirs, i),
               ours.size(), text_of(ours, i));
    return 1;
  }
  std::size_t failing = 0;
  for (const Sent& r : theirs) failing += r.failed ? 1 : 0;
  const double real = total(theirs), reproduced = total(ours);
  fmt::print("{}: {} reads, {} failing, the same; {:.1f} s of drive time, reproduced in {:.1f} s\n", name,
             theirs.size(), failing, real, reproduced);
  return failing > 0 && std::abs(real - reproduced) <= kTimeTolerance * real + 1 ? 0 : 1;
}

}  // namespace
}  // namespace pressmark::recovery

int main(int argc, char** argv) {
  using namespace pressmark::recovery;
  if (argc < 4 || (argc == 5 && std::string{argv[4]} != "--from-start") || argc > 5)
    give_up("STRATEGY SCENARIO TRANSCRIPT [--from-start]");
  const Strategy* strategy = find_strategy(argv[1]);
  if (strategy == nullptr) give_up(fmt::format("no strategy is called {}", argv[1]));
  auto theirs = reads_of_transcript(argv[3]);
  auto ours = reads_of_strategy(*strategy, argv[2]);
  if (argc == 5) {
    cut_to_last_start(theirs);
    cut_to_last_start(ours);
  }
  return compare(argv[1], std::move(theirs), std::move(ours));
}
