// Verifying an image: digests, all in one pass.
//
//   - One pass for CRC-32, MD5, SHA-1 and SHA-256 against the slowest of them alone, in wall time. Target: 1.1 on two cores.
//   - `pressmark verify` against rhash and hashdeep, each computing the same set of digests of the same file, as commands.
//
// All read one file, which is in the page cache. Repetitions take turns, so that whatever else the machine does meets all of
// them; medians are compared, in wall time and in processor time, which a busy machine disturbs less.
//
// bench_verify [MEBIBYTES [REPETITIONS]]
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fmt/format.h>
#include <functional>
#include <sys/resource.h>
#include <thread>
#include <vector>

#include "pressmark/verify.h"

#include "core/process.h"

namespace {

using namespace pressmark;

/// A plain loop, as `md5sum` and its like have it: the yardstick owes nothing to the code that is measured.
void hash_alone(File& file, std::uint64_t bytes, DigestKind kind) {
  std::vector<std::byte> buffer(64 * 1024);
  Hasher hasher{kind};
  for (std::uint64_t at = 0; at < bytes; at += buffer.size()) {
    const auto got = file.read_at(at, buffer);
    if (!got) std::exit(3);
    hasher.update(std::span{buffer}.first(*got));
  }
  (void)hasher.finish();
}

/// Bytes that no compressor or lucky branch makes faster; any will do, digests do not care.
bool fill(File& file, std::uint64_t bytes) {
  std::vector<std::byte> piece(1024 * 1024);
  std::uint64_t state = 0x9E3779B97F4A7C15;
  for (std::uint64_t at = 0; at < bytes; at += piece.size()) {
    for (std::byte& b : piece) {
      state ^= state << 13;
      state ^= state >> 7;
      state ^= state << 17;
      b = static_cast<std::byte>(state);
    }
    if (!file.write_at(at, piece)) return false;
  }
  return true;
}

double processor_seconds(int who) {
  rusage usage{};
  getrusage(who, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values.empty() ? 0 : (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

struct Row {
  std::string name;
  std::function<bool()> work;
  bool there = true;  // false: the program is not installed
  std::vector<double> wall, processor;

  void run() {
    if (!there) return;
    const double before = processor_seconds(RUSAGE_SELF) + processor_seconds(RUSAGE_CHILDREN);
    const auto begin = std::chrono::steady_clock::now();
    there = work();
    wall.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    processor.push_back(processor_seconds(RUSAGE_SELF) + processor_seconds(RUSAGE_CHILDREN) - before);
  }
};

/// A file that goes with its holder.
struct TemporaryFile {
  Path path = std::filesystem::temp_directory_path() /
              fmt::format("pressmark-bench-{}.bin", std::chrono::steady_clock::now().time_since_epoch().count());
  ~TemporaryFile() { (void)system_files().remove(path); }
};

std::function<bool()> command(std::string program, std::vector<std::string> arguments, const Path& path) {
  arguments.push_back(path.string());
  return [program = std::move(program), arguments = std::move(arguments)] {
    const auto result =
        run_process({.program = program, .arguments = arguments, .input = {}, .timeout_s = 3600, .stop = {}});
    return result && result->exit_status == 0;
  };
}

void print_ratio(const Row& ours, const Row& theirs) {
  if (!theirs.there)
    fmt::print("{}: not measured: it does not run here\n", theirs.name);
  else
    fmt::print("{} takes {:.2f} times as long as {} (wall), {:.2f} times the processor time\n", theirs.name,
               median(theirs.wall) / median(ours.wall), ours.name, median(theirs.processor) / median(ours.processor));
}

}  // namespace

int main(int argc, char** argv) {
  // A word that is no number (what Google Benchmark's programs are told) leaves the default.
  const std::uint64_t wanted = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 0;
  const std::uint64_t mebibytes = wanted > 0 ? wanted : 512;
  const int repetitions = argc > 2 ? std::atoi(argv[2]) : 7;
  const std::uint64_t bytes = mebibytes * 1024 * 1024;
  const TemporaryFile place;
  auto file = system_files().open(place.path, OpenMode::create);
  if (!file || !fill(**file, bytes)) {
    fmt::print(stderr, "cannot write {} MiB to {}\n", mebibytes, place.path.string());
    return 3;
  }

  std::vector<Row> rows;
  for (DigestKind kind : kDefaultDigests)
    rows.push_back({.name = std::string{to_string(kind)}, .work = [&file, bytes, kind] {
                      hash_alone(**file, bytes, kind);
                      return true;
                    }});
  const std::size_t alone = rows.size();
  const auto one_pass = [&](unsigned threads) {
    return [&file, bytes, threads] {
      return hash_file(**file, {0, bytes}, kDefaultDigests, {.threads = threads}).has_value();
    };
  };
  rows.push_back({.name = "one pass", .work = one_pass(0)});
  rows.push_back({.name = "one pass, one thread", .work = one_pass(1)});
  const std::size_t commands = rows.size();
  rows.push_back({.name = "pressmark verify (4 digests)", .work = command(PRESSMARK_COMMAND, {"verify"}, place.path)});
  rows.push_back(
      {.name = "rhash (4 digests)", .work = command("rhash", {"--crc32", "--md5", "--sha1", "--sha256"}, place.path)});
  rows.push_back({.name = "pressmark verify (3 digests)",
                  .work = command(PRESSMARK_COMMAND, {"verify", "--digests", "md5,sha1,sha256"}, place.path)});
  rows.push_back({.name = "hashdeep (3 digests)", .work = command("hashdeep", {"-c", "md5,sha1,sha256"}, place.path)});

  for (int i = 0; i < repetitions; ++i)
    for (Row& row : rows) row.run();

  fmt::print("{} MiB, {} repetitions, {} processors; medians\n", mebibytes, repetitions,
             std::thread::hardware_concurrency());
  for (const Row& row : rows)
    if (row.there)
      fmt::print("{:<30} {:8.3f} s {:8.0f} MB/s {:8.3f} s of processor\n", row.name, median(row.wall),
                 static_cast<double>(bytes) / median(row.wall) / 1e6, median(row.processor));
  double slowest = 0;
  for (const Row& row : std::span{rows}.first(alone)) slowest = std::max(slowest, median(row.wall));
  fmt::print("ratio of one pass to the slowest digest alone: {:.3f} (target 1.1 on 2 idle cores)\n",
             median(rows[alone].wall) / slowest);
  print_ratio(rows[commands], rows[commands + 1]);
  print_ratio(rows[commands + 2], rows[commands + 3]);
}
