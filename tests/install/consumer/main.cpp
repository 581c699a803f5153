// What a program that uses the installed library looks like: opens the simulated drive and reads one sector.
#include <array>
#include <cstdio>
#include <pressmark/drive.h>
#include <pressmark/source.h>

int main() {
  auto source = pressmark::open_source("sim:demo");
  auto drive = source ? pressmark::Drive::open(std::move(source->transport)) : std::unexpected(source.error());
  if (!drive || !(*drive)->wait_ready(std::chrono::seconds{60})) return 1;
  std::array<std::byte, pressmark::kUserBytes> sector{};
  const auto read = (*drive)->read_user(pressmark::Lba{16}, 1, sector);  // ECMA-119: the first volume descriptor
  if (!read) std::puts(pressmark::describe(read.error()).c_str());
  return read && sector[1] == std::byte{'C'} && sector[5] == std::byte{'1'} ? 0 : 1;
}
