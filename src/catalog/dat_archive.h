// DATs in a ZIP archive, one after the other, each as a stream: nothing is unpacked to the disk or held whole.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "pressmark/error.h"
#include "pressmark/files.h"
#include "pressmark/verify.h"

namespace pressmark {

struct DatArchive {
  std::uint64_t dats = 0;
  std::uint64_t passed_over = 0;
};

/// Calls `take` with the name in the archive and the bytes of each file that is a DAT or sum file by its name. Fails: parse (not
/// a ZIP archive, damaged), unsupported (encrypted; more or larger files than any archive of DATs has; grows as no DAT does), and what
/// `take` fails with.
Result<DatArchive> each_dat_in(const Path& archive,
                               const std::function<Result<void>(const std::string& name, const ByteSource&)>& take);

}  // namespace pressmark
