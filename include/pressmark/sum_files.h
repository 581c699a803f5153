// Sum files that other programs check: `sha256sum -c game.iso.sha256` (coreutils), `cksfv` for CRC-32.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pressmark/digest.h"
#include "pressmark/files.h"
#include "pressmark/verify_files.h"

namespace pressmark {

/// One line with its line break, in the form that the digest's usual program reads; `name` is escaped as it needs. Fails:
/// unsupported (SFV cannot hold the name).
Result<std::string> format_sum_line(const Digest& digest, std::string_view name);

struct WriteSumsOptions {
  std::vector<DigestKind> kinds;
  bool overwrite = false;    ///< replace a file of that name that says something else
  bool with_filler = false;  ///< write sums of an image whose record or map says that not all of it was read
};

/// Beside the image, one file for each kind that was computed: NAME.sha256, .md5, .sha1, .sha512, .b2, .sfv. Each appears whole or
/// not at all; one that says the same already is left. Returns their names.
/// Fails: usage (filler; a file that is there), mismatch (the image differs from what it was held against), unsupported (sectors that could not be read), no_permission, no_space, io.
Result<std::vector<Path>> write_sum_files(Files& files, const VerifiedImage& image, const Path& path,
                                          const WriteSumsOptions& options);

}  // namespace pressmark
