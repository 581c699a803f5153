// Sum files: what other programs say an image's digests are. Pure: text in, lines out.
//
//   GNU       `da39... *name`, `da39...  name`, `\da39...  na\\me` (coreutils manual, "md5 invocation")
//   BSD       `SHA1 (name) = da39...`, `\SHA1 (na\nme) = ...`; also OpenSSL's `SHA2-256(name)= ...`
//   SFV       `name 1234ABCD`
//   hashdeep  `%%%% HASHDEEP-1.0`, `%%%% size,md5,sha256,filename`, then lines of that form (md5deep.sourceforge.net, "File format")
//   bare      `da39...`
// Lines that begin with '#' or ';' are comments; of a clear-signed file (RFC 4880 section 7) the signed text is read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/digest.h"
#include "pressmark/error.h"

namespace pressmark {

inline constexpr std::uint64_t kLargestSumsBytes = 16U << 20U;
inline constexpr std::size_t kLongestSumLine = 64U << 10U;

struct SumLine {
  std::optional<Digest> digest;  ///< none: of a kind that is not computed here
  std::string kind;              ///< as the file calls it, or as its length says
  std::string name;              ///< unescaped; empty for a bare digest
  std::size_t line = 0;
  std::optional<std::uint64_t> bytes = std::nullopt;  ///< of the file, where the line tells (hashdeep)
};

/// A line that gives several digests becomes several elements. `where` is the file's name: it appears in errors, and tells BLAKE2b from SHA-512 where lines do not.
/// Fails: parse (names the line).
Result<std::vector<SumLine>> parse_sums(std::string_view text, std::string_view where);

/// The lines about `image_name`: of the same last part, else the same but for (ASCII) case, else all if they are about one
/// name only. Fails: not_found (another name), usage (different digests of one kind), unsupported (none that is computed here).
Result<std::vector<SumLine>> lines_about(const std::vector<SumLine>& lines, std::string_view image_name,
                                         std::string_view where);

}  // namespace pressmark
