#include "files/timestamps.h"

#include <chrono>
#include <cstdlib>

#include "core/bytes.h"

namespace pressmark::files {

namespace {

using namespace std::chrono;

constexpr int kMostMinutesFromUtc = 24 * 60;

struct Moment {
  int year = 0;
  unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0;
  int minutes_from_utc = 0;
};

std::int64_t seconds_of(const Moment& moment) {
  const year_month_day date{year{moment.year}, month{moment.month}, day{moment.day}};
  if (!date.ok() || moment.hour > 23 || moment.minute > 59 || moment.second > 60 ||
      std::abs(moment.minutes_from_utc) > kMostMinutesFromUtc)
    return VolumeFile::kNoTime;
  const sys_seconds at = sys_days{date} + hours{moment.hour} + minutes{moment.minute} + seconds{moment.second} -
                         minutes{moment.minutes_from_utc};
  return at.time_since_epoch().count();
}

int quarters(std::uint8_t byte) { return 15 * static_cast<std::int8_t>(byte); }

}  // namespace

std::int64_t iso_time(std::span<const std::byte> bytes) {
  ByteReader in{bytes};
  const Moment moment{.year = 1900 + in.u8(0),
                      .month = in.u8(1),
                      .day = in.u8(2),
                      .hour = in.u8(3),
                      .minute = in.u8(4),
                      .second = in.u8(5),
                      .minutes_from_utc = quarters(in.u8(6))};
  return in.truncated() ? VolumeFile::kNoTime : seconds_of(moment);
}

std::int64_t iso_long_time(std::span<const std::byte> bytes) {
  constexpr std::size_t kDigits = 16;
  if (bytes.size() <= kDigits) return VolumeFile::kNoTime;
  bool digits = true;
  const auto number = [&](std::size_t from, std::size_t count) {
    unsigned value = 0;
    for (const std::byte b : bytes.subspan(from, count)) {
      const auto c = std::to_integer<unsigned>(b);
      digits = digits && c >= '0' && c <= '9';
      value = 10 * value + (c - '0') % 10;
    }
    return value;
  };
  const Moment moment{.year = static_cast<int>(number(0, 4)),
                      .month = number(4, 2),
                      .day = number(6, 2),
                      .hour = number(8, 2),
                      .minute = number(10, 2),
                      .second = number(12, 2),
                      .minutes_from_utc = quarters(std::to_integer<std::uint8_t>(bytes[kDigits]))};
  return digits ? seconds_of(moment) : VolumeFile::kNoTime;
}

std::int64_t udf_time(std::span<const std::byte> bytes) {
  constexpr int kNotGiven = -2047;
  ByteReader in{bytes};
  const int zone = in.le16(0) & 0xFFF;
  const int minutes_from_utc = zone >= 0x800 ? zone - 0x1000 : zone;
  const Moment moment{.year = static_cast<std::int16_t>(in.le16(2)),
                      .month = in.u8(4),
                      .day = in.u8(5),
                      .hour = in.u8(6),
                      .minute = in.u8(7),
                      .second = in.u8(8),
                      .minutes_from_utc = minutes_from_utc == kNotGiven ? 0 : minutes_from_utc};
  return in.truncated() ? VolumeFile::kNoTime : seconds_of(moment);
}

std::int64_t hfs_time(std::uint32_t seconds) {
  constexpr std::int64_t kFrom1904To1970 = 2'082'844'800;
  return seconds == 0 ? VolumeFile::kNoTime : std::int64_t{seconds} - kFrom1904To1970;
}

}  // namespace pressmark::files
