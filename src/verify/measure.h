// The image that another is compared with.
#pragma once

#include <memory>

#include "pressmark/files.h"

namespace pressmark {

/// To be read at multiples of 2048 bytes only. Fails: as open_image; reading fails with io where a sector's EDC does not hold.
Result<std::unique_ptr<File>> open_measure(Files& files, const Path& path);

}  // namespace pressmark
