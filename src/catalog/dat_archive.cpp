// libzip reads the archive. What it says of sizes is not believed: bytes are counted as they come.
#include "catalog/dat_archive.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <memory>
#include <zip.h>

#include "catalog/dat_parser.h"
#include "core/printable.h"
#include "core/text.h"
#include "core/try.h"

namespace pressmark {
namespace {

constexpr std::array<std::string_view, 7> kDatExtensions{".dat", ".xml", ".sfv", ".md5", ".sha1", ".sha256", ".clr"};
constexpr zip_int64_t kMostFiles = 100'000;
/// Names and digests of real DATs shrink to a third or less; digests alone cannot shrink below half. Deflate could do 1:1032.
constexpr std::uint64_t kMostGrowth = 100;
constexpr std::uint64_t kGrowsAnyway = 16U << 20U;

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

bool is_dat(std::string_view name) {
  const std::string folded = lower(name);
  return folded.ends_with("sums") ||
         std::ranges::any_of(kDatExtensions, [&](std::string_view end) { return folded.ends_with(end); });
}

class ZipReader {
 public:
  explicit ZipReader(const Path& path) : path_(path) {}

  Result<DatArchive> each(const std::function<Result<void>(const std::string&, const ByteSource&)>& take) {
    int code = 0;
    archive_.reset(zip_open(path_.c_str(), ZIP_RDONLY, &code));
    if (!archive_) {
      zip_error_t error;
      zip_error_init_with_code(&error, code);
      const std::string words = zip_error_strerror(&error);
      zip_error_fini(&error);
      return bad(ErrorKind::parse, path_.string(), words);
    }
    const zip_int64_t files = zip_get_num_entries(archive_.get(), 0);
    if (files > kMostFiles) return bad(ErrorKind::unsupported, path_.string(), fmt::format("it has {} files", files));
    DatArchive result;
    for (zip_int64_t i = 0; i < files; ++i) {
      zip_stat_t about;
      zip_stat_init(&about);
      if (zip_stat_index(archive_.get(), static_cast<zip_uint64_t>(i), 0, &about) != 0) return damaged(path_.string());
      const std::string name = about.name == nullptr ? "" : about.name;
      if (name.ends_with('/')) continue;
      if (!is_dat(name)) {
        ++result.passed_over;
        continue;
      }
      ++result.dats;
      CHECK(one(static_cast<zip_uint64_t>(i), name, about, take));
    }
    if (result.dats == 0)
      return bad(ErrorKind::unsupported, path_.string(),
                 fmt::format("none of its {} files is a DAT or a sum file by its name", files));
    return result;
  }

 private:
  Result<void> one(zip_uint64_t index, const std::string& name, const zip_stat_t& about,
                   const std::function<Result<void>(const std::string&, const ByteSource&)>& take) {
    const std::string where = fmt::format("{}: {}", path_.string(), printable(name));
    if ((about.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && about.encryption_method != ZIP_EM_NONE)
      return bad(ErrorKind::unsupported, where, "it is encrypted");
    const std::unique_ptr<zip_file_t, Discard> file{zip_fopen_index(archive_.get(), index, 0)};
    if (!file) return damaged(where);
    const std::uint64_t most = std::max(kGrowsAnyway, about.comp_size * kMostGrowth);
    std::uint64_t bytes = 0;
    return take(name, [&](std::span<std::byte> out) -> Result<std::size_t> {
      const zip_int64_t got = zip_fread(file.get(), out.data(), out.size());
      if (got < 0) return bad(ErrorKind::parse, where, zip_file_strerror(file.get()));
      bytes += static_cast<std::uint64_t>(got);
      if (bytes > std::min(most, kLargestDatBytes))
        return bad(ErrorKind::unsupported, where,
                   fmt::format("it unpacks to more than {} bytes, as no DAT does", bytes));
      return static_cast<std::size_t>(got);
    });
  }

  [[nodiscard]] std::unexpected<Error> damaged(const std::string& where) const {
    return bad(ErrorKind::parse, where, zip_strerror(archive_.get()));
  }
  [[nodiscard]] static std::unexpected<Error> bad(ErrorKind kind, std::string where, std::string got) {
    return fail({.kind = kind,
                 .tried = "read DATs from the archive",
                 .where = std::move(where),
                 .got = std::move(got),
                 .next = "unpack it yourself, see what is in it, and import that"});
  }

  Path path_;
  std::unique_ptr<zip_t, Discard> archive_;
};

}  // namespace

Result<DatArchive> each_dat_in(const Path& archive,
                               const std::function<Result<void>(const std::string& name, const ByteSource&)>& take) {
  return ZipReader{archive}.each(take);
}

}  // namespace pressmark
