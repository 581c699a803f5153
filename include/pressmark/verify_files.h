// Image files, held against everything that speaks of them: what the user names (`Against`), and what lies beside them (the record
// and the map of their rip). One file, or many side by side.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/error.h"
#include "pressmark/files.h"
#include "pressmark/signature.h"
#include "pressmark/verify.h"

namespace pressmark {

// --- what to verify against ---

/// What a rip record (docs/rip-record.md) says of its image.
struct RecordedImage {
  std::string file;
  std::uint64_t bytes = 0;
  std::int64_t first_lba = 0;           ///< address on the disc of the image's first sector
  std::vector<Digest> digests;          ///< of the image as it stands, filler included
  std::vector<SectorRange> never_read;  ///< image sectors that hold filler: rising, disjoint
};

/// What one `--against X` names (see read_expectations; a rip record as well), read once for any number of images. A value;
/// copies share what was read.
class Against {
 public:
  /// Fails: as read_expectations, and read_signed for the signature of a sum file.
  static Result<Against> read(Files& files, std::string_view x, const SignatureOptions& signature);

  /// Fails: not_found (a sum file that has nothing for this name), usage, unsupported.
  [[nodiscard]] Result<std::vector<Expectation>> about(std::string_view image_name) const;

  [[nodiscard]] bool is_sum_file() const;
  /// Of a sum file: the names in it, each once, in its order.
  [[nodiscard]] std::vector<std::string> names() const;
  /// Of a sum file that has one.
  [[nodiscard]] const std::optional<Signature>& signature() const;
  /// Null unless it is a record.
  [[nodiscard]] const RecordedImage* record() const;
  [[nodiscard]] const std::string& name() const;  ///< as given

 private:
  struct Content;
  std::shared_ptr<const Content> content_;
};

/// Sectors of an image that no one ever read: filler stands there.
struct NeverRead {
  Path told_by;  ///< NAME.rip.json or NAME.map
  SectorRanges sectors;
};

// --- one image ---

struct VerifyFileOptions {
  std::vector<Against> against;
  bool beside = true;      ///< look for NAME.rip.json and NAME.map beside the image
  std::uint8_t track = 0;  ///< of a cue sheet; 0: its only data track
  VerifyOptions verify;
};

struct VerifiedImage {
  VerifyReport report;                  ///< outcomes: those of `against` in order, then those of the record beside it
  std::size_t asked_outcomes = 0;       ///< how many of report.outcomes come from `against`
  std::optional<NeverRead> never_read;  ///< by what lies beside it, or by a record that it was held against
  /// The report is good, and nothing was never read; or the filler is part of what the user holds it against, and it matches.
  [[nodiscard]] bool good() const;
};

/// An image or a cue sheet. Fails: as opening it, Against::about and verify do; parse (a broken record or map beside it).
Result<VerifiedImage> verify_file(Files& files, const Path& path, const VerifyFileOptions& options);

/// The same for a source that is open already; nothing lies beside it.
Result<VerifiedImage> verify_source(Files& files, SectorSource& source, const VerifyFileOptions& options);

/// By the record beside an image, or else its map. Nothing: neither is there, or all was read. Fails: parse, io.
Result<std::optional<NeverRead>> never_read(Files& files, const Path& image);

// --- many ---

struct BatchItem {
  Path path;
  Result<VerifiedImage> outcome;  ///< not_found: there is no such file
};

struct BatchOptions {
  VerifyFileOptions file;
  unsigned workers = 0;  ///< files at a time; 0: as many as there are processors
  /// Asked on every worker, several times a second: it must be safe to call from several threads.
  std::function<bool()> stop;
};

struct BatchSummary {
  std::size_t good = 0;
  std::size_t bad = 0;  ///< differs, damaged, partly unreadable, never read
  std::size_t missing = 0;
  std::size_t failed = 0;    ///< could not be verified: the error says why
  std::size_t not_done = 0;  ///< interrupted before or in it
  std::uint64_t bytes = 0;   ///< of those that were read through
};

/// Every one of `paths`, some at a time. `done` is called on the calling thread, for each that came to its end, in the order of
/// `paths`; after an interruption, for all that had come to theirs.
BatchSummary verify_files(Files& files, std::span<const Path> paths, const BatchOptions& options,
                          const std::function<void(const BatchItem&)>& done);

}  // namespace pressmark
