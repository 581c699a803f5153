// A CDB's opcode finds its row by binary search; the row tells where the numbers are.
#include "drivers/simulated/cdb.h"

#include <algorithm>

namespace pressmark::simulated {

Request decode(const Command& command) {
  Request request{.cdb = command.cdb, .data = command.data};
  std::fill(request.cdb.begin() + std::min<std::ptrdiff_t>(command.cdb_length, 16), request.cdb.end(), std::byte{0});

  const auto opcode = static_cast<Opcode>(request.cdb[0]);
  const auto* row = std::ranges::lower_bound(kCommands, opcode, {}, &CommandRow::opcode);
  if (row == kCommands.end() || row->opcode != opcode || command.cdb_length < row->length) return request;

  request.row = row;
  request.lba = static_cast<std::int32_t>(request.number(row->lba.at, row->lba.bytes));
  request.amount = request.number(row->amount.at, row->amount.bytes);
  return request;
}

}  // namespace pressmark::simulated
