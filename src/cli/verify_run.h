// What `pressmark verify` does once its arguments are read: one source, or many files.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pressmark/catalog.h"
#include "pressmark/verify_report.h"

#include "cli/common.h"

namespace pressmark::cli {

struct VerifyArgs : DriveArgs {
  std::vector<std::string> sources;
  std::vector<std::string> against;
  std::optional<std::string> catalog;
  std::optional<std::string> all;
  std::string digests;
  std::string write;
  std::vector<std::string> keyrings;
  std::optional<std::uint64_t> track;
  std::uint64_t retries = 2;
  std::uint64_t jobs = 0;
  bool seal = false, no_seal = false, no_signature = false, alone = false;
  bool overwrite = false, with_filler = false, quiet = false, json = false;
};

/// What `--against` and `--all` name, read before any image is.
struct VerifyPlan {
  VerifyFileOptions file;
  std::vector<UsedSums> sums;
  std::vector<DigestKind> write;
  std::unique_ptr<Catalog> catalog;  ///< if it is asked
  [[nodiscard]] bool signatures_good() const;
};

/// The exit code.
Result<int> verify_one_source(const VerifyArgs& args, VerifyPlan plan);
Result<int> verify_many_files(const VerifyArgs& args, const VerifyPlan& plan, const std::vector<Path>& paths);

}  // namespace pressmark::cli
