// Any line as the first or a later one of a transcript: refused, or read into something that writes and reads back the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "drivers/replay/transcript.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool same_answer(const pressmark::TranscriptRecord& a, const pressmark::TranscriptRecord& b) {
  if (a.answer.has_value() != b.answer.has_value()) return false;
  if (!a.answer) return a.answer.error().kind == b.answer.error().kind;
  return a.answer->status == b.answer->status && a.answer->transferred == b.answer->transferred &&
         a.answer->sense == b.answer->sense && a.answer->sense_length == b.answer->sense_length;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line{reinterpret_cast<const char*>(data), size};
  if (const auto header = pressmark::parse_header(line))
    require(pressmark::parse_header(header_line(*header)).has_value());
  if (const auto record = pressmark::parse_record(line)) {
    const auto again = pressmark::parse_record(record_line(*record));
    require(again && again->command == record->command && again->received == record->received);
    require(same_answer(*again, *record) && again->elapsed == record->elapsed && again->timeout == record->timeout);
  }
  return 0;
}
