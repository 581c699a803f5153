// Seals: checksums of an image that stand in the image itself, put there by the program that made it.
//
//   isomd5sum   one MD5 in the application use field of the primary volume descriptor, over all but the image's last sectors,
//               with the field itself read as blanks; and short sums of 20 growing parts, which place damage to about a
//               twentieth of the image. Distributors of Linux use it (`implantisomd5`, `checkisomd5`).
//   libisofs    one-sector tags, each with the MD5 of all that lies between the start of its session and the tag: after the
//               volume descriptors, after the directory tree, at the end (`xorriso -md5 on`, `xorriso -check_md5`).
//
// A seal tells whether the image is as it was made, not who made it: it is no signature.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pressmark/digest.h"
#include "pressmark/lba.h"

namespace pressmark {

enum class Answer : std::uint8_t {
  matched,
  differs,
  unknown,  ///< sectors could not be read: nothing that was read contradicts
};
[[nodiscard]] std::string_view to_string(Answer answer);

enum class SealKind : std::uint8_t {
  isomd5sum,
  libisofs_relocated,   ///< the copy of the newest session's descriptors at LBA 0 of an image that was added to
  libisofs_superblock,  ///< a session's volume descriptors
  libisofs_tree,        ///< the same and its directories
  libisofs_session,     ///< a whole session
};
[[nodiscard]] std::string_view to_string(SealKind kind);  // "isomd5sum", "libisofs tree"

struct SealOutcome {
  SealKind kind = SealKind::isomd5sum;
  SectorRange covers;  ///< of the image
  Answer answer = Answer::unknown;
  std::optional<Digest> expected;  ///< none: the tag itself is gone
  std::optional<Digest> computed;  ///< none: not all that it covers was read
  /// The first damage lies in here. Fragment sums have about 12 bits, so that one in some thousand times it lies before.
  std::optional<SectorRange> damage;
  std::string note;  ///< what is odd about it, in words; mostly empty
};

}  // namespace pressmark
