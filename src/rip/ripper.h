// The main job, as rip.h promises it: one Ripper is one run.
//
//   ripper.cpp          the loop
//   ripper_begin.cpp    drive, disc and files before the first read
//   ripper_files.cpp    the file system first, where that is asked for
//   ripper_proof.cpp    is this the disc the files are of?
//   ripper_trouble.cpp  what a failed read means
//   ripper_keep.cpp     image, map, digests, the end
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pressmark/filesystem.h"
#include "pressmark/rip.h"

#include "planner/planner.h"
#include "rip/answers.h"
#include "rip/failure_notes.h"
#include "rip/file_tally.h"
#include "rip/manner.h"
#include "rip/pace.h"
#include "rip/reader.h"
#include "rip/stream_digest.h"
#include "rip/writer.h"

namespace pressmark {

namespace rip_errors {

/// medium_changed: the disc in the drive is not the one that the files are of.
std::unexpected<Error> another_disc(std::string where, std::string got);

}  // namespace rip_errors

class Ripper {
 public:
  Ripper(Drive& drive, const RipOptions& options, Files& files, const RipHooks& hooks)
      : drive_(drive), options_(options), files_(files), hooks_(hooks), digest_(options.digests) {}

  Result<RipOutcome> run();

 private:
  enum class Answer : std::uint8_t { again, failed };

  Result<void> prepare();
  Result<void> begin();
  Result<void> resume();
  [[nodiscard]] bool nothing_left() const;
  Result<RipOutcome> already_whole();
  Result<void> prove_same_disc();
  enum class Again : std::uint8_t { not_well, blank, equal };
  /// What a proof has met, and the blocks that it does without for that.
  struct ProofTroubles {
    int in_a_row = 0;                ///< places that were left out, nothing having come in between
    std::map<std::int64_t, int> at;  ///< by block

    void enter(SectorRange blocks, bool hung);
    void forget_chance();
    [[nodiscard]] bool left_out(SectorRange blocks) const;
  };
  Result<Again> comes_again(std::int64_t sector, std::uint32_t count);
  Result<bool> prove(std::optional<Error>& last);
  Result<std::optional<bool>> prove_once(ProofTroubles& troubles, std::optional<Error>& last);
  Result<bool> prove_slowly(std::optional<Error>& last);
  void choose_speeds();
  [[nodiscard]] Confirm confirm() const;
  Result<void> read_all();
  Result<void> step_on(const Step& step);
  [[nodiscard]] std::optional<DiscGeometry> geometry() const;
  [[nodiscard]] PlanOptions plan_options(std::vector<std::vector<SectorRange>> tiers);
  Result<void> find_files();
  void tell_files();
  [[nodiscard]] bool came_this_way() const;
  [[nodiscard]] std::string part() const;
  [[nodiscard]] std::int64_t remaining() const;
  Result<bool> read_structure(std::int64_t first, std::uint32_t count, std::span<std::byte> out);
  [[nodiscard]] Step structure_step(std::int64_t at, std::int64_t end) const;
  Result<void> conclude_files();
  void apply(const Step& step, const StepResult& result);
  void tell_effort(bool helps);
  std::unexpected<Error> give_up(Error error);
  void put_drive_back();
  Result<void> take(const Step& step);
  void remember_the_end(const Step& step, const Error& error, const Error& end);
  Result<Answer> answer_to(const Step& step, const Error& error, int tries);
  [[nodiscard]] bool for_a_person(const Error& error) const;
  Result<bool> settle();
  Result<void> look_again();
  Result<void> touch(const Step& step, const Error& cause, std::int64_t in_vain);
  Result<Answer> examine(const Step& step, const Error& cause);
  Result<void> open_again();
  Result<Answer> wait_for_drive(const Step& step, const Error& gone);
  Result<void> rest(Duration pause);
  [[nodiscard]] std::uint32_t tries_at(std::int64_t sector, const Error& like) const;
  [[nodiscard]] std::unexpected<Error> stop_with(Error error) const;
  void enter_failure(const Step& step, const Error& error, bool put_off);
  Result<void> enter_readings(const Step& step);
  Result<void> compare_with_image(const Step& step);
  Result<void> mend_image(const Step& step, std::span<const std::uint32_t> wrong);
  void hear_answers(const Step& step);
  Result<void> keep(const Step& step, std::span<const Grade> before);
  void note_failure(std::int64_t first, std::int64_t count, const Error& error);
  Result<void> commit_if_due(bool now);
  Result<void> conclude();
  Result<void> finish_digests();
  [[nodiscard]] Finished finished() const;
  Result<void> fill_unreadable();

  bool still_waiting(const ReadyProgress& ready);
  Result<void> read_step(const Step& step);
  Result<void> keep_pace();
  void announce_phase(const Step& step);
  void emit(const Event& event) {
    if (hooks_.events != nullptr) hooks_.events->on(event, drive_.clock().now() - begun_);
  }
  void note(Note::Level level, std::string text) {
    if (level == Note::Level::warning) outcome_.notes.push_back(text);
    emit(Note{level, std::move(text)});
  }
  [[nodiscard]] bool asked_to_stop() const { return hooks_.stop && hooks_.stop(); }
  [[nodiscard]] bool budget_spent() const {
    return options_.budget > Duration::zero() && drive_.clock().now() - begun_ >= options_.budget;
  }
  /// Asked wherever reading or waiting can end.
  [[nodiscard]] bool must_stop() const { return asked_to_stop() || budget_spent(); }
  [[nodiscard]] Error why_stopped() const;
  [[nodiscard]] std::int64_t pending() const;
  /// Everything in the mapfile but the map.
  [[nodiscard]] MapFile map_file() const;
  Result<void> commit();
  [[nodiscard]] Lba lba(std::int64_t sector) const { return outcome_.range.first + sector; }

  Drive& drive_;
  const RipOptions& options_;
  Files& files_;
  const RipHooks& hooks_;

  RipOutcome outcome_;
  RipProgress progress_;
  StreamDigest digest_;
  std::optional<SectorReader> reader_;
  std::optional<Planner> planner_;
  std::optional<Manner> manner_;
  std::optional<Pace> pace_;
  bool walking_ = false;          // the file system is being read: steps come from the walk, not from the plan
  std::optional<Volume> volume_;  // with files_first, once it has been walked
  std::optional<FileTally> tally_;
  std::vector<std::vector<SectorRange>> tiers_;  // as the planner has them
  std::unique_ptr<ImageWriter> writer_;
  std::vector<std::uint32_t> speeds_;
  bool effort_ = false;  // the drive takes a lower retry count
  bool effort_told_ = false;
  FailureNotes failures_;
  std::vector<std::byte> buffer_;
  std::vector<Grade> grades_;
  Answers answers_;
  std::vector<std::uint8_t> repeated_;  // of the step in hand, one a sector; see StepResult

  Duration begun_{0}, last_commit_{0};
  std::uint64_t bytes_since_commit_ = 0;
  double step_seconds_ = 0;  // the drive's time for the step in hand
  std::string waiting_for_;
  ProofTroubles proof_troubles_;       // kept while the disc is in doubt
  std::optional<Error> strange_disc_;  // what the drive said last, if it called the disc one that cannot be read
  bool unidentified_ = false;          // news came, and since then the disc has not called itself the same
  bool in_doubt_ = false;              // news came, and no proof that the disc is the same has followed
  int untested_troubles_ = 0;
  std::uint32_t cheap_troubles_ = 0;
  std::optional<std::pair<RipProgress::Phase, std::uint32_t>> announced_;
};

}  // namespace pressmark
