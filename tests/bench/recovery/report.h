// docs/recovery-benchmark.md and .svg: everybody on every profile.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace pressmark::recovery {

struct ReportOptions {
  std::filesystem::path folder;
  std::vector<std::uint64_t> seeds;
  std::string seeds_text;  ///< as the command line has them
  unsigned jobs = 1;
};

/// Plays and writes both files. Takes minutes. False: a file could not be written.
[[nodiscard]] bool write_report(const ReportOptions& options);

}  // namespace pressmark::recovery
