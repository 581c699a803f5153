// Which engine runs.
#pragma once

#include "pressmark/sector.h"

#include "sector/engine.h"

namespace pressmark::sector {

/// The functions of an engine; those of the plain one where this processor does not have what `engine` needs.
[[nodiscard]] const Engine& functions_of(SectorEngine engine);

}  // namespace pressmark::sector
