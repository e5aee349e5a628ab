#pragma once
// Compensated (Neumaier) summation, so that money sums do not depend on the number of terms.

#include <cmath>
#include <span>

namespace bess {

class Sum {
 public:
  void add(double x) {
    const double t = total_ + x;
    correction_ += std::abs(total_) >= std::abs(x) ? (total_ - t) + x : (x - t) + total_;
    total_ = t;
  }
  Sum& operator+=(double x) {
    add(x);
    return *this;
  }
  [[nodiscard]] double value() const { return total_ + correction_; }

 private:
  double total_{0.0};
  double correction_{0.0};
};

[[nodiscard]] inline double sum_of(std::span<const double> values) {
  Sum sum;
  for (const double v : values) sum += v;
  return sum.value();
}

}  // namespace bess
