// An image file is read as it is; of a cue sheet the data track's user data, as if it were one.
#include "verify/measure.h"

#include <algorithm>
#include <fmt/format.h>

#include "pressmark/verify.h"

#include "core/try.h"

namespace pressmark {
namespace {

/// The data of a cue sheet's track as a file to compare with.
class TrackFile final : public File {
 public:
  explicit TrackFile(std::unique_ptr<SectorSource> source) : source_(std::move(source)) {}

  /// `offset` is a multiple of 2048, as Comparer has it.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    const auto length = static_cast<std::size_t>(
        std::min<std::uint64_t>(out.size(), source_->bytes() - std::min(offset, source_->bytes())));
    const auto count = static_cast<std::uint32_t>((length + kUserBytes - 1) / kUserBytes);
    sectors_.resize(std::size_t{count} * kUserBytes);
    const Lba first{static_cast<std::int64_t>(offset / kUserBytes)};
    std::vector<LbaRange> unreadable;
    CHECK(source_->read(first, count, sectors_, unreadable));
    if (!unreadable.empty())
      return fail({.kind = ErrorKind::io,
                   .tried = "read the image to compare with",
                   .where = fmt::format("{}, sector {}", source_->name(), unreadable.front().first.value),
                   .got = "its EDC does not hold",
                   .next = "compare with an image that is whole"});
    std::ranges::copy(std::span{sectors_}.first(length), out.begin());
    return length;
  }
  Result<std::uint64_t> size() override { return source_->bytes(); }
  Result<void> write_at(std::uint64_t, std::span<const std::byte>) override { return read_only(); }
  Result<void> sync() override { return {}; }
  Result<void> resize(std::uint64_t) override { return read_only(); }

 private:
  [[nodiscard]] std::unexpected<Error> read_only() const {
    return fail({.kind = ErrorKind::usage, .tried = "write", .where = source_->name(), .got = "it is only read here"});
  }
  std::unique_ptr<SectorSource> source_;
  std::vector<std::byte> sectors_;
};

}  // namespace

Result<std::unique_ptr<File>> open_measure(Files& files, const Path& path) {
  if (!is_cue(path)) return files.open(path, OpenMode::read);
  TRY(auto source, open_image(files, path));
  return std::make_unique<TrackFile>(std::move(source));
}

}  // namespace pressmark
