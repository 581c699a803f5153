// File operations behind one seam, so that a test can drop what was never synced, fill the disk or cut the power
// between any two of them. The only implementation that touches the OS is src/core/files.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "pressmark/error.h"

namespace pressmark {

using Path = std::filesystem::path;

/// An open file. Closing happens in the destructor and reports nothing: what must last was synced before.
struct File {
  virtual ~File() = default;
  /// Writes all of `bytes` at `offset`, growing the file as needed. Fails: no_space, io.
  virtual Result<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
  /// Reads up to `out.size()` bytes; fewer only at the end of the file. Fails: io.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) = 0;
  /// Returns when everything written is on stable storage (fdatasync). Fails: io, no_space.
  virtual Result<void> sync() = 0;
  [[nodiscard]] virtual Result<std::uint64_t> size() = 0;
  /// Sets the length; bytes that this adds read as zero.
  virtual Result<void> resize(std::uint64_t bytes) = 0;
};

enum class OpenMode : std::uint8_t {
  read,
  update /* read and write, must exist */,
  create /* read and write, emptied if there */
};

struct Files {
  virtual ~Files() = default;
  virtual Result<std::unique_ptr<File>> open(const Path& path, OpenMode mode) = 0;
  /// Atomic replacement of `to` by `from` (rename(2)).
  virtual Result<void> rename(const Path& from, const Path& to) = 0;
  virtual Result<void> remove(const Path& path) = 0;
  /// Makes renames and new names in `directory` last. An empty path is the current directory.
  virtual Result<void> sync_directory(const Path& directory) = 0;
  [[nodiscard]] virtual bool exists(const Path& path) = 0;
  /// Bytes an ordinary user may still write there; nothing if the system does not say.
  [[nodiscard]] virtual std::optional<std::uint64_t> free_bytes(const Path& directory) = 0;
  /// An advisory lock that ends with the returned object or the process. Fails: busy (somebody holds it).
  virtual Result<std::unique_ptr<struct FileLock>> lock(const Path& path) = 0;
};

struct FileLock {
  virtual ~FileLock() = default;
};

[[nodiscard]] Files& system_files();

/// The whole of a file that is expected to be small. Fails: not_found, no_permission, io, usage (above `limit_bytes`).
Result<std::string> read_text(Files& files, const Path& path, std::uint64_t limit_bytes = 64U << 20U);

/// Replaces a file so that after any crash either the old or the new text is there: write `path.tmp`, sync, rename, sync
/// the directory.
Result<void> replace_text(Files& files, const Path& path, std::string_view text);

/// The same for a text that is long and not kept whole: `produce` is called once and gives its pieces, in order.
using TextPieces = std::function<Result<void>(std::string_view)>;
Result<void> replace_text(Files& files, const Path& path,
                          const std::function<Result<void>(const TextPieces&)>& produce);

}  // namespace pressmark
