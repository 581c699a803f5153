// Rank the drive's opinions by kind of disc, take the first that is possible, and say in words who disagrees.
#include "drive/size.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>

#include "mmc/configuration.h"

namespace pressmark::drive {

namespace {

/// The most sectors a disc of a kind has: CD 100 minutes; DVD two layers of 24-bit addresses; BD four layers of 32 GB.
std::int64_t most_sectors(MediaKind kind) {
  switch (kind) {
    case MediaKind::none: return 0;
    case MediaKind::cd: return 100 * 60 * 75 - 150;
    case MediaKind::dvd: return 1 << 24;
    case MediaKind::bd: return 1 << 26;
  }
  return 0;
}

bool is_file_system(const SizeOpinion& opinion) { return opinion.source == kSizeByIso || opinion.source == kSizeByUdf; }

/// The drive's sources, best first.
std::array<std::string_view, 4> ranking(MediaKind kind) {
  if (kind == MediaKind::cd) return {kSizeByLeadOut, kSizeByCapacity, kSizeByTrack, kSizeByPfi};
  return {kSizeByCapacity, kSizeByTrack, kSizeByPfi, kSizeByLeadOut};
}

class Opinions {
 public:
  Opinions(MediaKind kind, std::span<const SizeOpinion> all) {
    std::ranges::copy_if(all, std::back_inserter(possible_),
                         [&](const SizeOpinion& o) { return o.sectors > 0 && o.sectors <= most_sectors(kind); });
  }
  [[nodiscard]] const SizeOpinion* by(std::string_view source) const {
    const auto it = std::ranges::find(possible_, source, &SizeOpinion::source);
    return it != possible_.end() ? &*it : nullptr;
  }
  [[nodiscard]] const SizeOpinion* best(MediaKind kind) const {
    for (const std::string_view source : ranking(kind))
      if (const SizeOpinion* opinion = by(source)) return opinion;
    return nullptr;
  }
  [[nodiscard]] std::string dissent(const SizeOpinion& chosen) const {
    std::string text;
    for (const SizeOpinion& o : possible_) {
      // A file system that ends before the disc does is how most discs are made.
      const bool differs = is_file_system(o) ? o.sectors > chosen.sectors : o.sectors != chosen.sectors;
      if (differs) text += fmt::format("{}{} says {}", text.empty() ? "" : ", ", o.source, o.sectors);
    }
    return text;
  }

 private:
  std::vector<SizeOpinion> possible_;
};

/// A pressed DVD whose PFI and content both reach past what the drive counts.
const SizeOpinion* hidden_layer(const Opinions& opinions, const SizeOpinion& chosen) {
  const SizeOpinion* pfi = opinions.by(kSizeByPfi);
  if (pfi == nullptr || pfi->sectors <= chosen.sectors) return nullptr;
  for (const std::string_view source : {kSizeByIso, kSizeByUdf, kSizeByTrack}) {
    const SizeOpinion* witness = opinions.by(source);
    if (witness != nullptr && witness->sectors > chosen.sectors && witness->sectors <= pfi->sectors) return pfi;
  }
  return nullptr;
}

}  // namespace

Result<SizeDecision> decide_size(const Profile& profile, std::span<const SizeOpinion> opinions) {
  const Opinions possible{profile.kind, opinions};
  const SizeOpinion* chosen = possible.best(profile.kind);
  if (chosen == nullptr)
    return fail(Error{.kind = ErrorKind::unsupported,
                      .tried = "find out how long the disc is",
                      .got = "neither READ CAPACITY nor the table of contents gives a possible size",
                      .next = "clean the disc, or try another drive"});
  std::string because;
  if (profile.number == mmc::profile::dvd_rom) {
    if (const SizeOpinion* pfi = hidden_layer(possible, *chosen)) {
      chosen = pfi;
      because = ", as the content reaches past what the drive counts";
    }
  }
  const std::string dissent = possible.dissent(*chosen);
  return SizeDecision{chosen->sectors, fmt::format("{}{}; {}", chosen->source, because,
                                                   dissent.empty() ? "nothing contradicts it" : dissent)};
}

}  // namespace pressmark::drive
