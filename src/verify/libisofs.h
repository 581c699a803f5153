// The checksum tags of libisofs. Format: libisofs' doc/checksums.txt.
//
// A tag is a sector that begins with a line of text, the rest being zeros:
//   libisofs_sb_checksum_tag_v1 pos=50 range_start=32 range_size=18 next=56 md5=<32 hex> self=<32 hex>
// `pos` is the sector it stands in, `md5` is of the sectors from range_start up to the tag, `self` of the line up to the end of
// md5's value. A session has three, each telling where the next one is (`next`): after its descriptors (`sb`), after its
// directories (`tree`), at its end (no word). An image that was added to has `rlsb32` at its start, which tells where the newest
// session begins (`session_start`). All numbers are decimal.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "verify/seals.h"

namespace pressmark {

struct LibisofsTag {
  SealKind kind = SealKind::libisofs_session;
  std::int64_t position = 0;
  SectorRange range;
  std::int64_t next = 0;  ///< of the next tag, or of the newest session (relocated); 0 for the last of a session
  Digest md5;
};

/// Nothing if the sector holds no tag, or one whose `self` does not hold.
std::optional<LibisofsTag> parse_libisofs_tag(std::span<const std::byte> sector);

/// `blanks`: what another seal wrote into the image after libisofs had made it.
std::unique_ptr<SealCheck> libisofs_check(Blanks blanks);

}  // namespace pressmark
