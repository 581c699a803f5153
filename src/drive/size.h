// How long a disc is, when several sources say so and differ. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "pressmark/disc.h"
#include "pressmark/error.h"

namespace pressmark::drive {

inline constexpr std::string_view kSizeByCapacity = "READ CAPACITY";
inline constexpr std::string_view kSizeByTrack = "READ TRACK INFORMATION";
inline constexpr std::string_view kSizeByLeadOut = "TOC lead-out";
inline constexpr std::string_view kSizeByPfi = "PFI";
inline constexpr std::string_view kSizeByIso = "ISO 9660";
inline constexpr std::string_view kSizeByUdf = "UDF";

struct SizeDecision {
  std::int64_t sectors = 0;
  std::string reason;
};

/// Which opinion to go by. CD: the lead-out, then READ CAPACITY. DVD, BD: READ CAPACITY, then what else the drive says.
/// A file system never enlarges a disc by itself; on a pressed DVD it does together with the PFI, because some drives
/// report one layer of two. Opinions that no disc of the kind can have are passed over. Fails: unsupported (none is
/// left).
Result<SizeDecision> decide_size(const Profile& profile, std::span<const SizeOpinion> opinions);

}  // namespace pressmark::drive
