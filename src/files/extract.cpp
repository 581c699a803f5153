// Files are written in order of their first sector: on an optical disc seeks are what extraction costs. Further names of a file are copied
// from the file that was just written. Each is made under a name that no disc gave and gets its own when it is whole.
#include "pressmark/extract.h"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>

#include "core/text.h"
#include "core/try.h"

namespace pressmark {

namespace {

constexpr std::string_view kUnfinished = ".pressmark-unfinished";
constexpr std::uint64_t kBlock = 4096;  // what a file takes at least, on most file systems

std::uint64_t saturated(std::uint64_t a, std::uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }

/// A name of at most 255 bytes, as Linux takes them: cut where a character ends, its extension kept.
std::string fitting(std::string_view name) {
  constexpr std::size_t kMost = 240, kMostExtension = 20;  // leaves room for " (2)"
  if (name.size() <= kMost) return std::string{name};
  const std::size_t dot = name.rfind('.');
  const std::string_view extension =
      dot != std::string_view::npos && name.size() - dot <= kMostExtension ? name.substr(dot) : std::string_view{};
  std::size_t end = kMost - extension.size();
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80) --end;
  return std::string{name.substr(0, end)} + std::string{extension};
}

/// "name (2).ext"
std::string numbered(const std::string& name, std::uint32_t number) {
  const std::size_t dot = name.rfind('.');
  const std::size_t at = dot == std::string::npos || dot == 0 ? name.size() : dot;
  return fmt::format("{} ({}){}", name.substr(0, at), number, name.substr(at));
}

std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts;
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    parts.push_back(fitting(path.substr(start, end - start)));
    start = end + 1;
  }
  return parts;
}

std::string joined(const std::vector<std::string>& parts) { return fmt::format("{}", fmt::join(parts, "/")); }

/// The same for paths that differ in letters only. Where chance makes it the same for others, a file gets a number that it did not need.
std::uint64_t key(const std::string& path) { return std::hash<std::string>{}(lower(path)); }

class Extraction {
 public:
  Extraction(const Volume& volume, const ReadDamaged& read, const Folder& into, const ExtractOptions& options,
             ExtractReport& report)
      : volume_(volume), read_(read), into_(into), options_(options), report_(report) {}

  Result<void> run(std::span<const Chosen> files) {
    CHECK(into_.claim());
    std::vector<Chosen> order{files.begin(), files.end()};
    std::erase_if(order, [&](const Chosen& chosen) {
      const bool link = volume_.files()[chosen.file].symbolic_link;
      report_.links += link ? 1 : 0;
      return link;
    });
    CHECK(refuse_too_much(order));
    std::ranges::stable_sort(order, {}, [&](const Chosen& c) { return std::pair{address(c.file), c.file}; });
    for (const Chosen& chosen : order) CHECK(one(chosen));
    return {};
  }

 private:
  [[nodiscard]] std::int64_t address(std::uint32_t file) const {
    for (const VolumeExtent& extent : volume_.extents(volume_.files()[file]))
      if (extent.recorded()) return extent.at;
    return -1;
  }

  Result<void> refuse_too_much(const std::vector<Chosen>& files) const {
    std::uint64_t claimed = 0, needed = 0;
    for (const Chosen& chosen : files) {
      const std::uint64_t bytes = volume_.files()[chosen.file].bytes;
      claimed = saturated(claimed, bytes);
      needed = saturated(needed, saturated(bytes, kBlock - 1) / kBlock * kBlock);
    }
    const auto image = static_cast<std::uint64_t>(options_.sectors) * kUserBytes;
    if (claimed > options_.limit_bytes.value_or(image))
      return fail(
          {.kind = ErrorKind::usage,
           .tried = fmt::format("extract {} files", files.size()),
           .where = into_.path().string(),
           .got = options_.limit_bytes
                      ? fmt::format("they claim {} bytes, more than the limit of {}", claimed, *options_.limit_bytes)
                      : fmt::format("they claim {} bytes, the image has {}: files share sectors, or claim what is "
                                    "not there",
                                    claimed, image),
           .next = fmt::format("choose fewer files, or allow as much with --limit {}", claimed)});
    const auto room = into_.room();
    if (room && (needed > room->bytes || (room->files && files.size() > *room->files)))
      return fail({.kind = ErrorKind::no_space,
                   .tried = fmt::format("extract {} files of {} bytes", files.size(), claimed),
                   .where = into_.path().string(),
                   .got = fmt::format("there is room for {} bytes{}", room->bytes,
                                      room->files ? fmt::format(" and {} files", *room->files) : ""),
                   .next = "free some space there, choose another folder with -o, or fewer files"});
    return {};
  }

  /// What ends everything comes back; what only this file cannot have becomes a remark.
  Result<void> one(const Chosen& chosen) {
    ExtractedFile remark{
        .file = chosen.file, .path = volume_.path_of_name(chosen.name), .written_as = {}, .lost = {}, .error = {}};
    std::vector<std::string> parts = parts_of(remark.path);
    auto folder = folder_of(parts);
    auto written = folder ? write(**folder, parts, remark) : Result<void>{std::unexpected(folder.error())};
    if (!written) {
      const ErrorKind kind = written.error().kind;
      const bool ours = kind == ErrorKind::busy || kind == ErrorKind::io || kind == ErrorKind::no_permission ||
                        kind == ErrorKind::not_found;
      if (!ours || failed_reading_) return written;
      remark.error = std::move(written.error());
    }
    for (const LostPart& lost : remark.lost) report_.lost_bytes += lost.bytes;
    const bool renamed = !remark.written_as.empty();
    if (remark.error) ++report_.not_written;
    if (!renamed && !remark.error && remark.lost.empty()) return {};
    if (report_.remarks.size() < ExtractReport::kMostRemarks)
      report_.remarks.push_back(std::move(remark));
    else
      ++report_.remarks_omitted;
    return {};
  }

  /// The folder that `parts` but for the last lead to. Those on the way to the file before stay open.
  Result<const Folder*> folder_of(const std::vector<std::string>& parts) {
    std::size_t same = 0;
    while (same < open_.size() && same + 1 < parts.size() && open_[same].first == parts[same]) ++same;
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(same), open_.end());
    std::string path;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      path += (i > 0 ? "/" : "") + parts[i];
      if (i < same) continue;
      const Folder& above = i == 0 ? into_ : open_[i - 1].second;
      TRY(Folder folder, above.enter(parts[i]));
      made_.try_emplace(key(path), 1);
      open_.emplace_back(parts[i], std::move(folder));
    }
    return open_.empty() ? &into_ : &open_.back().second;
  }

  Result<void> write(const Folder& folder, std::vector<std::string>& parts, ExtractedFile& remark) {
    const VolumeFile& file = volume_.files()[remark.file];
    const std::string unfinished{kUnfinished};
    // Asked before the disc is read for nothing; that nothing is replaced is seen to when the file gets its name.
    if (!options_.overwrite && folder.exists(parts.back()) && !made_.contains(key(joined(parts))))
      return fail({.kind = ErrorKind::busy,
                   .tried = "write the file",
                   .where = (folder.path() / parts.back()).string(),
                   .got = "there is something of that name already",
                   .next = "use --overwrite, or choose another folder with -o"});
    if (folder.exists(unfinished)) CHECK(folder.remove(unfinished));  // of a run that was killed
    TRY(std::unique_ptr<File> out, folder.create(unfinished));
    auto done = content(file, *out, remark);
    // A file system that keeps no such time keeps the file all the same.
    if (done && file.modified != VolumeFile::kNoTime) (void)folder.set_modified(unfinished, file.modified);
    if (done) done = publish(folder, parts, remark);
    if (!done) {
      (void)folder.remove(unfinished);
      return done;
    }
    ++report_.files;
    report_.bytes += file.bytes;
    last_ = {.file = remark.file, .content = std::move(out), .lost = remark.lost};
    return {};
  }

  Result<void> content(const VolumeFile& file, File& out, ExtractedFile& remark) {
    const WriteBytes write = [&](std::uint64_t offset, std::span<const std::byte> bytes) {
      return out.write_at(offset, bytes);
    };
    if (last_.content && last_.file == remark.file) {
      remark.lost = last_.lost;
      return again(file.bytes, write);
    }
    failed_reading_ = false;
    const ReadDamaged read = [&](SectorRange where, std::span<std::byte> bytes, std::vector<SectorRange>& bad) {
      auto got = read_(where, bytes, bad);
      failed_reading_ = !got;
      return got;
    };
    TRY(remark.lost, copy_file(volume_, file, read, write, options_.copy));
    return {};
  }

  /// The same bytes under a further name.
  Result<void> again(std::uint64_t bytes, const WriteBytes& write) {
    std::vector<std::byte> piece(128 * 1024);
    for (std::uint64_t at = 0; at < bytes; at += piece.size()) {
      TRY(const std::size_t got, last_.content->read_at(at, piece));
      CHECK(write(at, std::span{piece}.first(got)));
      if (options_.copy.progress && !options_.copy.progress(got))
        return fail({.kind = ErrorKind::interrupted, .tried = "copy a file"});
    }
    return {};
  }

  Result<void> publish(const Folder& folder, std::vector<std::string>& parts, ExtractedFile& remark) {
    const std::string name = parts.back();
    const auto [mine, is_new] = made_.try_emplace(key(joined(parts)), 1);
    std::uint32_t& number = mine->second;  // stays where it is when the map grows
    auto named = folder.rename(std::string{kUnfinished}, name, options_.overwrite && is_new);
    // A name in the way that this run has made, be it in other letters: this one gets a number.
    while (!named && named.error().kind == ErrorKind::busy && !is_new) {
      parts.back() = numbered(name, ++number);
      const bool free = made_.try_emplace(key(joined(parts)), 1).second;
      named = folder.rename(std::string{kUnfinished}, parts.back(), options_.overwrite && free);
    }
    const std::string written = joined(parts);
    if (named && written != remark.path) remark.written_as = written;
    return named;
  }

  const Volume& volume_;
  const ReadDamaged& read_;
  const Folder& into_;
  const ExtractOptions& options_;
  ExtractReport& report_;
  std::vector<std::pair<std::string, Folder>> open_;       // from below `into_` to where the last file went
  std::unordered_map<std::uint64_t, std::uint32_t> made_;  // key of a path -> highest number given to it
  struct {
    std::uint32_t file = 0;
    std::unique_ptr<File> content;
    std::vector<LostPart> lost;
  } last_;
  bool failed_reading_ = false;
};

}  // namespace

Result<void> extract(const Volume& volume, std::span<const Chosen> files, const ReadDamaged& read, const Folder& into,
                     const ExtractOptions& options, ExtractReport& report) {
  return Extraction{volume, read, into, options, report}.run(files);
}

}  // namespace pressmark
