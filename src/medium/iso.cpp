// An image of 2048-byte sectors as a medium: one data track, read straight from the file.
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <limits>

#include "pressmark/files.h"
#include "pressmark/medium.h"

#include "core/try.h"

namespace pressmark {
namespace {

/// Every raw CD sector begins so (ECMA-130 14.1); no file system does.
constexpr std::array kSync{std::byte{0x00}, std::byte{0xFF}, std::byte{0xFF}, std::byte{0xFF},
                           std::byte{0xFF}, std::byte{0xFF}, std::byte{0xFF}, std::byte{0xFF},
                           std::byte{0xFF}, std::byte{0xFF}, std::byte{0xFF}, std::byte{0x00}};

class IsoMedium final : public Medium {
 public:
  IsoMedium(std::unique_ptr<File> file, std::string where, MediaKind kind, std::uint32_t sectors)
      : file_(std::move(file)), where_(std::move(where)), kind_(kind), track_{.sectors = sectors} {}

  MediaKind kind() const override { return kind_; }
  std::span<const MediumTrack> tracks() const override { return {&track_, 1}; }
  Lba end() const override { return track_.start + track_.sectors; }

  Result<void> read_stored(Lba first, std::uint32_t count, std::span<std::byte> out) override {
    if (first < Lba{0} || first + count > end() || out.size() != std::size_t{count} * kUserBytes)
      return fail({.kind = ErrorKind::usage,
                   .tried = fmt::format("read {} sectors into {} bytes", count, out.size()),
                   .where = fmt::format("{}, LBA {}", where_, first.value),
                   .got = fmt::format("the image has {} sectors of {} bytes", track_.sectors, kUserBytes)});
    TRY(const std::size_t got, file_->read_at(first.byte_offset(), out));
    // Only the last sector may end inside the file; a file cut short since it was opened must not pass for zeros.
    if (got < out.size() && out.size() - got >= kUserBytes)
      return fail({.kind = ErrorKind::io,
                   .tried = fmt::format("read {} sectors", count),
                   .where = fmt::format("{}, LBA {}", where_, first.value),
                   .got = fmt::format("{} bytes instead of {}: the file has become shorter", got, out.size()),
                   .next = "see what else writes to this file"});
    std::ranges::fill(out.subspan(got), std::byte{0});
    return {};
  }

 private:
  std::unique_ptr<File> file_;
  std::string where_;
  MediaKind kind_;
  MediumTrack track_;
};

std::unexpected<Error> refused(const std::filesystem::path& path, ErrorKind kind, std::string got, std::string next) {
  return fail({.kind = kind,
               .tried = "open the image",
               .where = path.string(),
               .got = std::move(got),
               .next = std::move(next)});
}

}  // namespace

Result<std::unique_ptr<Medium>> open_iso(const std::filesystem::path& path, MediaKind kind) {
  std::error_code ignored;
  // Asked before opening: opening a pipe would wait for its other end.
  if (std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored))
    return refused(path, ErrorKind::unsupported, "not a regular file", "give the path of an image file");
  TRY(auto file, system_files().open(path, OpenMode::read));
  TRY(const std::uint64_t bytes, file->size());
  if (bytes == 0) return refused(path, ErrorKind::parse, "the file is empty", "check that this is the file you meant");
  const std::uint64_t sectors = (bytes - 1) / kUserBytes + 1;
  if (sectors > static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max()))
    return refused(path, ErrorKind::unsupported, fmt::format("{} bytes are more than any disc holds", bytes), {});
  std::array<std::byte, kSync.size()> head{};
  TRY(const std::size_t got, file->read_at(0, head));
  if (got == head.size() && head == kSync)
    return refused(
        path, ErrorKind::unsupported,
        fmt::format("the file begins like a raw CD image of {}-byte sectors, not like an image of {}-byte ones",
                    kRawBytes, kUserBytes),
        "give its cue sheet; for a single data track: FILE \"NAME.bin\" BINARY, TRACK 01 MODE1/2352, "
        "INDEX 01 00:00:00, a line each");
  if (kind == MediaKind::none) kind = kind_for_size(bytes);
  return std::make_unique<IsoMedium>(std::move(file), path.string(), kind, static_cast<std::uint32_t>(sectors));
}

}  // namespace pressmark
