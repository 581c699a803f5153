// A disc in a drive as something to verify: read through once, nothing stored.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "pressmark/drive.h"
#include "pressmark/verify.h"

namespace pressmark {

struct DiscSourceOptions {
  std::optional<std::uint8_t> track;  ///< a data track of a disc that is not one data track
  bool raw = true;                    ///< CD: read raw and check ourselves, where the drive can
  std::uint32_t retries = 2;          ///< further readings, past the cache, of an ECC block that failed by itself
  Duration ready_limit = std::chrono::seconds{90};
  std::function<bool()> stop;  ///< asked while waiting for the drive
};

/// The image of a disc in a drive.
struct DiscImageSource : SectorSource {
  /// The disc's address of the first sector, if it is a CD.
  [[nodiscard]] virtual std::optional<Lba> first_on_cd() const = 0;
};

/// Waits for the drive, identifies the disc and chooses its image as a rip would. `drive` outlives the source, which locks
/// the tray until it ends. Fails: as `rip` does before it reads.
Result<std::unique_ptr<DiscImageSource>> open_disc_source(Drive& drive, const DiscSourceOptions& options = {});

}  // namespace pressmark
