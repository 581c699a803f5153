// JSON objects, one a line, so that a cut-off file loses its last line only and `grep` and `jq` work. Short data is hex, for people;
// long data is zstd in base64, for size: a disc's zeros and fillings cost nothing.
//
// A line comes from a file that anyone may have written. Every field is asked for by name and type, every length is checked
// against the others before a byte is allocated.
#include "drivers/replay/transcript.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <limits>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <optional>
#include <span>
#include <zstd.h>

namespace pressmark {
namespace {

using Json = nlohmann::ordered_json;
using Bytes = std::vector<std::byte>;

constexpr int kVersion = 1;
constexpr std::size_t kHexUpTo = 64;  // bytes; above this zstd and base64 take over
constexpr std::string_view kHexPrefix = "hex:";
constexpr std::string_view kZstdPrefix = "zstd:";

struct KindName {
  ErrorKind kind;
  std::string_view name;
};
/// The failures a transport may have (transport.h), but `usage`: those never reach the drive and are not recorded. Names are the enum's, not the words for people, which may change.
constexpr std::array kFailures = {
    KindName{ErrorKind::timeout, "timeout"},
    KindName{ErrorKind::bus, "bus"},
    KindName{ErrorKind::device_gone, "device_gone"},
    KindName{ErrorKind::no_permission, "no_permission"},
    KindName{ErrorKind::busy, "busy"},
    KindName{ErrorKind::io, "io"},
};

// --- bytes as text ---------------------------------------------------------------------------------------------------------

std::string to_hex(std::span<const std::byte> bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::byte b : bytes) fmt::format_to(std::back_inserter(text), "{:02x}", static_cast<unsigned>(b));
  return text;
}

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

std::optional<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = hex_digit(text[i]);
    const auto low = hex_digit(text[i + 1]);
    if (!high || !low) return std::nullopt;
    bytes.push_back(static_cast<std::byte>(*high << 4U | *low));
  }
  return bytes;
}

std::string to_base64(std::span<const std::byte> bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // EVP_EncodeBlock adds a zero
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::optional<Bytes> from_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0 || text.size() > 2ULL * kTranscriptTransferLimit) return std::nullopt;
  const auto is_digit = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  };
  const std::size_t digits = std::min(text.find('='), text.size());
  const std::size_t padding = text.size() - digits;
  // EVP_DecodeBlock skips blanks and takes padding anywhere; we do not.
  if (padding > 2 || text.substr(digits) != std::string_view("==").substr(0, padding) ||
      !std::ranges::all_of(text.substr(0, digits), is_digit)) {
    return std::nullopt;
  }
  Bytes bytes(text.size() / 4 * 3);
  if (EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size())) < 0) {
    return std::nullopt;
  }
  bytes.resize(bytes.size() - padding);
  return bytes;
}

std::string encode_bytes(std::span<const std::byte> bytes) {
  if (bytes.size() <= kHexUpTo) return fmt::format("{}{}", kHexPrefix, to_hex(bytes));
  Bytes packed(ZSTD_compressBound(bytes.size()));
  const std::size_t size = ZSTD_compress(packed.data(), packed.size(), bytes.data(), bytes.size(), 1);
  packed.resize(ZSTD_isError(size) != 0U ? 0 : size);
  return fmt::format("{}{}", kZstdPrefix, to_base64(packed));
}

/// The `size` bytes that `text` stands for; nothing if it does not stand for exactly so many.
std::optional<Bytes> decode_bytes(std::string_view text, std::size_t size) {
  if (text.starts_with(kHexPrefix)) {
    auto bytes = from_hex(text.substr(kHexPrefix.size()));
    return bytes && bytes->size() == size ? bytes : std::nullopt;
  }
  if (!text.starts_with(kZstdPrefix)) return std::nullopt;
  const auto packed = from_base64(text.substr(kZstdPrefix.size()));
  if (!packed) return std::nullopt;
  Bytes bytes(size);
  const std::size_t got = ZSTD_decompress(bytes.data(), bytes.size(), packed->data(), packed->size());
  if (ZSTD_isError(got) != 0U || got != size) return std::nullopt;
  return bytes;
}

// --- fields of a line ------------------------------------------------------------------------------------------------------

std::unexpected<Error> malformed(std::string got) {
  return fail({.kind = ErrorKind::parse, .tried = "read the transcript", .got = std::move(got)});
}

Result<Json> parse_object(std::string_view line) {
  Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return malformed("the line is not a JSON object");
  return json;
}

Result<std::string> text_field(const Json& json, const char* name) {
  const auto it = json.find(name);
  if (it == json.end() || !it->is_string()) return malformed(fmt::format("expected a string \"{}\"", name));
  return it->get<std::string>();
}

Result<std::uint64_t> number_field(const Json& json, const char* name, std::uint64_t most) {
  const auto it = json.find(name);
  if (it == json.end() || !it->is_number_unsigned() || it->get<std::uint64_t>() > most) {
    return malformed(fmt::format("expected a number \"{}\" from 0 to {}", name, most));
  }
  return it->get<std::uint64_t>();
}

Result<RecordedCommand> command_of(const Json& json) {
  RecordedCommand command;
  const auto text = text_field(json, "cdb");
  if (!text) return fail(text.error());
  auto cdb = from_hex(*text);
  if (!cdb || (cdb->size() != 6 && cdb->size() != 10 && cdb->size() != 12 && cdb->size() != 16)) {
    return malformed("expected 6, 10, 12 or 16 bytes of hex in \"cdb\"");
  }
  command.cdb = std::move(*cdb);
  if (json.contains("in") && json.contains("out")) return malformed("\"in\" and \"out\" exclude each other");
  const char* name = json.contains("in") ? "in" : json.contains("out") ? "out" : nullptr;
  if (name == nullptr) return command;

  const auto length = number_field(json, name, kTranscriptTransferLimit);
  if (!length) return fail(length.error());
  command.length = static_cast<std::uint32_t>(*length);
  command.direction = name[0] == 'i' ? Direction::in : Direction::out;
  if (command.direction == Direction::in) return command;
  const auto sent = text_field(json, "sent");
  if (!sent) return fail(sent.error());
  auto bytes = decode_bytes(*sent, command.length);
  if (!bytes) return malformed(fmt::format("\"sent\" does not hold {} bytes", command.length));
  command.sent = std::move(*bytes);
  return command;
}

Result<Error> failure_of(const Json& json) {
  const auto name = text_field(json, "failed");
  if (!name) return fail(name.error());
  const auto* row = std::ranges::find(kFailures, std::string_view{*name}, &KindName::name);
  if (row == kFailures.end()) return malformed(fmt::format("\"failed\" names no known failure: \"{}\"", *name));
  auto got = text_field(json, "got");
  if (!got) return fail(got.error());
  return Error{.kind = row->kind, .got = std::move(*got)};
}

Result<Reply> reply_of(const Json& json, const RecordedCommand& command) {
  Reply reply;
  const auto status = number_field(json, "status", 0xFF);
  if (!status) return fail(status.error());
  reply.status = static_cast<Status>(*status);
  const auto transferred = number_field(json, "transferred", command.length);
  if (!transferred) return fail(transferred.error());
  reply.transferred = static_cast<std::uint32_t>(*transferred);
  if (!json.contains("sense")) return reply;
  const auto text = text_field(json, "sense");
  if (!text) return fail(text.error());
  const auto sense = from_hex(*text);
  if (!sense || sense->size() > reply.sense.size()) return malformed("expected at most 96 bytes of hex in \"sense\"");
  std::ranges::copy(*sense, reply.sense.begin());
  reply.sense_length = static_cast<std::uint8_t>(sense->size());
  return reply;
}

std::string_view failure_name(ErrorKind kind) {
  const auto* row = std::ranges::find(kFailures, kind, &KindName::kind);
  return row == kFailures.end() ? "bus" : row->name;
}

/// An error's words can hold any bytes (a path); what is not UTF-8 is replaced, never thrown about.
std::string line_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace

RecordedCommand recorded(const Command& command) {
  RecordedCommand out{.direction = command.direction, .length = static_cast<std::uint32_t>(command.data.size())};
  out.cdb.assign(command.cdb_bytes().begin(), command.cdb_bytes().end());
  if (command.direction == Direction::out) out.sent.assign(command.data.begin(), command.data.end());
  return out;
}

std::string to_string(const RecordedCommand& command) {
  switch (command.direction) {
    case Direction::none: return to_hex(command.cdb);
    case Direction::in: return fmt::format("{}, in {} bytes", to_hex(command.cdb), command.length);
    case Direction::out:
      return fmt::format("{}, out {} bytes {}", to_hex(command.cdb), command.length, to_hex(command.sent));
  }
  std::unreachable();
}

std::string header_line(const TranscriptHeader& header) {
  return line_of({{"transcript", kVersion},
                  {"tool", header.tool},
                  {"started", header.started},
                  {"driver", header.drive.driver},
                  {"path", header.drive.path},
                  {"max_transfer_bytes", header.drive.max_transfer_bytes}});
}

std::string record_line(const TranscriptRecord& record) {
  const RecordedCommand& command = record.command;
  Json json{{"cdb", to_hex(command.cdb)}};
  if (command.direction == Direction::in) json["in"] = command.length;
  if (command.direction == Direction::out) {
    json["out"] = command.length;
    json["sent"] = encode_bytes(command.sent);
  }
  json["timeout_ms"] = record.timeout.count();
  json["ns"] = record.elapsed.count();
  if (!record.answer) {
    json["failed"] = failure_name(record.answer.error().kind);
    json["got"] = record.answer.error().got;
    return line_of(json);
  }
  const Reply& reply = *record.answer;
  json["status"] = static_cast<unsigned>(reply.status);
  json["transferred"] = reply.transferred;
  if (reply.sense_length > 0) json["sense"] = to_hex(reply.sense_bytes());
  if (command.direction == Direction::in && reply.transferred > 0) json["data"] = encode_bytes(record.received);
  return line_of(json);
}

Result<TranscriptHeader> parse_header(std::string_view line) {
  const auto json = parse_object(line);
  if (!json) return fail(json.error());
  const auto version = number_field(*json, "transcript", std::numeric_limits<std::uint32_t>::max());
  if (!version) return malformed("the first line is not that of a transcript");
  if (*version != kVersion)
    return malformed(fmt::format("version {} of the format; this program knows {}", *version, kVersion));
  TranscriptHeader header;
  for (const auto& [name, target] :
       {std::pair{"tool", &header.tool}, std::pair{"started", &header.started},
        std::pair{"driver", &header.drive.driver}, std::pair{"path", &header.drive.path}}) {
    auto text = text_field(*json, name);
    if (!text) return fail(text.error());
    *target = std::move(*text);
  }
  const auto most = number_field(*json, "max_transfer_bytes", std::numeric_limits<std::uint32_t>::max());
  if (!most) return fail(most.error());
  header.drive.max_transfer_bytes = static_cast<std::uint32_t>(*most);
  return header;
}

Result<TranscriptRecord> parse_record(std::string_view line) {
  const auto json = parse_object(line);
  if (!json) return fail(json.error());
  auto command = command_of(*json);
  if (!command) return fail(command.error());
  const auto timeout = number_field(*json, "timeout_ms", std::numeric_limits<std::int32_t>::max());
  if (!timeout) return fail(timeout.error());
  const auto elapsed = number_field(*json, "ns", std::numeric_limits<std::int64_t>::max() / 1024);
  if (!elapsed) return fail(elapsed.error());
  TranscriptRecord record{.command = std::move(*command),
                          .timeout = std::chrono::milliseconds{static_cast<std::int64_t>(*timeout)},
                          .elapsed = Duration{static_cast<std::int64_t>(*elapsed)}};
  if (json->contains("failed")) {
    auto failure = failure_of(*json);
    if (!failure) return fail(failure.error());
    record.answer = fail(std::move(*failure));
    return record;
  }
  auto reply = reply_of(*json, record.command);
  if (!reply) return fail(reply.error());
  reply->elapsed = record.elapsed;
  if (record.command.direction == Direction::in && reply->transferred > 0) {
    const auto data = text_field(*json, "data");
    if (!data) return fail(data.error());
    auto bytes = decode_bytes(*data, reply->transferred);
    if (!bytes) return malformed(fmt::format("\"data\" does not hold {} bytes", reply->transferred));
    record.received = std::move(*bytes);
  }
  record.answer = *reply;
  return record;
}

}  // namespace pressmark
