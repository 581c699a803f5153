#include "cli/known.h"

#include <cstdlib>

#include "core/try.h"

namespace pressmark::cli {

Result<std::unique_ptr<Catalog>> open_catalog(const std::optional<std::string>& file, CatalogMode mode) {
  if (file) return Catalog::open(*file, mode);
  TRY(const Path path, default_catalog(std::getenv("XDG_DATA_HOME"), std::getenv("HOME")));
  return Catalog::open(path, mode);
}

OptionDoc catalog_option() {
  return {.names = "--catalog",
          .value = "FILE",
          .help = "a catalog other than your own (~/.local/share/pressmark/catalog.sqlite)",
          .completes = Completes::file};
}

Result<Identification> identify_hashed(Catalog& catalog, const HashedImage& image, const HashOptions& options) {
  Piece piece{.name = image.name, .readings = image_readings(image.bytes, image.first)};
  piece.readings.front().digests = image.digests;
  for (PieceReading& reading : piece.readings)
    if (reading.form == PieceForm::regenerated) reading.digests = image.regenerated;
  TRY(auto known, identify(catalog, image.name, {piece}));
  const bool more = known.recognition != Recognition::full && known.by_size.regenerated;
  if (!more || image.digests.empty() || !image.image) return known;
  TRY(auto source, open_file_source(system_files(), *image.image));
  const PieceForm form = PieceForm::regenerated;
  CHECK(pieces_of(std::move(source), image.first)->hash(0, {&form, 1}, options, piece));
  return identify(catalog, image.name, {piece});
}

}  // namespace pressmark::cli
