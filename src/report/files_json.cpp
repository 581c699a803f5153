// Members are written one by one: a document object for half a million files would take gigabytes.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ranges>

#include "pressmark/files_report.h"

namespace pressmark {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFilesSchema = 1;

std::string text_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// An object whose members are given to `out` as they come.
class Members {
 public:
  explicit Members(const TextOutput& out) : out_(out) { out_("{"); }
  void value(std::string_view name, const Json& json) {
    key(name);
    out_(text_of(json));
  }
  template <class Range, class Make>
  void array(std::string_view name, Range&& range, const Make& make) {
    key(name);
    out_("[");
    bool first = true;
    for (const auto& element : range) {
      out_(first ? "\n " : ",\n ");
      out_(text_of(make(element)));
      first = false;
    }
    out_("]");
  }
  void key(std::string_view name) {
    out_(first_ ? "\n" : ",\n");
    out_(text_of(Json(name)) + ": ");
    first_ = false;
  }
  void end() { out_("\n}"); }

 private:
  const TextOutput& out_;
  bool first_ = true;
};

Json range_json(SectorRange range) { return {{"sector", range.first}, {"sectors", range.count}}; }

Json view_json(const VolumeSummary& view) {
  return {{"view", to_string(view.view)},   {"version", view.version}, {"volume_id", view.volume_id},
          {"session", view.session},        {"sectors", view.sectors}, {"files", view.files},
          {"directories", view.directories}};
}

Json file_json(const Volume& volume, const VolumeFile& file) {
  Json ranges = Json::array(), names = Json::array();
  for (const SectorRange& range : volume.sectors(file)) ranges.push_back(range_json(range));
  for (const Volume::Path& path : volume.paths(file))
    names.push_back({{"view", to_string(path.view)}, {"path", path.text}});
  Json json{{"path", volume.path(file)},
            {"bytes", file.bytes},
            {"session", volume.session(file)},
            {"missing_bytes", missing_bytes(volume, file)},
            {"ranges", ranges},
            {"names", names}};
  if (file.symbolic_link) json["symbolic_link"] = true;
  return json;
}

Json structure_json(const Volume& volume, const VolumeStructure& structure) {
  return {{"name", volume.name(structure)},
          {"kind", to_string(structure.kind)},
          {"sector", structure.where.first},
          {"sectors", structure.where.count}};
}

Json trouble_json(const VolumeTrouble& trouble) {
  Json json{{"kind", to_string(trouble.kind)}, {"text", trouble.text}};
  if (trouble.where.count > 0) json.update(range_json(trouble.where));
  return json;
}

Json hit_json(const Volume& volume, const FileHit& hit) {
  const VolumeFile& file = volume.files()[hit.file];
  return {{"path", volume.path(file)}, {"bytes", file.bytes},        {"session", volume.session(file)},
          {"hit_bytes", hit.bytes},    {"hit_sectors", hit.sectors}, {"first_hit_byte", hit.offset}};
}

Json part_json(const Volume& volume, const OwnedPart& part) {
  Json json = range_json(part.where);
  json["by"] = to_string(part.by);
  if (part.by == OwnerKind::structure) json["structure"] = volume.name(volume.structures()[part.number]);
  if (part.by == OwnerKind::file) {
    json["path"] = volume.path(volume.files()[part.number]);
    json["offset"] = part.offset;
    json["bytes"] = part.bytes;
  }
  return json;
}

void damage_json(const FilesReport& report, const TextOutput& out) {
  const Volume& volume = *report.volume;
  const Damage& damage = *report.damage;
  Members members{out};
  members.value("evidence", report.evidence);
  members.value("asked", report.asked);
  members.value("certain", damage.certain);
  members.value("sectors", damage.sectors);
  members.value("unallocated", damage.unallocated);
  members.value("padding", damage.padding);
  members.value("unknown", damage.unknown);
  members.value("outside", damage.outside);
  members.array("ranges", damage.ranges, range_json);
  members.array("files", damage.files, [&](const FileHit& hit) { return hit_json(volume, hit); });
  const auto is_cut = [&](const VolumeFile& file) { return missing_bytes(volume, file) > 0; };
  members.array("cut_files", volume.files() | std::views::filter(is_cut), [&](const VolumeFile& file) {
    return Json{{"path", volume.path(file)}, {"bytes", file.bytes}, {"missing_bytes", missing_bytes(volume, file)}};
  });
  members.array("structures", damage.structures, [&](const StructureHit& hit) {
    Json json = structure_json(volume, volume.structures()[hit.structure]);
    json["hit_sectors"] = hit.sectors;
    return json;
  });
  members.array("parts", damage.parts, [&](const OwnedPart& part) { return part_json(volume, part); });
  members.value("parts_omitted", damage.parts_omitted);
  members.end();
}

Json remark_json(const ExtractedFile& file) {
  Json lost = Json::array();
  for (const LostPart& part : file.lost) {
    lost.push_back({{"offset", part.offset}, {"bytes", part.bytes}});
    if (part.sector) lost.back()["sector"] = *part.sector;
  }
  Json json{{"path", file.path}, {"written", !file.error.has_value()}, {"lost", lost}};
  if (!file.written_as.empty()) json["written_as"] = file.written_as;
  if (file.error) json["error"] = describe(*file.error);
  return json;
}

}  // namespace

void extract_json(const ExtractReport& report, const std::string& source, const TextOutput& out) {
  Members members{out};
  members.value("schema", "pressmark-extract");
  members.value("schema_version", kFilesSchema);
  members.value("source", source);
  members.value("files", report.files);
  members.value("bytes", report.bytes);
  members.value("lost_bytes", report.lost_bytes);
  members.value("links", report.links);
  members.array("remarks", report.remarks, remark_json);
  members.value("remarks_omitted", report.remarks_omitted);
  members.end();
  out("\n");
}

void files_json(const FilesReport& report, const TextOutput& out) {
  const Volume& volume = *report.volume;
  Members members{out};
  members.value("schema", "pressmark-files");
  members.value("schema_version", kFilesSchema);
  members.value("source", report.source);
  members.value("sectors", report.sectors);
  members.value("sessions", volume.sessions());
  members.array("views", volume.views(), view_json);
  if (report.damage == nullptr) {
    members.array("files", volume.by_path(),
                  [&](std::uint32_t number) { return file_json(volume, volume.files()[number]); });
    if (report.structures) {
      std::vector<VolumeStructure> structures{volume.structures().begin(), volume.structures().end()};
      std::ranges::stable_sort(structures, {}, &VolumeStructure::where);
      members.array("structures", structures,
                    [&](const VolumeStructure& structure) { return structure_json(volume, structure); });
    }
  } else {
    members.key("damage");
    damage_json(report, out);
  }
  members.value("trouble_count", volume.trouble_count());
  members.array("troubles", volume.troubles(), trouble_json);
  members.end();
  out("\n");
}

}  // namespace pressmark
