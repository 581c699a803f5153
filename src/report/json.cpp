// The machine-readable renderings: event lines and the rip record. Their shapes are documented in docs/events.md and
// docs/rip-record.md, and a change to either is a change of schema number.
#include <cassert>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pressmark/report.h"

#include "report/members.h"

namespace pressmark {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kRecordSchema = 1;

std::string utc(std::chrono::system_clock::time_point at) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", std::chrono::time_point_cast<std::chrono::seconds>(at));
}

Json range_json(LbaRange range) { return {{"lba", range.first.value}, {"sectors", range.count}}; }

Json sense_json(const Sense& sense) {
  Json json{{"key", sense.key},
            {"asc", sense.asc},
            {"ascq", sense.ascq},
            {"text", to_string(sense)},
            {"meaning", meaning(sense)}};
  if (sense.information) json["information"] = *sense.information;
  return json;
}

Json drive_json(const DriveIdentity& drive) {
  return {{"vendor", drive.vendor}, {"product", drive.product}, {"revision", drive.revision}, {"serial", drive.serial}};
}

Json disc_json(const Disc& disc) {
  Json tracks = Json::array();
  for (const Track& track : disc.tracks)
    tracks.push_back({{"number", track.number},
                      {"session", track.session},
                      {"control", track.control},
                      {"data", track.is_data()},
                      {"lba", track.start.value},
                      {"sectors", track.sectors}});
  Json sizes = Json::array();
  for (const SizeOpinion& size : disc.sizes) sizes.push_back({{"source", size.source}, {"sectors", size.sectors}});
  Json json{{"kind", to_string(disc.profile.kind)},
            {"profile", disc.profile.name},
            {"volume_id", disc.volume_id},
            {"identity", disc.identity},
            {"sectors", disc.sectors},
            {"size_reason", disc.size_reason},
            {"size_opinions", sizes},
            {"sessions", disc.sessions},
            {"layers", disc.layers},
            {"tracks", tracks}};
  if (disc.layer_break) json["layer_break"] = disc.layer_break->value;
  return json;
}

// One function an event; the member names are the schema.
Json event_json(const RipBegun& e) {
  return {{"event", "begun"},
          {"source", e.source},
          {"drive", drive_json(e.drive)},
          {"disc", disc_json(e.disc)},
          {"range", range_json(e.range)},
          {"raw", e.raw},
          {"resumed", e.resumed},
          {"good", e.good}};
}
Json event_json(const PhaseBegun& e) {
  Json json{{"event", "phase"},
            {"phase", to_string(e.phase)},
            {"round", e.round},
            {"sectors", e.sectors},
            {"speed_kb_per_s", e.speed_kb_per_s}};
  if (!e.part.empty()) json["part"] = e.part;
  return json;
}
Json count_json(const FileCount& count) {
  return {{"files", count.files},
          {"whole", count.whole},
          {"hit", count.hit},
          {"wanted", count.wanted},
          {"wanted_whole", count.wanted_whole},
          {"wanted_hit", count.wanted_hit}};
}
Json event_json(const Progress& e) {
  Json json{{"event", "progress"},        {"phase", to_string(e.phase)}, {"round", e.round},
            {"lba", e.position.value},    {"sectors", e.sectors},        {"good", e.good},
            {"unreadable", e.unreadable}, {"pending", e.pending}};
  if (e.files) json["files"] = count_json(*e.files);
  return json;
}
Json found_json(const FilesFound& found) {
  return {{"views", found.views},
          {"files", found.files},
          {"wanted", found.wanted},
          {"structure_sectors", found.structure_sectors},
          {"wanted_sectors", found.wanted_sectors},
          {"other_sectors", found.other_sectors},
          {"troubles", found.troubles}};
}
Json event_json(const FilesFound& e) {
  Json json{{"event", "files"}};
  json.update(found_json(e));
  return json;
}
Json event_json(const ReadFailed& e) {
  Json json{{"event", "failed"},
            {"phase", to_string(e.phase)},
            {"range", range_json(e.range)},
            {"kind", to_string(e.error.kind)},
            {"got", e.error.got}};
  if (e.error.lba) json["failed_lba"] = e.error.lba->value;
  if (e.error.sense) json["sense"] = sense_json(*e.error.sense);
  return json;
}
Json event_json(const Recovered& e) {
  return {{"event", "recovered"},
          {"phase", to_string(e.phase)},
          {"range", range_json(e.range)},
          {"grade", to_string(e.grade)}};
}
Json event_json(const Note& e) {
  return {{"event", "note"}, {"level", e.level == Note::Level::warning ? "warning" : "info"}, {"text", e.text}};
}
Json event_json(const Committed& e) { return {{"event", "committed"}, {"good", e.good}}; }
Json event_json(const Digesting& e) {
  return {{"event", "digesting"}, {"done_bytes", e.done_bytes}, {"total_bytes", e.total_bytes}};
}

Json event_json(const Finished& e) {
  return {{"event", "finished"}, {"image", e.image},           {"sectors", e.sectors},
          {"good", e.good},      {"unreadable", e.unreadable}, {"digests", digests_json(e.digests)}};
}

Json event_json(const Stopped& e) {
  return {{"event", "stopped"},         {"reason", to_string(e.reason)}, {"kind", to_string(e.error.kind)},
          {"got", e.error.got},         {"next", e.error.next},          {"good", e.good},
          {"unreadable", e.unreadable}, {"pending", e.pending}};
}

/// Bytes from drives and file names may be no UTF-8: replaced, never thrown over.
std::string dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

class JsonEvents final : public EventSink {
 public:
  JsonEvents(TextOutput out, const Clock& clock) : out_(std::move(out)), clock_(clock) {}

  void on(const Event& event, Duration at) override {
    const bool often = std::holds_alternative<Progress>(event) || std::holds_alternative<Digesting>(event);
    if (often && last_ && clock_.now() - *last_ < std::chrono::milliseconds{500}) return;
    if (often) last_ = clock_.now();
    Json json{{"at", seconds(at)}};
    json.update(std::visit([](const auto& e) { return event_json(e); }, event));
    out_(dump(json, -1));
  }

 private:
  TextOutput out_;
  const Clock& clock_;
  std::optional<Duration> last_;
};

// Lists of the record may have a hundred thousand entries. As values they would take hundreds of mebibytes, as text they take
// tens: the record is made with null in their places, and there they are put in.

/// A list as text, an entry a line.
class LongList {
 public:
  void add(const Json& entry) {
    text_ += text_.empty() ? "[\n    " : ",\n    ";
    text_ += dump(entry, -1);
    text_.pop_back();  // the line's end
  }
  [[nodiscard]] std::string text() && { return text_.empty() ? std::string{"[]"} : std::move(text_ += "\n  ]"); }

 private:
  std::string text_;
};

/// `record` has null as the value of the outermost member `key`. No string can look like that: in strings a line's end is escaped.
void put_in(std::string& record, std::string_view key, std::string_view value) {
  const std::string place = fmt::format("\n  \"{}\": null", key);
  const std::size_t at = record.find(place);
  assert(at != std::string::npos);
  record.replace(at + place.size() - 4, 4, value);
}

std::string grades_text(const RipOutcome& outcome) {
  std::string text = "{";
  const std::vector<GradedRun> runs = outcome.map.runs();
  for (std::size_t i = 0; i < kGradeCount; ++i) {
    const auto grade = static_cast<Grade>(i);
    if (outcome.map.count(grade) == 0) continue;
    LongList ranges;
    for (const GradedRun& run : runs)
      if (run.grade == grade) ranges.add(range_json({outcome.range.first + run.first, run.count}));
    fmt::format_to(std::back_inserter(text), "{}\n    \"{}\": {{\"sectors\": {}, \"ranges\": {}}}",
                   text.size() > 1 ? "," : "", to_string(grade), outcome.map.count(grade), std::move(ranges).text());
  }
  return text += "\n  }";
}

std::string failures_text(const RipOutcome& outcome) {
  LongList failures;
  for (const FailureNote& failure : outcome.failures) {
    Json json = range_json({outcome.range.first + failure.first, failure.count});
    json["tries"] = failure.tries;
    json["last"] = failure.last;
    json["now"] = to_string(outcome.map.at(failure.first));
    failures.add(json);
  }
  return std::move(failures).text();
}

/// What failed at the medium, by how long the drive was told to try; only what occurred.
Json failing_json(const RipOutcome& outcome) {
  constexpr std::string_view kEfforts[]{"quick", "usual", "most"};
  Json json = Json::object();
  for (std::size_t i = 0; i < outcome.failing.size(); ++i)
    if (outcome.failing[i].count > 0)
      json[std::string{kEfforts[i]}] = {{"count", outcome.failing[i].count},
                                        {"seconds", seconds(outcome.failing[i].time)}};
  return json;
}

Json files_json(const FilesOutcome& files) {
  Json hit = Json::array();
  for (const FilesOutcome::Hit& file : files.hit)
    hit.push_back({{"path", file.path},
                   {"bytes", file.bytes},
                   {"sectors", file.sectors},
                   {"unreadable", file.unreadable},
                   {"wanted", file.wanted}});
  Json json{{"views", files.found.views}};
  json.update(count_json(files.count));
  json["hit_files"] = hit;
  json["hit_structures"] = files.hit_structures;
  json["hit_structure_count"] = files.hit_structure_count;
  json["troubles"] = files.troubles;
  json["trouble_count"] = files.trouble_count;
  return json;
}

std::string_view to_string(Confirm confirm) {
  switch (confirm) {
    case Confirm::none: return "none";
    case Confirm::near: return "near";
    case Confirm::all: return "all";
  }
  return {};
}

}  // namespace

std::unique_ptr<EventSink> json_events(TextOutput out, const Clock& clock) {
  return std::make_unique<JsonEvents>(std::move(out), clock);
}

std::string rip_record(const RipOutcome& outcome, const RipOptions& options, const Identification* identification) {
  Json speeds = Json::array();
  for (const SpeedWish wish : options.speeds)
    speeds.push_back(to_kilobytes_per_second(wish, outcome.disc.profile.kind));
  Json record{{"schema", "pressmark-rip"},
              {"schema_version", kRecordSchema},
              {"tool", {{"name", "pressmark"}, {"version", PRESSMARK_VERSION}}},
              {"source", outcome.source},
              {"begun", utc(outcome.begun)},
              {"reading_seconds", seconds(outcome.reading)},
              {"resumed", outcome.resumed},
              {"options",
               {{"retries", options.retries},
                {"until", to_string(options.until)},
                {"budget_seconds", seconds(options.budget)},
                {"speeds_kb_per_s", speeds},
                {"confirm", to_string(options.confirm)},
                {"raw", options.raw},
                {"files_first", options.files_first},
                {"want", options.want},
                {"fill", std::to_integer<int>(options.fill)}}},
              {"drive", drive_json(outcome.drive)},
              {"disc", disc_json(outcome.disc)},
              {"image",
               {{"file", outcome.image.filename().string()},
                {"bytes", outcome.map.sectors() * kUserBytes},
                {"range", range_json(outcome.range)},
                {"read_raw", outcome.raw}}},
              {"complete", outcome.map.good() == outcome.map.sectors()},
              {"grades", nullptr},
              {"failures", nullptr},
              {"reads",
               {{"commands", outcome.reads},
                {"failed", outcome.failed_reads},
                {"failed_at_medium", failing_json(outcome)},
                {"slowed_down", {{"count", outcome.slowness.times}, {"seconds", seconds(outcome.slowness.time)}}}}},
              {"digests", digests_json(outcome.digests)},
              {"warnings", outcome.notes}};
  if (outcome.files) record["files"] = files_json(*outcome.files);
  if (identification != nullptr) record["identification"] = identification_members(*identification);
  std::string text = dump(record, 2);
  put_in(text, "grades", grades_text(outcome));
  put_in(text, "failures", failures_text(outcome));
  return text;
}

}  // namespace pressmark
