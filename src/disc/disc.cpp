// The profile table of MMC-6 (table 92) and the words for a disc's layout.
#include "pressmark/disc.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace pressmark {

namespace {

// HD DVD is listed to be named, not read: `none` makes it unsupported.
constexpr auto kProfiles = std::to_array<Profile>({
    {0x0000, MediaKind::none, "no current profile"},
    {0x0001, MediaKind::none, "non-removable disk"},
    {0x0002, MediaKind::none, "removable disk"},
    {0x0003, MediaKind::none, "magneto-optical erasable"},
    {0x0004, MediaKind::none, "optical write once"},
    {0x0005, MediaKind::none, "AS-MO"},
    {0x0008, MediaKind::cd, "CD-ROM"},
    {0x0009, MediaKind::cd, "CD-R"},
    {0x000A, MediaKind::cd, "CD-RW"},
    {0x0010, MediaKind::dvd, "DVD-ROM"},
    {0x0011, MediaKind::dvd, "DVD-R sequential recording"},
    {0x0012, MediaKind::dvd, "DVD-RAM"},
    {0x0013, MediaKind::dvd, "DVD-RW restricted overwrite"},
    {0x0014, MediaKind::dvd, "DVD-RW sequential recording"},
    {0x0015, MediaKind::dvd, "DVD-R dual layer sequential recording"},
    {0x0016, MediaKind::dvd, "DVD-R dual layer jump recording"},
    {0x0017, MediaKind::dvd, "DVD-RW dual layer"},
    {0x0018, MediaKind::dvd, "DVD-Download disc recording"},
    {0x001A, MediaKind::dvd, "DVD+RW"},
    {0x001B, MediaKind::dvd, "DVD+R"},
    {0x0020, MediaKind::none, "DDCD-ROM"},
    {0x0021, MediaKind::none, "DDCD-R"},
    {0x0022, MediaKind::none, "DDCD-RW"},
    {0x002A, MediaKind::dvd, "DVD+RW dual layer"},
    {0x002B, MediaKind::dvd, "DVD+R dual layer"},
    {0x0040, MediaKind::bd, "BD-ROM"},
    {0x0041, MediaKind::bd, "BD-R sequential recording"},
    {0x0042, MediaKind::bd, "BD-R random recording"},
    {0x0043, MediaKind::bd, "BD-RE"},
    {0x0050, MediaKind::none, "HD DVD-ROM"},
    {0x0051, MediaKind::none, "HD DVD-R"},
    {0x0052, MediaKind::none, "HD DVD-RAM"},
    {0x0053, MediaKind::none, "HD DVD-RW"},
    {0x0058, MediaKind::none, "HD DVD-R dual layer"},
    {0x005A, MediaKind::none, "HD DVD-RW dual layer"},
    {0xFFFF, MediaKind::none, "no standard profile"},
});
static_assert(std::ranges::adjacent_find(kProfiles, std::ranges::greater_equal{}, &Profile::number) == kProfiles.end(),
              "profiles are in order and each appears once");

std::string plural(std::size_t count, std::string_view thing) {
  constexpr std::array<std::string_view, 10> kWords{"no",   "one", "two",   "three", "four",
                                                    "five", "six", "seven", "eight", "nine"};
  const std::string_view ending = count == 1 ? "" : "s";
  return count < kWords.size() ? fmt::format("{} {}{}", kWords[count], thing, ending)
                               : fmt::format("{} {}{}", count, thing, ending);
}

}  // namespace

Profile profile(std::uint16_t number) {
  const auto it = std::ranges::find(kProfiles, number, &Profile::number);
  return it != kProfiles.end() ? *it : Profile{number, MediaKind::none, "unknown profile"};
}

std::uint32_t ecc_block_sectors(MediaKind kind) {
  switch (kind) {
    case MediaKind::none:
    case MediaKind::cd: return 1;
    case MediaKind::dvd: return 16;
    case MediaKind::bd: return 32;
  }
  return 1;
}

std::string describe_layout(const Disc& disc) {
  const auto data = static_cast<std::size_t>(std::ranges::count_if(disc.tracks, &Track::is_data));
  const std::size_t audio = disc.tracks.size() - data;
  std::string text;
  if (audio > 0) text = plural(audio, "audio track");
  if (data > 0 || audio == 0) text += (text.empty() ? "" : " and ") + plural(data, "data track");
  if (disc.sessions > 1) text += fmt::format(" in {}", plural(disc.sessions, "session"));
  return text;
}

}  // namespace pressmark
