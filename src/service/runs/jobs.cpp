#include "service/runs/jobs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <new>

#include "store/uuid.h"

namespace bess::service {

namespace {
constexpr std::chrono::milliseconds progress_pause{10};
/// What a run that is over its time may take to notice. The reference solver does not listen within one linear program, and one over a
/// whole year can take minutes: who waits for the answer is told then, and the worker comes back when it can.
constexpr std::chrono::seconds patience_with_solver{2};

std::string late_text(std::chrono::duration<double> limit) { return fmt::format("the simulation took longer than {:g} s", limit.count()); }
}  // namespace

std::string_view to_string(JobState state) {
  static constexpr std::array<std::string_view, 5> names{"queued", "running", "succeeded", "failed", "cancelled"};
  return names[static_cast<std::size_t>(state)];
}

JobStatus SimulationJob::status() const {
  const std::lock_guard lock(mutex_);
  JobStatus status = status_;
  if (status.state == JobState::running) status.seconds = std::chrono::duration<double>(Clock::now() - started_).count();
  return status;
}

std::shared_ptr<const SimulationAnswer> SimulationJob::answer() const {
  const std::lock_guard lock(mutex_);
  return answer_;
}

void SimulationJob::cancel() {
  token_.cancel();
  const std::lock_guard lock(mutex_);
  if (status_.state != JobState::queued) return;
  status_.state = JobState::cancelled;
  ++status_.revision;
  prepared_.reset();
  changed_.notify_all();
}

bool SimulationJob::wait_finished(std::chrono::milliseconds at_most) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, at_most, [this] { return status_.finished(); });
}

bool SimulationJob::begin() {
  const std::lock_guard lock(mutex_);
  if (status_.state != JobState::queued) return false;
  status_.state = JobState::running;
  ++status_.revision;
  started_ = Clock::now();
  changed_.notify_all();
  return true;
}

void SimulationJob::stop_if_late(Clock::time_point now, std::chrono::duration<double> limit) {
  const std::lock_guard lock(mutex_);
  if (status_.state != JobState::running || now - started_ < limit) return;
  late_ = true;
  token_.cancel();
  if (now - started_ < limit + patience_with_solver) return;
  given_up_ = true;
  status_.state = JobState::failed;
  status_.failure_code = "time_limit";
  status_.failure_text = late_text(limit);
  status_.seconds = std::chrono::duration<double>(now - started_).count();
  ++status_.revision;
  changed_.notify_all();
}

bool SimulationJob::holds_worker() const {
  const std::lock_guard lock(mutex_);
  return given_up_ || !status_.finished();
}

void SimulationJob::finish(JobState state, std::string code, std::string text, std::shared_ptr<const SimulationAnswer> answer) {
  const std::lock_guard lock(mutex_);
  if (given_up_) {
    prepared_.reset();
    return;
  }
  status_.state = state;
  status_.failure_code = std::move(code);
  status_.failure_text = std::move(text);
  status_.seconds = std::chrono::duration<double>(Clock::now() - started_).count();
  ++status_.revision;
  answer_ = std::move(answer);
  prepared_.reset();
  changed_.notify_all();
}

void SimulationJob::run(std::chrono::duration<double> limit) {
  const auto listener = [this, told = Clock::time_point{}](const Progress& progress) mutable {
    const std::lock_guard lock(mutex_);
    status_.progress = progress;
    // Who waits is woken now and then: a window takes less than a millisecond, and waking takes processor time from the run.
    const auto now = Clock::now();
    if (now - told < progress_pause) return;
    told = now;
    ++status_.revision;
    changed_.notify_all();
  };
  try {
    auto answer = std::make_shared<const SimulationAnswer>(run_simulation(prepared_, listener, &token_));
    return finish(JobState::succeeded, {}, {}, std::move(answer));
  } catch (const Cancelled&) {
    bool late = false;
    {
      const std::lock_guard lock(mutex_);
      late = late_;
    }
    if (late) return finish(JobState::failed, "time_limit", late_text(limit), nullptr);
    return finish(JobState::cancelled, {}, {}, nullptr);
  } catch (const Exception& e) {
    return finish(JobState::failed, e.code(), e.what(), nullptr);
  } catch (const std::bad_alloc&) {
    return finish(JobState::failed, "out_of_memory", "not enough memory", nullptr);
  } catch (const std::exception& e) {
    return finish(JobState::failed, "internal", e.what(), nullptr);
  }
}

SimulationRunner::SimulationRunner(RunnerOptions options) : options_(options) {
  for (std::size_t i = 0; i < std::max<std::size_t>(options_.workers, 1); ++i)
    workers_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  watcher_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
}

SimulationRunner::~SimulationRunner() { stop(std::chrono::milliseconds{0}); }

void SimulationRunner::work(const std::stop_token& stop) {
  while (true) {
    std::shared_ptr<SimulationJob> job;
    {
      std::unique_lock lock(mutex_);
      if (!wake_.wait(lock, stop, [this] { return !queue_.empty(); })) return;
      job = queue_.front();
      queue_.pop_front();
      running_.push_back(job);
      idle_.notify_all();
    }
    if (job->begin()) job->run(std::chrono::duration<double>(options_.max_seconds));
    const std::lock_guard lock(mutex_);
    std::erase(running_, job);
    count(*job);
    push_out_old();
    idle_.notify_all();
  }
}

/// Cancels what has run too long.
void SimulationRunner::watch(const std::stop_token& stop) {
  const std::chrono::duration<double> limit(options_.max_seconds);
  const auto tick = std::min(std::chrono::milliseconds{100}, std::chrono::duration_cast<std::chrono::milliseconds>(limit / 2));
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (!idle_.wait(lock, stop, [this] { return !running_.empty(); })) return;
    for (const auto& job : running_) job->stop_if_late(SimulationJob::Clock::now(), limit);
    idle_.wait_for(lock, stop, tick, [&] { return stop.stop_requested(); });
  }
}

void SimulationRunner::count(const SimulationJob& job) {
  const JobStatus status = job.status();
  if (status.state == JobState::cancelled) ++counts_.cancelled;
  if (status.state == JobState::failed) ++counts_.failed;
  if (status.state != JobState::succeeded) return;
  ++counts_.succeeded;
  counts_.seconds += status.seconds;
  if (const auto answer = job.answer()) {
    const Provenance& run = answer->result.provenance;
    counts_.windows += static_cast<std::uint64_t>(run.windows);
    counts_.lps += static_cast<std::uint64_t>(run.lps);
    counts_.fallbacks += static_cast<std::uint64_t>(run.fallbacks);
    counts_.relaxed_windows += static_cast<std::uint64_t>(run.relaxed_windows);
  }
}

std::size_t SimulationRunner::series_bytes(const SimulationJob& job) {
  constexpr std::size_t bytes_per_quarter = 25 * sizeof(double);
  const auto answer = job.answer();
  if (!answer || !answer->prepared->input.run.keep_series) return 0;
  return static_cast<std::size_t>(answer->result.quarters) * bytes_per_quarter;
}

void SimulationRunner::push_out_old() {
  std::vector<std::shared_ptr<SimulationJob>> finished;
  std::size_t bytes = 0;
  for (const auto& job : known_) {
    if (!job->status().finished()) continue;
    finished.push_back(job);
    bytes += series_bytes(*job);
  }
  const std::size_t count = finished.size();
  for (std::size_t i = 0; i < count; ++i) {
    const bool too_long = bytes > options_.max_kept_bytes && i + 1 < count;
    if (count - i <= options_.max_kept && !too_long) break;
    bytes -= series_bytes(*finished[i]);
    std::erase(known_, finished[i]);
  }
}

std::size_t SimulationRunner::busy_workers() const {
  // A job has its answer a moment before its worker is back: who has read the answer may ask again at once.
  return static_cast<std::size_t>(std::count_if(running_.begin(), running_.end(), [](const auto& job) { return job->holds_worker(); }));
}

void SimulationRunner::drop_cancelled() {
  std::erase_if(queue_, [this](const auto& waiting) {
    const bool over = waiting->status().finished();
    if (over) count(*waiting);
    return over;
  });
}

std::shared_ptr<SimulationJob> SimulationRunner::start(std::shared_ptr<const PreparedSimulation> prepared) {
  auto job = std::make_shared<SimulationJob>(make_uuid(), std::move(prepared));
  const std::lock_guard lock(mutex_);
  drop_cancelled();
  if (closed_ || busy_workers() + queue_.size() >= workers_.size()) return nullptr;
  queue_.push_back(job);
  wake_.notify_one();
  idle_.notify_all();
  return job;
}

std::shared_ptr<SimulationJob> SimulationRunner::enqueue(std::shared_ptr<const PreparedSimulation> prepared) {
  auto job = std::make_shared<SimulationJob>(make_uuid(), std::move(prepared));
  const std::lock_guard lock(mutex_);
  drop_cancelled();
  const std::size_t free_workers = workers_.size() - std::min(busy_workers(), workers_.size());
  if (closed_ || queue_.size() >= options_.max_queued + free_workers) return nullptr;
  queue_.push_back(job);
  known_.push_back(job);
  wake_.notify_one();
  idle_.notify_all();
  return job;
}

bool SimulationRunner::has_free_worker() const {
  const std::lock_guard lock(mutex_);
  return !closed_ && busy_workers() + queue_.size() < workers_.size();
}

std::shared_ptr<SimulationJob> SimulationRunner::find(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto it = std::find_if(known_.begin(), known_.end(), [&](const auto& job) { return job->id() == id; });
  return it == known_.end() ? nullptr : *it;
}

std::vector<std::shared_ptr<SimulationJob>> SimulationRunner::jobs() const {
  const std::lock_guard lock(mutex_);
  return known_;
}

bool SimulationRunner::forget(const std::string& id) {
  std::shared_ptr<SimulationJob> job = find(id);
  if (!job) return false;
  job->cancel();
  const std::lock_guard lock(mutex_);
  if (std::erase(queue_, job) > 0) ++counts_.cancelled;
  std::erase(known_, job);
  return true;
}

RunnerCounts SimulationRunner::counts() const {
  const std::lock_guard lock(mutex_);
  RunnerCounts counts = counts_;
  counts.running = busy_workers();
  counts.queued = queue_.size();
  return counts;
}

void SimulationRunner::stop(std::chrono::milliseconds grace) {
  {
    std::unique_lock lock(mutex_);
    closed_ = true;
    for (const auto& job : queue_) job->cancel();
    queue_.clear();
    idle_.wait_for(lock, grace, [this] { return running_.empty(); });
    for (const auto& job : running_) job->cancel();
  }
  for (std::jthread& worker : workers_) worker.request_stop();
  watcher_.request_stop();
  for (std::jthread& worker : workers_) {
    if (worker.joinable()) worker.join();
  }
  if (watcher_.joinable()) watcher_.join();
}

}  // namespace bess::service
