// Any text as a sum file: what is accepted has digests of the right length, and what is chosen comes from its lines.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "verify/sums.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

/// The first line is the name of the image, the rest is the sum file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pressmark;
  const std::string_view all{reinterpret_cast<const char*>(data), size};
  const std::string_view name = all.substr(0, all.find('\n'));
  const std::string_view text = all.substr(std::min(name.size() + 1, all.size()));
  for (const char* where : {"SUMS", "x.b2"}) {
    const auto lines = parse_sums(text, where);
    if (!lines) continue;
    for (const SumLine& line : *lines)
      if (line.digest) require(line.digest->bytes.size() == digest_bytes(line.digest->kind));
    const auto about = lines_about(*lines, name, where);
    if (!about) continue;
    require(!about->empty() && about->size() <= lines->size());
    for (const SumLine& line : *about) require(line.digest.has_value() && line.line >= 1);
  }
  return 0;
}
