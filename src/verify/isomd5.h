// The MD5 that `implantisomd5` puts into an image. Format: isomd5sum 1.2.3, libimplantisomd5.c and utilities.c.
//
// The 512 bytes of the primary volume descriptor's application use field (ECMA-119 8.4.32) hold, in ASCII,
//   ISO MD5SUM = <32 hex>;SKIPSECTORS = 15;RHLISOSTATUS=0;FRAGMENT SUMS = <60 hex>;FRAGMENT COUNT = 20;THIS IS NOT...
// The MD5 covers the volume (its size by the descriptor) but for the skipped sectors at its end; the field counts as blanks.
// Fragment sums are three characters each, of the MD5 as it stands after the first piece of 32 KiB that begins in the next
// twenty-first of the covered bytes. A character is the first digit of a digest byte printed without leading zeros.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "verify/seals.h"

namespace pressmark {

struct IsoMd5Seal {
  Digest md5;
  std::uint64_t covered_bytes = 0;
  Blanks field;
  std::uint32_t fragments = 0;  ///< 0: none that could be used
  std::string fragment_sums;    ///< fragments x as many characters each
};

/// Nothing if there is none, or one that cannot be: a digest that is no hex, a volume that ends before its descriptor.
std::optional<IsoMd5Seal> find_isomd5(std::span<const std::byte> head);

std::unique_ptr<SealCheck> isomd5_check(IsoMd5Seal seal);

}  // namespace pressmark
