// The place that touches the file system for the library (folder.cpp is its other half): POSIX calls, each checked, each error with its
// path and errno.
#include "pressmark/files.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <utility>

#include "core/posix.h"
#include "core/try.h"

namespace pressmark {
namespace {

std::string next_step(int code) {
  switch (code) {
    case ENOSPC:
    case EDQUOT: return "free some space there and run the same command again: what was written so far is kept";
    case EFBIG: return "this file system cannot hold a file of this size; choose another folder";
    case EACCES:
    case EPERM: return "choose a folder you may write to, or change its permissions";
    case ENOENT: return "check the name and that its folder is there: folders are not made";
    case EROFS: return "the file system is mounted read-only; choose another folder";
    case EIO: return "the disk reports an error: look at the system log before you trust it with more";
    default: return {};
  }
}

ErrorKind kind_of(int code) {
  switch (code) {
    case ENOENT:
    case ENOTDIR: return ErrorKind::not_found;
    case EACCES:
    case EPERM:
    case EROFS: return ErrorKind::no_permission;
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return ErrorKind::no_space;
    default: return ErrorKind::io;
  }
}

class PosixFile final : public File {
 public:
  PosixFile(Descriptor fd, Path path) : fd_(std::move(fd)), path_(std::move(path)) {}

  Result<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      const ssize_t n = ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return failed(fmt::format("write {} bytes at {}", bytes.size(), offset), path_, errno);
      offset += static_cast<std::uint64_t>(n);
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
    return {};
  }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    std::size_t done = 0;
    while (done < out.size()) {
      const ssize_t n = ::pread(fd_.get(), out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return failed(fmt::format("read {} bytes at {}", out.size(), offset), path_, errno);
      if (n == 0) break;
      done += static_cast<std::size_t>(n);
    }
    return done;
  }

  Result<void> sync() override {
    while (::fdatasync(fd_.get()) != 0)
      if (errno != EINTR) return failed("bring the data to the disk (fdatasync)", path_, errno);
    return {};
  }

  Result<std::uint64_t> size() override {
    struct stat st{};
    if (::fstat(fd_.get(), &st) != 0) return failed("ask for the size", path_, errno);
    return static_cast<std::uint64_t>(st.st_size);
  }

  Result<void> resize(std::uint64_t bytes) override {
    while (::ftruncate(fd_.get(), static_cast<off_t>(bytes)) != 0)
      if (errno != EINTR) return failed(fmt::format("set the length to {} bytes", bytes), path_, errno);
    return {};
  }

 private:
  Descriptor fd_;
  Path path_;
};

/// The file goes with its holder, while it is still locked: who opened it meanwhile finds its name gone (see `lock`).
struct PosixLock final : FileLock {
  PosixLock(Descriptor descriptor, Path name) : fd(std::move(descriptor)), path(std::move(name)) {}
  ~PosixLock() override { ::unlink(path.c_str()); }
  Descriptor fd;
  Path path;
};

Path or_current(const Path& directory) { return directory.empty() ? Path{"."} : directory; }

class PosixFiles final : public Files {
 public:
  Result<std::unique_ptr<File>> open(const Path& path, OpenMode mode) override {
    const int flags = mode == OpenMode::read     ? O_RDONLY
                      : mode == OpenMode::update ? O_RDWR
                                                 : O_RDWR | O_CREAT | O_TRUNC;
    Descriptor fd{::open(path.c_str(), flags | O_CLOEXEC, 0666)};
    if (fd.get() < 0) return failed(mode == OpenMode::create ? "create the file" : "open the file", path, errno);
    struct stat st{};
    if (::fstat(fd.get(), &st) == 0 && S_ISDIR(st.st_mode)) return failed("open the file", path, EISDIR);
    return posix_file(std::move(fd), path);
  }

  Result<void> rename(const Path& from, const Path& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return failed("rename to " + to.string(), from, errno);
    return {};
  }

  Result<void> remove(const Path& path) override {
    if (::unlink(path.c_str()) != 0) return failed("remove the file", path, errno);
    return {};
  }

  Result<void> sync_directory(const Path& directory) override {
    const Path path = or_current(directory);
    Descriptor fd{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (fd.get() < 0) return failed("open the folder", path, errno);
    // Some file systems (9p, a few FUSE ones) have no fsync for folders; their renames are as safe as they get.
    if (::fsync(fd.get()) != 0 && errno != EINVAL && errno != ENOSYS && errno != ENOTSUP)
      return failed("bring the folder to the disk (fsync)", path, errno);
    return {};
  }

  bool exists(const Path& path) override { return ::access(path.c_str(), F_OK) == 0; }

  std::optional<std::uint64_t> free_bytes(const Path& directory) override {
    struct statvfs fs{};
    if (::statvfs(or_current(directory).c_str(), &fs) != 0) return std::nullopt;
    return std::uint64_t{fs.f_bavail} * fs.f_frsize;
  }

  Result<std::unique_ptr<FileLock>> lock(const Path& path) override {
    Descriptor fd{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)};
    if (fd.get() < 0) return failed("create the lock file", path, errno);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return failed("lock the file", path, errno);
      return fail({.kind = ErrorKind::busy,
                   .tried = "lock the file",
                   .where = path.string(),
                   .got = "another process holds it",
                   .next = "wait for the other pressmark to end, or choose another name with -o"});
    }
    struct stat held{}, named{};
    if (::fstat(fd.get(), &held) != 0 || ::stat(path.c_str(), &named) != 0 || held.st_ino != named.st_ino)
      return lock(path);
    return std::make_unique<PosixLock>(std::move(fd), path);
  }
};

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

std::unexpected<Error> failed(std::string tried, const Path& path, int code) {
  return fail({.kind = kind_of(code),
               .tried = std::move(tried),
               .where = path.string(),
               .got = std::strerror(code),
               .next = next_step(code)});
}

std::unique_ptr<File> posix_file(Descriptor fd, Path path) {
  return std::make_unique<PosixFile>(std::move(fd), std::move(path));
}

Files& system_files() {
  static PosixFiles files;
  return files;
}

Result<std::string> read_text(Files& files, const Path& path, std::uint64_t limit_bytes) {
  TRY(auto file, files.open(path, OpenMode::read));
  TRY(const std::uint64_t size, file->size());
  if (size > limit_bytes)
    return fail({.kind = ErrorKind::usage,
                 .tried = "read the file",
                 .where = path.string(),
                 .got = fmt::format("it has {} bytes, more than the {} that such a file may have", size, limit_bytes),
                 .next = "check that this is the file you meant"});
  std::string text(size, '\0');
  TRY(const std::size_t n, file->read_at(0, std::as_writable_bytes(std::span{text})));
  text.resize(n);
  return text;
}

Result<void> replace_text(Files& files, const Path& path, std::string_view text) {
  return replace_text(files, path, [text](const TextPieces& out) { return out(text); });
}

Result<void> replace_text(Files& files, const Path& path,
                          const std::function<Result<void>(const TextPieces&)>& produce) {
  Path temporary = path;
  temporary += ".tmp";
  {
    TRY(auto file, files.open(temporary, OpenMode::create));
    std::uint64_t end = 0;
    CHECK(produce([&](std::string_view piece) {
      const std::uint64_t at = std::exchange(end, end + piece.size());
      return file->write_at(at, std::as_bytes(std::span{piece}));
    }));
    CHECK(file->sync());
  }
  CHECK(files.rename(temporary, path));
  return files.sync_directory(path.parent_path());
}

}  // namespace pressmark
