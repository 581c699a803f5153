// Asks the processor what it can do. The plain engine is always there; the others are there if the processor has every
// instruction set that their file is compiled for (CMakeLists.txt), and the system saves the registers they use, which
// the compiler's own query takes into account.

#include "sector/dispatch.h"

#include <cstddef>
#include <iterator>
#include <string_view>

#include "pressmark/sector.h"

#include "sector/engine.h"

namespace pressmark {
namespace sector {
namespace {

constexpr Engine kPlainEngine{.edc = edc_plain, .parity = parity_plain};

bool always() { return true; }
#if defined(__x86_64__)
bool has_ssse3() { return __builtin_cpu_supports("ssse3") && __builtin_cpu_supports("pclmul"); }
bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul"); }
bool has_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("gfni") &&
         __builtin_cpu_supports("vpclmulqdq") && __builtin_cpu_supports("pclmul");
}
#else
bool never() { return false; }
#endif

struct EngineRow {
  SectorEngine engine;
  std::string_view name;
  bool (*available)();
  const Engine& functions;
};
/// From the slowest to the fastest.
constexpr EngineRow kEngines[] = {
    {SectorEngine::plain, "plain", always, kPlainEngine},
#if defined(__x86_64__)
    {SectorEngine::ssse3, "ssse3", has_ssse3, kSsse3Engine},
    {SectorEngine::avx2, "avx2", has_avx2, kAvx2Engine},
    {SectorEngine::avx512, "avx512", has_avx512, kAvx512Engine},
#else
    {SectorEngine::ssse3, "ssse3", never, kPlainEngine},
    {SectorEngine::avx2, "avx2", never, kPlainEngine},
    {SectorEngine::avx512, "avx512", never, kPlainEngine},
#endif
};
constexpr const EngineRow& row(SectorEngine engine) { return kEngines[static_cast<std::size_t>(engine)]; }
static_assert([] {
  for (std::size_t i = 0; i < std::size(kEngines); ++i) {
    if (kEngines[i].engine != static_cast<SectorEngine>(i)) return false;
  }
  return row(SectorEngine::avx512).engine == SectorEngine::avx512;
}());

SectorEngine find_best() {
  for (std::size_t i = std::size(kEngines); i-- > 0;) {
    if (kEngines[i].available()) return kEngines[i].engine;
  }
  return SectorEngine::plain;
}

}  // namespace

const Engine& functions_of(SectorEngine engine) {
  return row(engine).available() ? row(engine).functions : kPlainEngine;
}

}  // namespace sector

bool sector_engine_available(SectorEngine engine) { return sector::row(engine).available(); }

SectorEngine best_sector_engine() {
  static const SectorEngine best = sector::find_best();
  return best;
}

std::string_view to_string(SectorEngine engine) { return sector::row(engine).name; }

}  // namespace pressmark
