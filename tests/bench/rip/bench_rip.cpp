// What a rip costs beyond what nobody can spare it, each as a ratio in one run.
//
//   bench_rip [FOLDER]       sim:clean-dvd ripped into FOLDER (a temporary folder): CPU against its four digests alone, and the
//                            drive's time against reading the same sectors back to back
//   bench_rip --memory [GB [BAD]]  a simulated BD of so many GB (100), with so many pits (0), ripped to nowhere: resident memory
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

#include "pressmark/digest.h"
#include "pressmark/drive.h"
#include "pressmark/report.h"
#include "pressmark/rip.h"
#include "pressmark/simulated.h"

#include "support/discarding_files.h"

namespace pressmark {
namespace {

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto s = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return s(usage.ru_utime) + s(usage.ru_stime);
}

[[noreturn]] void give_up(const Error& error) {
  fmt::print(stderr, "{}\n", describe(error));
  std::exit(3);
}

std::unique_ptr<Drive> open_drive(const std::string& name) {
  auto simulated = open_simulated(name);
  if (!simulated) give_up(simulated.error());
  auto drive = Drive::open(std::move(*simulated));
  if (!drive) give_up(drive.error());
  return std::move(*drive);
}

/// CPU seconds of the four default digests over the image, pieces in cache, as the ripper feeds them.
double digests_alone(const std::filesystem::path& image) {
  std::ifstream in{image, std::ios::binary};
  std::vector<char> buffer(std::size_t{1} << 20U);
  HashSet set{kDefaultDigests};
  double spent = 0;  // reading the file back is not counted: the ripper has its bytes in hand
  while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || in.gcount() > 0) {
    const double begin = cpu_seconds();
    set.update(std::as_bytes(std::span{buffer}.first(static_cast<std::size_t>(in.gcount()))));
    spent += cpu_seconds() - begin;
  }
  return spent;
}

struct Cost {
  double cpu = 0, drive = 0;
};

Cost rip_once(const std::filesystem::path& name, Files& files) {
  const double begin = cpu_seconds();
  const auto drive = open_drive("clean-dvd");
  RipOptions options{.name = name, .source = "sim:clean-dvd"};
  options.overwrite = true;
  const auto outcome = rip(*drive, options, files, {});
  if (!outcome) give_up(outcome.error());
  return {cpu_seconds() - begin, seconds(outcome->reading)};
}

/// The drive's time for the same sectors with nothing in between: its streaming time.
double streaming_seconds() {
  const auto drive = open_drive("clean-dvd");
  const Duration begin = drive->clock().now();
  if (auto ready = drive->wait_ready(std::chrono::seconds{90}); !ready) give_up(ready.error());
  auto disc = drive->identify();
  if (!disc) give_up(disc.error());
  std::vector<std::byte> buffer(32 * kUserBytes);
  for (std::int64_t at = 0; at < disc->sectors; at += 32) {
    const auto count = static_cast<std::uint32_t>(std::min<std::int64_t>(32, disc->sectors - at));
    if (auto read = drive->read_user(Lba{at}, count, std::span{buffer}.first(std::size_t{count} * kUserBytes)); !read)
      give_up(read.error());
  }
  return seconds(drive->clock().now() - begin);
}

int costs(const std::filesystem::path& folder, int rounds) {
  const auto name = folder / "bench";
  double ratio = 1e9, drive_seconds = 0;
  for (int round = 0; round < rounds; ++round) {
    const Cost on_disk = rip_once(name, system_files());
    test::DiscardingFiles nowhere;
    const Cost own = rip_once(name, nowhere);
    const double alone = digests_alone(folder / "bench.iso");
    fmt::print(
        "round {}: CPU-s of a rip {:.2f}, on disk {:.2f} (the kernel's copying included), of its four digests alone "
        "{:.2f}\n",
        round + 1, own.cpu, on_disk.cpu, alone);
    std::fflush(stdout);
    ratio = std::min(ratio, own.cpu / alone);
    drive_seconds = own.drive;
  }
  const double streaming = streaming_seconds();
  fmt::print("CPU of a rip / CPU of its digests: {:.3f} (goal: at most 1.15)\n", ratio);
  fmt::print("drive time of a rip / streaming:   {:.4f} (goal: at most 1.01; {:.2f} s / {:.2f} s, both with spin-up)\n",
             drive_seconds / streaming, drive_seconds, streaming);
  std::filesystem::remove_all(folder);
  return ratio <= 1.15 && drive_seconds <= 1.01 * streaming ? 0 : 1;
}

/// Of the whole program, the simulated drive included.
int memory(std::uint64_t gigabytes, std::uint64_t pits) {
  const std::filesystem::path scenario =
      std::filesystem::temp_directory_path() / fmt::format("pressmark-bench-bd-{}.json", ::getpid());
  const auto text = make_scenario(
      {.from = "bd", .kind = "bd", .sectors = gigabytes * 1'000'000'000 / kUserBytes, .damage = {"clean"}});
  if (!text) give_up(text.error());
  auto json = nlohmann::json::parse(*text);
  if (pits > 0) {
    json["damage"] = {{{"shape", "pits"}, {"count", pits}, {"diameter_mm", 0.001}, {"dead", 1}}};
    json["drive"]["failed_read_s"] = json["drive"]["failed_read_min_s"] = 0.1;
  }
  std::ofstream{scenario} << json;
  const auto drive = open_drive(scenario.string());
  test::DiscardingFiles files;
  RipOptions options{.name = "nowhere", .source = "bench"};
  options.digests = {DigestKind::crc32};
  options.confirm = Confirm::none;  // nothing can be read back from nowhere
  options.retries = 0;
  options.commit_interval =
      std::chrono::minutes{10};  // commits by virtual time: they take CPU here, and no more memory
  options.commit_bytes = 2U << 30U;
  std::size_t record_bytes = 0;
  const auto outcome = rip(*drive, options, files, {.before_publish = [&](const RipOutcome& o) -> Result<void> {
    record_bytes = rip_record(o, options).size();
    return {};
  }});
  if (!outcome) give_up(outcome.error());
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto runs = outcome->map.runs();
  fmt::print(
      "{} sectors ({} GB) ripped, {} good, {} bad ranges, a record of {:.1f} MiB: {:.1f} MiB resident at most (goal: "
      "under "
      "{})\n",
      outcome->map.sectors(), gigabytes, outcome->map.good(),
      std::ranges::count(runs, Grade::unreadable, &GradedRun::grade), static_cast<double>(record_bytes) / 1048576,
      static_cast<double>(usage.ru_maxrss) / 1024, pits > 0 ? 128 : 64);
  std::filesystem::remove(scenario);
  return 0;
}

}  // namespace
}  // namespace pressmark

int main(int argc, char** argv) {
  const std::string first = argc > 1 ? argv[1] : "";
  if (first == "--memory")
    return pressmark::memory(argc > 2 ? std::stoull(argv[2]) : 100, argc > 3 ? std::stoull(argv[3]) : 0);
  const bool quick =
      first.starts_with("--benchmark_min_time");  // what Google Benchmark's programs are told: here one round
  std::string folder = first;
  if (first.empty() || quick) {
    folder = (std::filesystem::temp_directory_path() / "pressmark-bench-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) return 3;
  }
  return pressmark::costs(folder, quick ? 1 : 3);
}
