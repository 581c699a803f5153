// What a volume holds and what damage has cost it, as text for people and as JSON for programs (docs/files.md).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/extract.h"
#include "pressmark/filesystem.h"
#include "pressmark/owners.h"
#include "pressmark/report.h"

namespace pressmark {

/// Values are the caller's and must outlast the call.
struct FilesReport {
  std::string source;        ///< as the user typed it
  std::int64_t sectors = 0;  ///< of the image
  const Volume* volume = nullptr;
  bool structures = false;         ///< list them too
  const Damage* damage = nullptr;  ///< instead of the list: whose its ranges are
  std::string evidence;            ///< with damage: "game.map", "sectors whose EDC fails", "as asked"
  bool asked = false;              ///< with damage: the ranges are a question, not known to be bad
};

/// True if something that is somebody's is hit, or a file reaches beyond the image, or the walk could not follow everything while
/// there is damage: exit code 1.
[[nodiscard]] bool is_bad_news(const FilesReport& report);

/// Handed to `out` piece by piece: a list of half a million files is never held as one text.
void files_text(const FilesReport& report, const TextOutput& out);
/// Schema `pressmark-files`, version 1; ends with a line break.
void files_json(const FilesReport& report, const TextOutput& out);

/// What extraction has to say, for people: damaged files with their lost ranges, files with other names, files not written. Empty: all is
/// well.
[[nodiscard]] std::string extract_text(const ExtractReport& report);
/// Schema `pressmark-extract`, version 1; ends with a line break.
void extract_json(const ExtractReport& report, const std::string& source, const TextOutput& out);
/// "  bytes 2048 to 4095 (sector 17)", a line for each of the first of them.
[[nodiscard]] std::string lost_words(std::span<const LostPart> lost);

/// What the file system claims for the file and the image does not have.
[[nodiscard]] std::uint64_t missing_bytes(const Volume& volume, const VolumeFile& file);

}  // namespace pressmark
