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

/// An image, or a disc, that was just read and hashed.
struct HashedImage {
  std::string name;
  std::uint64_t bytes = 0;
  std::vector<Digest> digests;           ///< none: some of it could not be read
  std::optional<Lba> first;              ///< of its first sector on a CD; nothing if it is no CD's
  std::vector<Digest> regenerated = {};  ///< of its sectors regenerated, if that was done on the way
  std::optional<Path> image;             ///< the file, where there is one: a disc is not read again
};
/// What it is known as: by its digests, and only if that is not enough, by its sectors regenerated from the file.
Result<Identification> identify_hashed(Catalog& catalog, const HashedImage& image, const HashOptions& options);

CommandSpec catalog_command();
CommandSpec identify_command();

}  // namespace pressmark::cli
