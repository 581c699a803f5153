// Words and units shared by every rendering meant for people.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "pressmark/events.h"

namespace pressmark {

/// How many ranges a text for people lists before it only counts them.
inline constexpr std::size_t kRangesShown = 20;

/// "streaming", "streaming near damage", "gathering", "splitting", "trying longer", "retry 2", "confirming", "done".
[[nodiscard]] std::string phase_words(RipProgress::Phase phase, std::uint32_t round);
/// "files 112/120 hit 3 wanted 2/5 hit 1": whole and all of them, and how many unreadable sectors have hit.
[[nodiscard]] std::string file_words(const FileCount& files);
/// "LBA 12", or "LBA 12-15".
[[nodiscard]] std::string range_words(LbaRange range);
/// "12", or "12-15".
[[nodiscard]] std::string plain_sectors(SectorRange range);
/// "sector 12", or "sectors 12-15".
[[nodiscard]] std::string named_sectors(SectorRange range);
/// "1 sector", "12 sectors".
[[nodiscard]] std::string counted(std::int64_t count, std::string_view what);
/// One line about an event that people should see as it happens; empty for progress and the like.
[[nodiscard]] std::string event_words(const Event& event);

}  // namespace pressmark
