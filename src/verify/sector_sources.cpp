// Files and tracks as sources of 2048-byte sectors.
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <limits>

#include "pressmark/sector.h"
#include "pressmark/verify.h"

#include "core/bytes.h"
#include "core/text.h"
#include "core/try.h"

namespace pressmark {
namespace {

class FileSource final : public SectorSource {
 public:
  FileSource(std::unique_ptr<File> file, std::string name, std::uint64_t bytes)
      : file_(std::move(file)), name_(std::move(name)), bytes_(bytes) {}

  std::string name() const override { return name_; }
  std::uint64_t bytes() const override { return bytes_; }

  Result<void> read(Lba first, std::uint32_t count, std::span<std::byte> out,
                    std::vector<LbaRange>& unreadable) override {
    const std::uint64_t offset = first.byte_offset();
    const auto length =
        static_cast<std::size_t>(std::min<std::uint64_t>(std::uint64_t{count} * kUserBytes, bytes_ - offset));
    const auto got = file_->read_at(offset, out.first(length));
    if (got && *got == length) return {};
    if (got)
      return fail({.kind = ErrorKind::io,
                   .tried = fmt::format("read {} sectors", count),
                   .where = fmt::format("{}, LBA {}", name_, first.value),
                   .got = fmt::format("{} bytes instead of {}: the file has become shorter", *got, length),
                   .next = "see what else writes to this file"});
    if (count == 1) {
      unreadable.push_back({first, 1});
      return {};
    }
    // The disk fails somewhere in here: halves tell where, in few reads where the damage is small.
    const std::uint32_t half = count / 2;
    CHECK(read(first, half, out, unreadable));
    return read(first + half, count - half, out.subspan(std::size_t{half} * kUserBytes), unreadable);
  }

 private:
  std::unique_ptr<File> file_;
  std::string name_;
  std::uint64_t bytes_;
};

constexpr std::uint32_t kMode2Bytes = 2336;  // a Mode 2 sector without sync and header: subheader 8, data, EDC, ...
constexpr std::size_t kForm1Covered = 8 + kUserBytes;

/// The user data of a Mode 2 form 1 sector that is stored from its subheader on; nothing if it is of form 2 or its EDC fails.
std::optional<std::span<const std::byte>> form1_data(std::span<const std::byte> stored) {
  constexpr std::uint32_t kForm2 = 0x20;  // in the submode byte
  ByteReader in{stored};
  const bool copies_agree = std::ranges::equal(in.slice(0, 4), in.slice(4, 4));
  if (!copies_agree || (in.u8(2) & kForm2) != 0 || in.le32(kForm1Covered) != edc(in.slice(0, kForm1Covered)))
    return std::nullopt;
  return in.slice(8, kUserBytes);
}

class TrackSource final : public SectorSource {
 public:
  TrackSource(std::unique_ptr<Medium> medium, std::string name, MediumTrack track)
      : medium_(std::move(medium)), name_(std::move(name)), track_(std::move(track)) {}

  std::string name() const override { return name_; }
  std::uint64_t bytes() const override { return std::uint64_t{track_.sectors} * kUserBytes; }

  Result<void> read(Lba first, std::uint32_t count, std::span<std::byte> out,
                    std::vector<LbaRange>& unreadable) override {
    const Lba address = track_.start + first.value;
    if (track_.stored_bytes == kUserBytes)
      return medium_->read_stored(address, count, out.first(std::size_t{count} * kUserBytes));
    stored_.resize(std::size_t{count} * track_.stored_bytes);
    CHECK(medium_->read_stored(address, count, stored_));
    SectorRanges bad;
    if (track_.stored_bytes == kMode2Bytes)
      strip_mode2(first, out, bad);
    else
      strip_raw(first, address, count, out, bad);
    unreadable.insert(unreadable.end(), bad.ranges.begin(), bad.ranges.end());
    return {};
  }

 private:
  void strip_mode2(Lba first, std::span<std::byte> out, SectorRanges& bad) const {
    for (std::span<const std::byte> rest{stored_}; !rest.empty(); rest = rest.subspan(kMode2Bytes)) {
      if (const auto data = form1_data(rest.first(kMode2Bytes)))
        std::ranges::copy(*data, out.begin());
      else
        bad.add({first, 1});
      out = out.subspan(kUserBytes);
      first += 1;
    }
  }

  void strip_raw(Lba first, Lba address, std::uint32_t count, std::span<std::byte> out, SectorRanges& bad) {
    checks_.resize(count);
    const auto is_user_data = [](const SectorCheck& check) {
      return check.mode == SectorMode::mode1 || check.mode == SectorMode::mode2_form1;
    };
    check_and_strip(address, stored_, out.first(std::size_t{count} * kUserBytes), checks_);
    for (std::uint32_t i = 0; i < count; ++i)
      if (!is_user_data(checks_[i]) || !checks_[i].proven(address + i)) bad.add({first + i, 1});
  }

  std::unique_ptr<Medium> medium_;
  std::string name_;
  MediumTrack track_;
  std::vector<std::byte> stored_;
  std::vector<SectorCheck> checks_;
};

std::unexpected<Error> no_track(const std::string& name, std::string got, std::string next) {
  return fail({.kind = ErrorKind::usage,
               .tried = "choose the track to verify",
               .where = name,
               .got = std::move(got),
               .next = std::move(next)});
}

}  // namespace

Result<std::unique_ptr<SectorSource>> open_file_source(Files& files, const Path& path) {
  const auto refused = [&](std::string got) {
    return fail({.kind = ErrorKind::unsupported,
                 .tried = "open the image",
                 .where = path.string(),
                 .got = std::move(got),
                 .next = "give the path of an image file"});
  };
  std::error_code ignored;
  // Asked before opening: opening a pipe would wait for its other end.
  if (std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored))
    return refused("not a regular file");
  TRY(auto file, files.open(path, OpenMode::read));
  TRY(const std::uint64_t bytes, file->size());
  if (bytes / kUserBytes >= static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max()))
    return refused(fmt::format("{} bytes are more than any disc holds", bytes));
  return std::make_unique<FileSource>(std::move(file), path.string(), bytes);
}

Result<std::unique_ptr<SectorSource>> medium_source(std::unique_ptr<Medium> medium, std::string name,
                                                    std::uint8_t track) {
  std::vector<MediumTrack> found;
  for (const MediumTrack& candidate : medium->tracks())
    if (candidate.mode != TrackMode::audio && (track == 0 || candidate.number == track)) found.push_back(candidate);
  if (found.empty())
    return no_track(name, track == 0 ? "it has no data track" : fmt::format("track {} is no data track of it", track),
                    "audio is verified from its image files");
  if (found.size() > 1)
    return no_track(name, fmt::format("it has {} data tracks", found.size()), "choose one with --track N");
  return std::make_unique<TrackSource>(std::move(medium), std::move(name), found.front());
}

bool is_cue(const Path& path) { return lower(path.extension().string()) == ".cue"; }

Result<std::unique_ptr<SectorSource>> open_image(Files& files, const Path& path, std::uint8_t track) {
  if (!is_cue(path)) return open_file_source(files, path);
  TRY(auto medium, open_cue(path));
  return medium_source(std::move(medium), path.string(), track);
}

}  // namespace pressmark
