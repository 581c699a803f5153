// What the files that call POSIX share: a descriptor that closes itself, and errors from errno.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "pressmark/files.h"

namespace pressmark {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor();
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

/// The error that `code` (an errno) means for a file operation.
std::unexpected<Error> failed(std::string tried, const Path& path, int code);

std::unique_ptr<File> posix_file(Descriptor fd, Path path);

}  // namespace pressmark
