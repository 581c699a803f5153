// The stream goes through a ring of chunks. Each digest is a lane that takes the chunks in order; whichever thread is
// idle takes the lane that lags most and is not being worked on. So the slowest digest (MD5) never waits, the others
// share what is left of the cores, and the wall time is that of the slowest digest or of the whole work divided by
// the cores, whichever is more. A chunk's place is free again when the last lane has passed it.
//
// Reading is a lane of its own that only the calling thread takes: a source need not know of threads, and a drive's
// time-outs and a cancelled run come to an end where they began.
#include "verify/hash_lanes.h"

#include <algorithm>
#include <condition_variable>
#include <fmt/format.h>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "core/try.h"

namespace pressmark {
namespace {

constexpr std::size_t kChunkBytes = 256 * 1024;  // fits the second-level cache
constexpr std::uint64_t kChunks = 16;
constexpr std::uint64_t kWorthThreads = 1024 * 1024;

class HashLanes {
 public:
  HashLanes(std::span<const Lane> lanes, std::uint64_t chunks) : chunks_(chunks) {
    for (const Lane& lane : lanes) lanes_.push_back({.take = &lane});
    for (Chunk& chunk : chunks_) chunk.bytes.resize(kChunkBytes);
  }

  Result<std::uint64_t> run(const ByteSource& next, std::uint64_t bytes_expected, const HashOptions& options,
                            unsigned helpers) {
    std::vector<std::jthread> threads;
    const Stopper stopper{*this};  // ends before the threads are waited for, whatever happens
    try {
      for (unsigned i = 0; i < helpers; ++i) threads.emplace_back([this] { help(); });
    } catch (const std::system_error&) {
      // The system grants no more threads: those there are do the work.
    }
    return lead(next, bytes_expected, options);
  }

 private:
  struct Chunk {
    std::vector<std::byte> bytes;
    std::size_t filled = 0;
  };
  struct Progress {
    const Lane* take = nullptr;
    std::uint64_t taken = 0;  // chunks
    bool busy = false;
  };
  using Lock = std::unique_lock<std::mutex>;
  struct Stopper {
    HashLanes& lanes;
    ~Stopper() {
      const std::lock_guard lock(lanes.mutex_);
      lanes.stopped_ = true;
      lanes.changed_.notify_all();
    }
  };

  /// The calling thread: reads when the ring runs low, works on a lane otherwise.
  Result<std::uint64_t> lead(const ByteSource& next, std::uint64_t bytes_expected, const HashOptions& options) {
    std::uint64_t bytes = 0;
    Lock lock(mutex_);
    while (true) {
      Progress* lane = laggard();
      if (may_read() && (runs_low() || lane == nullptr)) {
        TRY(const std::size_t got, read(next, lock));
        bytes += got;
        lock.unlock();
        const bool go_on = !options.progress || options.progress({.bytes_done = bytes, .bytes_total = bytes_expected});
        lock.lock();
        if (!go_on) return fail({.kind = ErrorKind::interrupted, .tried = "hash the bytes", .got = "asked to stop"});
      } else if (lane != nullptr) {
        advance(*lane, lock);
      } else if (done()) {
        return bytes;
      } else {
        changed_.wait(lock);
      }
    }
  }

  /// Any other thread: lanes only.
  void help() {
    Lock lock(mutex_);
    while (!stopped_) {
      if (Progress* lane = laggard())
        advance(*lane, lock);
      else
        changed_.wait(lock);
    }
  }

  Result<std::size_t> read(const ByteSource& next, Lock& lock) {
    Chunk& chunk = chunks_[read_ % chunks_.size()];
    lock.unlock();
    auto got = next(chunk.bytes);
    lock.lock();
    if (!got) return got;
    chunk.filled = *got;
    ended_ = *got < kChunkBytes;
    if (*got > 0) ++read_;
    changed_.notify_all();
    return got;
  }

  void advance(Progress& lane, Lock& lock) {
    const Chunk& chunk = chunks_[lane.taken % chunks_.size()];
    lane.busy = true;
    lock.unlock();
    (*lane.take)(std::span{chunk.bytes}.first(chunk.filled));
    lock.lock();
    lane.busy = false;
    ++lane.taken;
    changed_.notify_all();
  }

  /// Of the lanes that have a chunk to take and that nobody works on, the one furthest behind.
  [[nodiscard]] Progress* laggard() {
    Progress* last = nullptr;
    for (Progress& lane : lanes_)
      if (!lane.busy && lane.taken < read_ && (last == nullptr || lane.taken < last->taken)) last = &lane;
    return last;
  }
  /// Without lanes the bytes are still read, and passed over at once.
  [[nodiscard]] std::uint64_t slowest() const {
    return lanes_.empty() ? read_ : std::ranges::min(lanes_, {}, &Progress::taken).taken;
  }
  [[nodiscard]] std::uint64_t fastest() const {
    return lanes_.empty() ? read_ : std::ranges::max(lanes_, {}, &Progress::taken).taken;
  }
  [[nodiscard]] bool may_read() const { return !ended_ && read_ - slowest() < chunks_.size(); }
  [[nodiscard]] bool runs_low() const { return read_ - fastest() < 2; }
  [[nodiscard]] bool done() const { return ended_ && slowest() == read_; }

  std::vector<Progress> lanes_;
  std::vector<Chunk> chunks_;
  std::mutex mutex_;  // guards everything but the bytes of a chunk that is being read or hashed
  std::condition_variable changed_;
  std::uint64_t read_ = 0;  // chunks
  bool ended_ = false;
  bool stopped_ = false;
};

unsigned threads_for(std::size_t lanes, std::uint64_t bytes_expected, unsigned most) {
  if (bytes_expected < kWorthThreads) return 1;
  const unsigned cores = most != 0 ? most : std::max(1U, std::thread::hardware_concurrency());
  return std::min(cores, static_cast<unsigned>(lanes) + 1);
}

}  // namespace

Result<std::uint64_t> feed_lanes(std::span<const Lane> lanes, const ByteSource& next, std::uint64_t bytes_expected,
                                 const HashOptions& options) {
  const unsigned threads = threads_for(lanes.size(), bytes_expected, options.threads);
  // Alone, one chunk goes through all lanes while it is still in the cache.
  return HashLanes{lanes, threads == 1 ? 1 : kChunks}.run(next, bytes_expected, options, threads - 1);
}

Result<std::uint64_t> feed(std::span<Hasher> hashers, const ByteSource& next, std::uint64_t bytes_expected,
                           const HashOptions& options) {
  std::vector<Lane> lanes;
  for (Hasher& hasher : hashers)
    lanes.emplace_back([&hasher](std::span<const std::byte> bytes) { hasher.update(bytes); });
  return feed_lanes(lanes, next, bytes_expected, options);
}

Result<std::vector<Digest>> hash_stream(const ByteSource& next, std::uint64_t bytes_expected,
                                        std::span<const DigestKind> kinds, const HashOptions& options) {
  std::vector<Hasher> hashers;
  for (DigestKind kind : kinds) hashers.emplace_back(kind);
  CHECK(feed(hashers, next, bytes_expected, options));
  std::vector<Digest> digests;
  for (Hasher& hasher : hashers) digests.push_back(hasher.finish());
  return digests;
}

namespace {

/// The bytes of a range of a file, which must all be there.
ByteSource range_source(File& file, ByteRange range) {
  return [&file, range](std::span<std::byte> out) mutable -> Result<std::size_t> {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), range.bytes));
    TRY(const std::size_t got, file.read_at(range.offset, out.first(wanted)));
    if (got < wanted)
      return fail({.kind = ErrorKind::io,
                   .tried = fmt::format("read {} bytes at {}", wanted, range.offset),
                   .where = "the file that is hashed",
                   .got = fmt::format("it ends after {}", range.offset + got),
                   .next = "see what else writes to this file"});
    range.offset += got;
    range.bytes -= got;
    return got;
  };
}

}  // namespace

Result<std::vector<Digest>> hash_file(File& file, ByteRange range, std::span<const DigestKind> kinds,
                                      const HashOptions& options) {
  return hash_stream(range_source(file, range), range.bytes, kinds, options);
}

Result<void> hash_rest(HashSet& set, File& file, std::uint64_t end, const HashOptions& options) {
  const std::uint64_t begin = std::min(set.bytes_seen(), end);
  TRY(const std::uint64_t fed, feed(set.hashers(), range_source(file, {begin, end - begin}), end - begin, options));
  set.note_fed(fed);
  return {};
}

}  // namespace pressmark
