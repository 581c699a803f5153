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
  Piece piece{.name = image.name,
              .readings = {{.form = PieceForm::stored, .bytes = image.bytes, .digests = image.digests}}};
  TRY(auto known, identify(catalog, image.name, {piece}));
  if (known.recognition == Recognition::full || image.digests.empty() || !image.first) return known;
  // A CD's DATs have 2352-byte sectors: the image file, not the disc, is read once more where one of that size is known.
  TRY(auto source, open_file_source(system_files(), image.image));
  const auto pieces = pieces_of(std::move(source), image.first);
  Piece again = pieces->pieces().front();
  TRY(const SizeCandidates by_size, candidates_by_size(catalog, {&again, 1}));
  if (!by_size.regenerated) return known;
  const PieceForm form = PieceForm::regenerated;
  CHECK(pieces->hash(0, {&form, 1}, options, again));
  again.name = image.name;
  return identify(catalog, image.name, {again});
}

}  // namespace pressmark::cli
