// Against the simulated drive's own spiral, which was written apart from this one.
#include "disc/geometry.h"

#include <gtest/gtest.h>
#include <numbers>

#include "drivers/simulated/spiral.h"

namespace pressmark {
namespace {

Disc disc_of(MediaKind kind, std::int64_t sectors, std::uint8_t layers = 1, bool opposite = false) {
  Disc disc;
  disc.profile.kind = kind;
  disc.sectors = sectors;
  disc.layers = layers;
  disc.opposite_track_path = opposite;
  return disc;
}

simulated::Spiral spiral_of(const DiscGeometry& geometry, simulated::TrackPath path) {
  std::vector<std::uint32_t> lengths;
  for (const LayerSpan& layer : geometry.layers) lengths.push_back(static_cast<std::uint32_t>(layer.sectors));
  return simulated::Spiral{{.pitch_mm = geometry.pitch_mm,
                            .sector_mm = geometry.sector_mm,
                            .inner_mm = geometry.inner_mm,
                            .layer_sectors = lengths,
                            .path = path}};
}

void expect_same(const Disc& disc, simulated::TrackPath path) {
  const DiscGeometry geometry = nominal_geometry(disc);
  const simulated::Spiral spiral = spiral_of(geometry, path);
  for (std::int64_t sector = 0; sector < disc.sectors; sector += disc.sectors / 97) {
    const auto place = spiral.place(static_cast<double>(sector));
    ASSERT_EQ(geometry.layer_of(sector), place.layer) << sector;
    ASSERT_NEAR(geometry.radius_mm(sector), place.radius_mm, 1e-6) << sector;
    const double turn = geometry.sectors_per_turn(sector);
    const double next = static_cast<double>(sector) + turn + 1;
    if (next >= static_cast<double>(disc.sectors) || spiral.layer_of(next) != place.layer) continue;
    const auto later = spiral.place(static_cast<double>(sector) + turn + geometry.growth_per_turn(sector) / 2);
    ASSERT_NEAR(later.turns - place.turns, 1, 1e-5) << sector;
  }
}

TEST(Geometry, OfOneLayer) {
  expect_same(disc_of(MediaKind::cd, 330'000), simulated::TrackPath::parallel);
  expect_same(disc_of(MediaKind::dvd, 2'295'104), simulated::TrackPath::parallel);
  expect_same(disc_of(MediaKind::bd, 12'000'000), simulated::TrackPath::parallel);
}

TEST(Geometry, OfTwoLayers) {
  expect_same(disc_of(MediaKind::dvd, 4'000'000, 2, true), simulated::TrackPath::opposite);
  expect_same(disc_of(MediaKind::dvd, 4'000'000, 2, false), simulated::TrackPath::parallel);
  expect_same(disc_of(MediaKind::bd, 24'000'000, 2), simulated::TrackPath::opposite);
}

TEST(Geometry, TheLayerBreakIsTheDrivesWordWhereItGivesOne) {
  Disc disc = disc_of(MediaKind::dvd, 4'000'000, 2, true);
  disc.layer_break = Lba{2'100'000};
  const DiscGeometry geometry = nominal_geometry(disc);
  ASSERT_EQ(geometry.layers.size(), 2U);
  EXPECT_EQ(geometry.layers[1].first, 2'100'000);
  disc.layer_break = Lba{5'000'000};  // beyond the disc
  EXPECT_EQ(nominal_geometry(disc).layers[1].first, 2'000'000);
}

TEST(Geometry, SectorsAboveOneAnotherAreAsFarFromTheInside) {
  const DiscGeometry geometry = nominal_geometry(disc_of(MediaKind::dvd, 4'000'000, 2, true));
  for (const std::int64_t sector : {0L, 1234L, 1'999'999L}) {
    const std::int64_t other = geometry.sector_at(geometry.from_inside(sector), 1);
    EXPECT_NEAR(geometry.radius_mm(sector), geometry.radius_mm(other), 1e-3);
  }
}

TEST(Geometry, TableOfFacts) {
  // Sectors to a turn at 24 or 25 and at 58 mm; CD at the middle of 1.2 to 1.4 m/s.
  const DiscGeometry cd = nominal_geometry(disc_of(MediaKind::cd, 330'000));
  EXPECT_NEAR(cd.sectors_per_turn(0), 2 * std::numbers::pi * 25 / 17.0, 0.01);
  const DiscGeometry dvd = nominal_geometry(disc_of(MediaKind::dvd, 2'295'104));
  EXPECT_NEAR(dvd.sectors_per_turn(0), 29.2, 0.1);
  EXPECT_NEAR(dvd.sectors_per_turn(2'295'103), 70.7, 0.5);
}

TEST(Geometry, OfNothingIsNone) {
  EXPECT_TRUE(nominal_geometry(disc_of(MediaKind::none, 1000)).layers.empty());
  EXPECT_TRUE(nominal_geometry(disc_of(MediaKind::dvd, 0)).layers.empty());
  EXPECT_TRUE(nominal_geometry(disc_of(MediaKind::dvd, 1, 2)).layers.empty());
}

}  // namespace
}  // namespace pressmark
