#pragma once
// Long texts in parts.

#include <string>

#include "service/text_sink.h"

namespace bess::service {

/// Collects text and hands it on in parts.
class Parts {
 public:
  explicit Parts(const TextSink& sink) : sink_(sink) {}
  std::string& text() { return text_; }
  /// Hands on what there is when it is enough; false when nobody listens.
  bool flush(bool all = false) {
    if (alive_ && (all || text_.size() >= part_bytes)) {
      alive_ = text_.empty() || sink_(text_);
      text_.clear();
    }
    return alive_;
  }

  /// Lets `write(sink)` hand on what follows by itself; it answers false when nobody listened.
  template <class Write>
  bool pass(Write&& write) {
    if (flush(true)) alive_ = write(sink_);
    return alive_;
  }
  /// Somebody listens still.
  [[nodiscard]] bool alive() const { return alive_; }

 private:
  static constexpr std::size_t part_bytes = 1U << 16U;
  const TextSink& sink_;
  std::string text_;
  bool alive_{true};
};

}  // namespace bess::service
