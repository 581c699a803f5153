// What all decoders of replies share: how they say that a reply is not what it should be.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "pressmark/error.h"

namespace pressmark::mmc {

/// ErrorKind::parse: a reply too short for its own form, or self-contradictory. `what` is the command; `problem` says
/// what is wrong.
[[nodiscard]] Error malformed(std::string_view what, std::string_view problem, std::size_t bytes_received);

/// The same for a reply that came whole and says impossible things.
[[nodiscard]] Error malformed(std::string_view what, std::string_view problem);

/// The part of a reply its own length field speaks for. `declared` counts from the start of the reply. Fails: parse, if
/// fewer bytes came than declared, or less than `least` was declared.
[[nodiscard]] Result<std::span<const std::byte>> declared_part(std::string_view what, std::span<const std::byte> reply,
                                                               std::size_t declared, std::size_t least);

}  // namespace pressmark::mmc
