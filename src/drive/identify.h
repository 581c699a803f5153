// What disc is in a drive: the questions, and how their answers make a Disc.
#pragma once

#include <vector>

#include "pressmark/disc.h"
#include "pressmark/error.h"

#include "drive/channel.h"

namespace pressmark::drive {

/// Asks everything once. Each answer but the essential may be missing or wrong: the disc is made of what is left.
/// A sector at which the drive hangs is entered in `hanging`, and the reset that follows is taken in as news; sectors that
/// stand there already are not read. Fails: what ends a conversation (gone, hung, changed, empty); unsupported (blank,
/// HD DVD, or nobody says how long it is).
Result<Disc> identify_disc(Channel& channel, std::vector<Lba>& hanging);

}  // namespace pressmark::drive
