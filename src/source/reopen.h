// A line to a drive that outlasts the drive's going away: what is at its end can be exchanged.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "pressmark/drive.h"
#include "pressmark/transport.h"

namespace pressmark {

/// Passes everything to the transport that is plugged in. A recorder in front of it goes on when that is exchanged.
class Socket final : public Transport {
 public:
  explicit Socket(std::unique_ptr<Transport> inside) : inside_(std::move(inside)) {}
  void plug(std::unique_ptr<Transport> inside) { inside_ = std::move(inside); }

  Result<Reply> execute(const Command& command) override { return inside_->execute(command); }
  [[nodiscard]] const TransportInfo& info() const override { return inside_->info(); }
  [[nodiscard]] Clock& clock() override { return inside_->clock(); }

 private:
  std::unique_ptr<Transport> inside_;
};

/// A transport with several owners, one of whom uses it.
class SharedTransport final : public Transport {
 public:
  explicit SharedTransport(std::shared_ptr<Transport> inside) : inside_(std::move(inside)) {}

  Result<Reply> execute(const Command& command) override { return inside_->execute(command); }
  [[nodiscard]] const TransportInfo& info() const override { return inside_->info(); }
  [[nodiscard]] Clock& clock() override { return inside_->clock(); }

 private:
  std::shared_ptr<Transport> inside_;
};

using OpenDevice = std::function<Result<std::unique_ptr<Transport>>(const std::string& path)>;

/// The drive that says it is `who`: at `path`, or else at any path that `find_drives` knows. Of twins without serial numbers
/// the first is taken; its disc tells them apart. Fails: what opening `path` fails with if none is found.
Result<std::unique_ptr<Transport>> find_drive_again(const std::string& path, const DriveIdentity& who,
                                                    const OpenDevice& open);

}  // namespace pressmark
