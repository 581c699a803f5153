// How fast sectors are checked, stripped and synthesised, on one core, over 200 MB.
//
//   bench_sector                        every engine against the plain one and against memcpy, and the goals; status 1 if one is missed
//   bench_sector --benchmark_filter=.   the parts one by one, by Google Benchmark
//
// The ratios are of the shortest of several times each, and everything is measured in turn, round by round: another
// program that takes the machine for a while then disturbs all alike, and a quiet moment serves all.

#include <algorithm>
#include <array>
#include <benchmark/benchmark.h>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "pressmark/sector.h"

namespace pressmark {
namespace {

constexpr std::size_t kSectors = 85'000;  // 200 MB raw
constexpr int kRounds = 7;

constexpr std::array kEngines{SectorEngine::plain, SectorEngine::ssse3, SectorEngine::avx2, SectorEngine::avx512};

std::vector<SectorEngine> available_engines() {
  std::vector<SectorEngine> engines;
  std::ranges::copy_if(kEngines, std::back_inserter(engines), sector_engine_available);
  return engines;
}

std::span<std::byte, kRawBytes> sector_at(std::span<std::byte> raw, std::size_t i) {
  return raw.subspan(i * kRawBytes).first<kRawBytes>();
}

/// Sound Mode 1 sectors of random data, from LBA 0.
std::vector<std::byte> make_disc(std::size_t sectors) {
  std::vector<std::byte> raw(sectors * kRawBytes);
  std::uint64_t state = 1;
  for (std::size_t i = 0; i < sectors; ++i) {
    for (std::byte& b : sector_at(raw, i).subspan<16, kUserBytes>()) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      b = static_cast<std::byte>(state >> 56);
    }
    synthesise_sector(sector_at(raw, i), Lba{static_cast<std::int64_t>(i)}, SectorMode::mode1);
  }
  return raw;
}

struct Disc {
  std::vector<std::byte> raw = make_disc(kSectors);
  std::vector<std::byte> user = std::vector<std::byte>(kSectors * kUserBytes);
  std::vector<SectorCheck> checks = std::vector<SectorCheck>(kSectors);

  void strip_without_checking() {
    for (std::size_t i = 0; i < kSectors; ++i) {
      std::memcpy(user.data() + i * kUserBytes, raw.data() + i * kRawBytes + 16, kUserBytes);
    }
  }
  void check_and_strip_all(SectorEngine engine) {
    if (check_and_strip(Lba{0}, raw, user, checks, engine) != kSectors) {
      fmt::print(stderr, "{} does not prove sound sectors\n", to_string(engine));
      std::exit(1);
    }
  }
  void synthesise_all(SectorEngine engine) {
    for (std::size_t i = 0; i < kSectors; ++i) {
      synthesise_sector(sector_at(raw, i), Lba{static_cast<std::int64_t>(i)}, SectorMode::mode1, engine);
    }
  }
};

struct Measurement {
  std::string name;
  std::function<void()> run;
  double best_seconds = std::numeric_limits<double>::infinity();
};

void measure(std::span<Measurement> all) {
  for (int round = 0; round < kRounds; ++round) {
    for (Measurement& m : all) {
      const auto start = std::chrono::steady_clock::now();
      m.run();
      const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
      m.best_seconds = std::min(m.best_seconds, taken.count());
    }
  }
}

constexpr double kLeastOverPlain = 14.0;
constexpr double kLeastOfMemcpy = 0.5;

bool report_goal(std::string_view what, double ratio, double least) {
  const bool met = ratio >= least;
  fmt::print("  {:<60} {:6.2f}x  goal {:4.1f}x  {}\n", what, ratio, least, met ? "met" : "MISSED");
  return met;
}

int compare_engines() {
  Disc disc;
  const std::vector<SectorEngine> engines = available_engines();
  std::vector<Measurement> strips{{"memcpy of the user data", [&] { disc.strip_without_checking(); }}};
  std::vector<Measurement> makes;
  for (const SectorEngine engine : engines) {
    const std::string name{to_string(engine)};
    strips.push_back({"check and strip, " + name, [&disc, engine] { disc.check_and_strip_all(engine); }});
    makes.push_back({"synthesise, " + name, [&disc, engine] { disc.synthesise_all(engine); }});
  }
  measure(strips);
  measure(makes);

  fmt::print("{} sectors, {:.0f} MB raw; best of {} rounds; this processor's engine: {}\n\n", kSectors,
             kSectors * kRawBytes / 1e6, kRounds, to_string(best_sector_engine()));
  const auto report = [](const Measurement& m, double plain_seconds, double memcpy_seconds) {
    fmt::print("  {:<28} {:7.2f} GB/s raw  {:6.0f} ns a sector  {:6.2f}x plain  {:5.2f}x memcpy\n", m.name,
               kSectors * kRawBytes / m.best_seconds / 1e9, m.best_seconds / kSectors * 1e9,
               plain_seconds / m.best_seconds, memcpy_seconds / m.best_seconds);
  };
  const double memcpy_seconds = strips[0].best_seconds;
  for (const Measurement& m : strips) report(m, strips[1].best_seconds, memcpy_seconds);
  for (const Measurement& m : makes) report(m, makes[0].best_seconds, memcpy_seconds);

  fmt::print("\n");
  bool all_met = true;
  for (std::size_t i = 0; i < engines.size(); ++i) {
    if (engines[i] < SectorEngine::avx2) continue;  // the goals are for AVX2 and better
    const std::string name{to_string(engines[i])};
    all_met &= report_goal("check and strip against plain, " + name,
                           strips[1].best_seconds / strips[i + 1].best_seconds, kLeastOverPlain);
    all_met &= report_goal("check and strip against memcpy of the stripped bytes, " + name,
                           memcpy_seconds / strips[i + 1].best_seconds, kLeastOfMemcpy);
    all_met &= report_goal("EDC, P and Q made anew against plain, " + name,
                           makes[0].best_seconds / makes[i].best_seconds, kLeastOverPlain);
  }
  if (best_sector_engine() < SectorEngine::avx2) fmt::print("  no AVX2 here: the goals do not apply\n");
  return all_met ? 0 : 1;
}

// One sector that stays in the first-level cache: what computing alone costs.

void set_counters(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * kRawBytes);
}

void bench_check(benchmark::State& state, SectorEngine engine) {
  std::vector<std::byte> raw = make_disc(1);
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(check_sector(sector_at(raw, 0), engine));
  set_counters(state);
}

void bench_synthesise(benchmark::State& state, SectorEngine engine) {
  std::vector<std::byte> raw = make_disc(1);
  for ([[maybe_unused]] auto _ : state) {
    synthesise_sector(sector_at(raw, 0), Lba{0}, SectorMode::mode1, engine);
    benchmark::DoNotOptimize(raw.data());
    benchmark::ClobberMemory();
  }
  set_counters(state);
}

void bench_check_form2(benchmark::State& state, SectorEngine engine) {
  std::vector<std::byte> raw(kRawBytes);
  raw[18] = raw[22] = std::byte{0x20};
  synthesise_sector(sector_at(raw, 0), Lba{0}, SectorMode::mode2_form2, engine);
  raw[2000] = std::byte{1};  // an EDC that is there and has to be computed, though it does not hold
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(check_sector(sector_at(raw, 0), engine));
  set_counters(state);
}

void bench_scramble(benchmark::State& state) {
  std::vector<std::byte> raw = make_disc(1);
  for ([[maybe_unused]] auto _ : state) {
    scramble(sector_at(raw, 0));
    benchmark::ClobberMemory();
  }
  set_counters(state);
}

int run_google_benchmark(int argc, char** argv) {
  for (const SectorEngine engine : available_engines()) {
    const std::string name{to_string(engine)};
    benchmark::RegisterBenchmark(("check_mode1/" + name).c_str(), bench_check, engine);
    benchmark::RegisterBenchmark(("check_form2_edc_only/" + name).c_str(), bench_check_form2, engine);
    benchmark::RegisterBenchmark(("synthesise_mode1/" + name).c_str(), bench_synthesise, engine);
  }
  benchmark::RegisterBenchmark("scramble", bench_scramble);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace
}  // namespace pressmark

int main(int argc, char** argv) {
  return argc > 1 ? pressmark::run_google_benchmark(argc, argv) : pressmark::compare_engines();
}
