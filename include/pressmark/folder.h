// A folder that is held open, for names that nobody vouches for.
//
// Each step goes from an open folder to one name in it (openat(2)) and follows no symbolic link, so that neither a name from a hostile
// disc nor a link that lies there already leads out of the folder the user gave. Names are single: without '/', not "." or
// "..", not empty; anything else is refused (usage).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "pressmark/error.h"
#include "pressmark/files.h"

namespace pressmark {

class Folder {
 public:
  /// The user's own word: links on the way to it are followed. It is made if it is absent, its parents are not. Fails: not_found,
  /// no_permission, io.
  static Result<Folder> open(const Path& path);
  Folder(Folder&&) noexcept;
  Folder& operator=(Folder&&) noexcept;
  ~Folder();

  /// The folder of that name in this one, made if it is absent. Fails: io (there is something else of that name, or a link).
  Result<Folder> enter(const std::string& name) const;
  /// A new, empty file for reading and writing. Fails: busy if there is anything of that name already.
  Result<std::unique_ptr<File>> create(const std::string& name) const;
  /// Gives a file of this folder another name in it. Fails: busy if there is anything of that name already and `replace` is false; what
  /// is replaced is the name: no link is followed.
  Result<void> rename(const std::string& from, const std::string& to, bool replace) const;
  Result<void> remove(const std::string& name) const;
  /// Sets when a file of this folder was last changed, in seconds since 1970-01-01 UTC. Fails: not_found, no_permission, io, unsupported (a time that
  /// the system cannot keep).
  Result<void> set_modified(const std::string& name, std::int64_t seconds) const;
  [[nodiscard]] bool exists(const std::string& name) const;

  struct Room {
    std::uint64_t bytes = 0;
    std::optional<std::uint64_t> files;  ///< that may still be made; nothing where the file system does not count them
  };
  [[nodiscard]] std::optional<Room> room() const;
  /// While this object lives nobody else claims the folder. Fails: busy.
  Result<void> claim() const;
  [[nodiscard]] const Path& path() const { return path_; }

 private:
  Folder(int fd, Path path) : fd_(fd), path_(std::move(path)) {}
  int fd_ = -1;
  Path path_;  // for people
};

}  // namespace pressmark
