// Any text as a ClrMamePro DAT: what is found does not depend on how its bytes come, and keeps to its bounds.
#include "fuzz/catalog/dat_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all{reinterpret_cast<const char*>(data), size};
  pressmark::fuzz::fuzz(pressmark::parse_clrmamepro, all, "clrmamepro ( name n )\ngame ( name g rom ( ", " ) )\n");
  return 0;
}
