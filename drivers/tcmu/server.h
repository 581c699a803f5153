// Passes commands from the kernel's ring to a Transport, one at a time, on a thread of its own.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "pressmark/transport.h"

#include "drivers/tcmu/ring.h"

namespace pressmark::tcmu {

/// What the owner of a Server must do; the server's thread cannot, because these wait for commands to end.
enum class Incident : std::uint8_t { none, drive_gone, bus_failed, broken };

class Server {
 public:
  /// `take_bus_down` is called on the server's thread, before the failing command is sent back.
  Server(Ring ring, std::unique_ptr<Transport> drive, std::function<void()> take_bus_down);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Readable when there is an incident or a remark.
  [[nodiscard]] int descriptor() const { return incident_fd_; }
  /// Takes the oldest incident. Falls silent when there is none.
  Incident take_incident();
  /// Takes what went wrong without being anybody's fault, one line each.
  std::vector<std::string> take_remarks();

  /// While refusing, every command is sent back unexecuted (BUSY), for the kernel to fail when it has put the device offline.
  void refuse(bool refusing);

  /// Runs `use` on the drive between two commands.
  template <class Use>
  auto with_drive(Use use) {
    const std::lock_guard lock(drive_mutex_);
    return use(*drive_);
  }
  /// Another drive (another disc): its first command meets 06/28/00.
  void replace(std::unique_ptr<Transport> drive);

 private:
  void run();
  void serve_ring();
  bool answer(const Request& request);
  void complete_refused();
  void complete_sense(std::uint8_t key, std::uint8_t asc, std::uint8_t ascq);
  void let_time_pass();
  bool answer_failure(const Error& error);
  void report(Incident incident);
  void remark(std::string line);
  void wake();

  Ring ring_;
  std::function<void()> take_bus_down_;
  std::mutex drive_mutex_;
  std::unique_ptr<Transport> drive_;
  bool medium_news_ = false;  ///< guarded by drive_mutex_

  std::mutex news_mutex_;
  std::vector<Incident> incidents_;
  std::vector<std::string> remarks_;

  int incident_fd_ = -1;
  int wake_fd_ = -1;
  std::atomic<bool> refusing_ = false;
  std::atomic<bool> ending_ = false;
  // Of the server's thread alone:
  bool hanging_ = false;
  bool broken_ = false;
  Duration last_answer_{0};
  std::vector<std::byte> buffer_;
  std::thread thread_;
};

}  // namespace pressmark::tcmu
