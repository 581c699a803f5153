// Known hashes for programs. The shapes are documented in docs/identify.md and its schemas.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "pressmark/catalog_report.h"

#include "report/members.h"

namespace pressmark {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchemaVersion = 1;

/// Names in DATs may be no UTF-8: replaced, never thrown over.
std::string dump(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

Json with_schema(std::string_view name) { return {{"schema", name}, {"schema_version", kSchemaVersion}}; }

Json header_json(const DatHeader& dat) {
  return {{"name", dat.name}, {"version", dat.version}, {"format", to_string(dat.format)}};
}

Json dat_json(const Dat& dat) {
  Json json = header_json(dat.header);
  json["file"] = dat.file;
  json["imported"] =
      fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", std::chrono::time_point_cast<std::chrono::seconds>(dat.imported));
  json["games"] = dat.games;
  json["roms"] = dat.roms;
  return json;
}

Json rom_json(const KnownRom& rom) {
  Json json{{"name", rom.name}};
  if (rom.bytes) json["bytes"] = *rom.bytes;
  if (!rom.serial.empty()) json["serial"] = rom.serial;
  json["status"] = to_string(rom.status);
  json["digests"] = digests_json(rom.digests);
  return json;
}

Json piece_json(const Piece& piece) {
  Json readings = Json::array();
  for (const PieceReading& reading : piece.readings)
    readings.push_back(
        {{"form", to_string(reading.form)}, {"bytes", reading.bytes}, {"digests", digests_json(reading.digests)}});
  return {{"name", piece.name},
          {"read", piece.read()},
          {"unreadable_sectors", piece.unreadable.sectors},
          {"readings", readings}};
}

Json track_json(const TrackMatch& track) {
  Json json{{"rom", rom_json(track.rom)}, {"answer", to_string(track.answer)}};
  if (track.piece) {
    json["piece"] = *track.piece;
    json["form"] = to_string(track.form);
  }
  if (track.answer == TrackAnswer::matched) json["by"] = to_string(track.by);
  return json;
}

Json game_json(const GameMatch& game) {
  Json tracks = Json::array();
  for (const TrackMatch& track : game.track_matches) tracks.push_back(track_json(track));
  return {{"dat", header_json(game.dat)}, {"game", game.game},
          {"serial", game.serial},        {"recognition", to_string(game.recognition)},
          {"matched", game.matched},      {"tracks", game.tracks},
          {"track_list", tracks},         {"left_over", game.left_over}};
}

}  // namespace

Json identification_members(const Identification& identification) {
  Json pieces = Json::array(), games = Json::array();
  for (const Piece& piece : identification.pieces) pieces.push_back(piece_json(piece));
  for (const GameMatch& game : identification.games) games.push_back(game_json(game));
  const SizeCandidates& by_size = identification.by_size;
  return {{"source", identification.source},
          {"recognition", to_string(identification.recognition)},
          {"pieces", pieces},
          {"by_size",
           {{"games", by_size.games},
            {"at_least", by_size.at_least},
            {"names", by_size.names},
            {"regenerated", by_size.regenerated},
            {"unsized", by_size.unsized}}},
          {"games", games},
          {"games_omitted", identification.games_omitted},
          {"pieces_not_read", identification.pieces_not_read}};
}

std::string identification_json(const Identification& identification) {
  Json json = with_schema("pressmark-identify");
  json.update(identification_members(identification));
  return dump(json);
}

std::string dats_json(std::span<const Dat> dats) {
  Json json = with_schema("pressmark-catalog-list");
  json["dats"] = Json::array();
  for (const Dat& dat : dats) json["dats"].push_back(dat_json(dat));
  return dump(json);
}

std::string imported_json(const Imported& imported) {
  Json json = with_schema("pressmark-catalog-import");
  json["dats"] = Json::array();
  for (const ImportedDat& dat : imported.dats) {
    Json entry = dat_json(dat.dat);
    if (dat.replaced) entry["replaced"] = dat_json(*dat.replaced);
    json["dats"].push_back(entry);
  }
  json["passed_over"] = imported.passed_over;
  return dump(json);
}

std::string found_json(const FoundGames& found) {
  Json json = with_schema("pressmark-catalog-search");
  json["games"] = Json::array();
  for (const CatalogGame& game : found.games) {
    Json roms = Json::array();
    for (const KnownRom& rom : game.game.roms) roms.push_back(rom_json(rom));
    json["games"].push_back(
        {{"dat", header_json(game.dat)}, {"game", game.game.name}, {"serial", game.game.serial}, {"roms", roms}});
  }
  json["more"] = found.more;
  return dump(json);
}

}  // namespace pressmark
