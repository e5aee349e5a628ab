#pragma once
// A common limit on memory that requests or answers hold.

#include <atomic>
#include <cstddef>
#include <utility>

namespace bess::app {

/// Bytes of all bodies, or all large answers, in memory at one time, bounded.
class ByteBudget {
 public:
  explicit ByteBudget(std::size_t limit) : limit_(limit) {}
  bool take(std::size_t bytes) {
    if (used_.fetch_add(bytes) + bytes <= limit_) return true;
    used_.fetch_sub(bytes);
    return false;
  }
  void give_back(std::size_t bytes) { used_.fetch_sub(bytes); }

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> used_{0};
};

class BudgetShare {
 public:
  explicit BudgetShare(ByteBudget& budget) : budget_(budget) {}
  ~BudgetShare() { give_back(); }
  BudgetShare(const BudgetShare&) = delete;
  BudgetShare& operator=(const BudgetShare&) = delete;
  bool take(std::size_t bytes) {
    const bool got = budget_.take(bytes);
    if (got) taken_ += bytes;
    return got;
  }
  void give_back() { budget_.give_back(std::exchange(taken_, 0)); }

 private:
  ByteBudget& budget_;
  std::size_t taken_{0};
};

}  // namespace bess::app
