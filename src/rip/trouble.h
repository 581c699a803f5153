// Whose trouble a failed read is, as far as its error tells: the first question when a drive does not answer as it should.
// Pure.
#pragma once

#include <cstdint>

#include "pressmark/error.h"

namespace pressmark {

enum class Trouble : std::uint8_t {
  place,      ///< the sectors' own: they are left, and come back to in another way
  disturbed,  ///< nobody's: the same read again
  unready,    ///< the drive is getting ready, is busy, or says that it is empty: it is waited for
  news,       ///< the drive was reset or may hold another disc: it is looked at before another byte is stored
  suspect,    ///< the sectors' or the drive's; a sector that is known to be good tells which
  gone,       ///< the drive's: it is not there
  person,     ///< neither waiting nor another way of reading helps: the run ends
};

/// Time-outs, 04/xx, and a drive that suddenly does not know its commands or addresses (05/20, 05/21, 05/24, ...: firmware
/// confused by a reset) are `suspect`: they must not cost sectors that are sound.
[[nodiscard]] Trouble trouble_of(const Error& error);

/// True for the answers that cost a drive nothing and come by the thousand where a disc's size is wrong: 05/xx.
[[nodiscard]] bool is_cheap(const Error& error);

}  // namespace pressmark
