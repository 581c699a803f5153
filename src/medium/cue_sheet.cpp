// One line, one command. A table maps each word to the function that takes its arguments; what a sheet must be as a whole
// (an INDEX 01 in every track, a track in every file and session) is asked when the next track begins or the sheet ends.
#include "medium/cue_sheet.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <span>

#include "core/text.h"
#include "core/try.h"
#include "medium/file_names.h"

namespace pressmark {
namespace {

struct ModeRow {
  std::string_view word;
  TrackMode mode;
  std::uint32_t stored_bytes;  // 0: known, not handled
};
constexpr std::array kModes{
    ModeRow{"AUDIO", TrackMode::audio, kRawBytes},      ModeRow{"MODE1/2048", TrackMode::mode1, kUserBytes},
    ModeRow{"MODE1/2352", TrackMode::mode1, kRawBytes}, ModeRow{"MODE2/2336", TrackMode::mode2, 2336},
    ModeRow{"MODE2/2352", TrackMode::mode2, kRawBytes}, ModeRow{"CDI/2336", TrackMode::mode2, 2336},
    ModeRow{"CDI/2352", TrackMode::mode2, kRawBytes},   ModeRow{"CDG", TrackMode::audio, 0},
    ModeRow{"MODE2/2048", TrackMode::mode2, 0},         ModeRow{"MODE2/2324", TrackMode::mode2, 0},
};

struct FlagRow {
  std::string_view word;
  std::uint8_t control;
};
// SCMS says how copies are to be made and has no bit in the control nibble.
constexpr std::array kFlags{FlagRow{"PRE", 1}, FlagRow{"DCP", 2}, FlagRow{"DATA", 4}, FlagRow{"4CH", 8},
                            FlagRow{"SCMS", 0}};

struct FormatRow {
  std::string_view word;
  std::optional<CueFormat> format;  // none: known, not handled
};
constexpr std::array kFormats{FormatRow{"BINARY", CueFormat::binary}, FormatRow{"MOTOROLA", CueFormat::motorola},
                              FormatRow{"WAVE", CueFormat::wave},     FormatRow{"AIFF", std::nullopt},
                              FormatRow{"MP3", std::nullopt},         FormatRow{"FLAC", std::nullopt}};

/// Commands that only name things.
constexpr std::array<std::string_view, 11> kTextCommands{"TITLE",    "PERFORMER",  "SONGWRITER", "COMPOSER",
                                                         "ARRANGER", "MESSAGE",    "GENRE",      "DISC_ID",
                                                         "UPC_EAN",  "CDTEXTFILE", "TOC_INFO"};

/// Takes the first word off `text`.
std::string_view take_word(std::string_view& text) {
  text = trimmed(text);
  const std::size_t length = static_cast<std::size_t>(std::ranges::find_if(text, is_blank) - text.begin());
  const std::string_view word = text.substr(0, length);
  text = trimmed(text.substr(length));
  return word;
}

std::optional<std::uint32_t> number(std::string_view text, std::uint32_t most) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > most) return std::nullopt;
  return value;
}

/// MM:SS:FF as a count of sectors.
std::optional<std::uint32_t> sectors_of(std::string_view text) {
  const std::size_t first = text.find(':');
  const std::size_t second = first == std::string_view::npos ? first : text.find(':', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto minutes = number(text.substr(0, first), 99);
  const auto secs = number(text.substr(first + 1, second - first - 1), 59);
  const auto frames = number(text.substr(second + 1), 74);
  if (!minutes || !secs || !frames) return std::nullopt;
  return (*minutes * 60 + *secs) * 75 + *frames;
}

template <class Row, std::size_t N>
const Row* row_of(const std::array<Row, N>& rows, std::string_view word) {
  const auto row = std::ranges::find(rows, upper(word), &Row::word);
  return row == rows.end() ? nullptr : &*row;
}

class Parser {
 public:
  explicit Parser(std::string_view where) : where_(where) { sheet_.sessions.emplace_back(); }

  Result<CueSheet> parse(std::string_view text) {
    while (!text.empty()) {
      ++line_;
      const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
      CHECK(command(text.substr(0, end)));
      text.remove_prefix(end);
      if (text.starts_with("\r\n")) text.remove_prefix(1);
      if (!text.empty()) text.remove_prefix(1);
    }
    CHECK(finish());
    return std::move(sheet_);
  }

 private:
  struct CommandRow {
    std::string_view word;
    Result<void> (Parser::*take)(std::string_view arguments);
  };
  static const std::array<CommandRow, 9> kCommands;

  [[nodiscard]] std::unexpected<Error> bad(std::size_t line, std::string got, std::string next,
                                           ErrorKind kind = ErrorKind::parse) const {
    return fail({.kind = kind,
                 .tried = "read the cue sheet",
                 .where = at_line(where_, line),
                 .got = std::move(got),
                 .next = std::move(next)});
  }
  [[nodiscard]] std::unexpected<Error> bad(std::string got, std::string next) const {
    return bad(line_, std::move(got), std::move(next));
  }
  [[nodiscard]] std::unexpected<Error> unhandled(std::string got) const {
    return bad(line_, std::move(got),
               "convert it to BINARY, MOTOROLA or WAVE files of AUDIO, MODE1, MODE2 or CDI tracks",
               ErrorKind::unsupported);
  }

  Result<void> command(std::string_view line) {
    const std::string_view whole = trimmed(line);
    std::string_view rest = line;
    const std::string_view word = take_word(rest);
    if (word.empty() || word.starts_with(';')) return {};
    if (const CommandRow* row = row_of(kCommands, word)) return (this->*row->take)(rest);
    if (std::ranges::find(kTextCommands, upper(word)) != kTextCommands.end()) return {};
    return bad(fmt::format("{} is no command of a cue sheet", in_quotes(whole)),
               "correct the line, or put REM before it");
  }

  Result<void> catalog(std::string_view arguments) {
    const bool digits =
        arguments.size() == 13 && std::ranges::all_of(arguments, [](char c) { return c >= '0' && c <= '9'; });
    if (!digits)
      return bad(fmt::format("{} is not 13 digits", in_quotes(arguments)), "correct or remove the CATALOG line");
    sheet_.catalog = arguments;
    return {};
  }

  Result<void> file(std::string_view arguments) {
    const std::size_t last_blank = arguments.find_last_of(" \t\"");
    std::string_view type = last_blank == std::string_view::npos ? "" : arguments.substr(last_blank + 1);
    std::string_view name = trimmed(arguments.substr(0, arguments.size() - type.size()));
    if (name.size() >= 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
    if (name.empty() || type.empty())
      return bad("FILE needs a name and a type", "write it as FILE \"NAME\" BINARY (or MOTOROLA, or WAVE)");
    const FormatRow* row = row_of(kFormats, type);
    if (row == nullptr)
      return bad(fmt::format("{} is no type of file", in_quotes(type)), "BINARY, MOTOROLA and WAVE are");
    if (!row->format) return unhandled(fmt::format("files of type {} are not handled", row->word));
    // Some programs repeat FILE before every track of one file; positions then go on counting in it.
    const bool again =
        !sheet_.files.empty() && sheet_.files.back().name == name && sheet_.files.back().format == row->format;
    if (again) return {};
    CHECK(require_track_in_last_file());
    sheet_.files.push_back({.name = std::string{name}, .format = *row->format, .line = line_});
    return {};
  }

  Result<void> track(std::string_view arguments) {
    const auto value = number(take_word(arguments), 99);
    const std::string_view mode = take_word(arguments);
    const ModeRow* row = row_of(kModes, mode);
    if (!value || *value == 0) return bad("a TRACK needs a number from 1 to 99", "write it as TRACK 01 MODE1/2352");
    if (row == nullptr)
      return bad(fmt::format("{} is no mode of a track", in_quotes(mode)), "AUDIO and MODE1/2352 are, for example");
    if (row->stored_bytes == 0) return unhandled(fmt::format("tracks of mode {} are not handled", row->word));
    if (sheet_.files.empty()) return bad("TRACK comes before any FILE", "name the file that holds the track first");
    if (!sheet_.tracks.empty() && *value != sheet_.tracks.back().number + 1U)
      return bad(fmt::format("TRACK {:02} follows TRACK {:02}", *value, sheet_.tracks.back().number),
                 "number tracks without a gap");
    CHECK(require_index_1_in_last_track());
    sheet_.tracks.push_back({.number = static_cast<std::uint8_t>(*value),
                             .session = static_cast<std::uint8_t>(sheet_.sessions.size()),
                             .mode = row->mode,
                             .control = static_cast<std::uint8_t>(row->mode == TrackMode::audio ? 0 : 4),
                             .stored_bytes = row->stored_bytes,
                             .line = line_});
    return {};
  }

  Result<void> flags(std::string_view arguments) {
    TRY(CueTrack * track, current_track("FLAGS"));
    while (!arguments.empty()) {
      const std::string_view word = take_word(arguments);
      const FlagRow* row = row_of(kFlags, word);
      if (row == nullptr) return bad(fmt::format("{} is no flag", in_quotes(word)), "4CH, DCP, PRE and SCMS are");
      track->control |= row->control;
    }
    return {};
  }

  Result<void> isrc(std::string_view arguments) {
    TRY(CueTrack * track, current_track("ISRC"));
    const auto alphanumeric = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    };
    if (arguments.size() != 12 || !std::ranges::all_of(arguments, alphanumeric))
      return bad(fmt::format("{} is not 12 letters and digits", in_quotes(arguments)),
                 "correct or remove the ISRC line");
    track->isrc = arguments;
    return {};
  }

  Result<void> pregap(std::string_view arguments) {
    TRY(CueTrack * track, current_track("PREGAP"));
    if (!track->indexes.empty()) return bad("PREGAP comes after an INDEX", "put it before the track's first INDEX");
    TRY(track->pregap_sectors, time(arguments));
    return {};
  }

  Result<void> postgap(std::string_view arguments) {
    TRY(CueTrack * track, current_track("POSTGAP"));
    TRY(track->postgap_sectors, time(arguments));
    return {};
  }

  Result<void> index(std::string_view arguments) {
    TRY(CueTrack * track, current_track("INDEX"));
    const auto value = number(take_word(arguments), 99);
    if (!value) return bad("an INDEX needs a number from 0 to 99", "write it as INDEX 01 00:00:00");
    TRY(const std::uint32_t sector, time(arguments));
    const bool first = track->indexes.empty();
    if (first ? *value > 1 : *value != track->indexes.back().number + 1U)
      return bad(fmt::format("INDEX {:02} is out of order", *value), "begin with 00 or 01 and leave none out");
    const std::size_t file = sheet_.files.size() - 1;
    if (last_index_ && last_index_->file == file && sector < last_index_->sector)
      return bad("this INDEX lies before the one above it in the same file",
                 "positions count from the start of the file and rise");
    if (sheet_.files[file].format == CueFormat::wave && track->mode != TrackMode::audio)
      return bad("a data track cannot come from a WAVE file", "give its sectors in a BINARY file");
    last_index_ = CueIndex{.number = static_cast<std::uint8_t>(*value), .file = file, .sector = sector, .line = line_};
    track->indexes.push_back(*last_index_);
    return {};
  }

  /// REM is free text but for a few forms; whatever is not exactly one of them is a remark.
  Result<void> remark(std::string_view arguments) {
    const std::string whole = upper(arguments);
    if (whole == "HIGH-DENSITY AREA") return unhandled("GD-ROM images are not handled");
    const std::string what = upper(take_word(arguments));
    if (what == "SESSION") return session(number(arguments, 99));
    const auto length = sectors_of(arguments);
    CueSession& here = sheet_.sessions.back();
    if (!length) return {};
    if (what == "LEAD-OUT") here.lead_out_sectors = length;
    if (what == "LEAD-IN") here.lead_in_sectors = length;
    if (what == "PREGAP") here.pause_sectors = length;
    return {};
  }

  Result<void> session(std::optional<std::uint32_t> value) {
    if (!value) return {};
    const bool has_track = !sheet_.tracks.empty() && sheet_.tracks.back().session == sheet_.sessions.size();
    if (!has_track && *value == sheet_.sessions.size()) return {};
    if (!has_track || *value != sheet_.sessions.size() + 1)
      return bad(fmt::format("session {} is out of order, or the session before it has no track", *value),
                 "number sessions from 1, each with a track");
    CHECK(require_index_1_in_last_track());
    sheet_.sessions.emplace_back();
    return {};
  }

  Result<void> finish() {
    if (sheet_.tracks.empty()) return bad("there is no TRACK", "check that this is a cue sheet");
    CHECK(require_index_1_in_last_track());
    CHECK(require_track_in_last_file());
    if (sheet_.tracks.back().session != sheet_.sessions.size())
      return bad("the last session has no track", "remove its REM SESSION");
    return {};
  }

  [[nodiscard]] Result<CueTrack*> current_track(std::string_view command_word) {
    if (sheet_.tracks.empty() || sheet_.tracks.back().session != sheet_.sessions.size())
      return bad(fmt::format("{} comes before any TRACK", command_word), "begin the track first");
    return &sheet_.tracks.back();
  }

  [[nodiscard]] Result<std::uint32_t> time(std::string_view text) const {
    const auto sectors = sectors_of(text);
    if (!sectors)
      return bad(fmt::format("{} is not a time MM:SS:FF", in_quotes(text)), "seconds go to 59 and frames to 74");
    return *sectors;
  }

  [[nodiscard]] Result<void> require_index_1_in_last_track() const {
    if (sheet_.tracks.empty()) return {};
    const CueTrack& last = sheet_.tracks.back();
    if (!last.indexes.empty() && last.indexes.back().number >= 1) return {};
    return bad(last.line, fmt::format("track {} has no INDEX 01", last.number), "say where the track starts");
  }

  [[nodiscard]] Result<void> require_track_in_last_file() const {
    if (sheet_.files.empty() || (last_index_ && last_index_->file == sheet_.files.size() - 1)) return {};
    return bad(sheet_.files.back().line,
               fmt::format("no INDEX lies in the file {}", in_quotes(sheet_.files.back().name)),
               "remove the FILE line, or give the tracks it holds");
  }

  std::string_view where_;
  CueSheet sheet_;
  std::size_t line_ = 0;
  std::optional<CueIndex> last_index_;
};

const std::array<Parser::CommandRow, 9> Parser::kCommands{{{"CATALOG", &Parser::catalog},
                                                           {"FILE", &Parser::file},
                                                           {"TRACK", &Parser::track},
                                                           {"FLAGS", &Parser::flags},
                                                           {"ISRC", &Parser::isrc},
                                                           {"PREGAP", &Parser::pregap},
                                                           {"POSTGAP", &Parser::postgap},
                                                           {"INDEX", &Parser::index},
                                                           {"REM", &Parser::remark}}};

std::unexpected<Error> not_text(std::string_view where, std::string got) {
  return fail({.kind = ErrorKind::parse,
               .tried = "read the cue sheet",
               .where = std::string{where},
               .got = std::move(got),
               .next = "give the cue sheet, not the image it describes, and save it as UTF-8 text"});
}

}  // namespace

std::string at_line(std::string_view where, std::size_t line) { return fmt::format("{}, line {}", where, line); }

Result<CueSheet> parse_cue(std::string_view text, std::string_view where) {
  if (text.size() > kLargestCueBytes)
    return not_text(where,
                    fmt::format("it has {} bytes, more than the {} a sheet may have", text.size(), kLargestCueBytes));
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return not_text(where, "it is UTF-16 text");
  if (text.find('\0') != std::string_view::npos) return not_text(where, "it contains NUL bytes: it is not text");
  return Parser{where}.parse(as_utf8(text));
}

}  // namespace pressmark
