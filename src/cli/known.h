// What the commands that ask the catalog share.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "pressmark/catalog.h"
#include "pressmark/identify.h"

#include "cli/common.h"

namespace pressmark::cli {

/// `file`, or the user's own catalog.
Result<std::unique_ptr<Catalog>> open_catalog(const std::optional<std::string>& file, CatalogMode mode);

/// The option that gives another catalog.
[[nodiscard]] OptionDoc catalog_option();

/// What an image that was just hashed is known as: by `digests`, and only if that is not enough, by its sectors regenerated from
/// the file at `image`. With no digests, what its size says.
struct HashedImage {
  std::string name;
  Path image;
  std::uint64_t bytes = 0;
  std::vector<Digest> digests;
  std::optional<Lba> first;  ///< of its first sector on a CD; nothing if it is no CD's
};
Result<Identification> identify_hashed(Catalog& catalog, const HashedImage& image, const HashOptions& options);

CommandSpec catalog_command();
CommandSpec identify_command();

}  // namespace pressmark::cli
