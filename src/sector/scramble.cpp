// The scrambler (ECMA-130 annex B): a 15-bit shift register with x^15 + x + 1, loaded with 0001h, whose output, least
// significant bit first, is added to bytes 12..2351. It starts anew in every sector, so its bytes are a constant.

#include <cstddef>
#include <cstdint>

#include "pressmark/sector.h"

#include "sector/layout.h"

namespace pressmark {
namespace {

constexpr std::size_t kScrambledBytes = kRawBytes - sector::kSyncBytes;

struct ScramblerBytes {
  std::byte at[kScrambledBytes];
};

consteval ScramblerBytes make_scrambler() {
  ScramblerBytes bytes{};
  std::uint32_t shift_register = 1;
  for (std::byte& byte : bytes.at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      byte |= static_cast<std::byte>((shift_register & 1) << bit);
      const std::uint32_t feedback = (shift_register ^ shift_register >> 1) & 1;
      shift_register = shift_register >> 1 | feedback << 14;
    }
  }
  return bytes;
}

constexpr ScramblerBytes kScrambler = make_scrambler();
static_assert(kScrambler.at[0] == std::byte{0x01} && kScrambler.at[1] == std::byte{0x80});

}  // namespace

void scramble(RawSectorOut sector) {
  for (std::size_t i = 0; i < kScrambledBytes; ++i) sector[sector::kSyncBytes + i] ^= kScrambler.at[i];
}

}  // namespace pressmark
