// openat(2) and its like, each with one name and O_NOFOLLOW: what a path would resolve to is never asked.
#include "pressmark/folder.h"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/posix.h"
#include "core/text.h"
#include "core/try.h"

namespace pressmark {
namespace {

Result<void> single(const std::string& name, const Path& folder) {
  const bool good = !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos &&
                    name.find('\0') == std::string::npos;
  if (good) return {};
  return fail({.kind = ErrorKind::usage,
               .tried = "use a name in a folder",
               .where = folder.string(),
               .got = in_quotes(name) + " is no single name",
               .next = {}});
}

std::unexpected<Error> in_the_way(std::string tried, const Path& path) {
  return fail({.kind = ErrorKind::busy,
               .tried = std::move(tried),
               .where = path.string(),
               .got = "there is something of that name already",
               .next = "move it away, or say that it may be overwritten"});
}

}  // namespace

Folder::Folder(Folder&& other) noexcept : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}
Folder& Folder::operator=(Folder&& other) noexcept {
  std::swap(fd_, other.fd_);
  path_.swap(other.path_);
  return *this;
}
Folder::~Folder() {
  if (fd_ >= 0) ::close(fd_);
}

Result<Folder> Folder::open(const Path& path) {
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) return failed("make the folder", path, errno);
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return failed("open the folder", path, errno);
  return Folder{fd, path};
}

Result<Folder> Folder::enter(const std::string& name) const {
  CHECK(single(name, path_));
  const Path path = path_ / name;
  if (::mkdirat(fd_, name.c_str(), 0777) != 0 && errno != EEXIST) return failed("make the folder", path, errno);
  const int fd = ::openat(fd_, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd >= 0) return Folder{fd, path};
  if (errno == ENOTDIR || errno == ELOOP)
    return fail({.kind = ErrorKind::io,
                 .tried = "enter the folder",
                 .where = path.string(),
                 .got = "what is there is no folder; a symbolic link is not followed",
                 .next = "move it away, or choose another folder with -o"});
  return failed("open the folder", path, errno);
}

Result<std::unique_ptr<File>> Folder::create(const std::string& name) const {
  CHECK(single(name, path_));
  const Path path = path_ / name;
  Descriptor fd{::openat(fd_, name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666)};
  if (fd.get() >= 0) return posix_file(std::move(fd), path);
  if (errno == EEXIST) return in_the_way("create the file", path);
  return failed("create the file", path, errno);
}

Result<void> Folder::rename(const std::string& from, const std::string& to, bool replace) const {
  CHECK(single(from, path_));
  CHECK(single(to, path_));
  const Path path = path_ / to;
  const std::string tried = "give the file its name";
  if (replace) {
    if (::renameat(fd_, from.c_str(), fd_, to.c_str()) != 0) return failed(tried, path, errno);
    return {};
  }
  // A second name fails where the name is taken, on every file system that has second names; those that have none are asked first.
  if (::linkat(fd_, from.c_str(), fd_, to.c_str(), 0) == 0) return remove(from);
  if (errno == EEXIST) return in_the_way(tried, path);
  if (errno != EPERM && errno != ENOTSUP && errno != EMLINK && errno != ENOSYS) return failed(tried, path, errno);
  if (exists(to)) return in_the_way(tried, path);
  if (::renameat(fd_, from.c_str(), fd_, to.c_str()) != 0) return failed(tried, path, errno);
  return {};
}

Result<void> Folder::remove(const std::string& name) const {
  CHECK(single(name, path_));
  if (::unlinkat(fd_, name.c_str(), 0) != 0) return failed("remove the file", path_ / name, errno);
  return {};
}

Result<void> Folder::set_modified(const std::string& name, std::int64_t seconds) const {
  CHECK(single(name, path_));
  const timespec times[] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, {.tv_sec = seconds, .tv_nsec = 0}};
  if (::utimensat(fd_, name.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0) return {};
  if (errno == EINVAL)
    return fail({.kind = ErrorKind::unsupported,
                 .tried = "set the file's time",
                 .where = (path_ / name).string(),
                 .got = "the system has no such time",
                 .next = ""});
  return failed("set the file's time", path_ / name, errno);
}

bool Folder::exists(const std::string& name) const {
  struct stat st{};
  return single(name, path_) && ::fstatat(fd_, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) == 0;
}

Result<void> Folder::claim() const {
  if (::flock(fd_, LOCK_EX | LOCK_NB) == 0) return {};
  if (errno != EWOULDBLOCK) return failed("claim the folder", path_, errno);
  return fail({.kind = ErrorKind::busy,
               .tried = "write into the folder",
               .where = path_.string(),
               .got = "another process does so",
               .next = "wait for the other pressmark to end, or choose another folder with -o"});
}

std::optional<Folder::Room> Folder::room() const {
  struct statvfs fs{};
  if (::fstatvfs(fd_, &fs) != 0) return std::nullopt;
  Room room{.bytes = std::uint64_t{fs.f_bavail} * fs.f_frsize, .files = {}};
  if (fs.f_files > 0) room.files = fs.f_favail;
  return room;
}

}  // namespace pressmark
