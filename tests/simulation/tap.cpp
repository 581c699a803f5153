#include "simulation/tap.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

#include "drivers/simulated/random.h"

namespace pressmark::simulation {
namespace {

std::uint32_t big(std::span<const std::byte> bytes) {
  std::uint32_t value = 0;
  for (const std::byte b : bytes) value = value << 8U | std::to_integer<std::uint32_t>(b);
  return value;
}

}  // namespace

std::uint64_t Readings::hash(std::span<const std::byte> bytes) {
  std::uint64_t h = bytes.size();
  for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i, 8);
    h = simulated::mix(h ^ word);
  }
  return h;
}

void Readings::enter(Lba lba, std::span<const std::byte> user, const Truth& truth) {
  const auto right = truth.user(lba);
  if (right && std::ranges::equal(*right, user))
    ++of_[lba.value].right;
  else
    ++of_[lba.value].wrong[hash(user)];
}

const Readings::Of& Readings::of(Lba lba) const {
  static const Of kNone;
  const auto found = of_.find(lba.value);
  return found == of_.end() ? kNone : found->second;
}

Result<Reply> Tap::execute(const Command& command) {
  if (++ears_.traffic.commands > ears_.traffic.limit)
    return fail({.kind = ErrorKind::device_gone, .tried = "go on", .got = "more commands than this run may take"});
  auto reply = drive_.execute(command);
  if (ears_.traffic.told) tell(command, reply);
  if (!reply) {
    ears_.traffic.timeouts += reply.error().kind == ErrorKind::timeout ? 1U : 0U;
    ears_.traffic.bus_failures += reply.error().kind == ErrorKind::bus ? 1U : 0U;
    ears_.traffic.gone += reply.error().kind == ErrorKind::device_gone ? 1U : 0U;
    return reply;
  }
  if (reply->status == Status::check_condition) {
    const auto sense = decode_sense(reply->sense_bytes());
    ++(sense && sense->key == 6 ? ears_.traffic.attentions : ears_.traffic.senses);
  } else if (reply->status == Status::good) {
    listen(command, *reply);
  }
  return reply;
}

void Tap::tell(const Command& command, const Result<Reply>& reply) const {
  fmt::print("    {:10.3f} s ", drive_.log().virtual_seconds);
  for (const std::byte b : command.cdb_bytes()) fmt::print("{:02X}", std::to_integer<unsigned>(b));
  if (!reply) {
    fmt::print(" {}\n", reply.error().got);
    return;
  }
  const auto sense = decode_sense(reply->sense_bytes());
  fmt::print(" {} of {} bytes{}\n", reply->transferred, command.data.size(), sense ? " " + to_string(*sense) : "");
}

/// READ(10), READ(12) and READ CD (MMC-6 6.15, 6.17, 6.18), decoded here once more.
void Tap::listen(const Command& command, const Reply& reply) {
  const auto cdb = command.cdb_bytes();
  const auto opcode = std::to_integer<std::uint8_t>(cdb[0]);
  std::uint32_t count = 0;
  if (opcode == 0x28) count = big(cdb.subspan(7, 2));
  if (opcode == 0xA8) count = big(cdb.subspan(6, 4));
  if (opcode == 0xBE) count = big(cdb.subspan(6, 3));
  if (count == 0) return;
  const bool raw = opcode == 0xBE;
  if (raw && (cdb[9] & std::byte{0xF8}) != std::byte{0xF8}) return;
  const Lba first{static_cast<std::int32_t>(big(cdb.subspan(2, 4)))};
  const std::size_t size = command.data.size() / count;
  for (std::uint32_t i = 0; i < count && (i + 1) * size <= reply.transferred; ++i) {
    const auto sector = command.data.subspan(i * size, size);
    const std::size_t skip = raw ? ears_.truth.user_offset(first + i) : 0;
    if (size >= skip + kUserBytes) ears_.readings.enter(first + i, sector.subspan(skip, kUserBytes), ears_.truth);
  }
}

}  // namespace pressmark::simulation
