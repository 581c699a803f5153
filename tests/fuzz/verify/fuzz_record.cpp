// Any text as a rip record: what is accepted has digests of the right length and ranges within the image.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "verify/record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pressmark;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  (void)looks_like_record(text);
  const auto record = parse_record(text, "a.rip.json");
  if (!record) return 0;
  for (const Digest& digest : record->digests)
    if (digest.bytes.size() != digest_bytes(digest.kind)) std::abort();
  std::int64_t end = 0;
  for (const SectorRange& range : record->never_read) {
    if (range.count <= 0 || range.first < end) std::abort();
    end = range.end();
  }
  return 0;
}
