// Any text is a scenario or a mistake with a place; a scenario that is taken makes a drive that answers.
#include <cstdint>
#include <cstdlib>

#include "pressmark/simulated.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pressmark;
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += static_cast<char>(data[i]);
  const auto drive = open_scenario(text);
  if (!drive) {
    if (drive.error().where.empty() || drive.error().got.empty()) std::abort();
    return 0;
  }
  std::array<std::byte, 32 * 2048> buffer;
  Command read{.cdb = {std::byte{0x28}}, .cdb_length = 10, .direction = Direction::in, .data = buffer};
  read.cdb[8] = std::byte{32};
  for (int i = 0; i < 8; ++i) (void)(*drive)->execute(read);
  (void)(*drive)->fate(Lba{1000});
  return 0;
}
