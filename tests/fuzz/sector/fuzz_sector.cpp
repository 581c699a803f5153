// Every engine says and writes the same of arbitrary bytes, and what was synthesised is proven.
//
// Random bytes alone hardly ever make a sector that a code holds for, so the first byte of the input chooses: the rest is a
// raw sector as it stands, or it is data around which a sound sector is made, or it is damage added to one.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "pressmark/sector.h"

namespace pressmark {
namespace {

using Sector = std::array<std::byte, kRawBytes>;

constexpr std::array kEngines{SectorEngine::plain, SectorEngine::ssse3, SectorEngine::avx2, SectorEngine::avx512};
constexpr std::array kModes{SectorMode::mode0, SectorMode::mode1, SectorMode::mode2_form1, SectorMode::mode2_form2};
constexpr Lba kLba{4321};

void require(bool condition) {
  if (!condition) std::abort();
}

void put_submode(Sector& sector, SectorMode mode) {
  constexpr std::byte kForm2{0x20};
  if (mode == SectorMode::mode2_form1) sector[18] &= ~kForm2;
  if (mode == SectorMode::mode2_form2) sector[18] |= kForm2;
  std::copy_n(sector.begin() + 16, 4, sector.begin() + 20);
}

Sector synthesised_by_all(const Sector& data, SectorMode mode) {
  Sector first = data;
  synthesise_sector(first, kLba, mode, SectorEngine::plain);
  for (const SectorEngine engine : kEngines) {
    Sector other = data;
    synthesise_sector(other, kLba, mode, engine);
    require(other == first);
  }
  return first;
}

void check_by_all(const Sector& sector) {
  const SectorCheck plain = check_sector(sector, SectorEngine::plain);
  for (const SectorEngine engine : kEngines) {
    require(check_sector(sector, engine) == plain);
    std::array<std::byte, kUserBytes> user{};
    std::array<SectorCheck, 1> checks;
    const std::size_t copied = check_and_strip(kLba, sector, user, checks, engine);
    require(checks[0] == plain);
    const auto data = user_data(sector, plain.mode);
    require((copied == 1) == (plain.proven(kLba) && data));
    require(copied == 0 || std::ranges::equal(user, *data));
  }
}

void run(std::span<const std::uint8_t> input) {
  if (input.empty()) return;
  const unsigned choice = input[0];
  const SectorMode mode = kModes[choice % kModes.size()];
  const bool make_sound = (choice / 4) % 2 != 0;
  const bool damage = (choice / 8) % 2 != 0;

  Sector bytes{};
  const auto rest = std::as_bytes(input.subspan(1, std::min<std::size_t>(input.size() - 1, kRawBytes)));
  std::ranges::copy(rest, bytes.begin());

  Sector sector = bytes;
  if (make_sound) {
    if (damage) sector.fill(std::byte{0x5C});
    if (mode == SectorMode::mode2_form1 || mode == SectorMode::mode2_form2) put_submode(sector, mode);
    sector = synthesised_by_all(sector, mode);
    require(check_sector(sector).mode == mode);
    const SectorCheck found = check_sector(sector);
    require(found.proven(kLba) || mode == SectorMode::mode0 || found.edc_absent);
    if (damage) {
      for (std::size_t i = 0; i < sector.size(); ++i) sector[i] ^= bytes[i];
    }
  }
  check_by_all(sector);

  Sector scrambled = sector;
  scramble(scrambled);
  scramble(scrambled);
  require(scrambled == sector);
}

}  // namespace
}  // namespace pressmark

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  pressmark::run({data, size});
  return 0;
}
