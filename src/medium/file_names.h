// Names in sheets written on other systems: finding the file they mean on this one.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "pressmark/error.h"

namespace pressmark {

/// `text` itself if it is UTF-8, otherwise what it says in ISO 8859-1, in UTF-8. A byte order mark is taken away.
[[nodiscard]] std::string as_utf8(std::string_view text);

/// The regular file that `name` means in a sheet that lies in `folder`: as it is written, with '\' for '/', or its last
/// part beside the sheet; then the same without regard to case (ASCII and ISO 8859-1 letters) and to whether names
/// are UTF-8 or ISO 8859-1. Fails: not_found; usage (several files differ in case only); `where` goes into the error.
Result<std::filesystem::path> find_named_file(const std::filesystem::path& folder, std::string_view name,
                                              std::string_view where);

}  // namespace pressmark
