// Puts a Volume together while it is walked: keeps the limits, clips to the image, unites the views.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "pressmark/filesystem.h"

#include "files/names.h"

namespace pressmark {

class VolumeBuilder {
 public:
  explicit VolumeBuilder(const WalkOptions& options) : options_(options) {}

  /// A name in the volume's text. `name` is UTF-8 as the disc has it; it is made safe here.
  using Text = Volume::Text;
  Text text(std::string_view name);

  /// From here on views belong to this session. The last one comes first.
  void begin_session(std::uint16_t session) {
    session_ = session;
    volume_.sessions_ = std::max(volume_.sessions_, session);
  }
  /// From here on files and directories belong to this view.
  void begin_view(VolumeSummary summary);
  [[nodiscard]] VolumeView view() const { return volume_.views_.back().view; }

  static constexpr std::uint32_t kNone = Volume::kNone;
  /// The number of a new directory; the root's parent is kNone. Nothing if a limit has been met.
  std::optional<std::uint32_t> directory(std::uint32_t parent, Text name);
  struct NewFile {
    std::uint32_t directory = 0;
    Text name;
    std::uint64_t bytes = 0;
    bool whole = true;  ///< false: the walk knows that extents are missing
    bool symbolic_link = false;
    std::int64_t modified = VolumeFile::kNoTime;
  };
  /// The number of the new name. Extents that are the same as those of a file known before make it a further name of that
  /// file. Nothing if a limit has been met.
  std::optional<std::uint32_t> file(const NewFile& file, std::span<const VolumeExtent> extents);

  /// `where` is clipped to the image; what is then empty is left out.
  void structure(StructureKind kind, SectorRange where, std::string_view name);
  void directory_structure(SectorRange where, std::uint32_t directory, StructureKind kind = StructureKind::directory);
  void entry_structure(SectorRange where, std::uint32_t name);

  /// `make` makes the text, and is called only if the trouble is kept: a volume can be made of nothing but trouble.
  template <class Make>
  void trouble(VolumeTrouble::Kind kind, SectorRange where, const Make& make) {
    if (volume_.trouble_count_++ < options_.limits.troubles)
      volume_.troubles_.push_back({kind, files::safe_text(make()), where});
  }
  [[nodiscard]] std::uint64_t troubles() const { return volume_.trouble_count_; }
  /// A limit has been met: nothing more will be taken.
  [[nodiscard]] bool full() const { return full_; }
  /// 0 for kNone, 1 for the root.
  [[nodiscard]] std::uint32_t depth_of(std::uint32_t directory) const;
  /// "/A/B", "/" for the root.
  [[nodiscard]] std::string path_of(std::uint32_t directory) const { return "/" + volume_.path_of(directory); }
  [[nodiscard]] std::string path_of(std::uint32_t directory, Text name) const {
    return "/" + volume_.path_of(Volume::Name{.directory = directory, .name = name});
  }
  [[nodiscard]] bool has_views() const { return !volume_.views_.empty(); }

  [[nodiscard]] Volume finish() &&;

 private:
  void structure(StructureKind kind, SectorRange where, Volume::Label label);
  bool has_room(std::size_t text_bytes);
  [[nodiscard]] bool listed_before(const Volume::Name& name) const;
  std::optional<std::uint32_t> known(std::uint64_t hash, std::uint64_t bytes,
                                     std::span<const VolumeExtent> extents) const;

  const WalkOptions& options_;
  Volume volume_;
  std::unordered_multimap<std::uint64_t, std::uint32_t> by_extents_;  // hash of extents -> file
  using Tree = std::pair<VolumeView, std::uint16_t>;                  // a session's view
  std::unordered_map<std::uint64_t, Tree> empties_;  // hash of path of a file without data -> where it was first listed
  std::vector<VolumeExtent> merged_;
  std::uint16_t session_ = 1;
  bool full_ = false;
};

}  // namespace pressmark
