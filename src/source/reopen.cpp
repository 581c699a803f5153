// A drive that was unplugged comes back under another name when something still holds the old one: so all are asked.
#include "source/reopen.h"

#include "core/try.h"

namespace pressmark {
namespace {

/// Without a serial number on either side the rest must do: many drives have none.
bool same_drive(const DriveIdentity& a, const DriveIdentity& b) {
  const bool serials_differ = !a.serial.empty() && !b.serial.empty() && a.serial != b.serial;
  return a.vendor == b.vendor && a.product == b.product && a.revision == b.revision && !serials_differ;
}

Result<std::unique_ptr<Transport>> open_if_same(const std::string& path, const DriveIdentity& who,
                                                const OpenDevice& open) {
  TRY(std::shared_ptr<Transport> transport, open(path));
  TRY(const auto drive, Drive::open(std::make_unique<SharedTransport>(transport)));
  if (same_drive(drive->identity(), who)) return std::make_unique<SharedTransport>(std::move(transport));
  return fail({.kind = ErrorKind::not_found,
               .tried = "find the drive again",
               .where = path,
               .got = "another drive is there now",
               .next = "connect the drive again"});
}

}  // namespace

Result<std::unique_ptr<Transport>> find_drive_again(const std::string& path, const DriveIdentity& who,
                                                    const OpenDevice& open) {
  auto here = open_if_same(path, who, open);
  if (here) return here;
  const auto drives = find_drives();
  if (!drives) return here;
  for (const FoundDrive& drive : *drives) {
    if (drive.path == path || drive.vendor != who.vendor || drive.product != who.product) continue;
    if (auto there = open_if_same(drive.path, who, open)) return there;
  }
  return here;
}

}  // namespace pressmark
