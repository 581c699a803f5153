// One pass for CRC-32, MD5, SHA-1 and SHA-256 of an image against its slowest digest alone, in wall time. Target: 1.1 on two
// cores. Both read the same file, which is in the page cache; repetitions alternate so that whatever else the machine
// does meets both, and the least of each is compared.
//
// bench_verify [MEBIBYTES [REPETITIONS]]
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fmt/format.h>
#include <limits>
#include <thread>
#include <vector>

#include "pressmark/verify.h"

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

double seconds_of(const auto& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
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

struct Row {
  std::string name;
  double least = std::numeric_limits<double>::infinity();
};

}  // namespace

int main(int argc, char** argv) {
  // A word that is no number (what Google Benchmark's programs are told) leaves the default.
  const std::uint64_t wanted = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 0;
  const std::uint64_t mebibytes = wanted > 0 ? wanted : 512;
  const int repetitions = argc > 2 ? std::atoi(argv[2]) : 7;
  const std::uint64_t bytes = mebibytes * 1024 * 1024;
  const Path path = std::filesystem::temp_directory_path() /
                    fmt::format("pressmark-bench-{}.bin", std::chrono::steady_clock::now().time_since_epoch().count());
  auto file = system_files().open(path, OpenMode::create);
  if (!file || !system_files().remove(path) || !fill(**file, bytes)) {
    fmt::print(stderr, "cannot write {} MiB to {}\n", mebibytes, path.string());
    return 3;
  }

  std::vector<Row> alone;
  for (DigestKind kind : kDefaultDigests) alone.push_back({.name = std::string{to_string(kind)}});
  Row together{.name = "one pass"};
  Row one_thread{.name = "one pass, one thread"};
  for (int i = 0; i < repetitions; ++i) {
    for (std::size_t k = 0; k < alone.size(); ++k)
      alone[k].least = std::min(alone[k].least, seconds_of([&] { hash_alone(**file, bytes, kDefaultDigests[k]); }));
    together.least =
        std::min(together.least, seconds_of([&] { (void)hash_file(**file, {0, bytes}, kDefaultDigests); }));
    one_thread.least = std::min(
        one_thread.least, seconds_of([&] { (void)hash_file(**file, {0, bytes}, kDefaultDigests, {.threads = 1}); }));
  }

  const auto print = [&](const Row& row) {
    fmt::print("{:<22} {:8.3f} s {:8.0f} MB/s\n", row.name, row.least, static_cast<double>(bytes) / row.least / 1e6);
  };
  for (const Row& row : alone) print(row);
  print(together);
  print(one_thread);
  const double slowest = std::ranges::max(alone, {}, &Row::least).least;
  fmt::print("ratio of one pass to the slowest digest alone: {:.3f} (target 1.1 on 2 cores; here {})\n",
             together.least / slowest, std::thread::hardware_concurrency());
}
