#include "rip/writer.h"

#include <algorithm>

#include "core/try.h"

namespace pressmark {
namespace {

Path with(const Path& name, std::string_view extension) {
  Path path = name;
  path += extension;
  return path;
}

bool all_zero(std::span<const std::byte> bytes) {
  return bytes.empty() ||
         (bytes[0] == std::byte{0} && std::ranges::equal(bytes.subspan(1), bytes.first(bytes.size() - 1)));
}

}  // namespace

RipNames::RipNames(const Path& name)
    : part(with(name, ".iso.part")), image(with(name, ".iso")), map(with(name, ".map")), lock(with(name, ".lock")) {}

Result<std::unique_ptr<ImageWriter>> ImageWriter::open(Files& files, const RipNames& names, bool overwrite) {
  std::unique_ptr<ImageWriter> writer{new ImageWriter{files, names}};
  TRY(writer->lock_, files.lock(names.lock));
  writer->overwrite_ = overwrite;
  if (!overwrite) CHECK(writer->look());
  return writer;
}

Result<void> ImageWriter::look() {
  const bool part = files_.exists(names_.part);
  const bool image = files_.exists(names_.image);
  const bool map = files_.exists(names_.map);
  const auto in_the_way = [&](const Path& path, std::string got) {
    return fail({.kind = ErrorKind::usage,
                 .tried = "begin or continue a rip",
                 .where = path.string(),
                 .got = std::move(got),
                 .next = "choose another name with -o, or start anew over these files with --overwrite"});
  };
  if (!map && image) return in_the_way(names_.image, "the file exists and has no map beside it to continue from");
  if (!map && part) {
    // A map is written before the first byte of an image: only an empty file can be a rip that was cut off before that.
    TRY(const auto left, files_.open(names_.part, OpenMode::read));
    TRY(const std::uint64_t bytes, left->size());
    if (bytes > 0) return in_the_way(names_.part, "it holds bytes and has no map beside it to say which are good");
  }
  if (!map) return {};
  if (!part && !image) return in_the_way(names_.map, "the map exists, but its image does not");
  TRY(const std::string text, read_text(files_, names_.map, 1U << 30U));
  TRY(found_.map, parse_mapfile(text, names_.map.string()));
  found_.published = !part;
  TRY(file_, files_.open(part ? names_.part : names_.image, OpenMode::update));
  // A good sector that the file is too short to hold was never written: the files are not of one rip.
  TRY(const std::uint64_t size, file_->size());
  const auto beyond = found_.map->map.find(static_cast<std::int64_t>(size / kUserBytes), is_good);
  if (beyond) return in_the_way(names_.map, "the map calls sectors good that the image is too short to hold");
  if (size > static_cast<std::uint64_t>(found_.map->map.sectors()) * kUserBytes)
    return in_the_way(part ? names_.part : names_.image, "the image is longer than its map: they are not of one rip");
  written_end_ = size;
  return {};
}

Result<void> ImageWriter::read_back(std::int64_t sector, std::span<std::byte> out) {
  TRY(const std::size_t n, file_->read_at(static_cast<std::uint64_t>(sector) * kUserBytes, out));
  if (n == out.size()) return {};
  if (sparse) {  // zeros at the end that no commit has made part of the file yet
    std::ranges::fill(out.subspan(n), std::byte{0});
    return {};
  }
  return fail({.kind = ErrorKind::io,
               .tried = "read the image back",
               .where = (found_.published ? names_.image : names_.part).string(),
               .got = "the file is shorter than its map says",
               .next = "start anew with --overwrite"});
}

Result<void> ImageWriter::begin() {
  if (!found_.map) {
    // The old map goes first: it must never stand beside bytes it does not speak of. The old image stays until the new one is whole.
    if (overwrite_ && files_.exists(names_.map)) CHECK(files_.remove(names_.map));
    TRY(file_, files_.open(names_.part, OpenMode::create));
    written_end_ = 0;
  } else if (found_.published) {
    CHECK(files_.rename(names_.image, names_.part));
    found_.published = false;
  }
  return files_.sync_directory(names_.part.parent_path());
}

Result<void> ImageWriter::store(std::int64_t sector, std::span<const std::byte> bytes) {
  const std::uint64_t offset = static_cast<std::uint64_t>(sector) * kUserBytes;
  if (sparse && offset >= written_end_ && all_zero(bytes)) return {};
  CHECK(file_->write_at(offset, bytes));
  written_end_ = std::max(written_end_, offset + bytes.size());
  return {};
}

Result<void> ImageWriter::commit(const MapFile& map) {
  // Holes at the end exist only once the length says so; without this a good run of zeros would lie beyond the file.
  if (sparse) {
    std::int64_t end = 0;
    for (auto run = map.map.find(0, is_good); run; run = map.map.find(run->end(), is_good)) end = run->end();
    TRY(const std::uint64_t size, file_->size());
    if (const auto needed = static_cast<std::uint64_t>(end) * kUserBytes; size < needed) CHECK(file_->resize(needed));
  }
  CHECK(file_->sync());
  return replace_text(files_, names_.map, [&](const TextPieces& out) { return write_mapfile(map, out); });
}

Result<void> ImageWriter::finish(std::int64_t sectors) {
  CHECK(file_->resize(static_cast<std::uint64_t>(sectors) * kUserBytes));
  return file_->sync();
}

Result<void> ImageWriter::publish() {
  if (found_.published) return {};
  CHECK(files_.rename(names_.part, names_.image));
  found_.published = true;
  return files_.sync_directory(names_.image.parent_path());
}

}  // namespace pressmark
