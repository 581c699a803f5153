// The host's side for these tests: CDBs written out by hand, replies looked at byte by byte. Nothing of src/mmc is
// used.
#pragma once

#include <algorithm>
#include <gtest/gtest.h>
#include <initializer_list>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "pressmark/simulated.h"

namespace pressmark {

using Bytes = std::vector<std::byte>;

inline constexpr std::string_view kDataCd = R"({"disc": {"kind": "cd", "sectors": 3000}})";
/// Mode 1, then audio with a pre-gap of two seconds, then a second session.
inline constexpr std::string_view kMixedCd = R"({"disc": {"tracks": [
  {"mode": "mode1", "sectors": 3000},
  {"mode": "audio", "sectors": 750, "pregap": 150},
  {"mode": "mode2", "sectors": 1000, "session": 2}]}})";

inline Bytes bytes(std::initializer_list<int> values) {
  Bytes out;
  for (const int v : values) out.push_back(static_cast<std::byte>(v));
  return out;
}

/// Little-endian number.
inline std::uint32_t little(const Bytes& b, std::size_t at) {
  std::uint32_t v = 0;
  for (std::size_t i = 4; i-- > 0;) v = v << 8 | std::to_integer<std::uint32_t>(b.at(at + i));
  return v;
}

/// What came back, in the terms a test asks in.
struct Heard {
  std::optional<ErrorKind> error;
  std::string error_text;
  Status status = Status::good;
  Bytes data;  ///< what was transferred
  Bytes sense;
  Duration elapsed{0};

  [[nodiscard]] bool good() const { return !error && status == Status::good; }
  /// "05/21/00", "good", or the error's kind; sense read by hand from either format.
  [[nodiscard]] std::string verdict() const {
    if (error) return std::string{to_string(*error)};
    if (status == Status::good) return "good";
    if (sense.size() < 8) return "check condition without sense";
    const bool descriptor = (std::to_integer<int>(sense[0]) & 0x7F) >= 0x72;
    const auto at = [&](std::size_t i) { return i < sense.size() ? std::to_integer<int>(sense[i]) : -1; };
    char text[16];
    std::snprintf(text, sizeof text, "%02X/%02X/%02X", descriptor ? at(1) : at(2) & 15, descriptor ? at(2) : at(12),
                  descriptor ? at(3) : at(13));
    return text;
  }
  /// INFORMATION of fixed format sense, where VALID is set.
  [[nodiscard]] std::optional<std::uint32_t> information() const {
    if (sense.size() < 7 || sense[0] != std::byte{0xF0}) return std::nullopt;
    std::uint32_t v = 0;
    for (std::size_t i = 3; i < 7; ++i) v = v << 8 | std::to_integer<std::uint32_t>(sense[i]);
    return v;
  }
  [[nodiscard]] std::uint32_t number(std::size_t at, std::size_t width) const {
    std::uint32_t v = 0;
    for (std::size_t i = at; i < at + width; ++i) v = v << 8 | std::to_integer<std::uint32_t>(data.at(i));
    return v;
  }
  [[nodiscard]] int byte(std::size_t at) const { return std::to_integer<int>(data.at(at)); }
  [[nodiscard]] std::string text(std::size_t at, std::size_t width) const {
    std::string s;
    for (std::size_t i = at; i < at + width; ++i) s += static_cast<char>(data.at(i));
    return s;
  }
};

class Host {
 public:
  explicit Host(std::unique_ptr<SimulatedDrive> drive) : drive_(std::move(drive)) {}
  /// From the JSON text of a scenario; the test fails if it does not parse.
  static Host of(std::string_view json) {
    auto drive = open_scenario(json);
    if (!drive) throw std::runtime_error(describe(drive.error()));
    return Host{std::move(*drive)};
  }

  [[nodiscard]] SimulatedDrive& drive() { return *drive_; }

  Heard in(std::initializer_list<int> cdb, std::size_t room,
           std::chrono::milliseconds timeout = std::chrono::seconds{30}) {
    Bytes buffer(room, std::byte{0xEE});
    Heard heard = send(cdb, Direction::in, buffer, timeout);
    return heard;
  }
  Heard out(std::initializer_list<int> cdb, Bytes list) {
    return send(cdb, Direction::out, list, std::chrono::seconds{30});
  }
  Heard none(std::initializer_list<int> cdb, std::chrono::milliseconds timeout = std::chrono::seconds{30}) {
    Bytes nothing;
    return send(cdb, Direction::none, nothing, timeout);
  }

  Heard read10(std::uint32_t lba, std::uint32_t count, bool fua = false) {
    return in({0x28, fua ? 8 : 0, b(lba, 3), b(lba, 2), b(lba, 1), b(lba, 0), 0, b(count, 1), b(count, 0), 0},
              count * 2048UL);
  }
  Heard read_cd(std::uint32_t lba, std::uint32_t count, int flags, int sub, std::size_t bytes_each) {
    return in(
        {0xBE, 0, b(lba, 3), b(lba, 2), b(lba, 1), b(lba, 0), b(count, 2), b(count, 1), b(count, 0), flags, sub, 0},
        count * bytes_each);
  }
  Heard ready() { return none({0, 0, 0, 0, 0, 0}); }

  /// The true user bytes.
  Bytes truth(std::uint32_t lba, std::uint32_t count) {
    Bytes out(count * 2048UL);
    EXPECT_TRUE(drive_->pristine().read_stored(Lba{lba}, count, out));
    return out;
  }

 private:
  static int b(std::uint32_t v, int n) { return static_cast<int>(v >> (8 * n) & 0xFF); }

  Heard send(std::initializer_list<int> cdb, Direction direction, Bytes& buffer, std::chrono::milliseconds timeout) {
    Command command{.cdb_length = static_cast<std::uint8_t>(cdb.size()),
                    .direction = direction,
                    .data = buffer,
                    .timeout = timeout};
    std::ranges::transform(cdb, command.cdb.begin(), [](int v) { return static_cast<std::byte>(v); });
    auto reply = drive_->execute(command);
    Heard heard;
    if (!reply) {
      heard.error = reply.error().kind;
      heard.error_text = describe(reply.error());
      return heard;
    }
    heard.status = reply->status;
    heard.elapsed = reply->elapsed;
    heard.sense.assign(reply->sense_bytes().begin(), reply->sense_bytes().end());
    buffer.resize(direction == Direction::in ? reply->transferred : 0);
    heard.data = std::move(buffer);
    return heard;
  }

  std::unique_ptr<SimulatedDrive> drive_;
};

}  // namespace pressmark
