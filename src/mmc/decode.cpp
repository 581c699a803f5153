#include "mmc/decode.h"

#include <fmt/format.h>

namespace pressmark::mmc {

Error malformed(std::string_view what, std::string_view problem) {
  return Error{.kind = ErrorKind::parse,
               .tried = fmt::format("understand the answer to {}", what),
               .got = std::string{problem},
               .next = "the drive does not follow the standard here"};
}

Error malformed(std::string_view what, std::string_view problem, std::size_t bytes_received) {
  return malformed(what, fmt::format("{} ({} bytes came)", problem, bytes_received));
}

Result<std::span<const std::byte>> declared_part(std::string_view what, std::span<const std::byte> reply,
                                                 std::size_t declared, std::size_t least) {
  if (declared < least)
    return fail(malformed(what, fmt::format("says it is {} bytes, needs {}", declared, least), reply.size()));
  if (declared > reply.size())
    return fail(malformed(what, fmt::format("cut short: says it is {} bytes", declared), reply.size()));
  return reply.first(declared);
}

}  // namespace pressmark::mmc
