// The only file that knows libudev.
#include <cerrno>
#include <cstring>
#include <libudev.h>
#include <memory>
#include <string_view>

#include "drive/find.h"

namespace pressmark::drive {

namespace {

struct Release {
  void operator()(udev* p) const { udev_unref(p); }
  void operator()(udev_enumerate* p) const { udev_enumerate_unref(p); }
  void operator()(udev_device* p) const { udev_device_unref(p); }
};
template <class T>
using Handle = std::unique_ptr<T, Release>;

Error cannot_ask(int negative_errno) {
  return Error{.kind = ErrorKind::io,
               .tried = "ask udev for optical drives",
               .where = "libudev",
               .got = std::strerror(negative_errno < 0 ? -negative_errno : ENOMEM),
               .next = "name the drive, such as /dev/sr0"};
}

bool is_one(const char* value) { return value != nullptr && std::string_view{value} == "1"; }

}  // namespace

Result<std::vector<UdevDrive>> find_by_udev() {
  const Handle<udev> context{udev_new()};
  if (!context) return fail(cannot_ask(0));
  const Handle<udev_enumerate> devices{udev_enumerate_new(context.get())};
  if (!devices) return fail(cannot_ask(0));
  udev_enumerate_add_match_subsystem(devices.get(), "block");
  udev_enumerate_add_match_property(devices.get(), "ID_CDROM", "1");
  if (const int status = udev_enumerate_scan_devices(devices.get()); status < 0) return fail(cannot_ask(status));

  std::vector<UdevDrive> found;
  for (udev_list_entry* entry = udev_enumerate_get_list_entry(devices.get()); entry != nullptr;
       entry = udev_list_entry_get_next(entry)) {
    const Handle<udev_device> device{udev_device_new_from_syspath(context.get(), udev_list_entry_get_name(entry))};
    const char* node = device ? udev_device_get_devnode(device.get()) : nullptr;
    if (node == nullptr) continue;  // it went away between the scan and now
    found.push_back(
        {.node = node, .has_medium = is_one(udev_device_get_property_value(device.get(), "ID_CDROM_MEDIA"))});
  }
  return found;
}

}  // namespace pressmark::drive
