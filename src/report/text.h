// Words and units shared by every rendering meant for people.
#pragma once

#include <string>

#include "pressmark/events.h"

namespace pressmark {

/// "streaming", "splitting", "retry 2", "confirming", "done".
[[nodiscard]] std::string phase_words(RipProgress::Phase phase, std::uint32_t round);
/// "LBA 12", or "LBA 12-15".
/// "files 112/120 hit 3 wanted 2/2": whole and all of them.
[[nodiscard]] std::string file_words(const FileCount& files);
[[nodiscard]] std::string range_words(LbaRange range);
/// One line about an event that people should see as it happens; empty for progress and the like.
[[nodiscard]] std::string event_words(const Event& event);

}  // namespace pressmark
