// What a verification found, as text for people and as JSON for programs (docs/verify-json.md).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/filesystem.h"
#include "pressmark/identify.h"
#include "pressmark/verify_files.h"

namespace pressmark {

/// Whose sectors are: names, the first kMost of them; the counts are of all.
struct HitNames {
  static constexpr std::size_t kMost = 1000;
  struct File {
    std::string path;
    std::uint64_t bytes = 0;  ///< of the file, in these sectors
    std::int64_t sectors = 0;
  };
  std::vector<File> files;
  std::uint64_t file_count = 0;
  std::vector<std::string> structures;
  std::uint64_t structure_count = 0;
  std::int64_t nobodys = 0;  ///< sectors: unallocated, padding
  bool certain = true;       ///< the walk could follow everything: what is called nobody's is nobody's
};

/// `sectors`: of the image that holds `volume`. Nothing if there is no file system that is known here.
std::optional<HitNames> hit_names(const Volume& volume, std::int64_t sectors, const SectorRanges& ranges);

struct VerifyFindings {
  std::string source;  ///< as the user typed it
  Result<VerifiedImage> outcome;
  std::optional<HitNames> unreadable_in;
  std::optional<HitNames> never_read_in;
  std::vector<std::optional<HitNames>> differing_in;      ///< one for each outcome, or none at all
  std::optional<Identification> known_as = std::nullopt;  ///< where the catalog was asked
  /// All is as it should be, and known in full where the catalog was asked.
  [[nodiscard]] bool good() const;
};

/// A sum file that was held against, and who signed it.
struct UsedSums {
  std::string name;
  std::optional<Signature> signature;
  bool checked = true;    ///< false: the user asked to go without
  bool demanded = false;  ///< the user gave keys: unsigned is bad news
  [[nodiscard]] bool good() const;
};

/// Several lines about one image. `quiet`: only what is wrong.
[[nodiscard]] std::string verify_text(const VerifyFindings& findings, bool quiet);
/// One line about one of many: "game.iso: good (sha256)".
[[nodiscard]] std::string verify_line(const VerifyFindings& findings);
/// "5 files, 22 GB: 4 good, 1 bad".
[[nodiscard]] std::string verify_summary(const BatchSummary& summary);
/// "SHA256SUMS: signed by ...".
[[nodiscard]] std::string signature_text(const UsedSums& sums);

/// Schema `pressmark-verify`, version 1; ends with a line break. `good` is what exit status 0 says.
[[nodiscard]] std::string verify_json(std::span<const VerifyFindings> findings, std::span<const UsedSums> sums,
                                      const BatchSummary& summary, bool good);

}  // namespace pressmark
