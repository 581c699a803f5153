// Digests of an image while it is being written: hashes in passing as long as sectors come in order, and reads the rest
// back from the file at the end.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "pressmark/digest.h"
#include "pressmark/files.h"
#include "pressmark/lba.h"
#include "pressmark/verify.h"

#include "core/try.h"

namespace pressmark {

class StreamDigest {
 public:
  explicit StreamDigest(std::vector<DigestKind> kinds) : kinds_(std::move(kinds)), hashes_(kinds_) {}

  /// Sectors that will not change any more, as stored at `sector`. Out of order: not hashed now.
  void stored(std::int64_t sector, std::span<const std::byte> bytes) {
    if (sector * kUserBytes == hashed_bytes()) hashes_.update(bytes);
  }
  /// A sector is not what it was when it was hashed: all begins again.
  void forget_if_past(std::int64_t sector) {
    if (hashed_bytes() > sector * kUserBytes) hashes_ = HashSet{kinds_};
  }
  /// Hashes what is missing from the file, `total` bytes in all, on every core. `keep_on` is asked now and then; false: fails
  /// with interrupted.
  Result<std::vector<Digest>> finish(File& file, std::uint64_t total,
                                     const std::function<bool(std::uint64_t)>& keep_on) {
    const HashOptions options{.progress = [&](const VerifyProgress& progress) { return keep_on(progress.bytes_done); }};
    CHECK(hash_rest(hashes_, file, total, options));
    return hashes_.finish();
  }

 private:
  [[nodiscard]] std::int64_t hashed_bytes() const { return static_cast<std::int64_t>(hashes_.bytes_seen()); }

  std::vector<DigestKind> kinds_;
  HashSet hashes_;
};

}  // namespace pressmark
