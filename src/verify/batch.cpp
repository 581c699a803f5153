// Workers take the next file when they are done with one. What they finish is handed to the calling thread, which tells of it in the
// files' order: a reader sees the same lines however fast each file was.
#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>

#include "pressmark/verify_files.h"

namespace pressmark {
namespace {

class Batch {
 public:
  Batch(Files& files, std::span<const Path> paths, const BatchOptions& options)
      : files_(files), paths_(paths), options_(options), results_(paths.size()) {}

  BatchSummary run(const std::function<void(const BatchItem&)>& done) {
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    const auto files = static_cast<unsigned>(std::min<std::size_t>(paths_.size(), 1U << 16U));
    const unsigned workers = std::max(1U, std::min(options_.workers != 0 ? options_.workers : cores, files));
    // Cores that have no file of their own help with the digests of another's.
    threads_each_ = std::max(1U, cores / workers);
    std::vector<std::jthread> threads;
    try {
      for (unsigned i = 0; i < workers; ++i) threads.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
      if (threads.empty()) work();  // the system grants no thread at all: one after another, then
    }
    for (std::size_t i = 0; i < paths_.size(); ++i) tell(i, done);
    return summary_;
  }

 private:
  [[nodiscard]] bool stopped() const { return options_.stop && options_.stop(); }

  void work() {
    while (true) {
      std::size_t index = 0;
      {
        const std::lock_guard lock(mutex_);
        if (next_ == paths_.size()) return;
        index = next_++;
      }
      auto outcome = verify_one(paths_[index]);
      const std::lock_guard lock(mutex_);
      results_[index] = std::move(outcome);
      changed_.notify_all();
    }
  }

  Result<VerifiedImage> verify_one(const Path& path) {
    const auto interrupted = [&] {
      return fail({.kind = ErrorKind::interrupted, .tried = "verify", .where = path.string(), .got = "asked to stop"});
    };
    if (stopped()) return interrupted();
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored))
      return fail({.kind = ErrorKind::not_found,
                   .tried = "open the image",
                   .where = path.string(),
                   .got = "there is no such file",
                   .next = "check the name"});
    VerifyFileOptions options = options_.file;
    options.verify.hash.threads = threads_each_;
    options.verify.hash.progress = [this](const VerifyProgress&) { return !stopped(); };
    return verify_file(files_, path, options);
  }

  /// Waits for a file, counts it, and tells of it.
  void tell(std::size_t index, const std::function<void(const BatchItem&)>& done) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return results_[index].has_value(); });
    const BatchItem item{.path = paths_[index], .outcome = std::move(*results_[index])};
    lock.unlock();
    if (count(item)) done(item);
  }

  /// False: it was interrupted.
  bool count(const BatchItem& item) {
    if (item.outcome) {
      summary_.bytes += item.outcome->report.bytes;
      ++(item.outcome->good() ? summary_.good : summary_.bad);
    } else if (item.outcome.error().kind == ErrorKind::interrupted) {
      ++summary_.not_done;
      return false;
    } else if (std::error_code ignored; !std::filesystem::exists(item.path, ignored)) {
      ++summary_.missing;
    } else {
      ++summary_.failed;
    }
    return true;
  }

  Files& files_;
  std::span<const Path> paths_;
  const BatchOptions& options_;
  unsigned threads_each_ = 1;
  std::mutex mutex_;  // guards next_ and results_
  std::condition_variable changed_;
  std::size_t next_ = 0;
  std::vector<std::optional<Result<VerifiedImage>>> results_;
  BatchSummary summary_;
};

}  // namespace

BatchSummary verify_files(Files& files, std::span<const Path> paths, const BatchOptions& options,
                          const std::function<void(const BatchItem&)>& done) {
  return Batch{files, paths, options}.run(done);
}

}  // namespace pressmark
