// Any text as a sum file that is imported, hashdeep's among them; and names and numbers that others gave, shown.
#include "core/printable.h"
#include "fuzz/catalog/dat_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pressmark;
  std::string text{reinterpret_cast<const char*>(data), size};
  if (!text.empty() && (text.front() & 1) != 0)
    text = "%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n" + text.substr(1);
  fuzz::Kept kept;
  const auto done = parse_sum_dat(text, "x", kept);
  fuzz::require(!done || kept.games > 0);
  (void)sniff_dat(text);
  const std::string shown = printable(text);
  fuzz::require(shown.size() <= text.size() && printable(shown) == shown);
  fuzz::require(std::ranges::none_of(shown, [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
  return 0;
}
