#include "bess/server/stream_sink.h"

#include <utility>

namespace bess::app {

StreamSink::StreamSink(const AnswerShape& shape, Send send, std::function<bool()> client_there)
    : send_(std::move(send)), client_there_(std::move(client_there)), chunked_(is_chunked(shape)) {
  if (shape.packed) packer_.emplace();
}

bool StreamSink::write(std::string_view text) {
  if (text.empty()) return true;
  if (!packer_) return put(framed(text));
  const std::string packed = packer_->pack(text, false);
  return packed.empty() || put(framed(packed));
}

bool StreamSink::put(std::string bytes) {
  if (!wait() || !client_there_()) return false;
  {
    const std::lock_guard lock(gate_->mutex);
    gate_->sending = true;
  }
  try {
    send_(std::move(bytes), [gate = gate_](bool whole) {
      const std::lock_guard lock(gate->mutex);
      gate->sending = false;
      if (!whole) gate->broken = true;
      gate->changed.notify_one();
    });
  } catch (...) {
    const std::lock_guard lock(gate_->mutex);
    gate_->sending = false;  // nothing is on its way
    gate_->broken = true;
    throw;
  }
  return true;
}

bool StreamSink::finish() {
  std::string last;
  if (packer_) last = framed(packer_->pack({}, true));
  if (chunked_) last += as_chunk({});
  return (last.empty() || put(std::move(last))) && wait();
}

bool StreamSink::wait() {
  std::unique_lock lock(gate_->mutex);
  gate_->changed.wait(lock, [this] { return !gate_->sending; });
  return !gate_->broken;
}

}  // namespace bess::app
