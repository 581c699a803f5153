// Asks the processor once what it can do. The plain engine is always there.

#include "sector/dispatch.h"

#include <string_view>

#include "pressmark/sector.h"

namespace pressmark {
namespace sector {
namespace {

constexpr Engine kPlain{.edc = edc_plain, .parity = parity_plain};

}  // namespace

const Engine& functions_of(SectorEngine) { return kPlain; }

}  // namespace sector

bool sector_engine_available(SectorEngine engine) { return engine == SectorEngine::plain; }

SectorEngine best_sector_engine() { return SectorEngine::plain; }

std::string_view to_string(SectorEngine engine) {
  switch (engine) {
    case SectorEngine::plain: return "plain";
    case SectorEngine::ssse3: return "ssse3";
    case SectorEngine::avx2: return "avx2";
    case SectorEngine::avx512: return "avx512";
  }
  return "?";
}

}  // namespace pressmark
