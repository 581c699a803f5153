// The files of a rip: what is on disk, in which order, under which names.
//
//   NAME.lock       held while a run works on these files
//   NAME.iso.part   the image while the work is not done; NAME.iso afterwards
//   NAME.map        state, replaced whole at every commit, after the image's data was synced
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "pressmark/files.h"
#include "pressmark/map.h"

namespace pressmark {

struct RipNames {
  Path part, image, map, lock;
  explicit RipNames(const Path& name);
};

class ImageWriter {
 public:
  /// What an earlier run left, if any. Fails: parse (the map), usage (files that do not fit together), io.
  struct Found {
    std::optional<MapFile> map;
    bool published = false;  ///< the image stands under its final name
  };
  /// Takes the lock and looks. Nothing is changed yet. Fails: busy, and as above.
  static Result<std::unique_ptr<ImageWriter>> open(Files& files, const RipNames& names, bool overwrite);

  [[nodiscard]] const Found& found() const { return found_; }
  /// Begins anew over what was found: its map says that nothing of worth is there.
  void forget_found() { found_ = {}; }
  /// Reads back what is on disk; fewer bytes than asked is a failure.
  Result<void> read_back(std::int64_t sector, std::span<std::byte> out);
  /// Call before the first store: makes the part file, or takes a published image back to its working name.
  Result<void> begin();
  Result<void> store(std::int64_t sector, std::span<const std::byte> bytes);
  /// Data, sync, then map.
  Result<void> commit(const MapFile& map);
  /// Gives the image its exact length and syncs it; it keeps its working name.
  Result<void> finish(std::int64_t sectors);
  /// The final name. Everything must be committed.
  Result<void> publish();
  [[nodiscard]] File& file() { return *file_; }

  bool sparse = false;

 private:
  ImageWriter(Files& files, RipNames names) : files_(files), names_(std::move(names)) {}
  Result<void> look();

  Files& files_;
  RipNames names_;
  std::unique_ptr<FileLock> lock_;
  std::unique_ptr<File> file_;
  Found found_;
  bool overwrite_ = false;
  std::uint64_t written_end_ = 0;  // the file beyond this is new: zeros there need not be written
};

}  // namespace pressmark
