// Expat reads the XML and says what begins and ends; a game is put together between its tags and handed on. What a hostile
// file could do is cut short: entities are not declared (none that a DAT needs is), elements nest a few deep, no token is
// longer than a mebibyte, no game has more than so many roms.
#include <algorithm>
#include <array>
#include <expat.h>
#include <fmt/format.h>
#include <memory>
#include <optional>

#include "catalog/dat_parser.h"
#include "core/printable.h"
#include "core/text.h"
#include "core/try.h"

namespace pressmark {
namespace {

constexpr std::int64_t kLongestToken = 1 << 20;

class LogiqxParser {
 public:
  LogiqxParser(std::string_view where, DatSink& sink) : where_(where), sink_(sink), expat_(XML_ParserCreate(nullptr)) {
    if (!expat_) throw std::bad_alloc{};
    XML_SetUserData(expat_.get(), this);
    XML_SetElementHandler(expat_.get(), on_begin, on_end);
    XML_SetCharacterDataHandler(expat_.get(), on_text);
    XML_SetEntityDeclHandler(expat_.get(), on_entity);
  }

  Result<void> parse(const ByteSource& next) {
    for (bool ended = false; !ended;) {
      void* buffer = XML_GetBuffer(expat_.get(), kDatPieceBytes);
      if (buffer == nullptr) return bad("it does not fit into memory");
      TRY(const std::size_t got, next({static_cast<std::byte*>(buffer), kDatPieceBytes}));
      fed_ += static_cast<std::int64_t>(got);
      ended = got == 0;
      const auto status = XML_ParseBuffer(expat_.get(), static_cast<int>(got), ended ? XML_TRUE : XML_FALSE);
      if (failure_) return fail(*failure_);
      if (status != XML_STATUS_OK) return bad(XML_ErrorString(XML_GetErrorCode(expat_.get())));
      if (const auto at = XML_GetCurrentByteIndex(expat_.get()); at >= 0 && fed_ - at > kLongestToken)
        return bad("a tag, comment or the like is longer than a mebibyte");
    }
    return {};
  }

 private:
  struct Free {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
  };
  using Attributes = const XML_Char**;

  static LogiqxParser& self(void* data) { return *static_cast<LogiqxParser*>(data); }
  static void on_begin(void* data, const XML_Char* name, Attributes attributes) {
    self(data).settle(self(data).begin(name, attributes));
  }
  static void on_end(void* data, const XML_Char*) { self(data).settle(self(data).end()); }
  static void on_text(void* data, const XML_Char* text, int length) {
    self(data).settle(self(data).text({text, static_cast<std::size_t>(length)}));
  }
  static void on_entity(void* data, const XML_Char* name, int, const XML_Char*, int, const XML_Char*, const XML_Char*,
                        const XML_Char*, const XML_Char*) {
    self(data).settle(
        self(data).bad(fmt::format("it declares the entity {}, which no DAT needs", in_quotes(printable(name)))));
  }

  /// Expat goes on until it has been told to stop, and may call back once more.
  void settle(const Result<void>& done) {
    if (done || failure_) return;
    failure_ = done.error();
    XML_StopParser(expat_.get(), XML_FALSE);
  }

  Result<void> begin(std::string_view name, Attributes attributes) {
    if (failure_) return {};
    if (++depth_ > kDeepestDat) return bad(fmt::format("elements stand in each other more than {} deep", kDeepestDat));
    taking_ = nullptr;
    if (depth_ == 1) return name == "datafile" ? Result<void>{} : bad(not_a_dat(name));
    if (depth_ == 2) return begin_block(name, attributes);
    if (depth_ == 3 && in_header_) {
      if (name == "name") taking_ = &header_.name;
      if (name == "version") taking_ = &header_.version;
    }
    if (depth_ == 3 && game_) {
      if (name == "serial") taking_ = &game_->serial;
      if (name == "rom") return rom(attributes);
    }
    return {};
  }

  static std::string not_a_dat(std::string_view root) {
    return fmt::format("its outermost element is {}, not datafile", in_quotes(printable(root)));
  }

  Result<void> begin_block(std::string_view name, Attributes attributes) {
    in_header_ = name == "header";
    if (in_header_ && header_told_) return bad("a header stands behind games, or twice");
    if (name != "game" && name != "machine") return {};
    CHECK(tell_header());
    game_.emplace();
    for (; *attributes != nullptr; attributes += 2) {
      const std::string_view field = attributes[0], value = attributes[1];
      if (value.size() > kLongestField) return bad(fmt::format("an attribute has {} bytes", value.size()));
      if (field == "name") game_->name = value;
      if (field == "serial") game_->serial = value;
    }
    return {};
  }

  Result<void> rom(Attributes attributes) {
    if (game_->roms.size() >= kMostRomsInGame) return bad(fmt::format("a game has more than {} roms", kMostRomsInGame));
    KnownRom& rom = game_->roms.emplace_back();
    for (; *attributes != nullptr; attributes += 2)
      if (std::string wrong = set_field(rom, attributes[0], attributes[1]); !wrong.empty())
        return bad(fmt::format("rom {}: {}", in_quotes(printable(rom.name)), wrong));
    return {};
  }

  Result<void> text(std::string_view text) {
    if (taking_ == nullptr || failure_) return {};
    if (taking_->size() + text.size() > kLongestField) return bad("a name or version is too long");
    taking_->append(text);
    return {};
  }

  Result<void> end() {
    if (failure_) return {};
    taking_ = nullptr;
    --depth_;
    if (depth_ == 1 && in_header_) CHECK(tell_header());
    if (depth_ == 1 && game_) {
      KnownGame game = std::move(*game_);
      game_.reset();
      return sink_.game(std::move(game));
    }
    return depth_ == 0 ? tell_header() : Result<void>{};
  }

  Result<void> tell_header() {
    in_header_ = false;
    if (std::exchange(header_told_, true)) return {};
    header_.format = DatFormat::logiqx;
    return sink_.header(header_);
  }

  [[nodiscard]] std::unexpected<Error> bad(std::string got) const {
    return bad_dat(where_, XML_GetCurrentLineNumber(expat_.get()), std::move(got));
  }

  std::string_view where_;
  DatSink& sink_;
  std::unique_ptr<XML_ParserStruct, Free> expat_;
  std::int64_t fed_ = 0;
  int depth_ = 0;
  bool in_header_ = false, header_told_ = false;
  DatHeader header_;
  std::optional<KnownGame> game_;
  std::string* taking_ = nullptr;  // the text of the element that is open
  std::optional<Error> failure_;
};

}  // namespace

Result<void> parse_logiqx(const ByteSource& next, std::string_view where, DatSink& sink) {
  return LogiqxParser{where, sink}.parse(next);
}

}  // namespace pressmark
