// What a volume holds: its structures and its files, and which bytes of the image belong to each.
//
// A disc may show the same data in several ways ("views"): plain ISO 9660 names (ECMA-119), Rock Ridge names (IEEE P1282),
// a Joliet tree, a UDF file system (ECMA-167, OSTA UDF 1.02 to 2.60, with metadata, sparable and virtual partitions), HFS or HFS+
// (Inside Macintosh, TN1150). The walk
// reads all of them and unites what they share: files with the same bytes on the disc are one file with several paths.
// Of several sessions (ECMA-119 leaves them to the Orange Book) the last one's tree is what a reader shows; what only earlier
// sessions list is found as well, and says so.
//
// The disc is not trusted and need not be whole. A directory sector that cannot be read costs what it lists and nothing else;
// what lies beyond the image is cut off; loops end; everything that grows has a limit. What was missed on the way is told:
// Volume::troubles.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/error.h"
#include "pressmark/lba.h"

namespace pressmark {

/// Reads `count` image sectors of 2048 bytes from `first` into `out`. False: at least one of them cannot be read (`out` is then
/// not used; the walk asks again for each by itself). An error ends the walk and is what the walk returns.
using ReadSectors = std::function<Result<bool>(std::int64_t first, std::uint32_t count, std::span<std::byte> out)>;

/// In order of preference: a file's first path is that of the first view that has it.
enum class VolumeView : std::uint8_t { udf, rock_ridge, joliet, iso9660, hfs_plus, hfs };
inline constexpr std::size_t kVolumeViewCount = 6;
[[nodiscard]] std::string_view to_string(VolumeView view);

enum class StructureKind : std::uint8_t {
  system_area,  ///< sectors 0 to 15, which no file system uses (ECMA-119 6.2.1)
  descriptor,   ///< volume, partition, file set descriptors; anchors; recognition sequence
  path_table,   ///< ECMA-119 6.9
  directory,    ///< a directory's records, or a catalog's
  file_entry,   ///< UDF: where a file's data lies (ECMA-167 4/14.9)
  allocation,  ///< UDF: continued allocation descriptors, space bitmaps, virtual allocation and sparing tables; HFS: bitmaps,
               ///< extents overflow
  boot,        ///< El Torito catalogue and images; HFS: boot blocks
};
inline constexpr std::size_t kStructureKindCount = 7;
[[nodiscard]] std::string_view to_string(StructureKind kind);

/// A run of bytes of a file.
struct VolumeExtent {
  static constexpr std::int64_t kHole = -1;  ///< `at` of bytes that are not recorded and read as zeros
  std::int64_t at = 0;                       ///< byte of the image
  std::uint64_t bytes = 0;
  [[nodiscard]] constexpr bool recorded() const { return at >= 0; }
  /// The sectors that hold it; none for a hole.
  [[nodiscard]] SectorRange sectors() const;
  friend bool operator==(const VolumeExtent&, const VolumeExtent&) = default;
};

struct VolumeStructure {
  SectorRange where;
  StructureKind kind = StructureKind::descriptor;
  std::uint32_t label = 0;  ///< for Volume::name
};

struct VolumeFile {
  static constexpr std::int64_t kNoTime = INT64_MIN;
  std::uint64_t bytes = 0;  ///< as the file system says, whether or not all of it is on the image
  std::uint32_t first_extent = 0, extent_count = 0;
  std::uint32_t first_name = 0, name_count = 1;
  std::int64_t modified = kNoTime;  ///< seconds since 1970-01-01 UTC, as the preferred view has it
  bool whole = true;                ///< false: some of it is beyond the image, or the file system did not say where
  bool symbolic_link = false;       ///< has no bytes here; where it points is not looked at
};

/// One of the ways in which the volume names its files.
struct VolumeSummary {
  VolumeView view = VolumeView::iso9660;
  std::uint16_t session = 1;  ///< from 1
  std::string version;        ///< "ISO 9660", "Joliet level 3", "UDF 2.50"
  std::string volume_id;      ///< as UTF-8, without control characters
  std::int64_t sectors = 0;   ///< that it claims
  std::uint32_t files = 0, directories = 0;
};

/// Something that the walk could not follow.
struct VolumeTrouble {
  enum class Kind : std::uint8_t {
    unreadable,   ///< a sector could not be read: what it lists is not known
    malformed,    ///< bytes that break the standard
    beyond,       ///< a claim that reaches past the image: cut off
    loop,         ///< a directory that was already read: not read again
    limit,        ///< more than WalkLimits allow
    unsupported,  ///< the standard allows it, this walk does not follow it
  } kind = Kind::malformed;
  std::string text;   ///< "directory /DATA: sectors 200 to 201 cannot be read"
  SectorRange where;  ///< count 0: no one place
};
[[nodiscard]] std::string_view to_string(VolumeTrouble::Kind kind);

/// Values, as a walk left them. Text is kept once and everything refers to it by number, so that a file takes about
/// 100 bytes besides its name.
class Volume {
 public:
  /// None: no file system that is known here.
  [[nodiscard]] std::span<const VolumeSummary> views() const { return views_; }
  [[nodiscard]] std::span<const VolumeStructure> structures() const { return structures_; }
  [[nodiscard]] std::span<const VolumeFile> files() const { return files_; }
  /// In the order of the file's bytes; runs that follow one another on the image are one.
  [[nodiscard]] std::span<const VolumeExtent> extents(const VolumeFile& file) const;
  /// The sectors of its extents: sorted, disjoint, neighbours merged.
  [[nodiscard]] std::vector<SectorRange> sectors(const VolumeFile& file) const;

  /// Resource forks (HFS) are files of their own, "NAME:rsrc".
  /// The preferred path, UTF-8, '/' between names, none in front. Names never are "." or "..", nor hold '/' or control
  /// characters: what is odd on the disc is '_' here.
  [[nodiscard]] std::string path(const VolumeFile& file) const;
  struct Path {
    VolumeView view;
    std::string text;
    std::uint16_t session = 1;
    std::uint32_t name = 0;  ///< for `path_of_name`
  };
  /// All of them, the preferred first.
  [[nodiscard]] std::vector<Path> paths(const VolumeFile& file) const;
  [[nodiscard]] std::string path_of_name(std::uint32_t name) const;
  /// The numbers of all files in order of their preferred paths, name by name; where these are the same, the last session first. Makes no
  /// paths: of a volume that was made for it they would take more than a machine has.
  [[nodiscard]] std::vector<std::uint32_t> by_path() const;
  /// How many sessions were looked at, 1 at least; and the last of them that lists the file.
  [[nodiscard]] std::uint16_t sessions() const { return sessions_; }
  [[nodiscard]] std::uint16_t session(const VolumeFile& file) const;
  /// "path table (ISO 9660)", "directory /DATA (Joliet)", "directory /DATA (Joliet, session 1)" where there are later ones.
  [[nodiscard]] std::string name(const VolumeStructure& structure) const;

  /// The first WalkLimits::troubles of them, and how many there were.
  [[nodiscard]] std::span<const VolumeTrouble> troubles() const { return troubles_; }
  [[nodiscard]] std::uint64_t trouble_count() const { return trouble_count_; }

 private:
  friend class VolumeBuilder;
  static constexpr std::uint32_t kNone = UINT32_MAX;
  struct Text {
    std::uint32_t at = 0, bytes = 0;
  };
  struct Directory {
    std::uint32_t parent = kNone;  // the root has none
    Text name;
    VolumeView view = VolumeView::iso9660;
    std::uint16_t session = 1;
  };
  struct Name {
    std::uint32_t directory = kNone;
    Text name;
    std::uint32_t next = kNone;  // of the same file
  };
  struct Label {
    enum class Of : std::uint8_t { text, directory, file } of = Of::text;
    VolumeView view = VolumeView::iso9660;
    std::uint16_t session = 1;
    std::uint32_t index = 0;  // of text: into label_texts_
  };
  [[nodiscard]] std::string_view text(Text t) const { return std::string_view{text_}.substr(t.at, t.bytes); }
  [[nodiscard]] std::string path_of(std::uint32_t directory) const;
  [[nodiscard]] std::string path_of(const Name& name) const;

  std::string text_;
  std::vector<Directory> directories_;
  std::vector<Name> names_;
  std::vector<VolumeFile> files_;
  std::vector<VolumeExtent> extents_;
  std::vector<VolumeStructure> structures_;
  std::vector<Label> labels_;
  std::vector<std::string> label_texts_;
  std::vector<VolumeSummary> views_;
  std::vector<VolumeTrouble> troubles_;
  std::uint64_t trouble_count_ = 0;
  std::uint16_t sessions_ = 1;
};

/// Far above what real discs hold, far below what a machine of today minds.
struct WalkLimits {
  std::uint32_t depth = 128;                   ///< of directories within each other
  std::uint32_t entries = 2'000'000;           ///< names of files and directories, over all views
  std::uint32_t extents = 4'000'000;           ///< over all files
  std::uint64_t text_bytes = 256U << 20U;      ///< of names
  std::uint64_t directory_bytes = 64U << 20U;  ///< of one directory or table
  std::uint64_t sectors_read = 8'000'000;      ///< in all
  std::uint32_t chain = 65'536;                ///< extents of one file, links of one chain
  std::uint32_t path_bytes = 4'096;            ///< of a directory's path
  std::uint32_t names = 20'000;                ///< of one file
  std::uint32_t troubles = 1'000;              ///< that are kept
};

struct WalkOptions {
  std::int64_t sectors = 0;  ///< of the image
  /// The disc address of image sector 0: file systems count from the start of the disc.
  std::int64_t origin = 0;
  /// The image sectors at which sessions begin, rising, as a table of contents has them. Empty: one session, and those that xorriso
  /// leaves in an image that it has added to (the first at sector 32, each further one on a multiple of 32).
  std::vector<std::int64_t> sessions = {};
  WalkLimits limits = {};
};

/// Reads the structures of every view. Fails only with an error of `read`. A volume without `views` holds no file system that
/// is known here.
Result<Volume> walk_volume(const ReadSectors& read, const WalkOptions& options);

}  // namespace pressmark
