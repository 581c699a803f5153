// The map as a GNU ddrescue mapfile, both ways.
//
// ddrescue's lines come first in importance: they alone must be true if another tool reads them. Ours stand in comments
// that begin with "# pressmark" and only ever refine a `+` area or describe a failure; where they contradict
// the areas, the areas win.
#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <limits>

#include "pressmark/map.h"

#include "core/try.h"

namespace pressmark {
namespace {

constexpr std::string_view kOurs = "# pressmark ";

constexpr std::array<std::string_view, 6> kPhaseNames{"stream", "gather", "split", "retry", "confirm", "finished"};
// ddrescue's words for where a program is: copying, trimming, scraping, retrying, finished.
constexpr std::array<char, 6> kPhaseStatus{'?', '?', '*', '-', '-', '+'};

char status_of(Grade grade) {
  switch (grade) {
    case Grade::untried: return '?';
    case Grade::untrimmed: return '*';
    case Grade::unreadable: return '-';
    case Grade::drive:
    case Grade::agreed:
    case Grade::rebuilt:
    case Grade::proven: return '+';
  }
  return '?';
}

std::optional<Grade> grade_of(char status) {
  switch (status) {
    case '?': return Grade::untried;
    case '*':
    case '/': return Grade::untrimmed;
    case '-': return Grade::unreadable;
    case '+': return Grade::drive;
    default: return std::nullopt;  // a character of a file, not an enum of ours
  }
}

/// Words of one line, taken one after another.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) {}
  std::string_view next() {
    const auto start = rest_.find_first_not_of(" \t");
    if (start == std::string_view::npos) return rest_ = {};
    rest_.remove_prefix(start);
    const auto end = std::min(rest_.find_first_of(" \t"), rest_.size());
    const auto word = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return word;
  }
  /// Everything that is left, without the blanks around it.
  std::string_view rest() {
    const auto start = std::min(rest_.find_first_not_of(" \t"), rest_.size());
    return rest_.substr(start);
  }

 private:
  std::string_view rest_;
};

/// Decimal, or hexadecimal after 0x, as ddrescue writes either. Nothing if it is not a number or does not fit.
std::optional<std::int64_t> number(std::string_view word) {
  int base = 10;
  if (word.starts_with("0x") || word.starts_with("0X")) {
    word.remove_prefix(2);
    base = 16;
  }
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), value, base);
  if (code != std::errc{} || end != word.data() + word.size() || value < 0) return std::nullopt;
  return value;
}

struct Area {
  std::int64_t position = 0, size = 0;
  Grade grade = Grade::untried;
};

/// Lays byte areas on whole sectors. A sector is as good as the worst byte in it.
void lay_out(const std::vector<Area>& areas, MapFile& file) {
  const std::int64_t end = areas.empty() ? 0 : areas.back().position + areas.back().size;
  const std::int64_t sectors = (end + kUserBytes - 1) / kUserBytes;
  file.map = RipMap{sectors};
  std::int64_t broken = 0;
  for (const Area& area : areas) {
    const std::int64_t first = (area.position + kUserBytes - 1) / kUserBytes;
    const bool to_the_end = area.position + area.size == end;
    const std::int64_t last = to_the_end ? sectors : (area.position + area.size) / kUserBytes;
    if (last > first) file.map.set(first, last - first, area.grade);
    const bool cut = area.position % kUserBytes != 0;
    if (cut && area.position / kUserBytes < sectors) {
      file.map.set(area.position / kUserBytes, 1, Grade::untrimmed);
      ++broken;
    }
  }
  if (end % kUserBytes != 0) {
    file.map.set(sectors - 1, 1, Grade::untrimmed);
    ++broken;
  }
  if (broken > 0)
    file.warnings.push_back(fmt::format(
        "{} areas of the map did not begin or end on a sector of 2048 bytes; the sectors they cut will be read again",
        broken));
}

class Parser {
 public:
  Parser(std::string_view text, std::string_view name) : text_(text), name_(name) {}

  Result<MapFile> parse() {
    while (!text_.empty()) {
      const auto end = std::min(text_.find('\n'), text_.size());
      std::string_view line = text_.substr(0, end);
      text_.remove_prefix(std::min(end + 1, text_.size()));
      if (line.ends_with('\r')) line.remove_suffix(1);
      ++line_number_;
      CHECK(take(line));
    }
    if (!have_status_) return wrong("no line with the current position and status");
    lay_out(areas_, file_);
    refine();
    return std::move(file_);
  }

 private:
  std::unexpected<Error> wrong(std::string got) const {
    return fail({.kind = ErrorKind::parse,
                 .tried = "read the map",
                 .where = fmt::format("{}, line {}", name_, line_number_),
                 .got = std::move(got),
                 .next = "restore the map from a copy, or start anew under another name"});
  }

  Result<void> take(std::string_view line) {
    if (line.starts_with(kOurs)) {
      take_ours(line.substr(kOurs.size()));
      return {};
    }
    Words words{line};
    const std::string_view first = words.next();
    if (first.empty() || first.starts_with('#')) return {};
    return have_status_ ? take_area(first, words) : take_status(first, words);
  }

  Result<void> take_status(std::string_view first, Words& words) {
    const auto position = number(first);
    const std::string_view status = words.next();
    if (!position || status.size() != 1 || std::string_view{"?*/-FG+"}.find(status[0]) == std::string_view::npos)
      return wrong("expected a current position and one of ? * / - F G +");
    have_status_ = true;
    return {};
  }

  Result<void> take_area(std::string_view first, Words& words) {
    const auto position = number(first);
    const auto size = number(words.next());
    const std::string_view status = words.next();
    if (!position || !size || status.size() != 1) return wrong("expected a position, a size and a status");
    const auto grade = grade_of(status[0]);
    if (!grade) return wrong(fmt::format("'{}' is no status of an area", status));
    const std::int64_t expected = areas_.empty() ? 0 : areas_.back().position + areas_.back().size;
    if (*position != expected) return wrong(fmt::format("the area begins at {}, not at {}", *position, expected));
    constexpr std::int64_t kMost = std::int64_t{std::numeric_limits<std::int32_t>::max()} * kUserBytes;
    if (*size <= 0 || *size > kMost - *position) return wrong("the area has no size, or is larger than any disc");
    areas_.push_back({*position, *size, *grade});
    return {};
  }

  /// Our own comments refine; one that cannot be read is ignored, as any other tool would.
  void take_ours(std::string_view line) {
    Words words{line};
    const std::string_view what = words.next();
    if (what == "disc") {
      file_.disc_identity = words.next();
      file_.disc_name = words.rest();
    } else if (what == "first-lba") {
      Words copy = words;
      const std::string_view word = copy.next();
      const bool negative = word.starts_with('-');
      if (const auto value = number(negative ? word.substr(1) : word)) file_.first_lba = negative ? -*value : *value;
    } else if (what == "phase") {
      take_phase(words);
    } else if (what == "grade") {
      const auto position = number(words.next());
      const auto size = number(words.next());
      const auto name = grade(words.next());
      constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
      if (position && size && name) grades_.push_back({*position, std::min(*size, kMost - *position), *name});
    } else if (what == "failed") {
      const auto position = number(words.next());
      const auto size = number(words.next());
      const auto tries = number(words.next());
      if (position && size && tries && *tries <= std::numeric_limits<std::uint32_t>::max())
        file_.failures.push_back({*position / kUserBytes, *size / kUserBytes, static_cast<std::uint32_t>(*tries),
                                  std::string{words.rest()}});
    }
  }

  void take_phase(Words& words) {
    const std::string_view name = words.next();
    const auto round = number(words.next());
    const auto position = number(words.next());
    for (std::size_t i = 0; i < kPhaseNames.size(); ++i)
      if (kPhaseNames[i] == name && round && *round < 1'000'000 && position)
        file_.progress = {static_cast<RipProgress::Phase>(i), static_cast<std::uint32_t>(*round),
                          *position / kUserBytes};
  }

  /// Grades apply only inside what the areas call good.
  void refine() {
    for (const Area& area : grades_) {
      if (!is_good(area.grade) || area.position / kUserBytes >= file_.map.sectors()) continue;
      const std::int64_t last = std::min((area.position + area.size) / kUserBytes, file_.map.sectors());
      for (std::int64_t at = area.position / kUserBytes; at < last;) {
        const auto run = file_.map.find(at, [](Grade g) { return is_good(g); });
        if (!run || run->first >= last) break;
        const std::int64_t end = std::min(run->end(), last);
        file_.map.set(run->first, end - run->first, area.grade);
        at = end;
      }
    }
    std::erase_if(file_.failures, [&](const FailureNote& note) {
      return note.count <= 0 || note.first >= file_.map.sectors() || note.count > file_.map.sectors() - note.first;
    });
    if (file_.progress.position > file_.map.sectors()) file_.progress.position = 0;
  }

  std::string_view text_, name_;
  std::size_t line_number_ = 0;
  bool have_status_ = false;
  std::vector<Area> areas_, grades_;
  MapFile file_;
};

/// Bytes after which a text is passed on.
constexpr std::size_t kPiece = std::size_t{256} << 10U;

std::int64_t byte(std::int64_t sector) { return sector * kUserBytes; }

std::string head_of(const MapFile& file) {
  std::string text = "# Mapfile. Created by pressmark\n";
  const auto out = std::back_inserter(text);
  const auto phase = static_cast<std::size_t>(file.progress.phase);
  if (!file.disc_identity.empty()) fmt::format_to(out, "{}disc {} {}\n", kOurs, file.disc_identity, file.disc_name);
  fmt::format_to(out, "{}first-lba {}\n", kOurs, file.first_lba);
  fmt::format_to(out, "{}phase {} {} {}\n", kOurs, kPhaseNames[phase], file.progress.round,
                 byte(file.progress.position));
  fmt::format_to(out, "# current_pos  current_status  current_pass\n0x{:08X}     {}               {}\n",
                 byte(file.progress.position), kPhaseStatus[phase], file.progress.round + 1);
  text += "#      pos        size  status\n";
  return text;
}

}  // namespace

std::string_view to_string(RipProgress::Phase phase) { return kPhaseNames[static_cast<std::size_t>(phase)]; }

std::string format_mapfile(const MapFile& file) {
  std::string text;
  (void)write_mapfile(file, [&](std::string_view piece) -> Result<void> {  // keeping it cannot fail
    text += piece;
    return {};
  });
  return text;
}

Result<void> write_mapfile(const MapFile& file, const std::function<Result<void>(std::string_view)>& out) {
  std::string piece = head_of(file);
  const auto end = std::back_inserter(piece);
  const auto pass_on = [&](std::size_t least) -> Result<void> {
    if (piece.size() <= least) return {};
    CHECK(out(piece));
    piece.clear();
    return {};
  };
  const std::vector<GradedRun> runs = file.map.runs();
  for (std::size_t i = 0; i < runs.size();) {
    const char status = status_of(runs[i].grade);
    std::size_t next = i;
    while (next < runs.size() && status_of(runs[next].grade) == status) ++next;
    fmt::format_to(end, "0x{:08X}  0x{:08X}  {}\n", byte(runs[i].first), byte(runs[next - 1].end() - runs[i].first),
                   status);
    CHECK(pass_on(kPiece));
    i = next;
  }
  for (const GradedRun& run : runs) {
    if (!is_good(run.grade) || run.grade == Grade::drive) continue;
    fmt::format_to(end, "{}grade 0x{:08X} 0x{:08X} {}\n", kOurs, byte(run.first), byte(run.count),
                   to_string(run.grade));
    CHECK(pass_on(kPiece));
  }
  for (const FailureNote& note : file.failures) {
    fmt::format_to(end, "{}failed 0x{:08X} 0x{:08X} {} {}\n", kOurs, byte(note.first), byte(note.count), note.tries,
                   note.last);
    CHECK(pass_on(kPiece));
  }
  return pass_on(0);
}

Result<MapFile> parse_mapfile(std::string_view text, std::string_view name) { return Parser{text, name}.parse(); }

}  // namespace pressmark
