// Which kind of disc carries how many bytes.
#include "pressmark/media_kind.h"

#include "pressmark/lba.h"

namespace pressmark {
namespace {

constexpr std::uint64_t kLargestCdBytes = 99ULL * 60 * 75 * kUserBytes;  // 99 minutes of 75 sectors a second
// DVD+R DL holds 4,173,824 sectors, pressed dual layer discs and DVD-R DL a little less.
constexpr std::uint64_t kLargestDvdBytes = 8'550'000'000ULL;
static_assert(4'173'824ULL * kUserBytes <= kLargestDvdBytes && kLargestDvdBytes < 25'025'314'816ULL);

}  // namespace

std::string_view to_string(MediaKind kind) {
  switch (kind) {
    case MediaKind::none: return "none";
    case MediaKind::cd: return "CD";
    case MediaKind::dvd: return "DVD";
    case MediaKind::bd: return "BD";
  }
  return "none";
}

MediaKind kind_for_size(std::uint64_t bytes) {
  if (bytes <= kLargestCdBytes) return MediaKind::cd;
  return bytes <= kLargestDvdBytes ? MediaKind::dvd : MediaKind::bd;
}

}  // namespace pressmark
