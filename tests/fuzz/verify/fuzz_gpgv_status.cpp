// Any text as what gpgv says: nothing is good without a VALIDSIG line, and no control character gets through.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "verify/gpgv_status.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pressmark;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  for (const GpgvSignature& signature : parse_gpgv_status(text).signatures) {
    const bool good = signature.kind == GpgvSignature::Kind::good || signature.kind == GpgvSignature::Kind::expired_key;
    if (good && text.find("[GNUPG:] VALIDSIG ") == std::string_view::npos) std::abort();
    const auto odd = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
    if (std::ranges::any_of(signature.signer, odd)) std::abort();
  }
  return 0;
}
