// What one implementation ("engine") of the sector codes offers. All engines give the same answers.
//
// Plain pointers and arrays on purpose: the SIMD engines are compiled for newer processors than the rest of the program,
// and an inline function of a library header (std::span's, say) compiled there could be the copy that the linker keeps
// for everyone.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sector/layout.h"

namespace pressmark::sector {

/// Whether Q is computed over the P that the sector carries (to check it) or over the P just computed (to write it).
enum class QOver : std::uint8_t { stored_p, computed_p };

struct ParityJob {
  const std::byte* sector = nullptr;  ///< 2352 bytes; the sync is not looked at
  bool header_as_zero = false;        ///< Mode 2: the four header bytes count as zero
  QOver q_over = QOver::stored_p;
};

/// P and Q as they follow each other in the sector.
struct Parity {
  std::byte p[kPBytes];
  std::byte q[kQBytes];
};

struct Engine {
  /// The EDC of `count` bytes, at least 256.
  std::uint32_t (*edc)(const std::byte* bytes, std::size_t count);
  /// The P and Q that belong to the data. A sector's words have zero syndromes exactly if its own P and Q equal these: two
  /// parity symbols and two equations have one solution.
  void (*parity)(const ParityJob& job, Parity& parity);
};

#if defined(__x86_64__)
extern const Engine kSsse3Engine;
extern const Engine kAvx2Engine;
extern const Engine kAvx512Engine;
#endif

std::uint32_t edc_plain(const std::byte* bytes, std::size_t count);
void parity_plain(const ParityJob& job, Parity& parity);

}  // namespace pressmark::sector
