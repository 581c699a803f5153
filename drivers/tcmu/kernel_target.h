// The kernel's side of an attached drive: folders and files of configfs, made in order and taken away in reverse.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "pressmark/attach.h"
#include "pressmark/error.h"

namespace pressmark::tcmu {

/// One target: a backstore that hands commands to a uio device, and a local SCSI host that carries it. Plugging and
/// unplugging is linking the two. A command in flight keeps `plug` and `unplug` waiting: another thread must answer.
class KernelTarget {
 public:
  /// Makes the backstore and the host, not yet plugged. Clears away what a killed process left. Fails as Attachment::attach does.
  static Result<std::unique_ptr<KernelTarget>> create();
  ~KernelTarget();
  KernelTarget(const KernelTarget&) = delete;
  KernelTarget& operator=(const KernelTarget&) = delete;

  [[nodiscard]] const std::string& uio_path() const { return uio_path_; }
  [[nodiscard]] std::size_t ring_bytes() const { return ring_bytes_; }

  /// The kernel finds the drive and makes its nodes. Fails: io, timeout.
  Result<DevicePaths> plug();
  /// The device disappears; commands in flight fail as if the cable had been pulled. Nothing to do if it is not plugged. Fails: io.
  Result<void> unplug();
  [[nodiscard]] bool plugged() const { return plugged_; }

  /// While the bus is down every command fails on the way, before it reaches the target.
  Result<void> set_bus_down(bool down);

  /// Unplugs and removes everything. Safe to call twice. The ring must be unmapped before. Fails: io.
  Result<void> remove();

 private:
  KernelTarget() = default;
  Result<void> make_backstore();
  Result<void> make_host();
  [[nodiscard]] Result<std::filesystem::path> scsi_device() const;
  void make_folder(const std::filesystem::path& path, Result<void>& so_far);

  std::filesystem::path backstore_;
  std::filesystem::path wwn_;
  std::vector<std::filesystem::path> made_;  ///< folders, in the order of making
  std::string uio_path_;
  std::size_t ring_bytes_ = 0;
  bool plugged_ = false;
};

}  // namespace pressmark::tcmu
